package purity

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "fetch-url-branch", Family: family, Since: "0.1.0",
	Summary: "What a hash pins is fetched from a branch or a pull request",
	Doc: "`…/archive/master.tar.gz` and `…/pull/1.patch` are what they are on that day: with the next commit, to the branch or to a pull\n" +
		"request that is still open, the hash is wrong, and who has not fetched it before cannot build. Write the commit or a tag in place of the branch, `…/commit/COMMIT.patch` in place of\n" +
		"the pull request.\n" +
		"\n" +
		"Reported for URLs of GitHub, GitLab, Codeberg and their kin in fetchers that are given a hash. `master`, `main`, `develop`,\n" +
		"`trunk`, `HEAD` and `refs/heads/…` are branches, also as the `rev` of `fetchFromGitHub` and its kin.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:    []ast.Kind{ast.Apply},
	Names: append(nixlang.BuiltinNames("fetchTarball", "fetchurl"), slices.Sorted(maps.Keys(fetchers))...),
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		name, set := fetcherCall(p.Names(), call)
		builtin := nixlang.Builtin(p.Names(), call.Func())
		if name == "" && (!set.Is(ast.AttrSet) || builtin != "fetchTarball" && builtin != "fetchurl") {
			return
		}
		names, values, ok := attributes(set)
		if !ok || !slices.ContainsFunc(names, isHashName) || documented(n) {
			return
		}
		url := values["url"]
		text, _ := ast.StringValue(url)
		if url.Is(ast.URI) {
			text = url.Text()
		}
		moving := ""
		for _, r := range movingURLs {
			if m := r.FindStringSubmatch(text); m != nil {
				moving = m[1]
				break
			}
		}
		if moving == "" {
			for _, attr := range []string{"rev", "ref"} {
				if rev, whole := ast.StringValue(values[attr]); whole && movingRev.MatchString(rev) && builtin == "" {
					moving, url = rev, values[attr]
				}
			}
		}
		if moving == "" {
			return
		}
		f := diag.Finding{
			Span: url.Span(), Message: diag.Code(moving) + " changes with the next commit, and then the hash is wrong",
			Help: "write the commit, or a tag",
		}
		if strings.Contains(moving, "/") && !strings.HasPrefix(moving, "refs/") {
			f.Message = diag.Code(moving) + " may change while the request is open, and then the hash is wrong"
			f.Help = "write the patch of a commit, as `…/commit/COMMIT.patch`"
		}
		p.ReportMildly(f, diag.Hint)
	},
})

const branch = `(master|main|develop|trunk|HEAD|refs/heads/[^/]+?)`

// movingRev matches what names a branch in the place of a commit.
var movingRev = regexp.MustCompile(`^(?:origin/)?(?:master|main|develop|trunk|HEAD|refs/heads/.+)$`)

// movingURLs match URLs that are something else tomorrow; the group is what moves.
var movingURLs = []*regexp.Regexp{
	regexp.MustCompile(`^https?://[^/]+/[^/]+/[^/]+/archive/` + branch + `(?:\.tar\.gz|\.zip|\.tar\.bz2|\.tar\.xz|$)`),
	regexp.MustCompile(`^https?://[^/]+/.+/-/(?:archive|raw)/` + branch + `/`),
	regexp.MustCompile(`^https?://codeload\.github\.com/[^/]+/[^/]+/(?:tar\.gz|zip)/` + branch + `$`),
	regexp.MustCompile(`^https?://raw\.githubusercontent\.com/[^/]+/[^/]+/` + branch + `/`),
	regexp.MustCompile(`^https?://github\.com/[^/]+/[^/]+/(?:raw|blob)/` + branch + `/`),
	regexp.MustCompile(`^https?://github\.com/[^/]+/[^/]+/(pull/[0-9]+\.(?:patch|diff))`),
	regexp.MustCompile(`^https?://patch-diff\.githubusercontent\.com/raw/[^/]+/[^/]+/(pull/[0-9]+\.(?:patch|diff))`),
	regexp.MustCompile(`^https?://[^/]+/.+/-/(merge_requests/[0-9]+\.(?:patch|diff))`),
	regexp.MustCompile(`^https?://[^/]+/[^/]+/[^/]+/(pulls/[0-9]+\.(?:patch|diff))`),
}

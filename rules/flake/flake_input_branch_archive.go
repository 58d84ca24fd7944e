package flake

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-branch-archive", Family: family, Since: "0.1.0",
	Summary: "An input is the archive of a branch",
	Doc: "`https://github.com/owner/repo/archive/main.tar.gz` is another archive as soon as the branch moves. flake.lock has the\n" +
		"hash of its content and no revision, so that from then on the lock file matches nothing that can be fetched.\n" +
		"`github:owner/repo/main` is locked by the commit. Archives of tags and commits are left alone.",
	Severity: diag.Info, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		archive := func(in *flake.Input) []diag.Finding {
			if in.RefErr != nil || in.Ref.Type != flake.TypeTarball || in.Ref.Params["narHash"] != "" || in.Ref.Rev != "" {
				return nil
			}
			m := branchArchive.FindStringSubmatch(strings.TrimPrefix(in.URL, "tarball+"))
			if m == nil {
				return nil
			}
			branch := m[3] + m[4]
			text := map[string]string{"github.com": "github:", "gitlab.com": "gitlab:"}[m[1]] + m[2] + "/" + branch
			finding := diag.Finding{
				Span:    in.URLNode.Span(),
				Message: fmt.Sprintf("input %s is the archive of the branch %s, whose lock fails when the branch moves", inputCode(in), diag.Code(branch)),
				Help:    "write " + diag.Code(text),
			}
			if _, typed := in.FetcherAttr("type"); !typed {
				finding.Fixes = rewriteURL(in, text)
			} else {
				finding.Help = "write `url = " + strconv.Quote(text) + ";` without `type`"
			}
			return []diag.Finding{finding}
		}
		eachURL(p, f, archive)
		eachTyped(p, f, archive)
	},
})

// branchArchive matches the archives of what surely is a branch on hosts without permanent links to archives.
var branchArchive = regexp.MustCompile(`^https?://(github\.com|gitlab\.com)/([\w.-]+/[\w.-]+)/(?:-/)?archive/(?:refs/heads/([\w./-]+?)|(main|master|develop|devel|trunk|nightly|(?:nixos|nixpkgs|release)-[\w.-]+?)(?:/[^/]*)?)\.(?:tar\.gz|tar\.bz2|zip)$`)

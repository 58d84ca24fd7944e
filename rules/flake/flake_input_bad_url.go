package flake

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-bad-url", Family: family, Since: "0.1.0",
	Summary: "The url of an input is not what Nix takes for one",
	Doc: "What has no scheme that Nix knows is read as a path relative to the flake, or as a name of the registry, and what has\n" +
		"another scheme is refused:\n" +
		"\n" +
		"- `git@host:owner/repo`, `git+ssh://git@host:owner/repo`, `github:owner`, `github://owner/repo` and\n" +
		"  `github.com/owner/repo` are paths: \"path '…/git@host:owner/repo/flake.nix' does not exist\";\n" +
		"- `ssh://…`, `ftp://…` and `codeberg:…` are refused: \"input 'ssh://…' is unsupported\";\n" +
		"- `owner/repo` is the branch `repo` of a flake `owner` of the registry;\n" +
		"- `owner/repo/branch` is refused, \"'branch' is not a commit hash\", and so is `path://host/x`;\n" +
		"- an empty url is the root of the file system;\n" +
		"- a `#fragment` names an output, and an input has none: \"unexpected fragment 'x' in flake reference\";\n" +
		"- `https://github.com/owner/repo` is fetched as an archive, which that page is not.\n" +
		"\n" +
		"In attribute form the type says how the url is read: archives take `https://…` without `tarball+`, no type takes `github:…`, and\n" +
		"`git+ssh://host:owner/repo` is refused there, too.\n" +
		"\n" +
		"What `owner/repo` is depends on the registry, and what the page of a repository is on its host: both are warnings.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachURL(p, f, func(in *flake.Input) []diag.Finding { return urlFaults(p, f, in) })
		eachTyped(p, f, badAttrURL)
	},
})

// urlFaults returns what is wrong with the URL of an input without a type: one finding at most.
func urlFaults(p *rules.Pass, f *flake.Flake, in *flake.Input) []diag.Finding {
	if finding, ok := emptyURL(in); ok {
		return []diag.Finding{finding}
	}
	if finding, ok := badURL(p, f, in); ok {
		return []diag.Finding{finding}
	}
	return nil
}

func badURL(p *rules.Pass, f *flake.Flake, in *flake.Input) (finding diag.Finding, ok bool) {
	text := in.Ref.Text
	finding = diag.Finding{Span: in.URLNode.Span()}
	meant := meantURL(text)
	body, fragment, _ := strings.Cut(text, "#")
	switch {
	case fragment != "":
		finding.Span = in.URLSpan(len(body), len(text))
		finding.Message = fmt.Sprintf("input %s names an output of a flake, but an input is a whole flake", inputCode(in))
		finding.Help = "remove " + diag.Code("#"+fragment) + ", and take the output where the input is used"
		finding.Fixes = rewriteURL(in, body)
		return finding, true
	case pathHost.MatchString(text) && in.RefErr != nil:
		host := pathHost.FindStringSubmatch(text)[1]
		finding.Message = fmt.Sprintf("input %s is a path with the host %s, which Nix refuses", inputCode(in), diag.Code(host))
		finding.Help = "write `path:/…` for an absolute path, `path:./…` for one in the flake"
		if rest, _, _ := strings.Cut(strings.TrimPrefix(text, "path://"), "?"); exists(p, target(f, &flake.Input{Ref: flake.Ref{Path: rest}})) {
			meant = "path:./" + strings.TrimPrefix(strings.TrimPrefix(text, "path://"), "./")
		}
	case in.Ref.Type == flake.TypeIndirect && in.RefErr != nil:
		id, rest, _ := strings.Cut(text, "/")
		finding.Message = fmt.Sprintf("input %s is %s of the registry with %s behind it, which is neither a branch or tag nor one with a revision", inputCode(in), diag.Code(id), diag.Code(rest))
		finding.Help = "write a reference with its scheme, as `github:owner/repo/branch`"
		if to, known := in.Ref.Registry(); known {
			if r, err := flake.ParseRef(to.String()); err == nil && r.Type == flake.TypeGitHub {
				meant = "github:" + r.Owner + "/" + r.Repo + "/" + rest
			}
		} else {
			meant = "github:" + text
		}
	case in.Ref.Type == flake.TypePath && misreadAsPath(text, in.Ref) && !exists(p, target(f, in)):
		finding.Message = fmt.Sprintf("input %s has a url that Nix reads as the path %s in the flake, where nothing is", inputCode(in), diag.Code(strings.TrimSpace(in.Ref.Path)))
		finding.Help = "write a scheme that Nix knows: `github:owner/repo`, `git+ssh://git@host/owner/repo`, `git+https://…`"
		if !in.Flake {
			finding.Severity = diag.Warning // it is read only where it is used
		}
	case in.UnknownScheme():
		finding.Message = fmt.Sprintf("input %s has a url with the scheme %s, which Nix does not have", inputCode(in), diag.Code(flake.SchemeOf(text)))
		finding.Help = "use `github:`, `gitlab:`, `sourcehut:`, `git+https://`, `git+ssh://` or an archive by `https://`"
	case in.Ref.Type == flake.TypeIndirect && in.Ref.Ref != "" && !strings.HasPrefix(text, "flake:"):
		if _, known := in.Ref.Registry(); known {
			return finding, false
		}
		finding.Severity = diag.Warning
		finding.Message = fmt.Sprintf("input %s is the branch %s of a flake %s of the registry, which hardly has it", inputCode(in), diag.Code(in.Ref.Ref), diag.Code(in.Ref.ID))
		meant = "github:" + text
		if exists(p, target(f, &flake.Input{Ref: flake.Ref{Path: text}})) {
			meant = "./" + text
		}
	case in.Ref.Type == flake.TypeTarball || in.Ref.Type == flake.TypeFile:
		host, path, ok := repositoryPage(text)
		if !ok {
			return finding, false
		}
		finding.Severity = diag.Warning
		finding.Message = fmt.Sprintf("input %s is fetched as an archive, but the url is that of a repository", inputCode(in))
		meant = atHost(host, path)
	default:
		return finding, false
	}
	if meant != "" {
		finding.Help = "did you mean " + diag.Code(meant) + "?"
		finding.Fixes = rewriteURL(in, meant)
	}
	return finding, true
}

// emptyURL finds a url that names nothing: a path that Nix takes for the root of the file system, or a host that is missing.
func emptyURL(in *flake.Input) (finding diag.Finding, ok bool) {
	finding.Span = in.URLNode.Span()
	body, _, _ := strings.Cut(in.Ref.Text, "#")
	body, _, _ = strings.Cut(body, "?")
	switch {
	case body == "" || body == "path:" || body == "path://":
		finding.Message = fmt.Sprintf("input %s has an empty url, which Nix reads as the root of the file system", inputCode(in))
		finding.Help = "write a reference, as `github:owner/repo`, or `path:./…` for a folder of the flake"
	case hostless.MatchString(body):
		finding.Message = fmt.Sprintf("input %s has a url without a host", inputCode(in))
		finding.Help = "write the host between `//` and the next slash"
	default:
		return finding, false
	}
	if !in.Flake {
		finding.Severity = diag.Warning // it is read only where it is used
	}
	return finding, true
}

var (
	pathHost   = regexp.MustCompile(`^path://([^/?#]+)`)
	hostless   = regexp.MustCompile(`^(?:(?:git|hg|tarball|file)\+)?(?:https?|ssh|git)://(?:[/:]|$)`)
	scpURL     = regexp.MustCompile(`^(?:git\+)?(?:ssh:)?([\w.-]+@[\w.-]+):([\w.~][\w./~-]*)$`)
	portURL    = regexp.MustCompile(`^(?:git\+)?ssh://((?:[\w.-]+@)?[\w.-]+):([A-Za-z_~][\w./~-]*)((?:\?[^#]*)?)$`)
	sshURL     = regexp.MustCompile(`^ssh://[^:]+(?::[0-9]+)?/`)
	hostURL    = regexp.MustCompile(`^(?:www\.)?(github\.com|gitlab\.com|git\.sr\.ht|codeberg\.org|bitbucket\.org)[/:]([\w.~-]+/[\w.-]+?/?)$`)
	forgeURL   = regexp.MustCompile(`^(github|gitlab|sourcehut)://([\w.~-]+/.+)$`)
	shortHosts = map[string]string{"codeberg": "codeberg.org", "bitbucket": "bitbucket.org", "gh": "github.com", "srht": "git.sr.ht"}
)

// meantURL returns the reference that a text was surely meant to be, or "".
func meantURL(text string) string {
	if trimmed := strings.TrimSpace(text); trimmed != text {
		if ref, err := flake.ParseRef(trimmed); err == nil && ref.Type != flake.TypePath {
			return trimmed
		}
	}
	if m := portURL.FindStringSubmatch(text); m != nil {
		return "git+ssh://" + m[1] + "/" + m[2] + m[3]
	}
	if sshURL.MatchString(text) {
		return "git+" + text
	}
	if m := scpURL.FindStringSubmatch(text); m != nil {
		return "git+ssh://" + m[1] + "/" + m[2]
	}
	if m := hostURL.FindStringSubmatch(text); m != nil {
		return atHost(m[1], m[2])
	}
	if m := forgeURL.FindStringSubmatch(text); m != nil {
		return m[1] + ":" + m[2]
	}
	scheme, rest, _ := strings.Cut(text, ":")
	if host := shortHosts[strings.ToLower(scheme)]; host != "" && strings.Count(rest, "/") == 1 && !strings.HasPrefix(rest, "/") {
		return atHost(host, rest)
	}
	return ""
}

// misreadAsPath reports whether a path was meant as a URL.
func misreadAsPath(text string, ref flake.Ref) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(text, "www."), "/")
	_, isHost := hosts[first]
	return ref.IsRelative() && (ref.LooksLikeURL() || isHost || strings.TrimSpace(text) != text && meantURL(text) != "")
}

var page = regexp.MustCompile(`^https?://(?:www\.)?(github\.com|gitlab\.com|codeberg\.org|git\.sr\.ht|bitbucket\.org)/([\w.~-]+/[\w.-]+?)(?:\.git)?/?$`)

// repositoryPage returns the host and path of a URL that is the page of a repository.
func repositoryPage(text string) (host, path string, ok bool) {
	m := page.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

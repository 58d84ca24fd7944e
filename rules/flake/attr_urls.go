package flake

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
)

var (
	attrScheme = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9+.-]*):`)
	// noTransport matches the schemes that curl, by which Nix fetches archives and files, does not have.
	noTransport = regexp.MustCompile(`^(?:github|gitlab|sourcehut|codeberg|flake|path|git|ssh|hg|[a-z]+\+[a-z]+)$`)
	forgeScheme = regexp.MustCompile(`^(?:github|gitlab|sourcehut|flake|path|codeberg):[^/]`)
)

// badAttrURL finds what is wrong with the url of an input in attribute form (inputFromAttrs of the types in libfetchers).
func badAttrURL(in *flake.Input) []diag.Finding {
	if !in.URLNode.IsValid() {
		return nil
	}
	finding := diag.Finding{Span: in.URLNode.Span()}
	text, meant := in.URL, ""
	scheme := ""
	if m := attrScheme.FindStringSubmatch(text); m != nil {
		scheme = m[1]
	}
	fetched := in.Ref.Type == flake.TypeTarball || in.Ref.Type == flake.TypeFile
	switch {
	case text == "":
		finding.Message = fmt.Sprintf("input %s has an empty url", inputCode(in))
		finding.Help = "write the URL of a repository or an archive"
	case hostless.MatchString(text):
		finding.Message = fmt.Sprintf("input %s has a url without a host", inputCode(in))
		finding.Help = "write the host between `//` and the next slash"
	case forgeScheme.MatchString(text):
		finding.Message = fmt.Sprintf("input %s is of type %s, whose url is no reference such as %s", inputCode(in), diag.Code(in.Ref.Type), diag.Code(scheme+":…"))
		finding.Help = "leave out `type`, so that `url` is a reference, or write the URL of the repository"
	case in.Ref.Type == flake.TypeGit && portURL.MatchString(text):
		m := portURL.FindStringSubmatch(text)
		finding.Message = fmt.Sprintf("input %s has a url whose port is no number", inputCode(in))
		meant = "ssh://" + m[1] + "/" + m[2] + m[3]
	case fetched && scheme == "":
		finding.Message = fmt.Sprintf("input %s is of type %s, whose url needs a scheme", inputCode(in), diag.Code(in.Ref.Type))
		finding.Help = "write `https://…`, or `file://…` for a file of this machine"
	case fetched && noTransport.MatchString(scheme):
		finding.Message = fmt.Sprintf("input %s is of type %s and has a url with the scheme %s, by which nothing can be fetched", inputCode(in), diag.Code(in.Ref.Type), diag.Code(scheme))
		finding.Help = "write `https://…`"
		if transport, ok := strings.CutPrefix(scheme, in.Ref.Type+"+"); ok {
			meant = transport + strings.TrimPrefix(text, scheme)
		}
	default:
		return nil
	}
	if !in.Flake {
		finding.Severity = diag.Warning // it is read only where it is used
	}
	if meant != "" {
		finding.Help = "did you mean " + diag.Code(meant) + "?"
		finding.Fixes = rewriteURL(in, meant)
	}
	return []diag.Finding{finding}
}

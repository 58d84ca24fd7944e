package flake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
)

var hostName = regexp.MustCompile(`^[a-zA-Z0-9.-]*$`) // hostRegex in libfetchers/github.cc

// badAttrs finds attributes of an input in attribute form whose values its type refuses, and parameters in its url that Nix does not
// read there.
func badAttrs(in *flake.Input) (found []diag.Finding) {
	forge := in.Ref.Type == flake.TypeGitHub || in.Ref.Type == flake.TypeGitLab || in.Ref.Type == flake.TypeSourceHut
	tell := func(a flake.FetcherAttr, message, help string) {
		found = append(found, diag.Finding{Span: a.Node.Span(), Severity: diag.Error, Message: message, Help: help})
	}
	ref, hasRef := in.FetcherAttr("ref")
	for _, a := range in.Attrs {
		switch {
		case a.Name == "rev" && (forge || in.Ref.Type == flake.TypeGit) && !flake.IsRevision(a.Value):
			help := "write all 40 digits of the commit"
			if !hex(a.Value) && !hasRef {
				help = "for a branch or a tag write `ref`"
			}
			tell(a, fmt.Sprintf("%s is not a whole revision", diag.Code(a.Value)), help)
		case a.Name == "rev" && forge && hasRef:
			tell(ref, "the input has a branch or tag beside its revision, and Nix refuses both", "keep one of them")
		case a.Name == "ref" && (forge || in.Ref.Type == flake.TypeGit) && !flake.IsGitRef(a.Value):
			tell(a, fmt.Sprintf("%s cannot be the name of a branch or tag", diag.Code(a.Value)), "write a name without blanks, `..` and the signs `~^:?*[`")
		case a.Name == "narHash" && (forge || in.Ref.Type == flake.TypePath || in.Ref.Type == flake.TypeTarball) && a.OK && a.Node.Is(ast.String) && !flake.IsNarHash(a.Value):
			message, help := badNarHash(a.Value)
			tell(a, message, help)
		case a.Name == "host" && forge && !hostName.MatchString(a.Value):
			tell(a, fmt.Sprintf("%s is not the name of a host", diag.Code(a.Value)), "write the name only, as `git.example.org`")
		case (a.Name == "owner" || a.Name == "repo") && forge && a.Value == "":
			tell(a, fmt.Sprintf("%s is empty", diag.Code(a.Name)), "write whose repository it is, and which")
		case (a.Name == "owner" || a.Name == "repo") && in.Ref.Type == flake.TypeGitHub && strings.Contains(a.Value, "/"):
			tell(a, fmt.Sprintf("%s has a slash, which neither an owner nor a repository has at GitHub", diag.Code(a.Value)), "write the owner and the repository apart")
		}
	}
	if !in.URLNode.IsValid() || in.Ref.Type != flake.TypeGit && in.Ref.Type != flake.TypeHg {
		return found
	}
	known := append(slices.Clone(flake.Parameters(in.Ref.Type)), "branch", "tag")
	for _, q := range (flake.Ref{Text: in.URL}).Query() {
		if q.Name == "dir" || !slices.Contains(known, q.Name) {
			continue
		}
		attr := q.Name
		if meant := spelt[q.Name]; meant != "" {
			attr = meant
		}
		found = append(found, diag.Finding{
			Span:    in.URLSpan(q.Start, q.End),
			Message: fmt.Sprintf("%s in the url has no effect beside `type`: it is sent to the server", diag.Code(q.Name)),
			Help:    fmt.Sprintf("write it as an attribute of the input, %s, or leave out `type` and write `git+%s…`", diag.Code(attr+" = …;"), flake.SchemeOf(in.URL)+":"),
		})
	}
	return found
}

package flake

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-unknown-attr", Family: family, Since: "0.1.0",
	Summary: "An input has an attribute that Nix does not know",
	Doc: "An input has `url`, `flake`, `follows` and `inputs`. What a fetcher takes, as `owner`, `ref`, `rev` and `dir`, counts only\n" +
		"beside `type`, and each type takes attributes of its own. All else is refused: \"unexpected flake input attribute\n" +
		"'uri'\", \"input attribute 'tag' not supported by scheme 'github'\".\n" +
		"\n" +
		"Beside a `url`, such attributes are written into it: `github:owner/repo?ref=main&dir=nix`.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachFault(p, f, func(in *flake.Input, fault flake.Fault) (diag.Finding, bool) {
			name := fault.Attr.Name
			finding := diag.Finding{
				Span:    fault.Node.Span(),
				Message: fmt.Sprintf("input %s has an attribute %s, which Nix does not know", inputCode(in), diag.Code(name)),
				Help:    "an input has `url`, `flake`, `follows` and `inputs`, and with `type` what that type takes",
			}
			if fault.Kind == flake.FaultNoType {
				finding.Message = fmt.Sprintf("input %s has %s without `type`", inputCode(in), diag.Code(name))
				withoutType(&finding, in, name)
				return finding, true
			}
			if t, ok := in.FetcherAttr("type"); ok {
				finding.Message = fmt.Sprintf("input %s is of type %s, which has no %s", inputCode(in), diag.Code(t.Value), diag.Code(name))
				finding.Help = "remove it"
			}
			if fault.Name != "" {
				finding.Help = fmt.Sprintf("did you mean %s?", diag.Code(fault.Name))
				finding.Fixes = []diag.Fix{rename(fault.Attr, fault.Name)}
			}
			return finding, true
		}, flake.FaultUnknown, flake.FaultNoType)
	},
})

// withoutType says where an attribute for a fetcher belongs: into the url, or beside a type.
func withoutType(finding *diag.Finding, in *flake.Input, name string) {
	switch {
	case in.URLNode.IsValid():
		finding.Help = "write it into the url, or use `type` and its attributes instead of a url"
		if text, ok := withParameter(in, name); ok {
			finding.Help = "write it into the url: " + diag.Code(text)
			if edits, ok := flake.RemoveAttr(in, name); ok {
				edits = append(edits, diag.Edit{Span: in.URLNode.Span(), Text: ast.QuoteString(text)})
				slices.SortFunc(edits, func(a, b diag.Edit) int { return int(a.Span.Start) - int(b.Span.Start) })
				finding.Fixes = []diag.Fix{{Title: "write it into the url", Edits: edits}}
			}
		}
	case in.Follows != nil:
		finding.Help = "an input that follows another has nothing of its own: remove it"
	default:
		finding.Help = "add `type`, or write a `url`"
		_, owner := in.FetcherAttr("owner")
		_, repo := in.FetcherAttr("repo")
		if _, host := in.FetcherAttr("host"); !owner || !repo || host {
			return
		}
		finding.Help = "add `type = \"github\";`, or whatever host it is on"
		if first := in.Attrs[0]; first.Name == name {
			d := in.Attr.Sub(name).Defs[0]
			prefix := source.Span{Start: d.Binding.Start(), End: d.Part.Start()}.Of(d.Binding.Tree().Source())
			at := d.Binding.Start()
			finding.Fixes = []diag.Fix{{Title: "add the type", Edits: []diag.Edit{{Span: source.Span{Start: at, End: at}, Text: prefix + "type = \"github\"; "}}}}
		}
	}
}

// withParameter returns the url of an input with an attribute as a parameter.
func withParameter(in *flake.Input, name string) (text string, ok bool) {
	a, found := in.FetcherAttr(name)
	if !found || !a.OK || in.URLNode.Is(ast.Path) || in.RefErr != nil || strings.Contains(in.URL, "#") {
		return "", false
	}
	if !slices.Contains(flake.Parameters(in.Ref.Type), name) || a.Value == "" {
		return "", false
	}
	sep := "?"
	if strings.Contains(in.URL, "?") {
		sep = "&"
	}
	text = in.URL + sep + name + "=" + strings.ReplaceAll(url.QueryEscape(a.Value), "%2F", "/")
	with, err := flake.ParseRef(text)
	if err != nil || with.Type != in.Ref.Type || with.String() == in.Ref.String() {
		return "", false
	}
	return text, true
}

package suspicious

import (
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "fetch-tarball-without-hash", Family: family, Since: "0.1.0",
	Summary: "`fetchTarball` or `builtins.fetchurl` fetches what no hash pins",
	Doc: "Without a hash Nix takes whatever the URL has on that day, and asks again when the answer of an hour ago is too old: the\n" +
		"same commit of a project evaluates to different things, and whoever can change the answer runs code in the evaluation.\n" +
		"Pure evaluation, as in flakes, refuses it: \"in pure evaluation mode, 'fetchTarball' requires a 'sha256' argument\".\n" +
		"\n" +
		"Write `fetchTarball { url = \"…\"; sha256 = \"…\"; }`; `nix-prefetch-url --unpack URL` prints the hash. A URL with a whole\n" +
		"commit in it, and one that is put together, are an info: pure evaluation refuses them just as well. In tests, examples and\n" +
		"templates it is a hint. Files of the machine (`file://…`) and arguments that are no literals are left alone.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		name := nixlang.Builtin(p.Names(), call.Func())
		switch name {
		case "fetchTarball":
		case "fetchurl":
			name = "builtins.fetchurl" // nixpkgs has another
		default:
			return
		}
		url := call.Arg().Unparen()
		if url.Is(ast.AttrSet) {
			if url = unpinned(url); !url.IsValid() {
				return
			}
		}
		f := diag.Finding{
			Span: url.Span(), Message: "no hash pins what `" + name + "` fetches",
			Help: "write `" + name + " { url = …; sha256 = …; }`",
		}
		text, whole := ast.StringValue(url)
		if url.Is(ast.URI) {
			text, whole = url.Text(), true
		}
		switch {
		case !url.Is(ast.String) && !url.Is(ast.IndString) && !url.Is(ast.URI):
			return
		case strings.HasPrefix(text, "file:"):
			return
		case !whole || commit.MatchString(text):
			f.Severity = diag.Info
		}
		p.ReportMildly(f, diag.Hint)
	},
})

// commit is a whole Git commit in a URL.
var commit = regexp.MustCompile(`\b[0-9a-f]{40}\b`)

// unpinned returns the URL of the argument of a fetcher that has no hash for sure; the node is invalid for others.
func unpinned(set ast.Node) ast.Node {
	for c := range set.Children() {
		if in, ok := ast.AsInherit(c); ok {
			for name := range in.Names() {
				if text, _ := ast.AttrName(name); text == "sha256" {
					return ast.Node{}
				}
			}
			continue
		}
		b := ast.BindingNode{Node: c}
		if name, ok := ast.AttrName(b.Attrpath().FirstChild()); !ok || name == "sha256" {
			return ast.Node{}
		}
	}
	b, _ := ast.Attr(set, "url")
	if !b.IsValid() {
		return ast.Node{}
	}
	return b.Value().Unparen()
}

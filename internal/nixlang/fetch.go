package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// UnhashedFetch reports whether a call of fetchTarball or builtins.fetchurl surely has no sha256, and returns the name of the
// function and the literal of the URL. What is on the machine itself (file:…) is none, nor an argument that is no literal.
func UnhashedFetch(names *sema.Info, call ast.ApplyExpr) (name string, url ast.Node, ok bool) {
	switch name = Builtin(names, call.Func()); name {
	case "fetchTarball":
	case "fetchurl":
		name = "builtins.fetchurl" // nixpkgs has another
	default:
		return "", url, false
	}
	url = call.Arg().Unparen()
	if url.Is(ast.AttrSet) {
		url = unhashedURL(url)
	}
	switch {
	case url.Is(ast.URI):
		return name, url, true
	case url.Is(ast.String), url.Is(ast.IndString):
		text, _ := ast.StringValue(url)
		return name, url, !strings.HasPrefix(text, "file:")
	}
	return "", url, false
}

// unhashedURL returns the URL of the argument of a fetcher that has no hash for sure; the node is invalid for others.
func unhashedURL(set ast.Node) ast.Node {
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

package cost

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "uniqlist-quadratic", Family: family, Since: "0.1.0",
	Summary: "`lib.uniqList` compares each element with all before it",
	Doc: "`lib.misc.uniqList` calls itself for each element and copies the rest of the list each time. `lib.uniqueStrings` sorts, for\n" +
		"strings whose order does not matter. `lib.unique` is for any values and keeps their order; it compares as often as\n" +
		"`uniqList`, but in one fold.",
	Severity: diag.Info, Presets: rules.Strict,
	On:    []ast.Kind{ast.Select, ast.Ident, ast.Inherit},
	Names: []string{"uniqList"},
	Node: func(p *rules.Pass, n ast.Node) {
		if in, ok := ast.AsInherit(n); ok {
			inheritsUniqList(p, in)
			return
		}
		if n.Is(ast.Ident) && n.Text() != "uniqList" {
			return
		}
		if path, last, ok := lib(p, n); ok {
			reportUniqList(p, path, last)
		}
	},
})

func reportUniqList(p *rules.Pass, path string, at ast.Node) {
	if path != "uniqList" && path != "misc.uniqList" {
		return
	}
	p.Report(diag.Finding{
		Span:    at.Span(),
		Message: "`lib." + path + "` takes time with the square of the list's length",
		Help:    "use `lib.uniqueStrings` for strings in any order, or the plain `lib.unique`",
	})
}

// inheritsUniqList examines inherit (lib) ….
func inheritsUniqList(p *rules.Pass, in ast.InheritNode) {
	if !in.From().IsValid() {
		return
	}
	for part := range in.Names() {
		if part.Text() != "uniqList" {
			continue
		}
		switch base, ok := nixlang.LibSource(p.Names(), in.From()); {
		case ok && base == "":
			reportUniqList(p, "uniqList", part)
		case ok:
			reportUniqList(p, base+".uniqList", part)
		}
	}
}

// lib returns the path below nixpkgs' lib that an expression of the rule's interest means.
func lib(p *rules.Pass, n ast.Node) (path string, last ast.Node, ok bool) {
	if s, selects := ast.AsSelect(n); selects {
		if name := s.Attrpath().LastName(); name != "uniqList" {
			return "", last, false
		}
	}
	return nixlang.LibPath(p.Names(), n)
}

package traps

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unguarded-select", Family: family, Since: "0.1.0",
	Summary: "An attribute is selected where a test has just found that it is not there",
	Doc: "In `if x ? a then 1 else x.a` the second arm runs only where `x` has no `a`: selecting it always fails. The same goes for\n" +
		"`if !(x ? a) then x.a else 1`, `x ? a || x.a` and `assert !(x ? a); x.a`, and where the test is\n" +
		"`builtins.hasAttr \"a\" x`. Mostly the arms were swapped or the test was turned around. `x.a or 1` says in one expression what is meant.\n" +
		"\n" +
		"Where nothing tests for an attribute, the file cannot tell whether it is there, and nothing is reported.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:    []ast.Kind{ast.HasAttr, ast.Apply},
	Names: nixlang.BuiltinNames("hasAttr"),
	Node: func(p *rules.Pass, n ast.Node) {
		root, path, ok := tested(p, n)
		if !ok {
			return
		}
		use, ok := p.Names().Use(root)
		if !ok {
			return
		}
		// at is true or false, as value says, only where the attribute is missing.
		at, value := n, false
		for range maxSteps {
			up := at.Parent()
			first := up.FirstChild() == at
			switch {
			case up.Is(ast.Paren):
			case up.Is(ast.Unary) && up.Op() == ast.OpNot:
				value = !value
			case up.Is(ast.Binary) && up.Op() == ast.OpAnd && value, up.Is(ast.Binary) && up.Op() == ast.OpOr && !value:
				if first {
					withoutAttr(p, n, up.Child(1), use, path)
				}
			case up.Is(ast.Binary) && up.Op() == ast.OpImpl && first && value:
				withoutAttr(p, n, up.Child(1), use, path)
				value = false
			case up.Is(ast.Binary) && up.Op() == ast.OpImpl && !first && !value:
			case up.Is(ast.If) && first && value:
				withoutAttr(p, n, up.Child(1), use, path)
				return
			case up.Is(ast.If) && first:
				withoutAttr(p, n, up.Child(2), use, path)
				return
			case up.Is(ast.Assert) && first && value:
				withoutAttr(p, n, up.Child(1), use, path)
				return
			default:
				return
			}
			at = up
		}
	},
})

// tested returns the variable and the names of the attribute that x.a ? b, or hasAttr "b" x.a, asks for.
func tested(p *rules.Pass, n ast.Node) (root ast.Node, path []string, ok bool) {
	if has, ok := ast.AsHasAttr(n); ok {
		return selection(has.Operand(), has.Attrpath())
	}
	outer := ast.ApplyExpr{Node: n}
	inner, ok := ast.AsApply(outer.Func().Unparen())
	if !ok || nixlang.Function(p.Names(), inner.Func()) != "hasAttr" {
		return root, nil, false
	}
	name, static := ast.StringValue(inner.Arg().Unparen())
	set := outer.Arg().Unparen()
	s, selects := ast.AsSelect(set)
	switch {
	case !static || selects && s.Default().IsValid():
		return root, nil, false
	case set.Is(ast.Ident):
		return set, []string{name}, true
	case selects:
		root, path, ok = selection(s.Operand(), s.Attrpath())
		return root, append(path, name), ok
	}
	return root, nil, false
}

// maxParts bounds the length of the attribute paths that are compared, maxLooked the nodes that one test is
// held against.
const (
	maxParts  = 16
	maxLooked = 500
)

// selection returns the variable and the names of x.a.b, or of a test x.a ? b; ok is false where it begins with
// something else or has a name that is not known.
func selection(operand ast.Node, path ast.AttrpathNode) (root ast.Node, names []string, ok bool) {
	for range maxParts {
		part, static := path.Static()
		if !static || len(part) > maxParts {
			return root, nil, false
		}
		names = append(slices.Clone(part), names...)
		operand = operand.Unparen()
		if operand.Is(ast.Ident) {
			return operand, names, true
		}
		s, selects := ast.AsSelect(operand)
		if !selects || s.Default().IsValid() {
			return root, nil, false
		}
		operand, path = s.Operand(), s.Attrpath()
	}
	return root, nil, false
}

// withoutAttr reports the selections of an attribute in an expression that is evaluated only where it is
// missing.
func withoutAttr(p *rules.Pass, test, in ast.Node, use sema.Use, path []string) {
	looked := 0
	for n := range in.Descendants() {
		if looked++; looked > maxLooked {
			return
		}
		s, ok := ast.AsSelect(n)
		if !ok || s.HasError() {
			continue
		}
		root, ok := selects(s, use.Node.Text(), path)
		if !ok || s.Default().IsValid() {
			continue
		}
		// In (x.a).b the inner selection speaks.
		if inner, ok := ast.AsSelect(s.Operand().Unparen()); ok {
			if _, ok := selects(inner, use.Node.Text(), path); ok {
				continue
			}
		}
		other, ok := p.Names().Use(root)
		if !ok || other.Target != use.Target || other.Binding != use.Binding || use.Target == sema.ToWith && other.Scope != use.Scope {
			continue
		}
		p.Report(diag.Finding{
			Span:    s.Span(),
			Message: "`" + short(n) + "` fails here: the test before it has found that the attribute is missing",
			Help:    "swap the arms, turn the test around, or select with a default: `or …`",
			Related: []diag.Related{{Span: test.Span(), Message: "the test"}},
		})
	}
}

// selects reports whether a selection begins with a variable of the name and the path, and returns the variable.
func selects(s ast.SelectExpr, name string, path []string) (root ast.Node, ok bool) {
	var chain [maxParts]ast.SelectExpr
	depth := 0
	for {
		chain[depth] = s
		depth++
		operand := s.Operand().Unparen()
		if operand.Is(ast.Ident) {
			root = operand
			break
		}
		if s, ok = ast.AsSelect(operand); !ok || depth == maxParts || s.Default().IsValid() {
			return root, false
		}
	}
	if root.Text() != name {
		return root, false
	}
	for _, link := range slices.Backward(chain[:depth]) {
		for part := range link.Attrpath().Children() {
			if len(path) == 0 {
				return root, true
			}
			if text, static := ast.AttrName(part); !static || text != path[0] {
				return root, false
			}
			path = path[1:]
		}
	}
	return root, len(path) == 0
}

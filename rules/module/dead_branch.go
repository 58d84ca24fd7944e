package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
	"maps"
	"slices"
)

var _ = rules.Register(&rules.Rule{
	ID: "dead-branch", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A condition is always true or never, since a `let` or the code itself says so",
	Doc: "`lib.optional false x` is `[ ]`, and what `lib.optionals`, `lib.optionalString` and `lib.optionalAttrs` hold behind `false`\n" +
		"never counts. So it is with `if`, `lib.mkIf` and these where the condition is a name that a `let` of the file binds to\n" +
		"`true` or `false`; that is mostly a switch for people who edit the file, and only a hint at the first place that the name decides.\n" +
		"\n" +
		"Conditions of `if` that are `true` or `false` as they stand are told by `unreachable-code`, those of `mkIf` by `mkif-constant`.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Unnecessary,
	On:    []ast.Kind{ast.Apply, ast.If},
	Names: slices.Sorted(maps.Keys(takesCondition)),
	Node: func(p *rules.Pass, n ast.Node) {
		f, by, ok := deadBranch(p, n)
		if !ok {
			return
		}
		if by.IsValid() {
			f.Severity = diag.Hint
			f.Help += ", or keep the `let` as a switch"
			first := true
			for u := range p.Names().UsesOf(bindingOfName(p, by)) {
				more, _, decided := deadBranch(p, decidedBy(u.Node))
				switch {
				case !decided || more.Span == f.Span:
				case more.Span.Start < f.Span.Start:
					first = false
				default:
					f.Related = append(f.Related, diag.Related{Span: more.Span, Message: diag.Code(by.Text()) + " decides here, too"})
				}
			}
			if !first {
				return // told at the first place that the name decides
			}
		}
		p.Report(f)
	},
})

// bindingOfName returns the binding that a name means, which is there.
func bindingOfName(p *rules.Pass, name ast.Node) sema.BindingID {
	u, _ := p.Names().Use(name)
	return u.Binding
}

// decidedBy returns the if or the call whose condition a name may be.
func decidedBy(name ast.Node) ast.Node {
	at := name.OutsideParens()
	for range 8 {
		up := at.Parent()
		if !up.Is(ast.Unary) || up.Op() != ast.OpNot {
			break
		}
		at = up.OutsideParens()
	}
	up := at.Parent()
	if up.Is(ast.Apply) {
		return up.OutsideParens().Parent()
	}
	return up
}

// deadBranch returns what there is to say of an if, or a call of a function with a condition, and the name that decides, the zero node
// where the condition is written out.
func deadBranch(p *rules.Pass, n ast.Node) (f diag.Finding, by ast.Node, ok bool) {
	var cond, held, other ast.Node
	name := "if"
	switch {
	case n.Is(ast.If):
		cond, held, other = n.FirstChild(), n.Child(1), n.Child(2)
	case n.Is(ast.Apply):
		fn, args := shortCall(n)
		if name = ast.LastName(fn); args != 2 || !takesCondition[name] || nixlang.Lib(p.Names(), fn) != name {
			return f, by, false
		}
		_, both := ast.Call(n)
		cond, held = both[0], both[1]
	default:
		return f, by, false
	}
	value, by, ok := constantNamed(p, cond)
	if !ok || !by.IsValid() && (name == "if" || name == "mkIf") || n.HasError() {
		return f, by, false
	}
	if !by.IsValid() && p.Tree.HasComment(source.Span{Start: n.Start(), End: held.Start()}) {
		return f, by, false // a stub that its author explains
	}
	f = diag.Finding{Span: held.Span(), Help: "leave it out"}
	switch {
	case !value:
		f.Message = "this never counts: the condition is always false"
	case name == "if":
		f.Span, f.Message = other.Span(), "this never counts: the condition is always true"
	default:
		f.Span = cond.Span()
		f.Message, f.Help = "the condition is always true: "+diag.Code(name)+" does nothing here", "leave the content alone"
	}
	return f, by, true
}

// takesCondition are functions of lib with a condition and what counts where it holds.
var takesCondition = set("mkIf optional optionals optionalString optionalAttrs")

// constantNamed returns the Boolean that an expression is as it is written, or that a let binds to the names in it; by is the first
// name in the latter case.
func constantNamed(p *rules.Pass, n ast.Node) (value bool, by ast.Node, ok bool) {
	negated := false
	for range 8 {
		n = n.Unparen()
		if n.Is(ast.Unary) && n.Op() == ast.OpNot {
			negated, n = !negated, n.FirstChild()
			continue
		}
		if value, ok = constant(p, n); ok {
			return value != negated, by, true
		}
		if !n.Is(ast.Ident) {
			break
		}
		b := p.Names().Resolve(n)
		if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
			break
		}
		if !by.IsValid() {
			by = n
		}
		n = b.Value
	}
	return false, ast.Node{}, false
}

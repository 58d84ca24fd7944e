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
		"`true` or `false`; that is mostly a switch for people who edit the file, and only a hint.\n" +
		"\n" +
		"Conditions of `if` that are `true` or `false` as they stand are told by `unreachable-code`, those of `mkIf` by `mkif-constant`.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Unnecessary,
	On:    []ast.Kind{ast.Apply, ast.If},
	Names: slices.Sorted(maps.Keys(takesCondition)),
	Node: func(p *rules.Pass, n ast.Node) {
		cond, held, other, name := n.FirstChild(), ast.Node{}, ast.Node{}, "if"
		if n.Is(ast.If) {
			held, other = n.Child(1), n.Child(2)
		} else {
			fn, args := shortCall(n)
			if name = ast.LastName(fn); args != 2 || !takesCondition[name] || nixlang.Lib(p.Names(), fn) != name {
				return
			}
			_, both := ast.Call(n)
			cond, held = both[0], both[1]
		}
		value, named, ok := constantNamed(p, cond)
		if !ok || !named && (name == "if" || name == "mkIf") || n.HasError() {
			return
		}
		if !named && p.Tree.HasComment(source.Span{Start: n.Start(), End: held.Start()}) {
			return // a stub that its author explains
		}
		f := diag.Finding{Span: held.Span(), Help: "leave it out"}
		switch {
		case !value:
			f.Message = "this never counts: the condition is always false"
		case name == "if":
			f.Span, f.Message = other.Span(), "this never counts: the condition is always true"
		default:
			f.Span = cond.Span()
			f.Message, f.Help = "the condition is always true: "+diag.Code(name)+" does nothing here", "leave the content alone"
		}
		if named {
			f.Severity = diag.Hint
			f.Help += ", or keep the `let` as a switch"
		}
		p.Report(f)
	},
})

// takesCondition are functions of lib with a condition and what counts where it holds.
var takesCondition = set("mkIf optional optionals optionalString optionalAttrs")

// constantNamed returns the Boolean that an expression is as it is written, or that a let binds to the names in it; named is set for
// the latter.
func constantNamed(p *rules.Pass, n ast.Node) (value, named, ok bool) {
	negated := false
	for range 8 {
		n = n.Unparen()
		if n.Is(ast.Unary) && n.Op() == ast.OpNot {
			negated, n = !negated, n.FirstChild()
			continue
		}
		if value, ok = constant(p, n); ok {
			return value != negated, named, true
		}
		if !n.Is(ast.Ident) {
			break
		}
		b := p.Names().Resolve(n)
		if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
			break
		}
		n, named = b.Value, true
	}
	return false, false, false
}

package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "manual-inherit-from", Family: family, Since: "0.1.0",
	Summary: "An attribute is given the attribute of its own name from another set",
	Doc: "`inherit (p) a;` says what `a = p.a;` says, once, and takes several names: neighbouring attributes from one source are\n" +
		"one finding. The source is evaluated in the same scope in both forms, in `rec` and `let` too.\n" +
		"\n" +
		"Nothing is said about a selection with a default, and where the source takes more than one line.",
	Severity: diag.Hint, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.SameAttrs,
	Aliases: []string{"statix:W04", "statix:manual_inherit_from"},
	On:      []ast.Kind{ast.AttrSet, ast.LegacyLet, ast.Bindings},
	Broken:  true,
	Node: func(p *rules.Pass, n ast.Node) {
		source := func(b ast.BindingNode) (from, name string, ok bool) {
			if from, name, ok = inheritSource(b); ok && n.Is(ast.AttrSet) && !n.IsRec() {
				return from, name, true
			}
			return from, name, ok && !readsItself(p.Names(), b)
		}
		runs(n, source, func(r run) {
			text := "inherit (" + r.from + ") " + strings.Join(r.all, " ") + ";"
			p.Report(diag.Finding{
				Span:     r.span(),
				Message:  list(r.names) + r.either(" is assigned from the attribute", " are assigned from the attributes") + " of the same name in " + diag.Code(short(r.from)),
				Subjects: r.subjects(), Anywhere: true,
				Help: "write " + r.statement(), Fixes: []diag.Fix{r.fix(text)},
			})
		})
	},
})

// readsItself reports whether a binding is a selection from itself, which never ends: let a = a.a.
func readsItself(names *sema.Info, b ast.BindingNode) bool {
	n := b.Value().Unparen()
	for n.Is(ast.Select) {
		n = n.FirstChild().Unparen()
	}
	if !n.Is(ast.Ident) {
		return false
	}
	of := names.Resolve(n)
	return of != nil && of.Decl == b.Node
}

// inheritSource takes `a = p.q.a;` apart: the text of p.q and the name as it is written on the left.
func inheritSource(b ast.BindingNode) (from, name string, ok bool) {
	s, ok := ast.AsSelect(b.Value().Unparen())
	key, single := b.Attrpath().Single()
	if !ok || s.Default().IsValid() || !single {
		return "", "", false
	}
	before, last := s.Attrpath().LastTwo()
	left, ok := ast.AttrName(key)
	right, ok2 := ast.AttrName(last)
	if !ok || !ok2 || left != right || left == "or" || key.Is(ast.Interpolation) || last.Is(ast.Interpolation) {
		return "", "", false
	}
	src := b.Tree().Source()
	if before.IsValid() {
		from = src[s.Start():before.End()]
	} else {
		operand := s.Operand()
		for operand.Is(ast.Paren) && !losesComment(b.Tree(), operand.Span(), operand.FirstChild()) {
			operand = operand.FirstChild()
		}
		from = operand.Text()
	}
	if nixlang.HasBreak(from) {
		return "", "", false
	}
	return from, key.Text(), true
}

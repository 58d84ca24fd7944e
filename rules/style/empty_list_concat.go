package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "empty-list-concat", Family: family, Since: "0.1.0",
	Summary: "An empty list is appended",
	Doc: "`[ ] ++ x` is `x`, but for the check that `x` is a list. The fix is safe where `x` is visibly one.\n" +
		"\n" +
		"An empty list with a comment in it is left alone: something is meant to stand there. So is one with the operator on\n" +
		"another line: it heads a column of operands.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.FewerTokens,
	Aliases: []string{"statix:W23", "statix:empty_list_concat"},
	On:      []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpConcat {
			return
		}
		neutral(p, n, ast.List, nixlang.TypeList, "an empty list is appended")
	},
})

// neutral reports an operator one of whose operands is an empty literal of a kind and changes nothing.
func neutral(p *rules.Pass, n ast.Node, kind ast.Kind, typ nixlang.Type, message string) {
	b := ast.BinaryExpr{Node: n}
	literal, other := b.Left().Unparen(), b.Right()
	if !emptyLiteral(literal, kind) {
		if literal, other = b.Right().Unparen(), b.Left(); !emptyLiteral(literal, kind) {
			return
		}
	}
	src := p.Tree.Source()
	if gap := (source.Span{Start: min(literal.Start(), other.End()), End: max(other.Start(), literal.End())}); nixlang.HasBreak(gap.Of(src)) {
		return
	}
	if suppress.HasProse(p.Tree, literal.Span()) {
		return
	}
	safety := diag.Unsafe
	if nixlang.TypeOf(p.Names(), other) == typ {
		safety = unlessLost(diag.Safe, p.Tree, literal.Span())
	}
	kept := other
	if !nixlang.Fits(other, n) || nixlang.LevelOf(other.Unparen()) >= nixlang.Place(n) {
		kept = other.Unparen()
	}
	f := diag.Finding{Span: n.Span(), Message: message, Help: "use the other operand alone"}
	if !tooLong(n) {
		f.Fixes = []diag.Fix{put("use the other operand alone", safety, n, kept)}
	}
	p.Report(f)
}

// emptyLiteral reports whether n is [ ] or { } without anything in it.
func emptyLiteral(n ast.Node, kind ast.Kind) bool {
	return n.Is(kind) && !n.FirstChild().IsValid()
}

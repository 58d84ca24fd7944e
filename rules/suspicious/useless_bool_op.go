package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "useless-bool-op", Family: family, Since: "0.1.0",
	Summary: "A Boolean operation with a constant gives its other operand",
	Doc: "`x || false`, `true && x` and `true -> x` are `x`, apart from the check that `x` is a Boolean. Mostly a condition was\n" +
		"put there while trying something out.\n" +
		"\n" +
		"The fix leaves the other operand. It is safe where that is a Boolean for sure, such as a comparison, and no comment\n" +
		"goes with it. Operations that do not depend on the other operand are `unreachable-code`.",
	Severity: diag.Warning, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.FewerTokens,
	Aliases: []string{"tvix:W007"},
	On:      []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		op := n.Op()
		if op != ast.OpAnd && op != ast.OpOr && op != ast.OpImpl {
			return
		}
		b := ast.BinaryExpr{Node: n}
		constant, other := b.Left(), b.Right()
		value, ok := constBool(p.Names, constant)
		if !ok && op != ast.OpImpl {
			constant, other = other, constant
			value, ok = constBool(p.Names, constant)
		}
		if !ok || value != (op != ast.OpOr) {
			return
		}
		f := diag.Finding{
			Span:    n.Span(),
			Message: "`" + op.String() + "` with `" + constText(constant, value) + "` gives its other operand",
			Help:    "write the other operand alone",
		}
		s := diag.Unsafe
		if nixlang.TypeOf(p.Names(), other) == nixlang.TypeBool &&
			!p.Tree.HasComment(source.Span{Start: n.Start(), End: other.Start()}) &&
			!p.Tree.HasComment(source.Span{Start: other.End(), End: n.End()}) {
			s = diag.Safe
		}
		text := nixlang.Splice(p.Tree, n.Span(), nixlang.At(other, n))
		f.Fixes = []diag.Fix{rules.Replace("leave the other operand", s, n.Span(), text)}
		p.Report(f)
	},
})

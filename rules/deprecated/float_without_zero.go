package deprecated

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "float-without-zero", Family: family, Since: "0.1.0",
	Summary: "A number begins with its decimal point",
	Doc: "`.5` is 0.5, and looks like a selection: `x .5` calls `x`. Lix has deprecated the form.\n" +
		"\n" +
		"A number that touches what stands before it, as in `01.5`, is not reported: something else is wrong there.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Deprecated,
	Fix: rules.FixAlways, SafeFix: rules.SameParse,
	Aliases: []string{"lix:floating-without-zero"},
	On:      []ast.Kind{ast.Float},
	Node: func(p *rules.Pass, n ast.Node) {
		if !strings.HasPrefix(n.Text(), ".") || touches(n) {
			return
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: "number without a digit before its point", Help: "write `0" + n.Text() + "`",
			Fixes: []diag.Fix{rules.Insert("write `0"+n.Text()+"`", diag.Safe, n.Start(), "0")},
		})
	},
})

// touches reports whether a digit in front of a node would become part of what stands before it.
func touches(n ast.Node) bool {
	prev := n.FirstToken().Prev()
	if !prev.IsValid() {
		return false
	}
	switch prev.Kind() {
	case ast.TokSpace, ast.TokBlockComment, ast.TokLParen, ast.TokLBracket, ast.TokLBrace, ast.TokAssign, ast.TokSemi, ast.TokComma, ast.TokDollarCurly,
		ast.TokPlus, ast.TokMinus, ast.TokStar, ast.TokLess, ast.TokGreater, ast.TokLessEq, ast.TokGreaterEq, ast.TokEq, ast.TokNeq:
		return false
	}
	return true
}

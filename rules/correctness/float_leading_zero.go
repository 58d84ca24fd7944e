package correctness

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "float-leading-zero", Family: family, Since: "0.1.0",
	Summary: "A number with a leading zero falls into two",
	Doc: "A number with a point must not start with a zero before another digit: Nix reads `01.5` as the two numbers `01` and\n" +
		"`.5`. So `x = 01.5;` calls the number 1, which fails, and `[ 01.5 ]` is a list of two numbers, which goes unnoticed.",
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixf:lex-float-leading-zero"},
	On:      []ast.Kind{ast.Float},
	Node: func(p *rules.Pass, n ast.Node) {
		before := n.FirstToken().Prev()
		if !before.IsValid() || before.Kind() != ast.TokInt {
			return
		}
		whole := strings.TrimLeft(before.Text(), "0")
		if whole == "" {
			whole = "0"
		}
		f := diag.Finding{
			Span:    source.Span{Start: before.Start(), End: n.End()},
			Message: "`" + before.Text() + n.Text() + "` is two numbers, `" + before.Text() + "` and `" + n.Text() + "`",
			Help:    "write `" + whole + n.Text() + "`",
		}
		if up := n.Parent(); !up.Is(ast.Apply) || !up.FirstChild().Is(ast.Int) {
			f.Severity = diag.Warning // two elements or two arguments evaluate
		}
		f.Fixes = []diag.Fix{rules.Replace("write `"+whole+n.Text()+"`", diag.Unsafe, f.Span, whole+n.Text())}
		p.Report(f)
	},
})

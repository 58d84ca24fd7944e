package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-division", Family: family, Since: "0.1.0",
	Summary: "A division is written without spaces, which makes it a path",
	Doc: "`6/2` and `total/count` are paths, the same as `./6/2` and `./total/count`, and no error tells where the value is not\n" +
		"used as a number. `6 /2` calls the number 6 with a path. A division needs a space behind the slash, and reads best\n" +
		"with one on each side.\n" +
		"\n" +
		"Reported for two numbers, and for names that are all in scope, where no such file exists.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways,
	On:  []ast.Kind{ast.Path},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.Text()
		if call, ok := ast.AsApply(n.Parent()); ok && call.Arg() == n && (call.Func().Is(ast.Int) || call.Func().Is(ast.Float)) {
			divisor := strings.TrimPrefix(text, "/")
			if divisor == text || !ast.IsIdentifier(divisor) && strings.Trim(divisor, "0123456789") != "" {
				return
			}
			quotient := call.Func().Text() + " / " + divisor
			p.Report(diag.Finding{
				Span:     call.Span(),
				Severity: diag.Error,
				Message:  "`" + call.Text() + "` calls the number `" + call.Func().Text() + "` with the path `" + text + "`",
				Help:     "write `" + quotient + "` to divide",
				Fixes:    []diag.Fix{divide(call.Node, quotient)},
			})
			return
		}
		if n.FirstChild().IsValid() || !nixlang.LooksDivided(p.Names(), n) {
			return
		}
		if target, ok := project.Resolve(p.Path, n); ok {
			if _, err := p.Project.FS().Lstat(target); err == nil {
				return
			}
		}
		quotient := strings.Replace(text, "/", " / ", 1)
		p.Report(diag.Finding{
			Span:    n.Span(),
			Message: "`" + text + "` is a path, not a division",
			Help:    "write `" + quotient + "` to divide, `./" + text + "` for the path",
			Fixes:   []diag.Fix{divide(n, quotient)},
		})
	},
})

// divide replaces a node by a division, in parentheses where it is one value among others.
func divide(n ast.Node, quotient string) diag.Fix {
	text := quotient
	if up := n.Parent(); !up.Is(ast.Binary) {
		text = nixlang.Wrap(quotient, nixlang.OpLevel(ast.OpDiv), n)
	}
	span, text := nixlang.InParens(n, text)
	return rules.Replace("write `"+quotient+"`", diag.Unsafe, span, text)
}

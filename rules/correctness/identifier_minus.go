package correctness

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "identifier-minus", Family: family, Since: "0.1.0",
	Summary: "A subtraction is written without spaces, which makes it one name",
	Doc: "Names may contain `-`, so `a-b` and `a-1` are single names, not subtractions. Nothing binds such a name here, while\n" +
		"its parts are names in scope, or numbers: Nix refuses the file. A minus needs a space before it, and reads best with\n" +
		"one on each side.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	Asks: project.ForGiven,
	File: undefinedAs(subtraction, func(p *rules.Pass, u sema.Use, _ int) presented {
		name := u.Node.Text()
		text := strings.Join(terms(p.Names(), u, name), " - ")
		// An operator's operand is what was typed without spaces; an argument or element is one value.
		put := text
		if up := u.Node.Parent(); !up.Is(ast.Binary) && !up.Is(ast.Unary) {
			put = nixlang.Wrap(text, nixlang.OpLevel(ast.OpSub), u.Node)
		}
		span, put := nixlang.InParens(u.Node, put)
		return presented{Finding: diag.Finding{
			Span:    u.Node.Span(),
			Message: "undefined variable `" + name + "`: a name may contain `-`, so this is one name and no subtraction",
			Help:    "write `" + text + "` to subtract",
			Fixes:   []diag.Fix{rules.Replace("write `"+text+"`", diag.Unsafe, span, put)},
		}}
	}),
})

package values

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "relative-path-string", Family: family, Since: "0.1.0",
	Summary: "A string that is no absolute path is given to what reads a file",
	Doc: "`import \"./x.nix\"` fails with \"string './x.nix' doesn't represent an absolute path\": a string has no folder that it would\n" +
		"be relative to. Write a path, `./x.nix`, or add to one: `./. + \"/x.nix\"`. `baseNameOf` and `dirOf` take any string.\n" +
		"\n" +
		"The fix takes the quotes away from a literal that begins with `./` or `../`." + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: asks,
	File: func(p *rules.Pass) {
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			callee := f.Callee()
			found := diag.Finding{
				Span: callee, Message: fmt.Sprintf("%s gets the string %s, which is no absolute path", quoted(p, callee, "the function"), diag.Code(f.Text)),
				Help: "write it as a path, without quotes",
			}
			arg, ok := f.CallArgument(f.Index)
			if !ok {
				return found, true
			}
			found.Span = arg
			text := arg.Of(p.Tree.Source())
			literal := p.Tree.NodeAt(arg).Is(ast.String) && text == `"`+f.Text+`"`
			if literal && (strings.HasPrefix(f.Text, "./") || strings.HasPrefix(f.Text, "../")) && isPath(f.Text) {
				found.Fixes = []diag.Fix{rules.Replace("write it as a path", diag.Unsafe, arg, f.Text)}
			}
			return found, true
		}, eval.RelativePath)
	},
})

// isPath reports whether a text is a path literal as it stands (lexer.l, PATH).
func isPath(text string) bool {
	for part := range strings.SplitSeq(text, "/") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+") != "" {
			return false
		}
	}
	return true
}

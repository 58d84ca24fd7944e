package correctness

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// maxInterpolated is the number of nodes between a name and the interpolation that it stands in.
const maxInterpolated = 6

// proposeEscape is for a variable of the shell: a name in an expansion of the shell, one in capitals that is all of an
// interpolation, and one behind a backslash in an indented string, where it escapes nothing.
func proposeEscape(p *rules.Pass, u sema.Use, name string, f *diag.Finding) bool {
	in := u.Node.Parent()
	for range maxInterpolated {
		if in.Is(ast.Interpolation) {
			break
		}
		in = in.Parent()
	}
	str := in.Parent()
	if !in.Is(ast.Interpolation) || !str.Is(ast.String) && !str.Is(ast.IndString) {
		return false
	}
	src, text := p.Tree.Source(), in.Text()
	alone := in.FirstChild() == u.Node
	slash := str.Is(ast.IndString) && src[in.Start()-1] == '\\'
	switch {
	case ast.ShellExpansion(text) == len(text):
	case alone && (slash || strings.ToUpper(name) == name):
	default:
		return false
	}
	escape := ast.EscapeInterpolation(src, in.Start(), str.FirstToken().Span().End, str.Kind())
	at := source.Span{Start: in.Start(), End: in.Start() + 1}
	f.Help = "if the shell is meant, write " + diag.Code(escape+text[1:])
	if slash && alone && escape == "''$" {
		f.Help = "a backslash escapes nothing in `''` strings: " + f.Help[len("if the shell is meant, "):]
		at.Start--
	}
	f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(escape+"{"), diag.Unsafe, at, escape)}
	return true
}

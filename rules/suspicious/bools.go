package suspicious

import (
	"strconv"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// constBool returns the value of a condition that is written out: true, false, or a negation of one.
func constBool(names func() *sema.Info, n ast.Node) (value, ok bool) {
	negated := false
	for range 16 {
		n = n.Unparen()
		if n.Is(ast.Unary) && n.Op() == ast.OpNot {
			negated = !negated
			n = n.FirstChild()
			continue
		}
		word := nixlang.Constant(names, n)
		return (word == "true") != negated, word == "true" || word == "false"
	}
	return false, false
}

// constText returns a condition with a known value as it is written, or the value where that is on several lines or has a comment in it.
func constText(n ast.Node, value bool) string {
	if nixlang.HasBreak(n.Text()) || n.Tree().HasComment(n.Span()) {
		return strconv.FormatBool(value)
	}
	return n.Text()
}

package suspicious

import (
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

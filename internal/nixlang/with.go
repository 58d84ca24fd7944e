package nixlang

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// GivenByWith returns the set of the one with around a name that nothing else binds; ok is false for other names, and where there are
// several.
func GivenByWith(names *sema.Info, u sema.Use) (env ast.Node, ok bool) {
	if u.Target != sema.ToWith {
		return ast.Node{}, false
	}
	return onlyWith(names, u.Scope)
}

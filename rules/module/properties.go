package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/comes"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// propertyArity are the functions of lib that make a property, a set that only definitions of options understand,
// with the number of their arguments (lib/modules.nix).
var propertyArity = map[string]int{
	"mkIf": 2, "mkMerge": 1, "mkForce": 1, "mkDefault": 1, "mkOptionDefault": 1, "mkVMOverride": 1, "mkImageMediaOverride": 1,
	"mkOverride": 2, "mkBefore": 1, "mkAfter": 1, "mkOrder": 2,
}

// propertyFields are the attributes of the sets that these functions make.
var propertyFields = map[string]bool{"_type": true, "condition": true, "content": true, "contents": true, "priority": true}

// property is a call that makes a property.
type property struct {
	name string   // mkIf
	call ast.Node // the call, with all arguments
	fn   ast.Node // the function in it
}

// propertyOf returns the property that an expression surely is: a call, or a name that a let binds to one.
func propertyOf(names *sema.Info, n ast.Node) (property, bool) {
	for range 8 {
		switch n = n.Tail(); n.Form() {
		case ast.Ident:
			b := names.Resolve(n)
			if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
				return property{}, false
			}
			n = b.Value
		case ast.Apply:
			fn, args := shortCall(n)
			name := moduleFunction(names, fn)
			if arity := propertyArity[name]; arity == 0 || arity != args || n.HasError() {
				return property{}, false
			}
			return property{name, n, fn}, true
		default:
			return property{}, false
		}
	}
	return property{}, false
}

// perhaps reports whether a condition that is not known, or a use that is not seen, decides whether an expression is evaluated: then what
// fails there is a warning.
func perhaps(p *rules.Pass, n ast.Node) bool { return comes.By(n, p.Names).Degree < comes.Surely }

// shortCall returns the function of a call with one or two arguments, and their number; 0 where there are more.
func shortCall(n ast.Node) (fn ast.Node, args int) {
	for args = 1; args <= 2; args++ {
		if n = (ast.ApplyExpr{Node: n}).Func().Unparen(); !n.IsCall() {
			return n, args
		}
	}
	return n, 0
}

// moduleFunction returns the name of a function of lib, or lib.modules; "" for any other, such as one of a project's
// own below lib.
func moduleFunction(names *sema.Info, fn ast.Node) string {
	if propertyArity[ast.LastName(fn)] == 0 {
		return ""
	}
	name := nixlang.Lib(names, fn)
	fn = fn.Unparen()
	if name == "" {
		return ""
	}
	if fn.Is(ast.Select) {
		if path, _, ok := nixlang.LibPath(names, fn); !ok || strings.TrimPrefix(path, "modules.") != name {
			return ""
		}
	} else if b := names.Resolve(fn); b != nil {
		from := (ast.InheritNode{Node: b.Decl}).From()
		if path, ok := nixlang.LibSource(names, from); !ok || path != "" && path != "modules" {
			return ""
		}
	}
	return name
}

package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// unitAround is unitAt for a binding, also in units that functions make: systemd.services = lib.mapAttrs (name: port: { … }) ports.
func unitAround(b ast.BindingNode) (u unitPlace, ok bool) {
	path := pathAround(b)
	if u, ok = unitAt(path); ok {
		return u, true
	}
	return madeUnit(b, path)
}

// makers are functions of lib and builtins that make sets of what one of their arguments returns.
var makers = set(`mapAttrs mapAttrs' genAttrs genAttrs' listToAttrs map concatMap imap0 imap1 mapAttrsToList nameValuePair mkMerge mkIf mkForce mkDefault mkBefore mkAfter
	optionals optional optionalAttrs concatMapAttrs concatLists flatten foldl foldl' recursiveUpdate mergeAttrsList filterAttrs mapListToAttrs forEach flip`)

// madeUnit reads the path of an attribute in a set that functions make units of. What it is in the unit, its shape says: a section or an
// option of units stands in it after the name of the unit at most, or after value, as listToAttrs takes it.
func madeUnit(b ast.BindingNode, path []string) (u unitPlace, ok bool) {
	from := slices.IndexFunc(path, func(name string) bool {
		return strings.HasSuffix(name, "Config") && unitSections[name] != nil || homeSections[name]
	})
	if from < 0 && len(path) > 0 && isUnitOption[path[len(path)-1]] {
		from = len(path) - 1
	}
	if from < 0 || from > 1 {
		return u, false
	}
	outer := b
	for {
		up, is := holder(outer.Parent())
		if !is {
			break
		}
		outer = up
	}
	at := outer.Parent()
	for range 24 {
		up := at.Parent()
		switch up.Kind() {
		case ast.Paren, ast.List, ast.With, ast.Assert, ast.If:
		case ast.Let, ast.Lambda:
			if up.FirstChild() == at {
				return u, false
			}
		case ast.Binary:
			if up.Op() != ast.OpUpdate && up.Op() != ast.OpConcat {
				return u, false
			}
		case ast.Apply:
			if fn, _ := ast.Call(up); !fn.Encloses(at) && !makers[ast.LastName(fn)] {
				return u, false
			}
		case ast.Binding:
			holds := ast.BindingNode{Node: up}
			around := pathAround(holds)
			if n := len(around); n > 0 && around[n-1] == "value" && n == 1 {
				at = up.Parent() // { name = …; value = { … }; }
				continue
			}
			i := slices.Index(around, "systemd")
			if i < 0 || up.Parent().Is(ast.Bindings) {
				return u, false
			}
			kind := around[i+1:]
			if len(kind) > 0 && kind[0] == "user" {
				u.user, kind = true, kind[1:]
			}
			if len(kind) != 1 || unitKinds[kind[0]] == "" || homeSections[path[from]] && !u.user {
				return u, false
			}
			u.kind, u.rest = kind[0], path[from:]
			return u, true
		default:
			return u, false
		}
		at = up
	}
	return u, false
}

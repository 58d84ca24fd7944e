package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// unitAround is unitAt for a binding, also in units that functions make: systemd.services = lib.mapAttrs (name: port: { … }) ports.
func unitAround(names *sema.Info, b ast.BindingNode) (u unitPlace, ok bool) {
	path := pathAround(b)
	if u, ok = unitAt(path); ok {
		return u, true
	}
	return madeUnit(names, b, path)
}

// makers are functions of lib and builtins that make sets of what one of their arguments returns.
var makers = set(`mapAttrs mapAttrs' genAttrs genAttrs' listToAttrs map concatMap imap0 imap1 mapAttrsToList nameValuePair mkMerge mkIf mkForce mkDefault mkBefore mkAfter
	optionals optional optionalAttrs concatMapAttrs concatLists flatten foldl foldl' recursiveUpdate mergeAttrsList filterAttrs mapListToAttrs forEach flip`)

// madeUnit reads the path of an attribute in a set that functions make units of. What it is in the unit, its shape says: a section or an
// option of units stands in it after the name of the unit at most, or after value, as listToAttrs takes it.
func madeUnit(names *sema.Info, b ast.BindingNode, path []string) (u unitPlace, ok bool) {
	outer := b
	for {
		up, is := holder(outer.Parent())
		if !is {
			break
		}
		outer = up
	}
	named := outer.Parent().Is(ast.Bindings) // let units = { … };
	if named {
		path = path[min(1, len(path)):]
	}
	from := slices.IndexFunc(path, func(name string) bool {
		return strings.HasSuffix(name, "Config") && unitSections[name] != nil || homeSections[name]
	})
	if from < 0 && len(path) > 0 && isUnitOption[path[len(path)-1]] {
		from = len(path) - 1
	}
	if from < 0 || from > 1 {
		return u, false
	}
	m := makeWalk{names, path, from}
	if named {
		return m.uses(outer, maxNamed)
	}
	return m.up(outer.Parent(), maxNamed)
}

// maxNamed bounds the names through which a set that becomes a unit goes, and maxUnitUses the places of one that are looked at.
const maxNamed, maxUnitUses = 4, 8

// makeWalk goes from a set to the units that functions make of it.
type makeWalk struct {
	names *sema.Info
	path  []string // in the set
	from  int      // where the unit begins in it
}

// uses looks at the places where the name of a let stands.
func (m *makeWalk) uses(b ast.BindingNode, depth int) (u unitPlace, ok bool) {
	if _, single := b.Attrpath().Single(); depth == 0 || !single {
		return u, false
	}
	left := maxUnitUses
	for use := range m.names.UsesOf(m.names.Declared(b.Node)) {
		if left--; left < 0 {
			break
		}
		if u, ok = m.up(use.Node, depth-1); ok {
			return u, true
		}
	}
	return u, false
}

// up goes from an expression to what it is a part of.
func (m *makeWalk) up(at ast.Node, depth int) (u unitPlace, ok bool) {
	named := false // the set stands at the name of a unit
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
			if up.Parent().Is(ast.Bindings) {
				return m.uses(holds, depth)
			}
			around := pathAround(holds)
			if n := len(around); n > 0 && around[n-1] == "value" && n == 1 {
				at = up.Parent() // { name = …; value = { … }; }
				continue
			}
			if len(around) == 1 && m.from == 0 && !named && up.Parent().Is(ast.AttrSet) && around[0] != "systemd" {
				at, named = up.Parent(), true // the name of the unit
				continue
			}
			i := slices.Index(around, "systemd")
			if i < 0 {
				return u, false
			}
			kind := around[i+1:]
			if len(kind) > 0 && kind[0] == "user" {
				u.user, kind = true, kind[1:]
			}
			if len(kind) == 2 && m.from == 0 && !named {
				kind = kind[:1]
			}
			if len(kind) != 1 || unitKinds[kind[0]] == "" || homeSections[m.path[m.from]] && !u.user {
				return u, false
			}
			u.kind, u.rest = kind[0], m.path[m.from:]
			return u, true
		default:
			return u, false
		}
		at = up
	}
	return u, false
}

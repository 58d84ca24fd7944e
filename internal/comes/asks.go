package comes

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// Ask is an attribute of what a file gives that another file asks for.
type Ask struct {
	Name string
	Degree
}

// Asks returns the attributes that a file asks for of what it imports or calls by a path; all is set where these may be any. What a
// function in the imported file gives counts as what the file gives.
func Asks(path ast.Node, names Names) (asks []Ask, all bool) {
	at := path.OutsideParens()
	call, ok := ast.AsApply(at.Parent())
	if !ok || call.Arg() != at {
		return nil, true
	}
	a := &asker{judge: judge{names: names, left: maxNodes}}
	if !a.follow(call.Node, maxUses) {
		return nil, true
	}
	return a.found, false
}

type asker struct {
	judge
	found []Ask
}

func (a *asker) add(name string, way Way) {
	if way.Caught {
		way.lower(Perhaps) // it may fail
	}
	a.found = append(a.found, Ask{strings.Clone(name), way.Degree})
}

// follow follows what an expression gives; false where it cannot tell what is asked of that.
func (a *asker) follow(at ast.Node, depth int) bool {
	for range maxAround {
		up := at.Parent()
		if a.left--; a.left < 0 || depth == 0 || len(a.found) > maxUses || !up.IsValid() {
			return false
		}
		switch up.Form() {
		case ast.Paren:
		case ast.Apply, ast.If, ast.Assert, ast.With:
			if call, called := ast.AsApply(up); called && call.Func() != at || !called && up.FirstChild() == at {
				return false
			}
		case ast.Let:
		case ast.Select:
			s := ast.SelectExpr{Node: up}
			name := s.Attrpath().FirstName()
			if s.Operand() != at || name == "" {
				return false
			}
			a.add(name, By(up, a.names))
			return true
		case ast.HasAttr:
			return (ast.HasAttrExpr{Node: up}).Operand() == at
		case ast.InheritFrom:
			in := ast.InheritNode{Node: up.Parent()}
			for part := range in.Names() {
				name, static := ast.AttrName(part)
				if !static {
					return false
				}
				a.add(name, (&judge{names: a.names, left: maxNodes}).inheritedName(in, name, nil, ast.Node{}))
			}
			return true
		case ast.Binding:
			b := ast.BindingNode{Node: up}
			id := a.names().Declared(up)
			if _, single := b.Attrpath().Single(); b.Value() != at || !single || !up.Parent().Is(ast.Bindings) || id == 0 {
				return false
			}
			for u := range a.names().UsesOf(id) {
				if u.Node.Parent().Is(ast.Inherit) || !a.follow(u.Node, depth-1) {
					return false
				}
			}
			return true
		default:
			return false
		}
		at = up
	}
	return false
}

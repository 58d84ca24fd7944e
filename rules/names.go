package rules

import "github.com/nixsift/nixsift/ast"

// HeadName returns the name by which rules know a node: of the function that a call calls at last, of the attribute that a Binding gives a
// value or a Select takes, of an Ident. It is "" where that is computed.
func HeadName(n ast.Node) string {
	switch n.Kind() {
	case ast.Apply, ast.Binary: // with a pipe operator
		return ast.LastName(Callee(n))
	case ast.Binding:
		return ast.BindingNode{Node: n}.Attrpath().LastName()
	case ast.Select, ast.Ident:
		return ast.LastName(n)
	}
	return ""
}

// Callee returns the function that a call calls at last, behind all arguments.
func Callee(n ast.Node) ast.Node {
	for n.IsCall() {
		n = (ast.ApplyExpr{Node: n}).Func().Unparen()
	}
	return n
}

// HasHead reports whether nodes of a kind have a HeadName.
func HasHead(k ast.Kind) bool {
	return k == ast.Apply || k == ast.Binding || k == ast.Select || k == ast.Ident
}

// ByName finds rules by their Names. The zero value has none.
type ByName struct {
	rules map[string][]*Rule
	// first has the lengths that names with a first byte have, as a set; 63 stands for all from there on. Most names of a file are none of
	// these.
	first [256]uint64
}

// Add puts a rule under its names.
func (b *ByName) Add(r *Rule) {
	if b.rules == nil {
		b.rules = map[string][]*Rule{}
	}
	for _, name := range r.Names {
		if list := b.rules[name]; len(list) == 0 || list[len(list)-1] != r {
			b.rules[name] = append(list, r)
		}
		b.first[name[0]] |= 1 << min(len(name), 63)
	}
}

// Empty reports whether there are no rules.
func (b *ByName) Empty() bool { return b.rules == nil }

// Of returns the rules of a name, in the order in which they were added.
func (b *ByName) Of(name string) []*Rule {
	if name == "" || b.first[name[0]]&(1<<min(len(name), 63)) == 0 {
		return nil
	}
	return b.rules[name]
}

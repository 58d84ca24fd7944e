package ide

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// unclear returns a place that may name an option beside those that are known to; "" where there is none.
func (v *View) unclear(path []string, uses []Use) string {
	known := map[string]map[source.Span]bool{}
	for _, u := range uses {
		if known[u.File] == nil {
			known[u.File] = map[source.Span]bool{}
		}
		known[u.File][u.Span] = true
	}
	last, inElements := path[len(path)-1], slices.Contains(path, project.AnyName)
	if inElements {
		for _, d := range v.Option(path).Declared {
			// Of a module that stands elsewhere it is not known what its config is.
			if o := v.openFile(d.File); o == nil || o.declaredInType(o.tree.NodeAt(d.Span), maxSteps) == nil {
				return v.Rel(d.File)
			}
		}
	}
	for _, file := range v.NixFiles() {
		if f := v.File(file); f == nil || !strings.Contains(f.Text(), last) {
			continue
		}
		o := v.openFile(file)
		if o == nil {
			continue
		}
		records := o.tree.Records()
		for i := range records {
			if k := records[i].Kind; k != ast.Name && k != ast.String && k != ast.Ident {
				continue
			}
			n := o.tree.Node(ast.NodeID(i))
			if name, ok := ast.AttrName(n); !ok || name != last || known[file][n.Span()] {
				continue
			}
			if o.mayName(n, path, inElements) {
				return at(o, n)
			}
		}
	}
	return ""
}

// byName are functions that take the name of an attribute as a text.
var byName = map[string]bool{"catAttrs": true, "getAttr": true, "hasAttr": true, "removeAttrs": true}

// mayName reports whether a name that is the last one of an option may mean it: where the set that has the option is opened by with, where
// options tells of it, and, for options of elements, where a function gets something that may be one.
func (v *View) mayName(n ast.Node, path []string, inElements bool) bool {
	up := n.Parent()
	if n.Is(ast.Ident) {
		u, ok := v.names().Use(n)
		if !ok || u.Target != sema.ToWith {
			return false
		}
		env, ok := nixlang.GivenByWith(v.names(), u)
		if !ok {
			return false
		}
		if b := v.names().Resolve(env); b != nil && b.Kind == sema.ParamBinding && inElements {
			return true
		}
		base, ok := v.optionBase(env, maxSteps)
		return ok && slices.Equal(v.pattern(base), path[:len(path)-1])
	}
	if op := operandOf(n); op.IsValid() {
		if base, ok := v.optionBase(n, maxSteps); ok {
			return slices.Equal(v.pattern(base), path)
		}
		root, _ := chain(op)
		b := v.names().Resolve(root)
		return inElements && b != nil && b.Kind == sema.ParamBinding
	}
	if !inElements {
		return false
	}
	switch {
	case n.Is(ast.String):
		call, ok := ast.AsApply(up)
		return ok && byName[ast.LastName(call.Func())]
	case up.Is(ast.Formal):
		fn := up.Parent().Parent()
		for fn.OutsideParens().Parent().Is(ast.Lambda) {
			fn = fn.OutsideParens().Parent()
		}
		by := fn.OutsideParens().Parent()
		return by.IsCall() || by.Is(ast.Binding)
	case up.Is(ast.Inherit):
		return up.Parent().OutsideParens().Parent().Is(ast.Lambda)
	case up.Is(ast.Attrpath) && up.FirstChild() == n && up.Parent().Is(ast.Binding):
		return up.Parent().Parent().OutsideParens().Parent().Is(ast.Lambda) && v.declaredInType(n, maxSteps) == nil
	}
	return false
}

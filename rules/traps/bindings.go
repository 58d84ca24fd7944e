package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// maxSteps bounds walks from a use up to what holds it.
const maxSteps = 64

// ownUse is a place where a binding's value reads the binding itself.
type ownUse struct {
	id   sema.BindingID
	use  ast.Node
	bare bool // the value is nothing but the name
	arm  bool // the name is the result of an arm of an if: the value needs itself where that is taken
	// perhaps is set where it takes the evaluator to tell whether the value needs itself, as in x = c && x.
	perhaps bool
	// outer tells that the name is bound outside of the scope too; its node is invalid for a builtin.
	outer     bool
	outerNode ast.Node
}

// ownUses yields the bindings whose value cannot be evaluated without the value itself, or not in an arm of its if; each
// with the first such use, or else with the first that is perhaps one.
func ownUses(names *sema.Info) func(yield func(ownUse) bool) {
	return func(yield func(ownUse) bool) {
		for i := range names.Bindings() {
			id := sema.BindingID(i)
			if i == 0 || !names.IsUsed(id) {
				continue
			}
			b := names.Binding(id)
			value := valueOf(b)
			if !value.IsValid() || value.HasError() || b.More {
				continue
			}
			own := ownUse{id: id}
			for u := range names.UsesOf(id) {
				if !value.Encloses(u.Node) {
					continue
				}
				arm := resultOfArm(value, u.Node)
				if arm || forced(value, u.Node) {
					own.use, own.bare, own.arm, own.perhaps = u.Node, value.Unparen() == u.Node, arm, false
					break
				}
				if !own.use.IsValid() && nixlang.MayForce(value, u.Node) {
					own.use, own.perhaps = u.Node, true
				}
			}
			if !own.use.IsValid() || hasOverrides(names, b) || behindError(b.Decl) {
				continue
			}
			own.outer, own.outerNode = outerBinding(names, b)
			if !yield(own) {
				return
			}
		}
	}
}

// needsItself asks whether the value of a binding that reads itself needs itself: for certain, or in an arm that may be taken.
func (own *ownUse) needsItself(p *rules.Pass) bool {
	b := p.Names().Binding(own.id)
	if b.Kind == sema.FormalBinding {
		return !own.perhaps // what callers pass is not known
	}
	value := valueOf(b).Unparen()
	v := p.Value(value)
	switch {
	case v.Loops(value.Span()):
		own.arm = false
		return true
	case own.perhaps:
		return false
	}
	return v.Kinds()&eval.Hard != 0
}

// behindError reports whether a definition follows on a broken one: it may belong to a set whose brace is missing.
func behindError(decl ast.Node) bool {
	set := decl.Parent()
	if !set.HasError() {
		return false
	}
	broken, left := false, 4096
	for c := range set.Children() {
		if c == decl {
			return broken
		}
		broken = c.HasError()
		if left--; left == 0 {
			break
		}
	}
	return true
}

// valueOf returns the expression that a name of a let or rec set is bound to, or a formal's default.
func valueOf(b *sema.Binding) ast.Node {
	switch b.Kind {
	case sema.LetBinding, sema.RecBinding:
		return b.Value
	case sema.FormalBinding:
		return ast.FormalNode{Node: b.Decl}.Default()
	}
	return ast.Node{}
}

// hasOverrides reports whether a rec set may give its names other values than it says.
func hasOverrides(names *sema.Info, b *sema.Binding) bool {
	if b.Kind != sema.RecBinding {
		return false
	}
	s := names.Scope(b.Scope)
	if s.Last-s.First > 4096 {
		return true
	}
	for id := s.First; id <= s.Last; id++ {
		if names.Binding(id).Name == "__overrides" {
			return true
		}
	}
	return false
}

// outerBinding looks for the name of a binding outside of its scope.
func outerBinding(names *sema.Info, b *sema.Binding) (ok bool, node ast.Node) {
	left := 4096
	for o := range names.InScope(names.Scope(b.Scope).Parent) {
		if left--; left == 0 {
			break
		}
		if o.Name == b.Name {
			return true, o.Node
		}
	}
	return sema.IsGlobal(b.Name), ast.Node{}
}

// forced reports whether evaluating the expression e to a value evaluates n, which lies in it.
func forced(e, n ast.Node) bool {
	for range maxSteps {
		if n == e {
			return true
		}
		up := n.Parent()
		if !forces(up, n) {
			return false
		}
		n = up
	}
	return false
}

// resultOfArm reports whether n is what the expression e evaluates to where an arm of an if is taken, and nothing more
// is done with it.
func resultOfArm(e, n ast.Node) bool {
	arm := false
	for range maxSteps {
		if n == e {
			return arm
		}
		up := n.Parent()
		first := up.FirstChild() == n
		switch up.Kind() {
		case ast.Paren:
		case ast.If:
			if first {
				return false
			}
			arm = true
		case ast.Let, ast.With, ast.Assert:
			if first {
				return false
			}
		default:
			return false
		}
		n = up
	}
	return false
}

// forces reports whether evaluating an expression evaluates the given child in every case.
func forces(n, child ast.Node) bool {
	first := n.FirstChild() == child
	switch n.Form() {
	case ast.Paren, ast.Unary:
		return true
	case ast.Apply:
		return (ast.ApplyExpr{Node: n}).Func() == child
	case ast.Binary:
		switch n.Op() {
		case ast.OpAnd, ast.OpOr, ast.OpImpl:
			return first
		}
		return true
	case ast.Select, ast.HasAttr, ast.If:
		return first
	case ast.Assert:
		return true
	case ast.With:
		return !first
	case ast.Let:
		return !first
	case ast.Interpolation:
		return n.Parent().Is(ast.String) || n.Parent().Is(ast.IndString) || n.Parent().Is(ast.Path)
	case ast.String, ast.IndString, ast.Path:
		return true
	}
	return false
}

// maxAttrs is the number of attributes up to which a set is looked at.
const maxAttrs = 256

// literalSet returns the attrset literal that an expression is, directly or by a let binding that nothing
// adds to. Very large ones are left out.
func literalSet(names *sema.Info, n ast.Node) (ast.Node, bool) {
	n = n.Unparen()
	if n.Is(ast.Ident) {
		b := names.Resolve(n)
		if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
			return ast.Node{}, false
		}
		n = b.Value.Unparen()
	}
	if !n.Is(ast.AttrSet) || n.HasError() {
		return ast.Node{}, false
	}
	left := maxAttrs
	for range n.Children() {
		if left--; left < 0 {
			return ast.Node{}, false
		}
	}
	return n, true
}

// attrNames returns the names of an attrset literal; ok is false where some are not known.
func attrNames(set ast.Node) (names map[string]bool, ok bool) {
	names, ok = nixlang.AttrNames(set)
	return names, ok && !names["__overrides"]
}

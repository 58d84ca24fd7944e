package ast

import (
	"iter"
	"strconv"
)

// The views below wrap a Node of one kind and name its parts. Converting costs nothing and is not
// checked where the node's kind is known: Let{n}. The As functions check. A part that a syntax error
// left out is an Error node or invalid, never a panic.

// LetExpr is let … in body.
type LetExpr struct{ Node }

// AsLet views a Let.
func AsLet(n Node) (LetExpr, bool) { return LetExpr{n}, n.Is(Let) }

// Bindings returns the Bindings node.
func (l LetExpr) Bindings() Node { return l.FirstChild() }

// Body returns the expression behind in.
func (l LetExpr) Body() Node { return l.Child(1) }

// WithExpr is with env; body.
type WithExpr struct{ Node }

// AsWith views a With.
func AsWith(n Node) (WithExpr, bool) { return WithExpr{n}, n.Is(With) }

// Env returns the attrset that is opened.
func (w WithExpr) Env() Node { return w.FirstChild() }

// Body returns the expression that sees its names.
func (w WithExpr) Body() Node { return w.Child(1) }

// AssertExpr is assert cond; body.
type AssertExpr struct{ Node }

// AsAssert views an Assert.
func AsAssert(n Node) (AssertExpr, bool) { return AssertExpr{n}, n.Is(Assert) }

// Cond returns the condition.
func (a AssertExpr) Cond() Node { return a.FirstChild() }

// Body returns the value.
func (a AssertExpr) Body() Node { return a.Child(1) }

// IfExpr is if cond then a else b.
type IfExpr struct{ Node }

// AsIf views an If.
func AsIf(n Node) (IfExpr, bool) { return IfExpr{n}, n.Is(If) }

// Cond returns the condition.
func (i IfExpr) Cond() Node { return i.FirstChild() }

// Then returns the first arm.
func (i IfExpr) Then() Node { return i.Child(1) }

// Else returns the second arm.
func (i IfExpr) Else() Node { return i.Child(2) }

// LambdaExpr is a function: x: body, or { a, b ? c, ... }@x: body.
type LambdaExpr struct{ Node }

// AsLambda views a Lambda.
func AsLambda(n Node) (LambdaExpr, bool) { return LambdaExpr{n}, n.Is(Lambda) }

// Param returns the parameter: a Name or a Pattern.
func (l LambdaExpr) Param() Node { return l.FirstChild() }

// Body returns the body.
func (l LambdaExpr) Body() Node { return l.Child(1) }

// Pattern returns the view of the formals, if the parameter is a set pattern.
func (l LambdaExpr) Pattern() (PatternNode, bool) {
	p := l.FirstChild()
	return PatternNode{p}, p.Is(Pattern)
}

// PatternNode is the set pattern of a lambda.
type PatternNode struct{ Node }

// At returns the AtName, or an invalid node.
func (p PatternNode) At() Node {
	for c := range p.Children() {
		if c.Is(AtName) {
			return c
		}
	}
	return Node{}
}

// HasEllipsis reports whether the pattern accepts other attributes (...).
func (p PatternNode) HasEllipsis() bool {
	for c := range p.Children() {
		if c.Is(Ellipsis) {
			return true
		}
	}
	return false
}

// Formals yields the formals in source order.
func (p PatternNode) Formals() iter.Seq[FormalNode] {
	return func(yield func(FormalNode) bool) {
		for c := range p.Children() {
			if c.Is(Formal) && !yield(FormalNode{c}) {
				return
			}
		}
	}
}

// Formal returns the formal with the given name.
func (p PatternNode) Formal(name string) (FormalNode, bool) {
	for f := range p.Formals() {
		if f.Name().Text() == name {
			return f, true
		}
	}
	return FormalNode{}, false
}

// FormalNode is one formal: name, or name ? default.
type FormalNode struct{ Node }

// Name returns the Name.
func (f FormalNode) Name() Node { return f.FirstChild() }

// Default returns the default, or an invalid node.
func (f FormalNode) Default() Node { return f.Child(1) }

// BindingNode is attrpath = value;.
type BindingNode struct{ Node }

// AsBinding views a Binding.
func AsBinding(n Node) (BindingNode, bool) { return BindingNode{n}, n.Is(Binding) }

// Attrpath returns the path.
func (b BindingNode) Attrpath() AttrpathNode { return AttrpathNode{b.FirstChild()} }

// Value returns the value.
func (b BindingNode) Value() Node { return b.Child(1) }

// InheritNode is inherit a b; or inherit (e) a b;.
type InheritNode struct{ Node }

// AsInherit views an Inherit.
func AsInherit(n Node) (InheritNode, bool) { return InheritNode{n}, n.Is(Inherit) }

// From returns the source expression inside the parentheses, or an invalid node.
func (i InheritNode) From() Node {
	if f := i.FirstChild(); f.Is(InheritFrom) {
		return f.FirstChild()
	}
	return Node{}
}

// Names yields the inherited attributes (Name, String or Interpolation) in source order.
func (i InheritNode) Names() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for c := range i.Children() {
			if !c.Is(InheritFrom) && !c.Is(Error) && !yield(c) {
				return
			}
		}
	}
}

// SelectExpr is e.a.b or default.
type SelectExpr struct{ Node }

// AsSelect views a Select.
func AsSelect(n Node) (SelectExpr, bool) { return SelectExpr{n}, n.Is(Select) }

// Operand returns the expression before the dot.
func (s SelectExpr) Operand() Node { return s.FirstChild() }

// Attrpath returns the selected path.
func (s SelectExpr) Attrpath() AttrpathNode { return AttrpathNode{s.Child(1)} }

// Default returns the expression behind or, or an invalid node.
func (s SelectExpr) Default() Node { return s.Child(2) }

// Holder returns the name of what the last part is taken from: lib of lib.mkIf, modules of lib.modules.mkIf. It is ""
// where that has none.
func (s SelectExpr) Holder() string {
	before, _ := s.Attrpath().LastTwo()
	if !before.IsValid() {
		return LastName(s.Operand())
	}
	name, _ := AttrName(before)
	return name
}

// HasAttrExpr is e ? a.b.
type HasAttrExpr struct{ Node }

// AsHasAttr views a HasAttr.
func AsHasAttr(n Node) (HasAttrExpr, bool) { return HasAttrExpr{n}, n.Is(HasAttr) }

// Operand returns the expression before the question mark.
func (h HasAttrExpr) Operand() Node { return h.FirstChild() }

// Attrpath returns the tested path.
func (h HasAttrExpr) Attrpath() AttrpathNode { return AttrpathNode{h.Child(1)} }

// ApplyExpr is f x, or one of its spellings with a pipe operator: x |> f, f <| x.
type ApplyExpr struct{ Node }

// AsApply views an Apply, or a Binary with a pipe operator.
func AsApply(n Node) (ApplyExpr, bool) { return ApplyExpr{n}, n.IsCall() }

// IsCall reports whether a node calls a function: as an Apply or by a pipe operator.
func (n Node) IsCall() bool {
	op := n.Op()
	return n.Is(Apply) || op == OpPipeInto || op == OpPipeFrom
}

// Form returns the kind of a node, and Apply for calls by pipe operators, too.
func (n Node) Form() Kind {
	if n.IsCall() {
		return Apply
	}
	return n.Kind()
}

// Func returns the function.
func (a ApplyExpr) Func() Node {
	if a.Op() == OpPipeInto {
		return a.Child(1)
	}
	return a.FirstChild()
}

// Arg returns the argument. It stands before the function in x |> f.
func (a ApplyExpr) Arg() Node {
	if a.Op() == OpPipeInto {
		return a.FirstChild()
	}
	return a.Child(1)
}

// Call flattens a chain of applications, pipe operators and parentheses around inner ones included: the innermost function
// and all arguments in order, which with x |> f is not that of the text. A node that is no application is its own function, without arguments. It is small enough to become
// part of its callers: those that do not keep the arguments have them on the stack.
func Call(n Node) (fn Node, args []Node) { return appendCall(n, make([]Node, 0, 4)) }

func appendCall(n Node, args []Node) (Node, []Node) {
	fn := n.Unparen()
	for fn.IsCall() {
		a := ApplyExpr{fn}
		args = append(args, a.Arg())
		fn = a.Func().Unparen()
	}
	for i, j := 0, len(args)-1; i < j; i, j = i+1, j-1 {
		args[i], args[j] = args[j], args[i]
	}
	return fn, args
}

// BinaryExpr is l op r.
type BinaryExpr struct{ Node }

// AsBinary views a Binary.
func AsBinary(n Node) (BinaryExpr, bool) { return BinaryExpr{n}, n.Is(Binary) }

// Left returns the left operand.
func (b BinaryExpr) Left() Node { return b.FirstChild() }

// Right returns the right operand.
func (b BinaryExpr) Right() Node { return b.Child(1) }

// Operator returns the operator's token.
func (b BinaryExpr) Operator() Token { return b.Left().LastToken().NextSignificant() }

// IsRec reports whether an AttrSet is rec { … }.
func (n Node) IsRec() bool { return n.t != nil && n.t.nodes[n.id].Flags&IsRec != 0 }

// IntValue returns the value of an Int; ok is false where it does not fit 64 bits.
func IntValue(n Node) (value int64, ok bool) {
	if !n.Is(Int) {
		return 0, false
	}
	v, err := strconv.ParseInt(n.Text(), 10, 64)
	return v, err == nil
}

// Attr looks a static attribute path up in an attrset literal, through nested literals and dotted
// bindings, as in { a.b = 1; } and { a = { b = 1; }; }. It returns the first binding that defines
// exactly the path; inherited and dynamic attributes are not found.
func Attr(set Node, path ...string) (BindingNode, bool) {
	set = set.Unparen()
	if !set.Is(AttrSet) && !set.Is(LegacyLet) && !set.Is(Bindings) || len(path) == 0 {
		return BindingNode{}, false
	}
	for c := range set.Children() {
		if !c.Is(Binding) {
			continue
		}
		b := BindingNode{c}
		i, exact := 0, true
		for part := range b.Attrpath().Children() {
			name, ok := AttrName(part)
			if !ok || i >= len(path) || name != path[i] {
				exact = false
				break
			}
			i++
		}
		switch {
		case !exact:
		case i == len(path):
			return b, true
		default:
			if found, ok := Attr(b.Value(), path[i:]...); ok {
				return found, true
			}
		}
	}
	return BindingNode{}, false
}

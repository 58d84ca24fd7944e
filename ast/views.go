package ast

import (
	"iter"
	"strconv"
	"strings"
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

// AttrpathNode is a.b."c".${d}.
type AttrpathNode struct{ Node }

// Static returns the path as names; ok is false if a part is dynamic.
func (a AttrpathNode) Static() (names []string, ok bool) {
	for c := range a.Children() {
		name, static := AttrName(c)
		if !static {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// Dotted returns the static path joined by dots, or "" if a part is dynamic. Names that hold a dot are
// quoted, so that the result is unambiguous.
func (a AttrpathNode) Dotted() string {
	first := a.FirstChild()
	if first.Is(Name) && !first.NextSibling().IsValid() {
		return first.Text()
	}
	names, ok := a.Static()
	if !ok {
		return ""
	}
	for i, n := range names {
		names[i] = QuoteAttr(n)
	}
	return strings.Join(names, ".")
}

// IsSingle reports whether the path has exactly one part, static and equal to name.
func (a AttrpathNode) IsSingle(name string) bool {
	first := a.FirstChild()
	if !first.IsValid() || first.NextSibling().IsValid() {
		return false
	}
	got, ok := AttrName(first)
	return ok && got == name
}

// AttrName returns the name that an attribute part has by its form: an identifier, a string without
// interpolation, or ${…} around an expression that is such a string to Nix's parser (see ConstantText;
// parser.y, attrpath). Others are dynamic and give ok == false.
func AttrName(part Node) (name string, ok bool) {
	switch part.Kind() {
	case Name, AtName, Ident:
		return part.Text(), true
	case String:
		return StringValue(part)
	case Interpolation:
		return ConstantText(part.FirstChild())
	}
	return "", false
}

// QuoteAttr returns name as an attribute path part: bare where the lexer reads it as an identifier,
// else quoted.
func QuoteAttr(name string) string {
	if IsIdentifier(name) {
		return name
	}
	return QuoteString(name)
}

// QuoteString returns a "…" literal for text.
func QuoteString(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", `\${`).Replace(text) + `"`
}

// IsIdentifier reports whether text is an identifier token that can name an attribute: [a-zA-Z_]
// [a-zA-Z0-9_'-]*, and no keyword (lexer.l, ID). "or" is accepted as an attribute name.
func IsIdentifier(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '\'' || c == '-')) {
			return false
		}
	}
	return text != "" && KeywordKind(text) == TokIdent || text == "or"
}

// KeywordKind returns the token kind of an identifier-shaped word: the keyword's, or TokIdent.
func KeywordKind(word string) TokenKind {
	switch len(word) {
	case 2:
		switch word {
		case "if":
			return TokIf
		case "in":
			return TokIn
		case "or":
			return TokOrKw
		}
	case 3:
		switch word {
		case "let":
			return TokLet
		case "rec":
			return TokRec
		}
	case 4:
		switch word {
		case "then":
			return TokThen
		case "else":
			return TokElse
		case "with":
			return TokWith
		}
	case 6:
		if word == "assert" {
			return TokAssert
		}
	case 7:
		if word == "inherit" {
			return TokInherit
		}
	}
	return TokIdent
}

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

// HasAttrExpr is e ? a.b.
type HasAttrExpr struct{ Node }

// AsHasAttr views a HasAttr.
func AsHasAttr(n Node) (HasAttrExpr, bool) { return HasAttrExpr{n}, n.Is(HasAttr) }

// Operand returns the expression before the question mark.
func (h HasAttrExpr) Operand() Node { return h.FirstChild() }

// Attrpath returns the tested path.
func (h HasAttrExpr) Attrpath() AttrpathNode { return AttrpathNode{h.Child(1)} }

// ApplyExpr is f x.
type ApplyExpr struct{ Node }

// AsApply views an Apply.
func AsApply(n Node) (ApplyExpr, bool) { return ApplyExpr{n}, n.Is(Apply) }

// Func returns the function.
func (a ApplyExpr) Func() Node { return a.FirstChild() }

// Arg returns the argument.
func (a ApplyExpr) Arg() Node { return a.Child(1) }

// Call flattens a chain of applications, parentheses around inner ones included: the innermost function
// and all arguments in order. A node that is no application is its own function, without arguments.
func Call(n Node) (fn Node, args []Node) {
	fn = n.Unparen()
	for fn.Is(Apply) {
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

package style

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// predicates are functions of nixpkgs' lib that give a Boolean, with the number of their arguments.
var predicates = map[string]int{
	"hasPrefix": 2, "hasSuffix": 2, "hasInfix": 2, "hasAttrByPath": 2, "versionOlder": 2, "versionAtLeast": 2, "isDerivation": 1,
	"elem": 2, "any": 2, "all": 2, "hasAttr": 2, "isString": 1, "isList": 1, "isAttrs": 1, "isBool": 1, "isInt": 1, "isFunction": 1,
	"isStorePath": 1, "isPath": 1, "isFloat": 1,
}

// isPredicate reports whether an expression calls a function of lib that gives a Boolean.
func isPredicate(names *sema.Info, n ast.Node) bool {
	fn, args := ast.Call(n)
	if len(args) == 0 || !fn.Is(ast.Ident) && !fn.Is(ast.Select) {
		return false
	}
	want, ok := predicates[nixlang.Lib(names, fn)]
	return ok && want == len(args)
}

// options are the options that a file declares, by the last part of their names.
type options struct {
	bools   map[string]bool // of type bool
	other   map[string]bool // of any other type
	unknown map[string]bool // declared in a way that does not tell
}

// findOptions looks for calls of mkOption and mkEnableOption, and for what else is declared below options.
func findOptions(t *ast.Tree, file func() *module.File) *options {
	o := &options{bools: map[string]bool{}, other: map[string]bool{}, unknown: map[string]bool{}}
	var within []region
	for n := range t.Root().Descendants() {
		for len(within) > 0 && n.ID() >= within[len(within)-1].end {
			within = within[:len(within)-1]
		}
		inside := len(within) > 0 && within[len(within)-1].options
		switch n.Form() {
		case ast.Apply:
			if fn, _ := ast.Call(n); inside && ast.LastName(fn) == "mkOption" {
				within = append(within, region{end: n.SubtreeEnd()})
			}
		case ast.Inherit:
			for name := range (ast.InheritNode{Node: n}).Names() {
				if inside {
					o.unknown[name.Text()] = true
				}
			}
		case ast.Binding:
			b := ast.BindingNode{Node: n}
			if !inside && b.Attrpath().Has("options") {
				inside = true
				within = append(within, region{end: n.SubtreeEnd(), options: true})
			}
			if kind := o.kind(b, inside, file); kind != nil {
				kind[b.Attrpath().LastName()] = true
			}
		}
	}
	return o
}

// region is a part of a tree in which attributes declare options, or one in such a part where they do not.
type region struct {
	end     ast.NodeID
	options bool
}

// kind returns which options that of a binding belongs to; nil where it is none.
func (o *options) kind(b ast.BindingNode, inside bool, file func() *module.File) map[string]bool {
	value := behindWith(b.Value())
	for value.Is(ast.Binary) && value.Op() == ast.OpUpdate {
		more := behindWith(value.Child(1))
		if typ, ok := ast.Attr(more, "type"); ok && ast.LastName(behindWith(typ.Value())) != "bool" {
			return o.other
		}
		value = behindWith(value.FirstChild())
	}
	if value.IsCall() {
		fn, args := ast.Call(value)
		switch ast.LastName(fn) {
		case "mkEnableOption":
			return o.bools
		case "mkOption":
			if len(args) == 1 {
				if typ, ok := ast.Attr(args[0], "type"); ok && ast.LastName(behindWith(typ.Value())) == "bool" {
					return o.bools
				}
			}
			return o.other
		}
	}
	last := b.Attrpath().Last()
	if !inside || value.Is(ast.AttrSet) || !last.IsValid() {
		return nil
	}
	declared, _ := file().Declarations()
	i, found := slices.BinarySearchFunc(declared, last.Start(), func(d module.Declared, at uint32) int { return cmp.Compare(d.Span.Start, at) })
	switch {
	case !found || declared[i].Type.Name == "":
		return o.unknown
	case declared[i].Type.Name == "bool":
		return o.bools
	}
	return o.other
}

// isBool reports whether an expression selects what can only be a Boolean option of the file.
func (o *options) isBool(x ast.Node) bool {
	name := selected(x)
	return o.bools[name] && !o.other[name] && !o.unknown[name]
}

// isOther reports whether an operand selects what may be an option of another type, whatever its default is.
func (o *options) isOther(names *sema.Info, x ast.Node) bool { return o.other[takenName(names, x)] }

// isUnknown reports whether an operand selects what may be an option of which the file does not tell the type.
func (o *options) isUnknown(names *sema.Info, x ast.Node) bool { return o.unknown[takenName(names, x)] }

// takenName returns the last name of what an operand selects or inherits from a set, or nothing.
func takenName(names *sema.Info, x ast.Node) string {
	x, _ = operand(names, x)
	if s, ok := ast.AsSelect(x); ok {
		return s.Attrpath().LastName()
	}
	if b := names.Resolve(x); b != nil && b.Decl.Is(ast.Inherit) && (ast.InheritNode{Node: b.Decl}).From().IsValid() {
		return b.Name
	}
	return ""
}

// maxNames bounds how many names of let an operand is followed through.
const maxNames = 8

// operand returns what an operand stands for: the value that a name of let is bound to, where that is a selection or
// another name. text is how it is written, without the default of a selection; "" where that is long.
func operand(names *sema.Info, n ast.Node) (value ast.Node, text string) {
	n = n.Unparen()
	for range maxNames {
		b := names.Resolve(n)
		if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
			break
		}
		to := b.Value.Unparen()
		if !to.Is(ast.Select) && !to.Is(ast.Ident) {
			break
		}
		n = to
	}
	span := n.Span()
	if s, ok := ast.AsSelect(n); ok {
		span.End = s.Attrpath().End()
	}
	if span.Len() > maxOperand {
		return n, ""
	}
	return n, span.Of(n.Tree().Source())
}

// selected returns the last name of a selection without a default, or nothing.
func selected(x ast.Node) string {
	if x.Is(ast.Select) {
		return ast.LastName(x)
	}
	return ""
}

// guess tells what is known of a value that is compared with true or false.
type guess uint8

const (
	anything guess = iota
	likely         // a Boolean by its name or its default
	mixed          // sometimes something else
)

// guessOf looks at the name of a value, the default that a formal or selection gives it, and what else the file
// does with it.
func guessOf(names *sema.Info, x ast.Node, others map[string]comparedWith) guess {
	x, text := operand(names, x)
	if others[text] == otherwise {
		return mixed
	}
	byDefault := func(d ast.Node) guess {
		switch nixlang.TypeOf(names, d) {
		case nixlang.TypeUnknown:
			return anything
		case nixlang.TypeBool:
			return likely
		}
		return mixed
	}
	switch x.Kind() {
	case ast.Select:
		s := ast.SelectExpr{Node: x}
		path, d := s.Attrpath(), s.Default()
		switch {
		case path.Has("settings"), d.IsValid() && byDefault(d) == mixed:
			return mixed // settings are those of a program, where null stands for its default
		case d.IsValid():
			return anything
		}
		if name := path.LastName(); name == "enable" {
			return likely
		}
	case ast.Ident:
		b := names.Resolve(x)
		if b == nil {
			return anything
		}
		if b.Kind == sema.ParamBinding && !isCondition(names, x) {
			return mixed // as in filterAttrs (_: v: v != false)
		}
		if f := (ast.FormalNode{Node: b.Decl}); b.Decl.Is(ast.Formal) && f.Default().IsValid() {
			return byDefault(f.Default())
		}
	}
	return anything
}

// isCondition reports whether the variable that a name stands for is a condition somewhere, which only a Boolean can be.
func isCondition(names *sema.Info, x ast.Node) bool {
	use, ok := names.Use(x)
	if !ok {
		return false
	}
	for u := range names.UsesOf(use.Binding) {
		at := u.Node.OutsideParens()
		switch up := at.Parent(); up.Form() {
		case ast.Unary:
			if up.Op() == ast.OpNot {
				return true
			}
		case ast.Binary:
			if op := up.Op(); op == ast.OpAnd || op == ast.OpOr || op == ast.OpImpl {
				return true
			}
		case ast.If, ast.Assert:
			if up.FirstChild() == at {
				return true
			}
		}
	}
	return false
}

// maxOperand is the length up to which operands are looked for elsewhere in the file.
const maxOperand = 200

// comparedWith tells what a file compares a value with.
type comparedWith uint8

const (
	both      comparedWith = iota + 1 // true in one place and false in another
	otherwise                         // something else, or it is used as something else
)

// comparedOtherwise returns the texts of what a file compares with something else than a Boolean or uses as such, asks
// for its type, or compares with both true and false.
func comparedOtherwise(names *sema.Info) map[string]comparedWith {
	t := names.Tree()
	out, with := map[string]comparedWith{}, map[string]string{}
	add := func(n ast.Node) {
		if _, text := operand(names, n); text != "" {
			out[text] = otherwise
		}
	}
	for i, r := range t.Records() {
		switch {
		case r.Kind == ast.Binary && (r.Op == ast.OpEq || r.Op == ast.OpNeq):
			b := ast.BinaryExpr{Node: t.Node(ast.NodeID(i))}
			for _, pair := range [][2]ast.Node{{b.Left(), b.Right()}, {b.Right(), b.Left()}} {
				word := constant(func() *sema.Info { return names }, pair[0])
				if word == "" {
					if nixlang.TypeOf(names, pair[0]) != nixlang.TypeUnknown {
						add(pair[1])
					}
					continue
				}
				if _, other := operand(names, pair[1]); other != "" {
					if before := with[other]; before != "" && before != word && out[other] == 0 {
						out[other] = both
					}
					with[other] = word
				}
			}
		case t.Node(ast.NodeID(i)).IsCall():
			a := ast.ApplyExpr{Node: t.Node(ast.NodeID(i))}
			fn := ast.LastName(a.Func())
			if fn == "toString" || fn == "typeOf" || len(fn) > 2 && fn[:2] == "is" && 'A' <= fn[2] && fn[2] <= 'Z' {
				add(a.Arg())
			}
		case r.Kind == ast.Binary && r.Op != ast.OpAnd && r.Op != ast.OpOr && r.Op != ast.OpImpl:
			for c := range t.Node(ast.NodeID(i)).Children() {
				add(c)
			}
		case r.Kind == ast.Interpolation:
			if up := t.Node(ast.NodeID(i)).Parent(); up.Is(ast.String) || up.Is(ast.IndString) {
				add(up.Tree().Node(ast.NodeID(i)).FirstChild())
			}
		}
	}
	return out
}

// behindWith returns what stands behind with, as bool does in with lib.types; bool.
func behindWith(n ast.Node) ast.Node {
	for n = n.Unparen(); n.Is(ast.With); n = n.Unparen() {
		n = n.Child(1)
	}
	return n
}

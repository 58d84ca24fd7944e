package style

import (
	"github.com/nixsift/nixsift/ast"
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
	bools map[string]bool // of type bool
	other map[string]bool // of any other type, or of one that cannot be told
}

// findOptions looks for calls of mkOption and mkEnableOption.
func findOptions(t *ast.Tree) *options {
	o := &options{bools: map[string]bool{}, other: map[string]bool{}}
	for n := range t.Root().Descendants() {
		b, ok := ast.AsBinding(n)
		if !ok || !b.Value().Unparen().Is(ast.Apply) {
			continue
		}
		fn, args := ast.Call(b.Value())
		switch lastName(fn) {
		case "mkEnableOption":
			o.bools[lastPart(b.Attrpath())] = true
		case "mkOption":
			kind := o.other
			if len(args) == 1 {
				if typ, ok := ast.Attr(args[0], "type"); ok && lastName(typ.Value().Unparen()) == "bool" {
					kind = o.bools
				}
			}
			kind[lastPart(b.Attrpath())] = true
		}
	}
	return o
}

// isBool reports whether an expression selects what can only be a Boolean option of the file.
func (o *options) isBool(x ast.Node) bool {
	s, ok := ast.AsSelect(x)
	if !ok || s.Default().IsValid() {
		return false
	}
	name := lastPart(s.Attrpath())
	return name != "" && o.bools[name] && !o.other[name]
}

// lastName returns the last name of a variable or selection, behind with too, or nothing.
func lastName(n ast.Node) string {
	for n.Is(ast.With) {
		n = n.Child(1).Unparen()
	}
	switch n.Kind() {
	case ast.Ident:
		return n.Text()
	case ast.Select:
		return lastPart(ast.SelectExpr{Node: n}.Attrpath())
	}
	return ""
}

// lastPart returns the last name of an attribute path, or nothing where it is dynamic.
func lastPart(path ast.AttrpathNode) string {
	last := ast.Node{}
	for part := range path.Children() {
		last = part
	}
	text, _ := ast.AttrName(last)
	return text
}

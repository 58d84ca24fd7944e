package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// otherTypes is what a file shows about expressions that may have values other than Booleans.
type otherTypes struct {
	names    *sema.Info
	compared map[string]bool // by the text of the expression, white space left out
	options  map[string]bool // options whose types have values of several types, by their last name
}

// findOtherTypes looks for comparisons with something else, tests for a type and declarations of options.
func findOtherTypes(names *sema.Info) *otherTypes {
	o := &otherTypes{names: names, compared: map[string]bool{}, options: map[string]bool{}}
	for n := range names.Tree().Root().Descendants() {
		switch n.Kind() {
		case ast.Binding:
			b := ast.BindingNode{Node: n}
			if b.Value().Is(ast.Apply) && mixedOption(b.Value()) {
				o.options[lastPart(b.Attrpath())] = true
			}
		case ast.Binary:
			if n.Op() != ast.OpEq && n.Op() != ast.OpNeq {
				continue
			}
			b := ast.BinaryExpr{Node: n}
			if otherValue(names, b.Right()) {
				o.add(b.Left())
			}
			if otherValue(names, b.Left()) {
				o.add(b.Right())
			}
		case ast.Apply:
			a := ast.ApplyExpr{Node: n}
			if f := a.Func(); (f.Is(ast.Ident) || f.Is(ast.Select)) && isTypeTest(names, f) {
				o.add(a.Arg())
			}
		}
	}
	return o
}

// longest is the length from which on expressions are not remembered.
const longest = 512

func (o *otherTypes) add(n ast.Node) {
	if n = n.Unparen(); n.Span().Len() < longest {
		o.compared[strings.Join(strings.Fields(n.Text()), "")] = true
	}
}

// has reports whether an expression may have a value that is no Boolean: it falls back to one, a formal has
// one as its default, or the file shows it elsewhere.
func (o *otherTypes) has(x ast.Node) bool {
	if otherValue(o.names, x) || x.Span().Len() < longest && o.compared[strings.Join(strings.Fields(x.Text()), "")] {
		return true
	}
	switch x.Kind() {
	case ast.Ident:
		if b := o.names.Resolve(x); b != nil && b.Kind == sema.FormalBinding {
			if d := (ast.FormalNode{Node: b.Decl}).Default(); d.IsValid() && otherValue(o.names, d) {
				return true
			}
		}
		return o.options[x.Text()]
	case ast.Select:
		s := ast.SelectExpr{Node: x}
		if d := s.Default(); d.IsValid() && otherValue(o.names, d) {
			return true
		}
		return o.options[lastPart(s.Attrpath())]
	}
	return false
}

// otherValue reports whether an expression is known to be no Boolean.
func otherValue(names *sema.Info, n ast.Node) bool {
	t := nixlang.TypeOf(names, n)
	return t != nixlang.TypeUnknown && t != nixlang.TypeBool
}

// isTypeTest reports whether a function asks for the type of its argument.
func isTypeTest(names *sema.Info, fn ast.Node) bool {
	switch nixlang.Builtin(names, fn) {
	case "isNull", "isBool", "isString", "isInt", "isFloat", "isList", "isAttrs", "isPath", "isFunction", "typeOf":
		return true
	}
	switch nixlang.Lib(names, fn) {
	case "isBool", "isString", "isInt", "isFloat", "isList", "isAttrs", "isPath", "isFunction", "isDerivation":
		return true
	}
	return false
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

// mixedOption reports whether an option is declared with a type that has values of several types, or null.
func mixedOption(value ast.Node) bool {
	fn, args := ast.Call(value)
	if len(args) == 0 || fn.Is(ast.Lambda) {
		return false
	}
	for _, arg := range args {
		typ, ok := ast.Attr(arg, "type")
		if !ok {
			continue
		}
		for n := range typ.Value().Descendants() {
			if n.Is(ast.Name) || n.Is(ast.Ident) {
				switch n.Text() {
				case "nullOr", "either", "oneOf", "enum", "anything", "unspecified", "raw", "str", "coercedTo":
					return true
				}
			}
		}
	}
	return false
}

package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// Need is a place that reads an option of the module's own evaluation and takes only some kinds of value there.
type Need struct {
	Path  []string
	Span  source.Span // of what reads it
	Kinds eval.Kinds  // those that do not fail there
	Of    NeedOf
	// Operator is that of which it is an operand, for OfOperator; Other are the kinds of the other operand, 0 where they do not matter.
	Operator ast.Op
	Other    eval.Kinds
}

// NeedOf says what takes the value.
type NeedOf uint8

// What takes values of some kinds.
const (
	OfOperator NeedOf = iota
	OfInterpolation
	OfCondition
	OfAttribute // the last names of the path are those of attributes of the value
)

// conditional are the functions of lib whose first argument is a condition.
var conditional = words("mkIf optional optionals optionalAttrs optionalString")

// Needs returns the places of the file that read options and take only some kinds of value, in source order.
func (f *File) Needs() (needs []Need) {
	for _, r := range f.ReadOptions() {
		if !r.Own || r.Cut || r.Guarded || len(r.Path) == 0 {
			continue
		}
		if len(r.Path) > 1 {
			needs = append(needs, Need{Path: r.Path, Span: r.At.Span(), Of: OfAttribute, Kinds: eval.Set})
		}
		if n, ok := f.need(r.At.OutsideParens()); ok {
			n.Path, n.Span = r.Path, r.At.Span()
			needs = append(needs, n)
		}
	}
	return needs
}

// need tells what the place of an expression takes.
func (f *File) need(n ast.Node) (need Need, ok bool) {
	up := n.Parent()
	first := up.FirstChild() == n
	switch up.Kind() {
	case ast.Interpolation:
		if text := up.Parent(); text.Is(ast.String) || text.Is(ast.IndString) {
			return Need{Of: OfInterpolation, Kinds: eval.Coercible}, !up.Parent().Parent().Is(ast.Attrpath)
		}
	case ast.If, ast.Assert:
		return Need{Of: OfCondition, Kinds: eval.Bool}, first
	case ast.Unary:
		if up.Op() == ast.OpNot {
			return Need{Of: OfCondition, Kinds: eval.Bool}, true
		}
	case ast.Apply:
		fn := up.FirstChild()
		path, ofLib := f.LibPath(fn)
		return Need{Of: OfCondition, Kinds: eval.Bool}, !first && ofLib && conditional[path]
	case ast.Binary:
		op := up.Op()
		switch op {
		case ast.OpAnd, ast.OpOr, ast.OpImpl:
			return Need{Of: OfCondition, Kinds: eval.Bool}, true
		}
		other := up.Child(0)
		if first {
			other = up.Child(1)
		}
		need = Need{Of: OfOperator, Operator: op, Kinds: eval.OperandKinds(op, 0)}
		if kinds := need.Kinds; kinds&numbers != 0 && kinds != numbers {
			need.Other = kindOf(nixlang.TypeOf(f.names, other))
			if need.Other&^kinds != 0 {
				return Need{}, false // the other operand fails by itself
			}
			if need.Kinds = eval.OperandKinds(op, need.Other); need.Kinds == kinds {
				need.Other = 0
			}
		}
		return need, need.Kinds != 0
	}
	return Need{}, false
}

func kindOf(t nixlang.Type) eval.Kinds {
	switch t {
	case nixlang.TypeInt:
		return eval.Int
	case nixlang.TypeFloat:
		return eval.Float
	case nixlang.TypeString:
		return eval.String
	case nixlang.TypePath:
		return eval.Path
	case nixlang.TypeList:
		return eval.List
	}
	return 0
}

// ValueKinds returns the kinds that the value of an option of the type can have, be it defined or left at a default that the type takes;
// 0 where that is not known. A coercion has taken place, and a package is a derivation.
func (t *Type) ValueKinds() (kinds eval.Kinds) {
	switch t.Name {
	case "nullOr":
		kinds = eval.Null
	case "either", "oneOf", "uniq", "unique":
	case "coercedTo":
		if len(t.Of) != 2 {
			return 0
		}
		return t.Of[1].ValueKinds()
	case "enum":
		for _, v := range t.Values {
			kinds |= v.Kinds
		}
		return kinds
	case "package":
		return eval.Set
	case "submodule", "submoduleWith":
		return eval.Set
	case "fileset":
		return 0
	default:
		return typeKinds[t.Name]
	}
	if len(t.Of) == 0 {
		return 0
	}
	for i := range t.Of {
		of := t.Of[i].ValueKinds()
		if of == 0 {
			return 0
		}
		kinds |= of
	}
	return kinds
}

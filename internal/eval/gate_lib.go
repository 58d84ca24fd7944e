package eval

import (
	"sync"

	"github.com/nixsift/nixsift/ast"
)

// accepted are the kinds with which a function of lib does not surely fail, by argument: those of the argument, and of the
// elements where it is a list. Failures among them stand for the empty set.
type accepted struct{ whole, elements Kinds }

// acceptedBy has what was found out of functions of lib, by index.
var acceptedBy sync.Map

// accepts tries a function of lib with arguments of each kind.
func (f libFunction) accepts() []accepted {
	if known, ok := acceptedBy.Load(f.index); ok {
		return known.([]accepted)
	}
	b := builtinTable[f.index]
	out := make([]accepted, b.arity)
	for i := range out {
		try := func(v *Value) Kinds {
			args := make([]*thunk, b.arity)
			for j := range args {
				args[j] = topThunk
			}
			args[i] = given(v)
			ev := NewEvaluation()
			if ev.ask(&thunk{fn: func(ev *Evaluation) *Value { return ev.call(site{}, builtinValues[f.index], args) }}).Fails() {
				return 0
			}
			return Anything
		}
		for k := Int; k < Caught; k <<= 1 {
			out[i].whole |= k & try(bare(k))
			out[i].elements |= k & try(listValue([]*thunk{given(bare(k))}))
		}
		none := setValue(&set{})
		out[i].whole |= emptySet & try(none)
		out[i].elements |= emptySet & try(listValue([]*thunk{given(none)}))
	}
	acceptedBy.Store(f.index, out)
	return out
}

const (
	emptySet = Failures
	anyKind  = Anything &^ Failures
)

// asksArgument reports whether a call of a function of lib may fail by what is known of its last argument. What is known of all
// arguments may come together to something wrong.
func asksArgument(call ast.Node) bool {
	fn, args := ast.Call(call)
	f := libIndex[ast.LastName(fn)]
	accepts := f.accepts()
	i := len(args) - 1
	if i >= len(accepts) {
		return f.gives&Function == 0 || known(args[i])
	}
	if beyond(args[i], accepts[i].whole, accepts[i].elements) {
		return true
	}
	if i < len(accepts)-1 {
		return false
	}
	made := false
	for _, a := range args {
		if a = a.Unparen(); !known(a) && !libCall(a, 0) {
			return false
		}
		made = made || a.Is(ast.AttrSet) || a.Is(ast.Lambda) || a.Is(ast.List) && !onlyTexts(a)
	}
	return made
}

// onlyTexts reports whether a list has nothing but texts and names in it.
func onlyTexts(list ast.Node) bool {
	for e := range list.Children() {
		if e = e.Unparen(); !e.Is(ast.String) && !e.Is(ast.IndString) && known(e) || libCall(e, 0) {
			return false
		}
	}
	return true
}

// beyond reports whether an expression may be known to be of another kind than some, or a list of such.
func beyond(n ast.Node, whole, elements Kinds) bool {
	n = n.Unparen()
	if whole == Anything && elements == Anything {
		return false
	}
	k := literalKind(n)
	switch {
	case k == anyKind:
		return false
	case k == 0:
		return true
	case n.Is(ast.List):
		for e := range n.Children() {
			if beyond(e, elements, Anything) {
				return true
			}
		}
	}
	return k&^whole != 0 || n.Is(ast.AttrSet) && whole&emptySet == 0
}

// literalKind returns the kind of an expression by its form: that of a literal, or of what an operator or a function of lib gives. It
// is 0 where that depends, and anyKind where nothing tells.
func literalKind(n ast.Node) Kinds {
	switch n.Kind() {
	case ast.String, ast.IndString, ast.URI:
		return String
	case ast.Int:
		return Int
	case ast.Float:
		return Float
	case ast.Path:
		return Path
	case ast.List:
		return List
	case ast.AttrSet:
		return Set
	case ast.Lambda:
		return Function
	case ast.HasAttr:
		return Bool
	case ast.Binary:
		switch n.Op() {
		case ast.OpEq, ast.OpNeq, ast.OpLess, ast.OpLessEq, ast.OpGreater, ast.OpGreaterEq, ast.OpAnd, ast.OpOr, ast.OpImpl:
			return Bool
		case ast.OpConcat:
			return List
		case ast.OpUpdate:
			return Set
		}
		return 0
	case ast.Unary:
		if n.Op() == ast.OpNot {
			return Bool
		}
		return 0
	case ast.Select, ast.Apply, ast.Ident:
		switch n.Text() {
		case "true", "false":
			return Bool
		case "null":
			return Null
		}
		fn, args := ast.Call(n)
		if !n.Is(ast.Apply) {
			fn, args = n, nil
		}
		f, ok := libIndex[ast.LastName(fn)]
		switch {
		case !ok:
			return anyKind
		case len(args) < builtinTable[f.index].arity:
			return Function
		case len(args) > builtinTable[f.index].arity || f.shaped:
			return 0
		}
		return f.gives
	}
	return 0
}

package eval

import (
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// accepted are the kinds with which a function of lib does not surely fail, by argument: those of the argument, and of the
// elements where it is a list.
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
		if try(stringValue("a")) == 0 { // no path
			out[i].whole &^= String
		}
		for k, none := range map[Kinds]*Value{noAttrs: setValue(&set{}), noElements: emptyList} {
			out[i].whole |= k & try(none)
			out[i].elements |= k & try(listValue([]*thunk{given(none)}))
		}
	}
	acceptedBy.Store(f.index, out)
	return out
}

// noAttrs and noElements stand for the empty set and the empty list.
const noAttrs, noElements = Caught, Hard

// partsFail reports whether a call of a function of lib or builtins may fail by what is known of its last argument, or of all
// together.
func (g *gate) partsFail(f libFunction, call ast.Node, before int) bool {
	accepts := f.accepts()
	if g.beyond(call.Child(1), accepts[before].whole, accepts[before].elements, maxNamed) {
		return true
	}
	if f.single || before < len(accepts)-1 {
		return false
	}
	made, lists, plain := false, 0, false
	for fn := call; fn.Is(ast.Apply); fn = fn.FirstChild().Unparen() {
		k := g.sure(fn.Child(1))
		if k == Anything {
			return false
		}
		if k&List != 0 {
			lists++
		}
		plain = plain || k&^(Set|Function|Int|List) != 0
		made = made || lists > 1 || k == 0 || k&(Set|Function|Int) != 0 || k&List != 0 && !g.onlyTexts(fn.Child(1))
	}
	return made || plain && lists > 0 && (f.gives == 0 || f.gives&(List|Set) != 0) // what cannot be called may be in the place of a function
}

// onlyTexts reports whether an expression is a list with elements, and nothing but texts and what nothing is known of.
func (g *gate) onlyTexts(list ast.Node) bool {
	list = g.value(list)
	for e := range list.Children() {
		if k := g.sure(e); k != Anything && k != String {
			return false
		}
	}
	return list.Is(ast.List) && list.FirstChild().IsValid()
}

// beyond reports whether an expression may be known to be of none of some kinds, or a list of such.
func (g *gate) beyond(n ast.Node, whole, elements Kinds, depth int) bool {
	if whole == Anything && elements == Anything {
		return false
	}
	n = g.value(n)
	k := g.sure(n)
	switch {
	case k == Anything:
		return false
	case depth == 0 || k&whole == 0 || k&Set != 0 && whole&noAttrs == 0:
		return true
	case k&List != 0 && whole&noElements == 0 && !n.FirstChild().IsValid():
		return true
	case k&List == 0 || elements == Anything:
		return false
	}
	for e := range n.Children() {
		if g.beyond(e, elements, Anything, depth-1) {
			return true
		}
	}
	return !n.Is(ast.List)
}

// value returns the expression that a name of a let stands for.
func (g *gate) value(n ast.Node) ast.Node {
	for range maxNamed {
		n = n.Unparen()
		b := g.names.Resolve(n)
		if b == nil || b.More || !b.Value.IsValid() || b.Kind != sema.LetBinding && b.Kind != sema.RecBinding {
			break
		}
		n = b.Value
	}
	return n
}

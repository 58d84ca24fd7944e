package eval

import (
	"github.com/nixsift/nixsift/ast/source"
)

// Part is something that is evaluated when it is asked for: an expression of a file, an attribute, an element, an argument.
// It belongs to the evaluation that it was made in. The zero Part is none.
type Part struct{ t *thunk }

// IsValid reports whether there is a part.
func (p Part) IsValid() bool { return p.t != nil }

// Place returns the expression that a part is, if it is one: that of a definition, an element, or an argument.
func (p Part) Place() (code *Code, e Expr, ok bool) {
	if p.t == nil || p.t.code == nil {
		return nil, 0, false
	}
	return p.t.code, p.t.expr, true
}

// Open returns a part of which nothing is known.
func Open() Part {
	prepare()
	return Part{topThunk}
}

// Text returns a part that is a string.
func Text(s string) Part {
	prepare()
	return Part{given(stringValue(s))}
}

// Attrs returns a part that is a set with some attributes; where open is set, it may have any others.
func Attrs(attrs map[string]Part, open bool) Part {
	prepare()
	s := &set{own: make(map[string]attr, len(attrs)), open: open, size: len(attrs)}
	for name, p := range attrs {
		s.own[name] = attr{value: p.t}
	}
	return Part{given(setValue(s))}
}

// Apply returns a function applied to arguments, which is evaluated when it is asked for.
func Apply(f Part, args ...Part) Part {
	thunks := make([]*thunk, len(args))
	for i, a := range args {
		thunks[i] = a.t
	}
	return Part{&thunk{fn: func(ev *Evaluation) *Value { return ev.call(site{}, ev.force(f.t), thunks) }}}
}

// Root returns the value of a file.
func (c *Code) Root() Part { return Part{&thunk{code: c, expr: c.root, env: &env{lexical: true}}} }

// Ask evaluates a part as far as its outermost form, with fresh fuel.
func (ev *Evaluation) Ask(p Part) *Value { return ev.ask(p.t) }

// Cost returns what the last question cost, as if nothing had been known before: that does not depend on other questions.
func (ev *Evaluation) Cost() int { return ev.Fuel - max(ev.fuel, 0) }

// Starved reports whether the fuel did not suffice for the last question. Its answer is that nothing is known.
func (ev *Evaluation) Starved() bool { return ev.dry }

// Alternatives returns what a value can be: those of which more than the kind is known, and one value for each other kind.
func (v *Value) Alternatives() (all []*Value) {
	v.each(func(x *Value) { all = append(all, x) })
	return all
}

// Known reports whether all that can be told of the value's outermost form is known.
func (v *Value) Known() bool { return v.isKnown() }

// Bool returns a Boolean; ok is false where the value is not surely that one.
func (v *Value) Bool() (b, ok bool) { return v.num != 0, v.kinds == Bool && v.isKnown() }

// Int returns an integer; ok is false where the value is not surely that one.
func (v *Value) Int() (i int64, ok bool) { return v.num, v.kinds == Int && v.isKnown() }

// Text returns the text of a string or path; ok is false where the value is not surely that one.
func (v *Value) Text() (s string, ok bool) {
	return v.text, v.isKnown() && (v.kinds == String || v.kinds == Path)
}

// Elements returns the elements of a list; ok is false where the value is not surely that one.
func (v *Value) Elements() (elems []Part, ok bool) {
	if v.kinds != List || !v.isKnown() {
		return nil, false
	}
	elems = make([]Part, len(v.list))
	for i, t := range v.list {
		elems[i] = Part{t}
	}
	return elems, true
}

// sets returns the sets that a value is one of, but for failures; nil where it may be anything else, or a set of which
// nothing is known.
func (v *Value) sets() (all []*set) {
	if v.kinds&^Failures != Set || v.rest&Set != 0 {
		return nil
	}
	v.each(func(x *Value) {
		if x.set != nil {
			all = append(all, x.set)
		}
	})
	return all
}

// AttrPlace returns where a set literal gives an attribute of a set: its name, and the value as it is written. That is 0
// where something else makes the value of it. ok is false where no literal is seen to give it.
func (v *Value) AttrPlace(name string) (code *Code, at source.Span, value Expr, ok bool) {
	for _, s := range v.sets() {
		for ; s != nil; s = s.below {
			own, has := s.get(name)
			if !has {
				continue
			}
			if s.code == nil || s.code.exprs[s.expr].op != opSet {
				return nil, source.Span{}, 0, false
			}
			for _, a := range s.code.sets[s.code.exprs[s.expr].a].attrs {
				if a.sym == name {
					if own.value.code != nil {
						value = a.value
					}
					return s.code, source.Span{Start: a.start, End: a.end}, value, true
				}
			}
			break
		}
	}
	return nil, source.Span{}, 0, false
}

// splits are the forms of lists that Split takes apart.
var splits = [opConcatLists + 1]bool{opLet: true, opWith: true, opAssert: true, opConcatLists: true}

// Split takes a list apart that is written with ++, behind let, with and assert or not: into the operands from left to right,
// and into the conditions of the assertions around them. Any other part is the only operand.
func (ev *Evaluation) Split(p Part) (operands, conditions []Part) {
	todo := []*thunk{p.t}
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if t.env == nil || t.code == nil || len(operands) > maxOperands || !splits[t.code.exprs[t.expr].op] {
			operands = append(operands, Part{t})
			continue
		}
		x := &t.code.exprs[t.expr]
		sub := func(e uint32, in *env) *thunk { return &thunk{code: t.code, expr: Expr(e), env: in} }
		switch x.op {
		case opLet:
			todo = append(todo, sub(x.b, ev.bind(t.code, &t.code.sets[x.a], t.env)))
		case opWith:
			todo = append(todo, sub(x.b, &env{up: t.env, with: sub(x.a, t.env), lexical: t.env.lexical}))
		case opAssert:
			conditions = append(conditions, Part{sub(x.a, t.env)})
			todo = append(todo, sub(x.b, t.env))
		default:
			todo = append(todo, sub(x.b, t.env), sub(x.a, t.env))
		}
	}
	return operands, conditions
}

// maxOperands is the number of operands up to which lists are taken apart.
const maxOperands = 1000

// Names returns the names of the attributes of a set, sorted; ok is false where they are not all known.
func (v *Value) Names() (names []string, ok bool) {
	if v.kinds != Set || !v.isKnown() || !v.set.plain() {
		return nil, false
	}
	return v.set.names()
}

// SetPlace returns the expression that a known set comes from: a literal, or a call.
func (v *Value) SetPlace() (code *Code, e Expr, ok bool) {
	if v.set == nil {
		return nil, 0, false
	}
	code, e = v.set.origin()
	return code, e, code != nil
}

// Lambda returns the function of a file that a value is, and where its body is. ok is false for anything else.
func (v *Value) Lambda() (code *Code, body Expr, ok bool) {
	if v.fn == nil || v.fn.code == nil || !v.isKnown() {
		return nil, 0, false
	}
	return v.fn.code, v.fn.lambda().body, true
}

// Formals returns the names that a function of a file takes out of its argument; ok is false for anything else, such as a
// function that takes its argument as a whole.
func (v *Value) Formals() (names []string, ok bool) {
	if _, _, ok := v.Lambda(); !ok || !v.fn.lambda().pattern {
		return nil, false
	}
	for _, f := range v.fn.lambda().formals {
		names = append(names, f.sym)
	}
	return names, true
}

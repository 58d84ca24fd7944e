package eval

import "github.com/nixsift/nixsift/ast/source"

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

// Attr returns an attribute. ok is false where the value is not surely one set that has it, with one value.
func (v *Value) Attr(name string) (p Part, ok bool) {
	if v.kinds != Set || !v.isKnown() {
		return Part{}, false
	}
	values, has, unknown := v.set.lookup(name)
	if has != present || unknown || len(values) != 1 {
		return Part{}, false
	}
	return Part{values[0]}, true
}

// Names returns the names of the attributes of a set, sorted; ok is false where they are not all known.
func (v *Value) Names() (names []string, ok bool) {
	if v.kinds != Set || !v.isKnown() || !v.set.plain() {
		return nil, false
	}
	return v.set.names()
}

// SetPlace returns the expression that a known set, or the function that a value is, comes from: a literal, or a call.
func (v *Value) SetPlace() (code *Code, e Expr, ok bool) {
	if v.set == nil || v.set.code == nil {
		return nil, 0, false
	}
	return v.set.code, v.set.expr, true
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

// NameOf returns where the name of an attribute stands that a set literal of the file has.
func (c *Code) NameOf(literal Expr, name string) (span source.Span, ok bool) {
	x := &c.exprs[literal]
	if x.op != opSet {
		return source.Span{}, false
	}
	for _, a := range c.sets[x.a].attrs {
		if a.sym == name {
			return source.Span{Start: a.start, End: a.end}, true
		}
	}
	return source.Span{}, false
}

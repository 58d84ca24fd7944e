package eval

import "github.com/nixsift/nixsift/ast/source"

// Unknown returns the value of which nothing is known.
func Unknown() *Value {
	prepare()
	return topValue
}

// Surely reports whether a value can be of some kinds only, where it does not fail.
func (v *Value) Surely(k Kinds) bool { return v.kinds&^(k|Failures) == 0 && v.kinds&k != 0 }

// Loops reports whether evaluating a definition surely is an infinite recursion of it alone: the value is that of the
// expression at the span.
func (v *Value) Loops(span source.Span) bool {
	loops := v.kinds == Hard && v.rest == 0
	v.failures(func(f *Failure) {
		loops = loops && f.Reason == Recursion && f.thunk.code != nil && f.thunk.code.Span(f.thunk.expr) == span
	})
	return loops
}

// Lacks reports whether a value is a set, where it does not fail, and surely has no attribute of a name.
func (v *Value) Lacks(name string) bool {
	if !v.Surely(Set) {
		return false
	}
	lacks := true
	v.each(func(x *Value) {
		if x.kinds != Set {
			return
		}
		has := Possible
		if x.set != nil {
			_, has, _ = x.set.lookup(name)
		}
		lacks = lacks && has == Absent
	})
	return lacks
}

// Arity returns the number of arguments that a known function takes, counting the functions that it gives at once; of a
// builtin, and of a function of lib, those that it still waits for. It is 0 for anything else.
func (v *Value) Arity() (n int) {
	switch {
	case v.fn == nil || !v.isKnown():
		return 0
	case v.fn.builtin != nil:
		return v.fn.builtin.arity - len(v.fn.args)
	}
	for e, c := v.fn.lambda().body, v.fn.code; ; n++ {
		x := &c.exprs[e]
		if x.op != opLambda {
			return n + 1
		}
		e = c.lambdas[x.a].body
	}
}

// TakesSet reports whether a value is a function of a file with a set pattern.
func (v *Value) TakesSet() bool {
	return v.fn != nil && v.isKnown() && v.fn.code != nil && v.fn.lambda().pattern
}

// Builtin returns the name of the builtin, or function of lib, that a value is before it gets arguments, or "".
func (v *Value) Builtin() string {
	if v.fn == nil || !v.isKnown() || v.fn.builtin == nil || len(v.fn.args) > 0 {
		return ""
	}
	return v.fn.builtin.name
}

// OfFile reports whether a value is the set that another file than the given one is, or that its function returns.
func (v *Value) OfFile(other *Code) bool {
	if v.set == nil || !v.isKnown() {
		return false
	}
	_, _, ok := (&Failure{set: v.set, at: site{code: other}}).OfFile()
	return ok
}

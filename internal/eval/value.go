package eval

import "math/bits"

// Kinds is a set of the kinds that a value can have, failures included.
type Kinds uint16

// The kinds. Caught is a failure that tryEval catches: throw, or an assertion; Hard is any other.
const (
	Int Kinds = 1 << iota
	Float
	Bool
	Null
	String
	Path
	List
	Set
	Function
	Caught
	Hard
	numKinds = iota
)

// Failures are the kinds that are none of a value; Anything is all kinds.
const (
	Failures = Caught | Hard
	Anything = 1<<numKinds - 1
	numbers  = Int | Float
)

var kindNames = [numKinds]string{"an integer", "a float", "a Boolean", "null", "a string", "a path", "a list", "a set", "a function"}

// Describe returns the kinds as messages name them, such as "a list or null"; "" where there are none or too many to tell.
func (k Kinds) Describe() string {
	k &^= Failures
	if n := bits.OnesCount16(uint16(k)); n == 0 || n > 3 {
		return ""
	}
	text := ""
	for i := range kindNames {
		if k&(1<<i) == 0 {
			continue
		}
		if k &^= 1 << i; text != "" {
			if k == 0 {
				text += " or "
			} else {
				text += ", "
			}
		}
		text += kindNames[i]
	}
	return text
}

// maxAlts bounds the alternatives of a value that are told apart.
const maxAlts = 8

// Value is what an expression can evaluate to, as far as its outermost form. A value with one kind may have a payload; a
// joint value has alternatives. Values are immutable.
type Value struct {
	kinds Kinds
	// rest are the kinds of which nothing more is known.
	rest Kinds
	// copied is set of a text that is where Nix copies a path in its store, with what was added to that: then text begins with the
	// path, which is that long, and the text itself is not known.
	copied uint32
	// alts are the alternatives with payload of a joint value.
	alts []*Value

	num  int64 // of an Int; 1 of a true Bool
	real float64
	text string // of a String or Path
	list []*thunk
	set  *set
	fn   *function
	fail *Failure
	via  *Step // of a failure for want of a source
}

var bareValues [Anything + 1]Value

// bare returns the value of which nothing but the kinds is known.
func bare(k Kinds) *Value { return &bareValues[k] }

var (
	topValue    = bare(Anything)
	failing     = bare(Failures)
	nullValue   = bare(Null)
	someBool    = bare(Bool)
	trueValue   = &Value{kinds: Bool, num: 1}
	falseValue  = &Value{kinds: Bool}
	emptyString = &Value{kinds: String}
	emptyList   = &Value{kinds: List}
)

func boolValue(b bool) *Value {
	if b {
		return trueValue
	}
	return falseValue
}

func intValue(i int64) *Value          { return &Value{kinds: Int, num: i} }
func floatValue(f float64) *Value      { return &Value{kinds: Float, real: f} }
func stringValue(s string) *Value      { return &Value{kinds: String, text: s} }
func pathValue(s string) *Value        { return &Value{kinds: Path, text: s} }
func listValue(l []*thunk) *Value      { return &Value{kinds: List, list: l} }
func setValue(s *set) *Value           { return &Value{kinds: Set, set: s} }
func functionValue(f *function) *Value { return &Value{kinds: Function, fn: f} }

// isKnown reports whether the value is a known number, Boolean, text, list, set or function.
func (v *Value) isKnown() bool { return v.isOne() && v.copied == 0 }

// isOne reports whether the value is one with a payload.
func (v *Value) isOne() bool { return v.rest == 0 && v.alts == nil }

// isBare reports whether nothing but the kinds is known of the value.
func (v *Value) isBare() bool { return v.alts == nil && v.rest == v.kinds }

// Kinds returns what the value can be.
func (v *Value) Kinds() Kinds { return v.kinds }

// Fails reports whether the value surely is a failure.
func (v *Value) Fails() bool { return v.kinds&^Failures == 0 }

// each calls yield for the alternatives: those with payload, and one for each kind of which nothing more is known.
func (v *Value) each(yield func(*Value)) {
	if v.isOne() {
		yield(v)
		return
	}
	for _, a := range v.alts {
		yield(a)
	}
	for rest := v.rest; rest != 0; rest &= rest - 1 {
		yield(bare(rest & -rest))
	}
}

// failures calls yield for the failures with a reason.
func (v *Value) failures(yield func(*Failure)) {
	if v.kinds&Failures == 0 {
		return
	}
	if v.fail != nil {
		yield(v.fail)
	}
	for _, a := range v.alts {
		if a.fail != nil {
			yield(a.fail)
		}
	}
}

// join returns what can be either of two values; nil is neither.
func join(a, b *Value) *Value {
	switch {
	case a == nil || a == b:
		return b
	case b == nil:
		return a
	case a.isBare() && b.isBare():
		return bare(a.kinds | b.kinds)
	case b.within(a.rest):
		return a
	case a.within(b.rest):
		return b
	}
	j := Value{kinds: a.kinds | b.kinds, rest: a.rest | b.rest}
	var alts [2 * maxAlts]*Value
	n := 0
	add := func(v *Value) {
		if v.fail == nil && v.kinds&j.rest != 0 {
			return // nothing is told by it
		}
		for _, old := range alts[:n] {
			if old == v || same(old, v) {
				return
			}
		}
		alts[n] = v
		n++
	}
	for _, v := range [2]*Value{a, b} {
		if v.isOne() {
			add(v)
		}
		for _, alt := range v.alts {
			add(alt)
		}
	}
	if n > maxAlts {
		return narrowed(j.kinds, alts[:n])
	}
	if n == 1 && j.rest == 0 {
		return alts[0]
	}
	if n > 0 {
		j.alts = append([]*Value(nil), alts[:n]...)
	}
	return &j
}

// within reports whether a value tells nothing beside the kinds of which nothing is known.
func (v *Value) within(rest Kinds) bool { return v.alts == nil && v.fail == nil && v.kinds&^rest == 0 }

// same reports whether two values with payload surely are the same, by what is seen at once.
func same(a, b *Value) bool {
	if a.kinds != b.kinds {
		return false
	}
	switch a.kinds {
	case Int, Bool:
		return a.num == b.num
	case Float:
		return a.real == b.real
	case String, Path:
		return a.text == b.text && a.copied == b.copied
	case List:
		return len(a.list) == 0 && len(b.list) == 0
	case Set:
		return a.set == b.set
	case Function:
		return a.fn == b.fn
	}
	return a.fail == b.fail && a.via == b.via
}

// only returns the part of a value that has one of the kinds, or nil.
func (v *Value) only(k Kinds) *Value {
	switch {
	case v.kinds&^k == 0:
		return v
	case v.kinds&k == 0:
		return nil
	case v.alts == nil:
		return bare(v.rest & k)
	}
	out := Value{rest: v.rest & k}
	out.kinds = out.rest
	for _, a := range v.alts {
		if a.kinds&k != 0 {
			out.kinds |= a.kinds
			out.alts = append(out.alts, a)
		}
	}
	switch {
	case len(out.alts) == 0:
		return bare(out.rest)
	case len(out.alts) == 1 && out.rest == 0:
		return out.alts[0]
	}
	return &out
}

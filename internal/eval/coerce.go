package eval

import (
	"math"
	"strconv"
	"strings"
)

// coercion says how a value is made a string, and what to blame where it cannot be.
type coercion struct {
	at     site
	reason Reason
	other  Kinds // of the operand before
	index  int
	name   string
	attr   string // of the argument
	part   string // see Failure
	// more lets numbers, Booleans, null and lists be strings, too, as toString does.
	more bool
	// copies is set where paths become store paths.
	copies bool
}

var (
	toStringName = "__toString"
	outPathName  = "outPath"
	functorName  = "__functor"
)

// coerce makes a value a string: ok are the strings that it can be, bad the failures. Either is nil where it is impossible.
func (ev *Evaluation) coerce(v *Value, c coercion) (ok, bad *Value) {
	if v.kinds&^String == 0 {
		return v, nil
	}
	if v.rest == Anything {
		return bare(String), failing
	}
	wrong := Kinds(0)
	var missing *set
	v.each(func(x *Value) {
		switch x.kinds {
		case Caught, Hard:
			bad = join(bad, x)
		case String:
			ok = join(ok, x)
		case Path:
			switch {
			case ev.Disk == nil || !x.isKnown():
				ok = join(ok, bare(String)) // in a flake, one of the store
			case c.copies:
				ok = join(ok, copyOf(x.text))
			default:
				ok = join(ok, stringValue(x.text))
			}
			if c.copies {
				bad = join(bad, bare(Hard)) // it need not be there
			}
		case Set:
			s := x.set
			if s == nil {
				ok, bad = join(ok, bare(String)), join(bad, failing)
				return
			}
			text, fails, none := ev.coerceSet(x, c)
			ok, bad = join(ok, text), join(bad, fails)
			if none {
				wrong, missing = wrong|Set, s
			}
		case Int, Float, Bool, Null, List:
			if !c.more {
				wrong |= x.kinds
				return
			}
			text, fails := ev.coerceMore(x, c)
			ok, bad = join(ok, text), join(bad, fails)
		default:
			wrong |= x.kinds
		}
	})
	switch {
	case wrong == 0:
	case ok == nil:
		f := &Failure{Reason: c.reason, at: c.at, Got: wrong, Index: c.index, Name: c.name, Assumed: v.assumes(), Text: c.attr, part: c.part}
		switch c.reason {
		case BadBuiltinArg:
			f.Want = String
		case BadOperands:
			f.Got, f.Other = c.other, wrong
			c.at.blame(f, rightOperand)
		case BadOperand:
			c.at.blame(f, leftOperand)
		}
		if wrong == Set {
			f.set = missing
		}
		bad = join(bad, failed(f))
	default:
		bad = join(bad, bare(Hard))
	}
	return ok, bad
}

// coerceSet makes a known set a string, by __toString or outPath. none tells that it may have neither.
func (ev *Evaluation) coerceSet(x *Value, c coercion) (ok, bad *Value, none bool) {
	if !ev.enter() {
		return bare(String), failing, false
	}
	defer ev.leave()
	for _, name := range []string{toStringName, outPathName} {
		values, has, unknown := x.set.lookup(name)
		if unknown {
			ok, bad = join(ok, bare(String)), join(bad, failing)
		}
		for _, t := range values {
			v := ev.force(t)
			if name == toStringName {
				v = ev.call(c.at, v, []*thunk{given(x)})
			}
			text, fails := ev.coerce(v, c)
			ok, bad = join(ok, text), join(bad, fails)
		}
		if has == Present {
			return ok, bad, false
		}
	}
	return ok, bad, true
}

// coerceMore makes what only toString takes a string.
func (ev *Evaluation) coerceMore(x *Value, c coercion) (ok, bad *Value) {
	if x.kinds == Null {
		return emptyString, nil
	}
	if !x.isKnown() {
		if x.kinds == List {
			return bare(String), failing
		}
		return bare(String), nil
	}
	switch x.kinds {
	case Int:
		return stringValue(strconv.FormatInt(x.num, 10)), nil
	case Float:
		return floatText(x.real), nil
	case Bool:
		if x.num != 0 {
			return stringValue("1"), nil
		}
		return emptyString, nil
	}
	if !ev.enter() {
		return bare(String), failing
	}
	defer ev.leave()
	var b strings.Builder
	known := true
	for i, t := range x.list {
		if !ev.pay(1) {
			return bare(String), failing
		}
		v := ev.force(t)
		text, fails := ev.coerce(v, c)
		bad = join(bad, fails)
		if text == nil {
			return nil, bad
		}
		known = known && text.isKnown() && b.Len()+len(text.text) < maxText
		if !known {
			continue
		}
		b.WriteString(text.text)
		switch {
		case i == len(x.list)-1:
		case v.kinds&List == 0:
			b.WriteByte(' ')
		case !v.isKnown():
			known = false
		case len(v.list) > 0:
			b.WriteByte(' ') // an empty list is followed by no blank
		}
	}
	if !known {
		return bare(String), bad
	}
	return stringValue(b.String()), bad
}

// floatText returns a float as toString writes it, which is printf's %f; of what is no number the sign is not known.
func floatText(f float64) *Value {
	switch {
	case math.IsInf(f, 1):
		return stringValue("inf")
	case math.IsInf(f, -1):
		return stringValue("-inf")
	case math.IsNaN(f):
		return bare(String)
	}
	return stringValue(strconv.FormatFloat(f, 'f', 6, 64))
}

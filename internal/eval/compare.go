package eval

import "math"

// less evaluates a < b, or its negation.
func (ev *Evaluation) less(at site, a, b *Value, negate bool) *Value {
	v := ev.operation(at, a, b, func(x, y *Value) *Value { return ev.ordered(x, y, 0) })
	if negate {
		return ev.branch(at, v, constantly(falseValue), constantly(trueValue))
	}
	return v
}

// maxCompared bounds the lists and sets inside each other that are compared.
const maxCompared = 100

// ordered evaluates x < y for two alternatives; nil where Nix refuses to compare them.
func (ev *Evaluation) ordered(x, y *Value, depth int) *Value {
	exact := x.isKnown() && y.isKnown()
	switch {
	case x.kinds&numbers != 0 && y.kinds&numbers != 0:
		if !exact {
			return someBool
		}
		if x.kinds == Int && y.kinds == Int {
			return boolValue(x.num < y.num)
		}
		return boolValue(x.number() < y.number())
	case x.kinds != y.kinds:
		return nil
	case x.kinds == String && exact:
		return boolValue(x.text < y.text)
	case x.kinds == String || x.kinds == Path:
		return someBool
	case x.kinds == List:
		if !exact {
			return bare(Bool | Failures)
		}
		return ev.orderedLists(x.list, y.list, depth)
	}
	return nil
}

func (ev *Evaluation) orderedLists(x, y []*thunk, depth int) *Value {
	if depth > maxCompared {
		return ev.cut()
	}
	for i := 0; ; i++ {
		if !ev.pay(1) {
			return topValue
		}
		if i == len(y) {
			return falseValue
		}
		if i == len(x) {
			return trueValue
		}
		a, b := ev.force(x[i]), ev.force(y[i])
		switch eq := ev.equalInside(a, b, depth+1); {
		case eq == trueValue:
			continue
		case eq != falseValue:
			return bare(Bool | Failures)
		}
		out, refused := ev.pairs(a, b, func(x, y *Value) *Value { return ev.ordered(x, y, depth+1) })
		if refused {
			out = join(out, bare(Hard))
		}
		return out
	}
}

// equal evaluates a == b.
func (ev *Evaluation) equal(a, b *Value, depth int) *Value {
	if a.Fails() {
		return a
	}
	fails := a.only(Failures)
	if b.Fails() {
		return join(fails, b)
	}
	fails = join(fails, b.only(Failures))
	out, _ := ev.pairs(a, b, func(x, y *Value) *Value { return ev.equalPair(x, y, depth) })
	return join(out, fails)
}

// equalInside compares values that stand in lists or sets: where they are one, Nix does not look into it.
func (ev *Evaluation) equalInside(a, b *Value, depth int) *Value {
	v := ev.equal(a, b, depth)
	if a == b && a.kinds&(List|Set|Function) != 0 {
		return join(v, trueValue)
	}
	return v
}

func (ev *Evaluation) equalPair(x, y *Value, depth int) *Value {
	exact := x.isKnown() && y.isKnown()
	if x.kinds&numbers != 0 && y.kinds&numbers != 0 {
		if !exact || math.IsNaN(x.number()) || math.IsNaN(y.number()) {
			return someBool
		}
		if x.kinds == Int && y.kinds == Int {
			return boolValue(x.num == y.num)
		}
		return boolValue(x.number() == y.number())
	}
	switch {
	case x.kinds != y.kinds:
		return falseValue
	case x.kinds == Null:
		return trueValue
	case x.kinds == Function:
		return someBool // Nix says false, but for one and the same in two sets or lists
	case !exact && (x.kinds == List || x.kinds == Set):
		return bare(Bool | Failures)
	case !exact || x.kinds == Path: // where a flake lies is not known
		return someBool
	case x.kinds == Bool:
		return boolValue(x.num == y.num)
	case x.kinds == String:
		return boolValue(x.text == y.text)
	case depth > maxCompared:
		return ev.cut()
	case x.kinds == List:
		if len(x.list) != len(y.list) {
			return falseValue
		}
		out := trueValue
		for i := range x.list {
			if !ev.pay(1) {
				return topValue
			}
			one := ev.equalInside(ev.force(x.list[i]), ev.force(y.list[i]), depth+1)
			if out = ev.also(out, one); out.kinds&Bool == 0 || out == falseValue {
				return out
			}
		}
		return out
	}
	return ev.equalSets(x.set, y.set, depth)
}

// also joins what comparing one element says to what those before say: it counts where they are equal.
func (ev *Evaluation) also(before, one *Value) *Value {
	switch {
	case before == trueValue:
		return one
	case one == trueValue:
		return before
	}
	return join(join(before.only(Failures), falseIn(before)), one)
}

// falseIn returns false where a Boolean can be false, else nil.
func falseIn(v *Value) (out *Value) {
	v.each(func(alt *Value) {
		if alt.kinds == Bool && (!alt.isKnown() || alt.num == 0) {
			out = falseValue
		}
	})
	return out
}

// equalSets compares sets. Nix goes by the age of its symbols, so what is met first is not known.
func (ev *Evaluation) equalSets(x, y *set, depth int) *Value {
	typ := "type"
	if _, has, _ := x.lookup(typ); has != Absent {
		if _, has, _ := y.lookup(typ); has != Absent {
			return bare(Bool | Failures) // derivations are compared by outPath
		}
	}
	if !x.plain() || !y.plain() {
		return bare(Bool | Failures)
	}
	if !ev.pay(x.size + y.size) {
		return topValue
	}
	a, b := x.flat(), y.flat()
	if len(a) != len(b) {
		return falseValue
	}
	out, common := trueValue, x.sorted()
	for _, n := range common {
		if _, ok := b[n]; !ok {
			out = falseValue
		}
	}
	for _, n := range common {
		other, ok := b[n]
		if !ok {
			continue
		}
		switch one := ev.equalInside(ev.force(a[n].value), ev.force(other.value), depth+1); {
		case one == trueValue:
		case out == trueValue:
			out = one
		default:
			out = join(out, one)
		}
	}
	return out
}

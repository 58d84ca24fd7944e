package eval

import (
	"fmt"
	"slices"
)

// emptyText is what functions get that need an element.
const emptyText = "an empty list"

// anyOf returns what one of some elements can be.
func (c *invocation) anyOf(elems []*thunk) (one *Value) {
	for _, e := range elems {
		one = join(one, c.force(e))
	}
	return one
}

// compared applies the function of sort: to any two elements, which those are is not worked out. It takes as many at once as are
// told apart. What fails for all of them is one failure.
func (c *invocation) compared(elems []*thunk) (out *Value) {
	var groups []*thunk
	for group := range slices.Chunk(elems, maxAlts) {
		groups = append(groups, given(c.anyOf(group)))
	}
	fn, fails := c.force(c.args[0]), true
	var first *Value
	for _, a := range groups {
		for _, b := range groups {
			v := c.applied(fn, a, b)
			if first == nil {
				first = v
			}
			out, fails = join(out, v), fails && v.Fails()
			if !fails && len(groups) > maxSorted {
				return topValue
			}
		}
	}
	if fails {
		return first
	}
	return out
}

// maxSorted is the number of groups of elements up to which the function of sort is applied to all.
const maxSorted = 4

// registerLists adds the functions of lists.
func registerLists() {
	register("length", func(c *invocation) *Value {
		v := c.arg(0, List)
		switch {
		case v == nil:
			return nil
		case !v.isKnown():
			return bare(Int)
		}
		return intValue(int64(len(v.list)))
	})
	register("head", func(c *invocation) *Value {
		elems, known, ok := c.list(0)
		switch {
		case !ok:
			return nil
		case !known:
			return topValue
		case len(elems) == 0:
			return c.refuse(emptyText)
		}
		return c.force(elems[0])
	})
	register("tail", func(c *invocation) *Value {
		elems, known, ok := c.list(0)
		switch {
		case !ok:
			return nil
		case !known:
			c.fail()
			return bare(List)
		case len(elems) == 0:
			return c.refuse(emptyText)
		}
		return listValue(elems[1:])
	})
	register("elemAt", func(c *invocation) *Value {
		elems, known, ok := c.list(0)
		n := c.arg(1, Int)
		switch {
		case !ok || n == nil:
			return nil
		case !known || !n.isKnown():
			return topValue
		case n.num < 0 || n.num >= int64(len(elems)):
			return c.refuse(fmt.Sprintf("the index %d for a list of length %d", n.num, len(elems)))
		}
		return c.force(elems[n.num])
	})
	register("map", func(c *invocation) *Value {
		elems, known, ok := c.list(1)
		switch {
		case !ok:
			return nil
		case !known: // an empty one needs no function
			c.mayFail()
			return bare(List)
		case len(elems) == 0:
			return emptyList
		case c.callable() == nil:
			return nil
		}
		out := make([]*thunk, len(elems))
		for i, e := range elems {
			out[i] = c.apply(c.args[0], e)
		}
		return listValue(out)
	})
	register("filter", func(c *invocation) *Value {
		elems, known, ok := c.list(1)
		switch {
		case !ok:
			return nil
		case !known:
			c.mayFail()
			return bare(List)
		case len(elems) == 0:
			return emptyList
		}
		f := c.callable()
		if f == nil {
			return nil
		}
		var out []*thunk
		for _, e := range elems {
			keep := c.need(c.applied(f, e), 0, Bool)
			switch {
			case keep == nil:
				return nil
			case !keep.isKnown():
				c.mayFail()
				return bare(List)
			case keep.num != 0:
				out = append(out, e)
			}
		}
		return listValue(out)
	})
	for name, stop := range map[string]bool{"any": true, "all": false} {
		register(name, func(c *invocation) *Value {
			f := c.callable()
			if f == nil {
				return nil
			}
			elems, known, ok := c.list(1)
			switch {
			case !ok:
				return nil
			case !known:
				c.mayFail()
				return someBool
			}
			var out *Value
			for _, e := range elems {
				v := c.need(c.applied(f, e), 0, Bool)
				switch {
				case v == nil:
					return out
				case !v.isKnown():
					out = join(out, boolValue(stop))
				case (v.num != 0) == stop:
					return join(out, boolValue(stop))
				}
			}
			return join(out, boolValue(!stop))
		})
	}
	register("elem", func(c *invocation) *Value {
		elems, known, ok := c.list(1)
		switch {
		case !ok:
			return nil
		case !known:
			c.mayFail()
			return someBool
		}
		var out *Value
		for _, e := range elems {
			switch eq := c.equalInside(c.force(c.args[0]), c.force(e), 0); {
			case eq == falseValue:
				continue
			case eq == trueValue:
				return join(out, trueValue)
			case eq.Fails():
				c.fails = join(c.fails, eq)
				return out
			default:
				c.fails = join(c.fails, eq.only(Failures))
				out = join(out, trueValue)
			}
		}
		return join(out, falseValue)
	})
	register("concatLists", func(c *invocation) *Value {
		elems, known, ok := c.list(0)
		switch {
		case !ok:
			return nil
		case !known:
			c.mayFail()
			return bare(List)
		}
		return c.joined(elems, func(e *thunk) *Value { return c.force(e) })
	})
	register("concatMap", func(c *invocation) *Value {
		f := c.callable()
		if f == nil {
			return nil
		}
		elems, known, ok := c.list(1)
		switch {
		case !ok:
			return nil
		case !known:
			c.mayFail()
			return bare(List)
		}
		return c.joined(elems, func(e *thunk) *Value { return c.applied(f, e) })
	})
	register("genList", func(c *invocation) *Value {
		n := c.arg(1, Int)
		if n == nil {
			return nil
		}
		if n.isKnown() && n.num < 0 {
			return c.refuse(fmt.Sprintf("the length %d", n.num))
		}
		if c.callable() == nil {
			return nil
		}
		if !n.isKnown() {
			c.fail()
			return bare(List)
		}
		if n.num > int64(c.Fuel) || !c.pay(int(n.num)) {
			c.pay(c.Fuel)
			return topValue
		}
		out := make([]*thunk, n.num)
		for i := range out {
			out[i] = c.apply(c.args[0], given(intValue(int64(i))))
		}
		return listValue(out)
	})
	register("foldl'", func(c *invocation) *Value {
		f := c.callable()
		if f == nil {
			return nil
		}
		elems, known, ok := c.list(2)
		switch {
		case !ok:
			return nil
		case !known:
			return topValue
		}
		acc := c.args[1]
		for _, e := range elems {
			v := c.applied(f, acc, e)
			c.fails = join(c.fails, v.only(Failures))
			if v = v.only(Anything &^ Failures); v == nil {
				return nil
			}
			acc = given(v)
		}
		return c.force(acc)
	})
	register("sort", func(c *invocation) *Value {
		elems, known, ok := c.list(1)
		switch {
		case !ok:
			return nil
		case !known:
			c.mayFail()
			return bare(List)
		case len(elems) == 0:
			return emptyList
		case c.callable() == nil || !c.elements(elems):
			return nil
		case len(elems) == 1:
			return listValue(elems)
		}
		every := c.anyOf(elems)
		if v := c.compared(elems); c.need(v, 0, Bool) == nil {
			return nil
		}
		c.mayFail()
		out := make([]*thunk, len(elems)) // in an order that is not worked out
		for i := range out {
			out[i] = given(every)
		}
		return listValue(out)
	})
	register("partition", func(c *invocation) *Value {
		f := c.callable()
		if f == nil {
			return nil
		}
		elems, known, ok := c.list(1)
		if !ok {
			return nil
		}
		var right, wrong []*thunk
		for _, e := range elems {
			if !c.elements([]*thunk{e}) {
				return nil
			}
			v := c.need(c.applied(f, e), 0, Bool)
			switch {
			case v == nil:
				return nil
			case !v.isKnown():
				known = false
			case v.num != 0:
				right = append(right, e)
			default:
				wrong = append(wrong, e)
			}
		}
		a, b := listValue(right), listValue(wrong)
		if !known {
			c.mayFail()
			a, b = bare(List), bare(List)
		}
		return setValue(&set{size: 2, own: map[string]attr{"right": {value: given(a)}, "wrong": {value: given(b)}}})
	})
}

// joined concatenates the lists that the elements of one give.
func (c *invocation) joined(elems []*thunk, give func(e *thunk) *Value) *Value {
	var out []*thunk
	known := true
	for _, e := range elems {
		v := c.need(give(e), 0, List)
		switch {
		case v == nil:
			return nil
		case !v.isKnown():
			known = false
		case !c.pay(len(v.list)):
			return topValue
		default:
			out = append(out, v.list...)
		}
	}
	if !known {
		return bare(List)
	}
	return listValue(out)
}

// elements evaluates the elements of a list in turn; false where one surely fails.
func (c *invocation) elements(elems []*thunk) bool {
	for _, e := range elems {
		v := c.force(e)
		c.fails = join(c.fails, v.only(Failures))
		if v.Fails() {
			return false
		}
	}
	return true
}

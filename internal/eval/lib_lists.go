package eval

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// registerLibLists adds what lib.lists makes of lists.
func registerLibLists() {
	toList, toBool, toAny := giving("lists", List), giving("lists", Bool), giving("lists", 0)

	toList("singleton", 1, func(c *invocation) *Value { return listValue(c.args) })
	toList("forEach", 2, func(c *invocation) *Value { return c.as("map", c.args[1], c.args[0]) })
	for _, name := range []string{"foldr", "fold"} {
		toAny(name, 3, func(c *invocation) *Value { return c.folded(true) })
	}
	toAny("foldl", 3, func(c *invocation) *Value { return c.folded(false) })
	toAny("foldl'", 2, func(c *invocation) *Value { // of three, the second of which some releases evaluate before the third is there
		c.mayNeed(c.args[1])
		f, acc := c.args[0], c.args[1]
		return c.closure(1, func(c *invocation) *Value { return c.as("foldl'", f, acc, c.args[0]) })
	})
	for name, first := range map[string]int64{"imap0": 0, "imap1": 1} {
		toList(name, 2, func(c *invocation) *Value { return c.indexed(c.args[0], c.args[1], first) })
	}
	toList("flatten", 1, func(c *invocation) *Value {
		if c.arg(0, Anything&^Failures) == nil {
			return nil
		}
		switch out, known, ok := c.flattened(c.args[0], nil, 0); {
		case !ok:
			return nil
		case known:
			return listValue(out)
		}
		c.mayFail()
		return bare(List)
	})
	toList("toList", 1, func(c *invocation) *Value {
		v := c.force(c.args[0])
		out := v.only(List | Failures)
		if v.kinds&^(List|Failures) != 0 {
			out = join(out, listValue(c.args))
		}
		return out
	})
	toList("range", 2, func(c *invocation) *Value {
		a, b := c.force(c.args[0]), c.force(c.args[1])
		order := c.less(c.at, b, a, false)
		switch {
		case order.Fails():
			return order
		case !a.isKnown() || !b.isKnown() || (a.kinds|b.kinds) != Int:
			c.mayFail() // what is not in order gives an empty list
			return bare(List)
		case a.num > b.num:
			return emptyList
		case b.num-a.num < 0 || b.num-a.num >= int64(c.Fuel):
			c.pay(c.Fuel)
			return topValue
		}
		n := int(b.num - a.num + 1)
		if !c.pay(n) {
			return topValue
		}
		out := make([]*thunk, n)
		for i := range out {
			out[i] = given(intValue(a.num + int64(i)))
		}
		return listValue(out)
	})
	toList("remove", 2, func(c *invocation) *Value {
		return c.filteredBy(c.args[1], func(c *invocation) *Value { return c.not(c.equal(c.force(c.args[0]), c.force(c.args[1]), 0)) })
	})
	toList("intersectLists", 2, func(c *invocation) *Value {
		if !c.comparesWith() {
			return nil
		}
		return c.filteredBy(c.args[1], func(c *invocation) *Value { return c.as("elem", c.args[1], c.args[0]) })
	})
	toList("subtractLists", 2, func(c *invocation) *Value {
		if !c.comparesWith() {
			return nil
		}
		return c.filteredBy(c.args[1], func(c *invocation) *Value { return c.not(c.as("elem", c.args[1], c.args[0])) })
	})
	toList("unique", 1, func(c *invocation) *Value { return c.distinct() })
	toBool("allUnique", 1, func(c *invocation) *Value {
		all, _, _ := c.list(0)
		v := c.distinct()
		switch {
		case v == nil:
			return nil
		case !v.isKnown():
			return someBool
		}
		return boolValue(len(v.list) == len(all))
	})
	toList("reverseList", 1, func(c *invocation) *Value {
		elems, known, ok := c.list(0)
		switch {
		case !ok:
			return nil
		case !known:
			return bare(List)
		}
		out := slices.Clone(elems)
		slices.Reverse(out)
		return listValue(out)
	})
	toList("take", 2, func(c *invocation) *Value { return c.sublist(given(intValue(0)), c.args[0], c.args[1]) })
	toList("drop", 2, func(c *invocation) *Value { return c.sublist(c.args[0], nil, c.args[1]) })
	toList("sublist", 3, func(c *invocation) *Value { return c.sublist(c.args[0], c.args[1], c.args[2]) })
	for name, last := range map[string]bool{"last": true, "init": false} {
		toAny(name, 1, func(c *invocation) *Value {
			elems, known, ok := c.list(0)
			switch {
			case !ok:
				return nil
			case !known && last:
				return topValue
			case !known:
				c.mayFail()
				return bare(List)
			case len(elems) == 0:
				c.fails = join(c.fails, &Value{kinds: Caught, fail: &Failure{Reason: OutOfRange, at: c.at, Name: c.b.name, Text: emptyText}})
				return nil
			case last:
				return c.force(elems[len(elems)-1])
			}
			return listValue(elems[:len(elems)-1])
		})
	}
	toList("replicate", 2, func(c *invocation) *Value {
		return c.as("genList", given(c.closure(1, func(*invocation) *Value { return c.force(c.args[1]) })), c.args[0])
	})
	toList("zipLists", 2, func(c *invocation) *Value {
		fst := c.closure(2, func(c *invocation) *Value {
			return setValue(&set{size: 2, own: map[string]attr{"fst": {value: c.args[0]}, "snd": {value: c.args[1]}}})
		})
		return c.zipped(given(fst), 0, 1)
	})
	toList("zipListsWith", 3, func(c *invocation) *Value { return c.zipped(c.args[0], 1, 2) })
	registerInLib("trivial", "concat", 2, List, func(c *invocation) *Value {
		a, b := c.arg(0, List), c.arg(1, List)
		if a == nil || b == nil {
			return nil
		}
		return c.concatLists(c.at, a, b)
	})
	for name, otherwise := range map[string]*Value{
		"lists.optional": emptyList, "lists.optionals": emptyList, "strings.optionalString": emptyString, "attrsets.optionalAttrs": setValue(&set{}),
	} {
		part, name, _ := strings.Cut(name, ".")
		registerInLib(part, name, 2, otherwise.kinds, func(c *invocation) *Value {
			return c.decided(func() *Value {
				if c.b.name == "optional" {
					return listValue(c.args[1:])
				}
				return c.force(c.args[1])
			}, constantly(otherwise))
		})
	}
}

// decided evaluates the first argument, which decides between two values.
func (c *invocation) decided(then, otherwise func() *Value) *Value {
	cond := c.arg(0, Bool)
	if cond == nil {
		return nil
	}
	at := c.at
	at.lexical = false
	return c.branch(at, cond, then, otherwise)
}

// not negates what is a Boolean where it does not fail; nil stays.
func (c *invocation) not(v *Value) *Value {
	if v == nil {
		return nil
	}
	return c.branch(site{}, v, constantly(falseValue), constantly(trueValue))
}

// comparesWith requires that the first argument is a list where the second one has elements.
func (c *invocation) comparesWith() bool {
	elems, _, ok := c.list(1)
	return ok && (len(elems) == 0 || c.arg(0, List) != nil)
}

// filteredBy keeps the elements of which something holds: that is asked of the call's first argument and the element.
func (c *invocation) filteredBy(list *thunk, holds func(c *invocation) *Value) *Value {
	first := c.args[0]
	return c.as("filter", given(c.closure(1, func(c *invocation) *Value {
		c.args = []*thunk{first, c.args[0]}
		return holds(c)
	})), list)
}

// folded evaluates foldr, or the lazy foldl.
func (c *invocation) folded(right bool) *Value {
	elems, known, ok := c.list(2)
	switch {
	case !ok:
		return nil
	case !known:
		return topValue
	case len(elems) == 0:
		return c.force(c.args[1])
	case c.callable() == nil:
		return nil
	}
	acc := c.args[1]
	for i := range elems {
		if right {
			acc = c.apply(c.args[0], elems[len(elems)-1-i], acc)
		} else {
			acc = c.apply(c.args[0], acc, elems[i])
		}
	}
	return c.force(acc)
}

// indexed applies a function to the elements of a list and their numbers.
func (c *invocation) indexed(f, list *thunk, first int64) *Value {
	v := c.need(c.force(list), 1, List)
	switch {
	case v == nil:
		return nil
	case !v.isKnown() || !c.pay(len(v.list)):
		return bare(List)
	}
	out := make([]*thunk, len(v.list))
	for i, e := range v.list {
		out[i] = c.apply(f, given(intValue(first+int64(i))), e)
	}
	return listValue(out)
}

// flattened adds the elements of a list, and of those in it; known is false where they are not all known, ok where one of
// them surely fails.
func (c *invocation) flattened(t *thunk, out []*thunk, depth int) (all []*thunk, known, ok bool) {
	v := c.force(t)
	switch {
	case v.Fails():
		c.fails = join(c.fails, v)
		return nil, false, false
	case v.kinds&(List|Failures) == 0:
		return append(out, t), true, true
	case v.kinds != List || !v.isKnown() || depth > maxCompared || !c.pay(len(v.list)+1):
		return out, false, true
	}
	known = true
	for _, e := range v.list {
		more, all, ok := c.flattened(e, out, depth+1)
		if !ok {
			return nil, false, false
		}
		out, known = more, known && all
	}
	return out, known, true
}

// distinct leaves out the elements of the first argument that are equal to one before.
func (c *invocation) distinct() *Value {
	elems, known, ok := c.list(0)
	if !ok {
		return nil
	}
	var out []*thunk
	for _, e := range elems {
		if !c.pay(len(out)) {
			return topValue
		}
		there := c.as("elem", e, given(listValue(out)))
		switch {
		case there == nil:
			return nil
		case !there.isKnown():
			c.mayFail()
			return bare(List)
		case there.num == 0:
			out = append(out[:len(out):len(out)], e)
		}
	}
	if !known {
		c.mayFail()
		return bare(List)
	}
	return listValue(out)
}

// sublist takes a number of elements, or all for nil, from one on.
func (c *invocation) sublist(start, count, list *thunk) *Value {
	v, from := c.need(c.force(list), len(c.args)-1, List), c.need(c.force(start), 0, numbers)
	if v == nil || from == nil {
		return nil
	}
	whole := from.isKnown() && from.kinds == Int && v.isKnown()
	if whole && from.num >= int64(len(v.list)) {
		return emptyList
	}
	n := bare(Int)
	if count != nil {
		if !whole { // it is not asked where there is nothing to take
			c.mayFail()
			return bare(List)
		}
		if n = c.need(c.force(count), len(c.args)-2, numbers); n == nil {
			return nil
		}
	}
	if !whole || from.num < 0 || count != nil && (!n.isKnown() || n.kinds != Int) {
		c.mayFail()
		return bare(List)
	}
	rest := v.list[from.num:]
	switch {
	case count == nil || n.num > int64(len(rest)) && from.num == 0:
		return listValue(rest)
	case n.num > int64(len(rest)):
		if n.num > math.MaxInt64-from.num {
			c.fail()
		}
		return listValue(rest)
	case n.num < 0:
		return c.refuse(fmt.Sprintf("the length %d", n.num))
	}
	return listValue(rest[:n.num])
}

// zipped applies a function to the elements of two lists.
func (c *invocation) zipped(f *thunk, i, j int) *Value {
	a, knownA, okA := c.list(i)
	b, knownB, okB := c.list(j)
	switch {
	case !okA || !okB:
		return nil
	case !knownA || !knownB:
		return bare(List)
	}
	out := make([]*thunk, min(len(a), len(b)))
	for k := range out {
		out[k] = c.apply(f, a[k], b[k])
	}
	return listValue(out)
}

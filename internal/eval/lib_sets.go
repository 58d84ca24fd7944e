package eval

import "slices"

// registerLibSets adds what lib.attrsets makes of sets.
func registerLibSets() {
	toSet, toList, toAny := giving("attrsets", Set), giving("attrsets", List), giving("attrsets", 0)

	toSet("nameValuePair", 2, func(c *invocation) *Value { return pair(c.args[0], c.args[1]) })
	toSet("mapAttrs'", 2, func(c *invocation) *Value {
		return c.then("listToAttrs", c.then("attrValues", c.as("mapAttrs", c.args...)))
	})
	toList("mapAttrsToList", 2, func(c *invocation) *Value { return c.then("attrValues", c.as("mapAttrs", c.args...)) })
	toList("attrsToList", 1, func(c *invocation) *Value {
		return c.then("attrValues", c.as("mapAttrs", given(libValue("nameValuePair")), c.args[0]))
	})
	toSet("genAttrs", 2, func(c *invocation) *Value {
		return c.named(0, func(name *thunk) *thunk { return c.apply(c.args[1], name) })
	})
	toSet("genAttrs'", 2, func(c *invocation) *Value { return c.then("listToAttrs", c.as("map", c.args[1], c.args[0])) })
	toSet("getAttrs", 2, func(c *invocation) *Value {
		return c.named(0, func(name *thunk) *thunk { return c.selects(name, c.args[1]) })
	})
	toList("attrVals", 2, func(c *invocation) *Value {
		names, known, ok := c.list(0)
		switch {
		case !ok:
			return nil
		case !known:
			return bare(List)
		}
		out := make([]*thunk, len(names))
		for i, name := range names {
			out[i] = c.selects(name, c.args[1])
		}
		return listValue(out)
	})
	toSet("filterAttrs", 2, func(c *invocation) *Value { return c.filtered(false) })
	toSet("filterAttrsRecursive", 2, func(c *invocation) *Value { return c.filtered(true) })
	toSet("mapAttrsRecursive", 2, func(c *invocation) *Value { return c.mapDeeply(nil, c.args[1]) })
	toAny("foldlAttrs", 3, func(c *invocation) *Value {
		c.mayNeed(c.args[1])
		s, ok := c.set(2)
		switch {
		case !ok:
			return nil
		case s == nil:
			return topValue
		}
		f, all := c.args[0], s.flat()
		step := c.closure(2, func(d *invocation) *Value {
			name := d.force(d.args[1])
			return d.call(d.at, d.force(f), []*thunk{d.args[0], d.args[1], all[name.text].value})
		})
		return c.as("foldl'", given(step), c.args[1], given(c.as("attrNames", c.args[2])))
	})
	toSet("concatMapAttrs", 2, func(c *invocation) *Value {
		s, ok := c.set(1)
		switch {
		case !ok:
			return nil
		case s == nil:
			c.mayFail()
			return bare(Set)
		}
		var parts []*thunk
		all := s.flat()
		for _, name := range s.sorted() {
			parts = append(parts, c.apply(c.args[0], given(stringValue(name)), all[name].value))
		}
		return c.merged(parts, 0)
	})
	registerInLib("trivial", "mergeAttrs", 2, Set, func(c *invocation) *Value {
		a, b := c.arg(0, Set), c.arg(1, Set)
		if a == nil || b == nil {
			return nil
		}
		return c.updateSets(c.at, a, b)
	})
	toAny("mergeAttrsList", 1, func(c *invocation) *Value {
		elems, known, ok := c.list(0)
		switch {
		case !ok:
			return nil
		case !known:
			return topValue // the only element, whatever it is
		case len(elems) == 1:
			return c.force(elems[0])
		}
		return c.merged(elems, 0)
	})
	toSet("zipAttrs", 1, func(c *invocation) *Value {
		return c.as("zipAttrsWith", given(c.closure(2, func(d *invocation) *Value { return d.force(d.args[1]) })), c.args[0])
	})
	toSet("recursiveUpdate", 2, func(c *invocation) *Value {
		a, b := c.arg(0, Set), c.arg(1, Set)
		if a == nil || b == nil {
			return nil
		}
		out, _ := c.pairs(a, b, c.updateDeeply)
		return out
	})
	toAny("attrByPath", 3, func(c *invocation) *Value {
		return c.along(func(*Value, string) *Value { return c.force(c.args[1]) })
	})
	toAny("getAttrFromPath", 2, func(c *invocation) *Value {
		return c.along(func(of *Value, name string) *Value {
			f := &Failure{Reason: MissingAttr, at: c.at, Name: name}
			if of != nil && of.isKnown() {
				f.set = of.set
			}
			return failed(f)
		})
	})
	registerInLib("attrsets", "hasAttrByPath", 2, Bool, hasAlong)
	toAny("setAttrByPath", 2, func(c *invocation) *Value {
		path, known, ok := c.list(0)
		switch {
		case !ok:
			return nil
		case !known:
			return topValue // the value itself for an empty path
		}
		return c.nested(path)
	})
	for name, recurse := range map[string]bool{"recurseIntoAttrs": true, "dontRecurseIntoAttrs": false} {
		toSet(name, 1, func(c *invocation) *Value {
			s := c.arg(0, Set)
			if s == nil {
				return nil
			}
			mark := map[string]attr{"recurseForDerivations": {value: given(boolValue(recurse))}}
			return c.updateSets(c.at, s, setValue(&set{own: mark, size: 1}))
		})
	}
	registerInLib("attrsets", "isDerivation", 1, Bool, func(c *invocation) *Value {
		v := c.arg(0, Anything&^Failures)
		switch {
		case v == nil:
			return nil
		case v.kinds&Set == 0:
			return falseValue
		}
		if v.isKnown() {
			if _, has, _ := v.set.lookup("type"); has == Absent {
				return falseValue
			}
		}
		c.mayFail()
		return someBool
	})
}

// pair returns the set that lib calls a name-value pair.
func pair(name, value *thunk) *Value {
	return setValue(&set{size: 2, own: map[string]attr{"name": {value: name}, "value": {value: value}}})
}

// mayNeed evaluates what some releases of nixpkgs evaluate, and others do not.
func (c *invocation) mayNeed(t *thunk) { c.fails = join(c.fails, c.force(t).only(Failures)) }

// selects returns the thunk of an attribute.
func (c *invocation) selects(name, of *thunk) *thunk {
	return c.later(func(c *invocation) *Value { return c.as("getAttr", name, of) })
}

// named makes a set of a list of names.
func (c *invocation) named(i int, value func(name *thunk) *thunk) *Value {
	names, known, ok := c.list(i)
	if !ok {
		return nil
	}
	out := &set{own: make(map[string]attr, len(names))}
	for _, t := range names {
		name := c.need(c.force(t), i, String)
		switch {
		case name == nil:
			return nil
		case !name.isKnown():
			known = false
			continue
		}
		if _, twice := out.own[name.text]; !twice {
			out.own[name.text] = attr{value: value(t)}
		}
	}
	if !known {
		c.mayFail()
		return bare(Set)
	}
	out.size = len(out.own)
	return setValue(out)
}

// merged puts sets, which are all evaluated, on top of each other.
func (c *invocation) merged(sets []*thunk, i int) *Value {
	out, wrong := setValue(&set{}), false
	for _, t := range sets {
		if s := c.need(c.force(t), i, Set); s != nil {
			out = c.updateSets(c.at, out, s)
		} else {
			wrong = true // releases differ in which of them they meet first
		}
	}
	if wrong {
		return nil
	}
	return out
}

// filtered leaves out the attributes of the second argument that the first one, a function, does not want; in the sets in it, too.
func (c *invocation) filtered(deeply bool) *Value {
	s, ok := c.set(1)
	switch {
	case !ok:
		return nil
	case s == nil:
		c.mayFail()
		return bare(Set)
	case s.size == 0:
		return setValue(s)
	}
	f := c.callable()
	if f == nil {
		return nil
	}
	out := &set{own: make(map[string]attr, s.size), code: s.code, expr: s.expr}
	all := s.flat()
	for _, name := range s.sorted() {
		value := all[name].value
		keep := c.need(c.applied(f, given(stringValue(name)), value), 0, Bool)
		if keep == nil {
			return nil
		}
		if keep.isKnown() && keep.num == 0 {
			continue
		}
		if deeply {
			whole := value
			value = c.later(func(c *invocation) *Value {
				return each(c.force(whole), func(x *Value) *Value {
					if x.kinds != Set {
						return x
					}
					c.args = []*thunk{c.args[0], given(x)}
					return c.filtered(true)
				})
			})
		}
		out.own[name] = attr{value: value, maybe: !keep.isKnown()}
	}
	out.size = len(out.own)
	return setValue(out)
}

// mapDeeply applies the first argument to the attributes of a set that are no sets, and of the sets in it.
func (c *invocation) mapDeeply(path []*thunk, of *thunk) *Value {
	s := c.need(c.force(of), 1, Set)
	switch {
	case s == nil:
		return nil
	case !s.isKnown() || !s.set.plain() || !c.pay(s.set.size):
		return bare(Set)
	}
	out := &set{own: make(map[string]attr, s.set.size), size: s.set.size}
	for name, a := range s.set.flat() {
		inner := append(slices.Clone(path), given(stringValue(name)))
		out.own[name] = attr{value: c.later(func(c *invocation) *Value {
			v := c.force(a.value)
			out := v.only(Failures)
			if v.kinds&Set != 0 {
				out = join(out, each(v.only(Set), func(x *Value) *Value { return c.mapDeeply(inner, given(x)) }))
			}
			if v.kinds&^(Set|Failures) != 0 {
				out = join(out, c.call(c.at, c.force(c.args[0]), []*thunk{given(listValue(inner)), a.value}))
			}
			return out
		})}
	}
	return setValue(out)
}

// updateDeeply lays one set upon another, and the sets in it upon those.
func (c *invocation) updateDeeply(x, y *Value) *Value {
	lower, upper := x.set, y.set
	if lower == nil || upper == nil || !c.pay(lower.size+upper.size) {
		return bare(Set)
	}
	out := &set{own: make(map[string]attr, max(lower.size, upper.size)), open: !lower.closed() || !upper.closed()}
	for _, s := range []*set{lower, upper} {
		for ; s != nil; s = s.below {
			for name := range s.all {
				if _, done := out.own[name]; !done {
					out.own[name] = c.updateAttr(lower, upper, name)
				}
			}
		}
	}
	out.size = len(out.own)
	return setValue(out)
}

func (c *invocation) updateAttr(lower, upper *set, name string) attr {
	a, hasA, anyA := lower.lookup(name)
	b, hasB, anyB := upper.lookup(name)
	one := func(values []*thunk, unknown bool) *thunk {
		if !unknown && len(values) == 1 {
			return values[0]
		}
		return c.later(func(c *invocation) *Value {
			var out *Value
			if unknown {
				out = topValue
			}
			for _, t := range values {
				out = join(out, c.force(t))
			}
			return out
		})
	}
	below, above := one(a, anyA), one(b, anyB)
	switch {
	case hasB == Absent:
		return attr{value: below, maybe: hasA != Present}
	case hasA == Absent:
		return attr{value: above, maybe: hasB != Present}
	}
	return attr{maybe: hasA != Present && hasB != Present, value: c.later(func(c *invocation) *Value {
		l, r := c.force(below), c.force(above)
		out := l.only(Failures)
		if hasB != Present {
			out = join(out, l)
		}
		if hasA != Present || l.kinds&^(Set|Failures) != 0 {
			out = join(out, r)
		}
		if l.kinds&Set == 0 {
			return out
		}
		out = join(out, r.only(Anything&^Set))
		if r.kinds&Set != 0 {
			both, _ := c.pairs(l.only(Set), r.only(Set), c.updateDeeply)
			out = join(out, both)
		}
		return out
	})}
}

// along evaluates what stands at the end of a path, the first argument, in a set, the last; otherwise gives what is in the
// place of a name that a set, or nil, has not.
func (c *invocation) along(otherwise func(of *Value, name string) *Value) *Value {
	path, known, ok := c.list(0)
	switch {
	case !ok:
		return nil
	case !known:
		return topValue
	}
	v := c.force(c.args[len(c.args)-1])
	var out *Value
	for _, part := range path {
		out = join(out, v.only(Failures))
		if v.Fails() {
			return out
		}
		name := c.need(c.force(part), 0, String)
		switch {
		case name == nil:
			return out
		case !name.isKnown():
			return topValue
		}
		sets := v.only(Set)
		if v.kinds&^(Set|Failures) != 0 {
			out = join(out, otherwise(nil, name.text))
		}
		if sets == nil {
			return out
		}
		found, has := c.attribute(sets, name.text)
		if has != Present {
			out = join(out, otherwise(sets, name.text))
		}
		if has == Absent {
			return out
		}
		v = found
	}
	return join(out, v)
}

// hasAlong tells whether a set has a path.
func hasAlong(c *invocation) *Value {
	path, known, ok := c.list(0)
	switch {
	case !ok:
		return nil
	case !known:
		c.mayFail()
		return someBool
	case len(path) == 0:
		return trueValue
	}
	v := c.force(c.args[1])
	var out *Value
	for i, part := range path {
		out = join(out, v.only(Failures))
		if v.Fails() {
			return out
		}
		name := c.need(c.force(part), 0, String)
		switch {
		case name == nil:
			return out
		case !name.isKnown():
			c.mayFail()
			return someBool
		}
		sets := v.only(Set)
		if v.kinds&^(Set|Failures) != 0 {
			out = join(out, falseValue)
		}
		if sets == nil {
			return out
		}
		if i == len(path)-1 {
			return join(out, c.hasName(sets, name.text))
		}
		found, has := c.attribute(sets, name.text)
		if has != Present {
			out = join(out, falseValue)
		}
		if has == Absent {
			return out
		}
		v = found
	}
	return out
}

// nested puts the last argument into sets inside each other.
func (c *invocation) nested(path []*thunk) *Value {
	if len(path) == 0 {
		return c.force(c.args[1])
	}
	name := c.need(c.force(path[0]), 0, String|Null)
	switch {
	case name == nil:
		return nil
	case !name.isKnown():
		return bare(Set)
	case name.kinds == Null:
		return setValue(&set{})
	}
	inner := c.later(func(c *invocation) *Value { return c.nested(path[1:]) })
	return setValue(&set{size: 1, own: map[string]attr{name.text: {value: inner}}})
}

package eval

// registerLibFunctions adds what lib.trivial and lib.fixedPoints make of functions, and of conditions.
func registerLibFunctions() {
	toAny, toBool, toString := giving("trivial", 0), giving("trivial", Bool), giving("trivial", String)

	toAny("id", 1, func(c *invocation) *Value { return c.force(c.args[0]) })
	toAny("const", 2, func(c *invocation) *Value { return c.force(c.args[0]) })
	toAny("flip", 3, func(c *invocation) *Value { return c.calls(0, -1, c.args[0], c.args[2], c.args[1]) })
	toAny("pipe", 2, func(c *invocation) *Value {
		fns, known, ok := c.list(1)
		switch {
		case !ok:
			return nil
		case !known:
			return topValue
		}
		acc := c.args[0]
		for i, f := range fns {
			v := c.calls(1, i, f, acc)
			c.fails = join(c.fails, v.only(Failures))
			if v = v.only(Anything &^ Failures); v == nil {
				return nil
			}
			acc = given(v)
		}
		return c.force(acc)
	})
	toAny("defaultTo", 2, func(c *invocation) *Value {
		return c.unlessNull(1, func() *Value { return c.force(c.args[0]) }, func() *Value { return c.force(c.args[1]) })
	})
	toAny("mapNullable", 2, func(c *invocation) *Value {
		return c.unlessNull(1, constantly(nullValue), func() *Value { return c.calls(0, -1, c.args[0], c.args[1]) })
	})
	for name, words := range map[string][2]string{"boolToString": {"true", "false"}, "boolToYesNo": {"yes", "no"}} {
		toString(name, 1, func(c *invocation) *Value {
			return c.decided(constantly(stringValue(words[0])), constantly(stringValue(words[1])))
		})
	}
	toBool("and", 2, func(c *invocation) *Value {
		return c.decided(func() *Value { return c.arg(1, Bool) }, constantly(falseValue))
	})
	toBool("or", 2, func(c *invocation) *Value {
		return c.decided(constantly(trueValue), func() *Value { return c.arg(1, Bool) })
	})
	toBool("xor", 2, func(c *invocation) *Value {
		a, b := c.arg(0, Bool), c.arg(1, Bool)
		switch {
		case a == nil || b == nil:
			return nil
		case !a.isKnown() || !b.isKnown():
			return someBool
		}
		return boolValue(a.num != b.num)
	})
	for name, smaller := range map[string]bool{"min": true, "max": false} {
		toAny(name, 2, func(c *invocation) *Value {
			a, b := c.force(c.args[0]), c.force(c.args[1])
			first, second := a, b
			if !smaller {
				first, second = b, a
			}
			return c.ordering(c.less(c.at, first, second, false), a, b)
		})
	}
	registerInLib("trivial", "compare", 2, Int, func(c *invocation) *Value {
		return c.ordering(c.less(c.at, c.force(c.args[0]), c.force(c.args[1]), false), intValue(-1), join(intValue(0), intValue(1)))
	})
	toBool("isFunction", 1, asks(Function, functorName))
	registerInLib("asserts", "assertMsg", 2, 0, func(c *invocation) *Value {
		return c.decided(constantly(trueValue), func() *Value {
			c.mayFail() // releases differ in how
			return falseValue
		})
	})
	toAny("warn", 2, func(c *invocation) *Value {
		if c.textAs(0, String) == nil {
			return nil
		}
		c.mayFail()
		return c.force(c.args[1])
	})
	toAny("info", 2, func(c *invocation) *Value {
		if c.text(0, coercion{copies: true}) == nil {
			return nil
		}
		return c.force(c.args[1])
	})
	// With two arguments these give a function that returns what it gets.
	same := func(c *invocation, mayFail bool) func() *Value {
		return constantly(c.closure(1, func(c *invocation) *Value {
			if mayFail {
				c.mayFail() // NIX_ABORT_ON_WARN
			}
			return c.force(c.args[0])
		}))
	}
	for name, when := range map[string]bool{"warnIf": true, "throwIf": true, "warnIfNot": false, "throwIfNot": false} {
		registerInLib("trivial", name, 2, Function, func(c *invocation) *Value {
			does := func() *Value {
				if name[0] == 'w' {
					c.mayFail()
					return same(c, true)()
				}
				return c.then("throw", c.force(c.args[1]))
			}
			if when {
				return c.decided(does, same(c, false))
			}
			return c.decided(same(c, false), does)
		})
	}

	for name, arity := range map[string]int{
		"traceVal": 1, "traceValSeq": 1, "traceValFn": 2, "traceValSeqFn": 2, "traceValSeqN": 2, "traceSeq": 2, "traceSeqN": 3, "traceIf": 3,
	} {
		registerInLib("debug", name, arity, 0, func(c *invocation) *Value {
			c.mayFail()
			return c.force(c.args[arity-1])
		})
	}

	fixed := giving("fixedPoints", 0)
	fixed("fix", 1, func(c *invocation) *Value {
		return c.force(c.knot(func(self *thunk) *Value { return c.calls(0, -1, c.args[0], self) }))
	})
	fixed("fix'", 1, func(c *invocation) *Value {
		return c.force(c.knot(func(self *thunk) *Value {
			return c.with(c.calls(0, -1, c.args[0], self), "__unfix__", c.args[0])
		}))
	})
	fixed("makeExtensible", 1, func(c *invocation) *Value { return c.extensible(stringValue("extend"), c.args[0]) })
	fixed("makeExtensibleWithCustomName", 2, func(c *invocation) *Value {
		name := c.arg(0, String|Null)
		if name == nil {
			c.mayFail() // by what it extends
			return nil
		}
		return c.extensible(name, c.args[1])
	})
	fixed("extends", 3, func(c *invocation) *Value {
		prev := c.apply(c.args[1], c.args[2])
		return c.upon(prev, c.apply(c.args[0], c.args[2], prev))
	})
	fixed("composeExtensions", 4, func(c *invocation) *Value { return c.composed(c.args[0], c.args[1], c.args[2], c.args[3]) })
	registerInLib("fixedPoints", "composeManyExtensions", 1, Function, func(c *invocation) *Value {
		overlays, known, ok := c.list(0)
		switch {
		case !ok:
			return nil
		case !known:
			return bare(Function)
		}
		all := c.closure(2, func(*invocation) *Value { return setValue(&set{}) })
		for i := range overlays {
			first, rest := overlays[len(overlays)-1-i], given(all)
			all = c.closure(2, func(c *invocation) *Value { return c.composed(first, rest, c.args[0], c.args[1]) })
		}
		return all
	})
}

// unlessNull evaluates an argument that may be null.
func (c *invocation) unlessNull(i int, null, otherwise func() *Value) *Value {
	v := c.force(c.args[i])
	out := v.only(Failures)
	if v.kinds&Null != 0 {
		out = join(out, null())
	}
	if v.kinds&^(Null|Failures) != 0 {
		out = join(out, otherwise())
	}
	return out
}

// ordering is what a comparison decides between.
func (c *invocation) ordering(less, then, otherwise *Value) *Value {
	at := c.at
	at.lexical = false
	if less.Fails() {
		return less
	}
	return c.branch(at, less, constantly(then), constantly(otherwise))
}

// textAs evaluates an argument that is made a string in some releases of nixpkgs, and must be one in others.
func (c *invocation) textAs(i int, meant Kinds) *Value {
	v := c.text(i, coercion{copies: true})
	if v != nil && c.force(c.args[i]).kinds&^meant != 0 {
		c.mayFail()
	}
	return v
}

// knot returns a thunk that is given itself.
func (c *invocation) knot(value func(self *thunk) *Value) *thunk {
	var self *thunk
	self = c.later(func(d *invocation) *Value { return value(self) })
	return self
}

// with adds an attribute to a set.
func (c *invocation) with(v *Value, name string, value *thunk) *Value {
	ok, bad := c.want(v, Set, func(got Kinds) *Failure {
		return &Failure{Reason: BadBuiltinArg, at: c.at, Got: got, Want: Set, Name: c.b.name}
	})
	if ok == nil {
		return bad
	}
	added := setValue(&set{size: 1, own: map[string]attr{name: {value: value}}})
	return join(c.updateSets(c.at, ok, added), bad)
}

// upon evaluates below // above, of thunks.
func (c *invocation) upon(below, above *thunk) *Value {
	a := c.need(c.force(below), 1, Set)
	b := c.need(c.force(above), 0, Set)
	if a == nil || b == nil {
		return nil
	}
	return c.updateSets(c.at, a, b)
}

// composed applies two overlays one after the other.
func (c *invocation) composed(first, second, final, prev *thunk) *Value {
	applied := c.apply(first, final, prev)
	between := c.later(func(c *invocation) *Value { return c.upon(prev, applied) })
	return c.upon(applied, c.apply(second, final, between))
}

// extensible evaluates a set that a function makes of itself, with a function that extends it.
func (c *invocation) extensible(name *Value, makes *thunk) *Value {
	return c.force(c.knot(func(self *thunk) *Value {
		v := c.with(c.call(c.at, c.force(makes), []*thunk{self}), "__unfix__", given(bare(Function)))
		extend := c.closure(1, func(c *invocation) *Value {
			overlay := c.args[0]
			return c.extensible(name, given(functionValue(&function{builtin: libValue("extends").fn.builtin, args: []*thunk{overlay, makes}})))
		})
		switch {
		case name.kinds == Null:
			return v
		case name.isKnown():
			return c.with(v, name.text, given(extend))
		}
		return bare(Set | Failures)
	}))
}

package eval

// registerSets adds the functions of sets.
func registerSets() {
	register("attrNames", func(c *invocation) *Value {
		s, ok := c.set(0)
		switch {
		case !ok:
			return nil
		case s == nil:
			return bare(List)
		}
		var out []*thunk
		for _, n := range s.sorted() {
			out = append(out, given(stringValue(n)))
		}
		return listValue(out)
	})
	register("attrValues", func(c *invocation) *Value {
		s, ok := c.set(0)
		switch {
		case !ok:
			return nil
		case s == nil:
			return bare(List)
		}
		var out []*thunk
		all := s.flat()
		for _, n := range s.sorted() {
			out = append(out, all[n].value)
		}
		return listValue(out)
	})
	register("hasAttr", func(c *invocation) *Value {
		name, of := c.arg(0, String), c.arg(1, Set)
		switch {
		case name == nil || of == nil:
			return nil
		case !name.isKnown():
			c.fail()
			return someBool
		}
		return c.hasName(of, name.text)
	})
	register("getAttr", func(c *invocation) *Value {
		name, of := c.arg(0, String), c.arg(1, Set)
		switch {
		case name == nil || of == nil:
			return nil
		case !name.isKnown():
			return topValue
		}
		found, has := c.attribute(of, name.text)
		switch {
		case has == Absent:
			f := &Failure{Reason: MissingAttr, at: c.at, Name: name.text}
			if of.isKnown() {
				f.set = of.set
			}
			return failed(f)
		case has == Possible:
			c.fail()
		}
		return found
	})
	register("removeAttrs", func(c *invocation) *Value {
		of := c.arg(0, Set)
		elems, known, ok := c.list(1)
		if of == nil || !ok {
			return nil
		}
		gone := map[string]bool{}
		for _, e := range elems {
			v := c.need(c.force(e), 1, String)
			switch {
			case v == nil:
				return nil
			case !v.isKnown():
				known = false
			default:
				gone[v.text] = true
			}
		}
		if !known {
			c.mayFail()
			return bare(Set)
		}
		if !of.isKnown() || !of.set.plain() || !c.pay(of.set.size) {
			return bare(Set)
		}
		out := &set{own: map[string]attr{}}
		out.code, out.expr = of.set.origin()
		for n, a := range of.set.flat() {
			if !gone[n] {
				out.own[n] = a
			}
		}
		out.size = len(out.own)
		return setValue(out)
	})
	register("intersectAttrs", func(c *invocation) *Value {
		a, okA := c.set(0)
		b, okB := c.set(1)
		switch {
		case !okA || !okB:
			return nil
		case a == nil || b == nil:
			return bare(Set)
		}
		out := &set{own: map[string]attr{}}
		in := a.flat()
		for n, v := range b.flat() {
			if _, ok := in[n]; ok {
				out.own[n] = v
			}
		}
		out.size = len(out.own)
		return setValue(out)
	})
	register("mapAttrs", func(c *invocation) *Value {
		s, ok := c.set(1)
		switch {
		case !ok:
			return nil
		case s == nil:
			return bare(Set)
		}
		out := &set{own: make(map[string]attr, s.size)}
		out.code, out.expr = s.origin()
		for n, a := range s.flat() {
			out.own[n] = attr{value: c.apply(c.args[0], given(stringValue(n)), a.value)}
		}
		out.size = len(out.own)
		return setValue(out)
	})
	register("listToAttrs", func(c *invocation) *Value {
		elems, known, ok := c.list(0)
		if !ok {
			return nil
		}
		out := &set{own: map[string]attr{}}
		for _, e := range elems {
			pair := c.need(c.force(e), 0, Set)
			if pair == nil {
				return nil
			}
			found, has := c.attribute(pair, "name")
			switch has {
			case Absent:
				return c.refuse("a list with a set that has no `name`")
			case Possible:
				c.fail()
			}
			name := c.need(found, 0, String)
			switch {
			case name == nil:
				return nil
			case !name.isKnown() || !pair.isKnown():
				known = false
				continue
			}
			values, has, unknown := pair.set.lookup("value")
			_, twice := out.own[name.text]
			switch {
			case twice:
			case has == Absent:
				return c.refuse("a list with a set that has no `value`")
			case has == Possible || unknown || len(values) != 1:
				known = false
			default:
				out.own[name.text] = attr{value: values[0]}
			}
		}
		if !known {
			c.mayFail()
			return bare(Set)
		}
		out.size = len(out.own)
		return setValue(out)
	})
	register("catAttrs", func(c *invocation) *Value {
		name := c.arg(0, String)
		elems, known, ok := c.list(1)
		if name == nil || !ok {
			return nil
		}
		var out []*thunk
		for _, e := range elems {
			v := c.need(c.force(e), 1, Set)
			switch {
			case v == nil:
				return nil
			case !v.isKnown() || !name.isKnown():
				known = false
				continue
			}
			values, has, unknown := v.set.lookup(name.text)
			switch {
			case has == Absent:
			case has == Present && !unknown && len(values) == 1:
				out = append(out, values[0])
			default:
				known = false
			}
		}
		if !known {
			c.mayFail()
			return bare(List)
		}
		return listValue(out)
	})
	register("groupBy", func(c *invocation) *Value {
		f := c.callable()
		if f == nil {
			return nil
		}
		elems, known, ok := c.list(1)
		if !ok {
			return nil
		}
		groups := map[string][]*thunk{}
		for _, e := range elems {
			name := c.need(c.applied(f, e), 0, String)
			switch {
			case name == nil:
				return nil
			case !name.isKnown():
				known = false
			default:
				groups[name.text] = append(groups[name.text], e)
			}
		}
		if !known {
			c.mayFail()
			return bare(Set)
		}
		out := &set{own: make(map[string]attr, len(groups)), size: len(groups)}
		for n, g := range groups {
			out.own[n] = attr{value: given(listValue(g))}
		}
		return setValue(out)
	})
	register("zipAttrsWith", func(c *invocation) *Value {
		if c.callable() == nil {
			return nil
		}
		elems, known, ok := c.list(1)
		if !ok {
			return nil
		}
		values := map[string][]*thunk{}
		for _, e := range elems {
			s := c.need(c.force(e), 1, Set)
			switch {
			case s == nil:
				return nil
			case !s.isKnown() || !s.set.plain() || !c.pay(s.set.size):
				known = false
				continue
			}
			for n, a := range s.set.flat() {
				values[n] = append(values[n], a.value)
			}
		}
		if !known {
			c.mayFail()
			return bare(Set)
		}
		out := &set{own: make(map[string]attr, len(values)), size: len(values)}
		for n, list := range values {
			out.own[n] = attr{value: c.apply(c.args[0], given(stringValue(n)), given(listValue(list)))}
		}
		return setValue(out)
	})
}

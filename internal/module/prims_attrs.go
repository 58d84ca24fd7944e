package module

import "github.com/nixsift/nixsift/ast"

// attrset evaluates an argument that must be a set and whose names are passed on. It pays for a walk over them.
func (ev *evaluator) attrset(c call, i int) (v *value, ok bool) {
	v, ok = ev.shape(c, i)
	switch {
	case !ok:
		return v, false
	case v.kind == vAttrs && ev.pay(v.size()):
		return v, true
	}
	switch v.kind {
	case vList, vBool, vString, vScalar, vPath, vLambda, vPrim:
		return throws, false
	}
	return someAttrs, true
}

// elements evaluates the first argument, which must be a list whose length, or elements, give the names of a
// set: its shape is not passed on.
func (ev *evaluator) elements(c call) (v *value, ok bool) {
	if v, ok = ev.arg(c, 0); !ok {
		return v, false
	}
	return ev.list(c, 0)
}

// named is the thunk of a string that is known.
func named(name string) *thunk { return given(&value{kind: vString, known: true, s: name}) }

// registerAttrs adds the functions that take and make sets.
func registerAttrs() {
	register("attrNames:1", func(ev *evaluator, c call) *value {
		v, ok := ev.attrset(c, 0)
		if !ok {
			return v
		}
		out := &value{kind: vList, open: v.attrs.open}
		for _, name := range v.attrs.names {
			out.elems = append(out.elems, named(name))
		}
		return out
	})
	register("attrValues:1", func(ev *evaluator, c call) *value {
		v, ok := ev.attrset(c, 0)
		if !ok {
			return v
		}
		out := &value{kind: vList, open: v.attrs.open}
		for _, name := range v.attrs.names {
			out.elems = append(out.elems, v.attrs.index[name].value)
		}
		return out
	})
	register("mapAttrsToList:2", func(ev *evaluator, c call) *value {
		v, ok := ev.attrset(c, 1)
		if !ok {
			return v
		}
		out := &value{kind: vList, open: v.attrs.open}
		for _, name := range v.attrs.names {
			out.elems = append(out.elems, applied(c.args[0], c.at, named(name), v.attrs.index[name].value))
		}
		return out
	})
	register("mapAttrs:2", func(ev *evaluator, c call) *value {
		v, ok := ev.attrset(c, 1)
		if !ok {
			return v
		}
		t := &attrTable{open: v.attrs.open}
		for _, name := range v.attrs.names {
			a := v.attrs.index[name]
			t.set(name, a.part, applied(c.args[0], c.at, named(name), a.value))
		}
		return &value{kind: vAttrs, attrs: t}
	})
	register("filterAttrs:2", func(ev *evaluator, c call) *value {
		v, ok := ev.attrset(c, 1)
		if !ok {
			return v
		}
		t := &attrTable{open: v.attrs.open}
		for _, name := range v.attrs.names {
			a := v.attrs.index[name]
			keep := ev.force(applied(c.args[0], c.at, named(name), a.value))
			switch {
			case keep.kind == vBottom:
				return decided(keep, ByFunction, c.at, c.args[0].node, c.prim.name)
			case keep.kind != vBool || !keep.known:
				t.open = true
			case keep.b:
				t.set(name, a.part, a.value)
			}
		}
		return &value{kind: vAttrs, attrs: t}
	})
	pairs := func(ev *evaluator, c call, elems []*thunk, open bool) *value {
		t := &attrTable{open: open}
		for i, e := range elems {
			if i == maxElems || !ev.pay(1) {
				t.open = true
				break
			}
			pair := ev.force(e)
			if pair.kind == vBottom {
				return passed(pair, ByFunction, c.at, c.prim.name)
			}
			if pair.kind != vAttrs {
				t.open = true
				continue
			}
			name := ev.attr(pair, "name", c.at)
			switch name.kind {
			case vBottom:
				return decided(name, ByFunction, c.at, ast.Node{}, c.prim.name)
			case vString:
				value := unknownThunk
				if a, ok := pair.attrs.get("value"); ok {
					value = a.value
				}
				t.set(name.s, ast.Node{}, value)
			default:
				t.open = true
			}
		}
		return &value{kind: vAttrs, attrs: t}
	}
	register("listToAttrs:1", func(ev *evaluator, c call) *value {
		v, ok := ev.elements(c)
		if !ok {
			return v
		}
		return pairs(ev, c, v.elems, v.open)
	})
	register("mapAttrs':2", func(ev *evaluator, c call) *value {
		v, ok := ev.attrset(c, 1)
		if !ok {
			return v
		}
		var elems []*thunk
		for _, name := range v.attrs.names {
			elems = append(elems, applied(c.args[0], c.at, named(name), v.attrs.index[name].value))
		}
		return pairs(ev, c, elems, v.attrs.open)
	})
	register("genAttrs':2", func(ev *evaluator, c call) *value {
		v, ok := ev.elements(c)
		if !ok {
			return v
		}
		return pairs(ev, c, mapped(v, func(e *thunk) *thunk { return applied(c.args[1], c.at, e) }).elems, v.open)
	})
	register("genAttrs:2", func(ev *evaluator, c call) *value {
		v, ok := ev.elements(c)
		if !ok {
			return v
		}
		t := &attrTable{open: v.open}
		for i, e := range v.elems {
			name := ev.force(e)
			switch {
			case name.kind == vBottom:
				return decided(name, ByFunction, c.at, c.args[0].node, c.prim.name)
			case name.kind == vString && i < maxElems:
				t.set(name.s, ast.Node{}, applied(c.args[1], c.at, e))
			default:
				t.open = true
			}
		}
		return &value{kind: vAttrs, attrs: t}
	})
	register("nameValuePair:2", func(_ *evaluator, c call) *value {
		t := &attrTable{}
		t.set("name", ast.Node{}, c.args[0])
		t.set("value", ast.Node{}, c.args[1])
		return &value{kind: vAttrs, attrs: t}
	})
	union := func(ev *evaluator, c call) *value {
		l, ok := ev.attrset(c, 0)
		if !ok {
			return l
		}
		r, ok := ev.attrset(c, 1)
		if !ok {
			return r
		}
		out := ev.update(l, r)
		if c.prim.name == "recursiveUpdate" {
			// Where both sides have a name, the values are merged: what that gives is left open.
			for _, name := range l.attrs.names {
				if a, both := r.attrs.get(name); both && out.kind == vAttrs {
					out.attrs.set(name, a.part, unknownThunk)
				}
			}
		}
		return out
	}
	register("recursiveUpdate:2 mergeAttrs:2", union)
	register("mergeAttrsList:1", func(ev *evaluator, c call) *value {
		v, ok := ev.elements(c)
		if !ok {
			return v
		}
		out := noAttrs
		for i, e := range v.elems {
			s := ev.force(e)
			switch {
			case s.kind == vBottom:
				return passed(s, ByFunction, c.at, c.prim.name)
			case i == maxElems:
				return someAttrs
			}
			out = ev.update(out, s)
		}
		if v.open {
			return ev.update(out, someAttrs)
		}
		return out
	})
	register("concatMapAttrs:2", func(ev *evaluator, c call) *value {
		v, ok := ev.attrset(c, 1)
		if !ok {
			return v
		}
		for _, name := range v.attrs.names {
			s := ev.force(applied(c.args[0], c.at, named(name), v.attrs.index[name].value))
			if s.kind == vBottom {
				return passed(s, ByFunction, c.at, c.prim.name)
			}
		}
		return someAttrs
	})
	register("removeAttrs:2", func(ev *evaluator, c call) *value {
		v, ok := ev.attrset(c, 0)
		if !ok {
			return v
		}
		names, ok := ev.arg(c, 1)
		if !ok {
			return names
		}
		if b := ev.argument(c.args[1], 'e'); b != nil {
			return decided(b, ByFunction, c.at, c.args[1].node, c.prim.name)
		}
		if !ev.pay(len(names.elems)) {
			return someAttrs
		}
		gone, certain := map[string]bool{}, names.kind == vList && !names.open
		for _, e := range names.elems {
			n := ev.force(e)
			certain = certain && n.kind == vString
			gone[n.s] = true
		}
		if !certain {
			return someAttrs
		}
		t := &attrTable{open: v.attrs.open}
		for _, name := range v.attrs.names {
			if !gone[name] {
				t.set(name, v.attrs.index[name].part, v.attrs.index[name].value)
			}
		}
		return &value{kind: vAttrs, attrs: t}
	})
	register("getAttr:2", func(ev *evaluator, c call) *value {
		name, ok := ev.arg(c, 0)
		if !ok {
			return name
		}
		v := ev.force(c.args[1])
		if name.kind != vString {
			return strict(v, unknown)
		}
		return ev.attr(v, name.s, c.at)
	})
	register("hasAttr:2", func(ev *evaluator, c call) *value {
		name, ok := ev.arg(c, 0)
		if !ok {
			return name
		}
		v, ok := ev.arg(c, 1)
		if !ok || name.kind != vString || v.kind != vAttrs {
			return strict(v, someBool)
		}
		if _, has := v.attrs.get(name.s); has || !v.attrs.open {
			return boolean(has)
		}
		return someBool
	})
	// A path that is known to have an element makes the set be evaluated. Without a default, otherwise is -1, or
	// onlyNames where the value at the end of the path is left alone.
	const onlyNames = -2
	alongPath := func(path, set, otherwise int) func(*evaluator, call) *value {
		return func(ev *evaluator, c call) *value {
			p, ok := ev.arg(c, path)
			if !ok || p.kind != vList {
				return strict(p, unknown)
			}
			at := c.args[set]
			for i, e := range p.elems {
				name, v := ev.force(e), ev.force(at)
				if v.kind == vBottom || name.kind == vBottom {
					return strict(name, v)
				}
				a, found := tableAttr{}, false
				if v.kind == vAttrs && name.kind == vString {
					a, found = v.attrs.get(name.s)
					if !found && !v.attrs.open && otherwise >= 0 {
						return ev.force(c.args[otherwise])
					}
				}
				if !found || p.open || i == maxElems || otherwise == onlyNames && i == len(p.elems)-1 {
					return unknown
				}
				at = a.value
			}
			return ev.force(at)
		}
	}
	register("attrByPath:3", alongPath(0, 2, 1))
	register("getAttrFromPath:2", alongPath(0, 1, -1))
	register("hasAttrByPath:2", func(ev *evaluator, c call) *value {
		return strict(alongPath(0, 1, onlyNames)(ev, c), someBool)
	})
	register("setAttrByPath:2", func(ev *evaluator, c call) *value {
		p, ok := ev.arg(c, 0)
		if !ok || p.kind != vList || len(p.elems) == 0 {
			return strict(p, unknown)
		}
		name := ev.force(p.elems[0])
		switch name.kind {
		case vBottom:
			return decided(name, ByFunction, c.at, c.args[0].node, c.prim.name)
		case vString:
			t := &attrTable{}
			inner := unknownThunk
			if len(p.elems) == 1 && !p.open {
				inner = c.args[1]
			}
			t.set(name.s, ast.Node{}, inner)
			return &value{kind: vAttrs, attrs: t}
		}
		return someAttrs
	})
}

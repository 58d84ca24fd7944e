package module

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
)

// applied is the thunk of f applied to arguments.
func applied(f *thunk, at ast.Node, args ...*thunk) *thunk {
	return &thunk{fn: func(ev *evaluator) *value {
		v := ev.force(f)
		for _, a := range args {
			v = ev.apply(v, a, at)
		}
		return v
	}}
}

// list evaluates an argument that must be a list and whose shape is passed on. It pays for a walk over the elements.
func (ev *evaluator) list(c call, i int) (v *value, ok bool) {
	v, ok = ev.shape(c, i)
	switch {
	case !ok:
		return v, false
	case v.kind == vUnknown:
		return someList, true
	case v.kind != vList:
		return throws, false
	case !ev.pay(len(v.elems)):
		return someList, true
	}
	return v, true
}

// mapped is a list like v with each of its elements replaced.
func mapped(v *value, f func(e *thunk) *thunk) *value {
	out := &value{kind: vList, open: v.open}
	for _, e := range v.elems {
		out.elems = append(out.elems, f(e))
	}
	return out
}

// registerLists adds the functions that take and make lists.
func registerLists() {
	register("singleton:1", func(_ *evaluator, c call) *value { return &value{kind: vList, elems: c.args} })
	register("toList:1", func(ev *evaluator, c call) *value {
		v, ok := ev.shape(c, 0)
		switch {
		case !ok || v.kind == vList:
			return v
		case v.kind == vUnknown:
			return someList
		}
		return &value{kind: vList, elems: c.args}
	})
	mapping := func(f, xs, extra int) func(*evaluator, call) *value {
		return func(ev *evaluator, c call) *value {
			v, ok := ev.list(c, xs)
			if !ok {
				return v
			}
			return mapped(v, func(e *thunk) *thunk {
				if extra > 0 {
					return applied(c.args[f], c.at, given(scalar), e)
				}
				return applied(c.args[f], c.at, e)
			})
		}
	}
	register("map:2", mapping(0, 1, 0))
	register("forEach:2", mapping(1, 0, 0))
	register("imap0:2 imap1:2", mapping(0, 1, 1))
	register("filter:2", func(ev *evaluator, c call) *value {
		v, ok := ev.list(c, 1)
		if !ok {
			return v
		}
		out := &value{kind: vList, open: v.open}
		for i, e := range v.elems {
			if i == maxElems {
				return someList
			}
			keep := ev.force(applied(c.args[0], c.at, e))
			switch {
			case keep.kind == vBottom:
				return decided(keep, ByFunction, c.at, c.args[0].node, c.prim.name)
			case keep.kind != vBool || !keep.known:
				out.open = true
			case keep.b:
				out.elems = append(out.elems, e)
			}
		}
		return out
	})
	flat := func(ev *evaluator, c call, v *value, f *thunk) *value {
		out := &value{kind: vList, open: v.open}
		for i, e := range v.elems {
			if i == maxElems {
				out.open = true
				break
			}
			if f != nil {
				e = applied(f, c.at, e)
			}
			inner := ev.force(e)
			switch inner.kind {
			case vBottom:
				return passed(inner, ByFunction, c.at, c.prim.name)
			case vList:
				if !ev.pay(len(inner.elems)) {
					return someList
				}
				out.elems = append(out.elems, inner.elems...)
				out.open = out.open || inner.open
			default:
				out.open = true
			}
		}
		return out
	}
	register("concatMap:2", func(ev *evaluator, c call) *value {
		v, ok := ev.list(c, 1)
		if !ok {
			return v
		}
		return flat(ev, c, v, c.args[0])
	})
	register("concatLists:1", func(ev *evaluator, c call) *value {
		v, ok := ev.list(c, 0)
		if !ok {
			return v
		}
		return flat(ev, c, v, nil)
	})
	register("concat:2", func(ev *evaluator, c call) *value {
		for i := range c.args {
			if v, ok := ev.list(c, i); !ok {
				return v
			}
		}
		return ev.concat(ev.force(c.args[0]), ev.force(c.args[1]))
	})
	register("flatten:1", func(ev *evaluator, c call) *value {
		v, ok := ev.shape(c, 0)
		if !ok {
			return v
		}
		out := &value{kind: vList}
		if bad := ev.flatten(c, c.args[0], v, out, 8); bad != nil {
			return bad
		}
		return out
	})
	register("elem:2", func(ev *evaluator, c call) *value {
		v, ok := ev.arg(c, 1)
		if !ok {
			return v
		}
		if v.kind == vList && len(v.elems) > 0 && !v.open {
			if x, ok := ev.arg(c, 0); !ok {
				return x
			}
			if e := ev.force(v.elems[0]); e.kind == vBottom {
				return e
			}
		}
		if v.kind == vList && len(v.elems) == 0 && !v.open {
			return theFalse
		}
		return someBool
	})
	register("any:2 all:2", func(ev *evaluator, c call) *value {
		v, ok := ev.arg(c, 1)
		if !ok || v.kind != vList {
			return strict(v, someBool)
		}
		stop := c.prim.name == "any"
		for i, e := range v.elems {
			p := ev.force(applied(c.args[0], c.at, e))
			switch {
			case p.kind == vBottom && !v.open: // an element that is not known may decide before
				return p
			case p.kind != vBool || !p.known || i == maxElems:
				return someBool
			case p.b == stop:
				return boolean(stop)
			}
		}
		if v.open {
			return someBool
		}
		return boolean(!stop)
	})
	fold := func(right bool) func(*evaluator, call) *value {
		return func(ev *evaluator, c call) *value {
			v, ok := ev.arg(c, 2)
			if !ok || v.kind != vList || v.open || len(v.elems) > 32 {
				return strict(v, unknown)
			}
			acc := c.args[1]
			for i := range v.elems {
				if right {
					acc = applied(c.args[0], c.at, v.elems[len(v.elems)-1-i], acc)
				} else {
					acc = applied(c.args[0], c.at, acc, v.elems[i])
				}
			}
			out := ev.force(acc)
			if out.kind == vBottom {
				return passed(out, ByFunction, c.at, c.prim.name)
			}
			return out
		}
	}
	register("foldl':3 foldl:3", fold(false))
	register("foldr:3 fold:3", fold(true))
	register("head:1 last:1", func(ev *evaluator, c call) *value {
		v, ok := ev.list(c, 0)
		switch {
		case !ok:
			return v
		case len(v.elems) == 0 || v.open:
			return unknown
		case c.prim.name == "head":
			return ev.force(v.elems[0])
		}
		return ev.force(v.elems[len(v.elems)-1])
	})
	register("elemAt:2", func(ev *evaluator, c call) *value {
		v, ok := ev.list(c, 0)
		if !ok {
			return v
		}
		if i, ok := ev.arg(c, 1); !ok {
			return i
		}
		return unknown
	})
	register("reverseList:1", func(ev *evaluator, c call) *value {
		v, ok := ev.list(c, 0)
		if !ok {
			return v
		}
		elems := slices.Clone(v.elems)
		slices.Reverse(elems)
		return &value{kind: vList, elems: elems, open: v.open}
	})
	register("unique:1", func(ev *evaluator, c call) *value { v, _ := ev.list(c, 0); return v })
	part := func(xs int) func(*evaluator, call) *value {
		return func(ev *evaluator, c call) *value {
			v, ok := ev.list(c, xs)
			if !ok {
				return v
			}
			for i := range c.args {
				if n, ok := ev.arg(c, i); i != xs && !ok {
					return n
				}
			}
			return someList
		}
	}
	register("tail:1 init:1", part(0))
	register("take:2 drop:2 takeEnd:2 dropEnd:2", part(1))
	register("sublist:3", part(2))
}

// flatten adds the elements of nested lists to out; the result is the bottom it meets, or nil.
func (ev *evaluator) flatten(c call, t *thunk, v, out *value, levels int) *value {
	switch {
	case v.kind == vBottom:
		return passed(v, ByFunction, c.at, c.prim.name)
	case v.kind == vUnknown || levels == 0 || len(out.elems) > maxElems || !ev.pay(1):
		out.open = true
		return nil
	case v.kind != vList:
		out.elems = append(out.elems, t)
		return nil
	}
	out.open = out.open || v.open
	for _, e := range v.elems {
		if bad := ev.flatten(c, e, ev.force(e), out, levels-1); bad != nil {
			return bad
		}
	}
	return nil
}

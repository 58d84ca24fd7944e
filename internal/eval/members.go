package eval

import (
	"maps"
	"slices"
)

// Members returns the names of the attributes that a value may have, sorted. whole tells that the value, if it does not fail, is a
// set, and that it has no others.
func (v *Value) Members() (names []string, whole bool) {
	found := map[string]bool{}
	whole = v.kinds&^Failures != 0
	v.each(func(x *Value) {
		switch {
		case x.kinds&^Failures == 0:
		case x.set == nil:
			whole = false
		default:
			for s := x.set; s != nil; s = s.below {
				whole = whole && !s.open
				for name := range s.all {
					found[name] = true
				}
			}
		}
	})
	return slices.Sorted(maps.Keys(found)), whole
}

// Member returns what an attribute of a value may be. It is none where nothing is known of that: where the value may be something
// else than the sets that are known, too, or these may have any value for it.
func (v *Value) Member(name string) Part {
	var all []*thunk
	known := true
	v.each(func(x *Value) {
		switch {
		case x.kinds&^Failures == 0:
		case x.set == nil:
			known = false
		default:
			values, _, unknown := x.set.lookup(name)
			known = known && !unknown
			for _, t := range values {
				if !slices.Contains(all, t) {
					all = append(all, t)
				}
			}
		}
	})
	if !known || len(all) == 0 {
		return Part{}
	}
	if len(all) == 1 {
		return Part{all[0]}
	}
	return Part{&thunk{fn: func(ev *Evaluation) (out *Value) {
		for _, t := range all {
			out = join(out, ev.force(t))
		}
		return out
	}}}
}

// Perhaps returns a part that is a set which may have each of some attributes, of which nothing else is known, and no others.
func Perhaps(names ...string) Part {
	prepare()
	s := &set{own: make(map[string]attr, len(names)), size: len(names)}
	for _, name := range names {
		s.own[name] = attr{value: topThunk, maybe: true}
	}
	return Part{given(setValue(s))}
}

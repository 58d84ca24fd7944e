package eval

import (
	"maps"
	"slices"
)

// Lookup tells of an attribute whether a value that is a set has it. p is what it is in that case; whole is set where it can be
// nothing else.
func (v *Value) Lookup(name string) (p Part, has Presence, whole bool) {
	if v.kinds&^Failures != Set || v.rest&Set != 0 {
		return Part{}, Possible, false
	}
	var all []*thunk
	whole = true
	for i, s := range v.sets() {
		values, here, unknown := s.lookup(name)
		for _, t := range values {
			if !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
		if i == 0 {
			has = here
		} else if here != has {
			has = Possible
		}
		whole = whole && !unknown
	}
	switch len(all) {
	case 0:
		return Part{}, has, whole
	case 1:
		return Part{all[0]}, has, whole
	}
	return Part{&thunk{fn: func(ev *Evaluation) (out *Value) {
		for _, t := range all {
			out = join(out, ev.force(t))
		}
		return out
	}}}, has, whole
}

// Has reports whether a value, if it does not fail, surely is a set with an attribute.
func (v *Value) Has(name string) bool {
	_, has, _ := v.Lookup(name)
	return has == Present
}

// Attr returns an attribute. ok is false where a value, if it does not fail, is not surely a set that has it, or where
// something that is not known may have put another in its place.
func (v *Value) Attr(name string) (p Part, ok bool) {
	p, has, whole := v.Lookup(name)
	if has != Present || !whole {
		return Part{}, false
	}
	return p, true
}

// Member returns what an attribute of a value may be. It is none where nothing is known of that: where the value may be something
// else than the sets that are known, too, or these may have any value for it.
func (v *Value) Member(name string) Part {
	if p, _, whole := v.Lookup(name); whole {
		return p
	}
	return Part{}
}

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

// Perhaps returns a part that is a set which may have each of some attributes, of which nothing else is known, and no others.
func Perhaps(names ...string) Part {
	prepare()
	s := &set{own: make(map[string]attr, len(names)), size: len(names)}
	for _, name := range names {
		s.own[name] = attr{value: topThunk, maybe: true}
	}
	return Part{given(setValue(s))}
}

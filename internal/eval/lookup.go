package eval

// Presence says whether a set has an attribute.
type Presence uint8

// The presences. Possible is said, too, of a value of which it is not known whether it is a set.
const (
	Absent Presence = iota
	Possible
	Present
)

// Lookup tells of an attribute whether a value that is a set has it. p is what it is in that case; whole is set where it can be
// nothing else.
func (v *Value) Lookup(name string) (p Part, has Presence, whole bool) {
	if v.kinds&^Failures != Set || v.rest&Set != 0 {
		return Part{}, Possible, false
	}
	var all []*thunk
	first := true
	whole = true
	for _, s := range v.sets() {
		values, in, unknown := s.lookup(name)
		all = append(all, values...)
		if here := Presence(in); first {
			has, first = here, false
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

package eval

// Source is something whose value a question must not need: an argument that exists only when the answer is known. Its
// address is its identity.
type Source struct {
	// Name is the name of the argument.
	Name string
}

// NeedsSource returns something whose evaluation surely fails, with the reason Needed, and tells of the source.
func NeedsSource(s *Source) Part {
	prepare()
	return Part{given(failed(&Failure{Reason: Needed, source: s}))}
}

// Source returns the source that is needed where the reason is Needed, else nil.
func (f *Failure) Source() *Source { return f.source }

// Step is a place through which a failure came, and the next one inward.
type Step struct {
	Code *Code
	Expr Expr
	// Function is the name of the builtin, or of the function of lib, whose call the place is, where that does not go on.
	Function string
	// Next is nil at the expression that forces the source.
	Next *Step
}

// Need is one way in which a value fails: by needing a source. From leads from the expression that fails, by names,
// selections and whatever else does not go on without the value, to the one that forces the source; nil where the value is
// the source itself.
type Need struct {
	*Source
	From *Step
}

// Needs returns the sources that a value may fail for want of, in the order in which they are met. If the value Fails, it
// needs one of them, or fails in another way.
func (v *Value) Needs() (needs []Need) {
	add := func(x *Value) {
		if x.fail != nil && x.fail.Reason == Needed {
			needs = append(needs, Need{x.fail.source, x.via})
		}
	}
	add(v)
	for _, a := range v.alts {
		add(a)
	}
	return needs
}

// needs reports whether a value may fail for want of a source.
func (v *Value) needs() bool {
	if v.fail != nil {
		return v.fail.Reason == Needed
	}
	for _, a := range v.alts {
		if a.fail != nil && a.fail.Reason == Needed {
			return true
		}
	}
	return false
}

// through notes that a value, which fails, does so at one more place, for a function that is called there or none.
func (v *Value) through(at site, function string) *Value {
	if at.code == nil || !v.needs() {
		return v
	}
	out := *v
	if v.fail != nil {
		out.via = &Step{at.code, at.expr, function, v.via}
		return &out
	}
	out.alts = make([]*Value, len(v.alts))
	for i, a := range v.alts {
		if out.alts[i] = a; a.fail != nil {
			out.alts[i] = a.through(at, function)
		}
	}
	return &out
}

// narrowed is what is left of alternatives that are too many: the first failure for want of a source.
func narrowed(kinds Kinds, alts []*Value) *Value {
	for _, a := range alts {
		if a.needs() {
			return &Value{kinds: kinds, rest: kinds, alts: []*Value{a}}
		}
	}
	return bare(kinds)
}

package eval

// selectExpr evaluates a.b.c, with a default or without.
func (ev *Evaluation) selectExpr(at site, x *expr, in *env) *Value {
	v := ev.eval(at.code, Expr(x.a), in)
	var out, otherwise *Value // what it has come to on ways that end early; otherwise is the default
	fallback := func() {
		if otherwise == nil {
			otherwise = ev.eval(at.code, Expr(x.d), in)
			out = join(out, otherwise)
		}
	}
	path := at.code.paths[x.b:x.c]
	for i := range path {
		part := &path[i]
		if v.Fails() {
			return join(out, v)
		}
		if v.IsForeign() {
			if x.d == 0 {
				v = ev.assumed(v, path[len(path)-1].named)
			}
			return join(out, v)
		}
		name := part.sym
		known := part.dyn == 0
		if !known {
			computed, bad := ev.nameOf(at, part, in)
			if out = join(out, bad); computed == nil {
				return join(out, v.only(Failures))
			}
			name, known = computed.text, computed.isKnown()
		}
		ok, bad := ev.want(v, Set, func(got Kinds) *Failure {
			return &Failure{Reason: NotSet, at: at, Start: part.start, End: part.end, Got: got, Name: part.text()}
		})
		if x.d != 0 {
			bad = v.only(Failures)
			if v.kinds&^(Set|Failures) != 0 {
				fallback()
			}
		}
		if out = join(out, bad); ok == nil {
			return out
		}
		if !known {
			if x.d != 0 {
				fallback()
			}
			return join(out, topValue)
		}
		found, has := ev.attribute(ok, name)
		if has != Present {
			switch {
			case x.d != 0:
				fallback()
			case has == Absent:
				f := &Failure{Reason: MissingAttr, at: at, Name: name, Start: part.start, End: part.end}
				if ok.isKnown() {
					f.set = ok.set
				}
				return join(out, failed(f))
			case found.IsForeign():
			default:
				out = join(out, bare(Hard))
			}
		}
		if has == Absent {
			return out
		}
		v = found
	}
	if x.d == 0 {
		v = ev.assumed(v, path[len(path)-1].named)
	}
	return join(out, v)
}

func (a *attrName) text() string {
	if a.dyn != 0 {
		return ""
	}
	return a.sym
}

// nameOf evaluates a computed name that is selected or asked for. The name is nil where that surely fails.
func (ev *Evaluation) nameOf(at site, part *attrName, in *env) (name, bad *Value) {
	v := ev.eval(at.code, part.dyn, in)
	return ev.want(v, String, func(got Kinds) *Failure {
		return &Failure{Reason: BadName, at: at, Start: part.start, End: part.end, Got: got}
	})
}

// hasAttr evaluates v ? path.
func (ev *Evaluation) hasAttr(at site, v *Value, path []attrName, in *env) *Value {
	var out *Value
	for i := range path {
		out = join(out, v.only(Failures))
		if v.Fails() {
			return out
		}
		name, known := path[i].sym, path[i].dyn == 0
		if !known {
			computed, bad := ev.nameOf(at, &path[i], in)
			if out = join(out, bad); computed == nil {
				return out
			}
			name, known = computed.text, computed.isKnown()
		}
		sets, last := v.only(Set), i == len(path)-1
		if v.kinds&^(Set|Failures) != 0 {
			out = join(out, falseValue)
		}
		if sets == nil {
			return out
		}
		if !known {
			if last {
				return join(out, someBool)
			}
			return join(out, join(someBool, failing))
		}
		if last {
			return join(out, ev.hasName(sets, name))
		}
		found, has := ev.attribute(sets, name)
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

// hasName tells whether sets have a name, as a Boolean.
func (ev *Evaluation) hasName(sets *Value, name string) (out *Value) {
	sets.each(func(alt *Value) {
		s := alt.set
		if s == nil {
			s = openSet
		}
		switch _, has, _ := s.lookup(name); has {
		case Present:
			out = join(out, trueValue)
		case Absent:
			out = join(out, falseValue)
		default:
			out = someBool
		}
	})
	return out
}

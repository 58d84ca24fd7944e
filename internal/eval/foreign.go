package eval

import "slices"

// RestsOnLib reports whether a failure in a file is none where an argument called lib is not nixpkgs' lib.
func (f *Finding) RestsOnLib(code *Code, imports func(path string) *Code) bool {
	if !code.takesLib() && (imports == nil || !code.loads()) {
		return false
	}
	e := f.entry
	switch {
	case f.Inside != nil:
	case f.Reason == Recursion && f.thunk.code == code:
		e = f.thunk.expr
	case f.at.code != code:
		return true
	default:
		e = f.at.expr
		if up := code.located().around[e]; f.Reason == Uncoercible && code.exprs[up].op == opConcat {
			e = up
		}
	}
	ev := &Evaluation{Fuel: Fuel, Import: imports, foreign: true}
	v := ev.Ask(NewScopes(code, nil).Within(e))
	if f.of.is && !v.Fails() {
		t := v.element(f.of)
		return t == nil || !ev.ask(t).Fails()
	}
	return !v.Fails() && (f.Inside != nil || !f.failsWith(v))
}

// takesLib reports whether a file means functions of a lib that somebody passes.
func (c *Code) takesLib() bool {
	for i := range c.exprs {
		if c.exprs[i].op == opGlobal && c.exprs[i].c == ofLibGiven {
			return true
		}
	}
	return false
}

// loads reports whether a file names a function that evaluates other files, which may take lib from it.
func (c *Code) loads() bool {
	for i := range c.exprs {
		switch name := c.lastName(Expr(i)); {
		case name == "import", name == "scopedImport", byName[name] != 0:
			return true
		}
	}
	return slices.ContainsFunc(c.lambdas, func(l lambdaCode) bool {
		return slices.ContainsFunc(l.formals, func(f formalCode) bool { return f.named != 0 })
	})
}

package eval

import "github.com/nixsift/nixsift/ast"

// byName are functions of package sets, which are known by their name wherever nothing is known of their value: what a set
// of packages, an argument or a with has under that name is taken for it.
var byName = map[string]uint32{}

// Loads reports whether a file names a function that evaluates other files: import, callPackage or one of its kin.
func Loads(t *ast.Tree) bool {
	prepare()
	for i, r := range t.Records() {
		if r.Kind != ast.Ident && r.Kind != ast.Name {
			continue
		}
		switch name := t.Node(ast.NodeID(i)).Text(); {
		case name == "import", name == "scopedImport", byName[name] != 0:
			return true
		}
	}
	return false
}

// assumed returns what an expression of which nothing is known is by its name, or v.
func (ev *Evaluation) assumed(v *Value, named uint32) *Value {
	if named == 0 || v.rest != Anything {
		return v
	}
	return mayFailTo[named]
}

// mayFailTo are the values of byName, joined with the failures that evaluating the name may end in.
var mayFailTo = map[uint32]*Value{}

// packageFunction says which arguments of a function that fills in arguments are what: the packages to fill in from, or -1
// where those are not known, the function or file, and the arguments that are passed.
type packageFunction struct{ auto, fn, args int }

// registerCallPackage adds callPackage and what makes it. Facts: lib/customisation.nix of nixpkgs.
func registerCallPackage() {
	for name, f := range map[string]packageFunction{
		"callPackage": {-1, 0, 1}, "callPackages": {-1, 0, 1}, "newScope": {-1, 1, 2}, "callPackageWith": {0, 1, 2}, "callPackagesWith": {0, 1, 2},
	} {
		registerInLib("customisation", name, f.args+1, 0, func(c *invocation) *Value {
			v := c.callPackage(f)
			if v == nil {
				return nil
			}
			if name == "callPackages" || name == "callPackagesWith" {
				return c.packagesOf(v)
			}
			return overridable(v)
		})
		i := libIndex[name].index
		byName[name], mayFailTo[i] = i, join(builtinValues[i], failing)
		if f.auto < 0 {
			delete(libIndex, name) // lib has none
		}
	}
}

// callPackage evaluates the call of a function, or of what a file has, with arguments that are filled in.
func (c *invocation) callPackage(f packageFunction) *Value {
	if f.auto < 0 && c.passesNothing(f) {
		if c.Disk != nil {
			c.reads(ReadCode, c.force(c.args[f.fn]))
		}
		return topValue // a set of packages calls hundreds of files so
	}
	fn := c.loaded(c.args[f.fn])
	var out *Value
	wrong, alternatives := Kinds(0), 0
	fn.each(func(x *Value) {
		switch {
		case x.kinds&Failures != 0:
			c.fails = join(c.fails, x)
			return
		case x.kinds == Function && x.isKnown() && x.fn.code != nil && x.fn.lambda().pattern:
			out = join(out, c.filled(f, x.fn))
		case x.kinds == Function && x.isKnown() && x.fn.code != nil:
			// Some releases of nixpkgs look at the arguments though nothing is filled in.
			if v := c.force(c.args[f.args]); v.kinds&^Set != 0 || f.auto >= 0 && c.force(c.args[f.auto]).kinds&^Set != 0 {
				c.mayFail()
			}
			out = join(out, c.applied(x, c.args[f.args]))
		case x.kinds == Function:
			out = topValue
		case x.kinds == Set && x.set == nil:
			out = topValue
		case x.kinds == Set:
			if _, has, _ := x.set.lookup(functorName); has != Absent {
				out = topValue
				return
			}
			wrong |= Set
		default:
			wrong |= x.kinds
		}
		alternatives++
	})
	switch {
	case wrong == 0:
	case out == nil:
		failure := &Failure{Reason: NotFunction, at: c.at, Got: wrong, Filled: true}
		if fn.isKnown() {
			failure.set = fn.set
		}
		out = failed(failure)
	default:
		out = join(out, bare(Hard))
	}
	return out
}

// passesNothing reports whether a call passes { } and nobody takes an attribute of what it gives: whatever is filled in,
// nothing can be said of it.
func (c *invocation) passesNothing(f packageFunction) bool {
	t := c.args[f.args]
	if t.code == nil || t.code.exprs[t.expr].op != opSet || c.at.code == nil || c.at.code.exprs[c.at.expr].asked {
		return false
	}
	s := &t.code.sets[t.code.exprs[t.expr].a]
	return len(s.attrs) == 0 && len(s.dynamic) == 0
}

// loaded evaluates what callPackage takes for a function: what is one, or what a file has.
func (c *invocation) loaded(t *thunk) *Value {
	var out *Value
	c.force(t).each(func(x *Value) {
		switch {
		case x.kinds == Path && x.isKnown():
			of := &invocation{Evaluation: c.Evaluation, at: c.at, b: c.b, args: []*thunk{given(x)}}
			out = join(out, join(importFile(of), of.fails))
		case x.kinds&(Function|Failures) != 0 || x.kinds == Set && x.set != nil:
			if x.kinds == Set {
				if _, has, _ := x.set.lookup(functorName); has != Present {
					out = topValue // it may have an outPath
					return
				}
			}
			out = join(out, x)
		default:
			out = topValue
		}
	})
	return out
}

// filled calls a function with the arguments that are passed and those of its own names that are filled in.
func (c *invocation) filled(f packageFunction, fn *function) *Value {
	passed := c.arg(f.args, Set)
	if passed == nil {
		return nil
	}
	auto := bare(Set)
	if f.auto >= 0 {
		if auto = c.arg(f.auto, Set); auto == nil {
			return nil
		}
	}
	l := fn.lambda()
	below := &set{own: make(map[string]attr, len(l.formals)), size: len(l.formals)}
	for i := range l.formals {
		name := l.formals[i].sym
		if !auto.isKnown() || auto.set == nil {
			below.own[name] = attr{value: topThunk, maybe: true}
			continue
		}
		switch values, has, unknown := auto.set.lookup(name); {
		case has == Present && !unknown && len(values) == 1:
			below.own[name] = attr{value: values[0]}
		case has != Absent:
			below.own[name] = attr{value: topThunk, maybe: true}
		}
	}
	at := c.at
	at.lexical = false
	var out *Value
	passed.each(func(x *Value) {
		above := x.set
		if above == nil {
			above = openSet
		}
		if x.kinds != Set || !c.pay(1+above.depth+len(l.formals)) {
			out = join(out, topValue)
			return
		}
		all := update(below, above)
		arg := given(setValue(all))
		v := c.callPattern(at, fn, all, arg)
		v.failures(func(f *Failure) {
			if f.arg == arg {
				f.at, f.arg, f.Filled = c.at, c.args[len(c.args)-1], true
			}
		})
		if v.Fails() {
			v = each(v, func(x *Value) *Value {
				if f := x.fail; f != nil && !f.at.lexical && !f.Filled {
					told := *f
					told.Filled = true
					x = &Value{kinds: x.kinds, fail: &told, via: x.via}
				}
				return x
			})
		}
		out = join(out, v)
	})
	return out
}

// overrides are the attributes that lib.makeOverridable adds to a set.
var overrides = map[string]attr{
	"override": {value: topThunk, maybe: true}, "overrideAttrs": {value: topThunk, maybe: true}, "overrideDerivation": {value: topThunk, maybe: true},
}

// overridable returns what lib.makeOverridable makes of the result of a call.
func overridable(v *Value) *Value {
	var out *Value
	v.each(func(x *Value) {
		switch {
		case x.kinds == Set && x.set != nil:
			s := set{own: overrides, below: x.set, depth: x.set.depth + 1, size: x.set.size + len(overrides), made: true}
			s.code, s.expr = x.set.code, x.set.expr
			out = join(out, setValue(&s))
		case x.kinds == Function:
			out = topValue // a set that can be called
		default:
			out = join(out, x)
		}
	})
	return out
}

// packagesOf returns what callPackages makes of the result of a call: each attribute made anew.
func (c *invocation) packagesOf(v *Value) *Value {
	if v.Fails() {
		return v
	}
	c.mayFail() // of a derivation
	if !v.isKnown() || v.kinds != Set || !v.set.plain() || !c.pay(v.set.size) {
		return join(bare(Set), v.only(Failures))
	}
	out := &set{own: make(map[string]attr, v.set.size), code: v.set.code, expr: v.set.expr}
	for n := range v.set.flat() {
		out.own[n] = attr{value: topThunk}
	}
	out.size = len(out.own)
	return setValue(out)
}

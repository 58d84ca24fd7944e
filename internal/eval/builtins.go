package eval

import (
	"slices"
	"sync"

	"github.com/nixsift/nixsift/internal/sema"
)

// builtin is a function of builtins.
type builtin struct {
	name  string
	arity int
	// assumed is set for functions of nixpkgs that are known by their name only (see builders).
	assumed bool
	// run evaluates a call. It returns what the call gives where the arguments are as Nix wants them, or nil where that is
	// impossible; the failures are those of the invocation besides.
	run func(c *invocation) *Value
}

// invocation is a call of a builtin with all its arguments.
type invocation struct {
	*Evaluation
	at    site
	b     *builtin
	args  []*thunk
	fails *Value
	// part is the attribute of the value that fails, where the call itself does not.
	part string
}

var (
	builtinTable  []*builtin
	builtinValues []*Value
	builtinIndex  = map[string]uint32{}
	builtinsValue *Value
)

// prepare fills the tables, which only runs that evaluate something need.
var prepare = sync.OnceFunc(func() {
	for i := range bareValues {
		bareValues[i] = Value{kinds: Kinds(i), rest: Kinds(i)}
	}
	registerPlain()
	registerLists()
	registerSets()
	registerStrings()
	registerData()
	registerVersions()
	registerDerivation()
	registerNamed()
	registerLib()
	registerCallPackage()
	registerBuilders()
	own := map[string]attr{}
	for i := range sema.Builtins() {
		known := &sema.Builtins()[i]
		index, ok := builtinIndex[known.Name]
		if !ok {
			continue
		}
		always := known.Since.IsZero() && known.Until.IsZero() && known.Feature == "" && known.Only == ""
		own[known.Name] = attr{value: given(builtinValues[index]), maybe: !always}
	}
	for name, v := range map[string]*Value{
		"true": trueValue, "false": falseValue, "null": nullValue, "langVersion": bare(Int), "nixVersion": bare(String),
		"storeDir": bare(String), "currentSystem": bare(String | Hard),
	} {
		own[name] = attr{value: given(v), maybe: name == "currentSystem"}
	}
	builtinsValue = setValue(&set{own: own, open: true, notLib: true, size: len(own)})
	own["builtins"] = attr{value: given(builtinsValue)}
})

// register adds a builtin, with as many arguments as sema knows of it.
func register(name string, run func(c *invocation) *Value) {
	b := &builtin{name: name, arity: int(sema.LookupBuiltin(name).Args), run: run}
	builtinIndex[name] = uint32(len(builtinTable))
	builtinTable = append(builtinTable, b)
	builtinValues = append(builtinValues, functionValue(&function{builtin: b}))
}

// callBuiltin applies a builtin to as many of the arguments as it takes.
func (ev *Evaluation) callBuiltin(at site, f *function, args []*thunk) (v *Value, used int) {
	used = min(len(args), f.builtin.arity-len(f.args))
	all := slices.Concat(f.args, args[:used])
	if len(all) < f.builtin.arity {
		return functionValue(&function{builtin: f.builtin, args: all}), used
	}
	if !ev.pay(1) {
		return topValue, used
	}
	c := &invocation{Evaluation: ev, at: at, b: f.builtin, args: all}
	v = join(f.builtin.run(c), c.fails)
	if v.Fails() {
		v = v.through(at, f.builtin.name)
	}
	return v, used
}

// arg evaluates an argument that must be of one of the kinds; nil where it cannot be.
func (c *invocation) arg(i int, k Kinds) *Value {
	return c.need(c.force(c.args[i]), i, k)
}

// need requires that a value, an argument or what stands in it, is of one of the kinds.
func (c *invocation) need(v *Value, i int, k Kinds) *Value {
	return c.needAs(v, i, k, k)
}

// needAs is need, where the kinds that the function is meant for are fewer than those with which it may not fail.
func (c *invocation) needAs(v *Value, i int, k, meant Kinds) *Value {
	ok, bad := c.want(v, k, func(got Kinds) *Failure {
		return &Failure{Reason: BadBuiltinArg, at: c.at, Got: got, Want: meant, Index: i, Name: c.b.name}
	})
	c.fails = join(c.fails, bad)
	return ok
}

// callable evaluates the first argument, which must be a function, or a set that is called as one.
func (c *invocation) callable() *Value {
	v := c.needAs(c.force(c.args[0]), 0, Function|Set, Function)
	if v == nil || v.kinds == Function {
		return v
	}
	out := v.only(Function)
	missing := false
	v.each(func(x *Value) {
		if x.kinds != Set {
			return
		}
		has := Possible
		if x.set != nil {
			_, has, _ = x.set.lookup(functorName)
		}
		if has != Absent {
			out = join(out, x)
		}
		missing = missing || has != Present
	})
	switch {
	case out == nil:
		c.fails = join(c.fails, failed(&Failure{Reason: BadBuiltinArg, at: c.at, Got: Set, Want: Function, Name: c.b.name}))
	case missing:
		c.fail()
	}
	return out
}

// text coerces an argument to a string, as interpolation does.
func (c *invocation) text(i int, how coercion) *Value {
	return c.textOf(c.force(c.args[i]), i, how)
}

func (c *invocation) textOf(v *Value, i int, how coercion) *Value {
	how.at, how.reason, how.index, how.name = c.at, BadBuiltinArg, i, c.b.name
	ok, bad := c.coerce(v, how)
	c.fails = join(c.fails, bad)
	return ok
}

// fail notes that the call may fail in a way that tryEval does not catch, mayFail that it may in any way.
func (c *invocation) fail()    { c.fails = join(c.fails, bare(Hard)) }
func (c *invocation) mayFail() { c.fails = join(c.fails, failing) }

// refuse notes that the call surely fails for what it gets, whose kinds are the right ones.
func (c *invocation) refuse(what string) *Value {
	c.fails = join(c.fails, failed(&Failure{Reason: OutOfRange, at: c.at, Name: c.b.name, Text: what, part: c.part}))
	return nil
}

// list evaluates an argument that must be a list. known tells that its elements are.
func (c *invocation) list(i int) (elems []*thunk, known, ok bool) {
	v := c.arg(i, List)
	switch {
	case v == nil:
		return nil, false, false
	case !v.isKnown():
		return nil, false, true
	}
	return v.list, c.pay(len(v.list)), true
}

// set evaluates an argument that must be a set; the result is nil where not all its attributes are known.
func (c *invocation) set(i int) (s *set, ok bool) {
	v := c.arg(i, Set)
	if v == nil {
		return nil, false
	}
	if !v.isKnown() || !v.set.plain() || !c.pay(v.set.size) {
		return nil, true
	}
	return v.set, true
}

// apply returns the thunk of a call.
func (c *invocation) apply(f *thunk, args ...*thunk) *thunk {
	at := c.at
	at.lexical = false
	return &thunk{fn: func(ev *Evaluation) *Value { return ev.call(at, ev.force(f), args) }}
}

// applied evaluates a call at once.
func (c *invocation) applied(f *Value, args ...*thunk) *Value {
	at := c.at
	at.lexical = false
	return c.call(at, f, args)
}

// registerPlain adds the functions of kinds, numbers and failures.
func registerPlain() {
	for name, k := range map[string]Kinds{
		"isAttrs": Set, "isList": List, "isString": String, "isInt": Int, "isFloat": Float, "isBool": Bool, "isNull": Null,
		"isPath": Path, "isFunction": Function,
	} {
		register(name, func(c *invocation) *Value {
			v := c.arg(0, Anything&^Failures)
			switch {
			case v == nil:
				return nil
			case v.kinds&^k == 0:
				return trueValue
			case v.kinds&k == 0:
				return falseValue
			}
			return someBool
		})
	}
	names := [...]string{"int", "float", "bool", "null", "string", "path", "list", "set", "lambda"}
	register("typeOf", func(c *invocation) *Value {
		v := c.arg(0, Anything&^Failures)
		if v == nil {
			return nil
		}
		for i, name := range names {
			if v.kinds == 1<<i {
				return stringValue(name)
			}
		}
		return bare(String)
	})
	for name, o := range map[string]op{"add": opAdd, "sub": opSub, "mul": opMul, "div": opDiv} {
		register(name, func(c *invocation) *Value {
			return c.arithmetic(c.at, o, c.force(c.args[0]), c.force(c.args[1]))
		})
	}
	register("lessThan", func(c *invocation) *Value { return c.less(c.at, c.force(c.args[0]), c.force(c.args[1]), false) })
	for name, f := range map[string]func(a, b int64) int64{
		"bitAnd": func(a, b int64) int64 { return a & b },
		"bitOr":  func(a, b int64) int64 { return a | b },
		"bitXor": func(a, b int64) int64 { return a ^ b },
	} {
		register(name, func(c *invocation) *Value {
			a := c.arg(0, Int)
			if a == nil {
				return nil
			}
			b := c.arg(1, Int)
			switch {
			case b == nil:
				return nil
			case a.isKnown() && b.isKnown():
				return intValue(f(a.num, b.num))
			}
			return bare(Int)
		})
	}
	for _, name := range []string{"ceil", "floor"} {
		register(name, func(c *invocation) *Value {
			if c.arg(0, numbers) == nil {
				return nil
			}
			c.fail() // of a float that is too large
			return bare(Int)
		})
	}
	register("throw", func(c *invocation) *Value {
		if c.text(0, coercion{copies: true}) == nil {
			return nil
		}
		return &Value{kinds: Caught, fail: &Failure{Reason: Thrown, at: c.at}}
	})
	register("abort", func(c *invocation) *Value {
		if c.text(0, coercion{copies: true}) == nil {
			return nil
		}
		return failed(&Failure{Reason: Aborted, at: c.at})
	})
	register("seq", func(c *invocation) *Value {
		if c.arg(0, Anything&^Failures) == nil {
			return nil
		}
		return c.force(c.args[1])
	})
	register("trace", func(c *invocation) *Value {
		if c.arg(0, Anything&^Failures) == nil {
			return nil
		}
		return c.force(c.args[1])
	})
	register("deepSeq", func(c *invocation) *Value {
		if v := c.arg(0, Anything&^Failures); v == nil || !c.deeply(v, 0) {
			return nil
		}
		return c.force(c.args[1])
	})
	register("break", func(c *invocation) *Value { return c.force(c.args[0]) })
	register("addErrorContext", func(c *invocation) *Value {
		v := c.force(c.args[1])
		if v.kinds&Failures != 0 { // then the text is evaluated, too
			c.mayFail()
		}
		return v
	})
	register("tryEval", func(c *invocation) *Value {
		v := c.force(c.args[0])
		var out *Value
		result := func(success bool, v *Value) {
			out = join(out, setValue(&set{size: 2, own: map[string]attr{
				"success": {value: given(boolValue(success))}, "value": {value: given(v)},
			}}))
		}
		if ok := v.only(Anything &^ Failures); ok != nil {
			result(true, ok)
		}
		if v.kinds&Caught != 0 {
			result(false, falseValue)
		}
		return join(out, v.only(Hard))
	})
	register("functionArgs", func(c *invocation) *Value {
		v := c.arg(0, Function)
		switch {
		case v == nil:
			return nil
		case !v.isKnown():
			return bare(Set)
		}
		if v.fn.builtin != nil && v.fn.builtin.name == "derivation" {
			return bare(Set) // it is a function of Nix
		}
		out := &set{own: map[string]attr{}}
		if v.fn.code != nil {
			for _, f := range v.fn.lambda().formals {
				out.own[f.sym] = attr{value: given(boolValue(f.def != 0))}
			}
		}
		out.size = len(out.own)
		return setValue(out)
	})
	register("import", importFile)
}

// deeply evaluates everything in a value; false where something in it surely fails. Where Nix meets what first, in a set,
// is not known.
func (c *invocation) deeply(v *Value, depth int) bool {
	if depth > maxCompared {
		c.cut()
		c.mayFail()
		return true
	}
	inside := func(t *thunk) bool {
		if !c.pay(1) {
			c.mayFail()
			return true
		}
		w := c.force(t)
		c.fails = join(c.fails, w.only(Failures))
		if w.Fails() {
			return false
		}
		return c.deeply(w, depth+1)
	}
	alternatives, failed := 0, 0
	v.each(func(x *Value) {
		if x.kinds&Failures != 0 {
			return
		}
		alternatives++
		ok := true
		switch {
		case x.kinds == List && x.isKnown():
			for _, t := range x.list {
				if ok = inside(t); !ok {
					break
				}
			}
		case x.kinds == Set && x.isKnown() && x.set.plain():
			all := x.set.flat()
			for _, n := range x.set.sorted() {
				ok = inside(all[n].value) && ok
			}
		case x.kinds == List || x.kinds == Set:
			c.mayFail()
		}
		if !ok {
			failed++
		}
	})
	return failed < alternatives
}

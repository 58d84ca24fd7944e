package eval

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// namedArguments says which attributes a builtin takes in a set.
type namedArguments struct {
	required []string
	// others are those that may be left out; where open is set, any others may be there besides.
	others []string
	open   bool
	// text is set where a string may stand in the place of the set.
	text bool
	// gives are the kinds of what it gives; it may fail in any way besides.
	gives Kinds
}

// registerNamed adds the builtins that take their arguments in a set, and those that give sets with names of their own. Facts:
// primops.cc, primops/fetchTree.cc.
func registerNamed() {
	fetched := namedArguments{required: []string{"url"}, others: []string{"sha256", "name"}, text: true, gives: String | Path}
	for name, takes := range map[string]namedArguments{
		"convertHash":  {required: []string{"hash", "toHashFormat"}, others: []string{"hashAlgo"}, open: true, gives: String},
		"path":         {required: []string{"path"}, others: []string{"name", "filter", "recursive", "sha256"}, gives: String},
		"fetchurl":     fetched,
		"fetchTarball": fetched,
	} {
		register(name, func(c *invocation) *Value { return c.byNames(takes) })
	}
	register("genericClosure", func(c *invocation) *Value {
		return c.closureOf(c.byNames(namedArguments{required: []string{"startSet"}, others: []string{"operator"}, open: true, gives: List}))
	})
	register("parseDrvName", func(c *invocation) *Value {
		s := c.arg(0, String)
		if s == nil {
			return nil
		}
		name, version := bare(String), bare(String)
		if s.isKnown() {
			base, rest := splitDrvName(s.text)
			name, version = stringValue(base), stringValue(rest)
		}
		return setValue(&set{size: 2, own: map[string]attr{"name": {value: given(name)}, "version": {value: given(version)}}})
	})
	register("unsafeGetAttrPos", func(c *invocation) *Value {
		if name, of := c.arg(0, String), c.arg(1, Set); name == nil || of == nil {
			return nil
		}
		return join(nullValue, setValue(position))
	})
	register("toJSON", func(c *invocation) *Value {
		c.mayFail() // of paths that are not there
		if !c.writable(c.force(c.args[0]), 0) {
			return nil
		}
		return bare(String)
	})
}

// position is a place in a file, as __curPos and unsafeGetAttrPos give it.
var position = &set{size: 3, own: map[string]attr{
	"file": {value: &thunk{value: &Value{kinds: String, rest: String}, state: done}}, "line": {value: someInt}, "column": {value: someInt},
}}

var someInt = &thunk{value: &Value{kinds: Int, rest: Int}, state: done}

// byNames evaluates a call of a builtin that takes its arguments in a set.
func (c *invocation) byNames(takes namedArguments) *Value {
	wanted := Set
	if takes.text {
		wanted |= String | Path
	}
	v := c.arg(0, wanted)
	if v == nil {
		return nil
	}
	if v.kinds != Set || !v.isKnown() {
		return bare(takes.gives | Failures)
	}
	required := takes.required
	if c.b.name == "genericClosure" && c.starts(v.set) {
		required = append(slices.Clone(required), "operator")
	}
	lacking := v.set.lacking(required)
	known := slices.Concat(takes.required, takes.others)
	var extra []string
	if !takes.open {
		extra = v.set.others(known)
	}
	failure := &Failure{Reason: MissingArg, at: c.at, Names: lacking, arg: c.args[0], takes: known}
	switch {
	case len(extra) > 0:
		failure.Reason, failure.Names = UnexpectedArg, sortedNames(extra)
	case len(lacking) == 0:
		return bare(takes.gives | Failures)
	}
	c.mayFail()
	c.fails = join(c.fails, failed(failure))
	return nil
}

// closureOf evaluates what genericClosure gets, as far as that is known: a list to start with, and, unless that is empty, a
// function that gives lists. Elements are sets with a key.
func (c *invocation) closureOf(v *Value) *Value {
	in := c.force(c.args[0])
	if v == nil || in.kinds != Set || !in.isKnown() {
		return v
	}
	start := c.attributeOf(in.set, "startSet")
	if start == nil {
		return v
	}
	list := c.need(start, 0, List)
	if list == nil {
		return nil
	}
	if list.kinds != List || !list.isKnown() || len(list.list) == 0 {
		return v
	}
	operator := c.attributeOf(in.set, "operator")
	if operator != nil && c.needAs(operator, 0, Function|Set, Function) == nil {
		return nil
	}
	elems := list.list
	if !c.keyed(elems[0]) {
		return nil
	}
	if operator != nil && operator.kinds == Function {
		more := c.need(c.applied(operator, elems[0]), 0, List)
		if more == nil {
			return nil
		}
		elems = slices.Concat(elems, more.list)
	} else {
		c.mayFail()
	}
	for i, t := range elems[1:] {
		if i > 0 { // the function has got another element before
			c.mayFail()
		}
		if !c.pay(1) {
			return c.cut()
		}
		if !c.keyed(t) {
			return nil
		}
	}
	c.mayFail() // keys may not go together
	return v
}

// keyed evaluates an element of a closure; false where it surely is none.
func (c *invocation) keyed(t *thunk) bool {
	v := c.need(c.force(t), 0, Set)
	if v == nil {
		return false
	}
	if v.kinds != Set || !v.isKnown() {
		return true
	}
	switch values, has, unknown := v.set.lookup("key"); {
	case has == Absent:
		c.refuse("an element without " + diag.Code("key"))
		return false
	case has == Present && !unknown && len(values) == 1 && c.force(values[0]).Fails():
		c.fails = join(c.fails, c.force(values[0]))
		return false
	}
	return true
}

// attributeOf evaluates an attribute; nil where it is not surely there, or may be another one.
func (c *invocation) attributeOf(s *set, name string) *Value {
	values, has, unknown := s.lookup(name)
	if has != Present || unknown || len(values) != 1 {
		return nil
	}
	return c.force(values[0])
}

// starts reports whether the argument of genericClosure surely has elements to start with.
func (c *invocation) starts(s *set) bool {
	v := c.attributeOf(s, "startSet")
	return v != nil && v.kinds == List && v.isKnown() && len(v.list) > 0
}

// splitDrvName takes the name of a derivation apart, at the first dash that no letter follows.
func splitDrvName(s string) (name, version string) {
	for i := range len(s) {
		if s[i] == '-' && i+1 < len(s) && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", rune(s[i+1])) {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// writable evaluates everything in a value as toJSON does; false where something in it surely cannot be written.
func (c *invocation) writable(v *Value, depth int) bool {
	if depth > maxCompared || !c.pay(1) {
		c.cut()
		return true
	}
	ok := c.needAs(v, 0, Anything&^(Function|Failures), Anything&^(Function|Failures))
	if ok == nil {
		return false
	}
	if !ok.isKnown() {
		return true
	}
	switch ok.kinds {
	case List:
		for _, t := range ok.list {
			if !c.writable(c.force(t), depth+1) {
				return false
			}
		}
	case Set:
		if !ok.set.plain() {
			return true
		}
		all := ok.set.flat()
		if _, special := all[toStringName]; special {
			return c.textOf(ok, 0, coercion{}) != nil
		}
		if out, special := all[outPathName]; special {
			return c.writable(c.force(out.value), depth+1)
		}
		for _, n := range ok.set.sorted() {
			if !c.writable(c.force(all[n].value), depth+1) {
				return false
			}
		}
	}
	return true
}

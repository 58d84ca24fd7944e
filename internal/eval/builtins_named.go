package eval

import (
	"slices"
	"strings"
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
		"genericClosure": {required: []string{"startSet"}, others: []string{"operator"}, open: true, gives: List},
		"convertHash":    {required: []string{"hash", "toHashFormat"}, others: []string{"hashAlgo"}, open: true, gives: String},
		"path":           {required: []string{"path"}, others: []string{"name", "filter", "recursive", "sha256"}, gives: String},
		"fetchurl":       fetched,
		"fetchTarball":   fetched,
	} {
		register(name, func(c *invocation) *Value { return c.byNames(takes) })
	}
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

// starts reports whether the argument of genericClosure surely has elements to start with.
func (c *invocation) starts(s *set) bool {
	values, has, unknown := s.lookup("startSet")
	if has != Present || unknown || len(values) != 1 {
		return false
	}
	v := c.force(values[0])
	return v.kinds == List && v.isKnown() && len(v.list) > 0
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

package eval

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// drvPath is the attribute of a derivation that asks Nix to write it, and so for all that must be right about it.
const drvPath = "drvPath"

// derivationNeeds are the attributes that a derivation cannot be without.
var derivationNeeds = []string{"name", "builder", "system"}

// registerDerivation adds derivation and derivationStrict. Facts: libexpr/primops/derivation.nix, and derivationStrict in
// libexpr/primops.cc.
func registerDerivation() {
	register("derivation", func(c *invocation) *Value {
		v := c.arg(0, Set)
		switch {
		case v == nil:
			return nil
		case !v.isKnown() || v.set == nil || !c.pay(v.set.size):
			return bare(Set | Failures)
		}
		outputs, known := c.outputs(v.set)
		switch {
		case outputs == nil && known:
			return nil
		case !known:
			c.mayFail()
		}
		s, at, b, args := v.set, c.at, c.b, c.args
		strict := &thunk{fn: func(ev *Evaluation) *Value {
			in := &invocation{Evaluation: ev, at: at, b: b, args: args, part: drvPath}
			v := join(in.strict(s), in.fails)
			if v.Fails() && ev.watch != nil {
				ev.watch.failsLater(at, v, drvPath)
			}
			return v
		}}
		if c.watch != nil {
			c.watch.later(at, strict)
		}
		if !known {
			return bare(Set)
		}
		text := &thunk{fn: func(ev *Evaluation) *Value {
			v := ev.force(strict)
			if v.Fails() {
				return v
			}
			return join(bare(String), v.only(Failures))
		}}
		common, first := map[string]attr{}, &thunk{state: done, value: topValue}
		for i, name := range outputs {
			common[name] = attr{value: given(bare(Set))}
			if i == 0 {
				common[name] = attr{value: first}
			}
		}
		common["all"], common["drvAttrs"] = attr{value: given(bare(List))}, attr{value: args[0]}
		own := map[string]attr{
			outPathName: {value: text}, drvPath: {value: text}, "type": {value: given(stringValue("derivation"))},
			"outputName": {value: given(stringValue(outputs[0]))},
		}
		out := c.updateSets(at, v, setValue(&set{own: common, size: len(common)}))
		out = c.updateSets(at, out, setValue(&set{own: own, size: len(own)}))
		first.value = out
		return out
	})
	register("derivationStrict", func(c *invocation) *Value {
		v := c.arg(0, Set)
		switch {
		case v == nil:
			return nil
		case !v.isKnown() || v.set == nil || !c.pay(v.set.size):
			return bare(Set | Failures)
		}
		return c.strict(v.set)
	})
}

// outputs returns the names of the outputs that derivation makes attributes of: nil, and known, where that surely fails.
func (c *invocation) outputs(s *set) (names []string, known bool) {
	values, has, unknown := s.lookup("outputs")
	switch {
	case has == Absent:
		return []string{"out"}, true
	case has != Present || unknown || len(values) != 1:
		return nil, false
	}
	list := c.attrOf("outputs", c.force(values[0]), List)
	switch {
	case list == nil:
		return nil, true
	case !list.isKnown() || !c.pay(len(list.list)):
		return nil, false
	case len(list.list) == 0:
		return nil, c.refuse("an empty list of `outputs`") == nil
	}
	known = true
	for _, t := range list.list {
		name := c.attrOf("outputs", c.force(t), String)
		switch {
		case name == nil:
			return nil, true
		case !name.isKnown():
			known = false
		default:
			names = append(names, name.text)
		}
	}
	return names, known
}

// attrOf requires that the value of an attribute of the argument, or what stands in it, is of one of some kinds.
func (c *invocation) attrOf(name string, v *Value, k Kinds) *Value {
	ok, bad := c.want(v, k, func(got Kinds) *Failure {
		return &Failure{Reason: BadBuiltinArg, at: c.at, Got: got, Want: k, Name: c.b.name, Text: name, part: c.part}
	})
	c.fails = join(c.fails, bad)
	return ok
}

// attrText makes a string of the value of an attribute of the argument, or of what stands in it, as builders get it.
func (c *invocation) attrText(name string, v *Value) *Value {
	ok, bad := c.coerce(v, coercion{
		at: c.at, reason: BadBuiltinArg, name: c.b.name, attr: name, part: c.part, more: true, copies: true,
	})
	c.fails = join(c.fails, bad)
	return ok
}

// without notes that a call surely fails for want of attributes.
func (c *invocation) without(names []string) *Value {
	c.fails = join(c.fails, failed(&Failure{
		Reason: MissingArg, at: c.at, Names: names, Name: c.b.name, arg: c.args[0], takes: derivationNeeds, part: c.part,
	}))
	return nil
}

// recipe is what is known of a derivation that is being written.
type recipe struct {
	texts   map[string]*Value // of the attributes that builders get as texts
	outputs []string          // nil where they are not known
	// structured and nulls are the flags: attributes become JSON; those that are null do not count.
	structured, nulls flag
}

// flag is a Boolean that need not be known.
type flag uint8

const (
	off flag = iota
	on
	either
)

// strict writes a derivation, in the order in which Nix looks at the attributes: what fails first decides whether tryEval catches
// it. It tells only what all versions of Nix refuse.
func (c *invocation) strict(s *set) *Value {
	missing := s.lacking(derivationNeeds)
	if len(missing) > 0 && missing[0] == "name" {
		return c.without(missing)
	}
	name := bare(String)
	if values, has, unknown := s.lookup("name"); has == Present && !unknown && len(values) == 1 {
		if name = c.attrOf("name", c.force(values[0]), String); name == nil {
			return nil
		}
	} else {
		c.mayFail()
	}
	if name.isKnown() {
		if wrong := wrongName(name.text); wrong != "" {
			return c.refuse(wrong)
		}
	}
	if !s.plain() || !c.pay(s.size) {
		c.mayFail() // by what other attributes are
		if len(missing) > 0 {
			return c.without(missing)
		}
		return bare(Set)
	}
	r := recipe{texts: map[string]*Value{}, outputs: []string{"out"}}
	all := s.flat()
	if !c.flag(&r.structured, all, "__structuredAttrs") || !c.flag(&r.nulls, all, "__ignoreNulls") {
		return nil
	}
	for _, n := range s.sorted() {
		if n != "__ignoreNulls" && !c.add(&r, n, all[n].value) {
			return nil
		}
	}
	for _, n := range derivationNeeds[1:] {
		switch text, ok := r.texts[n]; {
		case !ok:
			missing = slices.DeleteFunc(slices.Clone(derivationNeeds[1:]), func(n string) bool { return r.texts[n] != nil })
			return c.without(missing)
		case text.isKnown() && text.text == "":
			return c.refuse("nothing as its " + diag.Code(n))
		}
	}
	if wrong := r.wrong(name); wrong != "" {
		return c.refuse(wrong)
	}
	c.fail() // by hashes, context, or where it is written
	if r.outputs == nil {
		return bare(Set)
	}
	own := map[string]attr{drvPath: {value: given(bare(String))}}
	for _, name := range r.outputs {
		own[name] = attr{value: given(bare(String))}
	}
	return setValue(&set{own: own, size: len(own)})
}

// flag reads a Boolean attribute that need not be there; false where it surely fails.
func (c *invocation) flag(to *flag, all map[string]attr, name string) bool {
	a, ok := all[name]
	if !ok {
		return true
	}
	v := c.attrOf(name, c.force(a.value), Bool)
	switch {
	case v == nil:
		return false
	case !v.isKnown():
		*to = either
	case v.num != 0:
		*to = on
	}
	return true
}

// add adds an attribute to a derivation; false where that surely fails.
func (c *invocation) add(r *recipe, name string, t *thunk) bool {
	v := c.force(t)
	if v.Fails() {
		c.fails = join(c.fails, v)
		return false
	}
	if r.nulls != off && v.kinds&Null != 0 {
		if r.nulls == on && v.kinds == Null {
			return true
		}
		c.fails = join(c.fails, failing)
		r.texts[name] = bare(String)
		if name == "outputs" {
			r.outputs = nil
		}
		return true
	}
	switch name {
	case "__contentAddressed", "__impure":
		return c.attrOf(name, v, Bool) != nil
	case "args":
		list := c.attrOf(name, v, List)
		switch {
		case list == nil:
			return false
		case !list.isKnown() || !c.pay(len(list.list)):
			c.mayFail()
			return true
		}
		for _, t := range list.list {
			if c.attrText(name, c.force(t)) == nil {
				return false
			}
		}
		return true
	}
	if r.structured != off {
		c.mayFail()
		r.texts[name] = bare(String)
		if name == "outputs" {
			r.outputs = nil
		}
		return true
	}
	text := c.attrText(name, v)
	if text == nil {
		return false
	}
	r.texts[name] = text
	switch {
	case name == "outputs" && !text.isKnown():
		r.outputs = nil
	case name == "outputs":
		r.outputs = strings.FieldsFunc(text.text, func(c rune) bool { return strings.ContainsRune(" \t\n\r", c) })
		if wrong := wrongOutputs(r.outputs); wrong != "" {
			c.refuse(wrong)
			return false
		}
	case name == "outputHashMode" && text.isKnown() && !slices.Contains([]string{"flat", "recursive", "nar", "text", "git"}, text.text):
		c.refuse("the `outputHashMode` " + diag.Code(text.text))
		return false
	}
	return true
}

// wrongOutputs says what Nix refuses of the outputs of a derivation, or "".
func wrongOutputs(names []string) string {
	if len(names) == 0 {
		return "no `outputs`"
	}
	for i, name := range names {
		switch {
		case slices.Contains(names[:i], name):
			return "the output " + diag.Code(name) + " twice"
		case name == drvPath:
			return "an output of the name `drvPath`"
		}
	}
	return ""
}

// maxName is the length of names of paths in the store.
const maxName = 211

// wrongName says what Nix refuses of the name of a derivation, or "".
func wrongName(name string) string {
	if name == "" {
		return "an empty `name`"
	}
	if len(name) > maxName {
		return "a `name` of more than 211 characters"
	}
	for _, c := range name {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.ContainsRune("+-._?=", c)) {
			return "the name " + diag.Code(name) + ", in which " + diag.Code(string(c)) + " is not allowed"
		}
	}
	return ""
}

// wrong says what Nix refuses of the attributes of a derivation together, or "".
func (r *recipe) wrong(name *Value) string {
	_, mode := r.texts["outputHashMode"]
	switch {
	case !name.isKnown():
	case strings.HasSuffix(name.text, ".drv") && !mode:
		return "the name " + diag.Code(name.text) + ", which ends in `.drv`"
	case len(name.text) > maxName-len(".drv"):
		return "a `name` of more than 207 characters"
	}
	hash, fixed := r.texts["outputHash"]
	if !fixed || r.structured != off || hash.rest == String && r.nulls != off {
		return ""
	}
	algo, given := r.texts["outputHashAlgo"]
	switch {
	case r.outputs != nil && !slices.Equal(r.outputs, []string{"out"}):
		return "`outputHash` and other `outputs` than `out`"
	case hash.isKnown() && hash.text == "" && (!given || algo.isKnown() && algo.text == ""):
		return "an empty `outputHash`, and no `outputHashAlgo`"
	}
	return ""
}

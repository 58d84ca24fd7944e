package eval

import (
	"path"
	"sync"

	"github.com/nixsift/nixsift/internal/sema"
)

// Properties are what mkIf, mkMerge and their kin give: sets that only the module system understands. Their attribute _type
// says what they are (lib/modules.nix of nixpkgs).
const (
	IfProperty       = "if"       // condition, content
	MergeProperty    = "merge"    // contents, a list
	OverrideProperty = "override" // priority, content
	OrderProperty    = "order"    // priority, content
)

// priorities are the functions that give one priority to what they are given.
var priorities = map[string]struct {
	kind     string
	priority int64
}{
	"mkForce": {OverrideProperty, 50}, "mkDefault": {OverrideProperty, 1000}, "mkOptionDefault": {OverrideProperty, 1500},
	"mkVMOverride": {OverrideProperty, 10}, "mkImageMediaOverride": {OverrideProperty, 60},
	"mkBefore": {OrderProperty, 500}, "mkAfter": {OrderProperty, 1500},
}

// registerProperties adds the functions that make properties. None of them evaluates an argument.
func registerProperties() {
	property := func(c *invocation, kind string, attrs map[string]attr) *Value {
		attrs["_type"] = attr{value: given(stringValue(kind))}
		return setValue(&set{own: attrs, size: len(attrs), code: c.at.code, expr: c.at.expr})
	}
	register := func(name string, arity int, run func(c *invocation) *Value) {
		registerInLib("modules", name, arity, Set, run)
		f := libIndex[name]
		f.shaped, f.single = true, true
		libIndex[name] = f
	}
	register("mkIf", 2, func(c *invocation) *Value {
		return property(c, IfProperty, map[string]attr{"condition": {value: c.args[0]}, "content": {value: c.args[1]}})
	})
	register("mkMerge", 1, func(c *invocation) *Value {
		return property(c, MergeProperty, map[string]attr{"contents": {value: c.args[0]}})
	})
	for name, kind := range map[string]string{"mkOverride": OverrideProperty, "mkOrder": OrderProperty} {
		register(name, 2, func(c *invocation) *Value {
			return property(c, kind, map[string]attr{"priority": {value: c.args[0]}, "content": {value: c.args[1]}})
		})
	}
	for name, p := range priorities {
		register(name, 1, func(c *invocation) *Value {
			return property(c, p.kind, map[string]attr{"priority": {value: given(intValue(p.priority))}, "content": {value: c.args[0]}})
		})
	}
}

// LibArgument returns nixpkgs' lib as an argument: the functions of which something is known, and any others.
func LibArgument() Part {
	prepare()
	return libArgument()
}

var libArgument = sync.OnceValue(func() Part {
	parts, own := map[string]*set{}, map[string]attr{}
	for name, f := range libIndex {
		fn := attr{value: given(builtinValues[f.index])}
		if own[name] = fn; f.part == noPart {
			continue
		}
		if parts[f.part] == nil {
			parts[f.part] = &set{own: map[string]attr{}, open: true}
		}
		parts[f.part].own[name] = fn
	}
	parts["path"] = &set{open: true, own: map[string]attr{"append": {value: given(functionValue(&function{builtin: pathAppend}))}}}
	parts["filesystem"].own["listFilesRecursive"] = attr{value: given(functionValue(&function{builtin: listFilesRecursive}))}
	parts["modules"].own["importApply"] = attr{value: given(functionValue(&function{builtin: importApply}))}
	for name, s := range parts {
		s.size = len(s.own)
		own[name] = attr{value: given(setValue(s))}
	}
	return Part{given(setValue(&set{own: own, open: true, size: len(own)}))}
})

// pathAppend is lib.path.append, which lib itself has not.
var pathAppend = &builtin{name: "path.append", arity: 2, run: func(c *invocation) *Value {
	c.mayFail()
	for _, t := range c.args {
		if v := c.force(t); v.Fails() {
			c.fails = join(c.fails, v)
			return nil
		}
	}
	if base, rest := c.force(c.args[0]), c.force(c.args[1]); c.Disk != nil && base.kinds == Path && base.isKnown() && rest.isKnown() && rest.kinds == String {
		return c.made(c.at, pathValue(path.Join(base.text, rest.text)))
	}
	return bare(Path)
}}

// importApply is lib.modules.importApply, which lib itself has not: a module that imports what the function in a file makes of
// an argument.
var importApply = &builtin{name: "importApply", arity: 2, run: func(c *invocation) *Value {
	module := c.later(func(c *invocation) *Value {
		fn := c.as("import", c.args[0])
		if fn == nil || fn.Fails() {
			return fn
		}
		return c.call(c.at, fn, c.args[1:2])
	})
	return setValue(&set{own: map[string]attr{
		"_file": {value: given(bare(Anything &^ Failures))}, "imports": {value: given(listValue([]*thunk{module}))},
	}, size: 2, code: c.at.code, expr: c.at.expr})
}}

// FlakePartsArgument returns the argument flake-parts-lib: a set with importApply, which does what lib.modules.importApply does, and others
// of which nothing is known (lib.nix of flake-parts).
func FlakePartsArgument() Part {
	prepare()
	return Part{given(setValue(&set{own: map[string]attr{"importApply": {value: given(functionValue(&function{builtin: importApply}))}}, open: true, notLib: true, size: 1}))}
}

// InputsArgument returns the argument inputs, as flakes mostly pass it: a set of flakes, of which no more is known than what the libraries of
// nixpkgs and flake-parts have. Each of them may be missing.
func InputsArgument() Part {
	prepare()
	return inputsWith(map[string]attr{"self": {value: SelfArgument().t, maybe: true}})
}

// SelfArgument returns the argument self: a flake, of which the inputs are known as InputsArgument has them.
func SelfArgument() Part {
	prepare()
	return Attrs(map[string]Part{"inputs": inputsWith(map[string]attr{})}, true)
}

func inputsWith(own map[string]attr) Part {
	for name, lib := range map[string]Part{"nixpkgs": LibArgument(), "flake-parts": FlakePartsArgument()} {
		own[name] = attr{value: Attrs(map[string]Part{"lib": lib}, true).t, maybe: true}
	}
	return Part{given(setValue(&set{own: own, open: true, notLib: true, size: len(own)}))}
}

// PackagesArgument returns nixpkgs' packages as an argument: a set with lib, of which nothing else is known but that no function
// of lib is among them.
func PackagesArgument() Part {
	prepare()
	return Part{given(setValue(&set{own: map[string]attr{"lib": {value: LibArgument().t}}, open: true, notLib: true, size: 1}))}
}

// onlyInLib reports whether lib has a function that builtins have not.
func onlyInLib(name string) bool {
	_, known := libIndex[name]
	return known && !sema.IsBuiltin(name)
}

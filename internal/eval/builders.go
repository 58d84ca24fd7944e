package eval

import (
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// builder says what a function of nixpkgs that makes a derivation takes, in all releases since 22.05: the number of its
// arguments, which nixlang knows; of one that takes a set, what it needs there and, where it takes nothing else, all names that a
// release has had.
type builder struct {
	args     int
	required []string
	names    []string
}

// builders are known by their name where they are called, as what pkgs has, or a with or an argument gives. Facts:
// pkgs/build-support/trivial-builders, make-desktopitem, fetchgithub and fetchgit of nixpkgs, and their manual. Several take a
// function in place of the set by now.
var builders = withArgs(map[string]builder{
	"runCommand": {}, "runCommandLocal": {}, "runCommandCC": {}, "writeText": {}, "writeTextDir": {}, "writeScript": {}, "writeScriptBin": {},
	"writeShellScript": {}, "writeShellScriptBin": {}, "linkFarm": {},
	"writeShellApplication": {required: []string{"name", "text"}, names: []string{
		"name", "text", "runtimeInputs", "runtimeEnv", "meta", "passthru", "checkPhase", "excludeShellChecks", "extraShellCheckFlags", "bashOptions",
		"derivationArgs", "inheritPath",
	}},
	"writeTextFile": {required: []string{"name", "text"}, names: []string{
		"name", "text", "executable", "destination", "checkPhase", "meta", "passthru", "allowSubstitutes", "preferLocalBuild", "derivationArgs",
	}},
	"makeDesktopItem": {required: []string{"name", "desktopName"}},
	"fetchFromGitHub": {required: []string{"owner", "repo"}}, "fetchgit": {required: []string{"url"}},
	"fetchurl": {}, "fetchzip": {}, "fetchpatch": {}, "fetchpatch2": {}, "fetchFromGitLab": {},
	"buildEnv": {}, "mkShell": {}, "mkShellNoCC": {}, "mkDerivation": {},
	"buildGoModule": {}, "buildNpmPackage": {}, "buildRustPackage": {}, "buildPythonPackage": {}, "buildPythonApplication": {},
})

func withArgs(all map[string]builder) map[string]builder {
	for name, b := range all {
		b.args = nixlang.MakerArgs(name)
		all[name] = b
	}
	return all
}

// Builders returns the names of the functions of nixpkgs that are known where they are called, sorted.
func Builders() []string { return slices.Sorted(maps.Keys(builders)) }

// IsBuilder reports whether a name is one of those.
func IsBuilder(name string) bool { _, ok := builders[name]; return ok }

// builderValues are the functions as values, joined with the failures that evaluating the name may end in; by number, from 1.
var builderValues []*Value

var builderIndex = map[string]uint32{}

func registerBuilders() {
	builderValues = append(builderValues, nil)
	for _, name := range Builders() {
		b := builders[name]
		f := &builtin{name: name, arity: b.args, assumed: true, run: func(c *invocation) *Value {
			if b.args == 1 {
				c.ofBuilder(b)
			}
			if c.fails != nil {
				return nil
			}
			return topValue
		}}
		builderIndex[name] = uint32(len(builderValues))
		builderValues = append(builderValues, join(functionValue(&function{builtin: f}), failing))
	}
}

// ofBuilder holds the argument of a builder that takes a set against what it takes.
func (c *invocation) ofBuilder(b builder) {
	v := c.force(c.args[0])
	blame := func(f Failure) {
		f.at, f.arg, f.takes, f.Assumed = c.at, c.args[0], b.names, c.b.name
		if f.takes == nil {
			f.takes = b.required
		}
		c.fails = join(c.fails, failed(&f))
	}
	switch {
	case v.kinds&(Set|Function) == 0 && !v.Fails():
		blame(Failure{Reason: BadArgument, Got: v.kinds &^ Failures})
		return
	case v.kinds != Set || !v.isKnown():
		return
	}
	lacking := v.set.lacking(b.required)
	var extra []string
	if b.names != nil {
		free := v.set.lacking(b.names)
		extra = v.set.others(b.names)
		extra = slices.DeleteFunc(extra, func(name string) bool { return near.Find(name, free) == "" }) // they may be new
	}
	switch {
	case len(extra) > 0:
		blame(Failure{Reason: UnexpectedArg, Names: sortedNames(extra)})
	case len(lacking) > 0:
		blame(Failure{Reason: MissingArg, Names: lacking})
	}
}

// assumes returns the name of the function of nixpkgs that a value is with fewer arguments than it takes, as far as its name
// tells; "" for anything else.
func (v *Value) assumes() (name string) {
	v.each(func(x *Value) {
		if x.fn != nil && x.fn.builtin != nil && x.fn.builtin.assumed {
			name = x.fn.builtin.name
		}
	})
	return name
}

// builder returns the number of the builder that is called by a name which packages have; 0 for anything else.
func (l *lowerer) builder(fn ast.Node) uint32 {
	fn = fn.Unparen()
	name := ast.LastName(fn)
	number := builderIndex[name]
	if number == 0 || l.names == nil || !isOfPackages(l.names, fn, name) {
		return 0
	}
	return number
}

// isOfPackages reports whether a name or selection is taken of what is called like the packages of nixpkgs, or is an argument.
func isOfPackages(names *sema.Info, fn ast.Node, name string) bool {
	if s, ok := ast.AsSelect(fn); ok {
		holder := s.Holder()
		return !s.Default().IsValid() && (nixlang.NamesPackages(holder) || name == "mkDerivation" && (holder == "stdenv" || holder == "stdenvNoCC"))
	}
	u, ok := names.Use(fn)
	switch {
	case !ok:
		return false
	case u.Target == sema.ToWith:
		return nixlang.NamesPackages(ast.LastName(nixlang.InnermostWith(names, u.Scope)))
	case u.Target != sema.ToBinding:
		return false
	}
	b := names.Binding(u.Binding)
	if in, inherited := ast.AsInherit(b.Decl); inherited {
		return in.From().IsValid() && nixlang.NamesPackages(ast.LastName(in.From()))
	}
	return b.Kind == sema.FormalBinding && !(ast.FormalNode{Node: b.Decl}).Default().IsValid()
}

// builderFails reports whether the call of a builder may fail by what is known of its argument.
func (g *gate) builderFails(call ast.Node, b builder) bool {
	arg := call.Child(1)
	if g.sure(arg) == Anything || b.args > 1 {
		return false
	}
	set := arg.Unparen()
	if !set.Is(ast.AttrSet) {
		return true
	}
	passed := map[string]bool{}
	for c := range set.Children() {
		if in, ok := ast.AsInherit(c); ok {
			for part := range in.Names() {
				name, _ := ast.AttrName(part)
				passed[name] = true
			}
		} else if bound, ok := ast.AsBinding(c); ok {
			passed[bound.Attrpath().FirstName()] = true
		}
	}
	for _, name := range b.required {
		if !passed[name] {
			return true
		}
	}
	for name := range passed {
		if b.names != nil && !slices.Contains(b.names, name) {
			return true
		}
	}
	return false
}

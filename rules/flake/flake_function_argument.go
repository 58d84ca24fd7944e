package flake

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-function-argument", Family: family, Since: "0.1.0",
	Summary: "A function of an input is called with what it does not take",
	Doc: "`nixosSystem` passes its arguments to NixOS' `eval-config.nix`, which takes no others than `modules`, `specialArgs` and the like:\n" +
		"\"called with unexpected argument 'extraSpecialArgs'\". `homeManagerConfiguration` takes `extraSpecialArgs` and needs `pkgs`; it\n" +
		"lost `configuration`, `system`, `username`, `homeDirectory` and `stateVersion` in release 22.11. `darwinSystem`,\n" +
		"`nixOnDroidConfiguration` and flake-parts' `mkFlake`, whose first argument is `{ inherit inputs; }` and no module, refuse\n" +
		"others, too. `eachSystem` of flake-utils takes a list of systems and then a function, `eachDefaultSystem` a function.\n" +
		"\n" +
		"What an input is, is known by its reference, or else by its name. An error where it is the repository itself.\n" +
		"\n" +
		"The fix writes the argument that was probably meant.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks:  project.ForExtendsLib,
	On:    []ast.Kind{ast.Apply},
	Names: slices.Sorted(maps.Keys(builders)),
	Node: func(p *rules.Pass, n ast.Node) {
		if up := n.OutsideParens().Parent(); up.IsCall() && (ast.ApplyExpr{Node: up}).Func().Unparen() == n {
			return // a part of a call with more arguments
		}
		fn, args := ast.Call(n)
		b, ok := builders[ast.LastName(fn)]
		if !ok {
			return
		}
		c := builderCall{Pass: p, builder: b, fn: fn, args: args, severity: diag.Error}
		if !c.recognised() {
			return
		}
		b.check(&c)
		found := c.found
		switch {
		case len(found) == 0:
		case c.ofLib: // a lib of the project's own may have another
			p.Ask(func(a *rules.Asked) {
				if !a.ExtendsLib() {
					for _, f := range found {
						a.Report(f)
					}
				}
			})
		default:
			for _, f := range found {
				p.Report(f)
			}
		}
	},
})

// builder is a function of a flake.
type builder struct {
	// repository has it; others of that name are forks.
	repository string
	// takes are the arguments that some release takes, needs those that all need, and gone those that were given up, with what takes
	// their place; other mistakes are among these, too.
	takes, needs []string
	gone         map[string]string
	// goneIn is the release since which those are gone.
	goneIn string
	check  func(c *builderCall)
}

// builders are known by their names. Facts: nixos/lib/eval-config.nix and flake.nix of nixpkgs 20.09 to 26.05, lib/ of home-manager
// 21.05 to 26.05, flake.nix and eval-config.nix of nix-darwin 22.11 to 26.05, flake.nix of nix-on-droid, lib.nix of flake-parts and
// of flake-utils.
var builders = map[string]*builder{
	"nixosSystem": {
		repository: "github.com/nixos/nixpkgs",
		takes: []string{
			"modules", "specialArgs", "system", "pkgs", "lib", "extraModules", "baseModules", "extraArgs", "modulesLocation", "check", "prefix",
		},
		needs: []string{"modules"},
		gone: map[string]string{
			"extraSpecialArgs": "write `specialArgs`", "configuration": "write `modules = [ … ]`", "imports": "write `modules = [ … ]`",
			"config": "write `modules = [ { … } ]`", "inputs": "write `specialArgs = { inherit inputs; }`", "overlays": "set `nixpkgs.overlays` in a module",
			"hostName": "set `networking.hostName` in a module", "hostname": "set `networking.hostName` in a module",
			"stateVersion": "set `system.stateVersion` in a module", "hostPlatform": "set `nixpkgs.hostPlatform` in a module",
		},
		check: (*builderCall).set,
	},
	"homeManagerConfiguration": {
		repository: "github.com/nix-community/home-manager",
		takes:      []string{"pkgs", "modules", "extraSpecialArgs", "lib", "check", "minimal"},
		needs:      []string{"pkgs"},
		gone: map[string]string{
			"specialArgs": "write `extraSpecialArgs`", "imports": "write `modules = [ … ]`", "inputs": "write `extraSpecialArgs = { inherit inputs; }`",
			"configuration": "write `modules = [ … ]`", "extraModules": "write `modules`",
			"system":   "write `pkgs = nixpkgs.legacyPackages.<system>`, which has it",
			"username": "set `home.username` in a module", "homeDirectory": "set `home.homeDirectory` in a module",
			"stateVersion": "set `home.stateVersion` in a module",
		},
		goneIn: "22.11",
		check:  (*builderCall).set,
	},
	"darwinSystem": {
		repository: "github.com/nix-darwin/nix-darwin",
		takes: []string{
			"modules", "specialArgs", "system", "pkgs", "lib", "inputs", "extraModules", "baseModules", "check", "enableNixpkgsReleaseCheck",
		},
		needs: []string{"modules"},
		gone: map[string]string{
			"extraSpecialArgs": "write `specialArgs`", "configuration": "write `modules = [ … ]`", "imports": "write `modules = [ … ]`",
			"overlays": "set `nixpkgs.overlays` in a module", "stateVersion": "set `system.stateVersion` in a module",
		},
		check: (*builderCall).set,
	},
	"nixOnDroidConfiguration": {
		repository: "github.com/nix-community/nix-on-droid",
		takes:      []string{"pkgs", "modules", "extraSpecialArgs", "home-manager-path"},
		needs:      []string{"pkgs"},
		gone: map[string]string{
			"specialArgs": "write `extraSpecialArgs`", "config": "write `modules = [ … ]`", "extraModules": "write `modules`",
			"system": "write `pkgs = import nixpkgs { system = \"aarch64-linux\"; }`",
		},
		goneIn: "22.11",
		check:  (*builderCall).set,
	},
	"mkFlake": {
		repository: "github.com/hercules-ci/flake-parts",
		takes:      []string{"inputs", "self", "specialArgs", "moduleLocation"},
		gone: map[string]string{
			"systems": inSecond, "perSystem": inSecond, "imports": inSecond, "flake": inSecond, "debug": inSecond, "config": inSecond,
		},
		check: partsArguments,
	},
	"eachSystem":                   {repository: flakeUtils, check: (*builderCall).systemsFirst},
	"eachSystemMap":                {repository: flakeUtils, check: (*builderCall).systemsFirst},
	"eachSystemPassThrough":        {repository: flakeUtils, check: (*builderCall).systemsFirst},
	"eachDefaultSystem":            {repository: flakeUtils, check: (*builderCall).function},
	"eachDefaultSystemMap":         {repository: flakeUtils, check: (*builderCall).function},
	"eachDefaultSystemPassThrough": {repository: flakeUtils, check: (*builderCall).function},
}

const (
	flakeUtils = "github.com/numtide/flake-utils"
	inSecond   = "write it in the second argument, the module: `mkFlake { inherit inputs; } { … }`"
)

// builderCall is a call of a builder.
type builderCall struct {
	*rules.Pass
	*builder
	name     string
	fn       ast.Node
	args     []ast.Node
	severity diag.Severity
	ofLib    bool // it is a name of lib, whichever that is
	found    []diag.Finding
}

// recognised reports whether the function is that of the flake: of an input, or by the name of what it is taken from.
func (c *builderCall) recognised() bool {
	c.name = ast.LastName(c.fn)
	repo := path.Base(c.repository)
	r := newOwnReader(c.Pass)
	if f := c.Project.Flake(); f != nil {
		if t, ok := r.read(c.fn, 0); ok && t.of != ownOutputs && len(t.path) == 3 && t.path[1].name == "lib" {
			in := f.Nix.Input(t.path[0].name)
			if in == nil {
				return false
			}
			source := project.RepositoryOf(f, in)
			if source != c.repository || t.given != "" {
				c.severity = diag.Warning
			}
			if c.goneIn != "" && in.Ref.Release() != "" && in.Ref.Release() < c.goneIn {
				return false
			}
			return c.isRepo(path.Base(source), repo) || source == "" && c.isRepo(in.Name, repo)
		}
	}
	c.severity = diag.Warning
	if c.name == "nixosSystem" && nixlang.Lib(c.Names(), c.fn) == c.name {
		c.ofLib = true
		return true
	}
	s, ok := ast.AsSelect(c.fn.Unparen())
	if !ok || s.Holder() != "lib" {
		return false
	}
	parts := slices.Collect(s.Attrpath().Children())
	holder := ast.LastName(s.Operand())
	if len(parts) > 2 {
		holder, _ = ast.AttrName(parts[len(parts)-3])
	}
	return len(parts) > 1 && c.isRepo(holder, repo)
}

// isRepo reports whether a name is that of a repository or a fork, or what people call it as an input.
func (c *builderCall) isRepo(name, repo string) bool {
	switch {
	case name == repo, strings.HasPrefix(name, repo+"-"):
		return true
	case repo == "nix-darwin":
		return name == "darwin"
	}
	return false
}

func (c *builderCall) report(at ast.Node, message, help string) *diag.Finding {
	f := diag.Finding{Span: head(at), Severity: c.severity, Message: message, Help: help}
	rules.ThisFails.End(&f, f.Severity == diag.Error)
	c.found = append(c.found, f)
	return &c.found[len(c.found)-1]
}

// set checks the first argument, which is a set.
func (c *builderCall) set() {
	arg := c.args[0].Unparen()
	v := c.Value(arg)
	if v.Kinds()&eval.Set == 0 {
		return
	}
	names, whole := v.Members()
	for _, name := range names {
		if slices.Contains(c.takes, name) || !v.Has(name) || c.goneIn != "" && c.gone[name] != "" && isNull(v, c, name) {
			continue
		}
		code, at, _, ok := v.AttrPlace(name)
		if !ok || code.Path != c.Path {
			continue
		}
		key := c.Tree.NodeAt(at)
		f := c.report(key, fmt.Sprintf("%s takes no argument %s", diag.Code(c.name), diag.Code(name)), "it takes "+listed(c.takes))
		f.Span = at
		meant := near.Find(name, slices.DeleteFunc(slices.Clone(c.takes), func(taken string) bool { return slices.Contains(names, taken) }))
		switch instead := c.gone[name]; {
		case instead != "":
			f.Help = instead
		case meant != "":
			f.Help = "did you mean " + diag.Code(meant) + "?"
			if at.Of(c.Tree.Source()) == name && !key.Parent().Is(ast.Inherit) {
				f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, at, ast.QuoteAttr(meant))}
			}
		}
	}
	if !whole || len(c.found) > 0 {
		return
	}
	for _, name := range c.needs {
		if !slices.Contains(names, name) {
			c.report(arg, fmt.Sprintf("%s needs an argument %s", diag.Code(c.name), diag.Code(name)), "")
		}
	}
}

// isNull reports whether an argument is written as null: then it counts as not given.
func isNull(v *eval.Value, c *builderCall, name string) bool {
	code, _, e, ok := v.AttrPlace(name)
	return ok && e != 0 && code.Path == c.Path && code.Span(e).Of(c.Tree.Source()) == "null"
}

// partsArguments checks a call of flake-parts' mkFlake.
func partsArguments(c *builderCall) {
	c.set()
	if len(c.found) > 0 {
		return
	}
	v := c.Value(c.args[0])
	if v.Kinds()&^eval.Failures == eval.Function {
		c.report(c.args[0], "`mkFlake` takes `{ inherit inputs; }` before the module", "write `mkFlake { inherit inputs; } (…)`")
		return
	}
	if names, whole := v.Members(); whole && !slices.Contains(names, "inputs") && !slices.Contains(names, "self") {
		c.report(c.args[0], "`mkFlake` needs the arguments of `outputs`", "write `mkFlake { inherit inputs; } …`")
	}
}

// systemsFirst checks a call with a list of systems and a function.
func (c *builderCall) systemsFirst() {
	switch v := c.Value(c.args[0]); {
	case v.Kinds()&^eval.Failures == eval.Function:
		c.report(c.args[0], fmt.Sprintf("%s takes a list of systems before the function", diag.Code(c.name)),
			"write "+diag.Code(strings.Replace(c.name, "each", "eachDefault", 1))+", or the list before it")
	case v.Kinds()&(eval.List|eval.Failures) == 0 && v.Kinds().Describe() != "":
		c.report(c.args[0], fmt.Sprintf("%s takes a list of systems, and this is %s", diag.Code(c.name), v.Kinds().Describe()), "")
	case len(c.args) > 1:
		c.isFunction(c.args[1])
	}
}

// function checks a call with a function.
func (c *builderCall) function() {
	if v := c.Value(c.args[0]); len(c.args) > 1 && v.Kinds()&^eval.Failures == eval.List {
		c.report(c.args[0], fmt.Sprintf("%s takes no list of systems", diag.Code(c.name)),
			"write "+diag.Code(strings.Replace(c.name, "Default", "", 1)))
		return
	}
	c.isFunction(c.args[0])
}

func (c *builderCall) isFunction(arg ast.Node) {
	v := c.Value(arg)
	kinds := v.Kinds() &^ eval.Failures
	if kinds&eval.Function != 0 || kinds == 0 || kinds&eval.Set != 0 && !c.plainSet(v) {
		return
	}
	if what := kinds.Describe(); what != "" {
		c.report(arg, fmt.Sprintf("%s takes a function of the system, and this is %s", diag.Code(c.name), what), "write `system: …`")
	}
}

// plainSet reports whether a set surely cannot be called as a function.
func (c *builderCall) plainSet(v *eval.Value) bool {
	names, whole := v.Members()
	return whole && !slices.Contains(names, "__functor")
}

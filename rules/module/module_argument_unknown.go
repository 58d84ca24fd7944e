package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "module-argument-unknown", Family: family, Since: "0.1.0",
	Summary: "A module uses an argument that nothing passes to it",
	Doc: "A module gets `config`, `options`, `lib`, `pkgs` and a few more from the module system, what `specialArgs` and\n" +
		"`extraSpecialArgs` of the evaluation hold, and what modules set in `_module.args`. Any other argument is looked up in\n" +
		"`config._module.args` when it is used: \"attribute 'x' missing\", and in `imports` \"infinite recursion encountered\".\n" +
		"\n" +
		"Pass it in the `specialArgs` of `nixosSystem`, as in `specialArgs = { inherit inputs; };`, or in `extraSpecialArgs` of\n" +
		"home-manager. `imports` can only use those.\n" +
		"\n" +
		"What is taken of the arguments as a whole, `args.x` behind `{ lib, ... }@args:`, has to be in `specialArgs`: of `_module.args`, modules are\n" +
		"passed what they name between the braces, even `pkgs`.\n" +
		"\n" +
		"The rule speaks where a configuration of the flake is seen to have the module, and what it passes is known, or where all files\n" +
		"that import the module are seen, up to the evaluations that the project makes, and where all that these pass is written out.\n" +
		"What a module from elsewhere may set in `_module.args` is not known, so that only what `imports` need is an error.",
	Severity: diag.Error, Presets: rules.Recommended, Asks: project.ForModuleArg,
	File: func(p *rules.Pass) {
		m := p.Module()
		if m == nil || !m.Func.IsValid() || m.Curried || m.Body.HasError() {
			return
		}
		for _, arg := range moduleArguments(p.Names(), m, false) {
			if arg.formal.Default().IsValid() {
				continue // module-argument-default
			}
			unknownModuleArgument(p, arg)
		}
		for _, use := range wholeArguments(p.Names(), m) {
			unknownSpecialArgument(p, use)
		}
	},
})

func unknownModuleArgument(p *rules.Pass, arg ownArgument) {
	path, name := strings.Clone(p.Path), arg.name
	formal, use := arg.formal.Span(), arg.use.Span()
	var imports source.Span
	if arg.inImports.IsValid() {
		imports = arg.inImports.Span()
	}
	byModules := p.Runs("inputs-from-module-args")
	p.Ask(func(a *rules.Asked) {
		given := a.ModuleArg(name)
		inImports := imports != source.Span{}
		if !inImports && (given.Defined || given.DefinedOpen) || inImports && given.Defined && byModules {
			return
		}
		used := useOfArgument(a, path, name, given)
		if used.moduleUse != usedByHost || used.special && (!inImports || used.lacking == "") {
			return
		}
		f := diag.Finding{
			Span: formal, Severity: diag.Warning,
			Message: "nothing passes " + diag.Code(name) + " to this module: evaluation fails where it is used",
			Help:    "pass it in `specialArgs` of the evaluation, or set it in `_module.args`",
			Related: []diag.Related{{Span: use, Message: "it is used here"}},
		}
		if inImports {
			f.Severity = diag.Error
			f.Message = "no `specialArgs` have " + diag.Code(name) + ", and `imports` need it: infinite recursion"
			if used.special {
				f.Message = "the `specialArgs` of " + diag.Code(used.lacking) + " lack " + diag.Code(name) + ", and `imports` need it: infinite recursion"
			}
			f.Help = "pass it in `specialArgs` of the evaluation"
			f.Related = []diag.Related{{Span: imports, Message: "`imports` need it here"}}
		}
		if given.Near != "" {
			f.Help = "did you mean " + diag.Code(given.Near) + "?"
		}
		a.Report(f)
	})
}

// unknownSpecialArgument reports what is taken of all arguments of a module as a whole, and no specialArgs have.
func unknownSpecialArgument(p *rules.Pass, use wholeArgument) {
	path := strings.Clone(p.Path)
	p.Ask(func(a *rules.Asked) {
		given := a.ModuleArg(use.name)
		used := useOfArgument(a, path, use.name, given)
		if used.moduleUse != usedByHost || used.special && (!use.inImports || used.lacking == "") {
			return
		}
		f := diag.Finding{
			Span: use.at, Severity: diag.Warning,
			Message: "no `specialArgs` have " + diag.Code(use.name) + ": evaluation fails where this is used",
			Help:    "pass it in `specialArgs` of the evaluation",
		}
		switch {
		case use.inImports:
			f.Severity = diag.Error
			f.Message = "no `specialArgs` have " + diag.Code(use.name) + ", and `imports` need it: evaluation fails"
		case given.Defined || modsys.IsArgument(use.name):
			f.Help = "name " + diag.Code(use.name) + " between the braces: what `_module.args` hold is passed to that alone"
		case given.Near != "":
			f.Help = "did you mean " + diag.Code(given.Near) + "?"
		}
		a.Report(f)
	})
}

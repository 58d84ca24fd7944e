package module

import (
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "inputs-from-module-args", Family: family, Since: "0.1.0",
	Summary: "`imports` need an argument that the project passes in `_module.args` only",
	Doc: "`_module.args` is an option: it has a value when all modules are known. `imports = [ inputs.x.nixosModules.default ]` needs\n" +
		"`inputs` before that, and ends with \"infinite recursion encountered\" where `inputs` comes from `_module.args`.\n" +
		"\n" +
		"Pass it in `specialArgs` of `nixosSystem`, `darwinSystem` and `evalModules`, in `extraSpecialArgs` of home-manager: what is\n" +
		"there is known from the start.",
	Severity: diag.Error, Presets: rules.Recommended, Asks: project.ForModuleArg,
	File: func(p *rules.Pass) {
		m := p.Module()
		if m == nil || !m.Func.IsValid() || m.Curried || m.Body.HasError() {
			return
		}
		for _, arg := range moduleArguments(p.Names(), m, true) {
			if !arg.inImports.IsValid() {
				continue
			}
			path, name := strings.Clone(p.Path), arg.name
			f := diag.Finding{
				Span:    arg.inImports.Span(),
				Message: "`imports` need " + diag.Code(name) + ", which comes from `_module.args`: infinite recursion",
				Help:    "pass it in `specialArgs` of the evaluation",
			}
			p.Ask(func(a *rules.Asked) {
				given := a.ModuleArg(name)
				if !given.Defined {
					return
				}
				switch use := useOfArgument(a, path, name, given); {
				case use.special && use.lacking == "":
				case use.moduleUse == usedByHost:
					a.Report(f)
				case use.moduleUse == usedInList:
					f.Severity = diag.Warning
					a.Report(f)
				}
			})
		}
	},
})

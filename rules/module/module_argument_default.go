package module

import (
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "module-argument-default", Family: family, Since: "0.1.0",
	Summary: "A module relies on the default of an argument that nothing passes",
	Doc: "The module system passes every argument that a module names, looked up in `specialArgs` or in `config._module.args`. So a\n" +
		"default as in `{ fancy ? false, ... }` never takes effect: where nobody passes `fancy`, using it ends with \"attribute\n" +
		"'fancy' missing\".\n" +
		"\n" +
		"Declare an option, or give the argument a default by `_module.args.fancy = lib.mkDefault false;`. In `imports` only\n" +
		"what `specialArgs` have can be used.",
	Severity: diag.Error, Presets: rules.Recommended, Asks: project.ForModuleArg,
	File: func(p *rules.Pass) {
		m := p.Module()
		if m == nil || !m.Func.IsValid() || m.Curried || m.Body.HasError() {
			return
		}
		alone := m.Certainty != module.Possible && takesConfig(m)
		for _, arg := range moduleArguments(p.Names(), m, false) {
			if !arg.formal.Default().IsValid() {
				continue
			}
			path, name := strings.Clone(p.Path), arg.name
			f := diag.Finding{
				Span:    arg.formal.Span(),
				Message: "the default of " + diag.Code(name) + " never takes effect in a module, and nothing passes " + diag.Code(name) + ": evaluation fails where it is used",
				Help:    "declare an option, or set `_module.args." + name + "`",
				Related: []diag.Related{{Span: arg.use.Span(), Message: "it is used here"}},
			}
			if perhaps(p, arg.use) {
				f.Severity = diag.Warning
			}
			p.Ask(func(a *rules.Asked) {
				given := a.ModuleArg(name)
				if given.Defined || given.DefinedOpen {
					return
				}
				switch use := useOfArgument(a, path, name, given); {
				case use.special:
				case use.moduleUse == usedByHost:
					a.Report(f)
				case use.moduleUse == usedInList, use.moduleUse == usedAlone && alone:
					f.Severity = diag.Warning
					a.Report(f)
				}
			})
		}
	},
})

// takesConfig reports whether a module has config or options among its arguments.
func takesConfig(m *module.Module) bool {
	return takes(m, "config") || takes(m, "options")
}

package module

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "import-cycle", Family: family, Since: "0.1.0",
	Summary: "A module imports itself, directly or through others",
	Doc: "The module system looks for the modules of `imports` before it knows which of them are the same. A module that imports itself,\n" +
		"or one that imports it in turn, is never done: \"stack overflow; max-call-depth exceeded\", or \"infinite recursion\n" +
		"encountered\".\n" +
		"\n" +
		"Modules need not import each other to use each other's options: import both where they are needed, once.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: func(p *rules.Pass) {
		if p.Module() == nil {
			return
		}
		path := p.Path
		p.AskAll(func(a *rules.Asked) {
			c, ok := a.Cycle(path)
			if !ok {
				return
			}
			f := diag.Finding{Span: c.Span, Message: "the module imports itself", Help: "import each module in one direction only"}
			if len(c.Files) > 1 {
				names := make([]string, len(c.Files)-1)
				for i, file := range c.Files[:len(c.Files)-1] {
					names[i] = a.Rel(file)
				}
				f.Message = fmt.Sprintf("the module imports itself by way of %s", diag.List(names, 4))
			}
			a.Report(f)
		})
	},
})

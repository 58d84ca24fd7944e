package correctness

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "undefined-unless-scoped", Family: family, Since: "0.1.0",
	Summary: "A name is used that only a `scopedImport` of the project may give the file",
	Doc: "A file that is evaluated by `scopedImport` sees the names of the set that this is called with. Where the project does so\n" +
		"with a set and files that cannot be told without evaluating, a name that a file does not bind may be right. For any other\n" +
		"way to the file, Nix refuses it: see `undefined-variable`, which speaks where the file is reached by plain imports.\n" +
		"\n" +
		"There is one finding for each file. If all files of a folder are loaded so, turn the rule off for it with an\n" +
		"`[[override]]` in `nixsift.toml`.",
	Severity: diag.Info, Presets: rules.Recommended,
	Asks: project.ForGiven,
	File: func(p *rules.Pass) {
		uses, all := undefinedUses(p)
		var names []string // in the order of their first uses
		at := map[string]source.Span{}
		for _, u := range uses {
			name, _ := ast.AttrName(u.Node)
			if _, seen := at[name]; !seen && read(p.Names(), u) != brokenSurrounds {
				name = strings.Clone(name)
				at[name] = u.Node.Span()
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			return
		}
		path := p.Path
		p.Ask(func(a *rules.Asked) {
			given := a.Given(path, all)
			var f diag.Finding
			n := 0
			for _, name := range names {
				giver, ok := given[name]
				if !ok || giver.Sure {
					continue
				}
				f.Subjects, f.Anywhere = append(f.Subjects, name), true
				if n++; n == 1 {
					f.Span = at[name]
					f.Message = fmt.Sprintf("nothing in the file binds %s", diag.Code(name))
					f.Help = fmt.Sprintf("what %s evaluates with names of its own may have it; everywhere else Nix refuses the file", diag.Code(a.Rel(giver.From)))
				}
			}
			switch n {
			case 0:
				return
			case 1:
			case 2:
				f.Message += ", nor another name that it uses"
			default:
				f.Message += fmt.Sprintf(", nor %d other names that it uses", n-1)
			}
			a.Report(f)
		})
	},
})

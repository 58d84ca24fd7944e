package correctness

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
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
	File: func(p *rules.Pass) {
		uses, given := undefinedUses(p)
		var f diag.Finding
		seen := map[string]bool{}
		for _, u := range uses {
			name, _ := ast.AttrName(u.Node)
			giver, ok := given[name]
			if !ok || giver.Sure || seen[name] || read(p.Names(), u) == brokenSurrounds {
				continue
			}
			if len(seen) == 0 {
				f.Span = u.Node.Span()
				f.Message = fmt.Sprintf("nothing in the file binds `%s`", name)
				f.Help = fmt.Sprintf("what `%s` evaluates with names of its own may have it; everywhere else Nix refuses the file", p.Project.Rel(giver.From))
			}
			seen[name] = true
		}
		switch len(seen) {
		case 0:
			return
		case 1:
		case 2:
			f.Message += ", nor another name that it uses"
		default:
			f.Message += fmt.Sprintf(", nor %d other names that it uses", len(seen)-1)
		}
		p.Report(f)
	},
})

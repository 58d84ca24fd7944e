package module

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "duplicate-import", Family: family, Since: "0.1.0",
	Summary: "A list of modules names the same file twice",
	Doc: "The module system takes a file that is imported by its path once, however often it is imported: the second entry does\n" +
		"nothing. `(import ./x.nix)` is another module each time, so that its lists are there twice and its options are \"already\n" +
		"declared\": that is a warning.",
	Severity: diag.Warning, Presets: rules.Recommended,
	File: func(p *rules.Pass) {
		f := p.Modules()
		first := map[string]module.Imported{}
		for _, i := range f.ImportedFiles() {
			to, ok := project.ResolveText(p.Path, i.Path)
			if !ok {
				continue
			}
			if p.Project.Kind(to) == project.Folder {
				to = filepath.Join(to, "default.nix")
			}
			key := fmt.Sprintf("%d %s", i.List, to)
			before, twice := first[key]
			if !twice {
				first[key] = i
				continue
			}
			if before.Span == i.Span {
				continue // a name of a let that is used twice
			}
			found := diag.Finding{
				Span: i.Span, Message: fmt.Sprintf("%s is imported twice", diag.Code(p.Tree.Source()[i.Span.Start:i.Span.End])), Severity: diag.Info,
				Help:    "leave one of the two out",
				Related: []diag.Related{{Span: before.Span, Message: "it is imported here"}},
			}
			if i.Called || before.Called {
				found.Severity = diag.Warning
				found.Message += ", and counts twice: behind `import` the module system does not know that it is the same file"
			}
			p.Report(found)
		}
	},
})

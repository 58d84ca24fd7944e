package suspicious

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

const importsCheck = "pythonImportsCheck"

var _ = rules.Register(&rules.Rule{
	ID: "python-import-check-typo", Family: family, Since: "0.1.0",
	Summary: "`pythonImportsCheck` is misspelled",
	Doc: "The build of a Python package tries to import the modules in `pythonImportsCheck`. Under any other name, and\n" +
		"`pythonImportCheck` is an easy mistake, the list becomes an environment variable that nothing reads, and the package\n" +
		"is not checked.\n" +
		"\n" +
		"The fix corrects the name. It needs an eye: the check runs from then on and may fail.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"hammering:python-imports-check-typo"},
	On:      []ast.Kind{ast.Binding},
	Names:   importsCheckTypos,
	Node: func(p *rules.Pass, n ast.Node) {
		b := ast.BindingNode{Node: n}
		part := b.Attrpath().FirstChild()
		name, _ := ast.AttrName(part)
		if !slices.Contains(importsCheckTypos, name) {
			return
		}
		set := n.Parent()
		if part.NextSibling().IsValid() || !set.Is(ast.AttrSet) {
			return
		}
		if _, ok := builderCall(p.Names(), set); !ok {
			return
		}
		f := diag.Finding{
			Span: part.Span(), Message: "`" + name + "` has no effect: the attribute is called `" + importsCheck + "`",
			Help: "call it `" + importsCheck + "`",
		}
		if _, taken := ast.Attr(set, importsCheck); !taken {
			f.Fixes = []diag.Fix{rules.Replace("call it `"+importsCheck+"`", diag.Unsafe, part.Span(), importsCheck)}
		}
		p.Report(f)
	},
})

// importsCheckTypos are names that were found in place of pythonImportsCheck.
var importsCheckTypos = []string{
	"pythonImportCheck", "pythonImportsChecks", "pythonImportChecks", "pythonImportsCheckHook", "pythonCheckImports",
	"pythonCheckImport", "pythonImportsTest", "pythonImportTest", "pythonImportTests", "pythonTestImports", "importsCheck",
	"importCheck", "pythonimportsCheck", "pythonimportscheck", "pythonImportscheck",
}

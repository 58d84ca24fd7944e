package module

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unsupported-module-attribute", Family: family, Since: "0.1.0",
	Summary: "A module has an attribute beside `options` or `config` that may not stand there, or one whose name is a slip",
	Doc: "A module is written in one of two ways: as a set of definitions, or with `options` and `config`. As soon as one of the two\n" +
		"is there, only `imports`, `options`, `config`, `disabledModules`, `freeformType`, `meta`, `key`, `_class` and `_file` may stand\n" +
		"beside it. Anything else ends with \"Module … has an unsupported attribute\", `_module.args` and `assertions` included.\n" +
		"\n" +
		"Definitions belong under `config` then.\n" +
		"\n" +
		"`import = [ ./a.nix ]` and `option.a = mkOption { … }` are definitions of options called `import` and `option`, which do\n" +
		"not exist.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	File: func(p *rules.Pass) {
		eachModule(p, func(m *module.Module) {
			if m.Structured() {
				besideConfig(p, m)
			} else {
				slips(p, m)
			}
		})
	},
})

// besideStructure are the attributes that may stand beside config and options (lib/modules.nix, unifyModuleSyntax).
var besideStructure = []string{"imports", "options", "config", "disabledModules", "freeformType", "meta", "key", "_class", "_file"}

var mayStandBeside = set(strings.Join(besideStructure, " "))

// besideConfig reports the attributes of a module with config or options that are neither.
func besideConfig(p *rules.Pass, m *module.Module) {
	var first module.Part // what makes the module one of this form
	sure := false
	var bad []module.Part
	for _, part := range m.Parts() {
		name := part.Name(0)
		switch {
		case part.Guarded || name == "":
		case name == "options" || name == "config":
			if first.Node == (ast.Node{}) {
				first = part
			}
			sure = sure || name == "options" && declares(part)
		case !mayStandBeside[name]:
			bad = append(bad, part)
			sure = sure || modsys.NamespaceOf(name).Telling || declares(part)
		}
	}
	if first.Node == (ast.Node{}) || !joins(m.Body) {
		return
	}
	beside := first.Name(0)
	for _, part := range bad {
		name := part.Name(0)
		f := diag.Finding{
			Span:    part.Path[0].Span(),
			Message: fmt.Sprintf("%s may not stand beside %s: the module system refuses the module", diag.Code(name), diag.Code(beside)),
			Help:    "put it under `config`",
			Related: []diag.Related{{Span: first.Path[0].Span(), Message: diag.Code(beside) + " is here"}},
		}
		if meant := near.Find(name, besideStructure); meant != "" && meant != "key" && meant != "meta" {
			f.Help = "did you mean " + diag.Code(meant) + "? Definitions belong under `config`"
		} else if fix, ok := underConfig(m, part); ok {
			f.Fixes = []diag.Fix{fix}
		}
		reportLoaded(p, m, sure, f)
	}
}

// joins reports whether an expression is a set literal, or several that // joins: what stands in it is there.
func joins(n ast.Node) bool {
	for n = n.Tail(); n.Is(ast.Binary) && n.Op() == ast.OpUpdate; n = n.FirstChild().Tail() {
		if !n.Child(1).Tail().Is(ast.AttrSet) {
			return false
		}
	}
	return n.Is(ast.AttrSet)
}

// declares reports whether a part of options declares one by a function of lib.
func declares(part module.Part) bool {
	steps := 0
	for d := range part.Node.Descendants() {
		if steps++; steps > 1000 {
			return false
		}
		if d.Is(ast.Apply) && declaring[ast.LastName((ast.ApplyExpr{Node: d}).Func())] {
			return true
		}
	}
	return false
}

var declaring = set("mkOption mkEnableOption mkPackageOption")

// underConfig moves a definition under config. Nix merges paths with sets that are written out, and with nothing else.
func underConfig(m *module.Module, part module.Part) (diag.Fix, bool) {
	b, ok := ast.AsBinding(part.Node)
	if !ok || !m.Body.Is(ast.AttrSet) || part.Node.Parent() != m.Body {
		return diag.Fix{}, false
	}
	for _, other := range m.Parts() {
		if other.Name(0) == "config" && len(other.Path) == 1 && !other.Value.Unparen().Is(ast.AttrSet) {
			return diag.Fix{}, false
		}
	}
	return rules.Insert("put it under `config`", diag.Unsafe, b.Start(), "config."), true
}

// slips reports attributes of a module without config and options whose names are close to those of parts and whose values
// are what those hold.
func slips(p *rules.Pass, m *module.Module) {
	for _, part := range m.Parts() {
		name := part.Name(0)
		if part.Guarded || !part.Value.IsValid() || len(name) < 5 || len(name) > 16 {
			continue
		}
		meant := near.Find(name, []string{"imports", "options", "config"})
		holds := ""
		switch {
		case meant == "imports" && len(part.Path) == 1 && listsModules(part.Value):
			holds = "a list of modules"
		case meant == "options" && declares(part):
			holds = "declarations of options"
		case meant == "config" && len(part.Path) > 1 && modsys.NamespaceOf(part.Name(1)).Telling, meant == "config" && len(part.Path) == 1 && definesKnown(m, part.Value):
			holds = "definitions of options"
		default:
			continue
		}
		f := diag.Finding{
			Span:    part.Path[0].Span(),
			Message: fmt.Sprintf("%s holds %s, but the module system takes it for an option of that name", diag.Code(name), holds),
			Help:    "did you mean " + diag.Code(meant) + "?",
			Fixes:   []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, part.Path[0].Span(), meant)},
		}
		reportLoaded(p, m, false, f)
	}
}

// listsModules reports whether an expression is a list with a file in it, and nothing that is no module.
func listsModules(n ast.Node) bool {
	n = n.Tail()
	if !n.Is(ast.List) {
		return false
	}
	some := false
	for c := range n.Children() {
		switch c = c.Unparen(); c.Kind() {
		case ast.Path:
			some = true
		case ast.Select:
			for _, name := range (ast.SelectExpr{Node: c}).Attrpath().Names() {
				some = some || modsys.IsExport(name) || modsys.IsExportOfOne(name)
			}
		case ast.Lambda, ast.AttrSet, ast.Apply, ast.Ident:
		default:
			return false
		}
	}
	return some
}

// definesKnown reports whether an expression defines options of NixOS, home-manager or nix-darwin.
func definesKnown(m *module.Module, value ast.Node) (known bool) {
	m.EachDefinition(value, func(d module.Part) { known = known || modsys.NamespaceOf(d.Name(0)).Telling })
	return known
}

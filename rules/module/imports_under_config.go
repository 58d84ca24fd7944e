package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "imports-under-config", Family: family, Since: "0.1.0",
	Summary: "`imports` or `options` stand among definitions, where the module system takes them for options",
	Doc: "`imports` and `options` have a meaning only at the top of a module. Under `config`, and in a module that is a `mkIf` or\n" +
		"`mkMerge` as a whole, everything is the definition of an option, so evaluation fails with \"The option `imports' does not\n" +
		"exist\". Where a module of the project has a `freeformType` that takes them, they are lost without a word: a warning.\n" +
		"\n" +
		"Move them to the top of the module, beside `config`. They cannot be made conditional this way.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: func(p *rules.Pass) {
		topLevel(p)
		deeper(p)
	},
})

// topLevel reports imports and options where definitions begin.
var topLevel = each(importsUnderConfig, func(_ *module.File, pr module.Obstacle) diag.Finding {
	f := diag.Finding{
		Span:    pr.At,
		Message: "`" + pr.Name + "` under " + atPart(pr.Part) + " is taken for an option that does not exist",
		Help:    "move `" + pr.Name + "` to the top of the module, beside `config`",
	}
	if pr.Part == "" {
		f.Message = "`" + pr.Name + "` in a module that is a `mkIf` or `mkMerge` as a whole is taken for an option that does not exist"
		f.Help = "make the module a plain set, with `" + pr.Name + "` beside `config = lib.mkIf …`"
	}
	return f
})

// deeper reports imports one level further down, as in home = { imports = [ ./x.nix ]; }. An option may be
// called so, which the file does not tell.
func deeper(p *rules.Pass) {
	m := p.Module()
	if m == nil || m.Certainty == module.Possible {
		return
	}
	for _, n := range p.Modules().Importing() {
		b := ast.BindingNode{Node: n}
		names, ok := b.Attrpath().Static()
		set := n.Parent()
		if ok && len(names) == 1 {
			// home = { imports = …; }
			outer, _ := ast.AsBinding(set.OutsideParens().Parent())
			if !outer.IsValid() {
				continue
			}
			above, static := outer.Attrpath().Static()
			names, ok, set = append(above, names...), static, outer.Parent()
		}
		if !ok || !set.Is(ast.AttrSet) {
			continue
		}
		if names[0] == "config" && set == m.Body {
			names = names[1:]
		} else if above, ok := ast.AsBinding(set.OutsideParens().Parent()); set != m.Body &&
			!(ok && above.Attrpath().IsSingle("config") && above.Parent() == m.Body) {
			continue
		}
		if len(names) == 2 && modsys.NamespaceOf(names[0]).Closed {
			last := b.Attrpath().FirstChild()
			for last.NextSibling().IsValid() {
				last = last.NextSibling()
			}
			reportDeeper(p, names[0], last, b.Value())
		}
	}
}

func reportDeeper(p *rules.Pass, set string, name, value ast.Node) {
	for d := range value.Descendants() {
		if d.Is(ast.Path) && !value.HasError() {
			p.Report(diag.Finding{
				Severity: diag.Info,
				Span:     name.Span(),
				Message:  "`" + set + ".imports` is the definition of an option, and imports no module",
				Help:     "move `imports` to the top of the module",
			})
			return
		}
	}
}

package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkif-in-imports", Family: family, Since: "0.1.0",
	Summary: "`imports`, or an element of it, is a `mkIf` or `mkMerge`",
	Doc: "`mkIf`, `mkMerge`, `mkForce` and the like make a set that only the definitions of options understand. As the value of\n" +
		"`imports` it is \"expected a list but found a set\", whatever the condition says. As an element, `mkIf` around a path or a\n" +
		"function fails too; around a plain set of definitions it works, as the module system takes that for a `config`.\n" +
		"\n" +
		"Import the module always and use `mkIf` inside it. If the condition comes from `specialArgs`, use `lib.optional`.",
	Severity: diag.Error, Presets: rules.Recommended,
	File: func(p *rules.Pass) {
		mkIfInParts(p)
		mkIfOfUsers(p)
	},
})

var mkIfInParts = each(mkIfInImports, func(_ *module.File, pr module.Obstacle) diag.Finding {
	f := listNotSet(pr.Part, pr.Name, pr.At)
	if pr.Element {
		f.Message = "`" + pr.Name + "` around a module in `" + pr.Part + "` is no module"
	}
	if pr.Unsure {
		f.Severity = diag.Warning
		f.Message += ", unless it is a plain set of definitions"
	}
	return f
})

func listNotSet(part, name string, at source.Span) diag.Finding {
	return diag.Finding{
		Span:    at,
		Message: "`" + part + "` is a list, but `" + name + "` makes a set",
		Help:    "import the module always and use `lib.mkIf` inside it, or `lib.optional` with a condition from `specialArgs`",
	}
}

// mkIfOfUsers looks at home-manager.users.<name>.imports where the path is written out: no set there is a module by itself.
func mkIfOfUsers(p *rules.Pass) {
	for _, n := range p.Modules().Importing() {
		b := ast.BindingNode{Node: n}
		path := pathAround(b)
		if at := len(path) - 4; at < 0 || path[at] != "home-manager" || path[at+1] != "users" || len(b.Attrpath().Parts()) < 2 {
			continue
		}
		if prop, ok := propertyOf(p.Names(), b.Value()); ok && b.Value().Encloses(prop.call) {
			p.Report(listNotSet("imports", prop.name, source.Span{Start: prop.call.Start(), End: prop.fn.End()}))
		}
	}
}

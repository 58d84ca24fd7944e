package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "config-in-imports", Family: family, Since: "0.1.0",
	Summary: "Which modules are imported depends on `config`",
	Doc: "The module system collects all modules first and computes `config` from them. If the length of `imports`, or the\n" +
		"path of a module in it, depends on `config`, evaluation ends with \"infinite recursion encountered\".\n" +
		"\n" +
		"Import the module in any case, give it an `enable` option and put its `config` under `lib.mkIf`. Where the list really\n" +
		"has to vary, decide by an argument from `specialArgs`, which exists before the modules do.\n" +
		"\n" +
		"`config` may be read inside an imported module that is written in place, and the `config` of an outer system may decide\n" +
		"the imports of an inner one, as in `home-manager.users.<name>.imports`.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	File: each(configInImports, func(file *module.File, pr module.Obstacle) diag.Finding {
		f := diag.Finding{
			Span:    pr.At,
			Message: "`" + pr.Part + "` depends on " + reads(file, pr.Why) + ", but " + missing(pr.Why, "all imports are known"),
			Help:    "import the module always and put its config under `lib.mkIf`, or decide by a value from `specialArgs`",
		}
		f.Fixes = inAnyCase(pr.Why)
		f.Related = trail(pr.Why, f)
		return f
	}),
})

// inAnyCase shows the list without the condition: what it imports has to depend on that itself then.
func inAnyCase(why *module.Why) []diag.Fix {
	n := why.Node
	if !n.IsValid() || n.HasError() {
		return nil
	}
	text, cond := "", ast.Node{}
	switch {
	case n.Is(ast.If):
		i := ast.IfExpr{Node: n}
		if empty := i.Else().Unparen(); empty.Is(ast.List) && !empty.FirstChild().IsValid() {
			text, cond = i.Then().Text(), i.Cond()
		}
	case n.Is(ast.Apply):
		fn, args := ast.Call(n)
		switch name := ast.LastName(fn); {
		case name == "optional" && len(args) == 2:
			text, cond = "[ "+args[1].Text()+" ]", args[0]
		case name == "optionals" && len(args) == 2 && args[1].Unparen().Is(ast.List):
			text, cond = args[1].Unparen().Text(), args[0]
		}
	}
	if text == "" {
		return nil
	}
	title := "import it in any case, with its `config` under `lib.mkIf " + oneLine(cond) + "`"
	return []diag.Fix{rules.Replace(title, diag.Display, n.Span(), text)}
}

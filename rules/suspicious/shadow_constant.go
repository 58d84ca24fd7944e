package suspicious

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "shadow-constant", Family: family, Since: "0.1.0",
	Summary: "A name hides `true`, `false` or `null`, or changes what an operator does",
	Doc: "`true`, `false` and `null` are no keywords: `let true = 1; in true` is 1. Operators are names, too: within the scope of\n" +
		"a `__sub`, `__mul`, `__div` or `__lessThan` of one's own `-`, `*`, `/` and the comparisons call that, and `<x>` calls\n" +
		"`__findFile __nixPath \"x\"`. Readers expect none of this, and linters and formatters may rewrite code on the assumption\n" +
		"that it does not happen.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Aliases: []string{"nixf:sema-constant-overridden", "lix:shadow-internal-symbols"},
	File: func(p *rules.Pass) {
		names := p.Names()
		all := names.Bindings()
		for i := 1; i < len(all); i++ {
			b := &all[i]
			effect := shadowEffect(b.Name)
			if effect == "" || names.Scope(b.Scope).Node.HasError() {
				continue
			}
			f := diag.Finding{Span: b.Node.Span(), Message: "`" + b.Name + "` " + effect, Help: "give it another name"}
			if b.Kind == sema.RecBinding {
				f.Help = "give it another name, or drop `rec`"
			}
			p.Report(f)
		}
	},
})

func shadowEffect(name string) string {
	switch name {
	case "true", "false", "null":
		return "hides the constant of that name"
	case "__sub":
		return "changes what `-` does in its scope"
	case "__mul":
		return "changes what `*` does in its scope"
	case "__div":
		return "changes what `/` does in its scope"
	case "__lessThan":
		return "changes what `<`, `>`, `<=` and `>=` do in its scope"
	case "__findFile", "__nixPath":
		return "changes what search paths such as `<nixpkgs>` mean in its scope"
	}
	return ""
}

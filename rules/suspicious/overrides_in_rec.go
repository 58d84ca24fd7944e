package suspicious

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "overrides-in-rec", Family: family, Since: "0.1.0",
	Summary: "A `rec` set uses the special attribute `__overrides`",
	Doc: "In a `rec` set the attributes of `__overrides` replace those of the set, also for the references between them. The name\n" +
		"is evaluated as soon as the set is, which easily recurses without end; without `rec` it is an attribute like any\n" +
		"other. Lix deprecates it.\n" +
		"\n" +
		"Use a function of the final set instead, as `lib.fix` and `lib.makeExtensible` do.",
	Severity: diag.Warning, Presets: rules.Recommended, Tags: diag.Deprecated,
	Aliases: []string{"lix:rec-set-overrides"},
	File: func(p *rules.Pass) {
		names := p.Names()
		all := names.Bindings()
		for i := 1; i < len(all); i++ {
			b := &all[i]
			if b.Kind == sema.RecBinding && b.Name == "__overrides" {
				p.Report(diag.Finding{
					Span: b.Node.Span(), Message: "`__overrides` replaces attributes of the set, for their siblings too",
					Help: "use a function of the final set, such as `lib.fix`, or `//`",
				})
			}
		}
	},
})

package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var underscoresOfLet = rules.NewSetting("let", "Report names of `let`, too.", false)

var _ = rules.Register(&rules.Rule{
	ID: "used-underscore-name", Family: family, Since: "0.1.0",
	Summary: "A name that starts with an underscore is used",
	Doc: "An underscore in front says that nothing uses a name. Where something does, the name misleads: give it one without.\n" +
		"\n" +
		"Only names that can be chosen freely are meant: those of `x: …` and of `@x`, and with the option `let` those of `let`,\n" +
		"where many write an underscore in front of a helper. Attributes, formals and inherited names belong to an\n" +
		"interface. A name that only avoids hiding another of the file, as in `_self: self`, or\n" +
		"that could not do without the underscore, as in `_7zip`, is left alone.",
	Severity: diag.Info,
	Aliases:  []string{"deadnix:used-underscore-name"},
	Options:  []*rules.Option{underscoresOfLet.Option},
	File: func(p *rules.Pass) {
		names := p.Names()
		var bound map[string]bool
		all := names.Bindings()
		for i := 1; i < len(all); i++ {
			b := &all[i]
			if !strings.HasPrefix(b.Name, "_") || strings.HasPrefix(b.Name, "__") || !names.IsUsed(sema.BindingID(i)) {
				continue
			}
			switch b.Kind {
			case sema.ParamBinding, sema.AtBinding:
			case sema.LetBinding:
				if !b.Decl.Is(ast.Binding) || !underscoresOfLet.In(p) {
					continue
				}
			default:
				continue
			}
			if bound == nil {
				bound = boundNames(names)
			}
			if bare := b.Name[1:]; bare != "" && (bound[bare] || !ast.IsIdentifier(bare)) {
				continue
			}
			p.Report(diag.Finding{
				Span: b.Node.Span(), Message: "`" + b.Name + "` is used, though its name says that it is not",
				Help: "give it a name without the underscore",
			})
		}
	},
})

// boundNames returns the names that a file binds or takes from Nix itself.
func boundNames(names *sema.Info) map[string]bool {
	m := map[string]bool{}
	for _, b := range names.Bindings() {
		m[b.Name] = true
	}
	for _, g := range sema.Globals() {
		m[g] = true
	}
	return m
}

package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unused-at-binding", Family: family, Since: "0.1.0",
	Summary: "The name of a whole argument set, as in `{ a }@args`, is never used",
	Doc: "`@args` binds the whole argument to a name. Without a use it only makes readers look for one; what the function\n" +
		"accepts does not depend on it.\n" +
		"\n" +
		"The fix removes it, which changes nothing. It is safe where no comment goes with it. A name that starts with an\n" +
		"underscore is kept on purpose.",
	Severity: diag.Warning, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Fix: rules.FixSometimes, SafeFix: rules.FewerTokens,
	Aliases: []string{"deadnix:unused-at-binding", "nixf:sema-unused-def-lambda-witharg-arg", "nil:unused_binding"},
	On:      []ast.Kind{ast.AtName},
	File: func(p *rules.Pass) {
		for id, b := range unusedNames(p, sema.AtBinding) {
			f := diag.Finding{Span: b.Node.Span(), Message: neverUsed(p.Names(), id), Help: "remove `@" + b.Name + "`"}
			if !p.Names().IsUsed(id) {
				edits := []diag.Edit{{Span: atSpan(b.Node)}}
				f.Fixes = []diag.Fix{{Title: "remove `@" + b.Name + "`", Safety: safety(p.Tree, edits), Edits: edits}}
			}
			p.Report(f)
		}
	},
})

// atSpan returns the bytes of @name or name@, up to the braces.
func atSpan(at ast.Node) source.Span {
	prev := at.FirstToken().PrevSignificant()
	if prev.IsValid() && prev.Kind() == ast.TokAt {
		return source.Span{Start: prev.PrevSignificant().Span().End, End: at.End()}
	}
	sign := at.LastToken().NextSignificant()
	return source.Span{Start: at.Start(), End: sign.NextSignificant().Start()}
}

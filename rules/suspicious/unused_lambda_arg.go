package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var argsOfOverlays = rules.NewSetting("overlays", "Report the parameters of overlays, too.", false)

var _ = rules.Register(&rules.Rule{
	ID: "unused-lambda-arg", Family: family, Since: "0.1.0",
	Summary: "The parameter of a function `x: …` is never used",
	Doc: "Whoever calls the function may ask for the parameter, so it has to stay, but a name with an underscore in front says\n" +
		"that it is ignored on purpose. Many find that too much ceremony: the rule is off unless asked for. The parameters\n" +
		"of overlays (`final: prev:`, `self: super:`) are left alone, unless the option `overlays` asks for them; a `self` alone, as\n" +
		"in `apply = self: …`, is none of them.\n" +
		"\n" +
		"The fix puts the underscore in front, unless the body uses that name already.",
	Severity: diag.Info, Tags: diag.Unnecessary,
	Fix: rules.FixSometimes, SafeFix: rules.Underscored,
	Aliases: []string{"deadnix:unused-lambda-arg", "nix-linter:UnusedArg"},
	Options: []*rules.Option{argsOfOverlays.Option},
	On:      []ast.Kind{ast.Lambda},
	File: func(p *rules.Pass) {
		var taken map[string]bool
		for id, b := range unusedNames(p, sema.ParamBinding) {
			if ofOverlay(p, b) && !argsOfOverlays.In(p) {
				continue
			}
			f := diag.Finding{
				Span: b.Node.Span(), Message: "the parameter " + neverUsed(p.Names(), id),
				Help: "call it `_" + b.Name + "` if that is on purpose",
			}
			if taken == nil {
				taken = underscored(p.Names())
			}
			if !p.Names().IsUsed(id) && !taken["_"+b.Name] {
				f.Fixes = []diag.Fix{rules.Insert("call it `_"+b.Name+"`", diag.Safe, b.Node.Start(), "_")}
			}
			p.Report(f)
		}
	},
})

// underscored returns the names with an underscore in front that a file uses anywhere.
func underscored(names *sema.Info) map[string]bool {
	m := map[string]bool{}
	for _, u := range names.Uses() {
		if name, _ := ast.AttrName(u.Node); strings.HasPrefix(name, "_") {
			m[name] = true
		}
	}
	return m
}

// ofOverlay reports whether a parameter is that of an overlay, by its name or its place.
func ofOverlay(p *rules.Pass, b *sema.Binding) bool {
	switch b.Name {
	case "final", "self", "prev", "super":
		if (ast.LambdaExpr{Node: b.Decl}).Body().Unparen().Is(ast.Lambda) || b.Decl.OutsideParens().Parent().Is(ast.Lambda) {
			return true
		}
	}
	return p.Shape().Role(0).Kind == role.Overlay && isOverlayParam(p.Tree, b.Decl)
}

// isOverlayParam reports whether a function is one of the two of an overlay file.
func isOverlayParam(t *ast.Tree, fn ast.Node) bool {
	for n, i := t.Expr(), 0; i < 64; i++ {
		n = n.Unparen()
		switch n.Kind() {
		case ast.Lambda:
			if n == fn {
				return true
			}
			n = n.Child(1)
		case ast.Let, ast.With, ast.Assert:
			n = n.Child(1)
		default:
			return false
		}
	}
	return false
}

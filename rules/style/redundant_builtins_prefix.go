package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// plainGlobals are the builtins that every Nix from 2.3 on binds without a prefix.
const plainGlobals = " abort baseNameOf derivation dirOf fetchGit fetchMercurial fetchTarball fromTOML import isNull map placeholder " +
	"removeAttrs scopedImport throw toString true false null "

var _ = rules.Register(&rules.Rule{
	ID: "redundant-builtins-prefix", Family: family, Since: "0.1.0",
	Summary: "A builtin that needs no prefix is written with one",
	Doc: "`builtins.map` is `map`. Many people prefer the prefix for all builtins, so the rule is off by default.\n" +
		"\n" +
		"Nothing is said where the file binds the bare name to something else.",
	Severity: diag.Hint,
	Fix:      rules.FixAlways, SafeFix: rules.FewerTokens,
	Aliases: []string{"nixf:sema-primop-removed-prefix"},
	On:      []ast.Kind{ast.Select},
	Node: func(p *rules.Pass, n ast.Node) {
		s := ast.SelectExpr{Node: n}
		operand, part := s.Operand().Unparen(), s.Attrpath().FirstChild()
		if !operand.Is(ast.Ident) || operand.Text() != "builtins" || !part.Is(ast.Name) || part.NextSibling().IsValid() || s.Default().IsValid() {
			return
		}
		name := part.Text()
		if !strings.Contains(plainGlobals, " "+name+" ") || !p.Names().IsGlobal(operand, "builtins") {
			return
		}
		if u, ok := p.Names().Use(operand); !ok || nixlang.Hidden(p.Names(), u.Scope, name) || !sema.IsGlobal(name) {
			return
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: "`" + name + "` needs no prefix", Help: "write `" + name + "`",
			Fixes: []diag.Fix{swapName("write `"+name+"`", diag.Safe, n, name)},
		})
	},
})

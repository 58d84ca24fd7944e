package secrets

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "secret-interpolated-path", Family: family, Since: "0.1.0",
	Summary: "A string takes a file or folder with secrets into the Nix store",
	Doc: "`\"${./secrets}/token\"` copies the whole folder into the Nix store, and `\"${./token}\"` the file: everybody on the machine can read what\n" +
		"is there. Write the path of a file that is on the machine as a string, `\"/run/secrets/token\"` or `config.sops.secrets.token.path`.\n" +
		"\n" +
		"Nothing is said of encrypted files and public keys, of what sops-nix and agenix are given, and of examples.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.Interpolation},
	Node: func(p *rules.Pass, n ast.Node) {
		s := n.Parent()
		if !s.Is(ast.String) && !s.Is(ast.IndString) {
			return
		}
		inner := newReader(p).Follow(n.FirstChild())
		if !inner.Is(ast.Path) || strings.Contains(inner.Text(), "${") {
			return
		}
		text := inner.Text()
		src := p.Tree.Source()
		rest := src[n.End():s.End()]
		if i := strings.IndexAny(rest, " \n\"'"); i >= 0 {
			rest = rest[:i]
		}
		whole := text + rest
		folder := strings.HasSuffix(text, "/secrets") || strings.HasSuffix(text, "/private-keys")
		if isEncrypted(whole) || strings.Contains(rest, "${") || !isSecretFile(whole) && !(folder && strings.HasPrefix(rest, "/") && isPlain(whole)) {
			return
		}
		if apart(p, n) || isDecrypted(n) {
			return
		}
		if b := bindingOf(n); b.IsValid() && isDecrypted(b) {
			return
		}
		message := "%s is copied to the Nix store, where everybody can read it"
		if rest != "" {
			message = "all of %s is copied to the Nix store, where everybody can read it"
		}
		p.ReportMildly(diag.Finding{
			Span: n.Span(), Message: fmt.Sprintf(message, diag.Code(text)),
			Help: "write the path of a file that is on the machine, as `/run/secrets/NAME`, without interpolating a path literal",
		}, diag.Hint)
	},
})

package secrets

import (
	"fmt"
	"path"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "secret-path-literal", Family: family, Since: "0.1.0",
	Summary: "A file with a secret is named by a path literal",
	Doc: "A path literal is copied into the Nix store as soon as it becomes a string, and everybody on the machine can read it there:\n" +
		"`passwordFile = ./secret;` publishes the secret. (An option of type `str` refuses a path.)\n" +
		"\n" +
		"Write the path of a file that is on the machine as a string, `\"/run/secrets/x\"`, or `config.sops.secrets.x.path` and\n" +
		"`config.age.secrets.x.path`, which are such strings.\n" +
		"\n" +
		"Reported are options that take a file with a secret by their name, and files whose own name says what they are, as `id_ed25519`. Nothing\n" +
		"is said of encrypted files (`.age`, `.gpg`, YAML of sops), of what sops-nix and agenix are given, of public keys, and of examples.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.Path},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.Text()
		if strings.Contains(text, "${") || isEncrypted(text) || strings.HasPrefix(text, "/run/") {
			return
		}
		named := isSecretFile(text)
		if !named && !isPlain(path.Base(text)) {
			return
		}
		b := bindingOf(n)
		if b.IsValid() {
			if call := b.Parent().OutsideParens().Parent(); call.IsCall() && ast.LastName((ast.ApplyExpr{Node: call}).Func()) == "path" { // builtins.path { path = …; }
				b = bindingOf(call)
			}
		}
		if !b.IsValid() {
			return
		}
		last := (ast.BindingNode{Node: b}).Attrpath().LastName()
		option := takesSecretFile(last)
		if !option && (!named || last != "source" && last != "file" && !strings.HasSuffix(last, "File")) {
			if !b.Parent().Is(ast.Bindings) {
				return
			}
			r := newReader(p)
			uses := false
			for u := range r.Names.UsesOf(r.Names.Declared(b)) {
				if at := bindingOf(u.Node); at.IsValid() && takesSecretFile((ast.BindingNode{Node: at}).Attrpath().LastName()) && !isDecrypted(at) {
					uses = true
				}
			}
			if !uses {
				return
			}
		}
		if n.Parent().Is(ast.Interpolation) || isDecrypted(b) || apart(p, n) {
			return
		}
		p.ReportMildly(diag.Finding{
			Span: n.Span(), Message: fmt.Sprintf("%s is copied to the Nix store, where everybody can read it", diag.Code(text)),
			Help: "write the path of a file that is on the machine, as a string; `config.sops.secrets.NAME.path` and `config.age.secrets.NAME.path` are such",
		}, diag.Hint)
	},
})

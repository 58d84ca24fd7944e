package secrets

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "secret-read-at-evaluation", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A secret is read when the configuration is evaluated",
	Doc: "`builtins.readFile config.sops.secrets.x.path` and `readFile \"/run/secrets/x\"` read at evaluation what is there at run time only:\n" +
		"pure evaluation refuses the path, and elsewhere, as in CI or on another machine, the file does not exist. Where it works, the secret\n" +
		"becomes text of the configuration, and so is written to the Nix store, where everybody can read it; `readFile ./token` does the same.\n" +
		"\n" +
		"Give the program the path, by an option that ends in `File`, `EnvironmentFile` or `LoadCredential`, or let a template of sops-nix\n" +
		"(`sops.templates`, with `config.sops.placeholder.x`) put the secret into the file at run time. Public keys and encrypted files are no\n" +
		"finding.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		fn := call.Func().Unparen()
		switch ast.LastName(fn) {
		case "readFile", "fileContents", "importJSON", "importTOML":
		default:
			return
		}
		r := newReader(p)
		if !r.readsFile(fn) || apart(n) {
			return
		}
		arg := r.Follow(call.Arg())
		var message string
		switch {
		case isRunTimePath(r, arg):
			message = "this reads a secret at evaluation that is there at run time only: pure evaluation refuses it, and its text would be in the Nix store"
		case arg.Is(ast.Path) && !isEncrypted(arg.Text()) && isSecretFile(arg.Text()):
			message = "this makes the secret in " + diag.Code(arg.Text()) + " text of the configuration, which gets into the Nix store, where everybody can read it"
		default:
			return
		}
		p.ReportMildly(diag.Finding{
			Span: n.Span(), Message: message,
			Help: "give the program the path, by an option that takes a file, `EnvironmentFile` or `LoadCredential`, or use `sops.templates`",
		}, diag.Hint)
	},
})

// runTime are the folders in which secrets lie at run time: sops-nix, agenix, NixOps and Colmena, systemd.
var runTime = []string{"/run/secrets/", "/run/secrets.d/", "/run/agenix/", "/run/agenix.d/", "/run/keys/", "/run/credentials/", "/run/user-secrets/", "/run/secrets-for-users/", "/run/secrets-rendered/"}

// isRunTimePath reports whether an expression is the path of a secret at run time.
func isRunTimePath(r *reader, n ast.Node) bool {
	switch n.Kind() {
	case ast.Path:
		return inRunTime(n.Text())
	case ast.String:
		first := n.FirstChild()
		if first.IsValid() && first.Start() == n.Start()+1 { // "${config.sops.secrets.x.path}"
			return isRunTimePath(r, r.Follow(first.FirstChild()))
		}
		return inRunTime(strings.TrimPrefix(n.Text(), `"`))
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		parts := s.Attrpath().Parts()
		names := make([]string, 0, len(parts)+1)
		operand := s.Operand().Unparen()
		if to := r.Follow(operand); to.Is(ast.Select) { // let secrets = config.sops.secrets; in secrets.x.path
			for _, part := range (ast.SelectExpr{Node: to}).Attrpath().Parts() {
				name, _ := ast.AttrName(part)
				names = append(names, name)
			}
		}
		for _, part := range parts {
			name, _ := ast.AttrName(part)
			names = append(names, name)
		}
		if len(names) < 4 || names[len(names)-1] != "path" {
			return false
		}
		for i := range names[:len(names)-2] {
			if (names[i] == "sops" || names[i] == "age") && slices.Contains([]string{"secrets", "templates"}, names[i+1]) {
				return true
			}
		}
	}
	return false
}

func inRunTime(text string) bool {
	return slices.ContainsFunc(runTime, func(dir string) bool { return strings.HasPrefix(text, dir) })
}

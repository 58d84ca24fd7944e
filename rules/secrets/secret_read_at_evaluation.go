package secrets

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "secret-read-at-evaluation", Family: family, Since: "0.1.0",
	Summary: "A secret is read when the configuration is evaluated",
	Doc: "`builtins.readFile config.sops.secrets.x.path` and `readFile \"/run/secrets/x\"` read at evaluation what is there at run time only:\n" +
		"pure evaluation refuses the path, and elsewhere, as in CI or on another machine, the file does not exist. Where it works, the secret\n" +
		"becomes text of the configuration, and so is written to the Nix store, where everybody can read it; `readFile ./token` does the same.\n" +
		"\n" +
		"Give the program the path, by an option that ends in `File`, `EnvironmentFile` or `LoadCredential`, or let a template of sops-nix\n" +
		"(`sops.templates`, with `config.sops.placeholder.x`) put the secret into the file at run time. Public keys and encrypted files are no\n" +
		"finding.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:    []ast.Kind{ast.Apply},
	Names: []string{"readFile", "fileContents", "importJSON", "importTOML"},
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		fn := call.Func().Unparen()
		switch ast.LastName(fn) {
		case "readFile", "fileContents", "importJSON", "importTOML":
		default:
			return
		}
		r := newReader(p)
		if !r.readsFile(fn) || apart(p, n) {
			return
		}
		arg := r.Follow(call.Arg())
		path := pathText(r, arg, maxLevels)
		var message string
		switch {
		case isRunTimePath(r, arg, maxLevels):
			message = "this reads a secret at evaluation that is there at run time only: pure evaluation refuses it, and its text would be in the Nix store"
		case isSecretAt(path):
			message = "this makes the secret in " + diag.Code(path) + " text of the configuration, which gets into the Nix store, where everybody can read it"
		default:
			return
		}
		p.ReportMildly(diag.Finding{
			Span: n.Span(), Message: message,
			Help: "give the program the path, by an option that takes a file, `EnvironmentFile` or `LoadCredential`, or use `sops.templates`",
		}, diag.Hint)
	},
})

// isSecretAt reports whether a path names a file with a secret that is not encrypted.
func isSecretAt(name string) bool { return name != "" && !isEncrypted(name) && isSecretFile(name) }

// sources are names that stand for the folder of a flake.
var sources = []string{"self", "outPath", "root", "flake"}

// pathText returns the path that an expression is, as far as it is written out: through toString, +, and interpolation of a path or of the
// folder of a flake. It is "" for others.
func pathText(r *reader, n ast.Node, depth int) string {
	if depth == 0 || !n.IsValid() {
		return ""
	}
	n = r.Follow(n)
	switch n.Form() {
	case ast.Path:
		return n.Text()
	case ast.String:
		if text, whole := ast.StringValue(n); whole {
			if strings.HasPrefix(text, "/") {
				return text
			}
			return ""
		}
		out := ""
		for i, part := range ast.PlacedTexts(n) {
			switch {
			case !part.Interp.IsValid():
				out += part.Text
			case i == 0:
				out = pathText(r, part.Interp.FirstChild(), depth-1)
			default:
				return ""
			}
			if out == "" {
				return ""
			}
		}
		return out
	case ast.Binary:
		if n.Op() == ast.OpAdd {
			rest, whole := ast.StringValue(r.Follow(n.Child(1)))
			if base := pathText(r, n.Child(0), depth-1); base != "" && whole {
				return base + rest
			}
		}
	case ast.Apply:
		if fn, args := ast.Call(n); ast.LastName(fn) == "toString" && len(args) == 1 {
			return pathText(r, args[0], depth-1)
		}
	case ast.Ident, ast.Select:
		if slices.Contains(sources, ast.LastName(n)) {
			return "."
		}
	}
	return ""
}

// runTime are the folders in which secrets lie at run time: sops-nix, agenix, NixOps and Colmena, systemd.
var runTime = []string{"/run/secrets/", "/run/secrets.d/", "/run/agenix/", "/run/agenix.d/", "/run/keys/", "/run/credentials/", "/run/user-secrets/", "/run/secrets-for-users/", "/run/secrets-rendered/"}

// isRunTimePath reports whether an expression is the path of a secret at run time.
func isRunTimePath(r *reader, n ast.Node, depth int) bool {
	if depth == 0 || !n.IsValid() {
		return false
	}
	n = r.Follow(n)
	switch n.Form() {
	case ast.Path:
		return inRunTime(n.Text())
	case ast.Apply:
		fn, args := ast.Call(n)
		return ast.LastName(fn) == "toString" && len(args) == 1 && isRunTimePath(r, args[0], depth-1)
	case ast.Binary:
		return n.Op() == ast.OpAdd && isRunTimePath(r, n.Child(0), depth-1)
	case ast.String:
		first := n.FirstChild()
		if first.IsValid() && first.Start() == n.Start()+1 { // "${config.sops.secrets.x.path}"
			return isRunTimePath(r, first.FirstChild(), depth-1)
		}
		return inRunTime(strings.TrimPrefix(n.Text(), `"`))
	case ast.Select, ast.Ident:
		names := selected(r, n, depth)
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

// selected returns the names by which something is selected from a variable of callers, through those that the file gives to parts of
// it: let inherit (config.sops) secrets; in secrets.x.path. A name that is computed is "".
func selected(r *reader, n ast.Node, depth int) []string {
	if depth == 0 {
		return nil
	}
	n = r.Follow(n)
	if s, ok := ast.AsSelect(n); ok {
		names := selected(r, s.Operand(), depth-1)
		for part := range s.Attrpath().Children() {
			name, _ := ast.AttrName(part)
			names = append(names, name)
		}
		return names
	}
	if b := r.Names.Resolve(n); b != nil && !b.More {
		if in, ok := ast.AsInherit(b.Decl); ok && in.From().IsValid() {
			return append(selected(r, in.From(), depth-1), b.Name)
		}
	}
	return nil
}

func inRunTime(text string) bool {
	return slices.ContainsFunc(runTime, func(dir string) bool { return strings.HasPrefix(text, dir) })
}

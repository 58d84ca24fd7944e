package secrets

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "secret-undeclared", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A secret of sops-nix or agenix is read that no module declares",
	Doc: "`config.sops.secrets.x.path` and `config.age.secrets.x.path` exist where a module declares the secret: `sops.secrets.x = { };`,\n" +
		"`age.secrets.x.file = ./x.age;`. Without it the evaluation of the host fails with \"attribute 'x' missing\". The same holds for\n" +
		"`config.sops.placeholder.x`, which needs the secret, and for `config.sops.templates.x`.\n" +
		"\n" +
		"A name that is close to one that is declared is a warning, another one an information. The declarations of all hosts count for each of\n" +
		"them. Nothing is reported where other names may be declared: by `mapAttrs`, `genAttrs` or a function, by computed names, or by\n" +
		"modules of inputs that are not widely known; nor where the project declares no secret of the kind, or something asks whether\n" +
		"the secret is there.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Asks: project.ForSecretNames,
	File: func(p *rules.Pass) {
		if text := p.Tree.Source(); !strings.Contains(text, "secrets") && !strings.Contains(text, "placeholder") && !strings.Contains(text, "templates") {
			return
		}
		var reads []secretRead
		for _, r := range p.Modules().ReadOptions() {
			if read, ok := secretOf(&r); ok {
				reads = append(reads, read)
			}
		}
		if len(reads) == 0 {
			return
		}
		path := p.Path
		p.Ask(func(a *rules.Asked) {
			if a.Sample(path) {
				return
			}
			for _, r := range reads {
				undeclaredSecret(a, r)
			}
		})
	},
})

// secretRead is a place where a secret is read.
type secretRead struct {
	option, set, name string // "sops.placeholder", "sops.secrets", "x"
	span              source.Span
}

// secretOf returns the secret that is read of the configuration of a module, or of the host around it.
func secretOf(r *module.Read) (read secretRead, ok bool) {
	if r.Guarded || len(r.Path) < 3 || len(r.Parts) == 0 || !r.Own && !strings.HasPrefix(r.Node.Text(), "osConfig.") {
		return read, false
	}
	read.option, read.name = strings.Join(r.Path[:2], "."), strings.Clone(r.Path[2])
	switch read.set = read.option; read.option {
	case "sops.secrets", "sops.templates", "age.secrets":
	case "sops.placeholder":
		read.set = "sops.secrets"
	default:
		return read, false
	}
	read.span = r.Node.Span()
	if i := 2 - len(r.Path) + len(r.Parts); i >= 0 && r.Parts[i].IsValid() {
		read.span = r.Parts[i].Span()
	}
	return read, true
}

// undeclaredSecret reports a secret that no module declares.
func undeclaredSecret(a *rules.Asked, r secretRead) {
	near, undeclared := a.UndeclaredSecret(r.set, r.name)
	if !undeclared {
		return
	}
	name := ast.QuoteAttr(r.name)
	f := diag.Finding{Span: r.span, Message: diag.Code(r.option+"."+name) + " is read, but no module of the project declares " + diag.Code(r.set+"."+name)}
	if near != "" {
		f.Help = "did you mean " + diag.Code(ast.QuoteAttr(near)) + "?"
	} else {
		f.Severity = diag.Info
		f.Help = "declare it: " + diag.Code(r.set+"."+name+" = { … };")
	}
	a.Report(f)
}

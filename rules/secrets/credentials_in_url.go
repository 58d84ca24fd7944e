package secrets

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "credentials-in-url", Family: family, Since: "0.1.0",
	Summary: "A URL has a password or token in it",
	Doc: "`https://user:password@host/…` and `?access_token=…` put what should be known to few into the file, into `flake.lock`, into the Nix\n" +
		"store, into the lists of processes and into logs. For inputs and fetchers, Nix takes credentials from `access-tokens` and `netrc-file`\n" +
		"in a `nix.conf` that is not in the repository, and Git from a credential helper or SSH. For services, build the URL at run time.\n" +
		"\n" +
		"Nothing is said of variables and templates in that place, of `user:password` as documentation writes it, of comments, and of the machine\n" +
		"itself with a password that is the name of the user, as test databases have. Tokens of known form are told by `inline-token`.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.File},
	Node: func(p *rules.Pass, _ ast.Node) {
		for _, at := range secret.FindInURLs(p.Tree.Source()) {
			if inUsedText(p, at.Span) && (!at.Formed || !p.Runs("inline-token")) {
				p.ReportMildly(inURL(&at, "the Nix store"), diag.Hint)
			}
		}
	},
	Script: func(p *rules.Pass, d *shell.Doc) {
		for _, at := range secret.FindInURLs(d.Text) {
			if !commented(d.Text, at.Span.Start) && (!at.Formed || !p.Runs("inline-token")) {
				p.ReportMildly(inURL(&at, "the logs of whatever fetches it"), diag.Hint)
			}
		}
	},
})

// inURL is what is told of a secret in a URL.
func inURL(c *secret.InURL, also string) diag.Finding {
	f := diag.Finding{
		Span: c.Span, Secret: true, Message: "the " + c.What + " in this URL is in Git, and in " + also,
		Help: "leave it out: Nix takes it from `access-tokens` or `netrc-file`, Git from a credential helper or SSH, and a service at run time",
	}
	if c.Local {
		f.Severity = diag.Info
	}
	return f
}

// commented reports whether the line of a script has a comment before a place.
func commented(text string, at uint32) bool {
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	return strings.HasPrefix(strings.TrimSpace(line), "#")
}

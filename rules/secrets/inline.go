package secrets

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

// reportInline reports the secrets of known form in a Nix file: keys, or tokens.
func reportInline(p *rules.Pass, keys bool) {
	for _, f := range secret.Find(p.Tree.Source()) {
		if f.Key != keys {
			continue
		}
		n := p.Tree.NodeAt(f.Span)
		where := "is in Git"
		if !n.Is(ast.String) && !n.Is(ast.IndString) && !n.Is(ast.URI) {
			where += ", in a comment"
		} else if apart(p, n) {
			continue
		} else {
			where += " and in the Nix store, where everybody can read it"
		}
		found := finding(f, where)
		if publicByName(p, n) || snakeOil(p.Path) {
			found.Severity = diag.Info
		}
		p.ReportMildly(found, diag.Hint)
	}
}

// reportInScript is reportInline for CI files and scripts.
func reportInScript(p *rules.Pass, d *shell.Doc, keys bool) {
	for _, f := range secret.Find(d.Text) {
		if f.Key == keys {
			p.ReportMildly(finding(f, "is in Git, where everybody who sees the file can read it"), diag.Hint)
		}
	}
}

func finding(f secret.Found, where string) diag.Finding {
	out := diag.Finding{Span: f.Span, Secret: true, Message: f.What + " " + where, Help: "revoke it, and let the program read the new one at run time from a file that sops-nix, agenix or systemd's `LoadCredential` provides"}
	if f.Public {
		out.Severity = diag.Info
		out.Help = "some are meant to be public; if this one is not, revoke it, and let the program read the new one at run time"
	}
	return out
}

// snakeOil reports whether a path says that keys in it are none to be trusted.
func snakeOil(path string) bool {
	lower := strings.ToLower(path)
	return strings.Contains(lower, "snakeoil") || strings.Contains(lower, "snake-oil") || strings.Contains(lower, "dummy")
}

// inUsedText reports whether a place in a Nix file is the text of a string or a URL that is used, no comment and no documentation.
func inUsedText(p *rules.Pass, at source.Span) bool {
	n := p.Tree.NodeAt(at)
	return (n.Is(ast.String) || n.Is(ast.IndString) || n.Is(ast.URI)) && !apart(p, n)
}

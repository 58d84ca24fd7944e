package secrets

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "inline-token", Family: family, Since: "0.1.0",
	Summary: "A token is written in the file",
	Doc: "A token gives whoever has it what its owner may do. One that stands in a file is in the history of Git, and, from a string of Nix, in the\n" +
		"Nix store. Revoke it: it has to count as known. Let programs read the new one at run time; CI systems keep secrets of their own.\n" +
		"\n" +
		"Found are tokens of GitHub, GitLab, AWS, Slack, Stripe, npm, PyPI, Docker Hub, Tailscale and others that have a form of their own, in Nix\n" +
		"files, CI files and scripts, comments included. What repeats, counts or says that it is an example is no finding. Keys that are often\n" +
		"meant to be public are told as info, and what lies in tests, examples and templates as a hint.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:     []ast.Kind{ast.File},
	Node:   func(p *rules.Pass, _ ast.Node) { reportInline(p, false) },
	Script: func(p *rules.Pass, d *shell.Doc) { reportInScript(p, d, false) },
})

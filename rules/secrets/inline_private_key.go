package secrets

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "inline-private-key", Family: family, Since: "0.1.0",
	Summary: "A private key is written in the file",
	Doc: "A private key that stands in a file is in the history of Git, and, from a string of Nix, in the Nix store, where everybody on the machine\n" +
		"can read it. Revoke it, make a new one, and let programs read that from a file at run time.\n" +
		"\n" +
		"Found are keys in the form of RFC 7468, OpenSSH and PGP with what they encode, keys of age, and keys that sign for a binary cache, in Nix\n" +
		"files, CI files and scripts. Headers alone, public keys and certificates are no finding. It is info where the names say that the key is\n" +
		"one for tests (`snakeoil`), and a hint in tests, examples and templates.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:     []ast.Kind{ast.File},
	Node:   func(p *rules.Pass, _ ast.Node) { reportInline(p, true) },
	Script: func(p *rules.Pass, d *shell.Doc) { reportInScript(p, d, true) },
})

package lsp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestOwnRules holds that rules which the configuration defines are told as others are, and again when another file decides that their
// condition holds.
func TestOwnRules(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{})
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "nixsift.toml", `preset = "none"
[[rule]]
id = "forced"
pattern = "{ a = 1; }"
where = "file is module"
message = "one"
bad = ["{ config, lib, ... }: { options.x = lib.mkOption { }; config = { a = 1; }; }"]
good = ["a = 1;"]
`)
	a := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", "{ a = 1; }\n"))
	b := lsptest.URI(lsptest.WriteFile(t, dir, "b.nix", "{ }\n"))
	c.Initialize(dir, "")
	c.Open(a, "nix", 1, "{ a = 1; }\n")
	assert.Empty(t, c.DiagnosticsThat(a, func(lsptest.Published) bool { return true }).Diagnostics)
	c.Open(b, "nix", 1, "{ }\n")
	c.Edit(b, 2, lsptest.Change{Text: "{ imports = [ ./a.nix ]; }\n"})
	told := c.DiagnosticsThat(a, func(p lsptest.Published) bool { return len(p.Diagnostics) > 0 })
	assert.Equal(t, "forced", told.Diagnostics[0].Code)
	c.Edit(b, 3, lsptest.Change{Text: "{ }\n"})
	c.DiagnosticsThat(a, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
	assert.Equal(t, 0, c.Shutdown())
}

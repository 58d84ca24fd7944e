package lsp_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestOthersAreCheckedIfItMatters holds that an unsaved change in a caller shows in the package that it calls, and that an
// edit which leaves what a file says of others as it is checks nobody else again.
func TestOthersAreCheckedIfItMatters(t *testing.T) {
	dir := t.TempDir()
	const counted = "{ lib, extra, stdenv }: # counted\nstdenv.mkDerivation { n = 0; l = lib; }\n"
	caller := func(args, more string) string {
		return more + "{ callPackage }: { a = callPackage ./pkg.nix { " + args + "}; }\n"
	}
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	lsptest.WriteFile(t, dir, "pkg.nix", counted)
	lsptest.WriteFile(t, dir, "caller.nix", caller("", ""))
	opts := lsp.Options{Engine: engine.Options{Only: []string{"hanging-number", "unused-lambda-formal"}}, Idle: 10 * time.Millisecond, Poll: time.Hour}
	c := lsptest.Start(t, opts)
	c.Initialize(dir, "")
	pkg, call := lsptest.URI(filepath.Join(dir, "pkg.nix")), lsptest.URI(filepath.Join(dir, "caller.nix"))
	c.Open(call, "nix", 1, caller("", ""))
	c.Diagnostics(call, 1)
	c.Open(pkg, "nix", 1, counted)
	shown := func(n int) {
		t.Helper()
		c.DiagnosticsThat(pkg, func(p lsptest.Published) bool { return len(p.Diagnostics) == n })
	}
	shown(1)
	before := checks.Load()
	version := 1
	edit := func(text string) {
		version++
		c.Edit(call, version, lsptest.Change{Text: text})
		c.Diagnostics(call, version)
	}
	edit(caller("extra = 1; ", ""))
	shown(0)
	assert.Greater(t, checks.Load(), before)
	edit(caller("", ""))
	shown(1)
	before = checks.Load()
	for range 5 {
		edit(caller("", "# a comment moves the call\n"))
		edit(caller("", "") + "# it is back\n")
	}
	assert.Equal(t, 0, c.Shutdown()) // waits for what is under way
	assert.Equal(t, before, checks.Load(), "what the caller says of the package is the same")
}

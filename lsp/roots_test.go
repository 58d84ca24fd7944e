package lsp_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestRoots opens documents of two repositories in one session, one of which is a folder of the client that it watches: what
// the other says counts, typed or on disk, and the other way round.
func TestRoots(t *testing.T) {
	const caller = "import ../two/lib.nix { x = 1; }\n"
	dir := testenv.Tree(t, map[string]string{
		"one/flake.nix": "{ outputs = _: { }; }\n", "one/caller.nix": caller, "one/far.nix": "import ../store/0-source { y = 1; }\n",
		"two/flake.nix": "{ outputs = _: { }; }\n", "two/lib.nix": "{ x }: x\n", "two/back.nix": "(import ../one/set.nix).name\n", "one/set.nix": "{ name = 1; }\n",
		"store/0-source/default.nix": "{ y }: y\n",
	})
	for _, repo := range []string{"one", "two"} {
		repository(t, filepath.Join(dir, repo))("add", ".")
	}
	for _, watching := range []bool{false, true} {
		opts := lsp.Options{Engine: engine.Options{Only: []string{"call-argument-mismatch", "import-unknown-attr"}}, Idle: 10 * time.Millisecond, Poll: 20 * time.Millisecond}
		c := lsptest.Start(t, opts)
		capabilities := "{" + lsptest.Capable + "}"
		if watching {
			capabilities = `{"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}},` + lsptest.Capable + `}`
		}
		c.Initialize(filepath.Join(dir, "one"), capabilities)
		uri := func(name string) string { return lsptest.URI(filepath.Join(dir, filepath.FromSlash(name))) }
		shown := func(name string, codes ...string) {
			t.Helper()
			c.DiagnosticsThat(uri(name), func(p lsptest.Published) bool { return slices.Equal(p.Codes(), codes) })
		}
		write := func(name, text string) { lsptest.WriteFile(t, dir, name, text) }
		c.Open(uri("one/caller.nix"), "nix", 1, caller)
		shown("one/caller.nix")
		c.Open(uri("one/far.nix"), "nix", 1, "import ../store/0-source { y = 1; }\n")
		shown("one/far.nix")
		c.Open(uri("two/back.nix"), "nix", 1, "(import ../one/set.nix).name\n")
		shown("two/back.nix")

		c.Open(uri("two/lib.nix"), "nix", 1, "{ x, z }: x\n") // not saved
		shown("one/caller.nix", "call-argument-mismatch")
		c.Edit(uri("two/lib.nix"), 2, lsptest.Change{Text: "{ x, z ? 1 }: x\n"})
		shown("one/caller.nix")
		c.Edit(uri("two/lib.nix"), 3, lsptest.Change{Text: "{ z ? 1 }: z\n"})
		shown("one/caller.nix", "call-argument-mismatch")
		c.Edit(uri("one/caller.nix"), 2, lsptest.Change{Text: "import ../two/lib.nix { z = 1; }\n"})
		shown("one/caller.nix")
		c.Close(uri("two/lib.nix"))
		shown("one/caller.nix", "call-argument-mismatch", "call-argument-mismatch")

		write("two/lib.nix", "{ z }: z\n") // outside of the client's folder
		shown("one/caller.nix")
		write("store/0-source/default.nix", "{ y, other }: y\n")
		shown("one/far.nix", "call-argument-mismatch")
		write("one/set.nix", "{ title = 1; }\n") // in it: the client tells, if it watches
		if watching {
			c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": uri("one/set.nix"), "type": 2}}})
		}
		shown("two/back.nix", "import-unknown-attr")
		write("two/lib.nix", "{ x }: x\n")
		write("one/set.nix", "{ name = 1; }\n")
		write("store/0-source/default.nix", "{ y }: y\n")
		c.Shutdown()
	}
}

package lsp_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestWhatCrossesFilesFollows holds that a text is first checked without evaluating what it imports, that what this tells
// follows, moves along with edits till the next time, and comes and goes with the buffer of the imported file.
func TestWhatCrossesFilesFollows(t *testing.T) {
	dir := t.TempDir()
	const importing = "{\n  n = 1 + import ./b.nix;\n  m = 1 + \"x\";\n}\n"
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	lsptest.WriteFile(t, dir, "a.nix", importing)
	lsptest.WriteFile(t, dir, "b.nix", "import ./c.nix\n")
	lsptest.WriteFile(t, dir, "c.nix", "\"two\"\n")
	opts := lsp.Options{Engine: engine.Options{Only: []string{"wrong-operand"}}, Idle: 10 * time.Millisecond, Poll: time.Hour}
	c := lsptest.Start(t, opts)
	c.Initialize(dir, "")
	a, b := lsptest.URI(filepath.Join(dir, "a.nix")), lsptest.URI(filepath.Join(dir, "b.nix"))
	lines := func(p lsptest.Published) (all []int) {
		for _, d := range p.Diagnostics {
			all = append(all, d.Range.Start.Line)
		}
		return all
	}
	shown := func(want ...int) {
		t.Helper()
		c.DiagnosticsThat(a, func(p lsptest.Published) bool { return assert.ObjectsAreEqual(want, lines(p)) })
	}
	c.Open(a, "nix", 1, importing)
	shown(1, 2)
	published := c.Published(a)
	require.Len(t, published, 2)
	assert.Equal(t, []int{2}, lines(published[0]), "what the file shows by itself is published first")

	c.Edit(a, 2, lsptest.Change{Text: "# moved\n" + importing})
	assert.Equal(t, []int{2, 3}, lines(c.Diagnostics(a, 2)), "what another file told moves along")
	c.Open(b, "nix", 1, "import ./c.nix\n")
	c.Edit(b, 2, lsptest.Change{Text: "2\n"})
	shown(3)
	c.Edit(b, 3, lsptest.Change{Text: "[ ]\n"})
	shown(2, 3)
	c.Edit(b, 4, lsptest.Change{Text: "{ half = \n"})
	shown(3)
	c.Edit(b, 5, lsptest.Change{Text: "import ./c.nix\n"})
	shown(2, 3)
	c.Edit(a, 3, lsptest.Change{Text: "{ m = 1 + \"x\"; }\n"})
	assert.Equal(t, []int{0}, lines(c.Diagnostics(a, 3)))
	assert.Equal(t, 0, c.Shutdown())
	for _, p := range c.Published(a)[2:] {
		if *p.Version < 3 {
			assert.NotEmpty(t, p.Diagnostics)
		}
	}
}

package lsp_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

func TestConfiguration(t *testing.T) {
	dir := t.TempDir()
	uri := lsptest.URI(filepath.Join(dir, "x", "a.nix"))
	toml := lsptest.URI(filepath.Join(dir, "nixsift.toml"))
	c := lsptest.Start(t, lsp.Options{Engine: engine.Options{Preset: "none", Severities: []string{"unlucky-number=info"}}, Idle: time.Millisecond})
	c.Initialize(dir, "")
	c.Open(uri, "nix", 1, "[ 13 14 ]")
	p := c.Diagnostics(uri, 1)
	require.Equal(t, []string{"unlucky-number"}, p.Codes())
	assert.Equal(t, 3, p.Diagnostics[0].Severity)

	lsptest.WriteFile(t, dir, "nixsift.toml", "[rules]\ndoubtful-number = \"error\"\nno-such-rule = \"off\"\n")
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": nil})
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 2 && p.Diagnostics[1].Severity == 1 })
	p = c.DiagnosticsThat(toml, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	assert.Contains(t, p.Diagnostics[0].Message, "no-such-rule")
	assert.Equal(t, 2, p.Diagnostics[0].Range.Start.Line)
	assert.Nil(t, p.Version)

	c.Open(toml, "toml", 1, "[rules]\ndoubtful-number = \"error\"\nno-such-rule = \"off\"\n")
	assert.Len(t, c.Diagnostics(toml, 1).Diagnostics, 1)
	c.Edit(toml, 2, lsptest.Change{Text: "exclude = [\"x/**\"]\n"})
	assert.Empty(t, c.Diagnostics(toml, 2).Diagnostics)
	lsptest.WriteFile(t, dir, "nixsift.toml", "exclude = [\"x/**\"]\n")
	c.Save(toml)
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
	c.Close(toml)

	lsptest.WriteFile(t, dir, "nixsift.toml", "[rules\n")
	c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	c.DiagnosticsThat(toml, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	require.NoError(t, os.Remove(filepath.Join(dir, "nixsift.toml")))
	c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	c.DiagnosticsThat(toml, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
}

// TestRenamedRules holds that earlier ids of rules are marked in the configuration, and told of comments.
func TestRenamedRules(t *testing.T) {
	dir := t.TempDir()
	uri, toml := lsptest.URI(filepath.Join(dir, "a.nix")), lsptest.URI(filepath.Join(dir, "nixsift.toml"))
	c := lsptest.Start(t, lsp.Options{Engine: engine.Options{Preset: "none"}, Idle: time.Millisecond})
	c.Initialize(dir, "")
	c.Open(toml, "toml", 1, "[rules]\nonce-unlucky-number = \"info\"\n")
	p := c.Diagnostics(toml, 1)
	require.Len(t, p.Diagnostics, 1)
	assert.Equal(t, 4, p.Diagnostics[0].Severity, "the old name works")
	assert.Contains(t, p.Diagnostics[0].Message, "`unlucky-number` now")
	assert.Equal(t, [3]int{1, 0, len("once-unlucky-number")}, [3]int{p.Diagnostics[0].Range.Start.Line, p.Diagnostics[0].Range.Start.Character, p.Diagnostics[0].Range.End.Character})
	c.Open(uri, "nix", 1, "# nixsift: ignore-file[once-unlucky-number] why\n13")
	c.Diagnostics(uri, 1)
	c.Wait(func(m lsptest.Message) bool { return m.Method == "window/logMessage" })
	assert.Contains(t, told(c)[0], "`once-unlucky-number` is called `unlucky-number` now")
}

// TestExtendedConfiguration holds that a change in a file that the configuration extends counts, for a client that watches nothing.
func TestExtendedConfiguration(t *testing.T) {
	dir := t.TempDir()
	uri, base := lsptest.URI(filepath.Join(dir, "a.nix")), lsptest.URI(filepath.Join(dir, "lint", "base.toml"))
	lsptest.WriteFile(t, dir, "nixsift.toml", "extends = \"lint/base.toml\"\n[rules]\nunlucky-number = \"info\"\n")
	lsptest.WriteFile(t, dir, "lint/base.toml", "preset = \"none\"\n")
	c := lsptest.Start(t, lsp.Options{Idle: time.Millisecond, Poll: 20 * time.Millisecond})
	c.Initialize(dir, "")
	c.Open(uri, "nix", 1, "[ 13 14 ]")
	require.Equal(t, []string{"unlucky-number"}, c.Diagnostics(uri, 1).Codes())
	lsptest.WriteFile(t, dir, "lint/base.toml", "preset = \"none\"\nselect = [\"doubtful-number\"]\n")
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 2 })
	lsptest.WriteFile(t, dir, "lint/base.toml", "preset = \"none\"\nselect = [\"no-such-rule\"]\n")
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	p := c.DiagnosticsThat(base, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	assert.Equal(t, 1, p.Diagnostics[0].Range.Start.Line, "a mistake is told where it stands")
	require.NoError(t, os.Remove(filepath.Join(dir, "lint", "base.toml")))
	c.DiagnosticsThat(lsptest.URI(filepath.Join(dir, "nixsift.toml")), func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	c.DiagnosticsThat(base, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
}

// TestBaseline holds that what is in the baseline is a hint, as long as it is.
func TestBaseline(t *testing.T) {
	dir := t.TempDir()
	a := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", "[ 13 ]\n"))
	file := lsptest.URI(filepath.Join(dir, baseline.FileName))
	opts := engine.Options{Preset: "none", Severities: []string{"unlucky-number=warning"}}
	adopting := opts
	adopting.Paths, adopting.Dir, adopting.Adopting = []string{dir}, dir, true
	res, err := engine.Check(t.Context(), adopting)
	require.NoError(t, err)
	require.Len(t, res.Baselines, 1)
	text, count := res.Baselines[0].Next(func(*diag.Finding) bool { return true }, false)
	require.Equal(t, 1, count)

	c := lsptest.Start(t, lsp.Options{Engine: opts, Idle: time.Millisecond})
	c.Initialize(dir, "")
	c.Open(a, "nix", 1, "[ 13 ]\n")
	assert.Equal(t, 2, c.Diagnostics(a, 1).Diagnostics[0].Severity)
	lsptest.WriteFile(t, dir, baseline.FileName, text)
	c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	p := c.DiagnosticsThat(a, func(p lsptest.Published) bool { return p.Diagnostics[0].Severity == 4 })
	assert.Contains(t, p.Diagnostics[0].Message, "in the baseline")
	c.Edit(a, 2, lsptest.Change{Text: "# moved\n\n[ 13 ]\n(13)\n"})
	p = c.DiagnosticsThat(a, func(p lsptest.Published) bool { return len(p.Diagnostics) == 2 })
	assert.Equal(t, 4, p.Diagnostics[0].Severity)
	assert.Equal(t, 2, p.Diagnostics[1].Severity, "only what is new counts")
	lsptest.WriteFile(t, dir, baseline.FileName, "<<<<<<< ours\n"+text)
	c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	p = c.DiagnosticsThat(file, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	assert.Contains(t, p.Diagnostics[0].Message, "markers of a merge")
	c.DiagnosticsThat(a, func(p lsptest.Published) bool { return p.Diagnostics[0].Severity == 2 })
	require.NoError(t, os.Remove(filepath.Join(dir, baseline.FileName)))
	c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	c.DiagnosticsThat(file, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
}

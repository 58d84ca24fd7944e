package lsp_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestEarly edits a large file while a rule hangs that looks at all of it: what is found around the edit is published all the same, as are
// syntax errors, and what was found elsewhere moves along. What the rules tell in the end counts.
func TestEarly(t *testing.T) {
	release := make(chan struct{})
	hanging.Store(&release)
	opts := options("unused-let-binding")
	opts.Engine.Only = append(opts.Engine.Only, "hanging-file")
	c := lsptest.Start(t, opts)
	c.Initialize("", "")
	var b strings.Builder
	b.WriteString("let unused = 1; in {\n  a = 13;\n")
	for i := 0; b.Len() < 70<<10; i++ {
		fmt.Fprintf(&b, "  b%d = [ x y z ];\n", i)
	}
	b.WriteString("  c = 14;\n}\n")
	text, uri, version := b.String(), "untitled:large", 1
	last := strings.Count(text, "\n") - 2
	c.Open(uri, "nix", version, text)
	require.Equal(t, []string{"unused-let-binding", "unlucky-number", "doubtful-number"}, c.Diagnostics(uri, version).Codes())

	edit := func(line int, what string) (codes []string, lines []int) {
		version++
		c.Edit(uri, version, lsptest.Change{Range: &lsptest.Range{Start: lsptest.Position{Line: line}, End: lsptest.Position{Line: line}}, Text: what})
		p := c.First(uri, version)
		for _, d := range p.Diagnostics {
			lines = append(lines, d.Range.Start.Line)
		}
		return p.Codes(), lines
	}
	before := hung.Load()
	codes, lines := edit(500, "  # hangs\n  d = 13;\n")
	assert.Equal(t, []string{"unused-let-binding", "unlucky-number", "unlucky-number", "doubtful-number"}, codes)
	assert.Equal(t, []int{0, 1, 501, last + 2}, lines, "what was found elsewhere moves along")
	require.Eventually(t, func() bool { return hung.Load() > before }, lsptest.Timeout, time.Millisecond)
	close(release)
	assert.Equal(t, codes, c.Diagnostics(uri, version).Codes())

	again := make(chan struct{})
	hanging.Store(&again)
	defer close(again)
	codes, _ = edit(501, "  e = 14;\n  f = [ 13 ;\n")
	assert.Equal(t, []string{"unused-let-binding", "unlucky-number", "doubtful-number", "syntax-error", "unlucky-number", "doubtful-number"}, codes, "of what cannot be read nothing is told")
}

// TestEarlyIsSettled types in a file that counts as large and holds what is published in the end against a run from the start.
func TestEarlyIsSettled(t *testing.T) {
	dir := t.TempDir()
	const text = "{ pkgs, lib, extra }:\nlet a = 1; b = if a == true then 1 else 2; in\n{ x = b; y = [ (a) ]; z = lib.optional true x; }\n"
	path := lsptest.WriteFile(t, dir, "a.nix", text)
	c := lsptest.Start(t, lsp.Options{Large: 1, Idle: time.Millisecond, Engine: engine.Options{Preset: "all"}})
	c.Initialize(dir, "")
	uri := lsptest.URI(path)
	c.Open(uri, "nix", 0, text)
	now := text
	for version, step := range []struct {
		at   int
		text string
	}{{0, "# a\n"}, {30, "\n"}, {60, " ("}, {62, ")"}, {40, "# nixsift: ignore\n"}, {80, "} }"}, {90, "let c = a; in"}} {
		at := min(step.at, len(now))
		line, column := strings.Count(now[:at], "\n"), at-strings.LastIndexByte(now[:at], '\n')-1
		now = now[:at] + step.text + now[at:]
		c.Edit(uri, version+1, lsptest.Change{Range: &lsptest.Range{Start: lsptest.Position{Line: line, Character: column}, End: lsptest.Position{Line: line, Character: column}}, Text: step.text})
		got := c.Diagnostics(uri, version+1)
		fresh := lsptest.Start(t, lsp.Options{Idle: time.Millisecond, Engine: engine.Options{Preset: "all"}})
		fresh.Initialize(dir, "")
		other := lsptest.URI(filepath.Join(dir, "a.nix"))
		fresh.Open(other, "nix", version+1, now)
		want := fresh.Diagnostics(other, version+1)
		assert.Equal(t, want.Diagnostics, got.Diagnostics, now)
	}
}

package lsp_test

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestStaleReading asks about documents whose checks hang. Of one that is not large there is an answer all the same; one about a large one
// waits, and ends with the next version, whose own is not kept waiting.
func TestStaleReading(t *testing.T) {
	release := make(chan struct{})
	hanging.Store(&release)
	c := start(t, "", "")
	ask := func(uri string) int {
		return c.Send("textDocument/hover", map[string]any{"textDocument": map[string]any{"uri": uri}, "position": lsptest.Position{Line: 1, Character: 8}})
	}
	const text = "let x = 13; y = 12;\nin [ 13 x 14 ]\n"
	pad := "#" + strings.Repeat(" a comment", 3<<10) + "\n"
	before := hung.Load()
	c.Open("untitled:middle", "nix", 1, text+"# hang\n"+pad)
	m := c.Reply(ask("untitled:middle"))
	assert.Contains(t, string(m.Result), "x # a name of let")

	large := strings.Repeat(pad, 10)
	c.Open("untitled:large", "nix", 1, text+"# hang\n"+large)
	first, second := ask("untitled:large"), ask("untitled:large")
	assert.Eventually(t, func() bool { return hung.Load() > before+1 }, lsptest.Timeout, time.Millisecond)
	c.Notify("$/cancelRequest", map[string]any{"id": second})
	assert.Equal(t, -32800, c.Reply(second).Error.Code)
	c.Edit("untitled:large", 2, lsptest.Change{Text: text + large})
	assert.Equal(t, -32801, c.Reply(first).Error.Code)
	third := ask("untitled:large")
	close(release)
	assert.Contains(t, string(c.Reply(third).Result), "x # a name of let")
	assert.Equal(t, 0, c.Shutdown())
}

// TestActionsWithoutOthers holds that actions do not wait for other files: the fix of what these decided last is offered where the edit
// has moved it, unless the code is another one now; what applies all fixes waits.
func TestActionsWithoutOthers(t *testing.T) {
	dir := t.TempDir()
	const text = "{ extra, stdenv, lib }:\nstdenv.mkDerivation { l = lib; }\n"
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	lsptest.WriteFile(t, dir, "pkg.nix", text)
	const calling = "{ callPackage }: { a = callPackage ./pkg.nix { }; }\n"
	lsptest.WriteFile(t, dir, "user.nix", calling)
	slow := &slowFS{FS: workspace.OS, name: "caller.nix"}
	c := lsptest.Start(t, lsp.Options{Engine: engine.Options{FS: slow, Only: []string{"unused-lambda-formal"}}, Idle: time.Hour, Poll: time.Hour})
	c.Initialize(dir, `{"workspace":{"executeCommand":{}},`+lsptest.Capable+`}`)
	uri := lsptest.URI(filepath.Join(dir, "pkg.nix"))
	c.Open(uri, "nix", 1, text)
	require.Equal(t, []string{"unused-lambda-formal"}, c.Diagnostics(uri, 1).Codes())
	all := titles(c.Actions(uri, lsptest.At(0, 2, 0, 2), "quickfix"))
	require.Greater(t, len(all), 3)

	slow.gate.Lock()
	for range max(1, runtime.GOMAXPROCS(0)-1) { // keep all busy that ask other files
		elsewhere := t.TempDir()
		lsptest.WriteFile(t, elsewhere, "flake.nix", "{ outputs = _: { }; }\n")
		lsptest.WriteFile(t, elsewhere, "caller.nix", calling)
		before := slow.asked.Load()
		c.Open(lsptest.URI(lsptest.WriteFile(t, elsewhere, "pkg.nix", text)), "nix", 1, text)
		require.Eventually(t, func() bool { return slow.asked.Load() > before }, lsptest.Timeout, time.Millisecond)
	}
	explain := []string{"explain `unused-lambda-formal`"}
	now, version := text, 1
	edit := func(at lsptest.Range, what string) {
		version++
		now = apply(now, []lsptest.Edit{{Range: at, NewText: what}})
		c.Edit(uri, version, lsptest.Change{Range: &at, Text: what})
	}
	actions := func() []lsptest.Action {
		before, _, _ := strings.Cut(now, "{ extra")
		line := strings.Count(before, "\n")
		return c.Actions(uri, lsptest.At(line, 2, line, 2), "quickfix")
	}
	for _, test := range []struct {
		at   lsptest.Range
		text string
		want []string
	}{
		{lsptest.At(0, 0, 0, 0), "# moved\n\n", all},
		{lsptest.At(4, 0, 4, 0), "# extra\n", all},
		{lsptest.At(3, 30, 3, 30), " x = 1;", explain},
		{lsptest.At(3, 30, 3, 37), "", all},
		{lsptest.At(2, 23, 2, 23), " # beside", all[1:]}, // who takes a name away may draw code into the comment
	} {
		edit(test.at, test.text)
		found := actions()
		require.Equal(t, test.want, titles(found), now)
		if len(found) == len(all) {
			assert.Equal(t, strings.Replace(now, "{ extra, ", "{ ", 1), apply(now, found[0].Edit.Changes[uri]))
		}
	}
	edit(lsptest.At(2, 20, 2, 20), ", more")
	assert.Equal(t, explain, titles(actions()), now)
	id := c.Send("textDocument/codeAction", map[string]any{
		"textDocument": map[string]any{"uri": uri}, "range": lsptest.At(0, 2, 0, 2), "context": map[string]any{"diagnostics": []any{}, "only": []string{"source.fixAll"}},
	})
	pull := c.Send("textDocument/diagnostic", map[string]any{"textDocument": map[string]any{"uri": uri}})
	assert.Equal(t, explain, titles(actions()), "which is answered while the others wait")
	for _, m := range c.Messages() {
		assert.NotContains(t, []string{strconv.Itoa(id), strconv.Itoa(pull)}, string(m.ID), "who asks for all waits")
	}
	slow.gate.Unlock()
	assert.Equal(t, []string{"unused-lambda-formal", "unused-lambda-formal"}, c.Diagnostics(uri, version).Codes())
	assert.Nil(t, c.Reply(id).Error)
	assert.Equal(t, all, titles(actions()), "all is known again")
	assert.Equal(t, 0, c.Shutdown())
}

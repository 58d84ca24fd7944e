package lsp_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// beginWith opens the conversation of a client with settings.
func beginWith(t *testing.T, c *lsptest.Client, root, capabilities string, settings any) (result json.RawMessage) {
	t.Helper()
	c.Call("initialize", map[string]any{
		"processId": nil, "rootUri": lsptest.URI(root), "capabilities": json.RawMessage(capabilities), "initializationOptions": settings,
	}, &result)
	c.Notify("initialized", map[string]any{})
	return result
}

// TestUnopenedFiles holds that a client that does not ask for diagnostics is told of files that are not open where its settings want
// that, as folders are opened and closed, files change, and the settings do.
func TestUnopenedFiles(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	a := lsptest.URI(lsptest.WriteFile(t, one, "a.nix", "[ 13 ]\n"))
	b := lsptest.URI(lsptest.WriteFile(t, one, "b.nix", "[ 13 13 ]\n"))
	other := lsptest.URI(lsptest.WriteFile(t, two, "c.nix", "[ 13 ]\n"))
	c := lsptest.Start(t, lsp.Options{Engine: engine.Options{Preset: "none", Severities: []string{"unlucky-number=warning"}}, Idle: time.Millisecond, Poll: time.Hour})
	result := beginWith(t, c, one, `{"workspace":{"workspaceFolders":true},`+lsptest.Capable+`}`, map[string]any{"workspaceDiagnostics": true})
	assert.Contains(t, string(result), `"workspaceFolders":{"supported":true,"changeNotifications":true}`)
	shown := func(uri string, n int) {
		t.Helper()
		c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == n })
	}
	shown(a, 1)
	shown(b, 2)
	c.Open(a, "nix", 1, "[ 13 13 13 ]\n")
	shown(a, 3)
	c.Close(a)
	shown(a, 1)
	change := func(added, removed []any) {
		c.Notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{"added": added, "removed": removed}})
	}
	folder := func(dir string) []any { return []any{map[string]any{"uri": lsptest.URI(dir), "name": "x"}} }
	change(folder(two), []any{})
	shown(other, 1)
	change([]any{}, folder(one))
	shown(a, 0)
	shown(b, 0)
	lsptest.WriteFile(t, two, "c.nix", "[ 13 13 ]\n")
	c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": other, "type": 2}}})
	shown(other, 2)
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"nixsift": map[string]any{"workspaceDiagnostics": false}}})
	shown(other, 0)
	assert.Equal(t, 0, c.Shutdown())
}

// TestReadingIsShown holds that the client shows the first reading of a project where that takes long, and none later.
func TestReadingIsShown(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	lsptest.WriteFile(t, dir, "caller.nix", "{ callPackage }: { a = callPackage ./pkg.nix { }; }\n")
	slow := &slowFS{FS: workspace.OS, name: "caller.nix"}
	c := lsptest.Start(t, lsp.Options{Engine: engine.Options{FS: slow, Only: []string{"unused-lambda-formal"}}, Idle: time.Hour, Poll: time.Hour})
	c.Initialize(dir, `{"window":{"workDoneProgress":true},`+lsptest.Capable+`}`)
	uri := lsptest.URI(filepath.Join(dir, "pkg.nix"))
	steps := func() (kinds []string) {
		for _, m := range c.Messages() {
			var step struct{ Value struct{ Kind string } }
			if m.Method == "$/progress" {
				require.NoError(t, json.Unmarshal(m.Params, &step))
				kinds = append(kinds, step.Value.Kind)
			}
		}
		return kinds
	}
	slow.gate.Lock()
	c.Open(uri, "nix", 1, "{ extra, stdenv }: stdenv.mkDerivation { }\n")
	c.Wait(func(m lsptest.Message) bool { return m.Method == "window/workDoneProgress/create" })
	c.Wait(func(m lsptest.Message) bool { return m.Method == "$/progress" })
	assert.Equal(t, []string{"begin"}, steps())
	slow.gate.Unlock()
	c.Wait(func(m lsptest.Message) bool {
		return m.Method == "$/progress" && strings.Contains(string(m.Params), `"end"`)
	})
	c.Edit(uri, 2, lsptest.Change{Text: "{ extra, more, stdenv }: stdenv.mkDerivation { }\n"})
	assert.Len(t, c.Diagnostics(uri, 2).Diagnostics, 2)
	assert.Equal(t, 0, c.Shutdown())
	assert.Equal(t, []string{"begin", "end"}, steps())
}

// TestSettingsWithoutEffect holds that settings that are none are told, of whatever way they come, once.
func TestSettingsWithoutEffect(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{})
	c.Answer("workspace/configuration", []any{map[string]any{"inlayHints": map[string]any{}, "path": "nixsift", "rules": 1, "select": 1}})
	beginWith(t, c, t.TempDir(), `{"workspace":{"configuration":true}}`, map[string]any{"preset": "x", "rules": 1})
	said := func(name string) int {
		n := 0
		for _, m := range c.Messages() {
			if m.Method == "window/logMessage" && strings.Contains(string(m.Params), "setting nixsift."+name+" ") {
				n++
			}
		}
		return n
	}
	c.Wait(func(m lsptest.Message) bool { return strings.Contains(string(m.Params), "nixsift.select ") })
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"elsewhere": 1, "inlayHints": map[string]any{}}})
	assert.Equal(t, 0, c.Shutdown())
	for name, n := range map[string]int{"preset": 1, "rules": 1, "select": 1, "path": 0, "inlayHints": 0, "elsewhere": 0} {
		assert.Equal(t, n, said(name), name)
	}
}

// TestDiagnosticsOnlyBySetting holds that settings may leave the rest to another server, as the flag does.
func TestDiagnosticsOnlyBySetting(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{})
	result := beginWith(t, c, t.TempDir(), "{"+lsptest.Capable+"}", map[string]any{"nixsift": map[string]any{"diagnosticsOnly": true}})
	assert.NotContains(t, string(result), "hoverProvider")
	assert.Contains(t, string(result), "codeActionProvider")
	assert.Equal(t, 0, c.Shutdown())
}

// TestWatchedScripts holds that a change of a CI file on disk, of which the client tells, counts for a script that it runs, and that one
// of YAML that nobody reads has nothing read again.
func TestWatchedScripts(t *testing.T) { synctest.Test(t, watchedScripts) }

func watchedScripts(t *testing.T) {
	dir := t.TempDir()
	const script = "#!/bin/sh\nnix build --accept-flake-config github:o/r\n"
	const calling = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ./build.sh\n"
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	lsptest.WriteFile(t, dir, ".github/workflows/ci.yml", strings.Replace(calling, "build", "other", 1))
	lsptest.WriteFile(t, dir, "deploy/app.yaml", "a: 1\n")
	build := lsptest.URI(lsptest.WriteFile(t, dir, "build.sh", script))
	c := lsptest.Start(t, lsp.Options{Engine: engine.Options{Only: []string{"accept-flake-config-in-ci"}}, Idle: time.Millisecond, Poll: time.Hour})
	c.Initialize(dir, `{"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}},`+lsptest.Capable+`}`)
	m := c.Wait(func(m lsptest.Message) bool { return m.Method == "client/registerCapability" })
	for _, glob := range []string{"yml", "Jenkinsfile", "sh"} {
		assert.Contains(t, string(m.Params), glob)
	}
	tell := func(name string) {
		c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": lsptest.URI(filepath.Join(dir, name)), "type": 2}}})
	}
	shown := func(n int) {
		t.Helper()
		c.DiagnosticsThat(build, func(p lsptest.Published) bool { return len(p.Diagnostics) == n })
	}
	c.Open(build, "shellscript", 1, script)
	assert.Empty(t, c.Diagnostics(build, 1).Codes(), "people run it")
	lsptest.WriteFile(t, dir, ".github/workflows/ci.yml", calling)
	before := len(c.Published(build))
	tell("deploy/app.yaml")
	time.Sleep(time.Minute) // what is read again is read
	assert.Len(t, c.Published(build), before, "nothing is read again for YAML that nobody reads")
	tell(".github/workflows/ci.yml")
	shown(1)
	lsptest.WriteFile(t, dir, ".github/workflows/ci.yml", strings.Replace(calling, "./build", "./another", 1))
	tell(".github/workflows/ci.yml")
	shown(0)
	assert.Equal(t, 0, c.Shutdown())
}

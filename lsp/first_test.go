package lsp_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// slowFS lets nobody read a file of some name while its gate is shut.
type slowFS struct {
	workspace.FS
	name  string
	gate  sync.RWMutex
	asked atomic.Int64 // who wanted to read it
}

func (f *slowFS) ReadFile(path string) ([]byte, error) {
	if filepath.Base(path) == f.name {
		f.asked.Add(1)
		f.gate.RLock()
		defer f.gate.RUnlock()
	}
	return f.FS.ReadFile(path)
}

func (f *slowFS) Head(path string, n int) ([]byte, error) { return workspace.Head(f.FS, path, n) }

func (f *slowFS) Stat(path string) (fs.FileInfo, error) { return f.FS.Stat(path) }

// TestOtherFilesKeepNobodyWaiting holds that what a file shows by itself is published however long others take to read, with what they
// decided before where that has moved to; that they have their say when they are read; and that who asks for diagnostics gets all.
func TestOtherFilesKeepNobodyWaiting(t *testing.T) {
	dir := t.TempDir()
	const counted = "{ extra, stdenv, lib }: # counted\nstdenv.mkDerivation { n = 0; l = lib; }\n"
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	lsptest.WriteFile(t, dir, "pkg.nix", counted)
	lsptest.WriteFile(t, dir, "caller.nix", "{ callPackage }: { a = callPackage ./pkg.nix { }; }\n")
	slow := &slowFS{FS: workspace.OS, name: "caller.nix"}
	opts := lsp.Options{Engine: engine.Options{FS: slow, Only: []string{"wrong-operand", "unused-lambda-formal"}}, Idle: time.Hour, Poll: time.Hour}
	c := lsptest.Start(t, opts)
	c.Initialize(dir, "")
	uri := lsptest.URI(filepath.Join(dir, "pkg.nix"))
	slow.gate.Lock()
	c.Open(uri, "nix", 1, counted)
	assert.Empty(t, c.First(uri, 1).Codes(), "others are not read")
	for version := 2; version < 20; version++ {
		text := strings.Repeat("#\n", version) + strings.Replace(counted, "n = 0", "n = 1 + \"x\"", 1)
		c.Edit(uri, version, lsptest.Change{Text: text})
		p := c.First(uri, version)
		require.Equal(t, []string{"wrong-operand"}, p.Codes())
		require.Equal(t, version+1, p.Diagnostics[0].Range.Start.Line)
	}
	id := c.Send("textDocument/diagnostic", map[string]any{"textDocument": map[string]any{"uri": uri}})
	slow.gate.Unlock()
	assert.Equal(t, []string{"unused-lambda-formal", "wrong-operand"}, c.Diagnostics(uri, 19).Codes())
	assert.Contains(t, string(c.Reply(id).Result), "unused-lambda-formal", "who asks waits for all")

	before := len(c.Published(uri))
	for version := 20; version < 23; version++ {
		c.Edit(uri, version, lsptest.Change{Range: &lsptest.Range{}, Text: "#\n"})
		p := c.Diagnostics(uri, version)
		require.Equal(t, []string{"unused-lambda-formal", "wrong-operand"}, p.Codes())
		assert.Equal(t, version, p.Diagnostics[0].Range.Start.Line)
	}
	for _, p := range c.Published(uri)[before:] {
		assert.Equal(t, []string{"unused-lambda-formal", "wrong-operand"}, p.Codes(), "what others decided does not flicker")
	}
	assert.Equal(t, 0, c.Shutdown())
}

// TestCloseWhileOthersAreRead holds that a document is closed, and the server ends, while others are read for it.
func TestCloseWhileOthersAreRead(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	lsptest.WriteFile(t, dir, "caller.nix", "{ callPackage }: { a = callPackage ./pkg.nix { }; }\n")
	slow := &slowFS{FS: workspace.OS, name: "caller.nix"}
	c := lsptest.Start(t, lsp.Options{Engine: engine.Options{FS: slow, Only: []string{"unused-lambda-formal"}}, Idle: time.Hour, Poll: time.Hour})
	c.Initialize(dir, "")
	uri := lsptest.URI(filepath.Join(dir, "pkg.nix"))
	slow.gate.Lock()
	c.Open(uri, "nix", 1, "{ extra, stdenv }: stdenv.mkDerivation { }\n")
	assert.Empty(t, c.First(uri, 1).Codes())
	c.Close(uri)
	c.Open(uri, "nix", 2, "{ extra, more, stdenv }: stdenv.mkDerivation { }\n")
	assert.Empty(t, c.First(uri, 2).Codes())
	slow.gate.Unlock()
	assert.Len(t, c.Diagnostics(uri, 2).Diagnostics, 2)
	assert.Equal(t, 0, c.Shutdown())
}

package lsp_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// repository makes a Git repository of a folder, apart from the configuration of whoever runs the test, and returns a
// function that runs git in it.
func repository(t *testing.T, dir string) func(args ...string) {
	t.Helper()
	gittest.Isolate(t)
	gittest.Init(t, dir, ".")
	return func(args ...string) {
		t.Helper()
		gittest.Run(t, dir, args...)
	}
}

// shows waits for diagnostics as they are to be without a message of the client. The server looks each second, but
// a busy machine may take longer.
func shows(t *testing.T, c *lsptest.Client, uri string, wanted ...string) {
	t.Helper()
	assert.Eventually(t, func() bool {
		all := c.Published(uri)
		return len(all) > 0 && strings.Join(all[len(all)-1].Codes(), " ") == strings.Join(wanted, " ")
	}, lsptest.Timeout, 5*time.Millisecond, "%s: want %q", uri, wanted)
}

const flakeText = "{ outputs = _: import ./a.nix; }\n"

// TestChangesOnDisk changes what open documents depend on behind the back of a server whose client watches nothing.
func TestChangesOnDisk(t *testing.T) {
	dir := t.TempDir()
	git := repository(t, dir)
	flake := lsptest.URI(lsptest.WriteFile(t, dir, "flake.nix", flakeText))
	lsptest.WriteFile(t, dir, "a.nix", "1")
	lsptest.WriteFile(t, dir, "flake.lock", "{}")
	deep := lsptest.URI(lsptest.WriteFile(t, dir, "x/y/b.nix", "[ 13 ./c.nix ]"))
	git("add", "flake.nix", "flake.lock", "x")
	c := start(t, dir, "", "untracked-file", "missing-path")
	c.Open(flake, "nix", 1, flakeText)
	c.Open(deep, "nix", 1, "[ 13 ./c.nix ]")
	shows(t, c, flake, "untracked-file")
	shows(t, c, deep, "unlucky-number", "missing-path")

	git("add", "a.nix")
	shows(t, c, flake)
	git("rm", "-q", "--cached", "a.nix")
	shows(t, c, flake, "untracked-file")
	git("add", "a.nix")

	lsptest.WriteFile(t, dir, "x/y/c.nix", "1")
	git("add", "x")
	shows(t, c, deep, "unlucky-number")
	require.NoError(t, os.Remove(filepath.Join(dir, "x/y/c.nix")))
	shows(t, c, deep, "unlucky-number", "missing-path")

	lsptest.WriteFile(t, dir, "x/nixsift.toml", "[rules]\nunlucky-number = \"off\"\nmissing-path = \"off\"\n") // a new one, half-way up
	lsptest.WriteFile(t, dir, "x/nixsift.toml", "exclude = [\"y/**\"]\n")
	shows(t, c, deep)
	again := lsptest.WriteFile(t, dir, "x/nixsift.toml", "exclude = [\"z/**\"]\n") // edited, of the same size
	require.NoError(t, os.Chtimes(again, time.Time{}, time.Now().Add(time.Hour)))  // where the clock of files is coarse, too
	shows(t, c, deep, "unlucky-number", "missing-path")
	require.NoError(t, os.Remove(filepath.Join(dir, "x/nixsift.toml")))
	require.NoError(t, os.Remove(filepath.Join(dir, "a.nix")))
	shows(t, c, flake, "missing-path")
	assert.Equal(t, 0, c.Shutdown())
}

// TestNamedFilesOnDisk makes and removes files that are no Nix code and that a path names, for clients that watch files and others.
func TestNamedFilesOnDisk(t *testing.T) {
	for _, capabilities := range []string{"", `{"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}},` + lsptest.Capable + `}`} {
		dir := t.TempDir()
		const text = "[ ./motd.txt ./logo.svg ]\n"
		uri := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", text))
		c := start(t, dir, capabilities, "missing-path")
		c.Open(uri, "nix", 1, text)
		shows(t, c, uri, "missing-path", "missing-path")
		lsptest.WriteFile(t, dir, "motd.txt", "hello")
		shows(t, c, uri, "missing-path")
		lsptest.WriteFile(t, dir, "logo.svg", "<svg/>")
		shows(t, c, uri)
		require.NoError(t, os.Remove(filepath.Join(dir, "logo.svg")))
		shows(t, c, uri, "missing-path")
		assert.Equal(t, 0, c.Shutdown())
	}
}

// TestLockOnDisk edits the lock of an open flake.
func TestLockOnDisk(t *testing.T) {
	dir := t.TempDir()
	const text = `{ inputs.a.url = "github:a/b"; outputs = { self, a }: { }; }`
	lock := func(inputs, nodes string) {
		lsptest.WriteFile(t, dir, "flake.lock", `{"nodes":{"root":{`+inputs+`}`+nodes+`},"root":"root","version":7}`)
	}
	lock(``, ``)
	flake := lsptest.URI(lsptest.WriteFile(t, dir, "flake.nix", text))
	c := start(t, dir, "", "lock-missing-entry")
	c.Open(flake, "nix", 1, text)
	shows(t, c, flake, "lock-missing-entry")
	lock(`"inputs":{"a":"a"}`, `,"a":{"locked":{"type":"github","owner":"a","repo":"b","rev":"0123456789012345678901234567890123456789","narHash":"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},"original":{"type":"github","owner":"a","repo":"b"}}`)
	shows(t, c, flake)
	require.NoError(t, os.Remove(filepath.Join(dir, "flake.lock")))
	lock(``, ``)
	shows(t, c, flake, "lock-missing-entry")
	assert.Equal(t, 0, c.Shutdown())
}

// TestWorktreeIndex stages a file in a linked worktree, whose index lies elsewhere.
func TestWorktreeIndex(t *testing.T) {
	for _, capabilities := range []string{"", `{"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}},` + lsptest.Capable + `}`} {
		dir := t.TempDir()
		main := filepath.Join(dir, "main")
		require.NoError(t, os.Mkdir(main, 0o777))
		git := repository(t, main)
		lsptest.WriteFile(t, main, "flake.nix", flakeText)
		git("add", "flake.nix")
		git("commit", "-q", "-m", "a")
		tree := filepath.Join(dir, "tree")
		git("worktree", "add", "-q", tree)
		flake := lsptest.URI(filepath.Join(tree, "flake.nix"))
		lsptest.WriteFile(t, tree, "a.nix", "1")
		c := start(t, tree, capabilities, "untracked-file")
		c.Open(flake, "nix", 1, flakeText)
		shows(t, c, flake, "untracked-file")
		git("-C", tree, "add", "a.nix")
		shows(t, c, flake)
		assert.Equal(t, 0, c.Shutdown())
	}
}

// countingFS counts the questions about files.
type countingFS struct {
	workspace.FS
	stats atomic.Int64
}

func (f *countingFS) Stat(path string) (fs.FileInfo, error) {
	f.stats.Add(1)
	return f.FS.Stat(path)
}

func (f *countingFS) Lstat(path string) (fs.FileInfo, error) {
	f.stats.Add(1)
	return f.FS.Lstat(path)
}

// counting runs a server with a file system that counts, and returns how many questions it asks in each look without a
// message of the client.
func counting(t *testing.T, root, capabilities string, open func(c *lsptest.Client)) (perPoll int64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		counter := &countingFS{FS: workspace.OS}
		opts := options("untracked-file", "missing-path")
		opts.Engine.FS = counter
		c := lsptest.Start(t, opts)
		c.Initialize(root, capabilities)
		open(c)
		time.Sleep(polls / 2 * time.Second) // what is around is read
		before := counter.stats.Load()
		time.Sleep(polls * time.Second)
		perPoll = (counter.stats.Load() - before) / polls
		assert.Equal(t, 0, c.Shutdown())
		after := counter.stats.Load()
		time.Sleep(polls * time.Second)
		assert.Equal(t, after, counter.stats.Load(), "nothing is asked after the end")
	})
	return perPoll
}

// polls is how many looks of a second are counted.
const polls = 10

// TestPolling counts what looking at files costs, and holds that nobody looks where it is not needed.
func TestPolling(t *testing.T) {
	dir := t.TempDir()
	git := repository(t, dir)
	for i := range 50 {
		lsptest.WriteFile(t, dir, fmt.Sprintf("hosts/h%d/default.nix", i), "[ ./a.nix ./b.nix ../x.nix ]")
	}
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }")
	lsptest.WriteFile(t, dir, "nixsift.toml", "")
	git("add", "-A")
	watching := `{"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}},` + lsptest.Capable + `}`
	open := func(n int) func(c *lsptest.Client) {
		return func(c *lsptest.Client) {
			for i := range n {
				uri := lsptest.URI(filepath.Join(dir, fmt.Sprintf("hosts/h%d/default.nix", i)))
				c.Open(uri, "nix", 1, "[ ./a.nix ./b.nix ../x.nix ]")
				c.Diagnostics(uri, 1)
			}
		}
	}
	one, fifty := counting(t, dir, "", open(1)), counting(t, dir, "", open(50))
	t.Logf("questions about files in each look: %d for one document, %d for fifty", one, fifty)
	assert.Positive(t, one)
	assert.Less(t, fifty, int64(50*20), "for each document its folder, what is missing, and few more")
	assert.Zero(t, counting(t, dir, "", open(0)), "nothing is open")
	assert.Less(t, counting(t, dir, watching, open(50)), int64(20), "the client watches: only what lies above its folder is looked at")
	assert.Zero(t, counting(t, dir, "", func(c *lsptest.Client) {
		open(5)(c)
		for i := range 5 {
			c.Close(lsptest.URI(filepath.Join(dir, fmt.Sprintf("hosts/h%d/default.nix", i))))
		}
	}), "all is closed")
	assert.Positive(t, counting(t, "", watching, open(1)), "a client without folders watches nothing")
}

// TestClientProcess ends with the process of the client, though the pipes stay open.
func TestClientProcess(t *testing.T) {
	sleeper := func() (*exec.Cmd, int) {
		cmd := exec.Command("sleep", "600")
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		return cmd, cmd.Process.Pid
	}
	for _, flag := range []bool{true, false} {
		cmd, pid := sleeper()
		opts := options()
		if flag {
			opts.ClientProcess = pid
		}
		c := lsptest.Start(t, opts)
		params := map[string]any{"capabilities": map[string]any{}}
		if !flag {
			params["processId"] = pid
		}
		c.Call("initialize", params, nil)
		c.Open("untitled:a", "nix", 1, "13")
		require.NoError(t, cmd.Process.Kill())
		if flag {
			_ = cmd.Wait() // the other one stays a zombie, which only a descriptor tells from the living
		} else if _, err := os.Stat("/proc/self/stat"); err != nil {
			_ = cmd.Wait()
		}
		assert.Equal(t, 1, c.Status())
	}
	// One that was never there is not watched: the client may be on another machine.
	cmd, pid := sleeper()
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	synctest.Test(t, func(t *testing.T) {
		c := lsptest.Start(t, options())
		c.Call("initialize", map[string]any{"processId": pid, "capabilities": map[string]any{}}, nil)
		time.Sleep(time.Minute)
		assert.Equal(t, 0, c.Shutdown())
	})
}

// TestServersEnd holds that nothing of a server stays behind.
func TestServersEnd(t *testing.T) {
	in, toServer, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, toServer.Close())
	status, err := lsp.Serve(in, &strings.Builder{}, lsp.Options{Log: &strings.Builder{}, ClientProcess: os.Getpid()})
	require.NoError(t, err)
	assert.Equal(t, 1, status)
}

// TestLinkedFolder imports a tracked file by way of a link.
func TestLinkedFolder(t *testing.T) {
	root := t.TempDir()
	git := repository(t, root)
	lsptest.WriteFile(t, root, "flake.nix", "{ outputs = _: { }; }\n")
	lsptest.WriteFile(t, root, "real/x.nix", "1\n")
	const text = "import ./lib/x.nix\n"
	module := lsptest.URI(lsptest.WriteFile(t, root, "m.nix", text))
	require.NoError(t, os.Symlink("real", filepath.Join(root, "lib")))
	git("add", "-A")
	c := start(t, root, "", "untracked-file", "missing-path")
	c.Open(module, "nix", 1, text)
	shows(t, c, module)
	lsptest.WriteFile(t, root, "real/y.nix", "1\n")
	c.Edit(module, 2, lsptest.Change{Text: "import ./lib/y.nix\n"})
	shows(t, c, module, "untracked-file")
	assert.Equal(t, 0, c.Shutdown())
}

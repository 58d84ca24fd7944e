package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/workspace"
)

// counting counts what is asked of a file system. Following the links of a path costs one question for each of its
// folders.
type counting struct {
	workspace.FS
	listed, read, asked atomic.Int64
}

func (c *counting) ReadDir(path string) ([]fs.DirEntry, error) {
	c.listed.Add(1)
	return c.FS.ReadDir(path)
}

func (c *counting) ReadFile(path string) ([]byte, error) {
	c.read.Add(1)
	return c.FS.ReadFile(path)
}

func (c *counting) Head(path string, n int) ([]byte, error) {
	c.read.Add(1)
	text, err := c.FS.ReadFile(path)
	return text[:min(n, len(text))], err
}

func (c *counting) Stat(path string) (fs.FileInfo, error) {
	c.asked.Add(1)
	return c.FS.Stat(path)
}

func (c *counting) Lstat(path string) (fs.FileInfo, error) {
	c.asked.Add(1)
	return c.FS.Lstat(path)
}

func (c *counting) EvalSymlinks(path string) (string, error) {
	c.asked.Add(int64(strings.Count(path, "/")))
	return c.FS.EvalSymlinks(path)
}

func (c *counting) Readlink(path string) (string, error) {
	c.asked.Add(1)
	return os.Readlink(path)
}

// TestGrowth doubles the depth and the width of trees: what is asked of the system at most doubles.
func TestGrowth(t *testing.T) {
	gittest.Isolate(t)
	folder := func(at string, i int) []string {
		return []string{
			at + "default.nix", "{ imports = [ ./one.nix ./gone.nix ../default.nix ]; x = ./untracked.nix; y = import ./link.nix; z = ./sub; }\n",
			at + "one.nix", fmt.Sprintf("{ lib, config, ... }: { options.a%d = lib.mkOption { }; }\n", i), at + "untracked.nix", "1\n", at + ".gitignore", "*.tmp\nuntracked.nix\n",
			at + "sub/default.nix", "1\n",
		}
	}
	trees := map[string]func(n int) []string{
		"depth": func(n int) (files []string) {
			for i := range n {
				files = append(files, folder(strings.Repeat("d/", i), i)...)
			}
			return files
		},
		"depth of flakes": func(n int) (files []string) {
			for i := range n {
				at := strings.Repeat("d/", i)
				files = append(files, at+"flake.nix", "{ outputs = _: { x = ./a.nix; y = ./gone.nix; }; }\n", at+"a.nix", "import ./b.nix\n")
			}
			return files
		},
		"width": func(n int) (files []string) {
			for i := range n {
				files = append(files, folder(fmt.Sprintf("d%d/", i), i)...)
			}
			return files
		},
		"width of a folder": func(n int) (files []string) {
			for i := range n {
				files = append(files, fmt.Sprintf("f%d.nix", i), fmt.Sprintf("{ imports = [ ./f%d.nix ./gone%d.nix ]; x = ./sub/link%d; }\n", i+1, i, i))
			}
			return files
		},
	}
	type work struct{ listed, read, asked int64 }
	run := func(t *testing.T, files []string, inGit bool, path string) work {
		root := gittest.Real(t, t.TempDir())
		gittest.Write(t, root, "flake.nix", "{ outputs = _: { x = ./default.nix; }; }\n")
		gittest.Write(t, root, files...)
		for i := 0; i < len(files); i += 2 {
			if dir, ok := strings.CutSuffix(files[i], "default.nix"); ok {
				require.NoError(t, os.Symlink("one.nix", filepath.Join(root, dir, "link.nix")))
				require.NoError(t, os.Symlink("sub", filepath.Join(root, dir, "linked")))
			}
		}
		if inGit {
			gittest.Init(t, root, ".")
			gittest.Run(t, root, "add", "-A")
		}
		c := &counting{FS: workspace.OS}
		res, err := engine.Check(context.Background(), engine.Options{FS: c, Paths: []string{filepath.Join(root, path)}, Preset: "all", Jobs: 2})
		require.NoError(t, err)
		require.Empty(t, res.Errors)
		require.NotEmpty(t, res.Findings)
		return work{c.listed.Load(), c.read.Load(), c.asked.Load()}
	}
	for name, tree := range trees {
		for _, inGit := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s git=%t", name, inGit), func(t *testing.T) {
				const n = 40
				once, twice := run(t, tree(n), inGit, "."), run(t, tree(2*n), inGit, ".")
				t.Logf("%+v, then %+v", once, twice)
				const some = 30 // folders above the root, the repository, the first file
				assert.LessOrEqual(t, twice.listed, 2*once.listed+some)
				assert.LessOrEqual(t, twice.read, 2*once.read+some)
				assert.LessOrEqual(t, twice.asked, 2*once.asked+some)
				folders := int64(0)
				seen := map[string]bool{}
				for _, file := range tree(2 * n) {
					if dir := filepath.Dir(file); !seen[dir] {
						seen[dir] = true
						folders++
					}
				}
				assert.LessOrEqual(t, twice.listed, folders+some, "no folder is listed twice")
			})
		}
	}
}

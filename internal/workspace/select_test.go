package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// selected returns the paths below root that a selection has; a named one with a star behind.
func selected(t *testing.T, root string, opts Options, paths ...string) []string {
	t.Helper()
	files, problems := trySelect(root, opts, paths...)
	require.Empty(t, problems)
	return files
}

func trySelect(root string, opts Options, paths ...string) ([]string, []Problem) {
	for i, path := range paths {
		paths[i] = filepath.Join(root, path)
	}
	s, problems := Select(OS, paths, opts)
	files := []string{}
	for _, f := range s.Files {
		rel, err := filepath.Rel(root, f.Path)
		if err != nil {
			rel = f.Path
		}
		if f.Named {
			rel += "*"
		}
		files = append(files, filepath.ToSlash(rel))
	}
	return files, problems
}

func tempDir(t *testing.T) string { return gittest.Real(t, t.TempDir()) }

func TestWalkWithoutGit(t *testing.T) {
	gittest.Isolate(t)
	root := tempDir(t)
	gittest.Write(t, root,
		"flake.nix", "", "flake.lock", "", "NOTES.md", "", "x.nix/default.nix", "", "x.nix/.hidden.nix", "",
		".gitignore", "gen/\n*.tmp.nix\n!keep.tmp.nix\n", "gen/a.nix", "", "a.tmp.nix", "", "keep.tmp.nix", "",
		"sub/.gitignore", "/only.nix\n", "sub/only.nix", "", "sub/deep/only.nix", "",
		".direnv/a.nix", "", ".hidden/a.nix", "", ".github/workflows/ci.yml", "", ".github/x.nix", "", ".woodpecker/a.yml", "", ".gitlab-ci.yml", "",
		"run.sh", "", "bin/tool", "#!/usr/bin/env bash\n", "bin/data", "x", "elsewhere/tool", "#!/usr/bin/env bash\n", ".ci/run", "#!/bin/sh\n",
		"a.yml", "", "Cargo.lock", "",
	)
	assert.Equal(t, []string{
		".github/workflows/ci.yml", ".github/x.nix", ".gitlab-ci.yml", ".woodpecker/a.yml", "bin/tool", "flake.lock", "flake.nix", "keep.tmp.nix",
		"run.sh", "sub/deep/only.nix", "x.nix/.hidden.nix", "x.nix/default.nix",
	}, selected(t, root, Options{}, "."))
	assert.Equal(t, []string{".ci/run"}, selected(t, root, Options{}, ".ci"), "a named folder may be hidden")
	assert.Equal(t, []string{"gen/a.nix"}, selected(t, root, Options{}, "gen"))
	assert.Equal(t, []string{"sub/deep/only.nix"}, selected(t, root, Options{}, "sub", "sub/deep"))
	assert.Equal(t, []string{"elsewhere/tool*", "gen/a.nix*", "sub/deep/only.nix*"},
		selected(t, root, Options{}, "sub", "gen/a.nix", "sub/deep/only.nix", "elsewhere/tool"))
}

func TestExclude(t *testing.T) {
	gittest.Isolate(t)
	root := tempDir(t)
	gittest.Write(t, root, "a.nix", "", "vendor/b.nix", "", "vendor/c/d.nix", "")
	opts := Options{Exclude: func(path string) bool { return strings.Contains(path, "/vendor/") }}
	assert.Equal(t, []string{"a.nix"}, selected(t, root, opts, "."))
	assert.Equal(t, []string{"a.nix*"}, selected(t, root, opts, "a.nix", "vendor/b.nix", "vendor"))
	opts.NoExclude = true
	assert.Equal(t, []string{"a.nix", "vendor/b.nix*", "vendor/c/d.nix"}, selected(t, root, opts, ".", "vendor/b.nix"))
	opts = Options{ExcludeFolder: func(path string) bool { return filepath.Base(path) == "c" }}
	assert.Equal(t, []string{"a.nix", "vendor/b.nix"}, selected(t, root, opts, "."))
}

func TestWalkWithGit(t *testing.T) {
	gittest.Isolate(t)
	tmp := tempDir(t)
	lib := gittest.Init(t, tmp, "lib")
	gittest.Write(t, lib, "lib.nix", "", "out.nix", "", ".gitignore", "out.nix\n")
	gittest.Run(t, lib, "add", "lib.nix")
	gittest.Run(t, lib, "commit", "-q", "-m", "x")
	root := gittest.Init(t, tmp, "repo")
	gittest.Write(t, root,
		".gitignore", "*.gen.nix\nbuild/\nlib.nix\n/clones/ignored\n", ".git/x.nix", "", ".git/info/exclude", "mine.nix\n",
		"a.nix", "", "tracked.gen.nix", "", "other.gen.nix", "", "build/tracked.nix", "", "build/deep/tracked.nix", "", "build/other.nix", "", "build/none/a.nix", "",
		".hidden/tracked.nix", "", ".hidden/other.nix", "", ".ci/run", "#!/bin/sh\n", ".empty/a.nix", "", "deleted.nix", "",
		"new.nix", "", "mine.nix", "",
	)
	gittest.Run(t, root, "add", "-f", "a.nix", "tracked.gen.nix", "build/tracked.nix", "build/deep/tracked.nix", ".hidden/tracked.nix", ".ci", "deleted.nix")
	require.NoError(t, os.Remove(filepath.Join(root, "deleted.nix")))
	gittest.Run(t, root, "submodule", "--quiet", "add", lib, ".vendor/lib")
	gittest.Write(t, root, ".vendor/lib/.gitignore", "out.nix\n", ".vendor/lib/new.gen.nix", "", ".vendor/lib/out.nix", "")
	clone := gittest.Init(t, root, "clones/a")
	gittest.Write(t, clone, "x.gen.nix", "", "y.nix", "", ".gitignore", "y.nix\n")
	gittest.Write(t, gittest.Init(t, root, "clones/ignored"), "x.nix", "")

	all := []string{
		".ci/run", ".hidden/tracked.nix", ".vendor/lib/lib.nix", ".vendor/lib/new.gen.nix", "a.nix", "build/deep/tracked.nix",
		"build/tracked.nix", "clones/a/x.gen.nix", "new.nix", "tracked.gen.nix",
	}
	assert.Equal(t, all, selected(t, root, Options{}, "."))
	assert.Equal(t, []string{"build/deep/tracked.nix", "build/none/a.nix", "build/other.nix", "build/tracked.nix"}, selected(t, root, Options{}, "build"))
	assert.Equal(t, []string{"clones/a/x.gen.nix"}, selected(t, root, Options{}, "clones"))
	assert.Equal(t, []string{"build/other.nix*", "mine.nix*"}, selected(t, root, Options{}, "build/other.nix", "mine.nix"))

	link := filepath.Join(tmp, "etc")
	require.NoError(t, os.Symlink(root, link))
	assert.Equal(t, all, selected(t, link, Options{}, "."), "a named folder may be a link")
	require.NoError(t, os.Symlink(filepath.Join(root, "build"), filepath.Join(tmp, "sub")))
	assert.Equal(t, []string{"deep/tracked.nix", "none/a.nix", "other.nix", "tracked.nix"}, selected(t, filepath.Join(tmp, "sub"), Options{}, "."))
}

// TestWalkAgreesWithGit compares walks of random trees with `git ls-files`.
func TestWalkAgreesWithGit(t *testing.T) {
	gittest.Isolate(t)
	lines := []string{"*.gen.nix", "!*.gen.nix", "d1", "/d2/", "!d1/", "d3/**/f?.nix", "e*", "!/d0/e1", "*", "!*/", "!f1*.nix", "**/e2/*.nix", "d0/e0/f1.nix", "f[2-5]*"}
	for seed := range 12 {
		rng := rand.New(rand.NewPCG(uint64(seed), 3))
		root := gittest.Init(t, tempDir(t), "repo")
		ignore := func() string {
			var b strings.Builder
			for range 1 + rng.IntN(4) {
				b.WriteString(lines[rng.IntN(len(lines))] + "\n")
			}
			return b.String()
		}
		add := []string{"add", "-f", "-N", "--"}
		for i := range 120 {
			path := fmt.Sprintf("d%d/e%d/f%d.%s", rng.IntN(4), rng.IntN(4), i, []string{"nix", "gen.nix"}[rng.IntN(2)])
			if i < 20 {
				path = filepath.Join("d0", filepath.Base(path))
			}
			gittest.Write(t, root, path, "")
			switch rng.IntN(20) {
			case 0:
				gittest.Write(t, filepath.Dir(filepath.Join(root, path)), ".gitignore", ignore())
			case 1, 2, 3:
				add = append(add, path)
			}
		}
		gittest.Write(t, root, ".gitignore", ignore())
		gittest.Run(t, root, add...)
		want := strings.Fields(gittest.Run(t, root, "ls-files", "-co", "--exclude-standard", "*.nix"))
		sort.Slice(want, func(i, j int) bool { return filepath.Join(root, want[i]) < filepath.Join(root, want[j]) })
		require.Equal(t, want, selected(t, root, Options{}, "."), "seed %d", seed)
	}
}

func TestLinksLeftAlone(t *testing.T) {
	gittest.Isolate(t)
	tmp := tempDir(t)
	root := gittest.Init(t, tmp, "repo")
	gittest.Write(t, tmp, "outside/a.nix", "", "outside/b.txt", "")
	gittest.Write(t, root, "a.nix", "", "sub/b.nix", "", "c.txt", "", ".gitignore", "ignored*\n", "gen/.gitkeep", "")
	for name, target := range map[string]string{
		"inside.nix": "a.nix", "outside.nix": "../outside/a.nix", "outside": "../outside", "folder": "sub", "folder.nix": "sub", "plain": "../outside/a.nix",
		"text": "../outside/b.txt", "text.nix": "c.txt", "gone.nix": "nowhere", "loop": "loop", "device": "/dev/null", "ignored": "sub", "ignored.nix": "../outside/a.nix",
		"added-ignored": "sub", "bin/tool": "../sub",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o777))
		require.NoError(t, os.Symlink(target, filepath.Join(root, name)))
	}
	gittest.Write(t, root, ".gitignore", "*ignored*\n")
	gittest.Run(t, root, "add", "-f", "added-ignored")
	list := func(opts Options) (out []string) {
		s, problems := Select(Remember(OS), []string{root}, opts)
		require.Empty(t, problems)
		for _, l := range s.LeftAlone {
			out = append(out, strings.TrimPrefix(l.Path, root+"/")+" "+strings.ReplaceAll(l.Why, tmp, ""))
		}
		return out
	}
	assert.Equal(t, []string{
		"added-ignored leads to the folder /repo/sub",
		"bin/tool leads to the folder /repo/sub",
		"folder leads to the folder /repo/sub",
		"folder.nix leads to the folder /repo/sub",
		"gone.nix leads to nothing that is there",
		"loop leads to itself",
		"outside leads to the folder /outside",
		"outside.nix leads to /outside/a.nix, outside of the folder that is checked",
		"plain leads to /outside/a.nix, outside of the folder that is checked",
	}, list(Options{Links: true}))
	assert.Empty(t, list(Options{}))
	assert.Equal(t, selected(t, root, Options{}, "."), selected(t, root, Options{Links: true}, "."), "telling of links selects nothing")
}

func TestLinks(t *testing.T) {
	gittest.Isolate(t)
	tmp := tempDir(t)
	root := filepath.Join(tmp, "root")
	gittest.Write(t, tmp, "outside/o.nix", "", "root/a.nix", "", "root/dir/b.nix", "", "root/template", "", "root/.hidden/h.nix", "", "root/gen/g.nix", "", "root/.gitignore", "gen\n")
	for name, target := range map[string]string{
		"to-selected.nix": "a.nix", "to-template.nix": "template", "also-template.nix": "template", "to-hidden.nix": ".hidden/h.nix",
		"to-outside.nix": "../outside/o.nix", "to-folder.nix": "dir", "result": "dir", "loop.nix": "loop.nix", "dangling.nix": "gone.nix", "up": "..",
		"dir/loop": "..", "to-ignored.nix": "gen/g.nix", "to-fifo.nix": "fifo", "bin/tool": "../a.nix", "abs.nix": filepath.Join(root, "dir/b.nix"),
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o777))
		require.NoError(t, os.Symlink(target, filepath.Join(root, name)))
	}
	require.NoError(t, testenv.MakeFIFO(filepath.Join(root, "fifo")))
	require.NoError(t, testenv.MakeFIFO(filepath.Join(root, "fifo.nix")))
	walked := func(paths ...string) []string {
		files, problems := trySelect(root, Options{}, paths...)
		require.Len(t, problems, 2)
		for i, name := range []string{"fifo.nix", "to-fifo.nix"} {
			assert.Equal(t, Problem{filepath.Join(root, name), ErrNotRegular, NotRegular}, problems[i])
		}
		return files
	}
	assert.Equal(t, []string{"a.nix", "also-template.nix", "dir/b.nix", "to-hidden.nix", "to-ignored.nix"}, walked("."))
	assert.Equal(t, []string{"a.nix", "also-template.nix", "dir/b.nix", "gen/g.nix*", "to-hidden.nix"}, walked(".", "gen/g.nix"))
	assert.Equal(t, []string{"dir/b.nix", "to-outside.nix*", "to-selected.nix*", "to-template.nix*"},
		selected(t, root, Options{}, "to-selected.nix", "to-outside.nix", "to-template.nix", "dir"))
	got := selected(t, root, Options{}, "to-folder.nix")
	assert.Equal(t, []string{"to-folder.nix/b.nix"}, got)

	files, problems := trySelect(root, Options{}, "loop.nix", "dangling.nix", "fifo.nix", "to-fifo.nix", "gone.nix", "a.nix/x.nix", "a.nix", "gone.nix")
	assert.Equal(t, []string{"a.nix*"}, files)
	var kinds []string
	for _, p := range problems {
		kinds = append(kinds, filepath.Base(p.Path)+" "+p.Kind.String())
		assert.True(t, strings.HasPrefix(p.Error(), p.Path+": "))
		assert.NotContains(t, p.Err.Error(), root)
	}
	assert.Equal(t, []string{"x.nix missing", "dangling.nix missing", "fifo.nix not-regular", "gone.nix missing", "loop.nix unreadable", "to-fifo.nix not-regular"}, kinds)
	assert.True(t, errors.Is(problems[2], ErrNotRegular))
}

func TestUnreadable(t *testing.T) {
	testenv.Unprivileged(t)
	gittest.Isolate(t)
	root := tempDir(t)
	gittest.Write(t, root, "a.nix", "", "locked/b.nix", "", "bin/tool", "#!/bin/sh\n", "tool", "", "gen/b.nix", "", ".gitignore", "gen\n")
	for _, name := range []string{"locked", "bin/tool", "tool", "gen"} {
		path := filepath.Join(root, name)
		require.NoError(t, os.Chmod(path, 0))
		t.Cleanup(func() { _ = os.Chmod(path, 0o777) })
	}
	files, problems := trySelect(root, Options{}, ".", "tool", "locked/b.nix")
	assert.Equal(t, []string{"a.nix"}, files)
	var got []string
	for _, p := range problems {
		assert.ErrorIs(t, p, os.ErrPermission)
		assert.Equal(t, Unreadable, p.Kind)
		got = append(got, strings.TrimPrefix(p.Path, root))
	}
	assert.Equal(t, []string{"/bin/tool", "/locked", "/locked/b.nix", "/tool"}, got)
	opts := Options{Exclude: func(path string) bool { return filepath.Base(path) != "a.nix" }}
	assert.Equal(t, []string{"a.nix"}, selected(t, root, opts, "."), "what is excluded may be unreadable")
}

func TestBadRepositories(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, tempDir(t), "repo")
	gittest.Write(t, root, "a.nix", "", "b.nix", "", ".gitignore", "b.nix\n", "sub/.git", "nonsense\n", "sub/a.nix", "", "sub/c.nix", "", "sub/.gitignore", "c.nix\n", ".git/index", "DIRC")
	files, problems := trySelect(root, Options{}, ".")
	assert.Equal(t, []string{"a.nix", "sub/a.nix"}, files)
	damaged := func(problems []Problem) {
		t.Helper()
		require.Len(t, problems, 1)
		assert.Equal(t, BadRepository, problems[0].Kind)
		assert.Equal(t, root, problems[0].Path)
		assert.ErrorContains(t, problems[0], filepath.Join(root, ".git/index"))
	}
	damaged(problems)

	files, problems = trySelect(root, Options{}, "sub")
	assert.Equal(t, []string{"sub/a.nix"}, files)
	damaged(problems)

	require.NoError(t, os.Remove(filepath.Join(root, "b.nix")))
	gittest.Write(t, root, "empty/x", "", ".github/workflows/a.yml", "")
	for _, path := range []string{".", "a.nix", "sub/c.nix", ".github"} {
		_, problems = trySelect(root, Options{}, path)
		damaged(problems)
	}
	_, problems = trySelect(root, Options{}, "empty")
	assert.Empty(t, problems, "nothing is selected")
	_, problems = trySelect(root, Options{Exclude: func(string) bool { return true }}, "a.nix")
	assert.Empty(t, problems)
}

// A folder or file called .git that is no repository hides nothing that git tracks around it.
func TestNestedGitHidesNothing(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, tempDir(t), "repo")
	gittest.Write(t, root, "file/a.nix", "", "folder/a.nix", "", "gone/a.nix", "", "ignored/a.nix", "", ".gitignore", "ignored\n")
	gittest.Run(t, root, "add", "-A", "-f")
	gittest.Write(t, root, "file/.git", "", "folder/.git/config", "", "gone/.git", "gitdir: ../.git/modules/gone\n", "ignored/.git/HEAD", "", "file/.gitignore", "b.nix\n", "file/b.nix", "")
	all := []string{"file/a.nix", "folder/a.nix", "gone/a.nix", "ignored/a.nix"}
	assert.Equal(t, all, selected(t, root, Options{}, "."))
	assert.Equal(t, all, selected(t, root, Options{}, "file", "folder", "gone", "ignored"))
	assert.Equal(t, []string{"file/a.nix*"}, selected(t, root, Options{}, "file/a.nix"))

	gittest.Write(t, root, "new/.git", "", "new/a.nix", "")
	files, problems := trySelect(root, Options{}, ".")
	assert.Equal(t, []string{"file/a.nix", "folder/a.nix", "gone/a.nix", "ignored/a.nix", "new/a.nix"}, files)
	require.Len(t, problems, 1, "nothing tells whether git would track what lies there")
	assert.Equal(t, filepath.Join(root, "new"), problems[0].Path)
	_, problems = trySelect(root, Options{}, "new/a.nix")
	require.Len(t, problems, 1)
	assert.Equal(t, filepath.Join(root, "new"), problems[0].Path)
}

func BenchmarkSelect(b *testing.B) {
	root := testenv.Shared(b, "corpus", "bench")
	for b.Loop() {
		if s, problems := Select(OS, []string{root}, Options{}); len(problems) > 0 || len(s.Files) < 5000 {
			b.Fatal(len(s.Files), problems)
		}
	}
}

// TestNotSelected holds what is said of files and folders that are named and not selected.
func TestNotSelected(t *testing.T) {
	gittest.Isolate(t)
	root := tempDir(t)
	gittest.Write(t, root, "NOTES.md", "", "a.nix", "", "data/x.txt", "", "vendor/a.nix", "", "vendor/b.sh", "", "vendor/c/d.nix", "", "links/x.txt", "", "out/x.txt", "")
	require.NoError(t, os.Symlink("../a.nix", filepath.Join(root, "out/a.nix")))
	require.NoError(t, os.Symlink("x.txt", filepath.Join(root, "links/x.nix")))
	at := func(name string) string { return filepath.Join(root, name) }
	opts := Options{Exclude: func(path string) bool { return strings.HasPrefix(path, at("vendor")+"/") }}
	s, problems := Select(OS, []string{at("vendor"), at("data"), at("vendor/a.nix"), at("vendor/a.nix"), at("NOTES.md"), at("data"), at("links"), at("out")}, opts)
	assert.Equal(t, []string{at("vendor/a.nix")}, s.Excluded)
	assert.Equal(t, []EmptyFolder{{at("data"), 0, false}, {at("out"), 0, true}, {at("vendor"), 3, false}}, s.Empty)
	require.Len(t, s.Files, 1)
	assert.Equal(t, at("links/x.nix"), s.Files[0].Path)
	require.Len(t, problems, 1)
	assert.Equal(t, Unsupported, problems[0].Kind)
	assert.Equal(t, at("NOTES.md"), problems[0].Path)
}

// panicking is a file system that fails in a way that nobody expects.
type panicking struct{ FS }

func (panicking) ReadDir(string) ([]fs.DirEntry, error) { panic("on purpose") }

// TestPanicReachesCaller holds that a panic in a goroutine of a walk can be contained.
func TestPanicReachesCaller(t *testing.T) {
	gittest.Isolate(t)
	root := tempDir(t)
	assert.PanicsWithValue(t, "on purpose", func() { Select(panicking{OS}, []string{root}, Options{}) })
}

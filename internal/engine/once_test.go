package engine_test

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// asked counts what is asked of a file system, by path.
type asked struct {
	workspace.FS
	mu                   sync.Mutex
	listed, read, looked map[string]int
}

func newAsked() *asked {
	return &asked{FS: workspace.OS, listed: map[string]int{}, read: map[string]int{}, looked: map[string]int{}}
}

func (a *asked) count(of map[string]int, path string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	of[path]++
}

func (a *asked) ReadDir(path string) ([]fs.DirEntry, error) {
	a.count(a.listed, path)
	return a.FS.ReadDir(path)
}

func (a *asked) ReadFile(path string) ([]byte, error) {
	a.count(a.read, path)
	return a.FS.ReadFile(path)
}

func (a *asked) Stat(path string) (fs.FileInfo, error) {
	a.count(a.looked, path)
	return a.FS.Stat(path)
}

func (a *asked) Lstat(path string) (fs.FileInfo, error) {
	a.count(a.looked, path)
	return a.FS.Lstat(path)
}

// TestAskOnce holds that a run lists each folder once and reads each Nix file once, though rules of many files ask about the
// whole repository, and that what it asks of the system about single paths does not grow with the repository.
func TestAskOnce(t *testing.T) {
	run := func(packages int, part string) *asked {
		files := map[string]string{
			"flake.nix":     "{ outputs = { self }: { a = import ./part { }; }; }\n",
			"list.nix":      "{ callPackage }:\n{\n",
			".gitignore":    "result\n",
			"part/gone.txt": "",
		}
		for i := range packages {
			files[fmt.Sprintf("pkgs/p%d/default.nix", i)] = "{ lib, stdenv, unused }:\nstdenv.mkDerivation { src = ./.; doc = ../../docs; }\n"
			files[fmt.Sprintf("pkgs/p%d/data.json", i)] = "{}"
			files["list.nix"] += fmt.Sprintf("  p%d = callPackage ./pkgs/p%d { };\n", i, i)
		}
		files["list.nix"] += "}\n"
		for i := range 20 {
			files[fmt.Sprintf("part/f%d/default.nix", i)] = "{ lib, pkgs, spare }:\n{ a = ./missing.nix; b = import ../lost/data.json; c = undefined; d = lib.fold; }\n"
		}
		dir := testenv.Tree(t, files)
		gittest.Run(t, dir, "init", "-q")
		gittest.Run(t, dir, "add", "-A", "-f")
		a := newAsked()
		res, err := engine.Check(t.Context(), engine.Options{FS: a, Paths: []string{filepath.Join(dir, part)}, Preset: "all", Severities: []string{"test-panic=off"}})
		require.NoError(t, err)
		assert.Empty(t, res.Errors)
		assert.NotEmpty(t, res.Findings)
		for path, n := range a.listed {
			assert.Equal(t, 1, n, "%s is listed so often", path)
		}
		for path, n := range a.read {
			most := 1
			if filepath.Base(path) == "flake.nix" || strings.HasPrefix(path, filepath.Join(dir, "part")) { // as a flake, too, and evaluated
				most = 3
			}
			assert.LessOrEqual(t, n, most, "%s is read so often", path)
		}
		nix := 0
		for path := range maps.Keys(a.read) {
			if strings.HasSuffix(path, ".nix") {
				nix++
			}
		}
		assert.Equal(t, packages+22, nix, "all Nix files of the repository are asked about")
		return a
	}
	total := func(of map[string]int) (n int) {
		for _, times := range of {
			n += times
		}
		return n
	}
	for _, part := range []string{"part", "part/f1/default.nix"} {
		small, large := run(50, part), run(200, part)
		assert.Equal(t, total(small.looked), total(large.looked), "asked about single paths: %v", large.looked)
		assert.Equal(t, len(small.listed)+150, len(large.listed))
	}
}

// TestRightCallsAskNobody holds that calls of other files which are right are compared with these alone: not even in a
// folder of tests, whose findings depend on who imports it, are all files of the repository asked.
func TestRightCallsAskNobody(t *testing.T) {
	files := map[string]string{
		"flake.nix":      "{ outputs = { self }: { }; }\n",
		"lib.nix":        "{ a }: { b = a; }\n",
		"tests/x.nix":    "let lib = import ../lib.nix { a = 1; }; in { inherit (lib) b; c = lib.b; }\n",
		"tests/y.nix":    "{ callPackage }: callPackage ../lib.nix { a = 1; }\n",
		"other/z.nix":    "{ ... }: { imports = [ ../tests/x.nix ]; }\n",
		"tests/gone.txt": "",
	}
	read := func(call string) (nix []string, found int) {
		files["tests/x.nix"] = call
		dir := testenv.Tree(t, files)
		gittest.Run(t, dir, "init", "-q")
		gittest.Run(t, dir, "add", "-A")
		a := newAsked()
		res, err := engine.Check(t.Context(), engine.Options{
			FS: a, Paths: []string{filepath.Join(dir, "tests")}, Only: []string{"call-argument-mismatch", "import-unknown-attr"},
		})
		require.NoError(t, err)
		require.Empty(t, res.Errors)
		for path := range a.read {
			if rel, err := filepath.Rel(dir, path); err == nil && strings.HasSuffix(rel, ".nix") {
				nix = append(nix, filepath.ToSlash(rel))
			}
		}
		slices.Sort(nix)
		return nix, len(res.Findings)
	}
	nix, found := read(files["tests/x.nix"])
	assert.Equal(t, []string{"lib.nix", "tests/x.nix", "tests/y.nix"}, nix)
	assert.Zero(t, found)
	nix, found = read("import ../lib.nix { }")
	assert.Contains(t, nix, "other/z.nix", "who imports the file decides on the severity of what is found")
	assert.Equal(t, 1, found)
}

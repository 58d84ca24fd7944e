//go:build unix

package project_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// A repository of TestSeenLikeNix: flake.nix and exists.nix are written and tracked before build is called.
type matrixRepo struct {
	name  string
	paths []string // what the flake reads
	build func(t *testing.T, dir string, git func(args ...string))
}

var matrixRepos = []matrixRepo{
	{"untracked", []string{"./tracked.nix", "./staged.nix", "./new.nix", "./new/x.nix", "./mixed/a.nix", "./mixed/b.nix", "./mixed"}, func(t *testing.T, dir string, git func(...string)) {
		gittest.Write(t, dir, "tracked.nix", "1", "mixed/a.nix", "1", "mixed/default.nix", "1")
		git("add", ".")
		git("commit", "-qm", "x")
		gittest.Write(t, dir, "staged.nix", "1", "new.nix", "1", "new/x.nix", "1", "mixed/b.nix", "1")
		git("add", "staged.nix")
	}},
	{"ignored", []string{"./by-root.nix", "./sub/by-sub.nix", "./sub/kept.nix", "./by-exclude.nix", "./by-global.nix", "./forced.nix", "./folder/x.nix"}, func(t *testing.T, dir string, git func(...string)) {
		home := filepath.Join(dir, "..", "home-ignore")
		require.NoError(t, os.WriteFile(home, []byte("by-global.nix\n"), 0o600))
		git("config", "core.excludesFile", home)
		gittest.Write(t, dir, ".gitignore", "by-root.nix\nforced.nix\nfolder/\nkept.nix\n", "sub/.gitignore", "by-sub.nix\n!kept.nix\n", "sub/by-sub.nix", "1", "sub/kept.nix", "1",
			".git/info/exclude", "by-exclude.nix\n", "by-root.nix", "1", "by-exclude.nix", "1", "by-global.nix", "1", "forced.nix", "1", "folder/x.nix", "1")
		git("add", ".")
		git("add", "-f", "forced.nix")
	}},
	{"intent to add", []string{"./intent.nix", "./none.nix"}, func(t *testing.T, dir string, git func(...string)) {
		gittest.Write(t, dir, "intent.nix", "1", "none.nix", "1")
		git("add", "-N", "intent.nix")
	}},
	{"deleted", []string{"./gone.nix", "./removed.nix", "./kept.nix"}, func(t *testing.T, dir string, git func(...string)) {
		gittest.Write(t, dir, "gone.nix", "1", "removed.nix", "1", "kept.nix", "1")
		git("add", ".")
		git("commit", "-qm", "x")
		git("rm", "-q", "--cached", "removed.nix")
		require.NoError(t, os.Remove(filepath.Join(dir, "gone.nix")))
	}},
	{"links", []string{"./to-tracked.nix", "./to-new.nix", "./fresh-link.nix", "./folder/x.nix", "./folder/new.nix"}, func(t *testing.T, dir string, git func(...string)) {
		gittest.Write(t, dir, "tracked.nix", "1", "real/x.nix", "1")
		for link, to := range map[string]string{"to-tracked.nix": "tracked.nix", "to-new.nix": "new.nix", "folder": "real"} {
			require.NoError(t, os.Symlink(to, filepath.Join(dir, link)))
		}
		git("add", ".")
		gittest.Write(t, dir, "new.nix", "1", "real/new.nix", "1")
		require.NoError(t, os.Symlink("tracked.nix", filepath.Join(dir, "fresh-link.nix")))
	}},
	{"submodule", []string{"./own.nix", "./mod/x.nix", "./mod"}, func(t *testing.T, dir string, git func(...string)) {
		other := gittest.Init(t, filepath.Dir(dir), "other")
		gittest.Write(t, other, "x.nix", "1", "default.nix", "1")
		gittest.Run(t, other, "add", ".")
		gittest.Run(t, other, "commit", "-qm", "x")
		git("submodule", "-q", "add", other, "mod")
		gittest.Write(t, dir, "own.nix", "1")
		git("add", ".")
	}},
	// Of what a sparse checkout leaves out nothing is said: it is missing from the checkout, not from the code.
	{"sparse", []string{"./in/x.nix"}, func(t *testing.T, dir string, git func(...string)) {
		gittest.Write(t, dir, "in/x.nix", "1", "out/y.nix", "1")
		git("add", ".")
		git("commit", "-qm", "x")
		git("sparse-checkout", "set", "in")
	}},
	{"index v4", []string{"./a/b/c.nix", "./a/b/d.nix", "./a/new.nix"}, func(t *testing.T, dir string, git func(...string)) {
		gittest.Write(t, dir, "a/b/c.nix", "1", "a/b/d.nix", "1")
		git("add", ".")
		git("update-index", "--index-version", "4")
		gittest.Write(t, dir, "a/new.nix", "1")
	}},
	{"nested repository", []string{"./own.nix", "./inner/x.nix"}, func(t *testing.T, dir string, git func(...string)) {
		gittest.Write(t, dir, "own.nix", "1")
		git("add", ".")
		inner := gittest.Init(t, dir, "inner")
		gittest.Write(t, inner, "x.nix", "1")
		gittest.Run(t, inner, "add", ".")
		gittest.Run(t, inner, "commit", "-qm", "x")
	}},
	{"assumed unchanged", []string{"./assumed.nix", "./skipped.nix"}, func(t *testing.T, dir string, git func(...string)) {
		gittest.Write(t, dir, "assumed.nix", "1", "skipped.nix", "1")
		git("add", ".")
		git("commit", "-qm", "x")
		git("update-index", "--assume-unchanged", "assumed.nix")
		git("update-index", "--skip-worktree", "skipped.nix")
	}},
	{"filtered", []string{"./secret.nix", "./new-secret.nix"}, func(t *testing.T, dir string, git func(...string)) {
		// As git-crypt and LFS do: what is in the index is not what lies in the folder.
		git("config", "filter.hide.clean", "sed s/1/2/")
		git("config", "filter.hide.smudge", "sed s/2/1/")
		gittest.Write(t, dir, ".gitattributes", "*secret.nix filter=hide\n", "secret.nix", "1")
		git("add", ".")
		gittest.Write(t, dir, "new-secret.nix", "1")
	}},
}

// TestSeenLikeNix: of Git repositories of many kinds, the files that Nix does not see are those that are reported.
func TestSeenLikeNix(t *testing.T) {
	nix := testenv.NewNix(t)
	for _, repo := range matrixRepos {
		t.Run(repo.name, func(t *testing.T) {
			gittest.Isolate(t)
			dir := gittest.Init(t, gittest.Real(t, t.TempDir()), "repo")
			writeMatrixFlake(t, dir, repo.paths)
			gittest.Run(t, dir, "add", ".")
			repo.build(t, dir, func(args ...string) { gittest.Run(t, dir, args...) })
			sameAsNix(t, nix, dir, dir, repo.paths)
		})
	}
	t.Run("worktree", func(t *testing.T) {
		gittest.Isolate(t)
		main := gittest.Init(t, gittest.Real(t, t.TempDir()), "main")
		paths := []string{"./tracked.nix", "./new.nix"}
		writeMatrixFlake(t, main, paths)
		gittest.Write(t, main, "tracked.nix", "1")
		gittest.Run(t, main, "add", ".")
		gittest.Run(t, main, "commit", "-qm", "x")
		dir := filepath.Join(filepath.Dir(main), "tree")
		gittest.Run(t, main, "worktree", "add", "-q", dir)
		gittest.Write(t, dir, "new.nix", "1")
		sameAsNix(t, nix, dir, dir, paths)
	})
	t.Run("bare .git file", func(t *testing.T) {
		gittest.Isolate(t)
		dir := gittest.Init(t, gittest.Real(t, t.TempDir()), "repo")
		paths := []string{"./tracked.nix", "./new.nix"}
		writeMatrixFlake(t, dir, paths)
		gittest.Write(t, dir, "tracked.nix", "1")
		gittest.Run(t, dir, "add", ".")
		gittest.Write(t, dir, "new.nix", "1")
		away := filepath.Join(filepath.Dir(dir), "away.git")
		require.NoError(t, os.Rename(filepath.Join(dir, ".git"), away))
		gittest.Write(t, dir, ".git", "gitdir: "+away+"\n")
		sameAsNix(t, nix, dir, dir, paths)
	})
	t.Run("computed", func(t *testing.T) {
		gittest.Isolate(t)
		dir := gittest.Init(t, gittest.Real(t, t.TempDir()), "repo")
		paths := []string{`./${"old"}.nix`, `./${"new"}.nix`, `(./. + "/${"new"}.nix")`, `"${self}/${"new"}.nix"`, `./${"folder"}`, `./${"a"}/${"b"}.nix`, `"${self}/${"old"}.nix"`}
		writeMatrixFlake(t, dir, paths)
		gittest.Write(t, dir, "old.nix", "1")
		gittest.Run(t, dir, "add", ".")
		gittest.Write(t, dir, "new.nix", "1", "folder/default.nix", "1", "a/b.nix", "1")
		sameAsNix(t, nix, dir, dir, paths)
	})
	t.Run("listed", func(t *testing.T) {
		gittest.Isolate(t)
		dir := gittest.Init(t, gittest.Real(t, t.TempDir()), "repo")
		gittest.Write(t, dir, "flake.nix", `{ outputs = { self }: {
  exists = [ ];
  read = map (n: import (./hosts + "/${n}/x.nix")) (builtins.attrNames (builtins.readDir ./hosts));
}; }`, "hosts/a/x.nix", "1")
		gittest.Run(t, dir, "add", ".")
		gittest.Write(t, dir, "hosts/b/x.nix", "1") // not in the list that Nix sees
		sameAsNix(t, nix, dir, dir, nil)
	})
	t.Run("none", func(t *testing.T) {
		gittest.Isolate(t)
		dir := gittest.Real(t, t.TempDir())
		paths := []string{"./a.nix", "./none.nix"}
		writeMatrixFlake(t, dir, paths)
		gittest.Write(t, dir, "a.nix", "1")
		sameAsNix(t, nix, "path:"+dir, dir, paths)
	})
}

// writeMatrixFlake writes a flake that reads paths, one a line, and a file that asks whether they are there.
func writeMatrixFlake(t *testing.T, dir string, paths []string) {
	read, exists := "{\n  outputs = { self }: {\n    exists = import ./exists.nix self;\n    read = [\n", "self: [\n"
	for _, p := range paths {
		read += fmt.Sprintf("      (import %s)\n", p)
		exists += fmt.Sprintf("  (builtins.pathExists %s)\n", p)
	}
	gittest.Write(t, dir, "flake.nix", read+"    ];\n  };\n}\n", "exists.nix", exists+"]\n")
}

// sameAsNix holds what is reported in flake.nix against what Nix reads.
func sameAsNix(t *testing.T, nix *testenv.Nix, ref, dir string, paths []string) {
	t.Helper()
	if !strings.HasPrefix(ref, "path:") {
		ref = "git+file://" + ref
	}
	out, err := nix.Run(dir, "eval", "--json", ref+"#exists")
	require.NoError(t, err, out)
	var exists []bool
	require.NoError(t, json.Unmarshal([]byte(out[strings.LastIndexByte(strings.TrimSpace(out), '\n')+1:]), &exists), out)
	require.Len(t, exists, len(paths))
	var unseen []string
	for i, path := range paths {
		if out, err := nix.Run(dir, "eval", ref+"#read", "--apply", fmt.Sprintf("l: builtins.elemAt l %d", i)); err != nil {
			assert.Regexp(t, `is not tracked by Git|does not exist|No such file`, out)
			unseen = append(unseen, strings.Trim(path, "()"))
		} else {
			assert.True(t, exists[i], "%s is read, though it does not exist", path)
		}
	}
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: []string{"untracked-file", "missing-path"}})
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(dir, "flake.nix"))
	require.NoError(t, err)
	var reported []string
	for _, f := range res.Findings {
		if filepath.Base(f.File) == "flake.nix" {
			assert.GreaterOrEqual(t, f.Severity, diag.Warning, "Nix fails")
			reported = append(reported, string(text[f.Span.Start:f.Span.End]))
		}
	}
	slices.Sort(unseen)
	slices.Sort(reported)
	assert.Equal(t, unseen, reported)
}

// TestFilteredLikeNix: of files with a filter Nix reads what lies in a checkout, and of a revision what the commit has.
func TestFilteredLikeNix(t *testing.T) {
	nix := testenv.NewNix(t)
	gittest.Isolate(t)
	dir := gittest.Init(t, gittest.Real(t, t.TempDir()), "repo")
	gittest.Run(t, dir, "config", "filter.git-crypt.clean", "sed s/plain/hidden/")
	gittest.Run(t, dir, "config", "filter.git-crypt.smudge", "sed s/hidden/plain/")
	gittest.Write(t, dir, ".gitattributes", "secret filter=git-crypt\n", "secret", "plain", "flake.nix", "{ outputs = _: { secret = builtins.readFile ./secret; }; }\n")
	gittest.Run(t, dir, "add", ".")
	gittest.Run(t, dir, "commit", "-qm", "x")
	for query, want := range map[string]string{"": `"plain"`, "?ref=HEAD&rev=" + headOf(t, dir): `"hidden"`} {
		out, err := nix.Run(dir, "eval", "git+file://"+dir+query+"#secret")
		require.NoError(t, err, out)
		assert.Contains(t, out, want)
	}
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: []string{"filtered-file"}})
	require.NoError(t, err)
	assert.Len(t, res.Findings, 1)
}

// headOf returns the commit of a repository's one branch.
func headOf(t *testing.T, dir string) string {
	t.Helper()
	head, err := os.ReadFile(filepath.Join(dir, ".git/HEAD"))
	require.NoError(t, err)
	commit, err := os.ReadFile(filepath.Join(dir, ".git", strings.TrimSpace(strings.TrimPrefix(string(head), "ref: "))))
	require.NoError(t, err)
	return strings.TrimSpace(string(commit))
}

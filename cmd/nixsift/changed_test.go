//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
)

// Texts of which only the second has a finding.
const (
	sound  = "{ a = 1; }\n"
	broken = "{ a = ; }\n"
)

// repository makes a repository with files that are committed.
func repository(t *testing.T, files ...string) string {
	t.Helper()
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo", "-b", "main")
	gittest.Write(t, root, files...)
	gittest.Run(t, root, "add", "-A")
	gittest.Run(t, root, "commit", "-q", "--allow-empty", "-m", "first")
	return root
}

// short runs check and returns the status, the findings as "file: rule", and what is told on standard error.
func short(t *testing.T, dir string, args ...string) (status int, found, errs string) {
	t.Helper()
	status, out, errs := nixsift(t, dir, "", append([]string{"check", "--format", "short"}, args...)...)
	var list []string
	for line := range strings.Lines(out) {
		place, rest, _ := strings.Cut(line, ": ")
		file, _, _ := strings.Cut(place, ":")
		if at := strings.LastIndexByte(rest, '['); at >= 0 {
			rest = strings.TrimRight(rest[at+1:], "]\n")
		}
		list = append(list, file+": "+rest)
	}
	return status, strings.Join(list, ", "), errs
}

// listed returns what nixsift files lists as checked.
func listed(t *testing.T, dir string, args ...string) string {
	t.Helper()
	_, out, errs := nixsift(t, dir, "", append([]string{"files"}, args...)...)
	require.Empty(t, errs)
	var files []string
	for line := range strings.Lines(out) {
		if name, what, ok := strings.Cut(line, "  "); ok && !strings.Contains(what, "not checked") {
			files = append(files, name)
		}
	}
	return strings.Join(files, " ")
}

func remove(t *testing.T, root string, names ...string) {
	t.Helper()
	for _, name := range names {
		require.NoError(t, os.RemoveAll(filepath.Join(root, name)))
	}
}

// TestStagedIsTheIndex holds that what is checked and read is what is staged, whatever the working tree has.
func TestStagedIsTheIndex(t *testing.T) {
	root := repository(t, "flake.nix", "{ outputs = _: { }; }\n", "old.nix", broken)
	status, found, errs := short(t, root, "--staged")
	assert.Equal(t, exitClean, status)
	assert.Empty(t, found)
	assert.Contains(t, errs, "0 files to check")

	gittest.Write(t, root, "mended.nix", broken, "spoilt.nix", sound)
	gittest.Run(t, root, "add", "-A")
	gittest.Write(t, root, "mended.nix", sound, "spoilt.nix", broken, "untracked.nix", broken, "old.nix", sound)
	status, found, _ = short(t, root, "--staged")
	assert.Equal(t, exitFindings, status)
	assert.Equal(t, "mended.nix: syntax-error", found)
	assert.Equal(t, "mended.nix spoilt.nix", listed(t, root, "--staged"))

	gittest.Run(t, root, "add", "mended.nix")
	gittest.Write(t, root, "mended.nix", broken)
	status, found, _ = short(t, root, "--staged")
	assert.Equal(t, exitClean, status, found)

	t.Run("others are read from the index", func(t *testing.T) {
		gittest.Write(t, root, "a.nix", "[ (import ./untracked.nix) (import ./fresh.nix) (import ./dropped.nix) (import ./known.nix) ]\n", "fresh.nix", sound, "dropped.nix", sound, "known.nix", sound)
		gittest.Run(t, root, "add", "a.nix", "dropped.nix", "known.nix")
		gittest.Run(t, root, "add", "-N", "fresh.nix")
		gittest.Run(t, root, "rm", "-q", "--cached", "dropped.nix")
		remove(t, root, "known.nix")
		status, out, errs := nixsift(t, root, "", "check", "--format", "short", "--staged")
		assert.Equal(t, exitFindings, status)
		assert.Equal(t, "nixsift: untracked.nix is there, but not staged: `git add` it\nnixsift: fresh.nix is there, but not staged: `git add` it\n"+
			"nixsift: dropped.nix is there, but not staged: `git add` it\n", errs)
		for name, missing := range map[string]bool{"untracked": true, "fresh": true, "dropped": true, "known": false} {
			assert.Equal(t, missing, strings.Contains(out, name+".nix` does not exist"), "%s: %s", name, out)
		}
		status, _, errs = short(t, root, "--staged", "untracked.nix")
		assert.Equal(t, exitUsage, status)
		_, out, _ = nixsift(t, root, "", "check", "--staged", "untracked.nix")
		assert.Contains(t, out+errs, "not in the Git index")
	})
}

// TestStagedSurroundings holds that configuration, lock file and ignore files are those of the index.
func TestStagedSurroundings(t *testing.T) {
	const warned = "let unused = 1; in 2\n"
	root := repository(t, "nixsift.toml", "ignore = ['unused-let-binding']\n", "a.nix", sound)
	gittest.Write(t, root, "a.nix", warned)
	gittest.Run(t, root, "add", "a.nix")
	gittest.Write(t, root, "nixsift.toml", "")
	status, found, _ := short(t, root, "--staged")
	assert.Equal(t, exitClean, status, found)
	gittest.Run(t, root, "add", "nixsift.toml")
	gittest.Write(t, root, "nixsift.toml", "ignore = ['unused-let-binding']\n")
	status, found, errs := short(t, root, "--staged")
	assert.Equal(t, exitFindings, status)
	assert.Equal(t, "a.nix: unused-let-binding", found)
	assert.Contains(t, errs, "nixsift.toml changed, too")
	gittest.Run(t, root, "rm", "-q", "--cached", "-f", "nixsift.toml")
	_, found, errs = short(t, root, "--staged")
	assert.Equal(t, "a.nix: unused-let-binding", found, "it is not in the index")
	assert.Contains(t, errs, "nixsift.toml changed, too")

	root = repository(t, ".gitignore", "", "a.nix", sound, ".gitattributes", "")
	gittest.Write(t, root, "a.nix", "import ./made.nix\n", ".gitignore", "made.nix\n", "gen.nix", warned, ".gitattributes", "gen.nix linguist-generated\n")
	gittest.Run(t, root, "add", "-A")
	gittest.Write(t, root, ".gitignore", "", ".gitattributes", "")
	status, found, _ = short(t, root, "--staged")
	assert.Equal(t, exitClean, status, "no more than a hint of a file that is ignored, nothing of one that is generated: %s", found)
	gittest.Run(t, root, "add", "-A")
	gittest.Write(t, root, ".gitignore", "made.nix\n", ".gitattributes", "gen.nix linguist-generated\n")
	status, found, _ = short(t, root, "--staged")
	assert.Equal(t, exitFindings, status)
	assert.Equal(t, "a.nix: missing-path, gen.nix: unused-let-binding", found)

	root = repository(t, "flake.nix", "{ inputs.a.url = \"github:o/a\"; outputs = _: { }; }\n", "flake.lock", "{\"nodes\":{\"root\":{}},\"root\":\"root\",\"version\":7}\n")
	gittest.Write(t, root, "flake.lock", "{")
	status, found, _ = short(t, root, "--staged")
	assert.Equal(t, exitClean, status, found)
	gittest.Run(t, root, "add", "flake.lock")
	remove(t, root, "flake.lock")
	status, found, _ = short(t, root, "--staged")
	assert.Equal(t, exitFindings, status)
	assert.Contains(t, found, "flake.lock: ")
}

// TestStagedObjects reads contents from loose objects, packs, and deltas in packs, and files of the working tree where the
// index says that they are the same, by size and time as by content.
func TestStagedObjects(t *testing.T) {
	long := strings.Repeat("# the same line in every version\n", 400)
	root := repository(t, "a.nix", long+sound)
	for i := range 4 {
		gittest.Write(t, root, "a.nix", fmt.Sprintf("# %d\n%s%s", i, long, sound))
		gittest.Run(t, root, "commit", "-qam", "more")
	}
	gittest.Write(t, root, "a.nix", long+broken)
	gittest.Run(t, root, "add", "-A")
	gittest.Write(t, root, "a.nix", long+sound)
	_, found, _ := short(t, root, "--staged")
	assert.Equal(t, "a.nix: syntax-error", found, "loose")
	gittest.Run(t, root, "repack", "-qadf", "--depth=10", "--window=10")
	gittest.Run(t, root, "stash", "create") // keeps the staged blob reachable
	gittest.Run(t, root, "gc", "-q", "--prune=now")
	_, found, _ = short(t, root, "--staged")
	assert.Equal(t, "a.nix: syntax-error", found, "packed")

	t.Run("racily clean", func(t *testing.T) {
		// The same size in the same moment: what the system says of the file tells no difference.
		gittest.Write(t, root, "a.nix", "{ a = 1; }\n")
		gittest.Run(t, root, "add", "-A")
		info, err := os.Stat(filepath.Join(root, "a.nix"))
		require.NoError(t, err)
		require.NoError(t, os.Chtimes(filepath.Join(root, ".git/index"), info.ModTime(), info.ModTime()))
		gittest.Write(t, root, "a.nix", "{ a = ; } \n")
		require.NoError(t, os.Chtimes(filepath.Join(root, "a.nix"), info.ModTime(), info.ModTime()))
		status, found, _ := short(t, root, "--staged")
		assert.Equal(t, exitClean, status, found)
		_, found, _ = short(t, root, "--changed-since", "HEAD")
		assert.Equal(t, "a.nix: syntax-error", found)
	})
}

// TestStagedFirstCommit has no commit to compare with: all is new.
func TestStagedFirstCommit(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	status, _, errs := short(t, root, "--staged")
	assert.Equal(t, exitClean, status)
	assert.Contains(t, errs, "0 files to check")
	gittest.Write(t, root, "a.nix", broken, "b.nix", sound)
	gittest.Run(t, root, "add", "a.nix")
	status, found, _ := short(t, root, "--staged")
	assert.Equal(t, exitFindings, status)
	assert.Equal(t, "a.nix: syntax-error", found)
	assert.Equal(t, "a.nix", listed(t, root, "--staged"))
	status, _, errs = short(t, root, "--changed-since", "HEAD")
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, errs, "no such commit")
}

// TestStagedOddEntries has what an index may hold beside files: links, submodules, paths left out of the working tree,
// conflicts.
func TestStagedOddEntries(t *testing.T) {
	t.Run("links", func(t *testing.T) {
		root := repository(t, "sub/a.nix", sound, "use.nix", sound)
		require.NoError(t, os.Symlink("sub", filepath.Join(root, "link")))
		require.NoError(t, os.Symlink("gone", filepath.Join(root, "dangling")))
		gittest.Write(t, root, "use.nix", "[ (import ./link/a.nix) (import ./link/b.nix) (import ./dangling) ]\n")
		gittest.Run(t, root, "add", "-A")
		remove(t, root, "link", "dangling", "sub")
		_, out, _ := nixsift(t, root, "", "check", "--format", "short", "--staged")
		assert.NotContains(t, out, "a.nix`", "by way of the link that is staged")
		assert.Contains(t, out, "b.nix` does not exist")
	})
	t.Run("a file becomes a link, and back", func(t *testing.T) {
		root := repository(t, "a.nix", sound, "b.nix", sound)
		remove(t, root, "a.nix")
		require.NoError(t, os.Symlink("b.nix", filepath.Join(root, "a.nix")))
		gittest.Run(t, root, "add", "-A")
		assert.Equal(t, "a.nix", listed(t, root, "--staged"))
		remove(t, root, "a.nix")
		gittest.Write(t, root, "a.nix", broken)
		status, found, _ := short(t, root, "--staged")
		assert.Equal(t, exitClean, status, found)
	})
	t.Run("submodules", func(t *testing.T) {
		lib := repository(t, "lib.nix", broken)
		root := repository(t, "a.nix", sound)
		gittest.Run(t, root, "submodule", "--quiet", "add", lib, "lib")
		gittest.Write(t, root, "a.nix", "[ (import ./lib/lib.nix) ]\n")
		gittest.Run(t, root, "add", "-A")
		gittest.Write(t, root, "lib/lib.nix", broken+"\n")
		for _, flags := range [][]string{{"--staged"}, {"--changed-since", "HEAD"}} {
			_, found, _ := short(t, root, flags...)
			assert.Empty(t, found, "what is in it is another repository's")
			status, _, errs := short(t, root, append(flags, ".", "lib")...)
			assert.Equal(t, exitUsage, status)
			assert.Contains(t, errs, "submodule lib")
		}
		for _, args := range [][]string{{"--changed-since", "HEAD"}, {"--changed-since", "HEAD", "../lib"}} {
			status, found, _ := short(t, filepath.Join(root, "lib"), args...)
			assert.Equal(t, exitFindings, status, "a repository of its own")
			assert.Equal(t, "lib.nix: syntax-error", found)
		}
	})
	t.Run("sparse checkout", func(t *testing.T) {
		root := repository(t, "in/a.nix", sound, "out/b.nix", sound)
		gittest.Run(t, root, "sparse-checkout", "set", "--no-sparse-index", "in")
		require.NoFileExists(t, filepath.Join(root, "out/b.nix"))
		gittest.Write(t, root, "in/a.nix", "[ (import ../out/b.nix) (import ../out/c.nix) ]\n")
		gittest.Run(t, root, "add", "-A")
		_, out, _ := nixsift(t, root, "", "check", "--format", "short", "--staged")
		assert.NotContains(t, out, "b.nix`")
		assert.Contains(t, out, "c.nix` does not exist")
		assert.Equal(t, "in/a.nix", listed(t, root, "--changed-since", "HEAD"))
		gittest.Run(t, root, "sparse-checkout", "set", "--sparse-index", "in")
		status, _, errs := short(t, root, "--staged")
		assert.Equal(t, exitUsage, status)
		assert.Contains(t, errs, "--no-sparse-index")
	})
	t.Run("conflict", func(t *testing.T) {
		root := repository(t, "a.nix", sound, "b.nix", sound)
		gittest.Run(t, root, "checkout", "-q", "-b", "other")
		gittest.Write(t, root, "a.nix", "{ a = 2; }\n")
		gittest.Run(t, root, "commit", "-qam", "other")
		gittest.Run(t, root, "checkout", "-q", "main")
		gittest.Write(t, root, "a.nix", "{ a = 3; }\n")
		gittest.Run(t, root, "commit", "-qam", "ours")
		_, err := gitIn(t, root, "", "-c", "user.name=t", "-c", "user.email=t@e", "merge", "other")
		require.Error(t, err)
		status, _, errs := short(t, root, "--staged", "b.nix")
		assert.Equal(t, exitUsage, status)
		assert.Contains(t, errs, "paths in conflict, a.nix the first of 1: resolve")
		assert.Equal(t, "a.nix", listed(t, root, "--changed-since", "HEAD"))
	})
	for name, form := range map[string]struct {
		init, made []string
		cure       string
	}{
		"split index": {nil, []string{"update-index", "--split-index"}, "--no-split-index"},
		"sha256":      {[]string{"--object-format=sha256"}, nil, "sha256"},
	} {
		t.Run(name, func(t *testing.T) {
			gittest.Isolate(t)
			root := gittest.Init(t, t.TempDir(), "repo", form.init...)
			gittest.Write(t, root, "a.nix", sound)
			gittest.Run(t, root, "add", "-A")
			gittest.Run(t, root, "commit", "-qm", "first")
			if form.made != nil {
				gittest.Run(t, root, form.made...)
			}
			for _, args := range [][]string{{"--staged"}, {"--changed-since", "HEAD"}} {
				status, found, errs := short(t, root, args...)
				assert.Equal(t, exitUsage, status, found)
				assert.Contains(t, errs, form.cure)
			}
		})
	}
}

// TestStagedConversions has repositories that keep other bytes than the working tree.
func TestStagedConversions(t *testing.T) {
	root := repository(t, "a.nix", sound, "b.nix", sound, ".gitattributes", "*.nix text eol=crlf\n")
	gittest.Run(t, root, "config", "core.autocrlf", "true")
	gittest.Write(t, root, "a.nix", "{\r\n  a = 2;\r\n}\r\n")
	gittest.Run(t, root, "add", "a.nix")
	gittest.Write(t, root, "b.nix", strings.ReplaceAll(sound, "\n", "\r\n"))
	assert.Equal(t, "a.nix", listed(t, root, "--staged"))
	assert.Equal(t, "a.nix", listed(t, root, "--changed-since", "HEAD"), "what git would store of the other is what it has")
	gittest.Write(t, root, "a.nix", broken)
	status, found, _ := short(t, root, "--staged")
	assert.Equal(t, exitClean, status, found)

	t.Run("Git LFS", func(t *testing.T) {
		const content = "{ a = 1; }\n" // its hash is that of the pointer
		const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 11\n"
		root := repository(t)
		sum, err := exec.Command("sh", "-c", "printf '%s' \"$1\" | sha256sum | cut -d' ' -f1", "sh", content).Output()
		require.NoError(t, err)
		gittest.Write(t, root, "a.nix", fmt.Sprintf(pointer, strings.TrimSpace(string(sum))))
		gittest.Run(t, root, "add", "-A")
		gittest.Write(t, root, "a.nix", content)
		status, found, _ := short(t, root, "--staged")
		assert.Equal(t, exitClean, status, found)
		gittest.Write(t, root, "a.nix", "{ a = 2; }\n")
		status, out, errs := nixsift(t, root, "", "check", "--staged")
		assert.Equal(t, exitUsage, status)
		assert.Contains(t, out+errs, "Git LFS")
	})
}

// TestStagedFlags holds what goes together with --staged and --changed-since and what does not.
func TestStagedFlags(t *testing.T) {
	root := repository(t, "a.nix", sound)
	gittest.Write(t, root, "a.nix", "let unused = 1; in import ./gone.nix\n", "sub/b.nix", "import ./gone.nix\n", "vendor/c.nix", "import ./gone.nix\n", "NOTES.md", "text\n")
	gittest.Run(t, root, "add", "-A")
	for _, c := range []struct {
		args  []string
		found string
	}{
		{[]string{"."}, "a.nix: unused-let-binding, a.nix: missing-path, sub/b.nix: missing-path, vendor/c.nix: missing-path"},
		{[]string{"sub", "vendor/c.nix"}, "sub/b.nix: missing-path, vendor/c.nix: missing-path"},
		{[]string{"--exclude", "vendor/**", "--select", "missing-path"}, "a.nix: missing-path, sub/b.nix: missing-path"},
		{[]string{"--ignore", "missing-path"}, "a.nix: unused-let-binding"},
		{[]string{"--only", "unused-let-binding"}, "a.nix: unused-let-binding"},
	} {
		for _, flags := range [][]string{{"--staged"}, {"--changed-since", "HEAD"}} {
			_, found, errs := short(t, root, append(flags, c.args...)...)
			assert.Equal(t, c.found, found, "%v %v %s", flags, c.args, errs)
		}
	}
	_, found, _ := short(t, filepath.Join(root, "sub"), "--staged")
	assert.Equal(t, "b.nix: missing-path", found, "the folder one stands in")

	for _, c := range []struct{ args, says string }{
		{"--staged --fix", "git apply --cached"}, {"--staged --unsafe-fixes", "git apply --cached"}, {"--staged -i", "git apply --cached"}, {"--interactive --staged", "git apply --cached"}, {"--staged --watch", "--watch"}, {"--changed-since HEAD --watch", "--watch"},
		{"--staged --changed-since HEAD", "contradict"}, {"--staged -", "standard input"}, {"--changed-since HEAD -", "standard input"}, {"--changed-since=", "is empty"},
		{"--changed-since main..HEAD", "one commit"}, {"--changed-since ^main", "one commit"}, {"--staged . ..", "lies outside"}, {"--staged gone.nix", "gone.nix"},
	} {
		status, out, errs := nixsift(t, root, sound, append([]string{"check"}, strings.Fields(c.args)...)...)
		assert.Equal(t, exitUsage, status, c.args)
		assert.Contains(t, out+errs, c.says, c.args)
	}

	report := filepath.Join(t.TempDir(), "report.sarif")
	status, _, errs := nixsift(t, root, "", "check", "--staged", "--output", "sarif="+report)
	assert.Equal(t, exitFindings, status, errs)
	assert.Contains(t, read(t, report), "vendor/c.nix")

	_, out, _ := nixsift(t, root, "", "files", "--changed-since", "main")
	assert.Contains(t, out, "a.nix         nix, changed since main\n")

	t.Run("a patch for the index", func(t *testing.T) {
		gittest.Write(t, root, "a.nix", "{ a = ./x//y; }\n")
		gittest.Run(t, root, "add", "-A")
		gittest.Write(t, root, "a.nix", "{ other = 1; }\n")
		status, diff, _ := nixsift(t, root, "", "check", "--staged", "--fix", "--diff", onlySlashes)
		assert.Equal(t, exitFindings, status)
		out, err := gitIn(t, root, diff, "apply", "--cached")
		require.NoError(t, err, out)
		assert.Equal(t, "{ a = ./x/y; }", gittest.Run(t, root, "show", ":a.nix"))
		assert.Equal(t, "{ other = 1; }\n", read(t, filepath.Join(root, "a.nix")))
	})
}

// TestFilesOfAChange lists them with how they differ, in JSON by the schema.
func TestFilesOfAChange(t *testing.T) {
	root := repository(t, "a.nix", "import ./b.nix\n", "b.nix", sound)
	gittest.Write(t, root, "new.nix", sound, "other.nix", sound)
	gittest.Run(t, root, "add", "new.nix")
	remove(t, root, "b.nix")
	for flags, want := range map[string][]string{
		"--staged":             {"staged: new"},
		"--changed-since=main": {"changed since main", "not tracked by Git", "names a file that is gone: findings about that only"},
	} {
		o := start(t, root, nil, "files", flags, "--format", "json")
		assert.Equal(t, exitClean, o.status, o.errors)
		validJSON(t, "files-v1.schema.json", o.out)
		for _, how := range want {
			assert.Contains(t, o.out, `"changed": "`+how+`"`)
		}
		assert.Equal(t, len(want), strings.Count(o.out, `"changed"`))
	}
}

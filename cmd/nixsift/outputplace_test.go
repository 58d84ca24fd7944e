//go:build unix

package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
)

// everything returns the texts of all files below a folder, and what its links say.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case d.Type()&fs.ModeSymlink != 0:
			all[path], err = os.Readlink(path)
		case d.Type().IsRegular():
			all[path] = read(t, path)
		}
		return err
	}))
	return all
}

// hostile returns a repository with a sibling folder `out`, and links that lead there and to files that nixsift or Git reads.
func hostile(t *testing.T) (top, repo string) {
	gittest.Isolate(t)
	top = gittest.Real(t, t.TempDir())
	repo = gittest.Init(t, top, "repo")
	gittest.Write(t, top, "out/precious", "x")
	gittest.Write(t, repo, "flake.nix", "{ outputs = { self }: { }; }\n", "a.nix", "{ a = 1; }\n", "base/shared.toml", "[rules]\n", "nixsift.toml", "extends = \"base/shared.toml\"\n", "run", "#!/bin/sh\n",
		"sub/x", "x", ".gitignore", "tmp\n", ".gitattributes", "", "ci.toml", "", "mine.json", "{ \"version\": 1, \"findings\": [ ] }\n")
	for link, target := range map[string]string{
		"nixsift.sarif": "../out/precious", "new.sarif": "../out/not-yet", "rep": "../out", "deep/rep": "../rep", "absolute": filepath.Join(top, "out/precious"), "gl.json": "a.nix", "cfg.json": ".git/config",
		"hook.json": ".git/hooks/post-checkout", "git": ".git", "ignore.json": ".gitignore", "shared.json": "base/shared.toml", "script.json": "run", "inside": "sub/x", "within": "sub", "round": "round",
	} {
		path := filepath.Join(repo, link)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.Symlink(target, path))
	}
	gittest.Run(t, repo, "add", "-A")
	gittest.Run(t, repo, "commit", "-qm", "all")
	return top, repo
}

// TestOutputPlaces holds that a report goes to no file outside of the project by a link in it, and to none of nixsift's or Git's.
func TestOutputPlaces(t *testing.T) {
	top, repo := hostile(t)
	before := everything(t, top)
	const out, gits, reads = "outside of the project", "a file of Git", "a file that nixsift reads"
	for path, want := range map[string]string{
		"nixsift.sarif": out, "new.sarif": out, "rep/x": out, "deep/rep/x": out, "./rep/../rep/precious": out, repo + "/rep/x": out, "absolute": out,
		"gl.json": reads, "shared.json": reads, "script.json": reads, "run": reads, "base/shared.toml": reads, "rep/../a.nix": reads,
		"cfg.json": gits, "hook.json": gits, "git/config": gits, "ignore.json": gits, ".git/config": gits, ".git/index": gits, ".git/HEAD": gits, ".git/packed-refs": gits, ".git/refs/heads/x": gits,
		".git/info/exclude": gits, ".git/hooks/pre-commit": gits, "sub/.git/config": gits, "sub/.git": gits, ".gitignore": gits, "sub/.gitignore": gits, ".gitattributes": gits, ".gitmodules": gits,
		"sub/../.git/config": gits, "round": "too many",
	} {
		for _, command := range [][]string{{"check"}, {"fix"}} {
			o := inPlain(t, repo, nil, append(command, "-o", "json="+path)...)
			assert.Equal(t, exitUsage, o.status, path)
			assert.Contains(t, o.errors, want, path)
		}
	}
	o := inPlain(t, repo, nil, "check", "--config", "ci.toml", "-o", "json=ci.toml")
	assert.Contains(t, o.errors, reads)
	o = inPlain(t, repo, nil, "check", "--baseline", "mine.json", "-o", "json=mine.json")
	assert.Contains(t, o.errors, reads)
	assert.True(t, maps.Equal(before, everything(t, top)), "something is written")

	for _, path := range []string{"plain.json", "../out/wanted.json", filepath.Join(top, "out/absolute.json"), "inside", "within/y.json", "/dev/null", "/dev/stdout", "/dev/stderr", "/dev/fd/1", "git.json", "sub/.github"} {
		o := inPlain(t, repo, nil, "check", "-o", "json="+path)
		assert.Equal(t, exitClean, o.status, "%s: %s", path, o.errors)
	}
	assert.True(t, strings.HasPrefix(read(t, filepath.Join(top, "out/wanted.json")), "{"))
	assert.True(t, strings.HasPrefix(read(t, filepath.Join(repo, "sub/x")), "{"), "what `inside` leads to")
	require.NoError(t, os.Symlink(filepath.Join(top, "out"), filepath.Join(top, "by-link")))
	o = inPlain(t, repo, nil, "check", "-o", "json=../by-link/z.json")
	assert.Equal(t, exitClean, o.status, "a link outside of the project is the user's: %s", o.errors)

	// A link belongs to the project that it lies in, wherever one stands.
	for _, from := range []string{"/", top, filepath.Join(top, "out"), filepath.Join(repo, "sub")} {
		for _, checked := range []string{repo, filepath.Join(repo, "sub"), filepath.Join(repo, "a.nix"), top} {
			o := inPlain(t, from, nil, "check", "-o", "json="+filepath.Join(repo, "deep/rep/x.json"), checked)
			assert.Equal(t, exitUsage, o.status, "%s %s", from, checked)
			assert.Contains(t, o.errors, out)
			o = inPlain(t, from, nil, "check", "-o", "json="+filepath.Join(repo, "within/z.json"), checked)
			assert.NotEqual(t, exitUsage, o.status, "%s %s: %s", from, checked, o.errors)
		}
	}
	bare := filepath.Join(top, "bare")
	gittest.Write(t, bare, "a.nix", "{ a = 1; }\n", "s/x", "")
	require.NoError(t, os.Symlink(filepath.Join(top, "out"), filepath.Join(bare, "s/o")))
	o = inPlain(t, "/", nil, "check", "-o", "json="+filepath.Join(bare, "s/o/x.json"), bare)
	assert.Equal(t, exitUsage, o.status)
	assert.Contains(t, o.errors, out)

	// Git's files need not lie in .git.
	apart := filepath.Join(top, "apart")
	gittest.Run(t, top, "init", "-q", "--separate-git-dir", "database", "apart")
	gittest.Write(t, apart, "a.nix", "1\n")
	o = inPlain(t, apart, nil, "check", "-o", "json=../database/config")
	assert.Equal(t, exitUsage, o.status)
	assert.Contains(t, o.errors, gits)
}

// TestOutputsToOneFile refuses two reports to one file, by whatever links, before anything is written.
func TestOutputsToOneFile(t *testing.T) {
	_, repo := hostile(t)
	require.NoError(t, os.Symlink("not-yet.json", filepath.Join(repo, "link.json")))
	for _, paths := range [][2]string{
		{"link.json", "not-yet.json"}, {"not-yet.json", "link.json"}, {"inside", "sub/x"}, {"within/y.json", "sub/y.json"}, {"y.json", filepath.Join(repo, "y.json")},
	} {
		o := inPlain(t, repo, nil, "check", "-o", "json="+paths[0], "-o", "sarif="+paths[1])
		assert.Equal(t, exitUsage, o.status, paths)
		assert.Contains(t, o.errors, "it is the file of \"json="+paths[0]+"\", which takes one report")
	}
	assert.NoFileExists(t, filepath.Join(repo, "not-yet.json"))
	assert.Equal(t, exitClean, inPlain(t, repo, nil, "check", "-o", "json=link.json", "-o", "sarif=y.sarif").status)
}

// TestBaselinePlace holds that a configuration makes nixsift neither read nor write a baseline outside of its project or among other files.
func TestBaselinePlace(t *testing.T) {
	top, repo := hostile(t)
	gittest.Write(t, top, "out/b.json", "1")
	const out, gits, reads = "leads out of", "Git's own", "reads for something else"
	refused := func(value, place, want string, args ...string) {
		t.Helper()
		before := everything(t, top)
		for _, command := range []string{"check", "baseline"} {
			o := inPlain(t, repo, nil, append([]string{command}, args...)...)
			assert.Equal(t, exitUsage, o.status, value)
			assert.Contains(t, o.out+o.errors, want, value)
			assert.Contains(t, o.out+o.errors, place, value)
			assert.NotContains(t, o.out+o.errors, "invalid character", value)
		}
		assert.True(t, maps.Equal(before, everything(t, top)), "something is written: %s", value)
	}
	for value, want := range map[string]string{
		"../evil.json": out, "../out/b.json": out, "rep/b.json": out, "rep/new.json": out, "new.sarif": out, "../../../../../../etc/passwd": out, filepath.Join(top, "out/b.json"): out,
		".git/hooks/pre-commit": gits, "cfg.json": gits, "git/x.json": gits, ".gitignore": gits, "sub/.git/x": gits,
		"flake.nix": reads, "gl.json": reads, "flake.lock": reads, "nixsift.toml": reads, "shared.json": reads,
	} {
		gittest.Write(t, repo, "nixsift.toml", "# x\nbaseline = \""+value+"\"\n", "a.nix", "import ./gone.nix\n")
		if filepath.IsAbs(value) { // which is wrong in itself
			want = "must be relative"
		}
		refused(value, "nixsift.toml:2:12: ", want)
	}
	gittest.Write(t, repo, "nixsift.toml", "")
	refused("the flag", "config", gits, "--baseline", ".git/config")
	refused("the flag", "index", gits, "--baseline", "git/index")
	require.NoError(t, os.Symlink("../out/b.json", filepath.Join(repo, "nixsift-baseline.json")))
	refused("the usual name", "nixsift-baseline.json", out)
	require.NoError(t, os.Remove(filepath.Join(repo, "nixsift-baseline.json")))

	o := inPlain(t, repo, nil, "baseline", "--baseline", "../out/wanted.json")
	assert.Equal(t, exitClean, o.status, o.errors)
	assert.Equal(t, exitClean, inPlain(t, repo, nil, "check", "--baseline", "../out/wanted.json").status)
	gittest.Write(t, repo, "deep/nixsift.toml", "baseline = \"../within/all.json\"\n", "deep/a.nix", "import ./gone.nix\n")
	o = inPlain(t, repo, nil, "baseline", "deep")
	assert.Equal(t, exitClean, o.status, o.errors)
	assert.FileExists(t, filepath.Join(repo, "sub/all.json"), "above the configuration, in the project")
}

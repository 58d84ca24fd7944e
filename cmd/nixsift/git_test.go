package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestGitIndexThatCannotBeRead has status 2, whatever a run reports on, and names the index and what to do.
func TestGitIndexThatCannotBeRead(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "flake.nix", "{ outputs = _: { }; }\n", "flake.lock", "{\"nodes\":{\"root\":{}},\"root\":\"root\",\"version\":7}\n",
		"a.nix", "{ a = 1; }\n", "sub/b.nix", "{ a = 1; }\n", ".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: true\n", "run.sh", "true\n")
	gittest.Run(t, root, "add", "-A")
	index := filepath.Join(root, ".git/index")
	good, err := os.ReadFile(index)
	require.NoError(t, err)
	runs := [][]string{
		{"check"}, {"check", "--only", "useless-parens"}, {"check", "a.nix"}, {"check", "--only", "useless-parens", "sub/b.nix"}, {"check", "sub"},
		{"check", "flake.nix"}, {"check", "flake.lock"}, {"check", ".github"}, {"check", ".github/workflows/ci.yml"}, {"check", "run.sh"},
		{"check", "--diff"}, {"check", "--fix"}, {"check", "--stdin-path", "new.nix", "-"}, {"check", "--exit-zero", "--format", "json"},
	}
	for name, put := range map[string]func() error{
		"empty":     func() error { return os.WriteFile(index, nil, 0o666) },
		"truncated": func() error { return os.WriteFile(index, good[:len(good)/2], 0o666) },
		"damaged": func() error {
			return os.WriteFile(index, append(good[:len(good)-1:len(good)-1], good[len(good)-1]^1), 0o666)
		},
		"folder": func() error { return os.Mkdir(index, 0o777) },
		"FIFO":   func() error { return testenv.MakeFIFO(index) },
		"device": func() error { return os.Symlink("/dev/zero", index) },
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.RemoveAll(index))
			require.NoError(t, put())
			for _, args := range runs {
				status, out, errs := nixsift(t, root, "{ a = 1; }\n", args...)
				assert.Equal(t, exitUsage, status, "%v: %s%s", args, out, errs)
				if args[len(args)-1] != "--diff" {
					assert.Contains(t, out+errs, index, args)
					assert.Contains(t, out+errs, "git reset", args)
				}
			}
		})
	}
	require.NoError(t, os.RemoveAll(index))
	require.NoError(t, os.WriteFile(index, good, 0o666))
	for _, args := range runs {
		status, out, errs := nixsift(t, root, "{ a = 1; }\n", args...)
		assert.Equal(t, exitClean, status, "%v: %s%s", args, out, errs)
	}
}

// TestGitIgnoreThatCannotBeRead has status 2 where git would not say what it ignores.
func TestGitIgnoreThatCannotBeRead(t *testing.T) {
	home := gittest.Isolate(t)
	for name, place := range map[string]string{"the top": ".gitignore", "a folder": "sub/.gitignore", "the repository": ".git/info/exclude", "the user": "../.config/git/ignore", "the user's configuration": "../.gitconfig"} {
		t.Run(name, func(t *testing.T) {
			root := gittest.Init(t, home, "repo")
			t.Cleanup(func() { _ = os.RemoveAll(root) })
			gittest.Write(t, root, "sub/a.nix", "{ a = 1; }\n")
			gittest.Run(t, root, "add", "-A")
			path := filepath.Join(root, place)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
			require.NoError(t, testenv.MakeFIFO(path))
			for _, args := range [][]string{{"check"}, {"check", "sub"}, {"check", "sub/a.nix"}, {"files"}, {"check", "--only", "useless-parens"}} {
				status, out, errs := nixsift(t, root, "", args...)
				assert.Equal(t, exitUsage, status, "%v: %s%s", args, out, errs)
				assert.Contains(t, out+errs, path+" cannot be read: not a regular file", args)
			}
			require.NoError(t, os.Remove(path))
			status, out, errs := nixsift(t, root, "", "check")
			assert.Equal(t, exitClean, status, out+errs)
		})
	}
}

// TestRepositoryRunsNothing has a configuration by which git itself would start a program in many ways.
func TestRepositoryRunsNothing(t *testing.T) {
	home := gittest.Isolate(t)
	root := gittest.Init(t, home, "repo")
	gittest.Write(t, root, "flake.nix", "{ outputs = _: { x = ./a.nix; y = ./ignored.nix; }; }\n", "a.nix", "1\n", ".gitattributes", "* filter=evil\n",
		".gitignore", "ignored.nix\n", "ignored.nix", "1\n", "sub/b.nix", "1\n")
	gittest.Run(t, root, "add", "-A")
	marker, script := filepath.Join(home, "marker"), filepath.Join(home, "evil")
	gittest.Write(t, home, "evil", "#!/bin/sh\ntouch "+marker+"\n")
	require.NoError(t, os.Chmod(script, 0o777))
	for _, name := range []string{"post-index-change", "fsmonitor-watchman", "post-checkout"} {
		gittest.Write(t, root, ".git/hooks/"+name, "#!/bin/sh\ntouch "+marker+"\n")
		require.NoError(t, os.Chmod(filepath.Join(root, ".git/hooks", name), 0o777))
	}
	gittest.Write(t, root, ".git/config", "[core]\n\tfsmonitor = "+script+"\n\tpager = "+script+"\n\tsshCommand = "+script+"\n\taskPass = "+script+
		"\n[filter \"evil\"]\n\tclean = "+script+"\n\tsmudge = "+script+"\n\tprocess = "+script+
		"\n[alias]\n\tls-files = !"+script+"\n[remote \"origin\"]\n\turl = ext::"+script+"\n\tpromisor = true\n[extensions]\n\tpartialClone = origin\n")
	_ = exec.Command(gittest.Program(t), "-C", root, "status").Run()
	require.FileExists(t, marker, "git itself does")
	require.NoError(t, os.Remove(marker))
	status, out, errs := nixsift(t, root, "", "check", "--preset", "all", "--fix")
	assert.Equal(t, exitFindings, status, out+errs)
	assert.Contains(t, out, "untracked-file")
	assert.NoFileExists(t, marker)
}

func TestVerboseTellsOfLinks(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "a.nix", "1\n", "sub/b.nix", "1\n")
	require.NoError(t, os.Symlink("sub", filepath.Join(root, "modules")))
	gittest.Run(t, root, "add", "-A")
	status, _, errs := nixsift(t, root, "", "check", "--verbose")
	assert.Equal(t, exitClean, status)
	assert.True(t, strings.HasPrefix(errs, "nixsift: left alone: "+filepath.Join(root, "modules")+" leads to the folder "+filepath.Join(root, "sub")+"\n"), errs)
	assert.Equal(t, 1, strings.Count(errs, "left alone"))
	_, _, errs = nixsift(t, root, "", "check")
	assert.Empty(t, errs)
}

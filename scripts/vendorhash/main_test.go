package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestVendorHash holds the hash in nix/package.nix against what the modules have.
func TestVendorHash(t *testing.T) {
	err := run(testenv.Root(t), true)
	if errors.Is(err, errVendor) {
		testenv.Missing(t, "the modules that go mod vendor copies ("+err.Error()+")")
	}
	require.NoError(t, err)
}

func TestReplaceHash(t *testing.T) {
	got, err := replaceHash([]byte("{\n  vendorHash = \"old\";\n  hash = \"x\";\n}\n"), "sha256-$1+/=")
	require.NoError(t, err)
	assert.Equal(t, "{\n  vendorHash = \"sha256-$1+/=\";\n  hash = \"x\";\n}\n", string(got))
	for _, text := range []string{"{ }", "{\n  vendorHash = null;\n}\n", "{\n  vendorHash = \"a\";\n  vendorHash = \"b\";\n}\n"} {
		_, err := replaceHash([]byte(text), "x")
		assert.Error(t, err, text)
	}
}

func TestRun(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"go.mod": "module example.org/m\n\ngo 1.26\n", "m.go": "package m\n", packagePath: "{\n  vendorHash = \"\";\n}\n"})
	_, err := vendorHash(dir)
	assert.ErrorContains(t, err, "no such file", "there is nothing to vendor, so go makes no folder")
	assert.Error(t, run(filepath.Join(dir, "gone"), true))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module\n"), 0o666))
	assert.ErrorIs(t, run(dir, true), errVendor)
}

// TestHashAgainstNix compares hashes of small trees, and of this repository's parser, with those of Nix.
func TestHashAgainstNix(t *testing.T) {
	nix := filepath.Join(filepath.Dir(testenv.Nix234(t)), "nix")
	dir := testenv.Tree(t, map[string]string{
		"file": "", "tree/seven": "1234567", "tree/eight": "12345678", "tree/nine": "123456789", "tree/a/b/c": "x", "tree/a.b": "", "tree/a-b": "", "tree/ä": "ü\x00",
		"tree/B": "", "tree/run": "#!/bin/sh\n", "tree/others": "", "large": strings.Repeat("nar", 1<<20),
	})
	require.NoError(t, os.Mkdir(filepath.Join(dir, "empty"), 0o755))
	require.NoError(t, os.Chmod(filepath.Join(dir, "tree/run"), 0o755))
	require.NoError(t, os.Chmod(filepath.Join(dir, "tree/others"), 0o655))
	require.NoError(t, os.Symlink("../a b", filepath.Join(dir, "tree/link")))
	require.NoError(t, os.Symlink("gone", filepath.Join(dir, "link")))
	paths := []string{filepath.Join(testenv.Root(t), "parser")}
	for _, name := range []string{"file", "tree", "large", "empty", "link"} {
		paths = append(paths, filepath.Join(dir, name))
	}
	cmd := exec.Command(nix, append([]string{"--extra-experimental-features", "nix-command", "hash", "path"}, paths...)...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "NIX_STATE_DIR="+filepath.Join(dir, "state"))
	out, err := cmd.Output()
	require.NoError(t, err)
	var got []string
	for _, path := range paths {
		hash, err := hashPath(path)
		require.NoError(t, err)
		got = append(got, hash)
	}
	assert.Equal(t, strings.Fields(string(out)), got)
	_, err = hashPath(os.DevNull)
	assert.Error(t, err)
}

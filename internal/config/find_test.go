package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFinder(t *testing.T) {
	root := t.TempDir()
	touch := func(path string) {
		path = filepath.Join(root, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, nil, 0o666))
	}
	touch("nixsift.toml")
	touch("plain/deep/x.nix")
	touch("repo/.git/HEAD")
	touch("repo/sub/x.nix")
	touch("conf/nixsift.toml")
	touch("conf/.git") // a worktree has a file of that name
	touch("conf/a/b/x.nix")
	touch("folder/nixsift.toml/x.nix")
	touch("conf/a/other.toml")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "link"), 0o777))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(root, "link/nixsift.toml")))

	calls := 0
	f := NewFinder(func(dir, name string) bool {
		calls++
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	}, nil, "other.toml", FileName)
	at := func(dir string) string { return f.Find(filepath.Join(root, dir), FileName) }
	assert.Equal(t, filepath.Join(root, "nixsift.toml"), at("plain/deep"))
	assert.Equal(t, "", at("repo/sub"), "the repository's folder is the last one looked in")
	assert.Equal(t, filepath.Join(root, "conf/nixsift.toml"), at("conf/a/b"))
	assert.Equal(t, filepath.Join(root, "folder/nixsift.toml"), at("folder"), "a folder of that name is a mistake to tell")
	assert.Equal(t, filepath.Join(root, "link/nixsift.toml"), at("link"))
	assert.Equal(t, filepath.Join(root, "conf/nixsift.toml"), at("conf/a/b"))
	assert.Equal(t, filepath.Join(root, "conf/a/other.toml"), f.Find(filepath.Join(root, "conf/a/b"), "other.toml"), "of another name, a nearer one")
	assert.Equal(t, "", f.Find(filepath.Join(root, "conf"), "other.toml"))
	calls = 0
	assert.Equal(t, filepath.Join(root, "nixsift.toml"), at("plain"))
	assert.Zero(t, calls)

	touch("repo/nixsift.toml")
	assert.Equal(t, "", at("repo/sub"))
	f.Forget()
	assert.Equal(t, filepath.Join(root, "repo/nixsift.toml"), at("repo/sub"))

	f = NewFinder(nil, func(dir string) bool { return filepath.Base(dir) != "repo" }, FileName)
	require.NoError(t, os.Remove(filepath.Join(root, "repo/nixsift.toml")))
	assert.Equal(t, filepath.Join(root, "nixsift.toml"), at("repo/sub"), "something called .git that makes no repository")
	assert.NotPanics(t, func() { NewFinder(nil, nil, FileName).Find("/", FileName) })
}

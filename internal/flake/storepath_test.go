package flake

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStorePathForms(t *testing.T) {
	const hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	for locked, want := range map[string]bool{
		`"type": "github", "owner": "o", "repo": "r", "rev": "e9e33fdc6c5e4d1a8c0fc0a4b1b2ce2b8cc7b3a7", "narHash": "` + hash + `"`: true,
		`"type": "path", "path": "/x", "narHash": "` + hash[:len(hash)-1] + `"`:                                                     true,
		`"type": "path", "path": "/x", "narHash": "sha512-AAAA"`:                                                                    false,
		`"type": "path", "path": "/x", "narHash": ""`:                                                                               false,
		`"type": "path", "path": "./x"`:                                                                                             false,
	} {
		lock, _ := ReadLock(`{"nodes": {"a": {"locked": {` + locked + `}}, "root": {"inputs": {"a": "a"}}}, "root": "root", "version": 7}`)
		require.NotNil(t, lock)
		_, ok := lock.Node("a").StorePath(StoreDir)
		assert.Equal(t, want, ok, locked)
	}
}

// archived is what `nix flake archive --json` says of a flake: where it and its inputs are.
type archived struct {
	Path   string              `json:"path"`
	Inputs map[string]archived `json:"inputs"`
}

// TestArchiveLikeNix compares store paths with those that Nix gives sources of every kind that can be fetched without a network, and
// looks whether what it archives serves a machine that has nothing else.
func TestArchiveLikeNix(t *testing.T) {
	o := newOracle(t)
	plain := o.flake(t, map[string]string{"flake.nix": "{ outputs = _: { x = 1; }; }", "sub/deep/file": "text\n"})
	data := o.flake(t, map[string]string{"data": "x"})
	repo := o.flake(t, map[string]string{"flake.nix": "{ inputs.y.url = \"path:./y\"; outputs = { y, ... }: { x = y.x; }; }", "y/flake.nix": "{ outputs = _: { x = 2; }; }"})
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qm", "m"}} {
		out, err := exec.Command("git", append([]string{"-C", repo}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	tarball := filepath.Join(o.Base, "data.tar.gz")
	out, err := exec.Command("tar", "-C", o.Base, "-czf", tarball, filepath.Base(data)).CombinedOutput()
	require.NoError(t, err, string(out))
	dir := o.flake(t, map[string]string{"flake.nix": `{
		inputs.plain.url = "path:` + plain + `";
		inputs.data = { url = "path:` + data + `"; flake = false; };
		inputs.repo.url = "git+file://` + repo + `";
		inputs.tar = { url = "file://` + tarball + `"; flake = false; };
		inputs.rel.url = "path:./rel";
		outputs = { self, plain, data, repo, tar, rel }: { x = [ plain.x repo.x rel.x (builtins.readFile "${data}/data") (builtins.readFile "${tar}/data") ]; };
	}`, "rel/flake.nix": "{ outputs = _: { x = 3; }; }"})
	said, err := o.Run(dir, "flake", "lock", "path:"+dir)
	require.NoError(t, err, said)
	said, err = o.Run(dir, "flake", "archive", "--json", "path:"+dir)
	require.NoError(t, err, said)
	var archive archived
	require.NoError(t, json.Unmarshal([]byte(lastLine(said)), &archive), said)
	text, err := os.ReadFile(filepath.Join(dir, "flake.lock"))
	require.NoError(t, err)
	lock, syntax := ReadLock(string(text))
	require.Nil(t, syntax)
	compared := 0
	for _, name := range []string{"plain", "data", "repo", "tar"} {
		path, ok := lock.Node(name).StorePath(StoreDir)
		assert.True(t, ok, name)
		assert.Equal(t, archive.Inputs[name].Path, path, name)
		compared++
	}
	require.Equal(t, 4, compared)
	for _, gone := range []string{plain, data, repo, tarball} {
		require.NoError(t, os.RemoveAll(gone))
	}
	require.NoError(t, os.RemoveAll(filepath.Join(o.Base, ".cache")))
	said, err = o.Run(dir, "eval", "--json", "path:"+dir+"#x")
	require.NoError(t, err, said)
	assert.Equal(t, `[1,2,3,"x","x"]`, lastLine(said))

	bare := strings.Replace(string(text), `"narHash": "`+lock.Node("repo").NarHash()+`",`, "", 1)
	require.NotEqual(t, string(text), bare)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "flake.lock"), []byte(bare), 0o600))
	said, err = o.Run(dir, "eval", "--json", "path:"+dir+"#x")
	require.Error(t, err, said)
	assert.Contains(t, said, filepath.Base(repo), "Nix looks for the repository where no narHash tells it what to take from the store")
}

// lastLine returns the last line of an output that is not blank.
func lastLine(out string) string {
	out = strings.TrimRight(out, "\n")
	return out[strings.LastIndexByte(out, '\n')+1:]
}

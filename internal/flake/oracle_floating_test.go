package flake

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestByHashOnlyLikeNix compares of which locked references Nix warns that they are unlocked.
func TestByHashOnlyLikeNix(t *testing.T) {
	o := newOracle(t)
	hash, rev := `"narHash": "`+someHash+`", `, `"rev": "`+someRev+`", `
	floating := 0
	for original, url := range map[string]string{
		`"type": "git", "url": "https://x.example/a"`:            "git+https://x.example/a",
		`"type": "hg", "url": "https://x.example/a"`:             "hg+https://x.example/a",
		`"type": "tarball", "url": "https://x.example/a.tar.gz"`: "https://x.example/a.tar.gz",
		`"type": "file", "url": "https://x.example/a.txt"`:       "file+https://x.example/a.txt",
		`"type": "github", "owner": "o", "repo": "r"`:            "github:o/r",
		`"type": "gitlab", "owner": "o", "repo": "r"`:            "gitlab:o/r",
		`"type": "sourcehut", "owner": "~o", "repo": "r"`:        "sourcehut:~o/r",
		`"type": "path", "path": "/x"`:                           "path:/x",
		`"type": "indirect", "id": "x"`:                          "flake:x",
	} {
		for _, more := range []string{hash, hash + rev, hash + `"dirtyRev": "` + someRev + `-dirty", `, hash + rev + `"dirtyRev": "` + someRev + `-dirty", `} {
			if strings.Contains(more, "dirtyRev") && !strings.Contains(original, `"git"`) {
				continue
			}
			lock := `{"nodes": {"root": {"inputs": {"a": "a"}}, "a": {"flake": false, "locked": {` + more + original + `}, "original": {` + original + `}}}, "root": "root", "version": 7}`
			dir := o.flake(t, map[string]string{"flake.nix": `{ inputs.a = { url = "` + url + `"; flake = false; }; outputs = _: { }; }`, "flake.lock": lock})
			verdict, out := o.ask(dir)
			l, _ := ReadLock(lock)
			require.NotNil(t, l)
			if verdict == refused {
				continue // a type that has no rev
			}
			warned := strings.Contains(out, "is unlocked")
			assert.Equal(t, warned, l.Node("a").ByHashOnly(), "%s: Nix says\n%s", lock, out)
			if warned {
				floating++
			}
		}
	}
	assert.Greater(t, floating, 5)
}

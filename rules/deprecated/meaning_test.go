package deprecated

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// kept are expressions that safe fixes change and whose value they keep.
var kept = []string{
	`http://example.org/a?b=c`, `[ mirror://gnu/x git+ssh://a/b~c ]`, `builtins.stringLength https://a.b/%20it's`, `{ ${http://a} = 1; }`, `"${github:a/b}"`,
	`.5`, `[ .5 .25e1 ]`, `(x: x) .5`, `0 -.5`, `1+.5`, `{a=.5;}.a`,
	`foo/bar`, `toString lib/x.nix`, `[ a/b .c/d ]`, `baseNameOf (dir/${"x"}/y)`, `"${toString a/b}"`, `(x: x)a/b`,
}

// untouched are expressions that no safe fix may change.
var untouched = []string{
	`x:x`, `map (self:super.a) [ ]`, `let a = 6; b = 2; in a/b`, `6/2`, `[ 01.5 ]`, `builtins.toPath "/a//b"`, `/. + "/a"`, `/etc/hosts`, `~/x`,
	`let toPath = x: x; in toPath 1`, `let licenses.gpl3 = 1; in licenses.gpl3`,
}

func TestSafeFixesKeepMeaning(t *testing.T) {
	nix := testenv.Nix234(t)
	for _, e := range kept {
		got := fixed(t, e)
		assert.NotEqual(t, e, got, "no safe fix for %s", e)
		assert.Equal(t, eval(t, nix, e), eval(t, nix, got), "%s became %s", e, got)
	}
}

func TestUnsoundFixesAreNotSafe(t *testing.T) {
	for _, e := range untouched {
		assert.Equal(t, e, fixed(t, e))
	}
}

// fixed applies the safe fixes of all rules of the family to an expression.
func fixed(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "default.nix")
	fsys := workspace.NewOverlay(workspace.OS)
	fsys.Set(path, []byte(text))
	var only []string
	for _, r := range rules.All() {
		if r.Family == family {
			only = append(only, r.ID)
		}
	}
	out, err := engine.Fix(context.Background(), engine.Options{FS: fsys, Paths: []string{path}, Only: only}, fix.OnlySafe)
	require.NoError(t, err)
	require.Empty(t, out.Broken, text)
	if fixed, ok := out.Texts[path]; ok {
		return fixed
	}
	return text
}

// eval prints the value of an expression as Nix does.
func eval(t *testing.T, nix, text string) string {
	t.Helper()
	cmd := exec.Command(nix, "--eval", "--strict", "--expr", text)
	cmd.Env = append(os.Environ(), "NIX_PATH=", "NIX_STATE_DIR="+os.TempDir(), "NIX_REMOTE=dummy://")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", text, out)
	return strings.TrimSpace(string(out))
}

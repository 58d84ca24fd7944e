package cost

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// same are pairs that the rules call equal, for sets as elements.
var same = [][2]string{
	{"lib.foldl' (a: b: a // b) { } [ { a = 1; b = 2; } { a = 3; } { c = 4; } ]", "lib.mergeAttrsList [ { a = 1; b = 2; } { a = 3; } { c = 4; } ]"},
	{"lib.foldl' lib.mergeAttrs { } [ { a = 1; } { a = { b = 1; }; } ]", "lib.mergeAttrsList [ { a = 1; } { a = { b = 1; }; } ]"},
	{"builtins.foldl' (acc: x: acc // { ${x} = x + x; }) { } [ \"a\" \"b\" \"a\" ]", "lib.mergeAttrsList (map (x: { ${x} = x + x; }) [ \"a\" \"b\" \"a\" ])"},
	{"lib.foldl (a: b: a // b) { } [ ]", "lib.mergeAttrsList [ ]"},
	{"lib.misc.uniqList { inputList = [ \"b\" \"a\" \"b\" ]; }", "lib.unique [ \"b\" \"a\" \"b\" ]"},
	{"builtins.filter (x: builtins.elem x [ \"a\" \"c\" ]) [ \"a\" \"b\" \"c\" ]", "let set = lib.genAttrs [ \"a\" \"c\" ] (_: null); in builtins.filter (x: set ? ${x}) [ \"a\" \"b\" \"c\" ]"},
}

// TestAdvice proves that what the rules advise gives the same.
func TestAdvice(t *testing.T) {
	nix, lib := testenv.Nix234(t), testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	eval := func(expr string) string {
		cmd := exec.Command(nix, "--eval", "--strict", "--expr", "let lib = import "+lib+"; in "+expr)
		cmd.Env = append(os.Environ(), "NIX_PATH=", "NIX_STATE_DIR="+os.TempDir(), "NIX_REMOTE=dummy://")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", expr, out)
		return strings.TrimSpace(string(out))
	}
	for _, s := range same {
		assert.Equal(t, eval(s[0]), eval(s[1]), s[0])
	}
	// The fold forces each element to be a set, a list of one element is not merged at all: the fix is unsafe.
	assert.Equal(t, "1", eval("lib.mergeAttrsList [ 1 ]"))
}

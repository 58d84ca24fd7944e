package correctness

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
)

// claims are what the rules say of Nix: an expression and its value, or part of the error.
var claims = []struct{ expr, value, failure string }{
	{"let { a = 1; }", "", "attribute 'body' missing"},
	{"let { body = a; a = 1; }", "1", ""},
	{"let { body.x = 1; }", "{ x = 1; }", ""},
	{"let { inherit ({ body = 1; }) body; }", "1", ""},
	{`let { ${"bo" + "dy"} = 1; }`, "1", ""},
	{"let { __overrides = { body = 1; }; }", "1", ""},
	{"01.5", "", "attempt to call something which is not a function but an integer"},
	{"builtins.length [ 01.5 ]", "2", ""},
	{"(x: y: y) 01.5", "0.5", ""},
	{"1.0e", "", "undefined variable 'e'"},
	{"let e = 1; in 1.0e", "", "attempt to call something which is not a function but a float"},
	{"let e = 1; in builtins.length [ 1.0e ]", "2", ""},
	{"let a = 1; b = 2; in a-b", "", "undefined variable 'a-b'"},
	{"let a = 1; in a-1", "", "undefined variable 'a-1'"},
	{"let a = 1; b = 2; in a -b", "-1", ""},
	{"let a = true; in a or a", "", "undefined variable 'or'"},
	{"let a = true; or = 1; in builtins.isFunction ((x: y: x) or)", "true", ""},
	{"attrNames { }", "", "undefined variable 'attrNames'"},
	{"__attrNames { }", "[ ]", ""},
	{"builtins.nope", "", "attribute 'nope' missing"},
	{"builtins.nope or 1", "1", ""},
	{"if false then builtins.nope else 1", "1", ""},
	{`let k = "a"; in { a = { ${k} = 1; }; a.${k} = 2; }`, "", "dynamic attribute 'a' already defined"},
	{`let k = "a"; in { a = { ${k} = 1; }; a = { ${k} = 2; }; }`, "", "dynamic attribute 'a' already defined"},
	{`let k = "a"; a = { b.${k} = 1; }; a.b.${k} = 2; in a`, "", "dynamic attribute 'a' already defined"},
	{`let k = null; in { a = { ${k} = 1; }; a.${k} = 2; }`, "{ a = { }; }", ""},
}

func TestClaims(t *testing.T) {
	nix := testenv.Nix234(t)
	for _, c := range claims {
		cmd := exec.Command(nix, "--eval", "--strict", "--expr", c.expr)
		cmd.Env = append(os.Environ(), "NIX_PATH=", "NIX_STATE_DIR="+os.TempDir(), "NIX_REMOTE=dummy://")
		out, err := cmd.CombinedOutput()
		if c.failure != "" {
			assert.Error(t, err, "%s is %s", c.expr, out)
			assert.Contains(t, string(out), c.failure, c.expr)
			continue
		}
		assert.NoError(t, err, "%s: %s", c.expr, out)
		assert.Equal(t, c.value, strings.TrimSpace(string(out)), c.expr)
	}
}

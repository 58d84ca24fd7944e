package project

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// claims are what the rules say of Nix and nixpkgs' lib: an expression with a path that is not there, and whether that
// is read.
var claims = []struct {
	expr  string
	reads bool
}{
	{`/no/x`, false},
	{`toString /no/x + baseNameOf /no/x + toString (dirOf /no/x)`, false},
	{`/no/x == /no/y || /no/x < /no/y || [ /no/x ] == [ /no/y ] || { a = /no/x; } != { a = /no/y; }`, false},
	{`builtins.elem /no/x [ /no/y ] || builtins.isPath /no/x || lib.isStringLike /no/x`, false},
	{`map toString [ /no/x ] ++ lib.remove /no/x [ /no/y ] ++ [ (builtins.typeOf /no/x) ]`, false},
	{`builtins.trace /no/x (builtins.seq /no/x 1)`, false},
	{`lib.path.splitRoot /no/x`, false},
	{`lib.path.hasPrefix /no /no/x && lib.path.removePrefix /no /no/x == "x"`, false},
	{`lib.path.append /no/x "y"`, false},
	{`lib.generators.toPretty { } /no/x + lib.escapeShellArg /no/x`, false},
	{`lib.hasPrefix "/no" /no/x`, true},
	{`lib.hasSuffix "x" /no/x`, true},
	{`lib.hasInfix "x" /no/x`, true},
	{`lib.removePrefix "/no" /no/x`, true},
	{`lib.splitString "/" /no/x`, true},
	{`lib.fileset.toSource { root = /.; fileset = /no/x; }`, true},
	{`"${/no/x}"`, true},
}

func TestClaims(t *testing.T) {
	nix, lib := testenv.Nix234(t), testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	for _, c := range claims {
		_, err := ruletest.Eval(nix, "let lib = import "+lib+"; in "+c.expr)
		if !c.reads {
			assert.NoError(t, err, c.expr)
			continue
		}
		if assert.Error(t, err, c.expr) {
			assert.Regexp(t, "does not exist|doesn't exist", strings.ReplaceAll(err.Error(), "\n", " "), c.expr)
		}
	}
}

package deprecated

import (
	"testing"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// kept are expressions that safe fixes change and whose value they keep.
var kept = []string{
	`http://example.org/a?b=c`, `[ mirror://gnu/x git+ssh://a/b~c ]`, `builtins.stringLength https://a.b/%20it's`, `{ ${http://a} = 1; }`, `"${github:a/b}"`,
	`.5`, `[ .5 .25e1 ]`, `(x: x) .5`, `0 -.5`, `1+.5`, `{a=.5;}.a`,
	`builtins.toPath ./x/../y`, `"${builtins.toPath /a/b}"`, `let toString = 1; in builtins.toPath (./.)`, `builtins.hasContext (__toPath ./x)`,
	`builtins.toPath "//.devenv/state"`, `builtins.toPath"/a/../b/./c/"`, `let toString = 1; in builtins.toPath (''/a//b'')`, `builtins.toPath (./x + "//y")`,
	`builtins.stringLength (builtins.toPath "/")`,
	`foo/bar`, `toString lib/x.nix`, `[ a/b .c/d ]`, `baseNameOf (dir/${"x"}/y)`, `"${toString a/b}"`, `(x: x)a/b`,
}

// untouched are expressions that no safe fix may change.
var untouched = []string{
	`x:x`, `map (self:super.a) [ ]`, `let a = 6; b = 2; in a/b`, `6/2`, `[ 01.5 ]`, `builtins.toPath "a/b"`, `/. + "/a"`, `/etc/hosts`, `~/x`,
	`let toPath = x: x; in toPath 1`, `let licenses.gpl3 = 1; in licenses.gpl3`,
}

func TestSafeFixesKeepMeaning(t *testing.T) { ruletest.Kept(t, testenv.Nix234(t), family, kept) }

func TestUnsoundFixesAreNotSafe(t *testing.T) { ruletest.Untouched(t, family, untouched) }

package corpus

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestSpellings holds the verdict on small files that no collection has against that of two versions of Nix.
func TestSpellings(t *testing.T) {
	versions := map[string]string{"2.34": testenv.Nix234(t), "2.8": testenv.Nix28(t)}
	dir := t.TempDir()
	for _, src := range []string{
		// __curPos is syntax where it is an expression, and a name in inherit.
		"{ inherit __curPos; }", "rec { inherit __curPos; }", "let inherit __curPos; in __curPos", "rec { __curPos = __curPos; }",
		"let __curPos = 1; in __curPos", "let __curPos = 1; in { inherit __curPos; }", "__curPos: __curPos", "__curPos: { inherit __curPos; }",
		"{ __curPos }: { inherit __curPos; }", "{ __curPos ? 1 }@a: __curPos", "{ a }@__curPos: { inherit __curPos; }",
		"with { __curPos = 1; }; { inherit __curPos; }", "with { }; __curPos", "{ inherit (builtins) __curPos; }", `{ inherit "__curPos"; }`,
		`{ inherit ${"__curPos"}; }`, "a: a.__curPos", "let __curPos.a = 1; in __curPos", `"${__curPos.file}"`, "let { inherit __curPos; body = 1; }",
		"{ a.__curPos = __curPos; }", "let a = 1; in { inherit a __curPos; }",
		// A file without an expression.
		"", " ", "\n\n", "# only\n", "/* only */", "# a\n/* b */ ", "/* open", "{ }",
	} {
		ps := problems(src)
		for version, nix := range versions {
			m := judge(t, nix, dir, src)
			assert.Equal(t, m.message == "", len(ps) == 0, "Nix %s: %q: %s: %v", version, src, m.message, ps)
		}
	}
}

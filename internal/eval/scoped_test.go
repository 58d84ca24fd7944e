package eval

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// TestScopedImport: names of the scope come before all others that the file does not bind itself: before those that Nix has, and
// those of with. What is not in the scope is as in any file.
func TestScopedImport(t *testing.T) {
	files := map[string]string{
		"free.nix": "free + 1", "global.nix": "toString 1", "true.nix": "if true then 1 else \"a\"", "builtins.nix": "builtins.length [ 1 ]",
		"with.nix": "with { free = \"with\"; other = [ ]; }; { inherit free other; }", "own.nix": "let free = \"own\"; in free", "fn.nix": "{ free }: free",
		"import.nix": "import ./free.nix", "nested.nix": "scopedImport { free = free + 1; } ./free.nix", "inherit.nix": "{ inherit free; }.free", "dir/default.nix": "free",
		"minus.nix": "2 - 1", "lib.nix": "lib.optionals 1 2", "again.nix": "scopedImport { inherit free; } ./again.nix",
	}
	dir := testenv.Tree(t, files)
	claims := []claim{
		{expr: "scopedImport { free = 1; } ./free.nix", literal: "2"}, {expr: "scopedImport { } ./free.nix"}, {expr: "scopedImport { free = { }; } ./free.nix"},
		{expr: "scopedImport { free = throw \"a\"; } ./global.nix", literal: `"1"`}, {expr: "scopedImport { toString = x: x; } ./global.nix", literal: "1"},
		{expr: "scopedImport { true = false; } ./true.nix", literal: `"a"`}, {expr: "scopedImport { builtins = { length = x: 7; }; } ./builtins.nix", literal: "7"},
		{expr: "(scopedImport { free = 1; } ./with.nix).free", literal: "1"}, {expr: "(scopedImport { free = 1; } ./with.nix).other", literal: "[ ]"},
		{expr: "(scopedImport { } ./with.nix).free", literal: `"with"`}, {expr: "scopedImport { free = 1; } ./own.nix", literal: `"own"`},
		{expr: "scopedImport { free = 1; } ./fn.nix { free = 2; }", literal: "2"}, {expr: "scopedImport { free = 1; } ./fn.nix { }"},
		{expr: "scopedImport { free = 1; } ./import.nix"}, {expr: "scopedImport { free = 1; } ./nested.nix", literal: "3"},
		{expr: "scopedImport { free = 1; } ./inherit.nix", literal: "1"}, {expr: "scopedImport { free = 1; } ./dir", literal: "1"},
		{expr: "scopedImport { __sub = a: b: 9; } ./minus.nix"}, {expr: "scopedImport { lib.optionals = a: b: 3; } ./lib.nix", literal: "3"},
		{expr: "scopedImport (throw \"a\") ./own.nix"}, {expr: "scopedImport 1 ./own.nix"},
		{expr: "builtins.scopedImport rec { free = other; other = 4; } ./own.nix", literal: `"own"`}, {expr: "(scopedImport { free = 1; } ./with.nix).third"},
	}
	value := func(text string) (*Evaluation, *Value) {
		ev := NewEvaluation()
		ev.Import = onDisk
		ev.Scoped = func(path string, names []string) *Code {
			if info, err := os.Stat(path); err == nil && info.IsDir() {
				path += "/default.nix"
			}
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			return LowerScoped(parser.Parse(string(b)), path, names)
		}
		return ev, valueOf(t, ev, dir, text)
	}
	for i, o := range askNix(t, dir, claims) {
		c := claims[i]
		ev, v := value(c.expr)
		require.NotZero(t, v.kinds&o.kind, c.expr)
		require.Equal(t, c.literal != "", o.same, c.expr)
		if c.literal != "" {
			got, _ := literal(ev, v, 0)
			require.Equal(t, c.literal, got, c.expr)
		}
	}
	_, v := value("(scopedImport { free = 1; } ./with.nix).third")
	require.True(t, v.Fails())
	_, v = value("scopedImport { free = { }; } ./free.nix")
	require.True(t, v.Fails())
	_, v = value("scopedImport { free = 1; } ./again.nix") // without end
	require.Equal(t, Kinds(Anything), v.kinds)
}

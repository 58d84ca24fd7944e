package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/parser"
)

// examined examines a text and returns how much work that was.
func examined(t testing.TB, text string) (work int, findings []Finding) {
	t.Helper()
	code := Lower(parser.Parse(text), "/x/default.nix", nil)
	if code == nil {
		return 0, nil
	}
	ev := NewEvaluation()
	findings, _ = Examine(ev, code)
	return ev.work, findings
}

// TestBounded: files that are made to be expensive, or that do not end, are left in peace.
func TestBounded(t *testing.T) {
	deep := strings.Repeat
	for name, text := range map[string]string{
		"endless call":      `let f = x: f (x + 1); in { a = f 1; b = map f [ 1 2 3 ]; }`,
		"doubling":          `let f = n: if n == 0 then [ 1 ] else f (n - 1) ++ f (n - 1); in builtins.length (f 60)`,
		"unknown recursion": `n: let f = n: if n == 0 then 1 else f (n - 1) + f (n - 2) + f (n - 3); in f n`,
		"self application":  `(x: x x) (x: x x)`,
		"Y":                 `let y = f: (x: f (x x)) (x: f (x x)); in y (self: n: self n) 1`,
		"growing set":       `let f = s: n: f (s // { ${toString n} = s; }) (n + 1); in f { } 0`,
		"growing list":      `let f = l: f (l ++ l); in f [ 1 ]`,
		"growing string":    `let f = s: f (s + s); in f "x"`,
		"huge list":         `builtins.genList (x: x) 1000000000`,
		"deep equality":     `let a = { b = a; }; c = { b = c; }; in a == c`,
		"deep coercion":     `let a = { outPath = a; }; in "${a}"`,
		"deep list":         `let a = [ a ]; in toString a`,
		"deepSeq":           `let a = { b = a; }; in builtins.deepSeq a 1`,
		"functor":           `let a = { __functor = self: self; }; in a 1 2 3 4 5 6`,
		"long call":         "let f = x: f; in f" + deep(" 1", 20000),
		"many functions":    deep("x: ", 20000) + "x",
		"many operators":    "x: x" + deep(" ++ x", 20000),
		"many sums":         "x: x" + deep(" + x", 20000),
		"many conditions":   "x: " + deep("if x then 1 else ", 20000) + "2",
		"many lets":         deep("let a = 1; in ", 800) + "a",
		"long path":         "x: x" + deep(".a", 20000),
		"long attribute":    "{ a" + deep(".a", 20000) + " = 1; }",
		"many names":        "rec { " + many(30000, "a%d = 1;") + " }",
		"chain of names":    "rec { a0 = 1; " + many(10000, "b%[1]d = a%[1]d; a%[2]d = b%[1]d + 1;") + " }",
		"many formals":      "{ " + many(5000, "a%d ? 1, ") + "... }: 1",
		"many with":         "x: " + deep("with x; ", 500) + "y",
		"import cycle":      `import ./default.nix`,
		"lists in lists":    deep("[ ", 900) + deep("] ", 900),
	} {
		t.Run(name, func(t *testing.T) {
			work, findings := examined(t, text)
			require.LessOrEqual(t, work, workOfFile+workOfExpr*len(text)+100*Fuel, "%d steps", work)
			require.Empty(t, findings)
		})
	}
}

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "[1]") {
			fmt.Fprintf(&b, format+" ", i, i+1)
		} else {
			fmt.Fprintf(&b, format+" ", i)
		}
	}
	return b.String()
}

// TestGrowth: lowering and examining grow with the file, and no faster.
func TestGrowth(t *testing.T) {
	for name, make := range map[string]func(n int) string{
		"attributes": func(n int) string { return "{ pkgs }: { " + many(n, "a%d = pkgs.x { y = \"${pkgs.z}\"; };") + "}" },
		"names": func(n int) string {
			return "let " + many(n, "a%d = [ 1 ];") + " in { " + many(n, "b%[1]d = a%[1]d ++ [ %[2]d ];") + "}"
		},
		"calls": func(n int) string { return "let f = { x, y ? 1 }: x + y; in [ " + many(n, "(f { x = %d; })") + "]" },
		"paths": func(n int) string { return "{ " + many(n, "a.b.c%d = 1;") + "}" },
	} {
		growth.Memory(t, name, 500, func(n int) func() {
			text := make(n)
			tree := parser.Parse(text)
			return func() {
				code := Lower(tree, "/x/default.nix", nil)
				Examine(NewEvaluation(), code)
			}
		})
		small, _ := examined(t, make(500))
		large, _ := examined(t, make(4000))
		require.Less(t, large, small*12, name)
	}
}

package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/sema"
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
		"huge set":          "{ " + many(100000, "a%d = 1;") + " }",
		"huge set in use": "let s = { " + many(100000, "a%d = 1;") + ` }; t = s // { b = 2; }; in {
			names = builtins.attrNames s; values = builtins.attrValues t; mapped = builtins.mapAttrs (n: v: v + 1) s; same = s == t;
			one = s.a5 + t.a99999 + t.b; less = removeAttrs s [ "a1" ]; has = s ? a7; listed = map (n: s.${n}) (builtins.attrNames s);
		}`,
		"nested huge sets": "let " + many(300, "s%d = { a = 1; } // { b = 2; };") + " in [ " + many(300, "(s%d // s0)") + " ]",
		"doubling thunks":  "let x0 = [ ]; " + many(200, "x%[2]d = x%[1]d ++ x%[1]d;") + " in builtins.length x200",
		"endless set":      `let f = n: { a = f (n + 1); b = f (n + 2); }; in builtins.deepSeq (f 0) 1`,
		"endless functors": `let f = n: { __functor = _: _: f (n + 1); }; in (f 0) 1 2 3 { } [ ]`,
		"endless texts":    `let f = n: { __toString = _: f (n + 1); }; in "${f 0}"`,
		"endless overlay":  `let fix = f: let x = f x; in x; in fix (self: { a = self.b + 1; b = (fix (self: { c = self.c2; c2 = 1; })).c; })`,
		"endless with":     `let f = n: with f (n + 1); x; in f 0`,
		"endless equality": `let f = n: [ (f (n + 1)) ]; in f 0 == f 0`,
	} {
		t.Run(name, func(t *testing.T) {
			work, findings := examined(t, text)
			require.LessOrEqual(t, work, workOfFile+workOfExpr*len(text)+100*Fuel, "%d steps", work)
			require.Empty(t, findings)
		})
	}
}

// TestBoundedImports: files that import each other, however many, cost no more than one file may, and what is broken, missing or
// no file is unknown.
func TestBoundedImports(t *testing.T) {
	// Each file imports three others, which lie anywhere, and asks them for what they ask others for.
	const file = `{ n ? 1 }: let a = import ./f%d.nix { }; b = import ./f%d.nix { n = 2; }; c = import ./f%d.nix; in {
		deep = a.deep + b.deep; more = (c { }).more ++ a.more; size = n + 1; sum = a.size + b.size; self = c { inherit n; }; set = a // b // a.self;
	}`
	examine := func(n int, root string, others map[string]string) (ev *Evaluation, findings []Finding, read int) {
		codes := map[string]*Code{}
		lower := func(path, text string) *Code {
			tree := parser.Parse(text)
			return Lower(tree, path, sema.Resolve(tree))
		}
		ev = NewEvaluation()
		ev.Import = func(path string) *Code {
			code, ok := codes[path]
			if ok {
				return code
			}
			var i int
			text, ok := others[path]
			if !ok {
				if _, err := fmt.Sscanf(path, "/x/f%d.nix", &i); err != nil || i >= n {
					return nil
				}
				text = fmt.Sprintf(file, (i+1)%n, (i*2+1)%n, (i*7+3)%n)
			}
			read++
			code = lower(path, text)
			codes[path] = code
			return code
		}
		code := lower("/x/default.nix", root)
		require.NotNil(t, code, root)
		findings, _ = Examine(ev, code)
		return ev, findings, read
	}
	all := "[ " + many(10000, "(import ./f%d.nix { }).deep") + " ]"
	for _, root := range []string{"{ a = import ./f0.nix { }; b = (import ./f1.nix { }).deep; c = (import ./f2.nix { n = 1; }).self.self.sum; }", all} {
		ev, findings, read := examine(10000, root, nil)
		require.Empty(t, findings)
		require.LessOrEqual(t, read, maxFiles+1)
		require.LessOrEqual(t, ev.work, workOfFile+workOfExpr*len(root)+100*Fuel)
	}
	for name, others := range map[string]map[string]string{
		"missing":    {},
		"half-typed": {"/x/a.nix": "{ a = 1; b = "},
		"refused":    {"/x/a.nix": "{ a = 1; a = 2; }"},
		"empty":      {"/x/a.nix": ""},
		"itself":     {"/x/a.nix": "import ./a.nix"},
		"each other": {"/x/a.nix": "import ./b.nix", "/x/b.nix": "let c = import ./a.nix; in c"},
	} {
		_, findings, _ := examine(0, "let f = import ./a.nix; in { a = f.a; b = f 1; c = f + 1; d = \"${f}\"; e = f ++ [ ]; g = import ./.; h = (import ./.).a; }", others)
		require.Empty(t, findings, name)
	}
	for _, text := range []string{"{ a = (import ./a.nix).b; b = (import ./a.nix).a; }", "{ a = let f = x: (import ./a.nix).b x; in f; b = import ./a.nix; }"} {
		_, findings, _ := examine(0, "let f = import ./a.nix; in { a = f.a; b = f.b; c = f.a f.b; d = f.b.b.b.a; }", map[string]string{"/x/a.nix": text})
		require.Empty(t, findings, text)
	}
}

// TestHalfTyped: of the beginnings of a file nothing is said that is not said of the whole, unless they are whole files.
func TestHalfTyped(t *testing.T) {
	const text = `{ lib, ... }: let f = { a, b ? 1 }: a + b; s = rec { x = 1; y = x + s.z; z = { w = [ 1 ]; }; }; in { r = f { a = s.x; }; t = "${s.z}"; u = s.v; }`
	said := 0
	for end := range len(text) {
		if _, findings := examined(t, text[:end]); len(findings) > 0 {
			said++
		}
	}
	require.Zero(t, said)
	_, findings := examined(t, text)
	require.NotEmpty(t, findings)
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
		"findings of one let": func(n int) string {
			return "let " + many(n, "a%d = 1;") + " in {\n" + many(n, "b%[1]d = \"${a%[1]d}\"; # %[2]d\n") + "}"
		},
		"calls that fail": func(n int) string { return "let f = { x }: x; in [ " + many(n, "(f { y = %d; })") + "]" },
		"paths":           func(n int) string { return "{ " + many(n, "a.b.c%d = 1;") + "}" },
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

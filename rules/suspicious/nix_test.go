package suspicious

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// kept are expressions that a rule finds something in, with a fix that is called safe.
var kept = []struct{ rule, expr string }{
	{"unused-let-binding", `let a = throw "a"; in 1`},
	{"unused-let-binding", `let a = 1; b = a; c = b; in 2`},
	{"unused-let-binding", `let a = 1; b = 2; in b`},
	{"unused-let-binding", `let inherit (throw "s") a b; in 1`},
	{"unused-let-binding", `let inherit ({ a = 1; b = 2; }) a b; in b`},
	{"unused-let-binding", `let inherit ({ a = 1; b = 2; }) a "b"; in a`},
	{"unused-let-binding", `let a.b = 1; a.c = 2; d = 3; in d`},
	{"unused-let-binding", `let x = 1; in let inherit x; in 2`},
	{"unused-let-binding", `let x = 1; in let x = 2; y = x; in let x = 3; in x`},
	{"unused-let-binding", `[ (let a = 1; in 2) (let a = 1; in -2) (let a = 1; in x: x) ] == [ ]`},
	{"unused-let-binding", `1 + (let a = 1; in 2)`},
	{"unused-let-binding", `{ y ?let a = 1; in 2 }: y`},
	{"unused-let-binding", `let { a = throw "a"; b = 1; body = b; }`},
	{"unused-let-binding", `let a = 1; in abort "x"`},
	{"unused-with", `with throw "x"; 1`},
	{"unused-with", `with 1; 2`},
	{"unused-with", `with builtins; map (x: x) [ 1 ]`},
	{"unused-with", `let a = 1; in with { a = 2; }; a`},
	{"unused-with", `with { a = 1; }; with { b = 2; }; let a = 3; b = 4; in a + b`},
	{"unused-with", `(with { }; x: x) 1`},
	{"unused-with", `with { }; 1 + null`},
	{"unused-rec", `rec { a = 1; b = 2; }`},
	{"unused-rec", `let x = 1; in rec { inherit x; a = let x = 2; in x; }`},
	{"unused-rec", `rec { a = throw "a"; }`},
	{"unused-rec", `[ rec{ a.b = 1; } rec { } ]`},
	{"unused-rec", `(rec { a = { b = 1; }; }).a.b`},
	{"unused-rec", `{ a = rec { b = 1; }; a.c = 2; }`},
	{"unused-at-binding", `({ a }@b: a) { a = 1; }`},
	{"unused-at-binding", `(b@{ a ? 2, ... }: a) { c = 1; }`},
	{"unused-at-binding", `({ a }@b: a) 1`},
	{"unused-at-binding", `builtins.functionArgs ({ a, c ? 1 }@b: a)`},
	{"unused-lambda-arg", `(x: y: x) 1 2`},
	{"unused-lambda-arg", `(x: 1) (throw "x")`},
	{"unused-lambda-arg", `let _x = 1; in (x: 2) 3`},
	{"or-as-identifier", `{ or = 1; }.or or 2`},
	{"or-as-identifier", `let x = { a = 1; or = 2; }; in { inherit (x) or; b = x ? or; c.or.d = x.or; }`},
	{"or-as-identifier", `let or = x: x; in or`},
	{"tokens-without-space", `let f = x: x; in f"a" + f''b''`},
	{"tokens-without-space", `1"a"`},
	{"useless-bool-op", `true && (1 == 1)`},
	{"useless-bool-op", `!(1 == 2 || false)`},
	{"useless-bool-op", `true -> { } ? a`},
	{"useless-bool-op", `[ (true && !false && 1 < 2) (false || true -> false) ]`},
	{"useless-bool-op", `true && (throw "x" == 1)`},
	{"useless-bool-op", `if(true&&!false)then 1 else 2`},
	{"crlf-in-source", "{\r\n  a = \"x\r\ny\"; # c\r\n}\r\n"},
}

// TestSafeFixes holds that Nix gives the same value, or the same error, before and after each safe fix.
func TestSafeFixes(t *testing.T) {
	nix := testenv.Nix234(t)
	for _, c := range kept {
		after := c.expr
		for round := 0; ; round++ {
			var edits []diag.Edit
			found := ruletest.Findings(t, c.rule, "a.nix", after)
			if round == 0 {
				require.NotEmpty(t, found, "%s finds nothing in %s", c.rule, c.expr)
			}
			for _, p := range fix.Plan(found, fix.OnlySafe) {
				edits = append(edits, p.Fix.Edits...)
			}
			if len(edits) == 0 {
				break
			}
			require.Less(t, round, 5, "%s does not come to an end: %s", c.rule, after)
			res := fix.Apply(fix.Plan(found, fix.OnlySafe), func(string) (string, bool) { return after, true }, func(string, string) int { return 0 })
			for _, text := range res.Texts {
				after = text
			}
		}
		if c.expr != `1"a"` {
			assert.NotEqual(t, c.expr, after, "%s changes nothing", c.rule)
		}
		assert.Equal(t, evaluate(t, nix, c.expr), evaluate(t, nix, after), "%s: %s became %s", c.rule, c.expr, after)
	}
}

// TestFacts holds what the documentation of the rules says of Nix.
func TestFacts(t *testing.T) {
	nix := testenv.Nix234(t)
	for _, c := range []struct{ expr, want string }{
		{`let map = f: xs: xs; in with builtins; map 1 [ 2 ]`, "[ 2 ]"},
		{`with { map = 2; }; builtins.isFunction map`, "true"},
		{`let true = 1; in true`, "1"},
		{`let __sub = a: b: 42; in 5 - 3`, "42"},
		{`let __lessThan = a: b: true; in [ (2 < 1) (1 > 2) ]`, "[ true true ]"},
		{`(rec { __overrides = { a = 2; }; a = 1; b = a; }).b`, "2"},
		{`{ __overrides = { a = 2; }; a = 1; }.a`, "1"},
		{`let k = "x"; x = 1; in (rec { ${k} = 2; y = x; }).y`, "1"},
		{`let x10 = 1; in [ 0x10 ]`, "[ 0 1 ]"},
		{`[ 1.2.3 ]`, "[ 1.2 0.3 ]"},
		{`"\." + ''a''\d''`, `".ad"`},
		{`"$\{x}" + ''$''\{y}''`, `"\${x}\${y}"`},
		{`"cmd" + '' --flag''`, `"cmd--flag"`},
		{`builtins.concatStringsSep '' '' [ "a" "b" ]`, `"ab"`},
		{"''a\n    b\n  c''", `"a\n    b\n  c"`},
		{"''  a\n    b''", `"a\n  b"`},
		{"''\r\n  a\r\n''", `"\r\n  a\r\n"`},
		{"\"a\r\nb\"", `"a\nb"`},
		{`{ a = rec { b = 1; }; a.c = b; }`, "{ a = { b = 1; c = 1; }; }"},
		{`let d = 5; in { a = { b = 1; }; a = rec { c = d; d = 2; }; }`, "{ a = { b = 1; c = 5; d = 2; }; }"},
		{`false && throw "x"`, "false"},
		{`if true then 1 else throw "x"`, "1"},
		{`true -> 1 == 1`, "true"},
	} {
		assert.Equal(t, c.want, evaluate(t, nix, c.expr), c.expr)
	}
}

// eval returns the value of an expression, or the message of the error without its place.
func evaluate(t *testing.T, nix, expr string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.nix")
	require.NoError(t, os.WriteFile(file, []byte(expr), 0o644))
	cmd := exec.Command(nix, "--eval", "--strict", "--store", "dummy://", file)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err == nil {
		return strings.TrimSpace(out.String())
	}
	text := errs.String()
	if i := strings.LastIndex(text, "error:"); i >= 0 {
		text = text[i:]
	}
	first, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(first)
}

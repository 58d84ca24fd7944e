package suspicious

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/rules"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// many writes n pieces, each with its number and that of the next in place of %d.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%[2]d") {
			fmt.Fprintf(&b, format, i, i+1)
		} else {
			fmt.Fprintf(&b, format, i)
		}
	}
	return b.String()
}

// TestLarge runs every rule on large files of shapes that repeated walks make slow.
func TestLarge(t *testing.T) {
	const n = 10_000
	for name, text := range map[string]string{
		"chain":    "let\n" + many(n, "  a%d = a%[2]d;\n") + "  a10000 = 1; b = 2;\nin b",
		"single":   "let\n" + many(n, "  a%d = 1;\n\n") + "  b = 2;\nin b",
		"nested":   many(n, "let a%d = 1; in ") + "2",
		"lambdas":  many(n, "a%d: ") + "2",
		"formals":  "{ " + many(n, "a%d, ") + "... }: 1",
		"withs":    many(n, "with a%d.b; ") + "2",
		"args":     many(n, "{ a, ... }@b%d: ") + "2",
		"recs":     "{ " + many(n, "a%d = rec { b = 1; }; a%[1]d.c = 2; ") + "}",
		"recnest":  many(5000, "{ a%d = rec ") + "{ }" + strings.Repeat("; }", 5000),
		"strings":  strings.Repeat(`"\.${`, 3000) + "1" + strings.Repeat(`}"`, 3000),
		"indented": "f " + strings.Repeat("'' a'' ", 3000),
		"flags":    "mkDerivation { " + many(n, "buildInput%d = 1; ") + "makeFlags = [ " + strings.Repeat(`"A=b c" `, 3000) + "]; }",
		"bools":    "a" + strings.Repeat(" && true", n),
		"lines":    "''\r\n" + strings.Repeat("a\r\n", n) + "''",
		"inherit":  "let inherit (x) " + many(n, "a%d\n") + "; in a7",
		"local":    "let " + many(n, "f%d = { a, b }: a; ") + "in [ " + many(n, "(f%d { a = 1; b = 2; }) ") + "]",
	} {
		for _, r := range rules.All() {
			start := time.Now()
			ruletest.Findings(t, r.ID, "a.nix", text)
			require.Less(t, time.Since(start), 3*time.Second, "%s: %s", name, r.ID)
		}
	}
}

// TestChainGoesAtOnce removes a long chain of unused bindings, defined in either order, in one round.
func TestChainGoesAtOnce(t *testing.T) {
	for _, text := range []string{
		"let\n" + many(500, "  a%d = a%[2]d;\n") + "  a500 = 1; b = 2;\nin b\n",
		"let\n  a0 = 1;\n" + many(500, "  a%[2]d = a%[1]d;\n") + "  b = 2;\nin b\n",
	} {
		found := ruletest.Findings(t, "unused-let-binding", "a.nix", text)
		require.Len(t, found, 501)
		res := fix.Apply(fix.Plan(found, fix.OnlySafe), func(string) (string, bool) { return text, true }, func(string, string) int { return 0 })
		for _, after := range res.Texts {
			require.Equal(t, "let\n  b = 2;\nin b\n", after)
		}
		require.Len(t, res.Texts, 1)
		for _, f := range found {
			require.Equal(t, diag.Warning, f.Severity)
		}
	}
}

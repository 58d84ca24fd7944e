package suspicious

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/growth"
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
	times := func(n int, s string) string { return strings.Repeat(s, n) }
	for name, text := range map[string]func(n int) string{
		"chain": func(n int) string {
			return "let\n" + many(n, "  a%d = a%[2]d;\n") + fmt.Sprintf("  a%d = 1; b = 2;\nin b", n)
		},
		"single":   func(n int) string { return "let\n" + many(n, "  a%d = 1;\n\n") + "  b = 2;\nin b" },
		"nested":   func(n int) string { return many(n, "let a%d = 1; in ") + "2" },
		"lambdas":  func(n int) string { return many(n, "a%d: ") + "2" },
		"formals":  func(n int) string { return "{ " + many(n, "a%d, ") + "... }: 1" },
		"withs":    func(n int) string { return many(n, "with a%d.b; ") + "2" },
		"args":     func(n int) string { return many(n, "{ a, ... }@b%d: ") + "2" },
		"recs":     func(n int) string { return "{ " + many(n, "a%d = rec { b = 1; }; a%[1]d.c = 2; ") + "}" },
		"recnest":  func(n int) string { return many(n/2, "{ a%d = rec ") + "{ }" + times(n/2, "; }") },
		"strings":  func(n int) string { return times(n/3, `"\.${`) + "1" + times(n/3, `}"`) },
		"indented": func(n int) string { return "f " + times(n/3, "'' a'' ") },
		"flags": func(n int) string {
			return "mkDerivation { " + many(n, "buildInput%d = 1; ") + "makeFlags = [ " + times(n/3, `"A=b c" `) + "]; }"
		},
		"bools":   func(n int) string { return "a" + times(n, " && true") },
		"lines":   func(n int) string { return "''\r\n" + times(n, "a\r\n") + "''" },
		"inherit": func(n int) string { return "let inherit (x) " + many(n, "a%d\n") + "; in a7" },
		"local": func(n int) string {
			return "let " + many(n, "f%d = { a, b }: a; ") + "in [ " + many(n, "(f%d { a = 1; b = 2; }) ") + "]"
		},
	} {
		for _, r := range rules.All() {
			growth.Time(t, name+": "+r.ID, 1250, func(n int) func() {
				text := text(n)
				return func() { ruletest.Findings(t, r.ID, "a.nix", text) }
			})
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

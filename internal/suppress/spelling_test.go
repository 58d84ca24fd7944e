package suppress

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/parser"
)

func TestMisspelt(t *testing.T) {
	for comment, want := range map[string]string{
		"# nixsift ignore[alpha] why":            "# nixsift: ignore[alpha] why",
		"# Nixsift: ignore[alpha] why":           "# nixsift: ignore[alpha] why",
		"# NIXSIFT:IGNORE[alpha,beta]":           "# nixsift: ignore[alpha, beta]",
		"# nixsift:ignore-next-line alpha":       "# nixsift: ignore[alpha]",
		"# nixsift: ignore(alpha) why":           "# nixsift: ignore[alpha] why",
		"# nixsift-ignore[alpha] why":            "# nixsift: ignore[alpha] why",
		"# nixsift-ignore: alpha, beta why":      "# nixsift: ignore[alpha, beta] why",
		"# nixsift: disable alpha because of x":  "# nixsift: ignore[alpha] because of x",
		"# nixsift = ignore [ alpha ]":           "# nixsift: ignore[alpha]",
		"/* nixsift ignore[alpha] why */":        "/* nixsift: ignore[alpha] why */",
		"/* NixSift: ignore[alpha */":            "/* nixsift: ignore[alpha] */",
		"# nixsift: ignore":                      "",
		"# nixsift: ignore everything here":      "",
		"# Nixsift: ignore":                      "",
		"# nixsift noqa":                         "",
		"# nixsift: ignore []":                   "",
		"# nixf-ignore: sema-unused-def-lett":    "# nixf-ignore: sema-unused-def-let",
		"# nixf-ignore: sema-unused-def-lett.":   "# nixf-ignore: sema-unused-def-let",
		"# nixf-ignore: sema-of-a-later-version": "",
	} {
		src := "{\n  a = 1; " + comment + "\n}\n"
		_, _, extra := Parse(parser.Parse(src), testRules()).Apply(nil, func(string) bool { return false })
		require.Len(t, extra, 1, comment)
		assert.Equal(t, Malformed, extra[0].Rule, comment)
		assert.NotEmpty(t, extra[0].Help, comment)
		if want == "" {
			assert.Empty(t, extra[0].Fixes, comment)
			continue
		}
		require.NotEmpty(t, extra[0].Fixes, comment)
		fixed := apply(src, extra[0].Fixes[0])
		assert.Equal(t, "{\n  a = 1; "+want+"\n}\n", fixed)
		_, _, again := Parse(parser.Parse(fixed), testRules()).Apply(nil, func(string) bool { return false })
		for _, f := range again {
			assert.Equal(t, WithoutReason, f.Rule, want)
		}
	}
	for _, prose := range []string{
		"# nixsift ignores this", "# nixsift: ignores vendored files", "# nixsift's ignore list", "# nixsift.toml: ignore[alpha]",
		"# nixsift ignore lists are kept in x", "# nixsift", "# NixSift is a linter", "# nixsiftignore[alpha]", "# nixsift (alpha) release",
		"# see nixsift: ignore[alpha]", "# nixsift - skips (see x)", "# nixsift: 3 findings",
	} {
		src := "{\n  a = 1; " + prose + "\n}\n"
		_, _, extra := Parse(parser.Parse(src), testRules()).Apply(nil, all)
		assert.Empty(t, extra, prose)
	}
}

package nixlang_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules/ruletest"
)

func TestShifted(t *testing.T) {
	for _, c := range []struct{ text, from, to, want string }{
		{"f\n    a\n\n    b", "    ", "  ", "f\n  a\n\n  b"},
		{"f\n    a", "  ", "    ", "f\n      a"},
		{"f\n a", "    ", "", "f\na"},
		{"f\n\t\ta\n\n\tb", "\t\t", "\t", "f\n\ta\n\nb"},
		{"f\n\ta", "", "\t", "f\n\t\ta"},
		{"f\n\ta", "\t", "  ", "f\n\ta"},
		{"f\n\t\t''\n\t\t\ta\n\t\t''", "\t\t", "\t", "f\n\t''\n\t\t\ta\n\t\t''"},
		{"f\r\n    a\r\n  b", "  ", "", "f\r\n  a\r\nb"},
		{"f\n    /* a\n       b\n    */ a", "    ", "  ", "f\n  /* a\n     b\n  */ a"},
		{"f ''\n    a\n      b\n  ''", "  ", "", "f ''\n  a\n    b\n''"},
		{"f ''\n    ${\n      a\n    }\n  ''", "  ", "", "f ''\n  ${\n    a\n  }\n''"},
		{"f ''\n    a\n\n\n    b\n  ''", "", "  ", "f ''\n      a\n\n\n      b\n    ''"},
		// The value of these would change.
		{"f ''a\n    b\n  '' [\n    c\n  ]", "  ", "", "f ''a\n    b\n  '' [\n  c\n]"},
		{"f ''\n  \ta\n \tb\n  ''", "  ", "", "f ''\n  \ta\n \tb\n  ''"},
		{"f ''\n    a\n${b}\n  ''", "  ", "    ", "f ''\n    a\n${b}\n  ''"},
		{"f \"\n    a\n\"", "  ", "", "f \"\n    a\n\""},
	} {
		assert.Equal(t, c.want, nixlang.Shifted(parser.Parse(c.text).Expr(), c.from, c.to), c.text)
	}
}

// TestShiftedStrings proves that strings keep their values.
func TestShiftedStrings(t *testing.T) {
	lines := []string{"", " ", "  x", "   x ", "    ", "\t", "  \tx", "${a}", "  ${a} x", " ${\n  a\n  }", "''\\n", "  ''$x", "  '''", "''\\\n", "\r"}
	var before, after []string
	for _, head := range []string{"", " ", "x", "${a}"} {
		for _, one := range lines {
			for _, two := range lines {
				for _, end := range []string{"", "  ", "   "} {
					text := "f ''" + head + "\n" + one + "\n" + two + "\n" + end + "''"
					tree := parser.Parse(text)
					require.Empty(t, tree.Errors(), text)
					for _, by := range [][2]string{{"", " "}, {"", "   "}, {" ", ""}, {"  ", ""}, {"   ", ""}} {
						moved := nixlang.Shifted(tree.Expr(), by[0], by[1])
						if moved != text {
							before, after = append(before, text), append(after, moved)
						}
					}
				}
			}
		}
	}
	assert.Greater(t, len(before), 500)
	values := func(exprs []string) string {
		value, err := ruletest.Eval(testenv.Nix234(t), "let f = x: x; a = \"A\"; in [ ("+strings.Join(exprs, ") (")+") ]")
		require.NoError(t, err)
		return value
	}
	assert.Equal(t, values(before), values(after))
}

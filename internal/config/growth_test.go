package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
)

func TestGrowth(t *testing.T) {
	for name, line := range map[string]func(i int) string{
		"unknown keys":   func(i int) string { return fmt.Sprintf("key%d = 1\n", i) },
		"one key":        func(int) string { return "a = 1\n" },
		"tables":         func(i int) string { return fmt.Sprintf("[t%d]\n", i) },
		"unknown rules":  func(i int) string { return fmt.Sprintf("rules.missing-follow%d = 'off'\n", i) },
		"overrides":      func(int) string { return "[[override]]\npaths = ['x/**']\nrules = {}\n" },
		"bad patterns":   func(i int) string { return fmt.Sprintf("[[override]]\npaths = ['/x%d', '{']\n", i) },
		"dotted headers": func(i int) string { return fmt.Sprintf("a.b%d.c = 1\n", i) },
	} {
		t.Run(name, func(t *testing.T) {
			growth.Memory(t, name, 100, func(n int) func() {
				var b strings.Builder
				for i := range n {
					b.WriteString(line(i))
				}
				return func() { Load("/x/nixsift.toml", b.String(), testCatalogue(), nil) }
			})
		})
	}
}

func TestTooManyKeys(t *testing.T) {
	var b strings.Builder
	for i := range 2 * maxLines {
		fmt.Fprintf(&b, "key%d = 1\n", i)
	}
	_, problems := Load("/x/nixsift.toml", b.String(), testCatalogue(), nil)
	require.Len(t, problems, 1)
	assert.Equal(t, maxLines+1, problems[0].Pos.Line)
	assert.Contains(t, problems[0].Message, "split the configuration")
}

func TestNestedBraces(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("{a,", n) + "x" + strings.Repeat("}", n) }
	for pattern, bad := range map[string]bool{
		nested(maxBraces): false, nested(maxBraces + 1): true, strings.Repeat("{a,b}/", 100): false, strings.Repeat(`\{`, 100): false,
		strings.Repeat("{", 10_000): true,
	} {
		_, problem := checkGlob(pattern, "here")
		assert.Equal(t, bad, strings.Contains(problem, "nested"), "%.40s", pattern)
	}
}

package git

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"", []string{""}, []string{"a"}},
		{"*", []string{"", "a", "ab"}, []string{"a/b"}},
		{"**", []string{"", "a", "a/b"}, nil},
		{"a*b", []string{"ab", "axb", "abxb"}, []string{"a/b", "abx"}},
		{"*/b", []string{"a/b", "/b"}, []string{"b", "a/a/b"}},
		{"**/b", []string{"b", "a/b", "a/a/b"}, []string{"ab", "a/bb"}},
		{"a/**/b", []string{"a/b", "a/x/b", "a/x/y/b"}, []string{"ab", "a/xb"}},
		{"a/**", []string{"a/b", "a/b/c"}, []string{"a", "ab"}},
		{"a**/b", []string{"a/b", "ax/b"}, []string{"a/x/b", "ab"}},
		{`a/**\/b`, []string{"a/x/b", "a//b"}, []string{"a/b"}},
		{"**/x*y/**/z", []string{"xy/z", "a/xqy/b/c/z", "x/xy/z"}, []string{"x/y/z", "xy/az"}},
		{"**/a*/b*c", []string{"aa/bc", "x/a/bxxc", "a/x/a/bc"}, []string{"a/b/c", "a/bd"}},
		{"?", []string{"a"}, []string{"/", "", "é"}},
		{`\*`, []string{"*"}, []string{"a", `\*`}},
		{`a\`, nil, []string{"a", `a\`}},
		{"[a-c]", []string{"a", "c"}, []string{"d", "-"}},
		{"[]a]", []string{"]", "a"}, []string{"b"}},
		{"[!]a]", []string{"b"}, []string{"]", "a", "/"}},
		{"[a", nil, []string{"a", "[a"}},
		{"[[:digit:]x]", []string{"1", "x"}, []string{"a", ":"}},
		{"[[:what:]x]", nil, []string{"x"}},
		{"[[:x]", []string{":", "[", "x"}, []string{"a"}},
		{`[\]]`, []string{"]"}, []string{`\`}},
		{"[a-]", []string{"a", "-"}, []string{"b"}},
	} {
		for _, text := range c.yes {
			assert.True(t, glob(c.pattern, text), "%q must match %q", c.pattern, text)
		}
		for _, text := range c.no {
			assert.False(t, glob(c.pattern, text), "%q must not match %q", c.pattern, text)
		}
	}
}

// A matcher that tries every way to split the text among the stars would not end here.
func TestGlobIsNotExponential(t *testing.T) {
	text := strings.Repeat("a", 2000)
	assert.False(t, glob(strings.Repeat("a*", 200)+"b", text))
	assert.False(t, glob(strings.Repeat("**/a*", 200)+"b", strings.Repeat("aa/", 500)))
	assert.False(t, glob(strings.Repeat("*a**/", 100)+"[b]", strings.Repeat("aa/", 500)))
}

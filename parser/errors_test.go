package parser

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

var update = flag.Bool("update", false, "rewrite the expected results")

// cases reads testdata/errors.txt: sources, each followed by the errors expected in it. A source starts
// behind a line of ---, its errors behind a line of ==>.
func cases(t testing.TB) (sources, wants []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "errors.txt"))
	require.NoError(t, err)
	for _, block := range strings.Split("\n"+string(data), "\n---\n")[1:] {
		src, want, _ := strings.Cut(block, "\n==>\n")
		sources = append(sources, src)
		wants = append(wants, strings.TrimSuffix(want, "\n"))
	}
	return sources, wants
}

// describe writes the errors of a tree, one a line: place, kind, message, help, hint, fix.
func describe(tree *ast.Tree) string {
	src := tree.Source()
	lines := source.NewLineIndex(src)
	place := func(s source.Span) string {
		p := lines.Position(s.Start)
		return fmt.Sprintf("%d:%d %q", p.Line, p.Column, s.Of(src))
	}
	var b strings.Builder
	for _, e := range tree.Errors() {
		fmt.Fprintf(&b, "%s %s: %s\n", place(e.Span), e.Kind, e.Message)
		if e.Help != "" {
			fmt.Fprintf(&b, "  help: %s\n", e.Help)
		}
		if e.Hint != nil {
			fmt.Fprintf(&b, "  at %s: %s\n", place(e.Hint.Span), e.Hint.Message)
		}
		if e.Fix != nil {
			sure := "perhaps"
			if e.Fix.Sure {
				sure = "surely"
			}
			fmt.Fprintf(&b, "  %s: %s: %s\n", sure, e.Fix.Title, apply(src, e.Fix))
		}
	}
	return b.String()
}

func apply(src string, f *ast.SyntaxFix) string {
	return src[:f.Span.Start] + f.Text + src[f.Span.End:]
}

// TestErrors checks kind, place, message and fix of every sort of mistake.
func TestErrors(t *testing.T) {
	sources, wants := cases(t)
	var out strings.Builder
	for i, src := range sources {
		tree := Parse(src)
		got := strings.TrimSuffix(describe(tree), "\n")
		assert.Empty(t, violation(tree, src), src)
		fmt.Fprintf(&out, "---\n%s\n==>\n%s\n", src, got)
		if !*update {
			assert.Equal(t, wants[i], got, src)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("testdata", "errors.txt"), []byte(out.String()), 0o600))
	}
}

// TestFixes applies every fix. One that is sure removes its error and brings no new one; the others do not
// make things worse.
func TestFixes(t *testing.T) {
	sources, _ := cases(t)
	for _, src := range sources {
		before := Parse(src).Errors()
		for _, e := range before {
			if e.Fix == nil {
				continue
			}
			fixed := apply(src, e.Fix)
			after := len(Parse(fixed).Errors())
			if e.Fix.Sure {
				assert.Less(t, after, len(before), "%s\n%s", src, fixed)
			} else {
				assert.LessOrEqual(t, after, len(before), "%s\n%s", src, fixed)
			}
		}
	}
}

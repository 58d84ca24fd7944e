package corpus

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// TestMessages reads every text that the rules' fixtures make: its code spans are closed, and what they hold is not
// cut but at the end.
func TestMessages(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join(testenv.Root(t), "rules", "*", "testdata", "*.txtar"))
	require.NoError(t, err)
	var f faults
	var count counter
	inParallel(archives, 1, func(piece []string) {
		data, err := os.ReadFile(piece[0])
		require.NoError(t, err)
		x, err := fixture.Parse(data)
		require.NoError(t, err, piece[0])
		texts := map[string]string{}
		dir := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(piece[0]), ".txtar"))
		for _, file := range x.Files {
			versions := []string{file.Text}
			if filepath.Ext(file.Name) == ".nix" && len(file.Text) < 1<<14 {
				r := rand.New(rand.NewPCG(3, uint64(len(file.Text))))
				versions = append(versions, withBackticks(file.Text), commented(r, file.Text, gaps(file.Text), 6, false))
			}
			for i, text := range versions {
				path := filepath.Join(dir, strconv.Itoa(i), filepath.FromSlash(file.Name))
				texts[path] = text
			}
		}
		res, err := engine.Check(t.Context(), fixing{t: t, fs: fixed(texts)}.options(slices.Sorted(maps.Keys(texts))))
		require.NoError(t, err)
		for _, d := range res.Findings {
			said := []string{d.Message, d.Help}
			for _, r := range d.Related {
				said = append(said, r.Message)
			}
			for _, fix := range d.Fixes {
				said = append(said, fix.Title)
			}
			for _, text := range said {
				count.add("texts", 1)
				if bad := badText(text); bad != "" {
					f.add(d.Rule+": "+bad, "%s", text)
				}
			}
		}
	})
	f.report(t)
	t.Logf("%d fixtures: %s", len(archives), count.String())
	assert.Greater(t, count.by["texts"], 1000)
}

// withBackticks puts a backtick into each piece of text in strings and behind each backslash.
func withBackticks(text string) string {
	tree := parser.Parse(text)
	var b strings.Builder
	for i := range tree.NumTokens() {
		tok := tree.Token(i)
		b.WriteString(tok.Text())
		if tok.Kind() == ast.TokText {
			b.WriteString("`\\`")
		} else if tok.Kind() == ast.TokIndText && !strings.Contains(tok.Text(), "\n") {
			b.WriteString("`''\\`")
		}
	}
	return b.String()
}

// badText tells what is wrong with a text for users, or returns "". A code span that holds a backtick stands between
// doubled ones.
func badText(text string) string {
	outside := text
	for {
		start := strings.IndexByte(outside, '`')
		if start < 0 {
			break
		}
		fence := outside[start:]
		fence = fence[:len(fence)-len(strings.TrimLeft(fence, "`"))]
		span, rest, closed := strings.Cut(outside[start+len(fence):], fence)
		switch {
		case !closed:
			return "a code span is not closed"
		case strings.HasPrefix(rest, "`"):
			return "a code span holds a backtick"
		case strings.TrimSpace(span) == "":
			return "a code span is empty"
		case len(fence) == 1 && span != strings.TrimSpace(span):
			return "a code span begins or ends with a blank"
		case strings.ContainsAny(text, "\n\r\t"):
			return "the text has control characters"
		}
		outside = rest
	}
	return ""
}

func TestBadText(t *testing.T) {
	for text, want := range map[string]string{
		"no code": "", "`a` and `b`": "", "`` a`b ``": "", "`a`b`": "a code span is not closed", "`a``": "a code span holds a backtick",
		"``": "a code span is not closed", "write `\n`": "a code span is empty", "`a\nb`": "the text has control characters",
	} {
		assert.Equal(t, want, badText(text), text)
	}
}

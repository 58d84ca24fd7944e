package corpus

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
)

// problem is something that Nix rejects when it parses, as nixsift sees it.
type problem struct {
	line    int
	message string
	oldOnly bool
}

// problems returns what nixsift holds against a text at error level: syntax errors, or, in a file without,
// unbound names and duplicates.
func problems(src string) []problem {
	tree := parseAsNix(src)
	lines := source.NewLineIndex(src)
	var out []problem
	for _, e := range tree.Errors() {
		out = append(out, problem{lines.Line(e.Span.Start), e.Message, false})
	}
	names := sema.Resolve(tree)
	for u := range names.Undefined() {
		out = append(out, problem{lines.Line(u.Node.Start()), "undefined variable " + u.Node.Text(), false})
	}
	for c := range names.Conflicts() {
		out = append(out, problem{lines.Line(c.Second.Start()), "duplicate " + c.Path, c.OldOnly})
	}
	return out
}

// TestVerdicts holds our verdict on every file against that of Nix 2.34, and the duplicates that only older
// versions reject against that of Nix 2.8.
func TestVerdicts(t *testing.T) {
	var mu sync.Mutex
	files, accepted := 0, 0
	inParallel(oracle(t), 100, func(piece []verdict) {
		for _, v := range piece {
			src, err := os.ReadFile(v.path)
			if !assert.NoError(t, err) {
				continue
			}
			ps := problems(string(src))
			old := slices.ContainsFunc(ps, func(p problem) bool { return p.oldOnly })
			now := slices.ContainsFunc(ps, func(p problem) bool { return !p.oldOnly })
			assert.Equal(t, v.ok234, !now, "%s: %s: %v", v.path, v.error, ps)
			if old {
				assert.False(t, v.ok28, "%s: Nix 2.8 accepts it: %v", v.path, ps)
			}
			mu.Lock()
			files++
			if v.ok234 {
				accepted++
			}
			mu.Unlock()
		}
	})
	t.Logf("%d files, %d that Nix accepts", files, accepted)
}

// linesOfNix returns the lines that an error message of Nix names.
func linesOfNix(stderr string) []int {
	var lines []int
	for _, m := range regexp.MustCompile(`:(\d+):\d+`).FindAllStringSubmatch(stderr, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			lines = append(lines, n)
		}
	}
	return lines
}

// elsewhere are the errors that we place better than Nix does, with the reason.
var elsewhere = map[string]string{
	"dynamic attributes not allowed in let": "Nix names the keyword let, we the attribute",
	"contains null bytes":                   "Nix names the start of the string, we the NUL byte",
}

// TestErrorLines asks Nix where it sees the error of each rejected file: one of ours is on that line.
func TestErrorLines(t *testing.T) {
	nix := testenv.Nix234(t)
	var rejected []verdict
	for _, v := range oracle(t) {
		if !v.ok234 {
			rejected = append(rejected, v)
		}
	}
	require.NotEmpty(t, rejected)
	inParallel(sample(rejected, 2), 4, func(piece []verdict) {
		for _, v := range piece {
			src, err := os.ReadFile(v.path)
			if !assert.NoError(t, err) {
				continue
			}
			_, stderr, err := nixParse(nix, v.path)
			assert.Error(t, err, v.path)
			lines := linesOfNix(stderr)
			ours := problems(string(src))
			assert.NotEmpty(t, ours, v.path)
			found := len(lines) == 0 || slices.ContainsFunc(ours, func(p problem) bool { return slices.Contains(lines, p.line) })
			for text := range elsewhere {
				found = found || strings.Contains(stderr, text)
			}
			assert.True(t, found, "%s: Nix says\n%s\nwe say %v", v.path, stderr, problems(string(src)))
		}
	})
}

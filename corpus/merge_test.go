package corpus

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// randomSet writes an attrset whose nested sets have few names and whose other values have many, so that
// definitions meet often and clash now and then.
func randomSet(r *rand.Rand, depth int) string {
	pick := func(names ...string) string { return names[r.Intn(len(names))] }
	var b strings.Builder
	b.WriteString(pick("{", "{", "{", "rec {"))
	for range r.Intn(5) {
		b.WriteString("\n")
		switch r.Intn(10) {
		case 0:
			b.WriteString("inherit " + pick("p", "x", "l1 l2"))
		case 1:
			b.WriteString("inherit (x) " + pick("q", "l3", "l4 l5"))
		default:
			leaf := depth == 0 || r.Intn(3) == 0
			path, value := "", "1"
			for r.Intn(3) == 0 {
				path += pick("p", "q", "p", "q", `"p"`, `${"q"}`, "${x}") + "."
			}
			if leaf {
				path += pick("l1", "l2", "l3", "l4", "l5", "l6", "map", `"l 7"`, "p", "${x}", `"${x}q"`)
			} else {
				path += pick("p", "q", "p", "q", "${x}")
				value = randomSet(r, depth-1)
				if r.Intn(4) == 0 {
					value = "(" + value + ")"
				}
			}
			b.WriteString(path + " = " + value)
		}
		b.WriteString(";")
	}
	b.WriteString(" }")
	return b.String()
}

// conflicts merges all sets of a file and returns their duplicates.
func conflicts(tree *ast.Tree) []attrs.Conflict {
	var out []attrs.Conflict
	opened := map[ast.Node]bool{}
	for n := range tree.Root().Descendants() {
		if n.Is(ast.AttrSet) && !opened[n] {
			m := attrs.Merge(n)
			out = append(out, m.Conflicts...)
			for _, o := range m.Opened {
				opened[o] = true
			}
		}
	}
	return out
}

var defined = regexp.MustCompile(`attribute '(.*)' already defined at /[^\n]*:(\d+:\d+)\n(?s:.*?) at /[^\n]*:(\d+:\d+)`)

// TestMerging compares the duplicates of random sets with both versions of Nix: whether there are any, and
// in the newer one also which it reports, and where.
func TestMerging(t *testing.T) {
	newNix, oldNix := testenv.Nix234(t), testenv.Nix28(t)
	count := 100
	if takeAll() {
		count = 2000
	}
	seeds := make([]int64, count)
	for i := range seeds {
		seeds[i] = int64(i)
	}
	var nowRejected, onlyOld atomic.Int64
	inParallel(seeds, 25, func(piece []int64) {
		file := filepath.Join(t.TempDir(), "t.nix")
		for _, seed := range piece {
			src := "x: with x; " + randomSet(rand.New(rand.NewSource(seed)), 3) //nolint:gosec // the same in each run
			require.NoError(t, os.WriteFile(file, []byte(src), 0o600))
			tree := parser.Parse(src)
			found := conflicts(tree)
			now := false
			for _, c := range found {
				now = now || !c.OldOnly
			}
			if now {
				nowRejected.Add(1)
			} else if len(found) > 0 {
				onlyOld.Add(1)
			}
			want, messages, err := nixParse(newNix, file)
			if m := defined.FindStringSubmatch(messages); m != nil {
				if !reports(tree, found, m[1], m[2], m[3]) {
					t.Errorf("%d: %s\nmissing: %s at %s and %s; found %v", seed, src, m[1], m[2], m[3], found)
				}
			} else if (err != nil) != now && !strings.Contains(messages, "Assertion") {
				t.Errorf("%d: %s\n%v, but Nix says: %s", seed, src, found, messages)
			}
			if got := normalForm(t, file) + "\n"; err == nil && got != want {
				t.Errorf("%d: %s\n%s", seed, src, difference(got, want))
			}
			if _, messages, err := nixParse(oldNix, file); (err != nil) != (len(found) > 0) {
				t.Errorf("%d: %s\n%v, but old Nix says: %s", seed, src, found, messages)
			}
		}
	})
	t.Logf("%d sets: %d with duplicates, %d with duplicates for old Nix only", count, nowRejected.Load(), onlyOld.Load())
}

// reports tells whether a conflict that current Nix rejects is among those found.
func reports(tree *ast.Tree, found []attrs.Conflict, path, first, second string) bool {
	lines := source.NewLineIndex(tree.Source())
	at := func(n ast.Node) string {
		p := lines.Position(attrs.Position(n).Start())
		return fmt.Sprintf("%d:%d", p.Line, p.Column)
	}
	for _, c := range found {
		if !c.OldOnly && at(c.First) == first && at(c.Second) == second && (c.Path == path || strings.Contains(path, "$")) {
			return true
		}
	}
	return false
}

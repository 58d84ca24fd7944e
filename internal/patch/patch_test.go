package patch_test

import (
	"bytes"
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

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/patch"
	"github.com/nixsift/nixsift/internal/testenv"
)

func edit(start, end int, text string) diag.Edit {
	return diag.Edit{Span: source.Span{Start: uint32(start), End: uint32(end)}, Text: text}
}

func written(t *testing.T, name, before string, header bool, edits ...diag.Edit) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, patch.Write(&b, patch.File{Name: name, Before: before, After: fix.Edit(before, edits), Header: header}))
	return b.String()
}

func TestWrite(t *testing.T) {
	assert.Equal(t, "diff --git a/x.nix b/x.nix\nindex 7898192..6178079 100644\n--- a/x.nix\n+++ b/x.nix\n@@ -1 +1 @@\n-a\n+b\n", written(t, "x.nix", "a\n", true, edit(0, 1, "b")))
	assert.Equal(t, "--- a/x y\t\n+++ b/x y\t\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n", written(t, "x y", "a", false, edit(0, 1, "b")))
	assert.Equal(t, "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n a\n+b\n", written(t, "x", "a\n", false, edit(2, 2, "b\n")))
	assert.Equal(t, "--- a/x\n+++ b/x\n@@ -1 +0,0 @@\n-a\n", written(t, "x", "a\n", false, edit(0, 2, "")))
	assert.Equal(t, "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\r\n b\rc\r\n", written(t, "x", "a\r\nb\rc\r\n", false, edit(0, 3, "")))
	assert.Empty(t, written(t, "x", "a\n", false), "no edits")
	assert.Empty(t, written(t, "x", "a\n", false, edit(0, 1, "a")), "nothing changes")

	lines := strings.Repeat("l\n", 20)
	assert.Equal(t, 1, strings.Count(written(t, "x", lines, false, edit(0, 1, "a"), edit(14, 15, "b")), "@@ -"), "six lines between: one hunk")
	assert.Equal(t, "--- a/x\n+++ b/x\n@@ -5,7 +5,7 @@ l\n l\n l\n l\n-l\n+b\n l\n l\n l\n", written(t, "x", lines, false, edit(0, 2, ""), edit(16, 16, "b\n")), "slid together")
	numbered := "$a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n"
	assert.Equal(t, "--- a/x\n+++ b/x\n@@ -1,4 +1,3 @@\n-$a\n 1\n 2\n 3\n@@ -6,5 +5,6 @@ $a\n 5\n 6\n 7\n+b\n 8\n 9\n", written(t, "x", numbered, false, edit(0, 3, ""), edit(17, 17, "b\n")))
}

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"a b.nix": "a b.nix", "é.nix": `"\303\251.nix"`, "a\"b\\c": `"a\"b\\c"`, "a\tb\nc\x1b[m\x7f": `"a\tb\nc\033[m\177"`, "a'b$": "a'b$",
	} {
		assert.Equal(t, want, patch.Quote(name))
	}
}

// TestApplies lets git apply random changes of texts with all kinds of line ends, under odd names.
func TestApplies(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	dir := testenv.Tree(t, nil)
	names := []string{"a.nix", "a b/c d.nix", "é.nix", "q\"uote\\.nix", "t\tab.nix", "sub/a.nix", "-x.nix", "b/b/b.nix"}
	pieces := []string{"a", "b", "\n", "\r\n", "\r", "", "\n\n", "+c\n", "-d\n", "@@ -1 +1 @@\n", "\\ e\n", "\x00", "é"}
	text := func(n int) string {
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		return b.String()
	}
	for range 60 {
		var patches bytes.Buffer
		want := map[string]string{}
		header := r.IntN(2) == 0
		for _, name := range names {
			before := "first\n" + text(60)
			var edits []diag.Edit
			for at := r.IntN(8); at < len(before); at += 1 + r.IntN(30) {
				end := min(at+r.IntN(5), len(before))
				edits = append(edits, edit(at, end, text(5)))
				at = end
			}
			after := fix.Edit(before, edits)
			if after == "" {
				continue // git takes a file without text for one to remove
			}
			path := filepath.Join(dir, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(before), 0o644))
			require.NoError(t, patch.Write(&patches, patch.File{Name: name, Before: before, After: after, Header: header}))
			want[path] = after
		}
		cmd := gittest.Command(t, dir, "apply", "--whitespace=nowarn", "-")
		cmd.Stdin = bytes.NewReader(patches.Bytes())
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%q", out, patches.String())
		for path, text := range want {
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, text, string(got), "%s", path)
		}
	}
}

// TestLikeGit compares with git diff, letter for letter: random texts of few and of many different lines, with
// indentation and blank lines, changed a little and much.
func TestLikeGit(t *testing.T) {
	gittest.Program(t) // or skip
	r := rand.New(rand.NewPCG(3, 4))
	line := func(kinds int) string {
		if r.IntN(6) == 0 {
			return []string{"\n", "  \n", "\t\r\n", "}\n"}[r.IntN(4)]
		}
		return strings.Repeat([]string{" ", "  ", "\t"}[r.IntN(3)], r.IntN(4)) + []string{"", "_", "$", "é"}[r.IntN(40)/10%4] + strings.Repeat("name ", 1+r.IntN(20)*r.IntN(2)) + string(rune('a'+r.IntN(kinds)%26)) + strings.Repeat("x", r.IntN(kinds)/26) + "\n"
	}
	dir := testenv.Tree(t, nil)
	run := func(args ...string) string {
		out, err := gittest.Command(t, dir, args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	run("init", "-q")
	before, after := map[string]string{}, map[string]string{}
	for i := range 300 {
		kinds, size := 1+r.IntN(200), r.IntN(150)
		if i%60 == 0 {
			size *= 20
		}
		var old, now []string
		for range size {
			old = append(old, line(kinds))
		}
		if size == 0 {
			continue
		}
		for _, l := range old {
			switch change := r.IntN(40); {
			case change < 1+i%20/4:
			case change < 2+i%20/2:
				now = append(now, line(kinds))
			case change == 20:
				now = append(now, l, line(kinds), l)
			default:
				now = append(now, l)
			}
		}
		name := "f" + strconv.Itoa(i)
		before[name], after[name] = strings.Join(old, ""), strings.Join(now, "")
		if i%7 == 0 {
			before[name] = strings.TrimSuffix(before[name], "\n")
		}
		if i%5 == 0 {
			after[name] = strings.TrimSuffix(after[name], "\n")
		}
		if before[name] == "" || after[name] == "" {
			delete(before, name)
			continue
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(before[name]), 0o644))
	}
	run("add", "-A")
	for name := range before {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(after[name]), 0o644))
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		var got bytes.Buffer
		require.NoError(t, patch.Write(&got, patch.File{Name: name, Before: before[name], After: after[name], Header: true}))
		if want := run("diff", "--abbrev=7", "--", name); want != got.String() {
			assert.Equal(t, want, got.String(), name)
		}
	}
}

package lsp_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// apply applies edits with UTF-16 columns to a text.
func apply(text string, edits []lsptest.Edit) string {
	lines := source.NewLineIndex(text)
	at := func(p lsptest.Position) uint32 { return lines.OffsetUTF16(p.Line, p.Character) }
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b lsptest.Edit) int { return int(at(b.Range.Start)) - int(at(a.Range.Start)) })
	for _, e := range edits {
		text = text[:at(e.Range.Start)] + e.NewText + text[at(e.Range.End):]
	}
	return text
}

func titles(actions []lsptest.Action) []string {
	out := []string{}
	for _, a := range actions {
		out = append(out, a.Title)
	}
	return out
}

func find(t *testing.T, actions []lsptest.Action, title string) lsptest.Action {
	t.Helper()
	for _, a := range actions {
		if a.Title == title {
			return a
		}
	}
	require.FailNow(t, "no action "+title, "%q", titles(actions))
	return lsptest.Action{}
}

const fixAllTitle = "apply all safe fixes of nixsift"

func TestQuickFixes(t *testing.T) {
	c := start(t, "", "")
	const uri = "untitled:a"
	text := "[ \"😀\" 13\r\n 14 140 ]"
	c.Open(uri, "nix", 1, text)
	actions := c.Actions(uri, lsptest.At(0, 7, 0, 7))
	assert.Equal(t, []string{
		"replace it by `12`", "replace it by `1` (unsafe)", "ignore `unlucky-number` on this line", "ignore `unlucky-number` in this file",
	}, titles(actions))
	for i, a := range actions[:2] {
		assert.Equal(t, "quickfix", a.Kind)
		assert.Equal(t, i == 0, a.IsPreferred)
		require.Len(t, a.Diagnostics, 1)
		assert.Equal(t, "unlucky-number", a.Diagnostics[0].Code)
		assert.Equal(t, lsptest.At(0, 7, 0, 9), a.Diagnostics[0].Range)
	}
	assert.Equal(t, "[ \"😀\" 12\r\n 14 140 ]", apply(text, actions[0].Edit.Changes[uri]))

	unsafe := c.Actions(uri, lsptest.At(1, 1, 1, 2), "quickfix")
	assert.Equal(t, []string{"replace it by `15` (unsafe)", "ignore `doubtful-number` on this line", "ignore `doubtful-number` in this file"}, titles(unsafe))
	assert.False(t, unsafe[0].IsPreferred)
	assert.Equal(t, []string{"ignore `doubtful-number` on this line", "ignore `doubtful-number` in this file"}, titles(c.Actions(uri, lsptest.At(1, 5, 1, 5), "quickfix")), "a fix that breaks the file is not offered")
	assert.Empty(t, titles(c.Actions(uri, lsptest.At(0, 1, 0, 3), "quickfix")))
}

func TestOnly(t *testing.T) {
	c := start(t, "", "")
	const uri = "untitled:a"
	c.Open(uri, "nix", 1, "13")
	all := c.Actions(uri, lsptest.At(0, 0, 0, 0))
	require.Len(t, all, 4, "what takes long is worked out for those who ask for it")
	for only, want := range map[string]int{
		"": 5, "quickfix": 4, "source": 1, "source.fixAll": 1, "source.fixAll.nixsift": 1,
		"refactor": 0, "source.fixAll.other": 0, "source.organizeImports": 0, "quick": 0, "quickfix.x": 0,
	} {
		assert.Len(t, c.Actions(uri, lsptest.At(0, 0, 0, 0), only), want, only)
	}
	assert.Len(t, c.Actions(uri, lsptest.At(0, 0, 0, 0), "refactor", "source"), 1)
}

func TestFixAll(t *testing.T) {
	c := start(t, "", "")
	const uri = "untitled:a"
	for version, test := range []struct{ text, want string }{
		{"[ 13 14 13 ]", "[ 12 14 12 ]"},
		{"# 😀 twice\r\n[ 13\r\n14 13 ]", "# 😀 twice\r\n[ 11\r\n14 11 ]"},
		{"[ 13 140 13 ]", "[ 12 140 12 ]"},
		{"[ 14 ]", ""},
		{"[ 140 ]", ""},
	} {
		if version == 0 {
			c.Open(uri, "nix", 0, test.text)
		} else {
			c.Edit(uri, version, lsptest.Change{Text: test.text})
		}
		actions := c.Actions(uri, lsptest.At(0, 0, 0, 0), "source.fixAll")
		if test.want == "" {
			assert.Empty(t, actions, test.text)
			continue
		}
		require.Len(t, actions, 1, test.text)
		assert.Equal(t, "source.fixAll.nixsift", actions[0].Kind)
		assert.Equal(t, test.want, apply(test.text, actions[0].Edit.Changes[uri]))
	}
}

func TestVersionedEdits(t *testing.T) {
	dir := t.TempDir()
	b := lsptest.WriteFile(t, dir, "b.nix", "1\n")
	lsptest.WriteFile(t, dir, "a.nix", "")
	a := lsptest.URI(filepath.Join(dir, "a.nix"))
	c := start(t, dir, `{"workspace":{"workspaceEdit":{"documentChanges":true}},`+lsptest.Capable+`}`)
	c.Open(a, "nix", 3, "141")
	action := find(t, c.Actions(a, lsptest.At(0, 0, 0, 0)), "change the neighbour")
	assert.Empty(t, action.Edit.Changes)
	require.Len(t, action.Edit.DocumentChanges, 2)
	assert.Equal(t, a, action.Edit.DocumentChanges[0].TextDocument.URI)
	assert.Equal(t, 3, *action.Edit.DocumentChanges[0].TextDocument.Version)
	assert.Equal(t, lsptest.URI(b), action.Edit.DocumentChanges[1].TextDocument.URI)
	assert.Nil(t, action.Edit.DocumentChanges[1].TextDocument.Version)
	c.Open(lsptest.URI(b), "nix", 5, "77\n")
	action = find(t, c.Actions(a, lsptest.At(0, 0, 0, 0)), "change the neighbour")
	assert.Equal(t, 5, *action.Edit.DocumentChanges[1].TextDocument.Version)
	assert.Empty(t, c.Actions(a, lsptest.At(0, 0, 0, 0), "source"), "changes other files")
}

// TestSuppress tries the comment in all places where it is hard to put one.
func TestSuppress(t *testing.T) {
	for name, test := range map[string]struct{ before, after string }{
		"end of the line":   {"[\n  13\n]\n", "[\n  13 # nixsift: ignore[unlucky-number] \n]\n"},
		"end of the file":   {"13", "13 # nixsift: ignore[unlucky-number] "},
		"blanks behind":     {"13  \n", "13 # nixsift: ignore[unlucky-number] \n"},
		"CRLF":              {"[\r\n13\r\n]", "[\r\n13 # nixsift: ignore[unlucky-number] \r\n]"},
		"a comment behind":  {"[\n\t13 # no luck\n]", "[\n\t# nixsift: ignore[unlucky-number] \n\t13 # no luck\n]"},
		"before, CRLF":      {"[\r\n 13 # no luck\r\n]", "[\r\n # nixsift: ignore[unlucky-number] \r\n 13 # no luck\r\n]"},
		"a string begins":   {"[ 13 ''\n  text\n'' ]", "# nixsift: ignore[unlucky-number] \n[ 13 ''\n  text\n'' ]"},
		"a comment begins":  {"[ 13 /* a\n b */ ]", "# nixsift: ignore[unlucky-number] \n[ 13 /* a\n b */ ]"},
		"a string ends":     {"[ ''\n  text\n'' 13 ]", "[ ''\n  text\n'' 13 ] # nixsift: ignore[unlucky-number] "},
		"in a string":       {"''\n  ${f 13} text\n''", "''\n  ${f 13 /* nixsift: ignore[unlucky-number] */} text\n''"},
		"one more in one":   {"''\n  ${f 13 14 /* nixsift: ignore[doubtful-number] why */}\n''", "''\n  ${f 13 14 /* nixsift: ignore[doubtful-number, unlucky-number] why */}\n''"},
		"in a long hole":    {"''\n  ${f\n 13\n} text\n''", "''\n  ${f\n 13 # nixsift: ignore[unlucky-number] \n} text\n''"},
		"one more name":     {"[ 13 14 ] # nixsift: ignore[doubtful-number] why", "[ 13 14 ] # nixsift: ignore[doubtful-number, unlucky-number] why"},
		"one more before":   {"# nixsift: ignore[doubtful-number] why\n[ 13 14 ]", "# nixsift: ignore[doubtful-number, unlucky-number] why\n[ 13 14 ]"},
		"two on the line":   {"[ 13 13 ]", "[ 13 13 ] # nixsift: ignore[unlucky-number] "},
		"others stay":       {"[ 13\n13 ]", "[ 13 # nixsift: ignore[unlucky-number] \n13 ]"},
		"not in the string": {"[ \"nixsift: ignore[x]\" 13 ]", "[ \"nixsift: ignore[x]\" 13 ] # nixsift: ignore[unlucky-number] "},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, "", "", "unused-suppression", "malformed-suppression", "unknown-suppression")
			const uri = "untitled:a"
			c.Open(uri, "nix", 1, test.before)
			found := c.Diagnostics(uri, 1).Diagnostics
			i := slices.IndexFunc(found, func(d lsptest.Diagnostic) bool { return d.Code == "unlucky-number" })
			require.GreaterOrEqual(t, i, 0)
			line := found[i].Range.Start.Line
			actions := c.Actions(uri, found[i].Range, "quickfix")
			const title = "ignore `unlucky-number` on this line"
			after := apply(test.before, find(t, actions, title).Edit.Changes[uri])
			assert.Equal(t, test.after, after)
			c.Edit(uri, 2, lsptest.Change{Text: after})
			for _, d := range c.Diagnostics(uri, 2).Diagnostics {
				assert.Contains(t, []string{"unlucky-number", "doubtful-number"}, d.Code)
				assert.False(t, d.Code == "unlucky-number" && d.Range.Start.Line == line)
			}
		})
	}
}

func TestSuppressIsNotOffered(t *testing.T) {
	c := start(t, "", "", "syntax-error", "unused-suppression")
	// A file that cannot be read has no idle suppressions.
	for i, text := range []string{"[ 1", "# nixsift: ignore[unlucky-number] why\n[ 1 ]"} {
		uri := fmt.Sprintf("untitled:%d", i)
		c.Open(uri, "nix", 1, text)
		require.Len(t, c.Diagnostics(uri, 1).Diagnostics, 1)
		for _, title := range titles(c.Actions(uri, lsptest.At(0, 0, 9, 9))) {
			assert.NotContains(t, title, "on this line")
		}
	}
}

// TestManyFindings asks for the actions of a whole file.
func TestManyFindings(t *testing.T) {
	c := start(t, "", "")
	const uri = "untitled:a"
	c.Open(uri, "nix", 1, "["+strings.Repeat(" 13\n", 2000)+strings.Repeat(" 14", 500)+" 666 ]")
	p := c.Diagnostics(uri, 1)
	require.Len(t, p.Diagnostics, 2001)
	assert.Contains(t, p.Diagnostics[0].Message, "500 more findings")
	assert.NotContains(t, p.Codes(), "doubtful-number", "the mildest are left out")
	actions := c.Actions(uri, lsptest.At(0, 0, 9999, 0), "")
	assert.Less(t, len(actions), 200)
	all := find(t, actions, fixAllTitle)
	assert.Len(t, all.Edit.Changes[uri], 2000)
}

// emptyLock is a lock file in which Nix finds no inputs.
const emptyLock = `{"root": "root", "version": 7}`

// TestFlake follows the findings of a flake's own rules through edits: they move along while someone types,
// count for suppressions all the time, and are renewed in a pause.
func TestFlake(t *testing.T) {
	dir := t.TempDir()
	text := "{\n  # worthy\n  outputs = _: 13;\n}\n"
	flake := lsptest.URI(lsptest.WriteFile(t, dir, "flake.nix", text))
	lock := lsptest.URI(lsptest.WriteFile(t, dir, "flake.lock", emptyLock))
	c := start(t, dir, "", "unused-suppression", "suppression-without-reason")
	c.Open(flake, "nix", 1, text)
	p := c.Diagnostics(flake, 1)
	assert.Equal(t, []string{"flake-word", "unlucky-number"}, p.Codes(), "all at once when it is opened")
	assert.Equal(t, lsptest.At(1, 4, 1, 10), p.Diagnostics[0].Range)

	r := lsptest.At(0, 1, 0, 1)
	c.Edit(flake, 2, lsptest.Change{Range: &r, Text: "\n\n "})
	p = c.Diagnostics(flake, 2)
	assert.Equal(t, []string{"flake-word", "unlucky-number"}, p.Codes())
	assert.Equal(t, lsptest.At(3, 4, 3, 10), p.Diagnostics[0].Range)
	text = text[:1] + "\n\n " + text[1:]
	fix := find(t, c.Actions(flake, lsptest.At(3, 4, 3, 4), "quickfix"), "say less")
	assert.Contains(t, apply(text, fix.Edit.Changes[flake]), "# good\n")

	text = strings.Replace(text, "# worthy\n", "# worthy # nixsift: ignore[flake-word] it is\n", 1)
	silenced := strings.Replace(text, "  # worthy #", "  # nixsift: ignore[flake-word] it is\n  # worthy #", 1)
	c.Edit(flake, 3, lsptest.Change{Text: silenced})
	for range 2 { // while typing, and after the pause
		p = c.DiagnosticsThat(flake, func(p lsptest.Published) bool { return *p.Version == 3 && len(p.Diagnostics) == 1 })
		assert.Equal(t, []string{"unlucky-number"}, p.Codes())
		c.Save(flake)
	}

	c.Edit(flake, 4, lsptest.Change{Text: "{ outputs = _: 1; } # worthy, worthy"})
	c.DiagnosticsThat(flake, func(p lsptest.Published) bool { return slices.Equal(p.Codes(), []string{"flake-word", "flake-word"}) })
	all := c.Actions(flake, lsptest.At(0, 0, 0, 0), "source.fixAll")
	require.Len(t, all, 1)
	assert.Equal(t, "{ outputs = _: 1; } # good, good", apply("{ outputs = _: 1; } # worthy, worthy", all[0].Edit.Changes[flake]))

	c.Open(lock, "json", 1, `{"root": "worthy", "version": 7}`)
	p = c.Diagnostics(lock, 1)
	require.Equal(t, []string{"flake-word"}, p.Codes())
	assert.Equal(t, []string{"say less", fixAllTitle}, titles(c.Actions(lock, p.Diagnostics[0].Range, "")), "JSON has no comments")
	c.Edit(lock, 2, lsptest.Change{Text: emptyLock})
	c.DiagnosticsThat(lock, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
	for v := 3; v < 30; v++ {
		c.Edit(lock, v, lsptest.Change{Text: fmt.Sprintf(`{"version": 7, "x": %d, "root": "worthy"}`, v)})
	}
	c.DiagnosticsThat(lock, func(p lsptest.Published) bool { return *p.Version == 29 && len(p.Diagnostics) == 1 })
}

package suppress

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/parser"
)

// TestInsert holds where a comment for a finding at X comes to stand.
func TestInsert(t *testing.T) {
	for _, test := range []struct {
		name, src, reason, want string // want is "" where no comment can stand
	}{
		{"line before", "{\n  a = X;\n}\n", "why", "{\n  # nixsift: ignore[alpha] why\n  a = X;\n}\n"},
		{"no reason", "X", "", "# nixsift: ignore[alpha]\nX"},
		{"behind a string", "''\n a ${\"\n\"}'' X", "why", "''\n a ${\"\n\"}'' X # nixsift: ignore[alpha] why"},
		{"antiquotation", "''\n  a ${X} b\n''", "why", "''\n  a ${X /* nixsift: ignore[alpha] why */} b\n''"},
		{"antiquotation of a string", "\"\n${X}\n\"", "why", "\"\n${X /* nixsift: ignore[alpha] why */}\n\""},
		{"spaces in it", "''\n  ${ X } b\n''", "why", "''\n  ${ X /* nixsift: ignore[alpha] why */ } b\n''"},
		{"a path", "''\n  ${./X}\n''", "why", "''\n  ${./X /* nixsift: ignore[alpha] why */}\n''"},
		{"an address", "''\n  ${http://X}\n''", "why", "''\n  ${http://X /* nixsift: ignore[alpha] why */}\n''"},
		{"a path with one", "''\n  ${./a/${X}/b}\n''", "why", "''\n  ${./a/${X /* nixsift: ignore[alpha] why */}/b}\n''"},
		{"nested", "''\n  ${f \"${X}\"}\n''", "why", "''\n  ${f \"${X /* nixsift: ignore[alpha] why */}\"}\n''"},
		{"lines of its own", "''\n  ${\n    X\n  }\n''", "why", "''\n  ${\n    # nixsift: ignore[alpha] why\n    X\n  }\n''"},
		{"opens on the line", "''\n  ${X\n  }\n''", "why", "''\n  ${X # nixsift: ignore[alpha] why\n  }\n''"},
		{"opens on the line of a string that goes on", "''\n  ${X ''\n''}\n''", "why", "''\n  ${/* nixsift: ignore[alpha] why */ X ''\n''}\n''"},
		{"text beside one", "''\n  X ${b} c\n''", "why", "''\n  X ${/* nixsift: ignore[alpha] why */ b} c\n''"},
		{"between strings", "[ ''\n'' X ''\n'' ]", "why", "[ ''\n'' /* nixsift: ignore[alpha] why */ X ''\n'' ]"},
		{"between strings without blanks", "{a=''\n'';b=''X\n'';}", "why", "{a=''\n''; /* nixsift: ignore[alpha] why */b=''X\n'';}"},
		{"text alone", "''\n  X\n''", "why", ""},
		{"what looks like one", "''\n  ''${X} $${X}\n''", "why", ""},
		{"a reason that ends a block comment", "''\n  ${X}\n''", "all */ of it", ""},
		{"a reason that ends so", "''\n  ${X}\n''", "all *", ""},
		{"joins a block comment", "''\n  ${X /* nixsift: ignore[beta] this */}\n''", "why", "''\n  ${X /* nixsift: ignore[beta, alpha] this; why */}\n''"},
		{"joins one without a reason", "''\n  ${X /* nixsift: ignore[beta]*/}\n''", "why", "''\n  ${X /* nixsift: ignore[beta, alpha] why*/}\n''"},
		{"joins a line comment", "# nixsift: ignore[beta] this\n\nX", "why", "# nixsift: ignore[beta, alpha] this; why\n\nX"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := []diag.Finding{place(t, test.src, "alpha", "X", 1)}
			got := Insert(parser.Parse(test.src), parser.Parse, testRules(), found, Comment{Reason: test.reason})
			if test.want == "" {
				assert.Equal(t, Inserted{test.src, nil, 0, found}, got)
				return
			}
			holds(t, test.src, test.want, 1, got)
			require.True(t, sameTokens(parser.Parse(test.src), parser.Parse(test.want)))
		})
	}
}

// TestInsertSome holds that what cannot be silenced keeps nothing else from it.
func TestInsertSome(t *testing.T) {
	const src = "{\n  a = X;\n  b = ''\n    X\n    ${X} X\n  '';\n}\n"
	var found []diag.Finding
	for i := range 4 {
		found = append(found, place(t, src, "alpha", "X", i+1))
	}
	got := Insert(parser.Parse(src), parser.Parse, testRules(), found, Comment{Reason: "why"})
	assert.Equal(t, "{\n  # nixsift: ignore[alpha] why\n  a = X;\n  b = ''\n    X\n    ${X /* nixsift: ignore[alpha] why */} X\n  '';\n}\n", got.Text)
	assert.Equal(t, 3, got.Silenced)
	assert.Equal(t, found[1:2], got.Left)
}

func TestInsertForFile(t *testing.T) {
	why := Comment{Reason: "why"}
	for _, test := range []struct{ name, src, want string }{
		{"top", "''\n X\n''", "# nixsift: ignore-file[alpha, beta] why\n''\n X\n''"},
		{"line ends", "# words\r\nX", "# nixsift: ignore-file[alpha, beta] why\r\n# words\r\nX"},
		{"behind the shell's line", "#! /usr/bin/env nix-shell\n#! nix-shell -i bash\nX", "#! /usr/bin/env nix-shell\n#! nix-shell -i bash\n# nixsift: ignore-file[alpha, beta] why\nX"},
		{"joins", "# nixsift: ignore-file[alto] this\nX", "# nixsift: ignore-file[alto, alpha, beta] this; why\nX"},
		{"beside one for a line", "# nixsift: ignore[alto] this\nX", "# nixsift: ignore-file[alpha, beta] why\n# nixsift: ignore[alto] this\nX"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := []diag.Finding{place(t, test.src, "alpha", "X", 1), place(t, test.src, "beta", "X", 1)}
			holds(t, test.src, test.want, 2, InsertForFile(parser.Parse(test.src), parser.Parse, wideRules(), found, why))
			same := func(string) bool { return true }
			holds(t, test.src, test.want, 2, InsertForText(test.src, wideRules(), found, why, same))
			refused := InsertForText(test.src, wideRules(), found, why, func(after string) bool { return after == test.src })
			assert.Equal(t, Inserted{test.src, nil, 0, found}, refused)
		})
	}
}

// TestInsertByteOrderMark holds that a byte order mark stays what the file starts with.
func TestInsertByteOrderMark(t *testing.T) {
	why := Comment{Reason: "why"}
	same := func(string) bool { return true }
	const line, whole = "\uFEFF# nixsift: ignore[alpha] why\n", "\uFEFF# nixsift: ignore-file[alpha] why\n"
	for _, text := range []string{"X\n", "  X\n", "# words\nX\n"} {
		src := "\uFEFF" + text
		found := []diag.Finding{place(t, src, "alpha", "X", 1)}
		holds(t, src, whole+text, 1, InsertForFile(parser.Parse(src), parser.Parse, wideRules(), found, why))
		holds(t, src, whole+text, 1, InsertForText(src, wideRules(), found, why, same))
		if text[0] == '#' {
			continue
		}
		indent := text[:len(text)-len("X\n")]
		want := "\uFEFF" + indent + line[len("\uFEFF"):] + text
		holds(t, src, want, 1, Insert(parser.Parse(src), parser.Parse, testRules(), found, why))
		holds(t, src, want, 1, InsertText(src, testRules(), found, why, same))
	}
	const doc = "\uFEFF/** words */\nX\n"
	found := []diag.Finding{place(t, doc, "alpha", "X", 1)}
	holds(t, doc, line+doc[len("\uFEFF"):], 1, Insert(parser.Parse(doc), parser.Parse, testRules(), found, why))
	const src = "\uFEFF# nixsift: ignore[beta] this\nX\n"
	joined := InsertText(src, testRules(), []diag.Finding{place(t, src, "alpha", "X", 1)}, why, same)
	holds(t, src, "\uFEFF# nixsift: ignore[beta, alpha] this; why\nX\n", 1, joined)
}

// holds holds what becomes of a text in which all findings are silenced.
func holds(t *testing.T, before, after string, count int, got Inserted) {
	t.Helper()
	assert.Equal(t, after, got.Text)
	assert.Equal(t, after, splice(before, got.Edits))
	assert.Equal(t, count, got.Silenced)
	assert.Empty(t, got.Left)
}

// sameTokens reports whether two trees have the same tokens, comments and white space apart.
func sameTokens(a, b *ast.Tree) bool {
	x, y := significant(a), significant(b)
	return slices.EqualFunc(x, y, func(s, t ast.Token) bool { return s.Kind() == t.Kind() && s.Text() == t.Text() })
}

func significant(t *ast.Tree) (all []ast.Token) {
	for i := range t.NumTokens() - 1 { // the last one is the end of the file
		if tok := t.Token(i); !tok.Kind().IsTrivia() {
			all = append(all, tok)
		}
	}
	return all
}

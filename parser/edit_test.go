package parser

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
)

// difference returns in what two trees differ, or "".
func difference(a, b *ast.Tree) string {
	switch {
	case a.Source() != b.Source():
		return "source"
	case a.FirstNUL() != b.FirstNUL():
		return "first NUL"
	case a.NumTokens() != b.NumTokens():
		return fmt.Sprintf("%d and %d tokens", a.NumTokens(), b.NumTokens())
	case len(a.Records()) != len(b.Records()):
		return fmt.Sprintf("%d and %d nodes", len(a.Records()), len(b.Records()))
	}
	for i := range a.NumTokens() {
		if x, y := a.Token(i), b.Token(i); x.Kind() != y.Kind() || x.Span() != y.Span() {
			return fmt.Sprintf("token %d: %s %v and %s %v", i, x.Kind(), x.Span(), y.Kind(), y.Span())
		}
	}
	for i := range a.Records() {
		x, y := a.Node(ast.NodeID(i)), b.Node(ast.NodeID(i))
		if a.Records()[i] != b.Records()[i] || x.Parent().ID() != y.Parent().ID() {
			return fmt.Sprintf("node %d: %s %+v and %s %+v", i, x.Kind(), a.Records()[i], y.Kind(), b.Records()[i])
		}
	}
	if x, y := dump(a), dump(b); x != y {
		return x + "\n" + y
	}
	return ""
}

// names returns what the nodes of a tree are called.
func names(t *ast.Tree) []string {
	var out []string
	for i := range t.Records() {
		n := t.Node(ast.NodeID(i))
		name, _ := ast.AttrName(n)
		if !n.Is(ast.Name) && !n.Is(ast.Ident) && !n.Parent().Is(ast.Attrpath) && !n.Parent().Is(ast.Inherit) {
			name = ""
		}
		out = append(out, n.Kind().String()+name)
	}
	return out
}

// typed are pieces that people type or delete.
var typed = []string{
	" ", "\n", "a", "x", ";", "=", ".", "/", "'", "''", `"`, "$", "${", "{", "}", "(", ")", "[", "]", ":", "#", "/*", "*/", "# a\n", "1", "1.5", "99999999999999999999",
	"or", " or ", "-", "rec", "inherit", "let", "in", "./a", "a/", "<a>", "http:", "\\", "''$", "$$", "\t", "\r\n", "\x00", "é", " a = 1;", "x: ", ",", "?", "@", "...", "<", ">", "~/", "//", "+", "\xff",
}

// edited returns a text after a random edit that an editor could make.
func edited(r *rand.Rand, text string) string {
	at := r.IntN(len(text) + 1)
	switch r.IntN(10) {
	case 0, 1, 2: // delete
		return text[:at] + text[min(len(text), at+1+r.IntN(3)):]
	case 3: // delete or duplicate more
		end := min(len(text), at+r.IntN(200))
		return text[:at] + strings.Repeat(text[at:end], 2*r.IntN(2)) + text[end:]
	case 4: // insert something from elsewhere
		from := r.IntN(len(text) + 1)
		return text[:at] + text[from:min(len(text), from+r.IntN(60))] + text[at:]
	case 5: // replace a byte
		end := min(len(text), at+1)
		return text[:at] + typed[r.IntN(len(typed))] + text[end:]
	}
	return text[:at] + typed[r.IntN(len(typed))] + text[at:]
}

// retype edits a text again and again, mostly undoing what breaks it, and compares with what Parse makes.
func retype(t *testing.T, p *Parser, r *rand.Rand, text string, edits int) (kept int) {
	var fresh Parser
	p.Reparse(text)
	for range edits {
		next := edited(r, text)
		stamp, before := p.tree.Stamp(), names(&p.tree)
		tree := p.Reparse(next)
		if bad := difference(fresh.Parse(next), tree); bad != "" {
			t.Fatalf("%s\n--- from\n%q\n--- to\n%q", bad, text, next)
		}
		if tree.Stamp() == stamp {
			kept++
			if !slices.Equal(before, names(tree)) {
				t.Fatalf("other names\n--- from\n%q\n--- to\n%q", text, next)
			}
		}
		if len(tree.Errors()) == 0 || r.IntN(4) == 0 {
			text = next
		}
	}
	return kept
}

// TestReparse edits real files at random.
func TestReparse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	files := nixFiles(t, "bench")
	var p Parser
	kept := 0
	const rounds, edits = 600, 40
	for range rounds {
		src := files[r.IntN(len(files))]
		if len(src) < 20_000 {
			kept += retype(t, &p, r, src, edits)
		}
	}
	require.Greater(t, kept, rounds*edits/20)
}

// TestReparsePieces edits texts that are all corner cases.
func TestReparsePieces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sources, _ := cases(t)
	var p Parser
	for _, src := range sources {
		if len(src) < 5_000 {
			retype(t, &p, r, "{ b = 1; } // "+src+"\n", 30)
			retype(t, &p, r, src, 10)
		}
	}
}

// FuzzReparse checks that a text that replaces part of another is read as if it were new.
func FuzzReparse(f *testing.F) {
	f.Add("{ a = 1; b = x: ./a/${b} \"c ${d}\" ''e''; }\n", uint(8), uint(1), " ")
	f.Add("let ${\"a\"} = http://a.b; in a # c\n", uint(6), uint(2), "''")
	f.Add("[ /a/b <c/d> 1.5 a.b ] ++ /* x */ y\n", uint(20), uint(0), "${")
	var p, fresh Parser
	f.Fuzz(func(t *testing.T, src string, at, size uint, text string) {
		at = min(at, uint(len(src)))
		end := min(at+size, uint(len(src)))
		next := src[:at] + text + src[end:]
		for _, version := range []string{src, next, src} {
			if bad := difference(fresh.Parse(version), p.Reparse(version)); bad != "" {
				t.Fatalf("%s\n--- %q\n--- %q", bad, src, next)
			}
		}
	})
}

// TestReparseLarge holds that the tokens of a large text are kept, too: so its nodes are where only a comment changes.
func TestReparseLarge(t *testing.T) {
	var p Parser
	text := "{\n" + strings.Repeat("  name = [ 1 2 ]; # a comment that is long enough\n", 8_000) + "}\n"
	stamp := p.Reparse(text).Stamp()
	for i := range 100 {
		at := len(text)/2 + i*1000
		at += strings.Index(text[at:], "comment")
		text = text[:at] + " more" + text[at:]
		tree := p.Reparse(text)
		require.Equal(t, stamp, tree.Stamp())
		if i%10 == 0 {
			require.Empty(t, difference(Parse(text), tree))
		}
	}
}

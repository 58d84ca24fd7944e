package parser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nixsift/nixsift/ast"
)

// seed adds the inputs of all tables.
func seed(f *testing.F) {
	f.Helper()
	sources, _ := cases(f)
	for _, src := range sources {
		f.Add(src)
	}
	for _, piece := range repeated {
		f.Add(piece + "x" + piece)
	}
	if data, err := os.ReadFile(filepath.Join("..", "ast", "nixprint", "testdata", "forms.txt")); err == nil {
		for line := range strings.Lines(string(data)) {
			in, _, _ := strings.Cut(line, " ⇒ ")
			f.Add(in)
		}
	}
}

// FuzzLex checks that the tokens are the text, whatever it is, and that the lexer can be reused.
func FuzzLex(f *testing.F) {
	seed(f)
	var used lexer
	f.Fuzz(func(t *testing.T, src string) {
		var l lexer
		l.lex(src)
		used.lex(src)
		if l.n != used.n || l.nul != used.nul || l.check != used.check {
			t.Fatalf("%d tokens, then %d", l.n, used.n)
		}
		for i := range l.n {
			if l.kinds[i] != used.kinds[i] || l.start[i] != used.start[i] {
				t.Fatalf("token %d differs", i)
			}
			if l.start[i] > l.start[i+1] || l.start[i] == l.start[i+1] && l.kinds[i] != ast.TokEOF {
				t.Fatalf("token %d (%s) is empty", i, l.kinds[i])
			}
		}
		if l.start[0] != 0 || int(l.start[l.n]) != len(src) || l.kinds[l.n-1] != ast.TokEOF {
			t.Fatal("the tokens are not the text")
		}
	})
}

// FuzzParse checks the invariants of the tree, that parsing is deterministic, and that a file whose only
// error has a sure fix is sound after it.
func FuzzParse(f *testing.F) {
	seed(f)
	var p Parser
	f.Fuzz(func(t *testing.T, src string) {
		tree := Parse(src)
		if bad := violation(tree, src); bad != "" {
			t.Fatal(bad)
		}
		if again := dump(p.Parse(src)); again != dump(tree) {
			t.Fatalf("another tree:\n%s\n%s", dump(tree), again)
		}
		if errors := tree.Errors(); len(errors) == 1 && errors[0].Fix != nil && errors[0].Fix.Sure {
			fixed := apply(src, errors[0].Fix)
			if bad := describe(Parse(fixed)); bad != "" {
				t.Fatalf("%q makes %q, which is still wrong: %s", errors[0].Fix.Title, fixed, bad)
			}
		}
	})
}

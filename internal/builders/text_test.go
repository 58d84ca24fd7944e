package builders

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/parser"
)

// ignorant knows nothing of any value.
type ignorant struct{}

func (ignorant) Value(ast.Node) *eval.Value      { return eval.Unknown() }
func (ignorant) MayBe(ast.Node, eval.Kinds) bool { return false }
func (ignorant) Part(eval.Part) *eval.Value      { return eval.Unknown() }

// textOf returns the text of what a file is, behind let.
func textOf(file string) (*Text, bool) {
	tree := parser.Parse(file)
	if tree.Root().HasError() {
		return nil, false
	}
	r := &Reader{Path: "/x.nix", Names: sema.Resolve(tree), Evaluator: ignorant{}}
	return r.Text(tree.Expr()), true
}

// checkText requires of each word of each command that what stands in its place in the file is the word, as far as the range
// lies in one literal, and returns how many could be compared.
func checkText(t *testing.T, file string) (compared int) {
	text, ok := textOf(file)
	if !ok {
		return 0
	}
	for _, cmd := range text.Read("/x.nix").Commands() {
		for _, w := range append([]shell.Word{cmd.Word}, cmd.Args...) {
			require.LessOrEqual(t, int(w.Span.End), len(file), "%q", file)
			if !text.InOne(w.Span) {
				continue
			}
			cut := w.Span.Of(file)
			require.NotEmpty(t, strings.Trim(cut, " \t\n"), "%q", file)
			if w.Static && !w.Quoted && w.Via == "" && isPlain(cut) {
				require.Equal(t, w.Text, cut, "%q", file)
				compared++
			}
		}
	}
	return compared
}

// isPlain reports whether text is the same in a file, a string of Nix, and a shell.
func isPlain(s string) bool { return s != "" && !strings.ContainsAny(s, "\\'\"$`{}\r\n \t") }

// scriptPieces are what random scripts are made of.
var scriptPieces = []string{
	"curl", " ", " ", "\n", "\n", "  ", "\n    ", "-o out", "https://a.example.org/x", "${x}", "${pkgs.curl}/bin/curl", "''${y}", "''$z", "$out", "'''", `\n`, `\"`,
	"\"a b\"", "'q'", "|", "&&", ";", "$(", ")", "`", "<<EOF\n", "\nEOF\n", "\\\n", "é", "${tool}", "${script}", "${\"deep ${\"er\"}\"}", "if true; then", "fi", "#", "\t", "echo",
}

func randomFile(r *rand.Rand) string {
	script := func() string {
		var b strings.Builder
		for range r.IntN(14) {
			b.WriteString(scriptPieces[r.IntN(len(scriptPieces))])
		}
		return b.String()
	}
	quote := func(s string) string {
		if r.IntN(2) == 0 {
			return "''" + s + "''"
		}
		return `"` + s + `"`
	}
	body := quote(script())
	switch r.IntN(4) {
	case 0:
		body += " + " + quote(script())
	case 1:
		body = "lib.optionalString c (" + body + ") + " + quote(script())
	}
	return fmt.Sprintf("{ lib, pkgs, x, c }: let tool = %s; script = %s; in %s", quote("wget"), quote(script()), body)
}

// TestTextPlaces holds the places of words in scripts made at random against what stands there.
func TestTextPlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	words := 0
	for range 20_000 {
		words += checkText(t, unwrapped(randomFile(r)))
	}
	assert.Greater(t, words, 10_000)
}

// unwrapped makes a file an expression without functions around.
func unwrapped(file string) string {
	_, body, _ := strings.Cut(file, ": ")
	return "let lib = { }; pkgs = { }; x = 1; c = true; in " + body
}

func FuzzText(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 50 {
		f.Add(unwrapped(randomFile(r)))
	}
	f.Fuzz(func(t *testing.T, file string) { checkText(t, file) })
}

// TestBadText reads what is no shell, too long, and nested deeply.
func TestBadText(t *testing.T) {
	nested := "curl https://example.org"
	for range 10 {
		nested = `${"` + nested + `"}`
	}
	for name, c := range map[string]struct {
		file     string
		commands int
	}{
		"no shell":  {"''\n if then ) curl (((\n''", 0},
		"open here": {"''\n cat <<EOF\n curl x\n''", 0},
		"deep":      {`"` + nested + `"`, -1},
		"long":      {"''\n" + strings.Repeat("curl https://example.org\n", 50_000) + "''", 0},
		"many":      {`"` + strings.Repeat("${x} ", 50_000) + `"`, 0},
		"parts":     {strings.Repeat(`"a" + `, 5_000) + `"b"`, 1},
		"loop":      {`let a = "x ${b}"; b = "y ${a}"; in a`, -1},
		"empty":     {"''''", 0},
		"nul":       {"\"a\x00b curl\"", -1},
	} {
		t.Run(name, func(t *testing.T) {
			text, ok := textOf("let x = y: y; in " + c.file)
			if !ok {
				return
			}
			n := 0
			for _, cmd := range text.Read("/x.nix").Commands() {
				if !cmd.Recovered {
					n++
				}
			}
			if c.commands >= 0 {
				assert.Equal(t, c.commands, n)
			}
			checkText(t, "let x = y: y; in "+c.file)
		})
	}
}

// TestTextSteps: strings that interpolate each other again and again are not followed to the end, be they empty or not.
func TestTextSteps(t *testing.T) {
	for _, last := range []string{"", "curl"} {
		file := fmt.Sprintf("let s8 = %q;", last)
		for k := range 8 {
			file += fmt.Sprintf(" s%d = \"%s\";", k, strings.Repeat(fmt.Sprintf("${ s%d }", k+1), 50))
		}
		text, ok := textOf(file + " in s0")
		require.True(t, ok)
		assert.Empty(t, text.Pieces, last)
		assert.Less(t, len(text.Literals), 2*maxSteps, last)
	}
}

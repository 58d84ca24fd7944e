package parser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/growth"
)

// repeated are pieces that are repeated to make hostile files: nesting that nothing closes, chains, and
// runs that invite looking ahead again and again.
var repeated = []string{
	// Brackets that are opened and never closed.
	"(", "[", "{ a =", "{ a = [ (", "rec {", "let {", "\"${", "''${", "{ ${", "a.${", "./a${", "{ inherit (", "[ (", "({", "{ a ? ", "f {",
	"let a = ", "let a.b = (", "x.y or ", "x.y or (", "{a}: [", "if ", "if a then ", "with ", "assert ", "[ { a = ", "(a.b.c ",
	"\"${a}\".${", "{ \"${", "let \"${", "let ${", "{ a.\"${",
	// Brackets that are closed and never opened, or by others.
	")", "]", "}", ") (", "[ )", "( ]", "{ )", "{ a = [ }; ", "( { a = [ ) ; b = [ ) ; ", "\"${ ) }", "{ a = ( ; ", "[ (a; ",
	// Chains.
	"-", "!", "x: ", "x:", "{ a }: ", "{ a, b ? 1, ... }@x: ", "a@{ b }: ", "if a then b else ", "a.b.c.", "a ++ ", "a // ", "a -> ", "a + ", "a == ",
	"a < ", "a |> ", "a <| ", "a ? b ", "a ? b ? ", "with a; ", "let in ", "let a = 1; in ", "assert a; ", "f ", "f x ", "a or ", "f or or ", "a.b or c ",
	"or ", "\"a\" ", "\"a\"\"", "''a'' ", "a: b: (", "1 ", "1.", ".5", "a.\"b\".", "a.${b}.",
	// Runs for the lexer.
	"1+", "a.", "1a.", "<a/", "<a/>", "<", "_.", "a_.", "a-", "a+", "a+b:", "a_:", "a.b:", "~/", "~", "/", "//", "/a", "a/", "./", "../", ".", "..", "...",
	"'", "''", "'''", "''$", "''\\", "\"", "\\", "$", "$$", "${", "/*", "*/", "/**/", "# x", "#\n", "x:y ", "x:/", "http:", "1.0e", "1e5", "0.", "00.5 ",
	"|", "&", "\x00", "\xff", "é", "\ufeff", "\r", "\t \n", "`",
	// Mistakes.
	"a = ", "a = 1 ", "a.b = ", "{ a = b = ", "{ a b ", "{ a b c, ", "{ a, ", "{ a, , ", ", ", "; ", "= ", "a; ", "{ a; ", "{ ; ", "{ a = 1 b = ", "let a b ",
	"let a b = ", "let a.b ", "{ if = ", "{ in = ", "inherit ", "inherit a ", "{ inherit a, ", "{ inherit a = ", "{ inherit a.b ", "[ a = ", "[ a.b.c = ",
	"[ [ a.b = 1; ", "[ , ", "[ ; ", "[ -1 ", "[ + ", "[ a + ", "[ x: ", "[ if ", "[ a ) b ", "f x: ", "f { a, b }: ", "1 + if ", "1 + x: ", "a == b == ",
	"then ", "else ", "in ", "... ", "@ ", "? ", ": ", "x@ ", "x@y: ", "{ a }@ ", "{ a }@b@c: ", "a\n. ", "a.\n", "{ a = foo.\n", "{\n a = foo.\nb = 1;\n",
	"a = 1;\n", "{ a = \"x;\n", "{ a = ''\n x\n", "''\n${", "\"\n${", "\" = 1;\n", "'' = 1;\n", "\"x\ny\" ", "{ a = 1;\n ]\n", "{\na = [\n};\n", "(\n{\n)\n",
}

// hostile are whole shapes: a head, repeated pieces and a tail.
func hostile(piece string, size int) []string {
	run := strings.Repeat(piece, size/len(piece)+1)
	return []string{run, "{ x = " + run + "; y = 1; }", "\"" + run, "''" + run, "let x = 1; " + run, "[ " + run + " ]", run + "x" + run}
}

// TestLinear reads hostile files and holds that what it takes grows with their size and no faster.
func TestLinear(t *testing.T) {
	var p Parser
	for _, piece := range repeated {
		for form := range hostile(piece, 0) {
			growth.Time(t, fmt.Sprintf("%q, form %d", piece, form), 8<<10, func(n int) func() {
				src := hostile(piece, n)[form]
				return func() { p.Parse(src) }
			})
		}
	}
}

// TestDeep reads a million levels of each kind without exhausting the stack, and finds the tree sound.
func TestDeep(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var p Parser
	for _, piece := range []string{
		"(", "[", "{ a =", "-", "!", "x:", "\"${", "''${", "if a then b else ", "a.", "a ++ ", "with a;", "let in ", "assert a;", "a ? b ? ", "{ a = [ (",
		"x.y or ", "f ", "a -> ", "let a = ", "if ", "{ a ? ", "a.${", "rec { a.b = ",
	} {
		src := strings.Repeat(piece, 1_000_000)
		require.Empty(t, violation(p.Parse(src), src), piece)
	}
}

// TestNesting reads ten thousand levels of each bracket without an error, and chains of any length.
func TestNesting(t *testing.T) {
	wrap := func(n int, open, inner, closing string) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(closing, n)
	}
	const levels, links = 10_000, 300_000
	for name, src := range map[string]string{
		"parentheses":       wrap(levels, "(", "1", ")"),
		"lists":             wrap(levels, "[", "", "]"),
		"attrsets":          wrap(levels, "{ a = ", "1", "; }"),
		"rec sets":          wrap(levels, "rec { a = ", "1", "; }"),
		"let":               wrap(levels, "let a = ", "1", "; in a"),
		"old let":           wrap(levels, "let { body = ", "1", "; }"),
		"interpolations":    wrap(levels, `"${`, "1", `}"`),
		"indented strings":  wrap(levels, "''${", "1", "}''"),
		"paths":             wrap(levels, "./a${", "1", "}"),
		"dynamic names":     wrap(levels, "{ ${", "a", "} = 1; }"),
		"or":                wrap(levels, "a.b or ", "1", ""),
		"conditions":        wrap(levels, "if ", "a", " then b else c"),
		"arms":              wrap(levels, "if a then ", "b", " else c"),
		"with":              wrap(levels, "with ", "a", "; b"),
		"assert":            wrap(levels, "assert ", "a", "; b"),
		"defaults":          wrap(levels, "{ a ? ", "1", " }: a"),
		"inherit":           wrap(levels, "{ inherit (", "a", ") b; }"),
		"else if":           wrap(links, "if a then b else ", "c", ""),
		"functions":         wrap(links, "x: ", "x", ""),
		"formals":           wrap(links, "{ a }: ", "a", ""),
		"let chain":         wrap(links, "let a = 1; in ", "a", ""),
		"with chain":        wrap(links, "with a; ", "b", ""),
		"assert chain":      wrap(links, "assert a; ", "b", ""),
		"concatenation":     wrap(links, "a ++ ", "b", ""),
		"sum":               wrap(links, "a + ", "b", ""),
		"update":            wrap(links, "a // ", "b", ""),
		"implication":       wrap(links, "a -> ", "b", ""),
		"pipe":              wrap(links, "a |> ", "b", ""),
		"pipe back":         wrap(links, "a <| ", "b", ""),
		"application":       wrap(links, "f ", "x", ""),
		"selection":         wrap(links, "a.", "b", ""),
		"has attribute":     wrap(links, "", "a", " ? b"),
		"negation":          wrap(links, "!", "a", ""),
		"minus":             wrap(links, "-", "1", ""),
		"list elements":     "[ " + wrap(links, "a ", "", "") + "]",
		"attribute path":    "{ " + wrap(links, "a.", "b", "") + " = 1; }",
		"or as an argument": wrap(links, "", "f", " or"),
	} {
		if name == "or as an argument" {
			src = "f" + strings.Repeat(" a or", links)
		}
		assert.Empty(t, Parse(src).Errors(), name)
	}
	tree := Parse(wrap(maxDepth+1, "(", "1", ")"))
	require.Len(t, tree.Errors(), 1)
	assert.Equal(t, ast.ErrNesting, tree.Errors()[0].Kind)
}

package corpus

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// gaps returns the offsets in a text between tokens at which white space and a comment can stand: what Nix reads stays
// the same.
func gaps(text string) []int {
	tree := parser.Parse(text)
	inside := make([]bool, tree.NumTokens()+1) // by token: it goes on with the one before
	for i := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		switch n.Kind() {
		case ast.String, ast.IndString, ast.Path, ast.URI, ast.SearchPath, ast.Error:
			for tok := n.FirstToken().Next(); tok.IsValid() && tok.Start() < n.End(); tok = tok.Next() {
				inside[tok.Index()] = true
			}
		}
	}
	var out []int
	for i := 1; i < tree.NumTokens(); i++ {
		tok := tree.Token(i)
		if tok.Kind().IsTrivia() || tok.Kind() == ast.TokStray || tok.Prev().Kind().IsComment() || inside[i] {
			continue
		}
		at := int(tok.Start())
		if tok.Prev().Kind() == ast.TokSpace {
			at = int(tok.Prev().Start())
		}
		out = append(out, at)
	}
	with := text
	for i := len(out) - 1; i >= 0; i-- {
		with = with[:out[i]] + " /* */ " + with[out[i]:]
	}
	if !slices.Equal(significant(parser.Parse(with)), significant(tree)) {
		return nil
	}
	return out
}

func significant(tree *ast.Tree) []string {
	var out []string
	for i := range tree.NumTokens() {
		if tok := tree.Token(i); !tok.Kind().IsTrivia() {
			out = append(out, tok.Kind().String()+tok.Text())
		}
	}
	return out
}

// commented puts comments with numbers into some of the gaps of a text: in all ways in which they can stand there, or
// tidily, so that no line begins or ends that did not before.
func commented(r *rand.Rand, text string, gaps []int, every int, tidy bool) string {
	var b strings.Builder
	at, number := 0, 0
	for _, gap := range gaps {
		if r.IntN(every) != 0 {
			continue
		}
		b.WriteString(text[at:gap])
		at = gap
		number++
		indent := indentOf(text, gap)
		lineEnd := "\n" + indent + "  "
		rest := strings.TrimLeft(text[gap:], " \t")
		ends := strings.HasPrefix(rest, "\n")
		if ends {
			lineEnd = ""
		}
		switch way := r.IntN(6); {
		case tidy && ends && way < 3:
			fmt.Fprintf(&b, " # c%d", number)
		case tidy && ends:
			next := strings.TrimLeft(rest, " \t\n")
			if indent = indentOf(text, len(text)-len(next)); next != "" && strings.ContainsAny(next[:1], ")]}") {
				indent += "  "
			}
			fmt.Fprintf(&b, "\n%s# c%d", indent, number)
		case tidy:
			fmt.Fprintf(&b, " /* c%d */", number)
		case way == 0:
			fmt.Fprintf(&b, " # c%d%s", number, lineEnd)
		case way == 1:
			fmt.Fprintf(&b, "\n%s# c%d%s", indent, number, lineEnd)
		case way == 2:
			fmt.Fprintf(&b, "/*c%d*/", number)
		case way == 3:
			fmt.Fprintf(&b, "# c%d%s", number, lineEnd)
		case way == 4:
			fmt.Fprintf(&b, "\n\n%s# c%d%s", indent, number, lineEnd)
		default:
			fmt.Fprintf(&b, " /* c%d */ ", number)
		}
	}
	b.WriteString(text[at:])
	return untrailed(b.String())
}

// indentOf returns the blanks at the start of the line of an offset.
func indentOf(text string, at int) string {
	line := text[strings.LastIndexByte(text[:at], '\n')+1:]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// untrailed removes white space at the ends of lines, apart from those in strings.
func untrailed(text string) string {
	tree := parser.Parse(text)
	var b strings.Builder
	for i := range tree.NumTokens() {
		tok := tree.Token(i)
		s := tok.Text()
		if tok.Kind() == ast.TokSpace && strings.Contains(s, "\n") {
			lines := strings.Split(s, "\n")
			for i := range lines[:len(lines)-1] {
				lines[i] = ""
			}
			s = strings.Join(lines, "\n")
		}
		b.WriteString(s)
	}
	return b.String()
}

// layout is what can be wrong with the white space of a file, counted.
type layout struct {
	trailing int // line ends behind blanks
	blanks   int // places with more than one blank line in a row
	gaping   int // blank lines behind an opening bracket or before a closing one
	columns  int // elements or definitions that start lines in another column than the first one that does
	closers  int // closing brackets that start a line in another column than the line of the opening one
}

func layoutOf(text string) (l layout) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	tree := parser.Parse(text)
	for i := range tree.NumTokens() {
		tok := tree.Token(i)
		if tok.Kind() != ast.TokSpace {
			continue
		}
		lines := strings.Split(tok.Text(), "\n")
		for _, line := range lines[:len(lines)-1] {
			if line != "" {
				l.trailing++
			}
		}
		if len(lines) > 3 {
			l.blanks++
		}
		if len(lines) > 2 && (opening(tok.Prev()) || closing(tok.Next())) {
			l.gaping++
		}
	}
	column := func(n ast.Node) int { return int(n.Start()) - strings.LastIndexByte(text[:n.Start()], '\n') - 1 }
	starts := func(n ast.Node) bool {
		return strings.TrimLeft(text[strings.LastIndexByte(text[:n.Start()], '\n')+1:n.Start()], " \t") == ""
	}
	for i := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		switch n.Kind() {
		case ast.List, ast.AttrSet, ast.Bindings, ast.LegacyLet:
			first := -1
			for c := range n.Children() {
				switch {
				case !starts(c):
				case first < 0:
					first = column(c)
				case column(c) != first:
					l.columns++
				}
			}
			if closer := n.LastToken(); !n.Is(ast.Bindings) {
				line := text[strings.LastIndexByte(text[:n.Start()], '\n')+1:]
				indent := len(line) - len(strings.TrimLeft(line, " \t"))
				end := text[strings.LastIndexByte(text[:closer.Start()], '\n')+1 : closer.Start()]
				if strings.TrimLeft(end, " \t") == "" && len(end) != indent && n.End() > n.Start()+1 {
					l.closers++
				}
			}
		}
	}
	return l
}

func opening(tok ast.Token) bool {
	if !tok.IsValid() {
		return true
	}
	switch tok.Kind() {
	case ast.TokLBrace, ast.TokLBracket, ast.TokLParen, ast.TokLet:
		return true
	}
	return false
}

func closing(tok ast.Token) bool {
	if !tok.IsValid() {
		return true
	}
	switch tok.Kind() {
	case ast.TokRBrace, ast.TokRBracket, ast.TokRParen:
		return true
	}
	return false
}

// worse tells in what a layout is worse than it was, or returns "". Only where the text before is tidy, columns count.
func (l layout) worse(was layout, tidy bool) string {
	switch {
	case l.trailing > was.trailing:
		return "a line ends in white space"
	case tidy && l.blanks > was.blanks:
		return "there are two blank lines in a row"
	case tidy && l.gaping > was.gaping:
		return "a blank line stands at a bracket"
	case tidy && l.columns > was.columns:
		return "elements are not in one column"
	case tidy && l.closers > was.closers:
		return "a closing bracket is out of line"
	}
	return ""
}

// comments returns the comments of a text in order, in one spelling.
func comments(text string) []string {
	var out []string
	for c := range parser.Parse(text).Comments() {
		if s := strings.Join(strings.Fields(c.Text()), " "); !strings.Contains(s, "nixsift:") {
			out = append(out, s)
		}
	}
	return out
}

// glued returns two neighbouring definitions that a blank line keeps apart before a fix and not after it, or "". Where no
// blank line is gone, one has moved into a new set with the definitions that it stands between.
func glued(before, after string) string {
	if blankLines(after) >= blankLines(before) {
		return ""
	}
	was, is := seams(before), seams(after)
	for pair, apart := range was {
		if now, still := is[pair]; apart == always && still && now == never {
			return pair
		}
	}
	return ""
}

// blankLines counts the lines of a text that hold white space only.
func blankLines(text string) (n int) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			n++
		}
	}
	return n
}

// apart says whether a blank line stands between two definitions in all places where they follow each other.
type apart uint8

const (
	never apart = iota + 1
	sometimes
	always
)

// seams returns the pairs of definitions, by their texts, the second of which stands somewhere behind the first in a
// set or let with few of them.
func seams(text string) map[string]apart {
	out := map[string]apart{}
	tree := parser.Parse(text)
	for i := range tree.Records() {
		first := tree.Node(ast.NodeID(i))
		if !first.Is(ast.Binding) && !first.Is(ast.Inherit) {
			continue
		}
		blank := false
		for a, b := first, first.NextSibling(); b.IsValid(); a, b = b, b.NextSibling() {
			blank = blank || strings.Contains(text[a.End():b.Start()], "\n\n") || strings.Contains(text[a.End():b.Start()], "\n\r\n")
			pair, is := first.Text()+"\x00"+b.Text(), never
			if blank {
				is = always
			}
			if was := out[pair]; was != 0 && was != is {
				is = sometimes
			}
			out[pair] = is
		}
	}
	return out
}

// maxTried bounds how many findings of a rule in a file have their fixes tried.
const maxTried = 12

// TestLayout puts comments into the gaps of the rules' fixtures, in many ways, and applies each safe fix alone: all
// comments are there, once and in order, and the layout is no worse than before.
func TestLayout(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join(testenv.Root(t), "rules", "*", "testdata", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	var f faults
	var count counter
	inParallel(archives, 1, func(piece []string) {
		data, err := os.ReadFile(piece[0])
		require.NoError(t, err)
		x, err := fixture.Parse(data)
		require.NoError(t, err, piece[0])
		r := rand.New(rand.NewPCG(7, uint64(len(data))))
		dir := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(piece[0]), ".txtar"))
		texts, isTidy := map[string]string{}, map[string]bool{}
		for _, file := range x.Files {
			if filepath.Ext(file.Name) != ".nix" || len(file.Text) > 1<<14 {
				continue
			}
			wild, tidy := variants(r, file.Text)
			for i, text := range append(wild, tidy...) {
				path := filepath.Join(dir, fmt.Sprint(i), filepath.FromSlash(file.Name))
				texts[path], isTidy[path] = text, i >= len(wild)
			}
		}
		if len(texts) == 0 {
			return
		}
		files := slices.Sorted(maps.Keys(texts))
		res, err := engine.Check(t.Context(), fixing{t: t, fs: fixed(texts)}.options(files))
		require.NoError(t, err)
		tried := map[string]int{}
		for _, d := range res.Findings {
			if tried[d.File+d.Rule]++; tried[d.File+d.Rule] > maxTried {
				continue
			}
			for _, x := range d.Fixes {
				if x.Safety == diag.Safe {
					count.add("fixes", 1)
					layoutFix(&f, d, x, texts[d.File], isTidy[d.File])
				}
			}
		}
	})
	f.report(t)
	t.Logf("%d fixtures: %s", len(archives), count.String())
	assert.Greater(t, count.by["fixes"], 1000)
}

// variants returns a text with comments in some gaps, with each kind of line end and indented by tabs.
func variants(r *rand.Rand, text string) (wild, tidy []string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	at := gaps(text)
	dress := func(text string) []string {
		return []string{text, strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(text, "  ", "\t")}
	}
	tidy = dress(text)
	for _, every := range []int{1, 3, 8, 20} {
		wild = append(wild, dress(commented(r, text, at, every, false))...)
		wild = append(wild, strings.ReplaceAll(commented(r, text, at, every, false), "\n", "\r"))
		tidy = append(tidy, dress(commented(r, text, at, every, true))...)
	}
	return wild, tidy
}

func layoutFix(f *faults, d diag.Finding, x diag.Fix, text string, tidy bool) {
	after, ok := apply(text, x.Edits)
	if !ok {
		f.add("the edits of "+d.Rule+" overlap or leave the file", "%v", x)
		return
	}
	show := func() string { return difference(shown(after), shown(text)) }
	if !slices.Equal(comments(text), comments(after)) {
		f.add("a safe fix of "+d.Rule+" loses, repeats or moves a comment", "%s", show())
	}
	if len(rejections(text)) == 0 {
		if bad := violated(rules.Lookup(d.Rule).SafeFix, "/x/default.nix", text, after); bad != "" {
			f.add("a safe fix of "+d.Rule+" changes the meaning", "%s: %s", bad, show())
		}
	}
	if loneReturns(text) {
		return // nobody edits such files: all that counts is what Nix reads
	}
	if bad := layoutOf(after).worse(layoutOf(text), tidy); bad != "" {
		f.add("a safe fix of "+d.Rule+": "+bad, "%s", show())
	}
	if pair := glued(text, after); pair != "" {
		f.add("a safe fix of "+d.Rule+" joins paragraphs", "%s", show())
	}
}

// loneReturns reports whether lines end in carriage returns alone.
func loneReturns(text string) bool {
	return strings.Contains(text, "\r") && !strings.Contains(text, "\r\n")
}

// shown makes carriage returns visible.
func shown(text string) string { return strings.ReplaceAll(text, "\r", "␍") }

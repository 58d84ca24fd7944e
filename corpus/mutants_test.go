package corpus

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/nixprint"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// inserted are the tokens that mutants get.
var inserted = []string{
	"(", ")", "[", "]", "{", "}", ";", ":", ",", "@", "?", ".", "...", "=", "==", "!=", "<", ">", "<=", "&&", "||", "->", "//", "+", "-", "*", "/",
	"++", "!", "|>", "<|", "if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or", "x", "x.y", "1", "1.5", "\"s\"", "''s''", "\"", "''",
	"${", "./p", "./p/", "<p>", "a:b", "x:", "x: ", "{ }", "{ a }:", "$", "&", "/* ", "# ", "\\", "~/p", "-1", "${x}", "\"${x}\"", "\"a${\"b\"}\"",
}

// mutate changes a random token of src.
func mutate(r *rand.Rand, src string) string {
	tree := parser.Parse(src)
	var tokens []ast.Token
	for i := range tree.NumTokens() - 1 {
		if k := tree.Token(i); k.Kind() != ast.TokLineComment && k.Kind() != ast.TokBlockComment && (k.Kind() != ast.TokSpace || r.Intn(8) == 0) {
			tokens = append(tokens, k)
		}
	}
	if len(tokens) < 4 {
		return src + inserted[r.Intn(len(inserted))]
	}
	i := r.Intn(len(tokens) - 1)
	s, next := tokens[i].Span(), tokens[i+1].Span()
	before, text, after := src[:s.Start], s.Of(src), src[s.End:]
	switch r.Intn(8) {
	case 0, 1:
		return before + after
	case 2:
		return before + text + " " + text + after
	case 3:
		return before + next.Of(src) + src[s.End:next.Start] + text + src[next.End:]
	case 4, 5:
		return before + inserted[r.Intn(len(inserted))] + " " + text + after
	case 6:
		return before + inserted[r.Intn(len(inserted))] + after
	default:
		return src[:int(s.Start)+r.Intn(s.Len()+1)]
	}
}

var place = regexp.MustCompile(`at (/[^\n]*):(\d+):(\d+):?\n`)

// mutant is a changed file and what Nix says of it.
type mutant struct {
	src, dir string
	out      string // the normal form, if Nix accepts it
	message  string // else the first line of its error
	line     int    // where it is, or 0
}

// judge asks Nix about a text.
func judge(t *testing.T, nix, dir, src string) mutant {
	t.Helper()
	file := filepath.Join(dir, "t.nix")
	require.NoError(t, os.WriteFile(file, []byte(src), 0o600))
	out, messages, err := nixParse(nix, file)
	m := mutant{src: src, dir: dir, out: out}
	if err == nil {
		return m
	}
	if i := strings.Index(messages, "error: "); i >= 0 {
		messages = messages[i+len("error: "):]
	}
	m.message, _, _ = strings.Cut(messages, "\n")
	if p := place.FindStringSubmatch(messages); p != nil {
		m.line, _ = strconv.Atoi(p[2])
	}
	return m
}

// disagreement returns how the parser and Nix differ about a mutant, or "". Names are not the parser's
// business: what Nix rejects for them alone is well formed, and behind a duplicate it reads no further.
func disagreement(m mutant) string {
	tree := parseAsNix(m.src)
	errors := tree.Errors()
	switch {
	case m.out != "":
		if len(errors) > 0 {
			return "rejected, but Nix accepts it"
		}
		got := nixprint.Print(tree, nixprint.Options{Dir: m.dir, Home: os.Getenv("HOME")}) + "\n"
		if got != m.out {
			return "another normal form\n" + difference(got, m.out)
		}
		return ""
	case strings.HasPrefix(m.message, "undefined variable"):
		if len(errors) > 0 {
			return "rejected, but Nix reads it: " + m.message
		}
		return ""
	case strings.Contains(m.message, "already defined"), strings.HasPrefix(m.message, "duplicate formal"):
		return ""
	case m.message == "":
		return "" // Nix crashed
	case len(errors) == 0:
		return "accepted, but Nix says: " + m.message
	}
	if f := errors[0].Fix; len(errors) == 1 && f != nil && f.Sure {
		fixed := m.src[:f.Span.Start] + f.Text + m.src[f.Span.End:]
		if left := parser.Parse(fixed).Errors(); len(left) > 0 {
			return fmt.Sprintf("the fix %q leaves an error: %s", f.Title, left[0].Message)
		}
	}
	lines := source.NewLineIndex(tree.Source())
	for _, e := range errors {
		if lines.Line(e.Span.Start) <= m.line && m.line <= lines.Line(e.Span.End) {
			return ""
		}
	}
	if strings.HasPrefix(m.message, "dynamic attributes not allowed in let") {
		return "" // Nix names the let, the parser the attribute
	}
	return fmt.Sprintf("no error on line %d, where Nix says: %s", m.line, m.message)
}

// TestMutants breaks real files in small ways and compares the verdict, the place and the normal form with
// Nix.
func TestMutants(t *testing.T) {
	nix := testenv.Nix234(t)
	var files, odd []string // odd are Nix's own tests, which use the language to its edges
	for _, v := range oracle(t) {
		switch {
		case v.ok234 && strings.Contains(v.path, "/nix-lang-tests/"):
			odd = append(odd, v.path)
		case v.ok234:
			files = append(files, v.path)
		}
	}
	count := 150
	if takeAll() {
		count = 5000
	}
	seeds := make([]int64, count)
	for i := range seeds {
		seeds[i] = int64(i)
	}
	var errors, rejected atomic.Int64
	inParallel(seeds, 25, func(piece []int64) {
		dir := t.TempDir()
		for _, seed := range piece {
			r := rand.New(rand.NewSource(seed)) //nolint:gosec // mutants must be the same in each run
			pick := files
			if seed%4 == 0 {
				pick = odd
			}
			src := ""
			for src == "" || len(src) > 30_000 {
				data, err := os.ReadFile(pick[r.Intn(len(pick))])
				if err != nil {
					t.Error(err)
					return
				}
				src = string(data)
			}
			src = mutate(r, src)
			m := judge(t, nix, dir, src)
			if bad := disagreement(m); bad != "" {
				t.Errorf("mutant %d: %s\n%s", seed, bad, context(m))
			}
			if m.out == "" && m.message != "" {
				rejected.Add(1)
				errors.Add(int64(len(parser.Parse(src).Errors())))
			}
		}
	})
	t.Logf("%d mutants, %d rejected, %d errors", count, rejected.Load(), errors.Load())
}

// context shows the errors of a mutant, with the lines around them.
func context(m mutant) string {
	tree := parser.Parse(m.src)
	lines := source.NewLineIndex(m.src)
	var b strings.Builder
	shown := map[int]bool{}
	show := func(line int) {
		for i := max(1, line-1); i <= line+1 && i <= lines.Lines(); i++ {
			if !shown[i] {
				shown[i] = true
				fmt.Fprintf(&b, "%5d | %.160s\n", i, lines.LineSpan(i).Of(m.src))
			}
		}
	}
	if m.line > 0 {
		show(m.line)
	}
	for i, e := range tree.Errors() {
		if i == 5 {
			break
		}
		p := lines.Position(e.Span.Start)
		show(p.Line)
		fmt.Fprintf(&b, "  %d:%d %s\n", p.Line, p.Column, e.Message)
	}
	return b.String()
}

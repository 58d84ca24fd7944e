package shell

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestCorpus reads every CI file and shell script of the reference repositories: each parses, and each
// static word is what the file has at its place.
func TestCorpus(t *testing.T) {
	root := testenv.Shared(t, "corpus", "repos")
	files, commands, words := 0, 0, 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(root, file)
		require.NoError(t, err)
		_, rel, _ = strings.Cut(filepath.ToSlash(rel), "/")
		ci := IsCI(rel)
		if ext := filepath.Ext(file); !ci && ext != ".sh" && ext != ".bash" && ext != ".envrc" && ext != ".yml" && ext != ".yaml" {
			return nil
		}
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		text := string(data)
		var doc *Doc
		switch filepath.Ext(file) {
		case ".yml", ".yaml":
			doc = ReadCI(rel, text)
		default:
			doc = ReadScript(rel, text)
		}
		files++
		for _, p := range doc.Problems {
			t.Logf("%s: %v", file, p.Msg)
		}
		for _, s := range doc.Scripts {
			if s.Err != nil {
				t.Logf("%s:%d: %v", file, source.NewLineIndex(text).Line(s.Err.Span.Start), s.Err)
			}
		}
		for _, c := range doc.Commands() {
			commands++
			for _, w := range append([]Word{c.Word}, c.Args...) {
				words++
				checkWord(t, file, text, w)
			}
		}
		return nil
	})
	require.NoError(t, err)
	t.Logf("%d files, %d commands, %d words", files, commands, words)
}

// checkWord compares a word with the text at its place.
func checkWord(t *testing.T, file, text string, w Word) {
	t.Helper()
	at := w.Span.Of(text)
	where := source.NewLineIndex(text).Line(w.Span.Start)
	if !w.Quoted && w.Static {
		assert.Equal(t, w.Text, at, "%s:%d", file, where)
		return
	}
	squeeze := strings.NewReplacer("\\", "", "'", "", "\"", "", "\n", "", " ", "", "\r", "", "\t", "")
	if w.Static && !strings.Contains(at, "$'") {
		assert.Equal(t, squeeze.Replace(w.Text), squeeze.Replace(at), "%s:%d", file, where)
	}
	for i := range w.Text {
		if w.Via != "" { // may be joined from several assignments
			break
		}
		// every offset maps into the word
		s := w.At(i, i+1)
		require.True(t, w.Span.Covers(s), "%s:%d: %q %v %v", file, where, w.Text, w.Span, s)
	}
}

// TestCorpusScalars compares the scalars that are read here with what the YAML library makes of them.
func TestCorpusScalars(t *testing.T) {
	root := testenv.Shared(t, "corpus", "repos")
	scalars := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(file); err != nil || !d.Type().IsRegular() || ext != ".yml" && ext != ".yaml" {
			return err
		}
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, text := range []string{string(data), strings.ReplaceAll(string(data), "\n", "\r\n")} {
			y := parseYAML(strings.TrimRight(text, " \r\n") + "\n") // as tame does
			if len(y.problems) > 0 {
				t.Logf("%s: %v", file, y.problems)
			}
			for _, doc := range y.docs {
				inner := map[ast.Node]bool{} // of block scalars
				ast.Walk(visitor(func(n ast.Node) {
					if lit, ok := n.(*ast.LiteralNode); ok {
						inner[lit.Value] = true
					}
					s, ok := n.(ast.ScalarNode)
					if !ok || n.Type() == ast.NullType || n.Type() == ast.MergeKeyType {
						return
					}
					if inner[n] || n.Type() == ast.AnchorType || n.Type() == ast.AliasType || n.Type() == ast.TagType {
						return
					}
					got, ok := y.scalar(n)
					want := n.GetToken().Value
					if lit, isLit := s.(*ast.LiteralNode); isLit {
						want = lit.Value.Value
					}
					scalars++
					untab := strings.NewReplacer("\t", " ")
					if !ok || untab.Replace(got.text) != untab.Replace(want) {
						t.Errorf("%s:%d: %v %q, the library has %q", file, n.GetToken().Position.Line, ok, got.text, want)
					}
				}), doc)
			}
		}
		return nil
	})
	require.NoError(t, err)
	t.Logf("%d scalars", scalars)
}

type visitor func(ast.Node)

func (v visitor) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}

// TestCorpusOverrides holds the mentions of an option against the arguments that are found: what is not an
// argument is printed, matched as a pattern, or a comment.
func TestCorpusOverrides(t *testing.T) {
	const option = "--override-input"
	root := testenv.Shared(t, "corpus", "repos")
	mentions, found := 0, 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		ext := filepath.Ext(file)
		yml := ext == ".yml" || ext == ".yaml"
		if !yml && ext != ".sh" && ext != ".envrc" {
			return nil
		}
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		text := string(data)
		if !strings.Contains(text, option) {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		require.NoError(t, err)
		_, rel, _ = strings.Cut(filepath.ToSlash(rel), "/")
		doc := ReadScript(rel, text)
		if yml {
			doc = ReadCI(rel, text)
		}
		args := map[uint32]bool{}
		for _, c := range doc.Commands() {
			for _, w := range c.Args {
				if w.Text == option {
					args[w.Span.Start] = true
				}
			}
		}
		for at := 0; ; {
			i := strings.Index(text[at:], option)
			if i < 0 {
				return nil
			}
			at += i
			mentions++
			line := text[strings.LastIndexByte(text[:at], '\n')+1:]
			line = strings.TrimSpace(line[:lineLen(line)])
			if args[uint32(at)] {
				found++
			} else if !strings.HasPrefix(line, "echo") && !strings.HasPrefix(line, "#") && !strings.HasSuffix(line, ")") {
				t.Errorf("%s: not found: %s", file, line)
			}
			at += len(option)
		}
	})
	require.NoError(t, err)
	t.Logf("%d of %d mentions are arguments", found, mentions)
	assert.Positive(t, found)
}

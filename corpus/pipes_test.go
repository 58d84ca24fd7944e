package corpus

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// TestPipes writes each call in the rules' fixtures with both pipe operators, one at a time. Rules find no more then and little less,
// and what their fixes make can be parsed.
func TestPipes(t *testing.T) {
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
		dir := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(piece[0]), ".txtar"))
		texts, plain := map[string]string{}, map[string]string{}
		for k, file := range x.Files {
			if filepath.Ext(file.Name) != ".nix" || len(file.Text) > 1<<13 {
				continue
			}
			name := filepath.Join(dir, fmt.Sprint(k), "plain", filepath.FromSlash(file.Name)) // alone, as those with pipes
			texts[name] = file.Text
			for i, text := range piped(file.Text) {
				with := filepath.Join(dir, fmt.Sprint(k), fmt.Sprint(i), filepath.FromSlash(file.Name))
				texts[with], plain[with] = text, name
			}
		}
		if len(plain) == 0 {
			return
		}
		res, err := engine.Check(t.Context(), fixing{t: t, fs: fixed(texts)}.options(slices.Sorted(maps.Keys(texts))))
		require.NoError(t, err)
		found := map[string]map[string]int{}
		for _, d := range res.Findings {
			tally(found, d)
			for _, fix := range d.Fixes {
				text, ok := apply(texts[d.File], fix.Edits)
				if plain[d.File] != "" && ok && !slices.Contains(besideEachOther, d.Rule) && len(parser.Parse(text).Errors()) > len(parser.Parse(texts[d.File]).Errors()) {
					f.add("a fix of "+d.Rule+" breaks pipes", "%s", difference(text, texts[d.File]))
				}
			}
		}
		count.add("calls", len(plain))
		for with, name := range plain {
			for rule := range keysOf(found[with], found[name]) {
				n, want := found[with][rule], found[name][rule]
				switch {
				case rule == "useless-parens" || slices.Contains(besideEachOther, rule):
				case n < want:
					count.add("less", 1)
				case n > want:
					f.add(rule+" finds more with pipes", "%s", difference(texts[with], texts[name]))
				}
			}
		}
	})
	f.report(t)
	t.Logf("%d fixtures: %s", len(archives), count.String())
	assert.Greater(t, count.by["calls"], 1000)
	assert.Less(t, count.by["less"], 450, "so much is not found where pipes stand")
}

// besideEachOther are rules about what calls look like, a function with its argument right behind it.
var besideEachOther = []string{"not-a-function", "undefined-variable", "uri-like-lambda", "or-default-precedence", "or-list-ambiguity", "float-missing-exponent"}

// piped returns a text with each of its calls written with a pipe operator, one at a time.
func piped(text string) []string {
	tree := parser.Parse(text)
	errors := len(tree.Errors())
	var out []string
	for i := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		call, ok := ast.AsApply(n)
		if !ok || n.HasError() || !n.Is(ast.Apply) || call.Func().End() == call.Arg().Start() {
			continue // what stands together is hardly meant as a call
		}
		fn, arg := call.Func().Text(), call.Arg().Text()
		for _, pipe := range []string{"(" + arg + " |> " + fn + ")", "(" + fn + " <| " + arg + ")"} {
			with := text[:n.Start()] + pipe + text[n.End():]
			if len(parser.Parse(with).Errors()) == errors {
				out = append(out, with)
			}
		}
	}
	return out
}

// keysOf returns the keys of two maps.
func keysOf(a, b map[string]int) map[string]int {
	out := map[string]int{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

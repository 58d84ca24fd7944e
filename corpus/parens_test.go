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
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// TestParentheses puts each expression of the rules' fixtures in parentheses. Where useless-parens takes some away,
// no rule finds more than before.
func TestParentheses(t *testing.T) {
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
		texts := map[string]string{}
		for _, file := range x.Files {
			if filepath.Ext(file.Name) != ".nix" || len(file.Text) > 1<<13 {
				continue
			}
			for i, text := range parenthesized(file.Text) {
				texts[filepath.Join(dir, fmt.Sprint(i), filepath.FromSlash(file.Name))] = text
			}
		}
		if len(texts) == 0 {
			return
		}
		check := func(files map[string]string) []diag.Finding {
			res, err := engine.Check(t.Context(), fixing{t: t, fs: fixed(merged(texts, files))}.options(slices.Sorted(maps.Keys(files))))
			require.NoError(t, err)
			return res.Findings
		}
		with, without := map[string]map[string]int{}, map[string]map[string]int{}
		after := map[string]string{}
		for _, d := range check(texts) {
			if d.Rule != "useless-parens" {
				tally(with, d)
			} else if _, again := after[d.File]; !again && len(d.Fixes) > 0 {
				text, ok := apply(texts[d.File], d.Fixes[0].Edits)
				require.True(t, ok)
				after[d.File] = text
			}
		}
		if len(after) == 0 {
			return
		}
		count.add("fixed", len(after))
		for _, d := range check(after) {
			if d.Rule != "useless-parens" {
				tally(without, d)
			}
		}
		for file, text := range after {
			for rule, n := range without[file] {
				if n > with[file][rule] && !rules.Lookup(rule).ByTokens {
					f.add(rule+" finds more without useless parentheses", "%s", difference(text, texts[file]))
				}
			}
		}
	})
	f.report(t)
	t.Logf("%d fixtures: %s", len(archives), count.String())
	assert.Greater(t, count.by["fixed"], 1000)
}

// tally counts a finding by file and rule.
func tally(by map[string]map[string]int, d diag.Finding) {
	if by[d.File] == nil {
		by[d.File] = map[string]int{}
	}
	by[d.File][d.Rule]++
}

// parenthesized returns a text with each of its expressions in parentheses, one at a time.
func parenthesized(text string) []string {
	tree := parser.Parse(text)
	errors := len(tree.Errors())
	var out []string
	for i := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		switch n.Kind() {
		case ast.Ident, ast.Select, ast.List, ast.AttrSet, ast.String, ast.IndString, ast.Int, ast.Float, ast.Path, ast.SearchPath, ast.URI,
			ast.Apply, ast.Lambda, ast.Let, ast.If, ast.With, ast.Binary, ast.Unary, ast.HasAttr:
		default:
			continue
		}
		if n.HasError() || n.Parent().Is(ast.Attrpath) || n.Parent().Is(ast.Inherit) {
			continue
		}
		with := text[:n.Start()] + "(" + n.Text() + ")" + text[n.End():]
		if len(parser.Parse(with).Errors()) == errors {
			out = append(out, with)
		}
	}
	return out
}

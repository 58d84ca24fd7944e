package ast_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// TestNodeAt holds that the node at a span is what going down from the root finds.
func TestNodeAt(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	compare := func(text string, random int) {
		tree := parser.Parse(text)
		for i := range tree.Records() {
			s := tree.Node(ast.NodeID(i)).Span()
			require.Equal(t, ast.Descend(tree, s), tree.NodeAt(s), "%v in %s", s, text)
		}
		for range random {
			a, b := uint32(r.IntN(len(text)+1)), uint32(r.IntN(len(text)+1))
			s := source.Span{Start: min(a, b), End: max(a, b)}
			require.Equal(t, ast.Descend(tree, s), tree.NodeAt(s), "%v in %s", s, text)
		}
	}
	for _, text := range []string{
		"", "1", " 1 ", "{ }", "{ }: 1", "{ ... }: a", "x: { inherit; inherit (x) a b; }", "let in 1", "a.b.c or d", `"${a}b${""}"`, "''${a}''",
		"[ ]", "(((a)))", "a ++ b ++ c ++ d", "f a b c", "if a then b else if c then d else e", "{ a = ; }", "let a = ", "# c\n1 # d\n",
	} {
		compare(text, 50)
	}
	files := 0
	dir := filepath.Join(testenv.Shared(t, "corpus", "bench"), "nix-darwin")
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".nix") {
			return err
		}
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		if len(b) < 20_000 {
			files++
			compare(string(b), 20)
		}
		return nil
	}))
	require.Greater(t, files, 100)
}

package module

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// leastUnguarded is the share of modules whose guard is taken away that missing-mkif has to find.
const leastUnguarded = 0.9

// TestUnguarded takes the guard of the module's own enable option away from the modules of real trees: missing-mkif finds most of
// them then, and none as they are.
func TestUnguarded(t *testing.T) {
	trees := []string{"home-manager/modules", "nix-darwin/modules"}
	bare := t.TempDir()
	total := 0
	for _, tree := range trees {
		root := testenv.Shared(t, "corpus", "bench", filepath.FromSlash(tree))
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".nix" {
				return err
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			without, ok := withoutGuard(string(text))
			if !ok {
				return nil
			}
			rel, err := filepath.Rel(root, path)
			require.NoError(t, err)
			to := filepath.Join(bare, filepath.FromSlash(tree), rel)
			require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
			require.NoError(t, os.WriteFile(to, []byte(without), 0o644))
			total++
			return nil
		}))
		require.Empty(t, filesFound(t, root), tree)
	}
	found := filesFound(t, bare)
	require.Greater(t, total, 300)
	require.GreaterOrEqual(t, float64(len(found)), leastUnguarded*float64(total), "%d of %d modules", len(found), total)
	require.Empty(t, filesFound(t, testenv.Shared(t, "corpus", "bench", "nixvim")))
	t.Logf("%d of %d modules", len(found), total)
}

// filesFound returns the files with a finding of missing-mkif.
func filesFound(t *testing.T, root string) map[string]bool {
	e, err := engine.New(engine.Options{Paths: []string{root}, Only: []string{"missing-mkif"}})
	require.NoError(t, err)
	res, err := e.Repeat().Run(context.Background(), engine.Changed{Everything: true})
	require.NoError(t, err)
	files := map[string]bool{}
	for _, f := range res.Findings {
		files[f.File] = true
	}
	return files
}

// withoutGuard takes the calls of mkIf away whose condition is the enable option that the module declares itself, where they hold its
// whole config, or one of the parts that mkMerge joins there.
func withoutGuard(text string) (without string, ok bool) {
	tree := parser.Parse(text)
	f := module.AnalyzeFile(tree, sema.Resolve(tree))
	if f.Module == nil {
		return "", false
	}
	enable, off := ownEnable(f.Module, f.Module.Options())
	if off != surelyOff {
		return "", false
	}
	out, last := strings.Builder{}, uint32(0)
	for n := range tree.Root().Descendants() {
		call, is := ast.AsApply(n)
		if !is {
			continue
		}
		fn, args := ast.Call(n)
		if len(args) != 2 || ast.LastName(fn) != "mkIf" || strings.Join(f.Module.ConfigPath(args[0]), ".") != enable.Name() || !ofConfig(n) {
			continue
		}
		out.WriteString(text[last:n.Start()])
		last = call.Arg().Start()
	}
	out.WriteString(text[last:])
	return out.String(), last > 0
}

// ofConfig reports whether a call is the value of config, or one of a list that mkMerge joins there.
func ofConfig(n ast.Node) bool {
	up := n.OutsideParens().Parent()
	if up.Is(ast.List) {
		up = up.OutsideParens().Parent().OutsideParens().Parent()
	}
	for up.Is(ast.Let) || up.Is(ast.With) {
		up = up.OutsideParens().Parent()
	}
	b, ok := ast.AsBinding(up)
	return ok && b.Attrpath().IsSingle("config")
}

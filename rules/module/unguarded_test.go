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

// leastUnguarded is the share of modules whose guard is taken away that missing-mkif has to find, by tree. What is left has an enable that
// is declared elsewhere or on by default, or only definitions that do nothing as long as nobody sets the other options.
var leastUnguarded = map[string]float64{"home-manager/modules": 0.85, "nix-darwin/modules": 0.75, "nixvim": 0}

// leastOwn is that of those modules that declare the enable themselves, off by default.
const leastOwn = 0.9

// TestUnguarded takes the guards away from the modules of real trees whose config reads an enable option: missing-mkif finds most of
// them then, and none as they are.
func TestUnguarded(t *testing.T) {
	bare := t.TempDir()
	for tree, least := range leastUnguarded {
		root := testenv.Shared(t, "corpus", "bench", filepath.FromSlash(tree))
		to := filepath.Join(bare, filepath.FromSlash(tree))
		own := unguarded(t, root, to)
		require.Empty(t, filesFound(t, root), tree)
		found, foundOwn, all := filesFound(t, to), 0, 0
		for path, is := range own {
			if is {
				all++
				if found[path] {
					foundOwn++
				}
			}
		}
		t.Logf("%s: %d of %d modules, %d of %d with an enable of their own that is off", tree, len(found), len(own), foundOwn, all)
		require.Greater(t, len(own), 10)
		require.GreaterOrEqual(t, float64(len(found)), least*float64(len(own)))
		require.GreaterOrEqual(t, float64(foundOwn), leastOwn*float64(all))
	}
}

// unguarded writes the modules of a tree that have guards without them, and returns which of them declare the enable, off by default.
func unguarded(t *testing.T, root, to string) (own map[string]bool) {
	own = map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".nix" {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		without, declares, ok := withoutGuard(string(text))
		if !ok {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		require.NoError(t, err)
		at := filepath.Join(to, rel)
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		require.NoError(t, os.WriteFile(at, []byte(without), 0o644))
		own[at] = declares
		return nil
	}))
	return own
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

// withoutGuard takes the calls of mkIf away whose condition reads an enable option, where they hold the whole config of a module with
// options, or one of the parts that mkMerge joins there.
func withoutGuard(text string) (without string, own, ok bool) {
	if !strings.Contains(text, "options") {
		return "", false, false
	}
	tree := parser.Parse(text)
	f := module.AnalyzeFile(tree, sema.Resolve(tree))
	enable, off := module.Option{}, notOff
	if f.Module != nil {
		enable, off = ownEnable(f.Module, f.Module.Options())
	}
	out, last := strings.Builder{}, uint32(0)
	for n := range tree.Root().Descendants() {
		call, is := ast.AsApply(n)
		if !is {
			continue
		}
		fn, args := ast.Call(n)
		if len(args) != 2 || ast.LastName(fn) != "mkIf" || !strings.Contains(args[0].Text(), ".enable") || !ofConfig(n) {
			continue
		}
		own = own || off == surelyOff && strings.Join(f.Module.ConfigPath(args[0]), ".") == enable.Name()
		out.WriteString(text[last:n.Start()])
		last = call.Arg().Start()
	}
	out.WriteString(text[last:])
	return out.String(), own, last > 0
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

// Package arch holds the layers of the program as a table, and the test that keeps them.
package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

const module = "github.com/nixsift/nixsift"

// layers lists the packages from the lowest to the highest; a package may import those of earlier lines
// only, and of its own line none. A name that ends in /* stands for the packages below a folder: they do
// not import each other. Tests are free, but for rules/all.
//
// Do not change this table to mend a build: it is the design.
var layers = []string{
	"ast/source",
	"ast",
	"parser internal/near internal/version internal/diag internal/osfile internal/arena",
	"internal/attrs internal/modsys internal/systemd internal/fingerprint internal/libtable internal/secret internal/formatter",
	"internal/baseline",
	"ast/nixprint internal/sema",
	"internal/nixlang",
	"internal/comes",
	"internal/eval",
	"internal/git",
	"internal/workspace",
	"internal/flake internal/shell internal/config internal/watch internal/changes",
	"internal/fix internal/suppress internal/report internal/fixture internal/patch internal/rewrite",
	"internal/module internal/pattern",
	"internal/role",
	"internal/project",
	"internal/builders internal/query",
	"rules",
	"internal/custom",
	"internal/engine internal/inventory internal/migrate internal/githook internal/scaffold internal/inspect",
	"internal/ide internal/refactor",
	"rules/*",
	"rules/all",
	"lsp/protocol",
	"lsp",
	"cmd/* scripts/*",
}

// exceptions are packages that serve tests only and stand outside the layers.
var exceptions = map[string]bool{"internal/testenv": true, "internal/growth": true, "rules/ruletest": true, "internal/arch": true, "corpus": true, "lsp/lsptest": true, "internal/git/gittest": true, "internal/packaging": true}

func TestLayers(t *testing.T) {
	root := testenv.Root(t)
	level := map[string]int{}
	var globs []string
	for i, line := range layers {
		for _, p := range strings.Fields(line) {
			level[p] = i
			if strings.HasSuffix(p, "/*") {
				globs = append(globs, strings.TrimSuffix(p, "*"))
			}
		}
	}
	levelOf := func(pkg string) (int, bool) {
		if l, ok := level[pkg]; ok {
			return l, true
		}
		for _, g := range globs {
			if strings.HasPrefix(pkg, g) {
				return level[g+"*"], true
			}
		}
		return 0, false
	}
	for file, imports := range goImports(t, root) {
		pkg := filepath.ToSlash(filepath.Dir(file))
		test := strings.HasSuffix(file, "_test.go")
		if exceptions[pkg] {
			continue
		}
		own, ok := levelOf(pkg)
		if !ok {
			t.Errorf("%s: the package %s stands in no layer", file, pkg)
			continue
		}
		for _, imp := range imports {
			if imp == "rules/all" && !strings.HasPrefix(pkg, "cmd/") && !test {
				t.Errorf("%s: only commands and tests import rules/all", file)
			}
			if test {
				continue
			}
			if exceptions[imp] {
				t.Errorf("%s: imports %s, which is for tests", file, imp)
				continue
			}
			if l, ok := levelOf(imp); ok && l >= own {
				t.Errorf("%s: %s must not import %s", file, pkg, imp)
			}
		}
	}
}

// impure are the packages through which a rule would reach past what its pass tells it.
var impure = []string{
	"os", "os/exec", "io", "io/fs", "io/ioutil", "net", "net/http", "syscall", "math/rand", "math/rand/v2", "runtime", "embed",
	module + "/internal/workspace", module + "/internal/osfile", module + "/internal/engine",
}

// impureFuncs are functions of other packages that look at the disk or the clock.
var impureFuncs = map[string][]string{
	"filepath": {"Abs", "EvalSymlinks", "Glob", "Walk", "WalkDir", "Localize"},
	"time":     {"Now", "Since", "Until", "After", "Sleep", "Tick"},
}

// TestRulesArePure keeps rules from reading anything by themselves: what they know of other files comes through the pass.
func TestRulesArePure(t *testing.T) {
	root := testenv.Root(t)
	for file := range goImports(t, root) {
		pkg := filepath.ToSlash(filepath.Dir(file))
		if !strings.HasPrefix(pkg, "rules/") || exceptions[pkg] || strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, 0)
		require.NoError(t, err)
		for _, imp := range f.Imports {
			if p, _ := strconv.Unquote(imp.Path.Value); slices.Contains(impure, p) || strings.HasPrefix(p, "go/") {
				t.Errorf("%s imports %s: a rule is pure", file, p)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(impureFuncs[x.Name], sel.Sel.Name) {
					t.Errorf("%s uses %s.%s: a rule is pure", file, x.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestFamiliesAreApart keeps families of rules from importing each other, tests included.
func TestFamiliesAreApart(t *testing.T) {
	for file, imports := range goImports(t, testenv.Root(t)) {
		pkg := filepath.ToSlash(filepath.Dir(file))
		if !strings.HasPrefix(pkg, "rules/") || pkg == "rules/all" {
			continue
		}
		for _, imp := range imports {
			if strings.HasPrefix(imp, "rules/") && imp != "rules/ruletest" {
				t.Errorf("%s imports %s", file, imp)
			}
		}
	}
}

// TestAllImportsEveryFamily keeps rules/all complete.
func TestAllImportsEveryFamily(t *testing.T) {
	all := map[string][]string{}
	families := map[string]bool{}
	for file, imports := range goImports(t, testenv.Root(t)) {
		pkg := filepath.ToSlash(filepath.Dir(file))
		all[pkg] = append(all[pkg], imports...)
		if strings.HasPrefix(pkg, "rules/") && pkg != "rules/all" && pkg != "rules/ruletest" {
			families[pkg] = true
		}
	}
	for f := range families {
		require.True(t, slices.Contains(all["rules/all"], f), "rules/all does not import %s", f)
	}
}

// goImports returns the imports of each Go file that lie in this module, relative to it.
func goImports(t *testing.T, root string) map[string][]string {
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		out[rel] = []string{}
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if sub, ok := strings.CutPrefix(p, module+"/"); ok {
				out[rel] = append(out[rel], sub)
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, out)
	return out
}

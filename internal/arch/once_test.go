package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// homes are texts that only the package which answers for what they are about writes in full: who needs them elsewhere
// asks it.
var homes = map[string]string{
	// Lists of modules, exports and namespaces of options.
	"sharedModules": "internal/modsys", "extraModules": "internal/modsys", "baseModules": "internal/modsys",
	"homeManagerModules": "internal/modsys", "swapDevices": "internal/modsys", "xsession": "internal/modsys", "zramSwap": "internal/modsys",
	// nixpkgs and its lib.
	"<nixpkgs>": "internal/nixlang", "<nixpkgs/lib>": "internal/nixlang", "nixpkgs-": "internal/nixlang",
	// What takes modules.
	"submoduleWith": "internal/module", "deferredModuleWith": "internal/module",
}

// alsoWrite are files that write some of these texts for another reason.
var alsoWrite = map[string][]string{
	"rules/flake/flake_function_argument.go": {"extraModules", "baseModules"}, // arguments of functions that make systems
	"rules/traps/nixpkgs.go":                 {"submoduleWith"},               // functions by their number of arguments
}

// types are names of types that stand for one concept, with the one package that declares them.
var types = map[string]string{"Edit": "internal/diag", "Class": "internal/modsys", "Namespace": "internal/modsys"}

// TestOnePlace keeps what many packages know in one of them.
func TestOnePlace(t *testing.T) {
	eachGoFile(t, func(file string, tree *ast.File, fset *token.FileSet) {
		pkg := path.Dir(file)
		if exceptions[pkg] || strings.HasPrefix(pkg, "scripts/") || strings.HasSuffix(file, "_test.go") || file == "internal/libtable/table.go" {
			return
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				text, err := strconv.Unquote(n.Value)
				if n.Kind != token.STRING || err != nil {
					break
				}
				for word := range strings.FieldsSeq(text) {
					if home := homes[word]; home != "" && home != pkg && !slices.Contains(alsoWrite[file], word) {
						t.Errorf("%s: %q is for %s to know", fset.Position(n.Pos()), word, home)
					}
				}
			case *ast.TypeSpec:
				if home := types[n.Name.Name]; home != "" && home != pkg {
					t.Errorf("%s: the type %s stands in %s", fset.Position(n.Pos()), n.Name.Name, home)
				}
			case *ast.RangeStmt:
				if pkg != "ast" && keepsLast(n) {
					t.Errorf("%s: ask the attribute path for its Last or LastTwo", fset.Position(n.Pos()))
				}
			}
			return true
		})
	})
}

// keepsLast reports whether a loop over the parts of an attribute path does nothing but keep the last ones.
func keepsLast(loop *ast.RangeStmt) bool {
	call, ok := loop.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	children, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || children.Sel.Name != "Children" {
		return false
	}
	of, ok := children.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	if sel, ok := of.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Attrpath" {
		return false
	}
	return len(loop.Body.List) > 0 && !slices.ContainsFunc(loop.Body.List, func(s ast.Stmt) bool {
		assign, ok := s.(*ast.AssignStmt)
		return !ok || slices.ContainsFunc(assign.Rhs, appends)
	})
}

func appends(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	name, ok := call.Fun.(*ast.Ident)
	return ok && name.Name == "append"
}

// TestPackageNames holds that a package is called as its folder is.
func TestPackageNames(t *testing.T) {
	eachGoFile(t, func(file string, tree *ast.File, _ *token.FileSet) {
		name := strings.TrimSuffix(tree.Name.Name, "_test")
		if name != "main" && name != path.Base(path.Dir(file)) {
			t.Errorf("%s: the package is called %s", file, name)
		}
	})
}

// TestKeepsLast holds keepsLast to loops that are right and such that are not.
func TestKeepsLast(t *testing.T) {
	for body, want := range map[string]bool{
		"last = part":                            true,
		"last, _ = ast.AttrName(part)":           true,
		"before, last = last, part":              true,
		"names = append(names, part)":            false,
		"if part.IsValid() { last = part }":      false,
		"last = part; if last.IsValid() { f() }": false,
		"":                                       false,
	} {
		e, err := parser.ParseExpr("func() { for part := range s.Attrpath().Children() { " + body + " } }")
		require.NoError(t, err)
		loop := e.(*ast.FuncLit).Body.List[0].(*ast.RangeStmt)
		require.Equal(t, want, keepsLast(loop), body)
	}
}

// eachGoFile parses the Go files of the module; file is relative to its root, with slashes.
func eachGoFile(t *testing.T, yield func(file string, tree *ast.File, fset *token.FileSet)) {
	root, seen := testenv.Root(t), 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(p, ".go"):
			return nil
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		seen++
		yield(filepath.ToSlash(rel), tree, fset)
		return err
	})
	require.NoError(t, err)
	require.NotZero(t, seen)
}

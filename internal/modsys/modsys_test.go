package modsys_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/parser"
)

func TestListed(t *testing.T) {
	for text, want := range map[string]struct {
		name   string
		direct bool
	}{
		`{ imports = [ ./here ]; }`:                                 {"imports", true},
		`{ home-manager.sharedModules = ([ ./here ]); }`:            {"sharedModules", true},
		`{ imports = [ ./a ] ++ [ ./here ] ++ x; }`:                 {"imports", true},
		`{ imports = [ ./a ] ++ lib.optionals c [ ./here ]; }`:      {"imports", true},
		`{ modules = if c then [ ./here ] else [ ]; }`:              {"modules", true},
		`{ modules = let x = 1; in with x; assert c; [ ./here ]; }`: {"modules", true},
		`{ imports = map f [ ./here ]; }`:                           {"imports", false},
		`{ imports = map f (lib.optional c [ ./here ]); }`:          {"imports", false},
		`let commonModules = [ ./here ]; in commonModules`:          {"commonModules", true},
		`{ imports = if [ ./here ] == x then y else z; }`:           {"", false},
		`{ imports = let x = [ ./here ]; in x; }`:                   {"", false},
		`{ packages = [ ./here ]; }`:                                {"", false},
		`{ imports.x = [ ./here ]; }`:                               {"", false},
		`{ modules = { x = [ ./here ]; }; }`:                        {"", false},
		`{ imports = [ ./here ] == x; }`:                            {"", false},
		`{ imports = x: [ ./here ]; }`:                              {"", false},
	} {
		var list ast.Node
		for n := range parser.Parse(text).Root().Descendants() {
			if n.Is(ast.Path) && n.Text() == "./here" {
				list = n.Parent()
			}
		}
		require.True(t, list.Is(ast.List), text)
		name, direct := modsys.Listed(list)
		require.Equal(t, want.name, name, text)
		require.Equal(t, want.direct, name != "" && direct, text)
	}
}

func TestExports(t *testing.T) {
	require.True(t, modsys.IsExport("nixosModules"))
	require.False(t, modsys.IsExport("nixosModule"))
	require.True(t, modsys.IsExportOfOne("homeManagerModule"))
	require.False(t, modsys.IsExportOfOne("nixosModules"))
	require.False(t, modsys.IsExportOfOne("someModule"))
	require.False(t, modsys.IsExportOfOne("Module"))
}

func TestClassNamed(t *testing.T) {
	require.Equal(t, modsys.HomeManager, modsys.ClassNamed("homeManager"))
	require.Empty(t, modsys.ClassNamed("home"))
	require.Empty(t, modsys.ClassNamed(""))
}

// TestListedIsLinear holds that asking for each list of a long concatenation does not take quadratic time.
func TestListedIsLinear(t *testing.T) {
	growth.Time(t, "a concatenation", 4000, func(n int) func() {
		root := parser.Parse("{ imports = a" + strings.Repeat(" ++ [ ]", n) + "; }").Root()
		return func() {
			for node := range root.Descendants() {
				if node.Is(ast.List) {
					modsys.Listed(node)
				}
			}
		}
	})
}

package project

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// TestRaise collects what files say from their text, which parses few of them, and from their trees, all kinds, and
// compares. The text is overwritten behind it: facts do not refer to it.
func TestRaise(t *testing.T) {
	dir := testenv.Shared(t, "corpus", "bench")
	var r factReader
	said, silent := 0, 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".nix") {
			return err
		}
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		text := string(b)
		for _, text := range []string{text, text[:len(text)/2]} { // half a file has errors
			tree := parser.Parse(text)
			modules := func() *module.File { return module.AnalyzeFile(tree, sema.Resolve(tree)) }
			want := saidBy(tree, modules, Everything)
			buf := []byte(text)
			got := r.said(unsafe.String(unsafe.SliceData(buf), len(buf)), Everything)
			clear(buf)
			if len(tree.Errors()) == 0 && !reflect.DeepEqual(want, got) {
				t.Errorf("%s: %v, want %v", path, got, want)
			}
			if noted := saidByTree(tree, modules, Everything); !reflect.DeepEqual(noted, got) {
				t.Errorf("%s: noted as %v, read as %v", path, noted, got)
			}
			if got == nil {
				silent++
			} else {
				said++
			}
		}
		return nil
	}))
	assert.Greater(t, said, 1000)
	assert.Greater(t, silent, 1000)
}

// TestRaised has tokens that raise kinds, and their neighbours that do not.
func TestRaised(t *testing.T) {
	var ps parser.Parser
	for text, want := range map[string][]int{
		`./a.nix`: {references.slot, steps.slot}, `import ./.`: {references.slot, steps.slot}, `../..`: {references.slot, steps.slot},
		`./${x}/a`: {references.slot, steps.slot}, `self + x`: {steps.slot, rebound.slot}, `"self"`: {steps.slot, rebound.slot}, `itself`: nil, `inputs.a`: {rebound.slot, changedLib.slot}, `input`: nil,
		`"./a.nix"`: nil, `# ./a.nix`: nil, `<nixpkgs>`: nil, `{ url = "https://a.b/c"; }`: {modules.slot},
		`x.override { }`: {passed.slot}, `x."override"`: {passed.slot}, `callPackages`: {passed.slot, ownCallPackage.slot}, `final: x`: {overlaid.slot}, `"prev"`: {overlaid.slot}, `previous`: nil, `overrides`: nil, `xcallPackage`: nil,
		`{ extraSpecialArgs = 1; }`: {moduleArgs.slot, argsOfModules.slot, modules.slot}, `{ specialArgs = 1; }`: {moduleArgs.slot, argsOfModules.slot, modules.slot}, `specialArg`: nil, `extraArgs`: {moduleArgs.slot, argsOfModules.slot},
		`builtins.scopedImport`: {scopes.slot}, `"scoped import"`: nil, `{ extra-substituters = [ ]; }`: {caches.slot, modules.slot}, `{ fold = 1; }`: {ownDeprecated.slot, modules.slot},
		`{ lib = 1; }`: {changedLib.slot, modules.slot}, `{ inputs.a.url = "snowfall"; }`: {changedLib.slot, rebound.slot, modules.slot}, `{ "outputs" = 1; }`: {changedLib.slot, modules.slot}, `liba`: nil,
		`foldr`: nil, `config.a`: {modules.slot, passedOptions.slot}, `a == b`: nil, `let inherit (x) configs; in a`: nil, `""`: nil, `''override''`: nil, `"a${b}override"`: nil,
	} {
		var set Facts
		for _, slot := range want {
			set |= 1 << slot
		}
		assert.Equal(t, set, raisedBy(ps.Lex(text), Everything), "%s", text)
		for slot := range kinds {
			assert.Equal(t, set&(1<<slot), raisedBy(ps.Lex(text), 1<<slot), "%s, of one kind", text)
		}
	}
}

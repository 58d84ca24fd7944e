package module

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// optionTypes are types whose options get each of optionValues.
var optionTypes = strings.Split(`bool|boolByOr|int|float|number|port|str|nonEmptyStr|singleLineStr|lines|commas|envVar|path|package|attrs|anything|
	nullOr int|nullOr (listOf str)|either int str|either bool (listOf int)|oneOf [ int str (attrsOf int) ]|enum [ 1 2 ]|enum [ "a" 1 ]|enum [ ]|listOf str|
	nonEmptyListOf anything|attrsOf int|lazyAttrsOf anything|functionTo int|uniq str|unique { message = ""; } int|addCheck int (x: x > 0)|
	coercedTo int toString str|coercedTo str (x: [ x ]) (listOf str)|coercedTo (listOf int) builtins.length (nullOr int)|nullOr (coercedTo bool (x: 1) int)|
	ints.unsigned|ints.positive|ints.between 1 3|ints.u8|ints.s8|numbers.between 1 3|numbers.positive|strMatching "[a-z]+"|separatedString " "|
	passwdEntry str|submodule { }|submodule { freeformType = attrsOf anything; }|attrsOf (submodule { })|nullOr (submodule { })|pathInStore|raw|unspecified`, "|")

var optionValues = `1 2 (-3) 1.5 true false null "" "a" "a b" (toString ./v.nix) ./v.nix [ ] [ "a" ] [ 1 ] { } { a = 1; } (x: 1)
	{ type = "derivation"; name = "x"; outPath = "/nix/store/00000000000000000000000000000000-x"; } { outPath = "/x"; }`

// TestValueKinds has the real module system evaluate options of many types with many values: what comes of them is of the kinds that
// the type is said to have.
func TestValueKinds(t *testing.T) {
	nix := testenv.Nix234(t)
	dir := t.TempDir()
	types := optionTypes
	expr := fmt.Sprintf(`let
  lib = import %s;
  values = [ %s ];
  kinds = type: map (v: let
    q = (lib.evalModules { modules = [ { options.q = lib.mkOption { inherit type; }; config.q = v; } ]; }).config.q;
    r = builtins.tryEval (builtins.typeOf q);
  in if r.success then r.value else "") values;
in with lib.types; map kinds [ (%s) ]`, testenv.Shared(t, "corpus", "nixpkgs-lib", "lib"), optionValues, strings.Join(types, ") ("))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "v.nix"), []byte("{ }"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "kinds.nix"), []byte(expr), 0o644))
	out, err := exec.Command(nix, "--eval", "--strict", "--json", filepath.Join(dir, "kinds.nix")).CombinedOutput()
	require.NoError(t, err, string(out))
	var kinds [][]string
	require.NoError(t, json.Unmarshal(out, &kinds))
	of := map[string]eval.Kinds{
		"int": eval.Int, "float": eval.Float, "bool": eval.Bool, "null": eval.Null, "string": eval.String, "path": eval.Path, "list": eval.List,
		"set": eval.Set, "lambda": eval.Function,
	}
	known, seen := 0, 0
	for i, text := range types {
		tree := parser.Parse("{ lib }: with lib.types; (" + text + ")")
		f := module.AnalyzeFile(tree, sema.Resolve(tree))
		typ := f.Type(tree.Expr().Child(1).Child(1))
		said := typ.ValueKinds()
		if said == 0 {
			continue
		}
		known++
		for _, kind := range kinds[i] {
			if kind != "" {
				seen++
			}
			require.True(t, kind == "" || said&of[kind] != 0, "%s has %s", text, kind)
		}
	}
	require.Greater(t, known, 30)
	require.Greater(t, seen, 150)
}

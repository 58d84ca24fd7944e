package engine_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	_ "github.com/nixsift/nixsift/rules/all"
)

// TestRoots checks two repositories side by side, one with another inside it and a file above them, that ask about each
// other: in one run each file has the findings that it has alone.
func TestRoots(t *testing.T) {
	pkg := "{ lib, stdenv, extra }:\n\nstdenv.mkDerivation { pname = \"x\"; version = lib.version; }\n"
	dir := testenv.Tree(t, map[string]string{
		"above.nix":           "{ up }: up\n",
		"one/flake.nix":       "{ inputs.two.url = \"path:../two\"; inputs.two.inputs.none.follows = \"two\"; outputs = _: import ../two/lib.nix { one = 1; }; }\n",
		"one/pkg.nix":         pkg,
		"one/call.nix":        "{ callPackage }: { a = callPackage ./pkg.nix { extra = 1; }; b = import ../above.nix { down = 1; }; c = import ./in/lib.nix { x = 1; }; }\n",
		"one/m.nix":           "{ tools, ... }: { imports = [ tools.m ]; }\n",
		"one/in/flake.nix":    "{ outputs = _: { }; }\n",
		"one/in/lib.nix":      "{ inner }: import ../../two/set.nix { }\n",
		"one/in/nixsift.toml": "[rules]\ncall-argument-mismatch = \"info\"\n",
		"two/flake.nix":       "{ outputs = _: { x = nixosSystem { specialArgs = { inherit tools; }; }; }; }\n",
		"two/lib.nix":         "{ two }: (import ./set.nix).first + (import ../one/in/lib.nix { }).x\n",
		"two/set.nix":         "{ frist = 1; }\n",
		"two/pkg.nix":         pkg,
		"two/m.nix":           "{ tools, ... }: { imports = [ tools.m ]; }\n",
	})
	for _, repo := range []string{"one", "one/in", "two"} {
		for _, args := range [][]string{{"init", "-q"}, {"add", "."}} {
			out, err := gittest.Command(t, filepath.Join(dir, repo), args...).CombinedOutput()
			require.NoError(t, err, "%s", out)
		}
	}
	opts := engine.Options{}
	find := func(paths ...string) map[string][]string {
		for i, p := range paths {
			paths[i] = filepath.Join(dir, filepath.FromSlash(p))
		}
		opts.Paths = paths
		res, err := engine.Check(context.Background(), opts)
		require.NoError(t, err)
		require.Empty(t, res.Errors)
		found := map[string][]string{}
		for _, f := range res.Findings {
			name, err := filepath.Rel(dir, f.File)
			require.NoError(t, err)
			name = filepath.ToSlash(name)
			found[name] = append(found[name], fmt.Sprintf("%s %s: %s", f.Severity, f.Rule, f.Message))
		}
		return found
	}
	all := find("one", "two", "above.nix")
	for name, want := range map[string]string{
		"one/flake.nix":  "error call-argument-mismatch: `../two/lib.nix` takes no argument `one`: the call fails",
		"one/call.nix":   "warning call-argument-mismatch: `../above.nix` takes no argument `down`: the call fails where it is evaluated",
		"one/in/lib.nix": "info call-argument-mismatch: `../../two/set.nix` is a set and no function: the call fails",
		"two/lib.nix":    "error import-unknown-attr: `set.nix` has no attribute `first`: evaluating this fails",
		"two/pkg.nix":    "warning unused-lambda-formal: `extra` is never used",
	} {
		assert.Contains(t, all[name], want, name)
	}
	assert.NotContains(t, all["one/pkg.nix"], "warning unused-lambda-formal: `extra` is never used", "what the neighbour calls is not what is here")
	for name := range all {
		assert.Equal(t, all[name], find(name)[name], "%s alone", name)
	}
	opts = opts.Together(1)
	assert.Equal(t, all, find("one", "two", "above.nix"), "one project after the other")
	one, two := find("one"), find("two")
	for name, found := range all {
		if name != "above.nix" {
			assert.Equal(t, found, append(one[name], two[name]...), name)
		}
	}
}

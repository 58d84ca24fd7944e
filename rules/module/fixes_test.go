package module

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/testenv"
)

// meant are modules with a mistake that a rule mends, and what they were meant to say. Those with same set evaluate to that as they are, too; those with
// loses evaluate to something else.
var meant = []struct {
	rule, module, meant string
	same, loses         bool
}{
	{rule: byIf, module: `{ config, lib, ... }: { config = if config.on.enable then { y = 1; out = [ config.on.name ]; } else { }; }`, meant: `{ y = 1; out = [ "y" ]; }`},
	{rule: byIf, module: `{ config, lib, ... }: { config = if config.on.name == "z" then { y = 1; } else { }; }`, meant: `{ }`},
	{rule: byIf, module: `{ config, lib, ... }: if config.on.enable || false then { y = 1; } else { }`, meant: `{ y = 1; }`},
	{rule: byIf, module: `{ config, lib, pkgs, ... }: { config = lib.mkMerge [ { z = 2; } (if pkgs.stdenv.isLinux then { y = 1; } else { }) ]; }`, meant: `{ y = 1; z = 2; }`},
	{rule: byIf, module: `{ config, lib, ... }: with lib; { config = if config.on.enable then mkMerge [ { y = 1; } { z = 2; } ] else { }; }`, meant: `{ y = 1; z = 2; }`},
	{rule: byIf, module: `{ config, lib, ... }: { y = 1; } // (if config.on.enable then { z = 2; } else { })`, meant: `{ y = 1; z = 2; }`},
	{rule: byIf, module: `{ config, lib, ... }: { config = (if config.on.name == "z" then { z = 2; } else { }) // { y = 1; }; }`, meant: `{ y = 1; }`},
	{rule: byUpdate, module: `{ config, lib, ... }: { config = lib.optionalAttrs config.on.enable { y = 1; }; }`, meant: `{ y = 1; }`},
	{rule: byUpdate, module: `{ config, lib, ... }: { config = { z = 2; } // lib.optionalAttrs config.on.enable { y = 1; }; }`, meant: `{ y = 1; z = 2; }`},
	{rule: byUpdate, module: `{ config, lib, ... }: { y = 1; } // lib.optionalAttrs (config.on.name != "y") { z = 2; }`, meant: `{ y = 1; }`},
	{
		rule:   byUpdate,
		module: "{ config, lib, ... }: {\n  config = {\n    y = 1;\n  }\n  // lib.optionalAttrs config.on.enable {\n    tree.a = ''\n      a\n\n        b\n      '';\n  }\n  // lib.optionalAttrs (!config.on.enable) { z = 2; }\n  // { out = [ \"o\" ]; };\n}\n",
		meant:  `{ y = 1; tree.a = "a\n\n  b\n"; out = [ "o" ]; }`,
	},
	{rule: byUpdate, module: `{ config, lib, ... }: { config = ({ y = 1; } // lib.optionalAttrs config.on.enable { z = 2; }) // { out = [ "o" ]; }; }`, meant: `{ y = 1; z = 2; out = [ "o" ]; }`},
	{rule: byUpdate, module: `{ config, lib, ... }: { config = lib.mkMerge [ { y = 1; } (lib.optionalAttrs config.on.enable { z = 2; }) ]; }`, meant: `{ y = 1; z = 2; }`},
	{rule: byUpdate, module: `{ config, lib, ... }: { config = lib.mkIf config.on.enable (lib.optionalAttrs (config.on.name == "y") { z = 2; }); }`, meant: `{ z = 2; }`},
	{rule: byUpdate, module: `{ config, lib, ... }: let more = lib.optionalAttrs config.on.enable { z = 2; }; in { config = { y = 1; } // more; }`, meant: `{ y = 1; z = 2; }`},
	{rule: byUpdate, module: `{ config, lib, ... }: let more = lib.optionalAttrs config.on.enable { z = 2; }; in { config = more; }`, meant: `{ z = 2; }`},
	{rule: byUpdate, module: `{ config, lib, ... }: let more = lib.optionalAttrs (!config.on.enable) { z = 2; }; in { config = lib.mkMerge [ { y = 1; } more ]; }`, meant: `{ y = 1; }`},
	{rule: "mkif-merged-with-update", module: `{ config, lib, ... }: { config = { y = 1; } // lib.mkIf config.on.enable { z = 2; }; }`, meant: `{ y = 1; z = 2; }`, loses: true},
	{rule: "mkif-merged-with-update", module: `{ config, lib, ... }: { tree = lib.mkIf config.on.enable { a = 1; } // { b = 2; }; }`, meant: `{ tree = { a = 1; b = 2; }; }`, loses: true},
	{rule: "mkif-merged-with-update", module: `{ config, lib, ... }: { tree = { a = 1; } // { c = 3; } // lib.mkMerge [ { b = 2; } ]; }`, meant: `{ tree = { a = 1; b = 2; c = 3; }; }`, loses: true},
	{rule: "mkif-merged-with-update", module: `{ config, lib, ... }: { tree = { a = 1; } // lib.mkIf (!config.on.enable) { b = 2; }; }`, meant: `{ tree.a = 1; }`, loses: true},
	{rule: "redundant-import-call", module: `{ lib, ... }: { imports = [ (import ./lazy.nix) (import ./leaf.nix) ]; y = 1; }`, meant: `{ y = 1; out = [ "y" ]; }`, same: true},
	{rule: "redundant-import-call", module: `{ lib, ... }: { imports = [ { z = 1; } ] ++ lib.optional true (import ./y.nix) ++ [ (import ./lazy.nix) ]; }`, meant: `{ z = 1; out = [ "y" ]; }`, same: true},
}

// TestFixesEvaluate holds against the module system that what fixes make of modules evaluates, and to what was meant.
func TestFixesEvaluate(t *testing.T) {
	nix := testenv.Nix234(t)
	lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	var rows strings.Builder
	for i, row := range meant {
		dir := writeModule(t, row.module)
		file := filepath.Join(dir, "module.nix")
		out, err := engine.Fix(context.Background(), engine.Options{Paths: []string{file}, Only: []string{row.rule}}, fix.AlsoUnsafe)
		require.NoError(t, err)
		require.Contains(t, out.Texts, file, "row %d: nothing is fixed: %s", i, row.module)
		fixed := filepath.Join(dir, "fixed.nix")
		require.NoError(t, os.WriteFile(fixed, []byte(out.Texts[file]), 0o644))
		ok := fmt.Sprintf("config %s == wanted", fixed)
		switch {
		case row.same:
			ok += fmt.Sprintf(" && config %s == wanted", file)
		case row.loses:
			ok += fmt.Sprintf(" && config %s != wanted", file)
		}
		fmt.Fprintf(&rows, "(let config = module: removeAttrs (evaluated %s module) [ \"_module\" ]; wanted = config (%s); in if %s then true else throw \"row %d\")\n", dir, row.meant, ok, i)
	}
	dir := t.TempDir()
	expr := fmt.Sprintf(`let
  lib = import %s;
  evaluated = dir: module: (lib.evalModules { specialArgs = { special = true; }; modules = [ module (dir + "/base.nix") ]; }).config;
in builtins.all (x: x) [ %s ]
`, lib, rows.String())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.nix"), []byte(expr), 0o644))
	out, err := exec.Command(nix, "--eval", filepath.Join(dir, "all.nix")).CombinedOutput()
	require.NoError(t, err, lastLines(string(out)))
	require.Equal(t, "true", strings.TrimSpace(string(out)))
}

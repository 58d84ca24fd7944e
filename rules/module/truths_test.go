package module

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
)

const (
	inImports = "config-in-imports"
	usePkgs   = "imports-use-pkgs"
	mkIfThere = "mkif-in-imports"
	under     = "imports-under-config"
	byIf      = "if-instead-of-mkif"
	byUpdate  = "optionalattrs-toplevel-config"
	byName    = "config-dependent-names"
	byShape   = "config-dependent-shape"
	asValue   = "mkif-used-as-value"
)

// truth is a module, with the rule of the table that must speak, alone of them, or "" where the module evaluates and all
// rules are silent. "-" marks modules that fail for a reason that rules outside of the table, or none, know.
type truth struct{ rule, module string }

// base declares what the modules of the table use. pkgs comes from _module.args; special, lite and inputs from
// specialArgs.
const base = `{ lib, ... }: {
  options = {
    on.enable = lib.mkOption { type = lib.types.bool; default = true; };
    on.name = lib.mkOption { default = "y"; };
    on.list = lib.mkOption { default = [ "x" ]; };
    on.attrs = lib.mkOption { default = { }; };
    out = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
    warnings = lib.mkOption { default = [ ]; };
    assertions = lib.mkOption { default = [ ]; };
    y = lib.mkOption { default = 0; };
    z = lib.mkOption { default = 0; };
    tree = lib.mkOption { default = { }; type = lib.types.attrsOf lib.types.anything; };
    plain = lib.mkOption {
      default = { };
      type = lib.types.attrsOf (lib.types.submodule { options.v = lib.mkOption { default = [ ]; }; });
    };
    users = lib.mkOption {
      default = { };
      type = lib.types.attrsOf (lib.types.submoduleWith { modules = [ { options.v = lib.mkOption { default = [ ]; }; options.graphical = lib.mkOption { default = true; }; } ]; });
    };
  };
  config._module.args.pkgs = { stdenv.isLinux = true; hello = ./.; inherit lib; };
}
`

const harness = `{ module }:
let
  lib = import %s;
  result = lib.evalModules {
    specialArgs = { modulesPath = toString ./.; special = true; lite = false; inputs.x.nixosModules.a = { }; inputs.x.nixosModules.b = ./leaf.nix; };
    modules = [ module ./base.nix ];
  };
in builtins.deepSeq result.config "evaluates"
`

// moduleRules returns the rules about modules that do not evaluate: those whose findings are errors.
func moduleRules() (ids []string) {
	for _, r := range rules.All() {
		if r.Family == family && r.Severity == diag.Error {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// inTable reports whether the table names a rule: of a module that fails, it says whether such a rule speaks.
func inTable(id string) bool {
	return slices.ContainsFunc(truths, func(row truth) bool { return row.rule == id })
}

// allTruths returns the table, and what the fixtures add for their own rules.
func allTruths(t *testing.T) []truth {
	all := slices.Concat(truths, facts)
	for _, id := range moduleRules() {
		data, err := os.ReadFile(filepath.Join("testdata", id+".txtar"))
		require.NoError(t, err)
		f, err := fixture.Parse(data)
		require.NoError(t, err)
		for _, tr := range f.Truths {
			row := truth{module: tr.Module}
			if tr.Fails {
				row.rule = id
			}
			all = append(all, row)
		}
	}
	return all
}

// TestTruths checks the rules on one-line modules, and the table itself with the real module system.
func TestTruths(t *testing.T) {
	for i, row := range allTruths(t) {
		t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
			dir := writeModule(t, row.module)
			res, err := engine.Check(context.Background(), engine.Options{Paths: []string{filepath.Join(dir, "module.nix")}, Only: moduleRules()})
			require.NoError(t, err)
			require.Empty(t, res.Errors)
			var got, messages []string
			for _, f := range res.Findings {
				messages = append(messages, f.Rule+": "+f.Message)
				if !slices.Contains(got, f.Rule) && (row.rule == "" || f.Rule == row.rule || inTable(f.Rule)) {
					got = append(got, f.Rule)
				}
			}
			want := row.rule
			if want == "-" {
				want = ""
			}
			require.Equal(t, want, strings.Join(got, " "), "%s\n%s", row.module, strings.Join(messages, "\n"))
		})
	}
}

// TestOracle evaluates the modules of the table with nixpkgs' module system: those with a rule fail.
func TestOracle(t *testing.T) {
	nix := testenv.Nix234(t)
	lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	for i, row := range allTruths(t) {
		t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
			t.Parallel()
			dir := writeModule(t, row.module)
			expr := fmt.Sprintf(`(%s) { module = %s/module.nix; }`, fmt.Sprintf(harness, lib), dir)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "harness.nix"), []byte(expr), 0o644))
			out, err := exec.Command(nix, "--eval", filepath.Join(dir, "harness.nix")).CombinedOutput()
			evaluates := err == nil && strings.Contains(string(out), "evaluates")
			require.Equal(t, row.rule == "", evaluates, "%s\n%s", row.module, lastLines(string(out)))
		})
	}
}

func lastLines(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}

func writeModule(t *testing.T, text string) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, text := range map[string]string{
		"module.nix": text, "base.nix": base, "leaf.nix": "{ }", "y.nix": "{ }",
		"lazy.nix":  "{ config, ... }: { out = [ config.on.name ]; }",
		"eager.nix": "{ config, ... }: if config.on.enable then { y = 1; } else { }",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

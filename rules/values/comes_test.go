package values

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
)

// comesCase is a project with one mistake in it, and what Nix evaluates where that is an error: an attribute of the outputs of the
// flake, or of the config of the module module.nix.
type comesCase struct {
	files  map[string]string
	output string // that surely fails; "" where none does
	config string // likewise
	module string // which module, where that is not module.nix
	harm   string // what evaluates though the mistake is there: an attribute like those above, of the outputs or the config
}

const flakeOf = `{ inputs.nixpkgs.url = "github:NixOS/nixpkgs"; outputs = %s; }`

// comesCases are mistakes in outputs of flakes and in modules, and such by which evaluation does not surely come.
var comesCases = []comesCase{
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ self, nixpkgs }: { packages.x86_64-linux.foo = "a" + 1; }`)}, output: "packages.x86_64-linux.foo"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { lib.a = { b = "${null}"; }; }`)}, output: "lib.a.b"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ self, nixpkgs }: let all = { a = 1; }; in { checks.x86_64-linux.one = self.lib.x; lib.x = all.b; }`)}, output: "checks.x86_64-linux.one"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { apps = nixpkgs.lib.genAttrs [ "x86_64-linux" ] (system: { default = { type = "app"; program = [ ] + "a"; }; }); }`)}, output: "apps.x86_64-linux.default.program"},
	{
		files:  map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { packages.x86_64-linux = import ./packages.nix { pkgs = nixpkgs.legacyPackages.x86_64-linux; }; }`), "packages.nix": `{ pkgs }: { a = pkgs.hello; b = "x" + 1; }`},
		output: "packages.x86_64-linux.b",
	},
	{
		files:  map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: let mk = import ./mk.nix; in { packages.x86_64-linux.b = mk { version = 1; }; }`), "mk.nix": `{ version }: "x" + version`},
		output: "packages.x86_64-linux.b",
	},
	{
		files:  map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { packages.x86_64-linux = (import ./parts.nix).all; }`), "parts.nix": `rec { all.b = one.two; one = { three = 1; }; }`},
		output: "packages.x86_64-linux.b",
	},
	// One of two calls of a function is an output.
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: let f = x: "a" + x; unused = [ (f 1) ]; in { lib.g = _: unused; lib.f = f "b"; }`)}, harm: "outputs.lib.f"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { lib.g = x: "a" + 1; }`)}, harm: "outputs.lib.g"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { packages.x86_64-linux = nixpkgs.lib.optionalAttrs (nixpkgs.lib.trivial.release == "") { a = "a" + 1; }; }`)}, harm: "outputs.packages.x86_64-linux"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { packages.x86_64-linux.a = if nixpkgs.lib.trivial.release == "" then "a" + 1 else 2; }`)}, harm: "outputs.packages.x86_64-linux.a"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ lib, config, ... }: { options.on = lib.mkOption { default = false; }; config = lib.mkIf config.on { out.a = "a" + 1; }; }`}, harm: "config.out"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ lib, config, ... }: { options.on = lib.mkOption { default = false; }; config.out.a = lib.mkIf config.on ("a" + 1); }`}, harm: "config.out"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ lib, ... }: { out.a = lib.mkDefault ("a" + 1); imports = [ { out.a = 2; } ]; }`}, harm: "config.out.a"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ lib, ... }: { options.z = lib.mkOption { default = 1; example = "a" + 1; }; }`}, harm: "config.z"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ pkgs, ... }: { out.f = x: "a" + 1; }`}, harm: "config.out"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ pkgs, ... }: { out.a = "a" + 1; }`}, config: "out.a"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ lib, ... }: { config = lib.mkMerge [ { out.a = 1; } (lib.mkIf true { out.b = "${null}"; }) ]; }`}, config: "out.b"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ lib, pkgs, ... }: let cfg = { a = 1; }; in { options.z = lib.mkOption { }; config = { out = { a.b = lib.mkForce cfg.b; }; }; }`}, config: "out.a.b"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ lib, pkgs, ... }: { list = lib.mkBefore [ "a" ("b" + 1) ]; }`}, config: "list"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: { nixosModules.x = import ./module.nix; }`), "module.nix": `{ lib, pkgs, ... }: let f = { x }: x + "a"; in { out.one = f { x = 1; }; }`}, config: "out.one"},
	{files: map[string]string{"host.nix": `{ imports = [ ./module.nix ]; }`, "module.nix": `{ lib, pkgs, ... }: { imports = [ (./. + 1) ]; out.a = 1; }`}, config: "out.a"},
	{files: map[string]string{"flake.nix": fmt.Sprintf(flakeOf, `{ nixpkgs, ... }: rec { nixosConfigurations.x = nixpkgs.lib.nixosSystem { inherit modules; }; modules = [ ({ pkgs, ... }: { out.a = { }.b; }) ]; }`)}, module: "builtins.head outputs.modules", config: "out.a"},
	// Nobody takes it for a module.
	{files: map[string]string{"module.nix": `{ pkgs, ... }: { imports = [ ]; out.a = "a" + 1; }`}, harm: "config.list"},
}

// TestComes: what fails where evaluation of what a file is for surely comes by is an error, and fails in Nix; all else is none, and
// Nix evaluates around it.
func TestComes(t *testing.T) {
	nix, lib := testenv.Nix234(t), testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	var only []string
	for _, r := range rules.All() {
		if r.Family == family {
			only = append(only, r.ID)
		}
	}
	for i, c := range comesCases {
		t.Run(fmt.Sprintf("%02d", i), func(t *testing.T) {
			dir := testenv.Tree(t, c.files)
			res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: only})
			require.NoError(t, err)
			require.Empty(t, res.Errors)
			require.NotEmpty(t, res.Findings)
			want := diag.Warning
			if c.output != "" || c.config != "" {
				want = diag.Error
			}
			for _, f := range res.Findings {
				require.Equal(t, want, f.Severity, "%s: %s", filepath.Base(f.File), f.Message)
			}
			ask := func(attr string) (fails bool, out string) {
				expr := fmt.Sprintf(`let
					lib = import %[1]s;
					outputs = (import %[2]s/flake.nix).outputs { self = outputs; nixpkgs = { inherit lib; legacyPackages.x86_64-linux.hello = 1; }; };
					config = (lib.evalModules { specialArgs.pkgs = { }; modules = [ (%[4]s) { options = {
						out = lib.mkOption { default = { }; type = lib.types.attrsOf lib.types.anything; };
						list = lib.mkOption { default = [ ]; type = lib.types.listOf lib.types.str; };
					}; } ]; }).config;
				in builtins.seq %[3]s "evaluates"`, lib, dir, attr, cmp.Or(c.module, dir+"/module.nix"))
				b, err := exec.Command(nix, "--eval", "--strict", "--expr", expr).CombinedOutput()
				return err != nil || !strings.Contains(string(b), "evaluates"), string(b)
			}
			switch {
			case c.output != "":
				fails, out := ask("outputs." + c.output)
				require.True(t, fails, out)
				require.Contains(t, out, "error:")
			case c.config != "":
				fails, out := ask("config." + c.config)
				require.True(t, fails, out)
			default:
				fails, out := ask(c.harm)
				require.False(t, fails, out)
			}
		})
	}
}

// TestComesByPart: where a part of what a call gives fails, evaluation comes by that where it asks for the part, and not where it asks for
// the names that there are.
func TestComesByPart(t *testing.T) {
	nix := testenv.Nix234(t)
	const file = `{ outputs = _: let g = v: "a" + v; all = builtins.mapAttrs (_: g) { p = 1; }; in { %s }; }`
	for outputs, want := range map[string]diag.Severity{
		`packages = all;`:   diag.Error,
		`packages.x = all;`: diag.Error,
		`packages = if all ? p then { x = 1; } else { };`:                          diag.Warning,
		`packages = if all ? p then { x = g 2; } else { };`:                        diag.Warning,
		`packages = builtins.mapAttrs (n: _: g 2) (builtins.mapAttrs (n: n) all);`: diag.Warning,
	} {
		dir := testenv.Tree(t, map[string]string{"flake.nix": fmt.Sprintf(file, outputs)})
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: []string{"wrong-operand"}})
		require.NoError(t, err)
		at := strings.Index(file, "p = 1") + len("p = ")
		var got []diag.Severity
		for _, f := range res.Findings {
			if int(f.Span.Start) == at {
				got = append(got, f.Severity)
			}
		}
		require.Equal(t, []diag.Severity{want}, got, outputs)
		// With a throw in the place of the argument, Nix tells whether that is evaluated.
		text := strings.Replace(fmt.Sprintf(file, outputs), "p = 1", `p = throw "asked for"`, 1)
		b, _ := exec.Command(nix, "--eval", "--strict", "--expr", "("+text+").outputs { }").CombinedOutput()
		require.Equal(t, want == diag.Error, strings.Contains(string(b), "error: asked for"), "%s: %s", outputs, b)
	}
}

// TestOtherLib: where the project gives its files another lib than nixpkgs', nothing is known of an argument of that name.
func TestOtherLib(t *testing.T) {
	const file = "{ lib, pkgs }: { a = lib.optionals \"a\" { }; b = pkgs.lib.optionals \"a\" { }; }"
	for caller, want := range map[string]int{
		"let lib = import pins.lib; pins = { }; in import ./use.nix { inherit lib; }":                       1,
		"{ lib }: import ./use.nix { lib = lib.extend (final: prev: { }); }":                                2,
		"{ lib }: let more = import ./lib.nix { inherit lib; }; in import ./use.nix { lib = lib // more; }": 2,
	} {
		dir := testenv.Tree(t, map[string]string{"default.nix": caller, "use.nix": file, "nixsift.toml": ""})
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: []string{"wrong-builtin-argument"}})
		require.NoError(t, err)
		places := map[uint32]bool{}
		for _, f := range res.Findings {
			places[f.Span.Start] = true
		}
		require.Len(t, places, want, caller)
	}
}

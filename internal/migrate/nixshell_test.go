package migrate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/diag"
)

// TestNixCommands reads formatters and hooks of any name that run a tool, and scripts of derivations.
func TestNixCommands(t *testing.T) {
	for name, text := range map[string]string{
		"package":         `{ pkgs, ... }: { settings.formatter.lint = { command = pkgs.deadnix; options = [ "-L" ]; excludes = [ "gen/*" ]; }; }`,
		"path":            `{ pkgs, ... }: { settings.formatter.lint = { command = "${pkgs.deadnix}/bin/deadnix"; options = [ "-L" ]; excludes = [ "gen/*" ]; }; }`,
		"getExe":          `{ lib, pkgs, ... }: { settings.formatter.lint = { command = lib.getExe pkgs.deadnix; options = [ "-L" "--exclude" "gen" ]; }; }`,
		"named":           `{ lib, pkgs, ... }: let exe = lib.getExe' pkgs.tools "deadnix"; in { settings.formatter.lint = { command = exe; options = [ "-L" "--exclude" "gen" ]; }; }`,
		"shell":           `{ pkgs, ... }: { settings.formatter.lint = { command = "${pkgs.bash}/bin/bash"; options = [ "-euc" "deadnix -L --exclude gen -- \"$@\"" "--" ]; }; }`,
		"shell, path":     `{ pkgs, ... }: { settings.formatter.lint = { command = "bash"; options = [ "-c" "${pkgs.deadnix}/bin/deadnix -L --exclude gen -- \"$@\"" "--" ]; }; }`,
		"hook":            `{ pkgs, ... }: { hooks.lint = { enable = true; entry = "${pkgs.deadnix}/bin/deadnix -L"; excludes = [ "^gen/" ]; }; }`,
		"hook, args":      `{ pkgs, ... }: { hooks.lint = { enable = true; entry = "deadnix"; args = [ "-L" ]; excludes = [ "^gen/" ]; }; }`,
		"hook, no names":  `{ pkgs, ... }: { hooks.lint = { enable = true; entry = "deadnix -L --exclude gen -- ."; pass_filenames = false; }; }`,
		"runCommand":      `{ outputs = { nixpkgs, ... }: { checks.x = nixpkgs.runCommand "lint" { } "deadnix -L --exclude gen -- ${./.} && touch $out"; }; }`,
		"runCommand, ''":  "{ pkgs }: pkgs.runCommandLocal \"lint\" { } ''\n  x=''${A:-b}\n  ${pkgs.deadnix}/bin/deadnix -L --exclude gen -- ${./.}\n''",
		"application":     "{ pkgs }: pkgs.writeShellApplication { name = \"x\"; text = ''deadnix -L --exclude gen -- \"$@\"''; }",
		"script":          "{ pkgs }: pkgs.writeShellScriptBin \"x\" ''exec ${pkgs.lib.getExe pkgs.deadnix} -L --exclude gen -- \"$@\"''",
		"devenv":          `{ scripts.lint.exec = "deadnix -L --exclude gen -- ."; }`,
		"update":          `{ programs = { deadnix.enable = true; deadnix.no-lambda-pattern-names = true; deadnix.excludes = [ "gen/*" ]; } // { nixfmt.enable = true; }; }`,
		"update, right":   `{ programs = { nixfmt.enable = true; } // { deadnix = { enable = true; no-lambda-pattern-names = true; excludes = [ "gen/*" ]; }; }; }`,
		"let":             `{ programs = let excludes = [ "gen/*" ]; in { deadnix = { enable = true; no-lambda-pattern-names = true; inherit excludes; }; }; }`,
		"with":            `{ lib }: { programs = with lib; { deadnix = { enable = true; no-lambda-pattern-names = true; excludes = [ "gen/*" ]; }; }; }`,
		"update of tools": `{ c }: { programs.deadnix = { enable = true; no-lambda-pattern-names = true; excludes = [ "gen/*" ]; } // { priority = 1; }; }`,
	} {
		got, report := find(t, map[string]string{"a.nix": text + "\n"})
		assert.Contains(t, report, "found deadnix in a.nix: deadnix ", name)
		assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-formal"), "%s\n%s", name, got.text)
		assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-arg"), name)
		assert.True(t, got.Excluded("/p/gen/a.nix"), "%s\n%s", name, got.text)
		if name != "update of tools" {
			assert.Empty(t, got.lost, name)
		}
	}
	for name, text := range map[string]string{
		"off":         `{ hooks.lint = { enable = false; entry = "deadnix -L"; }; }`,
		"not on":      `{ hooks.lint.entry = "deadnix -L"; }`,
		"description": `{ description = "deadnix -L"; packages = p: [ p.deadnix ]; x.settings.deadnix = 1; }`,
		"editor":      `{ pkgs }: { lsp.statix = { command = "${pkgs.statix}/bin/statix"; args = [ "check" ]; }; }`,
		"other":       `{ hooks.deadnix-like = { enable = true; entry = "echo deadnix"; }; }`,
		"message":     `{ pkgs }: pkgs.runCommand "x" { } "echo 'deadnix -L'"`,
	} {
		_, report := find(t, map[string]string{"a.nix": text + "\n"})
		assert.Empty(t, report, name)
	}
	got, _ := find(t, map[string]string{"a.nix": "{ x, pkgs }: { settings.formatter.lint = { command = pkgs.deadnix; options = x; excludes = [ x ]; }; }\n"})
	assert.Contains(t, got.lost, "a.nix: deadnix: `options` is computed")
	assert.Contains(t, got.lost, "a.nix: deadnix: `excludes` is computed")
	got, _ = find(t, map[string]string{"a.nix": "{ x }: { programs.deadnix = { enable = true; } // x; }\n"})
	assert.Contains(t, got.lost, "a.nix: deadnix: some of its options are computed")
}

// TestRunReferences reads tools that nix run takes from their own repositories.
func TestRunReferences(t *testing.T) {
	for _, ref := range []string{
		"github:astro/deadnix", "github:astro/deadnix/v1.3.1", "'github:astro/deadnix?ref=main'", "git+https://example.org/astro/deadnix.git?ref=x",
		"--inputs-from . nixpkgs#deadnix", ".#deadnix", "nixpkgs/nixos-unstable#legacyPackages.x86_64-linux.deadnix", "--refresh github:astro/deadnix",
	} {
		got, report := find(t, map[string]string{"lint.sh": "nix run " + ref + " -- -L --fail .\n"})
		assert.Contains(t, report, "found deadnix in lint.sh: deadnix -L --fail .", ref)
		assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-formal"), ref)
	}
	for _, line := range []string{"nix run github:astro/other -- deadnix -L", "nix build github:astro/deadnix", "nix run nixpkgs#other -- github:astro/deadnix", "nix run ./deadnix"} {
		_, report := find(t, map[string]string{"lint.sh": line + "\n"})
		assert.Empty(t, report, line)
	}
}

// TestComputedArguments tells of values that only a run knows, and takes nothing else for them.
func TestComputedArguments(t *testing.T) {
	for line, lost := range map[string]string{
		"deadnix -L --exclude $(git ls-files gen) .": "lint.sh: deadnix: `--exclude $(git ls-files gen)` is computed",
		"statix check --ignore=\"$X\" .":             "lint.sh: statix: `--ignore=$X` is computed",
		"statix check -i \"$X\" .":                   "lint.sh: statix: `-i $X` is computed",
		"nixf-diagnose --ignore \"$1\" a.nix":        "lint.sh: nixf-diagnose: `--ignore $1` is computed",
		"deadnix -L \"$@\"":                          "",
		"for f in *.nix; do deadnix -L $f; done":     "",
	} {
		got, _ := find(t, map[string]string{"lint.sh": line + "\n"})
		if lost == "" {
			assert.Empty(t, got.lost, line)
		} else {
			assert.Contains(t, got.lost, lost, line)
		}
		assert.NotContains(t, got.text, "exclude", line)
	}
}

// TestActions reads actions that run the tools.
func TestActions(t *testing.T) {
	step := func(text string) map[string]string {
		return map[string]string{".github/workflows/lint.yml": "on: push\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - " + text + "\n"}
	}
	got, report := find(t, step("uses: astro/deadnix-action@v1"))
	assert.Contains(t, report, "astro/deadnix-action@v1, deadnix --no-lambda-pattern-names")
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-formal"), "its default")
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-arg"))
	got, _ = find(t, step("uses: astro/deadnix-action@v1\n        with:\n          flags: --no-lambda-arg --exclude gen"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-formal"))
	assert.True(t, got.Excluded("/p/gen/a.nix"))
	files := step("uses: jocelynthode/statix-action@v1\n        with:\n          action: fix")
	files["statix.toml"] = "disabled = [\"empty_let_in\"]\n"
	got, report = find(t, files)
	assert.Contains(t, report, "statix fix ., with statix.toml")
	assert.Equal(t, diag.Off, got.severity("a.nix", "empty-let"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "repeated-keys"), "there is no fix")
	got, report = find(t, step("uses: x/deadnix-action@v3"))
	assert.Empty(t, report)
	assert.Contains(t, got.lost, "what `x/deadnix-action@v3` does is not known")
	got, _ = find(t, step("uses: x/deadnix-action@v3\n        with: { flags: -L }"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-formal"))
	_, report = find(t, step("uses: astro/other-action@v1 # deadnix"))
	assert.Empty(t, report)
}

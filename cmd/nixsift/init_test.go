package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestInit goes the way of a user: init, then check.
func TestInit(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"statix.toml":  "disabled = [\"eta_reduction\"]\nignore = [\"gen\"]\n",
		"treefmt.toml": "[formatter.deadnix]\ncommand = \"deadnix\"\noptions = [\"--no-lambda-arg\"]\nincludes = [\"*.nix\"]\nexcludes = [\"gen/*\", \"old.nix\"]\n",
		"a.nix":        "let\n  unused = 1;\n  f = x: g x;\n  g = y: 1;\nin\n{ inherit f; a = { b, ... }: if b == true then 1 else 2; }\n",
		"gen/a.nix":    "let unused = 1; in 1\n",
		"old.nix":      "let unused = 1; in 1\n",
	})
	status, out, errs := nixsift(t, dir, "", "init")
	require.Equal(t, exitClean, status, errs)
	assert.Equal(t, "wrote nixsift.toml\n", out)
	assert.Contains(t, errs, "nixsift: found statix in statix.toml\n")
	assert.Contains(t, errs, "nixsift: found deadnix in treefmt.toml: deadnix --no-lambda-arg\n")

	status, out, errs = nixsift(t, dir, "", "check", "--format", "json")
	assert.Equal(t, exitFindings, status, errs)
	var got struct {
		Findings []struct{ Rule, File string }
		Errors   []any
	}
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	assert.Empty(t, got.Errors)
	found := map[string]string{}
	for _, f := range got.Findings {
		found[f.Rule] += f.File + " "
	}
	assert.Equal(t, map[string]string{"unused-let-binding": "a.nix ", "bool-comparison": "a.nix "}, found)

	before, err := os.ReadFile(filepath.Join(dir, "nixsift.toml"))
	require.NoError(t, err)
	status, out, _ = nixsift(t, dir, "", "init")
	assert.Equal(t, exitClean, status)
	assert.Equal(t, "up to date: nixsift.toml\n", out)

	status, _, errs = nixsift(t, dir, "", "init", "--force", "--from", "deadnix", "--", "-l", "-L")
	require.Equal(t, exitClean, status, errs)
	after, err := os.ReadFile(filepath.Join(dir, "nixsift.toml"))
	require.NoError(t, err)
	assert.NotEqual(t, string(before), string(after))
	assert.NotContains(t, string(after), "statix")
	assert.Contains(t, string(after), "unused-lambda-formal = \"off\"")
}

// TestInitAlone runs where nothing is to be taken over.
func TestInitAlone(t *testing.T) {
	for _, args := range [][]string{nil, {"--from", "statix"}, {"--from", "nixf"}, {"--from", "nixpkgs"}} {
		dir := testenv.Tree(t, map[string]string{"a.nix": "{ a = 1; }\n"})
		status, out, errs := nixsift(t, dir, "", append([]string{"init"}, args...)...)
		require.Equal(t, exitClean, status, "%v: %s", args, errs)
		assert.Equal(t, "wrote nixsift.toml\n", out)
		assert.NotEmpty(t, errs)
		status, out, errs = nixsift(t, dir, "", "check")
		assert.Equal(t, exitClean, status, "%v: %s%s", args, out, errs)
	}
	dir := testenv.Tree(t, nil)
	_, _, errs := nixsift(t, dir, "", "init")
	assert.Contains(t, errs, "found no settings of statix, deadnix, nixf-diagnose")
	text, err := os.ReadFile(filepath.Join(dir, "nixsift.toml"))
	require.NoError(t, err)
	assert.Equal(t, "#:schema "+config.SchemaURL+"\nedition = \"2026\"\n# preview = true\npreset = \"recommended\"\n", string(text))
}

// TestInitNixpkgs writes what NixOS/nixpkgs checks into a checkout of it.
func TestInitNixpkgs(t *testing.T) {
	files := map[string]string{"pkgs/top-level/all-packages.nix": "{ }\n", "nixos/modules/module-list.nix": "[ ]\n", "lib/default.nix": "{ }\n"}
	dir := testenv.Tree(t, files)
	status, _, errs := nixsift(t, dir, "", "init")
	require.Equal(t, exitClean, status, errs)
	assert.Contains(t, errs, "ci/treefmt.nix of NixOS/nixpkgs")
	assert.Contains(t, read(t, filepath.Join(dir, "nixsift.toml")), "preset = \"nixpkgs\"\n")
	delete(files, "nixos/modules/module-list.nix")
	dir = testenv.Tree(t, files)
	status, _, errs = nixsift(t, dir, "", "init")
	require.Equal(t, exitClean, status, errs)
	assert.Contains(t, read(t, filepath.Join(dir, "nixsift.toml")), "preset = \"recommended\"\n")
}

// TestInitRefuses writes nothing where something is wrong.
func TestInitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		args  []string
		text  string
	}{
		"broken file":       {map[string]string{"treefmt.toml": "["}, nil, "reading treefmt.toml"},
		"unknown tool":      {nil, []string{"--from", "nixfmt"}, "`nixfmt` is none of statix"},
		"flags of no tool":  {nil, []string{"--", "-l"}, "need --from"},
		"unknown flag":      {nil, []string{"--from", "deadnix", "--", "--nope"}, "unknown flag: --nope"},
		"nixpkgs and flags": {nil, []string{"--from", "nixpkgs", "--", "-l"}, "takes no flags"},
	} {
		dir := testenv.Tree(t, c.files)
		status, _, errs := nixsift(t, dir, "", append([]string{"init"}, c.args...)...)
		assert.Equal(t, exitUsage, status, name)
		assert.Contains(t, errs, c.text, name)
		assert.NoFileExists(t, filepath.Join(dir, "nixsift.toml"), name)
	}
}

// TestInitLink replaces what a link leads to.
func TestInitLink(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"shared/nixsift.toml": "preset = \"all\"\n"})
	link := filepath.Join(dir, "nixsift.toml")
	require.NoError(t, os.Symlink("shared/nixsift.toml", link))
	status, _, errs := nixsift(t, dir, "", "init", "--force")
	require.Equal(t, exitClean, status, errs)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	text, err := os.ReadFile(filepath.Join(dir, "shared", "nixsift.toml"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "recommended")
}

// TestInitLinkOutside writes through no link that leads out of the project, nor through one to nowhere.
func TestInitLinkOutside(t *testing.T) {
	outside := testenv.Tree(t, map[string]string{"other.toml": "theirs\n"})
	dir := testenv.Tree(t, map[string]string{"flake.nix": "{ outputs = _: { }; }\n"})
	for _, to := range []string{filepath.Join(outside, "other.toml"), filepath.Join(outside, "new.toml")} {
		link := filepath.Join(dir, "nixsift.toml")
		require.NoError(t, os.Symlink(to, link))
		for _, args := range [][]string{{"init"}, {"init", "--force"}} {
			status, _, errs := nixsift(t, dir, "", args...)
			assert.Equal(t, exitUsage, status)
			assert.Contains(t, errs, "nixsift.toml")
		}
		require.NoError(t, os.Remove(link))
	}
	text, err := os.ReadFile(filepath.Join(outside, "other.toml"))
	require.NoError(t, err)
	assert.Equal(t, "theirs\n", string(text))
	assert.NoFileExists(t, filepath.Join(outside, "new.toml"))
}

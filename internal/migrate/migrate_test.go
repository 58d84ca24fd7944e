package migrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/migrate"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
	_ "github.com/nixsift/nixsift/rules/all"
)

// result is what the configuration of a plan says.
type result struct {
	*config.Config
	text string
	lost string
}

// resultOf loads the configuration that a plan makes.
func resultOf(t *testing.T, p *migrate.Plan) result {
	t.Helper()
	text := p.TOML()
	c, problems := config.Load("/p/nixsift.toml", text, engine.Catalogue(), nil)
	require.Empty(t, problems, text)
	return result{c, text, strings.Join(p.Lost(), "\n")}
}

func (r result) severity(path, id string) diag.Severity {
	s, _ := r.For("/p/" + path).Severity(id)
	return s
}

// flags returns the result of a call of a tool.
func flags(t *testing.T, tool string, args ...string) result {
	t.Helper()
	p := migrate.New("")
	require.NoError(t, p.Flags(tool, args))
	return resultOf(t, p)
}

// find returns the result of what is found in a tree of files.
func find(t *testing.T, files map[string]string) (result, string) {
	t.Helper()
	p := migrate.New(testenv.Tree(t, files))
	require.NoError(t, p.Find())
	return resultOf(t, p), strings.Join(p.Report(), "\n")
}

func TestStatixToml(t *testing.T) {
	got, report := find(t, map[string]string{
		"statix.toml": "disabled = [\"useless_parens\", \"W20\", \"empty_let_in\", \"nonsense\"]\nignore = [\"vendor\", \"/gen/*.nix\", \".direnv\", \"!keep\"]\nnix_version = '2.20'\n",
	})
	assert.True(t, got.Excluded("/p/a/vendor/x.nix"), "without a slash it holds at any depth, as in .gitignore")
	assert.True(t, got.Excluded("/p/gen/x.nix"))
	assert.False(t, got.Excluded("/p/a/gen/x.nix"))
	assert.NotContains(t, got.text, "direnv")
	assert.Equal(t, diag.Off, got.severity("a.nix", "useless-parens"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "repeated-keys"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "empty-let"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "eta-reduction"), "what statix runs stays on")
	assert.Equal(t, diag.Off, got.severity("a.nix", "unquoted-splice"), "what statix does not run")
	assert.Equal(t, config.Version{Major: 2, Minor: 20}, got.MinimumNix)
	assert.Contains(t, got.lost, "`nonsense` has no counterpart")
	assert.Contains(t, got.lost, "`!keep`")
	assert.Contains(t, report, "found statix in statix.toml")
	assert.Contains(t, report, "(statix.toml)")
}

func TestBrokenFiles(t *testing.T) {
	for name, text := range map[string]string{
		"statix.toml": "disabled = [", "treefmt.toml": "[formatter.deadnix\n", ".pre-commit-config.yaml": "repos: [\n",
	} {
		p := migrate.New(testenv.Tree(t, map[string]string{name: text}))
		err := p.Find()
		if assert.Error(t, err, name) {
			assert.Contains(t, err.Error(), name)
			assert.NotContains(t, err.Error(), "\n")
		}
	}
}

// TestNoFile refuses what cannot be read.
func TestNoFile(t *testing.T) {
	p := migrate.New(testenv.Tree(t, map[string]string{"treefmt.toml/x": ""}))
	assert.ErrorContains(t, p.Find(), "reading treefmt.toml: ")
}

// TestStatixConfig reads the configuration that a call names, a file or a folder.
func TestStatixConfig(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"ci/statix.toml": "disabled = [\"empty_let_in\"]\n", "lint.toml": "disabled = [\"legacy_let_syntax\"]\n",
	})
	for arg, off := range map[string]string{"ci": "empty-let", "./ci/": "empty-let", "ci/statix.toml": "empty-let", "lint.toml": "legacy-let"} {
		p := migrate.New(dir)
		require.NoError(t, p.Flags("statix", []string{"check", "--config", arg, "-i", "x"}))
		got := resultOf(t, p)
		assert.Equal(t, diag.Off, got.severity("a.nix", off), arg)
		assert.True(t, got.Excluded("/p/y/x/a.nix"))
	}
	p := migrate.New(dir)
	require.NoError(t, p.Flags("statix", []string{"check", "-c", "gone"}))
	assert.Contains(t, resultOf(t, p).lost, "`gone`")
}

func TestDeadnixFlags(t *testing.T) {
	got := flags(t, "deadnix", "-L", "--exclude", "gen", "./x.nix", "--fail", ".")
	assert.True(t, got.Excluded("/p/gen/a.nix"))
	assert.True(t, got.Excluded("/p/x.nix"), "--exclude takes several values")
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-formal"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-let-binding"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-arg"), "deadnix reports it unless -l is given")
	assert.Equal(t, diag.Off, got.severity("a.nix", "used-underscore-name"))

	got = flags(t, "deadnix")
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-formal"))
	assert.Equal(t, true, got.For("/p/a.nix").Options("unused-lambda-formal")["everywhere"], "deadnix knows no packages")

	got = flags(t, "deadnix", "-l_W", "-h", "--output-format=json")
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-arg"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "used-underscore-name"))
	assert.Error(t, migrate.New("").Flags("deadnix", []string{"--no-such-flag"}))
}

// TestHidden leaves hidden files out of the rules of a deadnix that looks for files itself.
func TestHidden(t *testing.T) {
	files := map[string]string{".a.nix": "1", "justfile": "lint:\n  @deadnix --fail .\n"}
	got, _ := find(t, files)
	assert.Equal(t, diag.Off, got.severity(".hidden/a.nix", "unused-let-binding"))
	assert.Equal(t, diag.Off, got.severity("x/.a.nix", "unused-let-binding"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-let-binding"))
	assert.Equal(t, diag.Error, got.severity(".hidden/a.nix", "missing-paren-in-list"), "other rules go on")
	files["justfile"] = "lint:\n  @deadnix --fail --hidden .\n"
	got, _ = find(t, files)
	assert.Equal(t, diag.Warning, got.severity(".hidden/a.nix", "unused-let-binding"))
}

func TestNixfFlags(t *testing.T) {
	got := flags(t, "nixf", "--ignore", "sema-unused-def-let", "-i", "sema-extra-with", "--variable-lookup", "--ignore=nope", "a.nix")
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-let-binding"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-with"))
	assert.NotEqual(t, diag.Off, got.severity("a.nix", "unused-rec"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "shadow-builtin"))
	assert.Equal(t, diag.Error, got.severity("a.nix", "undefined-variable"), "what Nix rejects cannot be ignored")
	assert.Contains(t, got.lost, "`nope`")

	got = flags(t, "nixf-diagnose", "--ignore=sema-unused-def-lambda-witharg-formal")
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-formal"), "the other check of the rule goes on")
	got = flags(t, "nixf-diagnose", "--ignore=sema-unused-def-lambda-noarg-formal")
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-formal"))

	got = flags(t, "nixf-diagnose", "-o", "sema-extra-rec")
	assert.NotEqual(t, diag.Off, got.severity("a.nix", "unused-rec"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-with"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "useless-parens"))

	got = flags(t, "nixf-diagnose", "--variable-lookup", "false")
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-rec"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "useless-parens"))
}

const treefmt = `
excludes = ["vendor/*", "*.md"]

[global]
excludes = ["old/*"]

[formatter.deadnix]
command = "deadnix"
options = ["--edit", "--no-lambda-arg"]
includes = ["*.nix"]
excludes = ["pkgs/generated.nix"]

[formatter.nix-style]
command = "statix-fix"
includes = ["hosts/*.nix"]

[formatter.nixf]
command = "sh"
options = ["-euc", "nixf-diagnose --ignore sema-extra-rec \"$@\"", "--"]
includes = ["*.nix"]

[formatter.nixfmt]
command = "nixfmt"
includes = ["*.nix"]
`

func TestTreefmt(t *testing.T) {
	for _, name := range []string{"treefmt.toml", ".treefmt.toml"} {
		got, report := find(t, map[string]string{name: treefmt})
		assert.True(t, got.Excluded("/p/vendor/a/b.nix"), got.text)
		assert.True(t, got.Excluded("/p/old/b.nix"))
		assert.False(t, got.Excluded("/p/pkgs/generated.nix"), "only deadnix leaves it out")
		assert.Equal(t, diag.Off, got.severity("pkgs/generated.nix", "unused-lambda-arg"))
		assert.NotEqual(t, diag.Off, got.severity("pkgs/generated.nix", "unused-let-binding"), "nixf-diagnose reports it there")
		assert.NotEqual(t, diag.Off, got.severity("pkgs/generated.nix", "eta-reduction"))
		assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-arg"))
		assert.Equal(t, diag.Off, got.severity("a.nix", "unused-rec"))
		assert.Equal(t, diag.Warning, got.severity("a.nix", "eta-reduction"))
		assert.Equal(t, diag.Off, got.severity("a.nix", "repeated-keys"), "statix fix says nothing about what it has no fix for")
		assert.Contains(t, got.lost, name+": statix: it looks at `hosts/*.nix` only")
		assert.Contains(t, report, "found deadnix in "+name+": deadnix --edit --no-lambda-arg")
		assert.NotContains(t, report+got.lost, ".md")
	}
}

const preCommit = `
exclude: ^vendor/
repos:
  - repo: https://github.com/astro/deadnix
    rev: v1.3.1
    hooks:
      - id: deadnix
        args: [--fail, --no-lambda-pattern-names]
        exclude: (^|/)generated\.nix$
        stages: [pre-commit]
  - repo: https://github.com/oppiliappan/statix
    rev: v0.5.8
    hooks:
      - id: statix
        args: [check, --ignore, old]
        exclude: ^vendor/
  - repo: local
    hooks:
      - id: lint
        name: lint
        language: system
        entry: nix run nixpkgs#nixf-diagnose -- --ignore=sema-unused-def-let
        exclude: ^x(?!y)
        files: ^hosts/
      - id: whole
        language: system
        entry: bash -c 'deadnix -f -L .'
        exclude: ^here/
        pass_filenames: false
      - id: nixfmt
        language: system
        entry: nixfmt
`

func TestPreCommit(t *testing.T) {
	got, report := find(t, map[string]string{".pre-commit-config.yaml": preCommit})
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-arg"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-formal"), "nixf-diagnose reports what deadnix is told not to")
	assert.Equal(t, diag.Off, got.severity("old/a.nix", "eta-reduction"), "statix leaves it out\n"+got.text)
	assert.Equal(t, diag.Off, got.severity("vendor/a.nix", "eta-reduction"))
	assert.Equal(t, diag.Warning, got.severity("vendor/a.nix", "unused-lambda-arg"), "the hook that gets no names looks there")
	assert.Contains(t, got.lost, "`^x(?!y)`")
	assert.Contains(t, got.lost, "it looks at `^hosts/` only")
	assert.Contains(t, got.lost, "`^here/` leaves nothing out")
	assert.Contains(t, got.lost, "`unused-lambda-formal` stays on")
	assert.Contains(t, report, "found nixf-diagnose in .pre-commit-config.yaml: nixf-diagnose --ignore=sema-unused-def-let")
}

// TestGenerated reads what git-hooks.nix generates: JSON with paths in the store.
func TestGenerated(t *testing.T) {
	got, _ := find(t, map[string]string{".pre-commit-config.yaml": `{"repos": [{"repo": "local", "hooks": [{"id": "deadnix", "args": [], "exclude": "^$", ` +
		`"entry": "/nix/store/h2w7-deadnix-1.3.1/bin/deadnix --no-lambda-arg --fail", "files": "\\.nix$", "pass_filenames": true}]}]}`})
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-arg"))
	assert.Equal(t, true, got.For("/p/a.nix").Options("unused-lambda-formal")["everywhere"])
	assert.Empty(t, got.lost)
}

const nixTreefmt = `{ inputs, lib, ... }:
let
  excludes = [ "vendor/*" ];
in
{
  imports = [ inputs.treefmt-nix.flakeModule ];
  perSystem = { pkgs, ... }: {
    treefmt = {
      projectRootFile = "flake.nix";
      programs.deadnix = {
        enable = true;
        no-lambda-arg = true;
        inherit excludes;
      };
      programs.statix.enable = lib.mkDefault true;
      programs.statix.disabled-lints = [ "empty_let_in" ];
      programs.statix = { inherit excludes; };
      programs.nixf-diagnose.enable = true;
      programs.nixf-diagnose.ignore = [ "sema-extra-rec" ];
      settings.formatter.nixf-diagnose = {
        inherit excludes;
        options = [ "--ignore=sema-extra-with" ];
        priority = -1;
      };
      settings.global.excludes = [ "*.md" "old/*" ];
    };
  };
}
`

func TestTreefmtNix(t *testing.T) {
	got, report := find(t, map[string]string{"nix/treefmt.nix": nixTreefmt, "templates/a/flake.nix": "{ programs.deadnix.enable = true; }"})
	assert.True(t, got.Excluded("/p/vendor/a.nix"), got.text)
	assert.True(t, got.Excluded("/p/old/a.nix"), got.text)
	for _, id := range []string{"unused-lambda-arg", "empty-let", "unused-rec", "unused-with"} {
		assert.Equal(t, diag.Off, got.severity("a.nix", id), id)
	}
	assert.Equal(t, diag.Warning, got.severity("a.nix", "eta-reduction"))
	assert.Empty(t, got.lost)
	assert.Contains(t, report, "found deadnix in nix/treefmt.nix: deadnix --no-lambda-arg")
	assert.NotContains(t, report, "templates")
}

const nixHooks = `{
  outputs = { self, git-hooks, ... }: {
    checks.x86_64-linux.pre-commit = git-hooks.lib.x86_64-linux.run {
      src = ./.;
      excludes = [ "^vendor/" ];
      hooks.deadnix = {
        enable = true;
        excludes = [ "generated\\.nix$" ];
        settings = { noLambdaPatternNames = true; exclude = [ "gen" ]; edit = true; };
      };
      hooks.statix = {
        enable = true;
        settings.ignore = [ "gen" ];
        settings.format = "stderr";
        args = [ "--config" "ci" ];
      };
      hooks.nixfmt.enable = true;
    };
  };
}
`

func TestGitHooksNix(t *testing.T) {
	got, _ := find(t, map[string]string{"flake.nix": nixHooks, "ci/statix.toml": "disabled = [\"empty_let_in\"]\n"})
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-formal"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-arg"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "empty-let"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "repeated-keys"), "the hook runs statix check")
	assert.Equal(t, diag.Off, got.severity("vendor/a.nix", "unused-lambda-arg"))
	assert.Equal(t, diag.Off, got.severity("x/generated.nix", "unused-lambda-arg"))
	assert.Equal(t, diag.Warning, got.severity("vendor/a.nix", "eta-reduction"), "the hook of statix gets no file names")
	assert.Equal(t, diag.Off, got.severity("x/gen/a.nix", "eta-reduction"))
	assert.Contains(t, got.lost, "`^vendor/` leaves nothing out")
}

// TestNixComputed takes nothing over that is not written out.
func TestNixComputed(t *testing.T) {
	got, report := find(t, map[string]string{
		"a.nix":     "{ pkgs, lib, ... }: { programs.deadnix.enable = pkgs.stdenv.isLinux; programs.statix = lib.mkIf true { enable = true; }; }\n",
		"b.nix":     "{ programs.nixf-diagnose.enable = false; }\n",
		"c.nix":     "{ pkgs }: { buildInputs = [ pkgs.deadnix pkgs.statix ]; deadnix.enable = true; }\n",
		"d/e/f.nix": "{ lib, ... }: { settings.formatter.nixf-diagnose.ignored = true; }\n",
	})
	assert.NotContains(t, got.text, "rules")
	assert.Empty(t, report)
	assert.Contains(t, got.lost, "a.nix: deadnix: whether it is on is computed")
	assert.Contains(t, got.lost, "a.nix: statix: whether it is on is computed")

	got, _ = find(t, map[string]string{"a.nix": "{ x }: { programs.deadnix = { enable = true; no-lambda-arg = x; excludes = x; odd = 1; }; }\n"})
	assert.Contains(t, got.lost, "`no-lambda-arg` is computed")
	assert.Contains(t, got.lost, "`excludes` is computed")
	assert.Contains(t, got.lost, "`odd` is computed")
	assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-arg"))
}

// TestNixpkgsTreefmt reads the form of a treefmt configuration without treefmt-nix.
func TestNixpkgsTreefmt(t *testing.T) {
	got, _ := find(t, map[string]string{"ci/treefmt.nix": `{ lib, pkgs, ... }: {
  settings.formatter.nixf-diagnose = {
    command = lib.getExe pkgs.nixf-diagnose;
    options = [ "--auto-fix" "--ignore=sema-unused-def-let" ];
    includes = [ "*.nix" ];
  };
}`})
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-let-binding"))
	assert.Equal(t, diag.Warning, got.severity("a.nix", "useless-parens"))
	assert.Empty(t, got.lost)
}

func TestCommands(t *testing.T) {
	for file, text := range map[string]string{
		".github/workflows/lint.yml": "on: push\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: nix run nixpkgs#deadnix -- --fail -L .\n",
		".gitlab-ci.yml":             "lint:\n  script:\n    - nix develop -c deadnix --fail -L\n",
		"scripts/lint.sh":            "#!/usr/bin/env bash\nset -e\nfor f in *.nix; do deadnix -Lf \"$f\"; done\n",
		"justfile":                   "lint:\n    @deadnix -L --fail {{files}}\n",
		"Makefile":                   "lint:\n\t@deadnix -L -f $(FILES)\n",
	} {
		got, report := find(t, map[string]string{file: text})
		assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-formal"), file)
		assert.Equal(t, diag.Warning, got.severity("a.nix", "unused-lambda-arg"), file)
		assert.Contains(t, report, "found deadnix in "+file, file)
		assert.Empty(t, got.lost, file)
	}
	got, _ := find(t, map[string]string{"lint.sh": "deadnix --fail hosts\ndeadnix --version\nstatix list\nnixf-diagnose --no-such\n"})
	assert.Contains(t, got.lost, "it looks at `hosts` only")
	assert.Contains(t, got.lost, "unknown flag: --no-such")
	assert.NotContains(t, got.text, "statix")
}

// TestMerge brings several uses together.
func TestMerge(t *testing.T) {
	got, report := find(t, map[string]string{
		"statix.toml":  "disabled = [\"useless_parens\", \"empty_let_in\"]\nignore = [\"gen\"]\n",
		"treefmt.toml": "[formatter.deadnix]\ncommand = \"deadnix\"\nincludes = [\"*.nix\"]\nexcludes = [\"gen/*\"]\n[formatter.nixf-diagnose]\ncommand = \"nixf-diagnose\"\nincludes = [\"*.nix\"]\nexcludes = [\"gen/*\"]\n",
	})
	assert.Equal(t, diag.Warning, got.severity("a.nix", "useless-parens"), "nixf-diagnose reports it")
	assert.Equal(t, diag.Off, got.severity("a.nix", "empty-let"))
	assert.Contains(t, got.lost, "statix.toml: statix: `useless-parens` stays on: treefmt.toml reports it")
	assert.Equal(t, diag.Off, got.severity("gen/a.nix", "eta-reduction"), got.text)
	assert.Equal(t, diag.Off, got.severity("gen/a.nix", "unused-let-binding"))
	assert.Contains(t, report, "found statix in statix.toml")

	// A statix.toml that a call reads is not a call of its own.
	got, report = find(t, map[string]string{
		"statix.toml":  "disabled = [\"empty_let_in\"]\n",
		"treefmt.toml": "[formatter.statix]\ncommand = \"statix\"\noptions = [\"fix\"]\nincludes = [\"*.nix\"]\n",
	})
	assert.Equal(t, diag.Off, got.severity("a.nix", "repeated-keys"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "empty-let"))
	assert.Contains(t, report, "found statix in treefmt.toml: statix fix, with statix.toml")
}

// TestInnerRepository leaves alone what a repository within the folder uses.
func TestInnerRepository(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"vendor/x/treefmt.nix": "{ programs.deadnix.enable = true; }\n", "a.nix": "1\n"})
	gittest.Isolate(t)
	gittest.Init(t, filepath.Join(dir, "vendor"), "x")
	p := migrate.New(dir)
	require.NoError(t, p.Find())
	assert.False(t, p.Found(), p.Report())
}

func TestOnly(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"statix.toml": "disabled = [\"empty_let_in\"]\n", "treefmt.toml": treefmt})
	p := migrate.New(dir)
	require.NoError(t, p.Only("deadnix"))
	require.NoError(t, p.Find())
	got := resultOf(t, p)
	assert.Equal(t, diag.Info, got.severity("a.nix", "empty-let"))
	assert.Equal(t, diag.Off, got.severity("a.nix", "unused-lambda-arg"))
	assert.True(t, got.Excluded("/p/pkgs/generated.nix"), "no other tool is taken over")
	assert.Empty(t, got.lost)
	assert.Error(t, migrate.New(dir).Only("nixfmt"))
	assert.NoError(t, migrate.New(dir).Only("nixf"))
}

// TestText keeps comments and strings from breaking the file.
func TestText(t *testing.T) {
	dir := testenv.Tree(t, nil)
	name := "a\nb\\\"c.sh"
	if err := os.WriteFile(filepath.Join(dir, name), []byte("deadnix --exclude 'x\"y\\z' \"tab\tand'quote\"\n"), 0o644); err != nil {
		t.Skip("the file system has no such names")
	}
	p := migrate.New(dir)
	require.NoError(t, p.Find())
	got := resultOf(t, p)
	assert.True(t, got.Excluded("/p/x\"y\\z/a.nix"), got.text)
	assert.True(t, got.Excluded("/p/tab\tand'quote"), got.text)
}

// TestNames finds a rule by what other tools call it.
func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"W08": "useless-parens", "useless_parens": "useless-parens", "statix:W20": "repeated-keys", "sema-unused-def-let": "unused-let-binding",
		"unused_rec": "unused-rec", "missing-mkif": "missing-mkif",
	} {
		r := rules.Lookup(name)
		if assert.NotNil(t, r, name) {
			assert.Equal(t, want, r.ID)
		}
	}
}

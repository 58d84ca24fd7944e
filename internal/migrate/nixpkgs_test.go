package migrate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/migrate"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
)

// nixfChecks are the checks that nixf has and makes (libnixf, Basic/diagnostic.py).
var nixfChecks = []string{
	"lex-unterminated-bcomment", "lex-float-no-exp", "lex-float-leading-zero", "parse-expected", "parse-int-too-big", "parse-redundant-paren",
	"parse-attrpath-extra-dot", "parse-select-extra-dot", "parse-unexpected", "parse-lambda-arg-extra-at", "parse-operator-noassoc",
	"parse-kw-or-isnot-binary-op", "empty-inherit", "or-identifier", "deprecated-url-literal", "deprecated-let", "deprecated-let-missing-body",
	"merge-diff-rec", "sema-duplicated-attrname", "sema-dynamic-inherit", "sema-empty-formal", "sema-formal-missing-comma",
	"sema-formal-extra-ellipsis", "sema-misplaced-ellipsis", "sema-dup-formal", "sema-dup-formal-arg", "sema-undefined-variable",
	"sema-unused-def-let", "sema-unused-def-lambda-noarg-formal", "sema-unused-def-lambda-witharg-formal", "sema-unused-def-lambda-witharg-arg",
	"sema-extra-rec", "sema-extra-with", "sema-primop-unknown", "sema-primop-removed-prefix", "sema-primop-needs-prefix", "sema-primop-overridden",
	"sema-constant-overridden",
}

// TestNixpkgs holds the published configuration against what the CI of nixpkgs checks: the same checks are on and off.
func TestNixpkgs(t *testing.T) {
	p := migrate.New("")
	require.NoError(t, p.Nixpkgs())
	got := resultOf(t, p)
	assert.Empty(t, got.lost)
	assert.Equal(t, "nixpkgs", got.Preset)
	ignored := migrate.NixpkgsIgnored()
	for _, name := range ignored {
		assert.Contains(t, nixfChecks, name)
	}
	for _, name := range nixfChecks {
		r := rules.Lookup("nixf:" + name)
		if !assert.NotNil(t, r, "no rule stands for %s", name) {
			continue
		}
		severity := got.severity("pkgs/by-name/to/tool/package.nix", r.ID)
		assert.Equal(t, slices.Contains(ignored, name), severity == diag.Off, "%s: %s is %s", name, r.ID, severity)
	}
	for _, r := range rules.All() {
		if r.Presets&rules.Nixpkgs != 0 {
			assert.NotEqual(t, diag.Off, got.severity("a.nix", r.ID), "%s is a rule for packages", r.ID)
		}
	}
}

// TestNixpkgsFiles leaves out the files that nixpkgs leaves out, where they are.
func TestNixpkgsFiles(t *testing.T) {
	const generated = "pkgs/servers/home-assistant/component-packages.nix"
	p := migrate.New(testenv.Tree(t, map[string]string{generated: "{ }\n"}))
	require.NoError(t, p.Nixpkgs())
	assert.True(t, resultOf(t, p).Excluded("/p/"+generated))
	p = migrate.New(testenv.Tree(t, nil))
	require.NoError(t, p.Nixpkgs())
	assert.False(t, resultOf(t, p).Excluded("/p/"+generated))
}

// packages is a tree in the form of nixpkgs. Comments name what is reported.
var packages = map[string]string{
	"pkgs/by-name/to/tool/package.nix": `{
  lib,
  stdenv,
  fetchurl,
  zlib,
}@args:
let
  unused = 1;
  true = 1;
in
stdenv.mkDerivation rec { # unused-rec
  pname = "tool";
  version = builtins.toString (1); # useless-parens
  src = builtins.nope "src";
  checked = (lib.head [ version' ]); # undefined-variable
  map = lib.id;
  meta = with lib; { # unused-with
    or = [ ]; # or-as-identifier
    homepage = https://example.org; # url-literal
    inherit; # empty-inherit
  };
}
`,
	"pkgs/by-name/ot/other/package.nix": "{ stdenv, lib }:\nstdenv.mkDerivation {\n  pname = \"other\";\n  version = \"1\";\n}\n",
}

// TestNixpkgsFindings runs the published configuration over packages.
func TestNixpkgsFindings(t *testing.T) {
	dir := testenv.Tree(t, packages)
	p := migrate.New(dir)
	require.NoError(t, p.Nixpkgs())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nixsift.toml"), []byte(p.TOML()), 0o644))
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}})
	require.NoError(t, err)
	require.Empty(t, res.Errors)
	var got, want []string
	for _, f := range res.Findings {
		rel, err := filepath.Rel(dir, f.File)
		require.NoError(t, err)
		got = append(got, fmt.Sprintf("%s:%d %s", filepath.ToSlash(rel), lineOf(packages[filepath.ToSlash(rel)], f.Span.Start), f.Rule))
	}
	for name, text := range packages {
		want = append(want, wantedIn(name, text)...)
	}
	slices.Sort(got)
	slices.Sort(want)
	assert.Equal(t, want, got)
}

// wantedIn returns what comments of a file say.
func wantedIn(name, text string) (want []string) {
	for i, line := range strings.Split(text, "\n") {
		if _, rule, ok := strings.Cut(line, "# "); ok {
			want = append(want, fmt.Sprintf("%s:%d %s", name, i+1, rule))
		}
	}
	return want
}

func lineOf(text string, offset uint32) int { return 1 + strings.Count(text[:offset], "\n") }

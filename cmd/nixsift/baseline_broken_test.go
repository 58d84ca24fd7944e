//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestBaselineBroken holds that a file that is not wholly analysed keeps its entries, and that one that is gone does not.
func TestBaselineBroken(t *testing.T) {
	const paths, script = "{\n  a = ./nope;\n  b = ./nope2;\n}\n", "#!/bin/sh\nnix build --override-input site path:/srv/site\n"
	for name, c := range map[string]struct{ file, before, after, config string }{
		"comment without end": {"a.nix", paths, "{\n  a = ./nope; /*\n  b = ./nope2;\n}\n", ""},
		"syntax error":        {"a.nix", paths, "{\n  a = ;\n}\n", ""},
		"merge":               {"a.nix", paths, "<<<<<<< HEAD\n" + paths + "=======\n{ }\n>>>>>>> other\n", ""},
		"NUL":                 {"a.nix", paths, "{ }\x00\n", ""},
		"empty":               {"a.nix", paths, "", ""},
		"empty, rule off":     {"a.nix", paths, "# later\n", "rules.empty-file = \"off\"\n"},
		"empty, silenced":     {"a.nix", paths, "# nixsift: ignore-file[empty-file] later\n", ""},
		"refused":             {"a.nix", paths, "{ a = nowhere; }\n", ""},
		"script":              {"a.sh", script, "#!/bin/sh\nif true; then\n  echo \"\n", ""},
		"script, empty":       {"a.sh", script, "\n", ""},
		"Makefile":            {"Makefile", "all:\n\tnix build --override-input site path:/srv/site\n", "all:\n\tif true; then echo\n", ""},
		"CI":                  {".github/workflows/a.yml", "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: nix build --override-input site path:/srv/site\n", "on: push\njobs: [\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := testenv.Tree(t, map[string]string{"nixsift.toml": c.config, "b.nix": "./gone.nix\n", c.file: c.before})
			path, known := filepath.Join(dir, filepath.FromSlash(c.file)), filepath.Join(dir, "nixsift-baseline.json")
			o := start(t, dir, nil, "baseline")
			before := read(t, known)
			require.Contains(t, before, `"file": "`+c.file+`"`, o.errors)
			write(t, c.after, path)
			for _, args := range []string{"baseline --check", "baseline", "baseline --prune", "baseline --accept-new", "check", "check " + c.file} {
				o := start(t, dir, nil, strings.Fields(args)...)
				assert.NotContains(t, o.out+o.errors, "fixed:", args)
				assert.Equal(t, strings.Count(before, c.file), strings.Count(read(t, known), c.file), args)
			}
			write(t, c.before, path)
			o = start(t, dir, nil, "check")
			assert.Equal(t, exitClean, o.status, o.out)
			require.NoError(t, os.Remove(path))
			o = start(t, dir, nil, "baseline")
			assert.Contains(t, o.out, "fixed: "+c.file)
			assert.NotContains(t, read(t, known), c.file)
		})
	}
}

// TestBaselineBrokenFlake holds that rules that look at a flake and its lock file tell nothing where one of them is broken.
func TestBaselineBrokenFlake(t *testing.T) {
	const flake = "{\n  inputs.a.url = \"path:./gone\";\n  inputs.b.url = \"path:./gone\";\n  outputs = { self, ... }: { };\n}\n"
	dir := testenv.Tree(t, map[string]string{"nixsift.toml": "", "flake.nix": flake, "flake.lock": "{ \"nodes\": { \"root\": { } }, \"root\": \"root\", \"version\": 7 }\n"})
	o := start(t, dir, nil, "baseline")
	require.FileExists(t, filepath.Join(dir, "nixsift-baseline.json"), o.out+o.errors)
	before := read(t, filepath.Join(dir, "nixsift-baseline.json"))
	write(t, "<<<<<<< HEAD\n", dir, "flake.lock")
	for _, args := range []string{"baseline", "baseline flake.nix", "baseline flake.lock"} {
		o := start(t, dir, nil, strings.Fields(args)...)
		assert.NotContains(t, o.out+o.errors, "fixed:", args)
		assert.Equal(t, before, read(t, filepath.Join(dir, "nixsift-baseline.json")), args)
	}
}

// TestBaselineNoFiles holds that a baseline shrinks though no file is left to check.
func TestBaselineNoFiles(t *testing.T) {
	one := func() (dir string) {
		dir = testenv.Tree(t, map[string]string{"nixsift.toml": "", "a.nix": "./gone.nix\n"})
		require.Contains(t, start(t, dir, nil, "baseline").out, "wrote nixsift-baseline.json: 1 finding\n")
		return dir
	}
	dir := one()
	require.NoError(t, os.Remove(filepath.Join(dir, "a.nix")))
	gate(t, dir, exitClean, "", "nixsift: 1 finding of nixsift-baseline.json is fixed")
	o := start(t, dir, nil, "baseline", "--check")
	assert.Equal(t, exitFindings, o.status)
	assert.Contains(t, o.out, "fixed: a.nix: missing-path\n")
	o = start(t, dir, nil, "baseline")
	assert.Equal(t, exitClean, o.status)
	assert.Equal(t, "fixed: a.nix: missing-path\nwrote nixsift-baseline.json: 0 findings (1 fixed)\n", o.out)
	o = start(t, dir, nil, "baseline", "--check")
	assert.Equal(t, exitClean, o.status)
	assert.Equal(t, "nixsift-baseline.json holds nothing that is fixed\n", o.out)
	write(t, "{", dir, "nixsift-baseline.json")
	for _, args := range []string{"baseline", "baseline --check", "check"} {
		o = start(t, dir, nil, strings.Fields(args)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.out+o.errors, "the baseline is damaged", args)
	}

	for _, path := range []string{".", "a.nix"} {
		dir = one()
		write(t, "exclude = [\"*\"]\n", dir, "nixsift.toml")
		o = start(t, dir, nil, "baseline", "--check", path)
		assert.Equal(t, exitClean, o.status, path)
		assert.Equal(t, "nixsift-baseline.json holds nothing that is fixed\n", o.out, path)
		assert.Contains(t, o.errors, "1 finding of nixsift-baseline.json is of rules that are off or of files that are left out", path)
		o = start(t, dir, nil, "baseline", path)
		assert.Equal(t, "nixsift-baseline.json stays as it is: 1 finding\n", o.out, path)
		o = start(t, dir, nil, "baseline", "--prune", path)
		assert.Equal(t, "wrote nixsift-baseline.json: 0 findings (1 left out by the configuration)\n", o.out, path)
	}

	empty := testenv.Tree(t, map[string]string{"nixsift.toml": ""})
	o = start(t, empty, nil, "baseline", "--check")
	assert.Equal(t, "there is no baseline: `nixsift baseline` writes one\n", o.out)
	o = start(t, empty, nil, "baseline")
	assert.Empty(t, o.out)
	assert.NoFileExists(t, filepath.Join(empty, "nixsift-baseline.json"))
}

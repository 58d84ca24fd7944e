//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/testenv"
)

// inputsProject is a flake with inputs of most kinds, and CI that needs the key of one.
func inputsProject(modified int64) map[string]string {
	const hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	node := func(locked string) string {
		return fmt.Sprintf(`"locked": {%s, "lastModified": %d}, "original": {%s}`, locked, modified, locked)
	}
	rev := strings.Repeat("a1", 20)
	return map[string]string{
		"flake.nix": `{
			inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
			inputs.home-manager.url = "github:nix-community/home-manager";
			inputs.core.url = "git+ssh://git@git.example.org/team/core";
			inputs.vendor = { url = "https://example.org/vendor.tar.gz"; flake = false; };
			inputs.dirty.url = "git+file:///srv/dirty";
			inputs.rel.url = "path:./rel";
			inputs.late.url = "github:cachix/late";
			nixConfig.extra-substituters = [ "https://nix-community.cachix.org" "https://o.cachix.org" "https://attic.example.org/team" ];
			outputs = _: { };
		}`,
		"flake.lock": `{"nodes": {
			"root": {"inputs": {"nixpkgs": "nixpkgs", "home-manager": "home-manager", "core": "core", "vendor": "vendor", "dirty": "dirty", "rel": "rel"}},
			"nixpkgs": {` + node(`"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "`+rev+`", "narHash": "`+hash+`"`) + `},
			"home-manager": {"inputs": {"nixpkgs": ["nixpkgs"], "systems": "systems"}, ` + node(`"type": "github", "owner": "nix-community", "repo": "home-manager", "rev": "`+rev+`", "narHash": "`+hash+`"`) + `},
			"systems": {` + node(`"type": "github", "owner": "a-very-long-owner-of-it-all", "repo": "a-repository-with-a-very-long-name", "rev": "`+rev+`"`) + `},
			"core": {` + node(`"type": "git", "url": "ssh://git@git.example.org/team/core", "rev": "`+rev+`", "narHash": "`+hash+`"`) + `},
			"vendor": {"flake": false, ` + node(`"type": "tarball", "url": "https://example.org/vendor.tar.gz", "narHash": "`+hash+`"`) + `},
			"dirty": {` + node(`"type": "git", "url": "file:///srv/dirty", "dirtyRev": "`+rev+`-dirty", "narHash": "`+hash+`"`) + `},
			"rel": {"parent": [], "locked": {"type": "path", "path": "./rel"}, "original": {"type": "path", "path": "./rel"}}
		}, "root": "root", "version": 7}`,
		".github/workflows/ci.yml": "on: push\njobs:\n  build:\n    runs-on: x\n    steps: [{run: nix build}]\n  lint:\n    runs-on: x\n    steps: [{run: echo nix build}]\n" +
			"  made:\n    runs-on: x\n    steps: [{run: make all}]\n  script:\n    runs-on: x\n    steps: [{run: ./ci/deploy.sh}]\n",
		"Makefile":     "all: check\n\ncheck:\n\tnix flake check\n",
		"ci/deploy.sh": "#!/bin/sh\n./ci/inner.sh\n",
		"ci/inner.sh":  "#!/bin/sh\nnixos-rebuild switch --flake .#host\n",
	}
}

func TestInputs(t *testing.T) {
	modified := time.Now().Add(-40 * 24 * time.Hour).Unix()
	dir := testenv.Tree(t, inputsProject(modified))
	o := start(t, dir, nil, "inputs")
	require.Equal(t, exitClean, o.status, o.errors)
	var lines []string
	for line := range strings.Lines(o.out) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), 100, line)
	}
	assert.Equal(t, []string{
		"INPUT FROM KIND REV AGE NEEDS ARCHIVE STORE",
		"nixpkgs NixOS/nixpkgs github a1a1a1a 40 d token* yes no",
		"home-manager nix-community/home-manager github a1a1a1a 40 d token* yes no",
		"core git.example.org/team/core git+ssh a1a1a1a 40 d ssh key yes no",
		"vendor example.org/vendor.tar.gz https - 40 d netrc* yes no",
		"dirty /srv/dirty git+file - 40 d - no no",
		"rel ./rel path - - - yes -",
		"home-manager/systems a-very-long-owner-of-it-all… github a1a1a1a 40 d token* no -",
		"late cachix/late github - - token* no -",
		"home-manager: follows nixpkgs = nixpkgs",
		"home-manager: cache https://nix-community.cachix.org",
		"core: cache https://attic.example.org/team",
		"core: key needed in .github/workflows/ci.yml: build, made, script",
		"dirty: its work tree was dirty when it was locked, and that state can be fetched from nowhere",
		"home-manager/systems: flake.lock has no narHash for it, so it is fetched again",
		"late: flake.lock does not have it: `nix flake lock` adds it",
		"* where the repository is private: access-tokens in nix.conf, or netrc",
		"8 inputs: 5 carried by `nix flake archive`, 0 in the store, 1 by SSH key",
	}, lines)

	for _, arg := range []string{".", "flake.lock", "../" + filepath.Base(dir), ""} {
		o = start(t, dir, nil, append([]string{"inputs", "--format", "json"}, strings.Fields(arg)...)...)
		require.Equal(t, exitClean, o.status, o.errors)
		validJSON(t, "inputs-v1.schema.json", o.out)
		var got struct {
			Flake  string
			Inputs []lockedInputJSON
		}
		require.NoError(t, json.Unmarshal([]byte(o.out), &got))
		require.Len(t, got.Inputs, 8)
		assert.Equal(t, ".", got.Flake)
		core := got.Inputs[2]
		assert.Equal(t, []string{"core"}, core.Path)
		const ci = ".github/workflows/ci.yml"
		assert.Equal(t, []jobJSON{{ci, "build"}, {ci, "made"}, {ci, "script"}}, core.Jobs)
		assert.True(t, strings.HasPrefix(core.StorePath, "/nix/store/") && strings.HasSuffix(core.StorePath, "-source"), core.StorePath)
		assert.Equal(t, map[string][]string{"nixpkgs": {"nixpkgs"}}, got.Inputs[1].Follows)
	}
	assert.Equal(t, exitClean, start(t, filepath.Join(dir, "ci"), nil, "inputs").status, "a folder below")
}

// TestInputsNotesAreWhole has more jobs than a line holds, and an input whose name alone fills one.
func TestInputsNotesAreWhole(t *testing.T) {
	name := strings.Repeat("long-", 24) + "name"
	ci := "on: push\njobs:\n"
	for i := range 12 {
		ci += fmt.Sprintf("  a-job-with-a-long-name-%d:\n    runs-on: x\n    steps: [{run: nix flake check}]\n", i)
	}
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": "{ inputs." + name + `.url = "git+ssh://git@git.example.org/a"; outputs = _: { }; }`,
		"flake.lock": `{"nodes": {"root": {"inputs": {"` + name + `": "a"}}, "a": {
			"locked": {"type": "git", "url": "ssh://git@git.example.org/a", "rev": "` + strings.Repeat("a1", 20) + `", "narHash": "sha256-` + strings.Repeat("A", 43) + `="},
			"original": {"type": "git", "url": "ssh://git@git.example.org/a"}}}, "root": "root", "version": 7}`,
		".github/workflows/ci.yml": ci,
	})
	o := start(t, dir, nil, "inputs")
	require.Equal(t, exitClean, o.status, o.errors)
	for line := range strings.Lines(o.out) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), 100, line)
	}
	for i := range 12 {
		assert.Contains(t, o.out, fmt.Sprintf("a-job-with-a-long-name-%d", i))
	}
}

func TestInputsRefuses(t *testing.T) {
	flake := "{ outputs = _: { }; }"
	dir := testenv.Tree(t, map[string]string{
		"none/x": "", "torn/flake.nix": flake, "torn/flake.lock": "{", "eight/flake.nix": flake, "eight/flake.lock": `{"version": 8}`,
		"folder/flake.nix": flake, "folder/flake.lock/x": "", "bare/flake.nix": flake,
	})
	for arg, text := range map[string]string{
		"none":             "none has no flake.nix",
		"github:o/r":       "github:o/r does not exist: name the folder of a flake on this machine",
		"torn":             "torn/flake.lock",
		"eight":            "eight/flake.lock is no lock file that Nix reads",
		"folder":           "folder/flake.lock is no regular file",
		"bare folder":      "accepts at most 1 arg",
		"bare --format md": `unknown format "md"`,
	} {
		o := start(t, dir, nil, append([]string{"inputs"}, strings.Fields(arg)...)...)
		assert.Equal(t, exitUsage, o.status, arg)
		assert.Contains(t, o.errors, text, arg)
		assert.Empty(t, o.out, arg)
	}
	o := start(t, filepath.Join(dir, "none"), nil, "inputs")
	assert.Equal(t, exitUsage, o.status)
	assert.Contains(t, o.errors, "there is no flake.nix here or in a folder above")
	o = start(t, dir, nil, "inputs", "bare")
	assert.Equal(t, exitClean, o.status, o.errors)
	assert.Equal(t, "the flake has no inputs\n", o.out)
}

// TestInputsWidth holds that the lines of the table fit, whatever the references are: a path without a scheme, host:path, wide characters,
// a scheme that is none.
func TestInputsWidth(t *testing.T) {
	long := strings.Repeat("x", 120)
	node := func(name, url string) string {
		return `"` + name + `": {"flake": false, "locked": {"type": "git", "url": "` + url + `", "rev": "` + strings.Repeat("a", 40) + `"}, "original": {"type": "indirect", "id": "` + name + `"}}, `
	}
	lock := `{"nodes": {` + node("a", "/home/"+long) + node("b", "git@example.org:"+long) + strings.NewReplacer(`"git"`, `"github"`, `"url": "x"`, `"owner": "`+strings.Repeat("雪", 60)+`", "repo": "r"`).Replace(node("c", "x")) + node("d", long+"://example.org") +
		`"root": {"inputs": {"a": "a", "b": "b", "c": "c", "d": "d"}}}, "root": "root", "version": 7}`
	dir := testenv.Tree(t, map[string]string{"flake.nix": "{ outputs = { self, a, b, c, d }: { }; }", "flake.lock": lock})
	o := start(t, dir, nil, "inputs")
	require.Equal(t, exitClean, o.status, o.errors)
	for line := range strings.Lines(o.out) {
		assert.LessOrEqual(t, report.Columns(strings.TrimSuffix(line, "\n")), inputsWidth, line)
	}
	for name, want := range map[string][2]string{"a": {"git", "-"}, "b": {"git", "ssh key"}, "c": {"github", "token*"}} {
		row := regexp.MustCompile(`(?m)^` + name + ` .*$`).FindString(o.out)
		assert.Regexp(t, `  `+regexp.QuoteMeta(want[0])+`  `, row)
		assert.Contains(t, row, want[1])
	}
}

// TestInputsTellsUnreadCI holds that a CI file of which not all can be told is named.
func TestInputsTellsUnreadCI(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix":                `{ inputs.core.url = "git+ssh://git@example.org/core"; outputs = _: { }; }`,
		"flake.lock":               `{"nodes": {"core": {"locked": {"type": "git", "url": "ssh://git@example.org/core", "rev": "` + strings.Repeat("a", 40) + `"}, "original": {"type": "git", "url": "ssh://git@example.org/core"}}, "root": {"inputs": {"core": "core"}}}, "root": "root", "version": 7}`,
		".github/workflows/ci.yml": "jobs:\n  build:\n    steps:\n      - run: nix build\n", ".github/workflows/torn.yml": "jobs: [\n",
	})
	o := start(t, dir, nil, "inputs")
	assert.Equal(t, exitClean, o.status, o.errors)
	assert.Contains(t, o.errors, "torn.yml cannot be read wholly")
	assert.NotContains(t, o.errors, "ci.yml")
	assert.Contains(t, o.out, "ci.yml: build")
}

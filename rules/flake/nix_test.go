package flake

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// unreachable matches what Nix says where it took a flake and then misses what only a network or other files would give.
var unreachable = regexp.MustCompile(`unable to download|Failed to fetch git|Failed to open archive|cannot find flake 'flake:|` +
	`hg failed|while fetching the input|does not provide attribute|-source/[^']*' does not exist`)

const thunk = `flake input attribute '[\w-]+' is a thunk while a string`

// refusals says what Nix says of the flakes in the fixtures of rules: of a folder, or with "" of all others in which the
// rule finds an error.
var refusals = map[string]map[string]string{
	"flake-input-url-and-follows": {"": `flake input has both a flake reference and a follows attribute`},
	"flake-missing-outputs":       {"": `lacks attribute 'outputs'`},
	"flake-not-attrset":           {"": `must be an attribute set`},
	"flake-outputs-not-lambda":    {"": `expected a function but got`},
	"flake-unknown-attr":          {"": `has an unsupported attribute`},
	"flake-input-unknown-attr": {
		"":                 `unexpected flake input attribute '\w+'`,
		"input":            thunk,
		"set":              thunk,
		"list":             `flake input attribute 'systems' is a (thunk|list) while`,
		"other-type":       `input attribute 'tag' not supported by scheme 'github'`,
		"forge-submodules": `input attribute 'submodules' not supported by scheme 'gitlab'`,
		"misspelt":         `input attribute 'submodule' not supported by scheme 'git'`,
		"path-ref":         `input attribute 'ref' not supported by scheme 'path'`,
	},
	"flake-input-wrong-type": {
		"":             `expected (a set|a string|a Boolean|a string or a path) but got`,
		"number":       `input attribute 'repo' is not a string`,
		"switch":       `input attribute 'submodules' is not a Boolean`,
		"fetcher-path": `flake input attribute 'path' is a path while`,
		"null-ref":     `flake input attribute 'ref' is null while`,
	},
	"flake-input-nested-inputs": {"": thunk},
	"flake-input-unquoted-dot":  {"": thunk},
	"flake-input-bad-type":      {"": `input attribute '\w+' is missing`, "misspelt": `Assertion 'scheme' failed`, "strange": `Assertion 'scheme' failed`, "override": `Assertion 'scheme' failed`},
	"flake-self-input-attr": {
		"":         `flake 'self' attribute '\w+' is not supported`,
		"value":    `expected a set but got a Boolean`,
		"null":     `flake input attribute 'lfs' is null while`,
		"nested":   `flake input attribute 'inputs' is a thunk while`,
		"override": `'self' input attribute not allowed`,
		"git":      `input attribute 'submodules' is not a Boolean`,
	},
	"outputs-missing-self":              {"": `function 'outputs' called with unexpected argument '(self|b)'`},
	"outputs-missing-input-no-ellipsis": {"": `function 'outputs' called with unexpected argument`},
	"outputs-arg-not-input": {
		"": `cannot find flake 'flake:nixpgks' in the flake registries`, "default": `cannot find flake 'flake:foo'`,
		"inputs": `cannot find flake 'flake:inputs'`, "registry": `cannot find flake 'flake:nixpkgs'`, "open": `cannot find flake 'flake:nixpgks'`,
	},
	"flake-input-bad-url": {
		"":            `path '[^']*' does not exist`,
		"colon":       `path URL '[^']*' has (unsupported|invalid) parameter 'ref'`,
		"ssh":         `input 'ssh://git@example.org/ada/engine' is unsupported`,
		"ftp":         `input 'ftp://example.org/engine' is unsupported`,
		"short":       `input 'codeberg:ada/engine' is unsupported`,
		"output":      `unexpected fragment 'engine' in flake reference`,
		"path-output": `unexpected fragment 'engine' in flake reference`,
		"path-host":   `should not have an authority`, "path-host-folder": `should not have an authority`,
		"registry-path": `'24.05' is not a commit hash`, "three": `'main' is not a commit hash`,
		"no-host":     `Failed to fetch git repository`,
		"typed-forge": `SCP-like URL 'github:ada/engine' is not supported`, "typed-port": `is not a valid URL`,
		"typed-scheme": `Protocol "tarball\+https" not supported`, "typed-none": `doesn't have a scheme`, "typed-empty": `Failed to fetch git repository|does not exist`,
		"no-scheme": `cannot find flake 'flake:ada/engine'`, "folder": `cannot find flake 'flake:sub/engine'`,
	},
	"flake-input-bad-parameter": {
		"":          `path URL '[^']*' has (unsupported|invalid) parameter '\w+'`,
		"rev":       `hash 'main' has wrong length for hash algorithm 'sha1'`,
		"short":     `hash 'abc1234' has wrong length for hash algorithm 'sha1'`,
		"typed-rev": `hash 'main' has wrong length`, "typed-both": `contains both a commit hash`, "typed-name": `contains an invalid branch/tag name`,
		"typed-host": `contains an invalid instance host`, "typed-owner": `unable to download 'https://api.github.com/repos/o/r/r/`, "typed-empty": `unable to download 'https://api.github.com/repos//r/`,
		"git-rev": `hash 'v1' has wrong length for hash algorithm 'sha1'`,
	},
	"flake-input-missing-path":   {"": `flake.nix' does not exist`},
	"flake-input-points-to-file": {"": `flake.nix/flake.nix' does not exist|lib.nix/flake.nix' does not exist`},
	"flake-input-indirect":       {"name": `cannot find flake 'flake:nixpkgs'`, "none": `cannot find flake 'flake:engine'`, "folder": `cannot find flake 'flake:sub'`},
	"flake-input-unknown":        {"own": `attribute 'hardware' missing`, "plain": `undefined variable 'nixpgs'`, "self": `attribute 'self' missing`},
	"flake-function-argument": {
		"proof":         `called with unexpected argument 'extraSpecialArgs'`,
		"proof-modules": `attribute 'modules' missing`, "proof-utils": `attempt to call something which is not a function but a set`,
	},
	"self-output-missing":  {"proof": `attribute 'b' missing`, "top": `attribute 'libs' missing`},
	"flake-output-unknown": {"pakcages": `unknown flake output 'pakcages'`, "singular": `unknown flake output 'nixosConfiguration'.*unknown flake output 'template'`, "each": `unknown flake output 'devShels'`, "rec": `unknown flake output 'nixosModles'`},
	"flake-output-deprecated": {
		"whole": `'defaultPackage' is deprecated; use 'packages.<system>.default'.*'overlay' is deprecated; use 'overlays.default'.*'nixosModule' is deprecated; use 'nixosModules.default'`,
		"each":  `'devShell' is deprecated; use 'devShells.<system>.default'`, "both": `'overlay' is deprecated`, "rec": `'overlay' is deprecated`, "read": `'overlay' is deprecated`,
	},
	"flake-output-bad-system": {
		"variable": `'default' is not a valid system type`, "file": `'default' is not a valid system type`,
		"none": `'default' is not a valid system type`, "set": `'ci' is not a valid system type`, "underscore": `'x86_64_linux' is not a valid system type`,
		"misspelt": `omitted these incompatible systems: aarch64-linx, x86-64_linux`, "each": `overlay is not a function, but a set instead`,
	},
	"flake-app-shape": {
		"type": `lacks attribute 'type'`, "program": `lacks attribute 'program'`, "attribute": `has unsupported attribute 'description'`, "each": `lacks attribute 'type'`,
	},
	"flake-template-shape": {
		"description": `lacks attribute 'description'`, "path": `lacks attribute 'path'`, "attribute": `has unsupported attribute 'welcometext'`,
		"default": `lacks attribute 'description'`,
	},
	"flake-overlay-shape": {
		"names": `overlay does not take an argument named 'final'`, "pattern": `overlay does not take an argument named 'final'`,
		"old": `overlay does not take an argument named 'final'`, "set": `overlay is not a function, but a set instead`,
		"list": `overlay is not a function, but a list instead`, "function": `expected a set but found a function`,
	},
	"flake-metadata-not-literal": {
		"":             `expected (a string|a set) but got`,
		"set":          `flake configuration setting 'extra' is a set`,
		"concatenated": `flake configuration setting 'extra-substituters' is a thunk`,
		"element":      `list element in flake configuration setting 'extra-substituters' is`,
		"number":       `list element in flake configuration setting 'extra-substituters' is`,
		"negative":     `flake configuration setting 'priority' is a thunk`,
		"float":        `flake configuration setting 'priority' is a float`,
		"inherited":    `flake configuration setting 'currentSystem' is|attribute 'currentSystem' missing`,
	},
}

// TestNixRefuses asks Nix about each flake of the fixtures: where the rule finds an error, Nix fails and says so; all
// others it takes, unless they are mixed.
func TestNixRefuses(t *testing.T) {
	gittest.Isolate(t)
	nix := testenv.NewNix(t)
	for id, messages := range refusals {
		t.Run(id, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", id+".txtar"))
			require.NoError(t, err)
			f, err := fixture.Parse(data)
			require.NoError(t, err)
			root := ruletest.Materialise(t, f)
			bad := map[string]bool{}
			for _, w := range f.Wants {
				if dir := filepath.Dir(w.File); w.Severity == "error" || messages[filepath.ToSlash(dir)] != "" {
					bad[dir] = true
				}
			}
			for _, file := range f.Files {
				dir := filepath.Dir(file.Name)
				if filepath.Base(file.Name) != "flake.nix" || strings.HasPrefix(dir, "nothing") {
					continue // of an empty url Nix copies the whole file system until it meets what it cannot
				}
				url := "path:" + filepath.Join(root, dir)
				if _, err := os.Stat(filepath.Join(root, dir, ".git")); err == nil {
					url = "git+file://" + filepath.Join(root, dir)
				}
				args := []string{"flake", "metadata", url}
				switch {
				case evaluated[id]:
					args = []string{"eval", url + "#out"}
				case checked[id]:
					args = []string{"flake", "check", "--no-build", url}
				}
				if !bad[dir] && mixed[id] {
					continue
				}
				out, err := nix.Run(root, args...)
				said := strings.Join(strings.Fields(out), " ")
				if !bad[dir] {
					if checked[id] && dir == "good" {
						assert.NoError(t, err, "%s: %s", dir, out)
						assert.NotContains(t, out, "deprecated", dir)
					}
					if evaluated[id] && strings.Contains(file.Text, "out = 1") && dir != "locked" {
						assert.NoError(t, err, "%s: %s", dir, out)
					}
					assert.True(t, err == nil || unreachable.MatchString(out), "%s: %s", dir, out)
					continue
				}
				message, ok := messages[filepath.ToSlash(dir)]
				if !ok {
					message = messages[""]
				}
				assert.True(t, err != nil || checked[id], "%s: %s", dir, out)
				assert.Regexp(t, message, said, dir)
			}
		})
	}
}

// mixed are the rules whose fixtures have flakes, too, that Nix refuses for another reason.
var mixed = map[string]bool{"flake-input-missing-path": true, "flake-input-url-and-follows": true, "flake-missing-outputs": true, "flake-not-attrset": true, "flake-input-unknown": true, "flake-function-argument": true, "input-output-missing": true}

// checked are the rules about what nix flake check tells, be it as a warning.
var checked = map[string]bool{
	"flake-output-unknown": true, "flake-output-deprecated": true, "flake-output-bad-system": true, "flake-app-shape": true,
	"flake-template-shape": true, "flake-overlay-shape": true,
}

// evaluated are the rules about what Nix only finds when it calls the outputs.
var evaluated = map[string]bool{
	"outputs-missing-self": true, "outputs-missing-input-no-ellipsis": true, "outputs-arg-not-input": true, "flake-input-unknown": true, "self-output-missing": true,
	"flake-function-argument": true, "input-output-missing": true,
}

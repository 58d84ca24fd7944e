package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
)

const relock = "nixsift: flake.nix: the inputs have changed: run `nix flake lock`, and commit flake.lock with them\n"

// lockOfCopies is a lock file of nixpkgs and of home-manager, which has one of its own.
const lockOfCopies = `{
  "nodes": {
    "home-manager": {
      "inputs": { "nixpkgs": "nixpkgs_2" },
      "locked": { "lastModified": 1740787200, "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "owner": "nix-community", "repo": "home-manager", "rev": "a05138c1f9c9522702ea12661e7007e5fd309383", "type": "github" },
      "original": { "owner": "nix-community", "repo": "home-manager", "type": "github" }
    },
    "nixpkgs": {
      "locked": { "lastModified": 1748736000, "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "owner": "NixOS", "repo": "nixpkgs", "rev": "66ed512d5b42841709cce2e83b5ad8ee73a805d6", "type": "github" },
      "original": { "owner": "NixOS", "ref": "nixos-unstable", "repo": "nixpkgs", "type": "github" }
    },
    "nixpkgs_2": {
      "locked": { "lastModified": 1740787200, "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "owner": "NixOS", "repo": "nixpkgs", "rev": "2eff6f93787ec471117a43bbf383beea6ed9695e", "type": "github" },
      "original": { "owner": "NixOS", "ref": "nixos-unstable", "repo": "nixpkgs", "type": "github" }
    },
    "root": { "inputs": { "home-manager": "home-manager", "nixpkgs": "nixpkgs" } }
  },
  "root": "root",
  "version": 7
}
`

// TestFixChangesInputs applies the fixes that change what the inputs of a flake are, although the lock file is not of these
// any more, and says what to do; without a lock file nothing is to be done.
func TestFixChangesInputs(t *testing.T) {
	const urls = "  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";\n  inputs.home-manager.url = \"github:nix-community/home-manager\";\n"
	for name, c := range map[string]struct{ rule, before, after string }{
		"a follows that is missing": {"missing-follows", urls, "inputs.home-manager.inputs.nixpkgs.follows = \"nixpkgs\";"},
		"an override of a name that the input does not have": {
			"follows-unused", urls + "  inputs.home-manager.inputs.nixpkg.follows = \"nixpkgs\";\n", "inputs.home-manager.inputs.nixpkgs.follows = \"nixpkgs\";",
		},
		"a follows of an input that does not exist": {
			"follows-undeclared-input", urls + "  inputs.home-manager.inputs.nixpkgs.follows = \"nixpkg\";\n", "inputs.home-manager.inputs.nixpkgs.follows = \"nixpkgs\";",
		},
		"inputs under another name": {
			"flake-unknown-attr", strings.ReplaceAll(urls, "inputs.home", "input.home"), "inputs.home-manager.url",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"flake.nix": "{\n" + c.before + "  outputs = _: { };\n}\n", "flake.lock": lockOfCopies}
			for _, args := range [][]string{{"fix", "--unsafe-fixes"}, {"fix", "--interactive"}} {
				if c.rule != "missing-follows" {
					args = append(args, "--ignore", "missing-follows")
				}
				dir := testenv.Tree(t, files)
				_, _, errs := nixsift(t, dir, "y\nn\nn\n", args...)
				assert.Contains(t, read(t, filepath.Join(dir, "flake.nix")), c.after, errs)
				assert.NotContains(t, errs, "left out")
				if c.rule != "flake-unknown-attr" { // the lock file has the inputs already
					assert.Contains(t, errs, "nixsift: applied 1 fix in 1 file: "+c.rule+" 1\n"+relock)
				}
			}
		})
	}

	dir := testenv.Tree(t, map[string]string{"flake.nix": "{\n" + urls + "  outputs = _: { };\n}\n"})
	_, _, errs := nixsift(t, dir, "", "fix", "--unsafe-fixes")
	assert.Equal(t, "nixsift: applied 1 fix in 1 file: missing-follows 1\n", errs)
}

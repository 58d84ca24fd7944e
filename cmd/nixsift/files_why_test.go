//go:build unix

package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestFilesWhy tells of files which hosts have them, which outputs evaluate them, and who names them.
func TestFilesWhy(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{ inputs.nixpkgs.url = "github:NixOS/nixpkgs"; outputs = { nixpkgs, other, ... }: { lib = import ./lib.nix;
			nixosConfigurations = builtins.mapAttrs (n: _: nixpkgs.lib.nixosSystem { modules = [ ./hosts/${n}.nix ] ++ nixpkgs.lib.optional other.x ./some.nix; }) { web = 1; mail = 1; }; }; }`,
		"lib.nix": "{ }", "hosts/web.nix": "{ imports = [ ../common.nix ]; }", "hosts/mail.nix": "{ imports = [ ../common.nix ]; }", "common.nix": "{ }",
		"some.nix": "{ }", "loose.nix": "{ }", "run.sh": "true\n",
	})
	o := start(t, dir, nil, "files", "--why", "common.nix", "some.nix", "loose.nix", "lib.nix", "run.sh")
	require.Equal(t, exitClean, o.status, o.errors)
	assert.Equal(t, `common.nix  nix
    a flake evaluates it
    as a module of nixosConfigurations.mail
    as a module of nixosConfigurations.web
    named by hosts/mail.nix
    named by hosts/web.nix
lib.nix  nix
    a flake evaluates it
    for lib
    named by flake.nix
loose.nix  nix
    no flake is seen to evaluate it
run.sh    shell
some.nix  nix
    a flake may evaluate it
    perhaps as a module of nixosConfigurations.mail
    perhaps as a module of nixosConfigurations.web
    named by flake.nix
5 files checked, 0 left out, 0 of no kind that nixsift checks
`, o.out)

	o = start(t, dir, nil, "files", "--why", "--format", "json", "common.nix", "run.sh")
	validJSON(t, "files-v1.schema.json", o.out)
	var got struct {
		Files []struct {
			Reach   string
			Outputs []map[string]any
			NamedBy []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &got))
	assert.Equal(t, "surely", got.Files[0].Reach)
	assert.Equal(t, map[string]any{"output": "nixosConfigurations.mail", "module": true, "sure": true}, got.Files[0].Outputs[0])
	assert.Equal(t, []string{"hosts/mail.nix", "hosts/web.nix"}, got.Files[0].NamedBy)
	assert.Nil(t, got.Files[1].Outputs)
}

package all_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
)

// TestToldOnce holds that what rules about pure evaluation tell of a place no other rule tells as well, and that where they are
// off, or a file is not reached, the others go on to.
func TestToldOnce(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{ outputs = _: {
  a = fetchTarball "https://example.org/x.tar.gz";
  b = import /etc/x.nix;
  c = import ./passed.nix { pkgs = 1; };
}; }`,
		"shell.nix":  "[ (fetchTarball \"https://example.org/x.tar.gz\") (import /etc/x.nix) ]",
		"passed.nix": "{ pkgs ? fetchTarball \"https://example.org/x.tar.gz\" }: pkgs",
	})
	stable := []string{"fetch-tarball-without-hash", "absolute-path-literal"}
	for _, c := range []struct {
		only []string
		want []string
	}{
		{stable, []string{"fetch-tarball-without-hash", "absolute-path-literal", "fetch-tarball-without-hash", "fetch-tarball-without-hash", "absolute-path-literal"}},
		{append([]string{"impure-fetch", "impure-path"}, stable...), []string{"impure-fetch", "impure-path", "fetch-tarball-without-hash", "fetch-tarball-without-hash", "absolute-path-literal"}},
	} {
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: c.only})
		require.NoError(t, err)
		var got []string
		for _, f := range res.Findings {
			got = append(got, f.Rule)
		}
		assert.Equal(t, c.want, got)
	}
}

// TestImageToldOnce holds that of what an image asks the machine one rule tells, with the advice for images.
func TestImageToldOnce(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05"; outputs = { nixpkgs, ... }: {
  nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
}; }`,
		"a.nix": `{ lib, ... }: { isoImage.volumeID = builtins.getEnv "SITE"; networking = lib.importJSON "/etc/site.json"; }`,
	})
	for _, c := range []struct{ only, want []string }{
		{[]string{"impure-builtin", "impure-path", "site-config-in-closure"}, []string{"impure-builtin", "impure-path"}},
		{[]string{"impure-builtin", "site-config-in-closure"}, []string{"impure-builtin", "site-config-in-closure"}},
	} {
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: c.only})
		require.NoError(t, err)
		var got []string
		for _, f := range res.Findings {
			got = append(got, f.Rule)
			assert.Contains(t, f.Help, rules.AtRunTime)
		}
		assert.Equal(t, c.want, got)
	}
}

// TestBrokenReferenceToldOnce holds that of an input whose reference is wrong as it is written the lock rules say nothing, unless the rule that
// tells of it is off.
func TestBrokenReferenceToldOnce(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{
  inputs.a.url = "github:ada";
  inputs.b.follows = "aa/c";
  inputs.c.url = "codeberg:ada/c";
  inputs.d.url = "github:ada/d/main";
  outputs = _: { };
}`,
		"flake.lock": `{"nodes": {
  "a": {"locked": {"lastModified": 1, "narHash": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "owner": "ada", "repo": "a", "rev": "f74102da460f19c53e615c7e723afcfe10f5220d", "type": "github"}, "original": {"owner": "ada", "repo": "a", "type": "github"}},
  "d": {"locked": {"lastModified": 1, "narHash": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "owner": "ada", "repo": "d", "rev": "f74102da460f19c53e615c7e723afcfe10f5220d", "type": "github"}, "original": {"owner": "ada", "repo": "d", "type": "github"}},
  "root": {"inputs": {"a": "a", "b": ["a"], "d": "d"}}}, "root": "root", "version": 7}`,
	})
	lock := []string{"lock-stale-entry", "lock-missing-entry"}
	for _, c := range []struct {
		only []string
		want []string
	}{
		{lock, []string{"lock-stale-entry a", "lock-stale-entry b", "lock-stale-entry d"}},
		{append([]string{"flake-input-bad-url", "follows-undeclared-input"}, lock...), []string{
			"flake-input-bad-url a", "follows-undeclared-input b", "flake-input-bad-url c", "lock-stale-entry d",
		}},
	} {
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: c.only})
		require.NoError(t, err)
		var got []string
		for _, f := range res.Findings {
			got = append(got, f.Rule+" "+strings.Split(f.Message, "`")[1])
		}
		assert.Equal(t, c.want, got)
	}
}

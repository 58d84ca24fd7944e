package project_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// entries writes n entries of a table, sorted, each made by a format with the number and a hash.
func entries(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", 'a'+i, fmt.Sprintf("sha256-%043d=", i))
	}
	return b.String()
}

func TestGeneratedByShape(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"flake.nix": "{ }"})
	p := project.New(workspace.OS).ViewOf(dir)
	for name, c := range map[string]struct {
		file, text string
		want       bool
	}{
		"haskell.nix package": {"pkg.nix", `{ system, compiler, flags, pkgs, hsPkgs, pkgconfPkgs, errorHandler, config, ... }:
			({ flags = { }; package = { identifier = { name = "a"; version = "1"; }; }; components = { }; } // rec { src = pkgs.lib.mkDefault ../.; }) // { cabal-generator = "hpack"; }`, true},
		"haskell.nix plan":     {"default.nix", `{ pkgs = hackage: { packages = { }; }; extras = hackage: { packages = { a = ./.plan.nix/a.nix; }; }; modules = [ ({ lib, ... }: { }) ]; }`, true},
		"haskell.nix stack":    {"pkgs.nix", `{ extras = _hackage: { packages = { a = ./a.nix; }; }; resolver = "lts-1"; modules = [ { packages = { }; } ]; }`, true},
		"haskell.nix project":  {"hs.nix", `{ pkgs, extras }: { pkgs = pkgs.haskell; extras = extras; }`, false},
		"cabal2nix":            {"a.nix", `{ mkDerivation, base, lib, text }: mkDerivation { pname = "a"; version = "1"; src = ./.; libraryHaskellDepends = [ base text ]; license = lib.licenses.mit; }`, true},
		"cabal by hand":        {"a.nix", `{ lib, mkDerivation, text, base }: mkDerivation { pname = "a"; version = "1"; src = ./.; libraryHaskellDepends = [ base text ]; license = lib.licenses.mit; }`, false},
		"package by hand":      {"a.nix", `{ mkDerivation, lib }: mkDerivation { pname = "a"; version = "1"; license = lib.licenses.mit; }`, false},
		"mix2nix":              {"deps.nix", `{ lib, beamPackages, overrides ? (x: y: { }) }: let buildRebar3 = lib.makeOverridable beamPackages.buildRebar3; buildMix = lib.makeOverridable beamPackages.buildMix; self = packages // (overrides self packages); packages = with beamPackages; with self; { a = buildMix rec { name = "a"; }; }; in self`, true},
		"mix by hand":          {"deps.nix", `{ lib, beamPackages }: let buildMix = beamPackages.buildMix; in { a = buildMix { name = "a"; }; }`, false},
		"composer2nix":         {"php-packages.nix", `{ composerEnv, fetchurl, fetchgit ? null, noDev ? false }: let packages = { "a/b" = { targetDir = ""; }; }; devPackages = { }; in composerEnv.buildPackage { inherit packages; }`, true},
		"yarn2nix":             {"yarn.nix", `{ fetchurl, fetchgit, linkFarm, runCommand, gnutar }: rec { offline_cache = linkFarm "offline" packages; packages = [ ]; }`, true},
		"bundix":               {"gemset.nix", `{ rake = { groups = [ "default" ]; platforms = [ ]; source = { remotes = [ "x" ]; sha256 = "1"; type = "gem"; }; version = "1"; }; }`, true},
		"sets with sources":    {"x.nix", `{ a = { source = ./a; version = "1"; }; }`, false},
		"an empty set":         {"x.nix", `{ }`, false},
		"elm2nix":              {"elm-srcs.nix", "{\n" + entries(9, `"elm/%c" = { version = "1.0.0"; sha256 = "%s"; };`) + "}", true},
		"a few sources":        {"srcs.nix", "{\n" + entries(5, `"elm/%c" = { version = "1.0.0"; sha256 = "%s"; };`) + "}", false},
		"nuget":                {"deps.nix", "{ fetchNuGet }: [\n" + entries(9, `(fetchNuGet { pname = "%c"; version = "1"; hash = "%s"; })`) + "]", true},
		"below a name":         {"x.nix", "{ depsPaths = {\n" + entries(9, `%c = { rev = "1"; hash = "%s"; };`) + "}; }", true},
		"unsorted":             {"x.nix", "{\n" + entries(9, `%c = { hash = "%s"; };`) + `a = { hash = "1"; }; }`, false},
		"packages, by hand":    {"x.nix", "{ fetchurl, stdenv }: {\n" + entries(9, `%c = stdenv.mkDerivation { src = fetchurl { url = "x"; hash = "%s"; }; meta = with lib; { license = licenses.mit; }; };`) + "}", false},
		"computed, by hand":    {"x.nix", "{ fetchurl }: {\n" + entries(9, `%c = fetchurl rec { name = baseNameOf url; url = "x"; hash = "%s"; };`) + "}", false},
		"explained, by hand":   {"x.nix", "{\n" + entries(9, `%c = { hash = "%s"; }; # why`) + "}", false},
		"no hashes":            {"x.nix", "{\n" + strings.ReplaceAll(entries(9, `%c = { hash = "%s"; };`), "hash", "text") + "}", true},
		"names only":           {"x.nix", "{ a = 1; b = 2; c = 3; d = 4; e = 5; f = 6; g = 7; h = 8; i = 9; }", false},
		"part of a file":       {"x.nix", "{ lib }: let table = {\n" + entries(9, `%c = { hash = "%s"; };`) + "}; in lib.mapAttrs (name: value: " + strings.Repeat("lib.id (", 400) + "value" + strings.Repeat(")", 400) + ") table", false},
		"folder":               {"nix/materialized/ghc8107/default.nix", `{ a = ./b; }`, true},
		"folder of nvfetcher":  {"pkgs/_sources/generated.nix", `{ fetchgit }: { }`, true},
		"what reads it":        {"pkgs/generated/default.nix", `{ lib }: lib.importJSON ./x.json`, false},
		"explained in folder":  {"generated/mine.nix", "{\n  # by hand\n  a = 1; }", false},
		"header via":           {"d.nix", "# Generated via dconf2nix: https://example.com\n{ }", true},
		"header of an install": {"n.nix", "{ lib, ... }: {\n# This file was populated at runtime with what was found.\n}", false},
		"header of an infect":  {"n.nix", "# This file was populated at runtime with the networking details\n{ }", true},
		"header that warns":    {"n.nix", "# WARN: this file will get overwritten by a tool\n{ }", true},
		"header in capitals":   {"flake.nix", "# DO-NOT-EDIT. It comes from elsewhere.\n{ }", true},
		"header of prose":      {"n.nix", "# Values via the generator are copied by hand.\n{ }", false},
		"broken":               {"gemset.nix", `{ rake = { source = { type = "gem"; }; version = "1"; }`, false},
	} {
		path := filepath.Join(dir, filepath.FromSlash(c.file))
		assert.Equal(t, c.want, p.Generated(path, parser.Parse(c.text)), name)
	}
}

package nixlang

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

func TestIsNixpkgs(t *testing.T) {
	for _, text := range []string{
		"nixpkgs", "(nixpkgs)", "nixpkgs'", "nixpkgs-unstable", "nixpkgs_23_05", "inputs.nixpkgs", "self.inputs.nixpkgs-stable",
		"sources.nixpkgs", "inputs.nixpkgs.outPath", "nixpkgs.outPath", "<nixpkgs>", "./nixpkgs", "../vendor/nixpkgs",
		`"${nixpkgs}"`, `"${inputs.nixpkgs}"`,
		`fetchTarball "https://github.com/NixOS/nixpkgs/archive/x.tar.gz"`,
		`builtins.fetchGit { url = "https://github.com/NixOS/nixpkgs"; }`,
		`(fetchFromGitHub { owner = "NixOS"; repo = "nixpkgs"; })`, `builtins.getFlake "nixpkgs"`,
	} {
		require.True(t, IsNixpkgs(parser.Parse(text).Expr()), text)
	}
	for _, text := range []string{
		"unstable", "nixpkgsConfig", "nixpkgs-fmt", "inputs.nixpkgs-mozilla", "<nixpkgs/nixos>", "<nixpkgs/lib>", "./nixpkgs.nix", "./nixpkgs-config.nix",
		`"${nixpkgs}/nixos"`, "nixpkgs.lib", "nixpkgs or x", "(x.nixpkgs or y)", "f nixpkgs", `fetchTarball "https://example.org/mynixpkgs.tar.gz"`,
		`fetchpatch { url = "https://github.com/NixOS/nixpkgs/x.patch"; }`, `"nixpkgs"`, "outPath",
	} {
		require.False(t, IsNixpkgs(parser.Parse(text).Expr()), text)
	}
}

func TestNamesPackages(t *testing.T) {
	for _, name := range []string{"pkgs", "pkgs'", "pkgs-unstable", "pkgsStable", "pkgs_24", "pkgs2", "nixpkgs", "nixpkgs-unstable", "nixpkgsFlake"} {
		require.True(t, NamesPackages(name), name)
	}
	for _, name := range []string{"", "nix", "pkgspath", "mypkgs", "nixpkgs-fmt", "nixpkgs-wayland", "lib", "packages"} {
		require.False(t, NamesPackages(name), name)
	}
}

func TestIsPackages(t *testing.T) {
	for text, want := range map[string]bool{
		"{ pkgs }: pkgs":                                          true,
		"pkgs: pkgs":                                              true,
		"{ pkgs ? import <nixpkgs> { } }: pkgs":                   true,
		"{ pkgs ? { a = 1; } }: pkgs":                             false,
		"{ pkgs, ... }@args: args":                                false,
		"{ stdenv }: stdenv":                                      false,
		"let pkgs = import <nixpkgs> { }; in pkgs":                true,
		"let p = import inputs.nixpkgs { inherit system; }; in p": true,
		"let pkgs = nixpkgs.legacyPackages.${system}; in pkgs":    true,
		"let pkgs = import ./nixpkgs-config.nix { }; in pkgs":     false,
		"let pkgs = import nixpkgs; in pkgs":                      false,
		"let pkgs.a = 1; pkgs.b = 2; in pkgs":                     false,
		"let pkgs = { }; in pkgs":                                 false,
		"with x; pkgs":                                            false,
		"{ pkgs }: let p = pkgs; in (p)":                          true,
		"let p = p; in p":                                         false,
		"import <nixpkgs> { }":                                    true,
		"nixpkgs.legacyPackages.x86_64-linux":                     true,
		"nixpkgs.legacyPackages.x86_64-linux.pkgsStatic":          true,
		"nixpkgs.legacyPackages":                                  false,
		"nixpkgs.legacyPackages.x86_64-linux.hello":               false,
		"nixpkgs.legacyPackages.x86_64-linux or { }":              false,
		"let hello = nixpkgs.legacyPackages.x.hello; in hello":    false,
	} {
		tree := parser.Parse(text)
		body := tree.Expr()
		for body.Is(ast.Lambda) || body.Is(ast.Let) || body.Is(ast.With) {
			body = body.Child(1)
		}
		require.Equal(t, want, IsPackages(sema.Resolve(tree), body), text)
	}
}

package migrate

import (
	"os"
	"path/filepath"
)

// nixpkgsIgnored are the checks of nixf-diagnose that the CI of NixOS/nixpkgs leaves out, and nixpkgsExcluded the
// files: ci/treefmt.nix there, as of pull requests 480141 and 534962 (2026).
var (
	nixpkgsIgnored = []string{
		"sema-unused-def-lambda-noarg-formal", "sema-unused-def-lambda-witharg-arg", "sema-unused-def-lambda-witharg-formal",
		"sema-unused-def-let", "sema-primop-removed-prefix", "sema-primop-overridden", "sema-constant-overridden", "sema-primop-unknown",
	}
	nixpkgsExcluded = []string{
		"pkgs/servers/home-assistant/component-packages.nix", "nixos/maintainers/scripts/azure-new/examples/basic/system.nix",
	}
)

// NixpkgsIgnored returns the names of the checks of nixf-diagnose that NixOS/nixpkgs leaves out.
func NixpkgsIgnored() []string { return append([]string(nil), nixpkgsIgnored...) }

// IsNixpkgs reports whether the plan's folder is a checkout of nixpkgs or of a fork, by files that all of them have.
func (p *Plan) IsNixpkgs() bool {
	for _, file := range []string{"pkgs/top-level/all-packages.nix", "nixos/modules/module-list.nix", "lib/default.nix"} {
		if info, err := os.Stat(filepath.Join(p.dir, filepath.FromSlash(file))); p.dir == "" || err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// Nixpkgs makes the plan what NixOS/nixpkgs has its CI check: the preset nixpkgs, with the rules for checks of
// nixf-diagnose on or off as they are there.
func (p *Plan) Nixpkgs() error {
	p.preset = "nixpkgs"
	c := call{tool: "nixf-diagnose", what: "ci/treefmt.nix of NixOS/nixpkgs"}
	for _, name := range nixpkgsIgnored {
		c.args = append(c.args, "--ignore="+name)
	}
	for _, file := range nixpkgsExcluded {
		if _, err := os.Lstat(filepath.Join(p.dir, filepath.FromSlash(file))); p.dir != "" && err == nil {
			c.exclude = append(c.exclude, file)
		}
	}
	return p.add(c)
}

package flake

import (
	"path"
	"strings"

	"github.com/nixsift/nixsift/internal/flake"
)

// weight says what a second copy of an input costs.
type weight uint8

// The weights: small libraries, ordinary flakes, frameworks of modules that are evaluated as a whole, whole
// package sets.
const (
	utility weight = iota
	ordinary
	framework
	packageSet
)

// utilities are repositories of small libraries: a copy more is a line in the lock and little else.
var utilities = names(
	"github.com/cachix/cachix-deploy-flake",
	"github.com/determinatesystems/flake-schemas",
	"github.com/divnix/blank",
	"github.com/divnix/call-flake",
	"github.com/divnix/dmerge",
	"github.com/divnix/incl",
	"github.com/divnix/nosys",
	"github.com/divnix/yants",
	"github.com/gytis-ivaskevicius/flake-utils-plus",
	"github.com/hercules-ci/flake-parts",
	"github.com/hercules-ci/gitignore.nix",
	"github.com/nix-community/flake-compat",
	"github.com/nix-community/haumea",
	"github.com/nix-community/nix-github-actions",
	"github.com/nixos/flake-compat",
	"github.com/nix-systems/aarch64-darwin",
	"github.com/nix-systems/aarch64-linux",
	"github.com/nix-systems/default",
	"github.com/nix-systems/default-darwin",
	"github.com/nix-systems/default-linux",
	"github.com/nix-systems/x86_64-darwin",
	"github.com/nix-systems/x86_64-linux",
	"github.com/numtide/blueprint",
	"github.com/numtide/flake-utils",
	"github.com/numtide/nix-filter",
	"github.com/srid/flake-root",
	"github.com/vic/flake-file",
	"github.com/vic/import-tree",
	"github.com/zhaofengli/nix-github-actions",
	"git.lix.systems/lix-project/flake-compat",
)

// frameworks are sets of modules that whoever uses them evaluates as a whole.
var frameworks = names(
	"github.com/nix-community/home-manager",
	"github.com/nix-darwin/nix-darwin",
)

// testOnly names inputs that a flake uses for its own tests and formatters only, by its repository;
// "*" stands for all. Who uses the flake never evaluates them.
var testOnly = map[string][]string{
	"github.com/nixos/nixos-hardware":        {"*"},
	"github.com/nix-community/impermanence":  {"*"},
	"github.com/ryantm/agenix":               {"home-manager", "darwin"},
	"github.com/nix-community/emacs-overlay": {"nixpkgs-stable"},
}

// ownDevelopment names inputs that a flake needs for nothing but its own development, by its repository, and whose
// place `follows = ""` takes for everyone else.
var ownDevelopment = map[string][]string{
	"git.lix.systems/lix-project/lix":       {"nixpkgs-regression", "nix_2_18", "pre-commit-hooks"},
	"github.com/determinatesystems/nix-src": {"flake-parts", "git-hooks-nix", "nixpkgs-23-11", "nixpkgs-regression"},
	"github.com/nixos/nix":                  {"flake-parts", "git-hooks-nix", "nixpkgs-23-11", "nixpkgs-regression"},
}

// outsideFlakes are repositories that let a flake be used without flakes: its default.nix and shell.nix read them, its
// outputs do not.
var outsideFlakes = names(
	"git.lix.systems/lix-project/flake-compat",
	"github.com/nix-community/flake-compat",
	"github.com/nixos/flake-compat",
)

// checksOnly are repositories whose functions a flake calls for its checks, formatter and shells. One made with
// flake-parts imports their modules instead, and needs them for each of its outputs.
var checksOnly = names(
	"github.com/cachix/git-hooks.nix",
	"github.com/numtide/treefmt-nix",
)

// developerTools are flakes whose nixpkgs, where they are inputs of an input, serves that input's own
// development: formatting, commit hooks, checks.
var developerTools = names(
	"github.com/cachix/git-hooks.nix",
	"github.com/hercules-ci/hercules-ci-effects",
	"github.com/ipetkov/crane",
	"github.com/numtide/devshell",
	"github.com/numtide/treefmt-nix",
)

// modulesOnly are flakes of modules and functions: nothing that a binary cache has depends on their
// nixpkgs, whatever cache their owner runs.
var modulesOnly = names(
	"github.com/nix-community/disko",
	"github.com/nix-community/home-manager",
	"github.com/nix-community/impermanence",
	"github.com/nix-community/nixos-generators",
	"github.com/nix-community/nixos-wsl",
	"github.com/nix-community/plasma-manager",
	"github.com/nix-community/stylix",
	"github.com/nix-darwin/nix-darwin",
	"github.com/nixos/nixos-hardware",
	"github.com/numtide/treefmt-nix",
)

// ownCache are flakes whose modules name a binary cache that has builds against their own nixpkgs.
var ownCache = names(
	"github.com/chaotic-cx/nyx",
	"github.com/determinatesystems/determinate",
	"github.com/sodiboo/niri-flake",
)

// cacheOwners are the owners of caches whose name is not that of their repository.
var cacheOwners = map[string]string{
	"chaoticnyx": "chaotic-cx",
	"hyprland":   "hyprwm",
}

// hasNixpkgs are flakes that had an input nixpkgs in each of their versions, all that one knows without a
// lock file.
var hasNixpkgs = names(
	"github.com/mic92/sops-nix",
	"github.com/nix-community/disko",
	"github.com/nix-community/home-manager",
	"github.com/nix-community/lanzaboote",
	"github.com/nix-community/nix-index-database",
	"github.com/nix-community/nixos-generators",
	"github.com/nix-community/nixvim",
	"github.com/nix-community/stylix",
	"github.com/nix-darwin/nix-darwin",
	"github.com/numtide/treefmt-nix",
	"github.com/oxalica/rust-overlay",
	"github.com/ryantm/agenix",
)

func names(list ...string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, n := range list {
		set[n] = true
	}
	return set
}

// weigh returns the weight of what a lock node is.
func weigh(ref flake.Ref, name string) weight {
	repo := ref.Repository()
	switch {
	case isLib(ref, name), utilities[repo]:
		return utility
	case isPackageSet(ref):
		return packageSet
	case frameworks[repo]:
		return framework
	}
	return ordinary
}

// isPackageSet reports whether a reference is nixpkgs or, by the name of its repository, a fork of it.
func isPackageSet(ref flake.Ref) bool {
	switch path.Base(ref.Repository()) {
	case "nixpkgs", "nixpkgs-channels", "nixpkgs-weekly", "devenv-nixpkgs":
		return ref.Dir == ""
	}
	return false
}

// isLib reports whether an input is the library of nixpkgs alone.
func isLib(ref flake.Ref, name string) bool {
	repo := ref.Repository()
	return repo == "github.com/nix-community/nixpkgs.lib" ||
		repo == flake.Nixpkgs && (strings.Trim(ref.Dir, "/") == "lib" || name == "nixpkgs-lib")
}

// repositoryOf returns the repository of a lock node, or "".
func repositoryOf(n *flake.LockNode) string {
	ref := refOf(n)
	return ref.Repository()
}

// refOf returns the source of a lock node, or the zero Ref.
func refOf(n *flake.LockNode) flake.Ref {
	ref, _ := n.Source()
	return ref
}

// isSystems reports whether a reference is a list of systems. One can take the place of another.
func isSystems(ref flake.Ref) bool {
	return strings.HasPrefix(ref.Repository(), "github.com/nix-systems/")
}

// isTestOnly reports whether the repository is known to use its input for its own tests only.
func isTestOnly(repo, input string) bool {
	for _, n := range testOnly[repo] {
		if n == "*" || n == input {
			return true
		}
	}
	return false
}

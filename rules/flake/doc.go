// Package flake holds the rules about flakes: what flake.nix and flake.lock say of inputs, together
// and each for itself. Facts about Nix are those of its flake.cc and lockfile.cc, checked with Nix 2.34.
package flake

const family = "flake"

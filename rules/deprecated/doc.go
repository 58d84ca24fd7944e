// Package deprecated holds the rules about forms that still work and that Nix, other implementations of it or
// nixpkgs advise against.
package deprecated

const family = "deprecated"

// Package module holds the rules about the module system of NixOS, home-manager, nix-darwin and others: what
// it needs before config exists, and what a module does while it is not enabled.
package module

const family = "module"

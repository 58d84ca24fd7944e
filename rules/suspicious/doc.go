// Package suspicious holds the rules about code that Nix accepts and that is very likely not what was meant:
// names that nothing uses, names that hide others, values that come out otherwise than they look.
package suspicious

const family = "suspicious"

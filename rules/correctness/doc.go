// Package correctness holds the rules about code that Nix itself rejects, when it parses a file or as soon
// as the code is used.
package correctness

const family = "correctness"

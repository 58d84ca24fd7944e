// Package purity holds the rules about what ties an evaluation to the machine or the day: the search path, the system and
// environment of whoever evaluates, sources that nothing pins. Pure evaluation, that of flakes, refuses most of it, so that
// what a flake reaches counts for more.
package purity

const family = "purity"

// Package traps holds the rules about code that means something else than it seems to: names that hide others,
// lists that call nothing, strings and numbers that are read differently.
package traps

const family = "traps"

// Package style holds the rules about code that works and can be said in a shorter or plainer way. None of
// them finds a mistake; most come with a fix that keeps the meaning.
package style

const family = "style"

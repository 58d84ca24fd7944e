// Package projectrules holds the rules about the tree of files: what a path literal names, whether it is
// there, and whether Git tracks it.
package projectrules

const family = "project"

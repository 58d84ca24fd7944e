// Package project holds the rules about the tree of files: what a path literal names, whether it is
// there, and whether Git tracks it.
package project

const family = "project"

// Package ci holds the rules about CI files and the scripts that they run.
package ci

const family = "ci"

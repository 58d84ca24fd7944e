// Package sandbox holds the rules about what a build, or a machine without network, does not have: the network in the builder of a
// derivation, programs that a script calls and nothing provides, images of a cluster that the project does not hold.
package sandbox

const family = "sandbox"

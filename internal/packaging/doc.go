// Package packaging has the tests of what brings the program to its users: the flake and its modules, the container,
// the releases, the page on installing.
package packaging

//go:build !unix

package formatter

import "os/exec"

// ownGroup does nothing: there are no groups of programs.
func ownGroup(*exec.Cmd) {}

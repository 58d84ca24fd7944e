//go:build !unix

package osfile

// isNotDir is for systems that report a file in the middle of a path as a missing path.
func isNotDir(error) bool { return false }

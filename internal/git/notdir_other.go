//go:build !unix

package git

// isNotDir is for systems that report a file in the middle of a path as a missing path.
func isNotDir(error) bool { return false }

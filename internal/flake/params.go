package flake

import "slices"

// parametersOf are the parameters that the URL form of each type reads (inputFromURL in libfetchers of Nix 2.34).
var parametersOf = func() map[string][]string {
	forge := []string{"ref", "rev", "host", "dir", "narHash"}
	file := []string{"rev", "dir", "narHash", "lastModified", "revCount", "name", "unpack"}
	return map[string][]string{
		TypeGitHub: forge, TypeGitLab: forge, TypeSourceHut: forge, TypeTarball: file, TypeFile: file,
		TypeGit: {
			"ref", "rev", "dir", "shallow", "submodules", "allRefs", "lfs", "exportIgnore", "verifyCommit", "keytype", "publicKey",
			"publicKeys",
		},
		TypeHg:       {"ref", "rev", "dir"},
		TypePath:     {"rev", "dir", "narHash", "lastModified", "revCount"},
		TypeIndirect: {"dir"},
	}
}()

// Parameters returns the names of the parameters that the URL form of a type reads; callers do not write to them. What
// github, gitlab, sourcehut and indirect references have besides is dropped, of path references refused; all other
// types leave it in the URL that they fetch.
func Parameters(typ string) []string { return parametersOf[typ] }

// isSwitch reports whether a parameter of Git references is on with 1 and off with all else.
func isSwitch(name string) bool {
	return slices.Contains([]string{"shallow", "submodules", "allRefs", "lfs", "exportIgnore", "verifyCommit"}, name)
}

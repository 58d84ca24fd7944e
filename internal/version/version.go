// Package version holds the version of the program.
package version

import "runtime/debug"

// Number is the released version; builds from a checkout add their commit.
const Number = "0.1.0"

// String returns the version with the commit it was built from, where the build recorded one.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Number
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			commit = "+" + s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = ".dirty"
		}
	}
	if commit == "" {
		return Number
	}
	return Number + commit + dirty
}

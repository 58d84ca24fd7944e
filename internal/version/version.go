// Package version holds the version of the program.
package version

import "runtime/debug"

// Number is the released version; builds from a checkout add their commit.
const Number = "0.1.0"

// commit is the commit for builds that do not see the repository, those of Nix and of containers. The linker sets it:
// -ldflags "-X github.com/nixsift/nixsift/internal/version.commit=…".
var commit string

// String returns the version with the commit it was built from, where the build recorded one.
func String() string {
	rev := commit
	if info, ok := debug.ReadBuildInfo(); ok && rev == "" {
		rev = recorded(info.Settings)
	}
	if rev == "" {
		return Number
	}
	return Number + "+" + rev
}

// recorded returns the commit that go build notes, in twelve digits, with ".dirty" where files had changed.
func recorded(settings []debug.BuildSetting) string {
	rev, dirty := "", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			rev = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = ".dirty"
		}
	}
	if rev == "" {
		return ""
	}
	return rev + dirty
}

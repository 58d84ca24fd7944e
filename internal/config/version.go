package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is a version of Nix. Values are comparable with ==; a part that is not written is 0.
type Version struct{ Major, Minor, Patch int }

// DefaultMinimumNix is the oldest Nix that a project without a word on it is taken to support.
var DefaultMinimumNix = Version{2, 28, 0}

// ParseVersion reads "2.18" or "2.34.8".
func ParseVersion(s string) (Version, error) {
	var parts [3]int
	fields := strings.Split(s, ".")
	if len(fields) < 2 || len(fields) > 3 {
		return Version{}, fmt.Errorf("bad Nix version %q: write it as \"2.18\" or \"2.34.8\"", s)
	}
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 10, 16)
		if err != nil {
			return Version{}, fmt.Errorf("bad Nix version %q: write it as \"2.18\" or \"2.34.8\"", s)
		}
		parts[i] = int(n)
	}
	return Version{parts[0], parts[1], parts[2]}, nil
}

// Compare returns a negative number if v is older than o, a positive one if it is newer, else 0.
func (v Version) Compare(o Version) int {
	return cmp.Or(cmp.Compare(v.Major, o.Major), cmp.Compare(v.Minor, o.Minor), cmp.Compare(v.Patch, o.Patch))
}

// Before reports whether v is older than o.
func (v Version) Before(o Version) bool { return v.Compare(o) < 0 }

// String returns the version as people write it: without the third part where it is 0.
func (v Version) String() string {
	if v.Patch == 0 {
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

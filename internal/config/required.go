package config

import (
	"fmt"

	"github.com/Masterminds/semver/v3"

	"github.com/nixsift/nixsift/internal/version"
)

// checkRequired returns what is wrong with a requirement on the version of the program, or "". refused tells that it is
// well written and asks for another version.
func checkRequired(text string) (problem string, refused bool) {
	wanted, err := semver.NewConstraint(text)
	if err != nil {
		return fmt.Sprintf("bad version requirement `%s`: write it as \">=0.1, <0.3\" or \"0.1.x\"", text), false
	}
	have, err := semver.NewVersion(version.Number)
	if err != nil {
		return fmt.Sprintf("the version %s of nixsift cannot be compared", version.Number), false
	}
	// A release candidate of 0.3 is for those who have 0.3.
	if wanted.Check(semver.New(have.Major(), have.Minor(), have.Patch(), "", "")) {
		return "", false
	}
	return fmt.Sprintf("this is nixsift %s, and the configuration is for %s: install a version that fits, or change `%s`",
		version.Number, text, requiredKey), true
}

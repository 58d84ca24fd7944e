package fix

import (
	"regexp"
	"strings"
)

// conflictMarkers is the form of what git and jj leave in a file that they could not merge: a line that opens the
// conflict and one that closes it. Repositories may ask for markers of more than seven signs.
var conflictMarkers = regexp.MustCompile(`(?m)^<{7,}(?:[ \t].*)?\r?$(?s:.*)^>{7,}(?:[ \t].*)?\r?$`)

// Conflicted reports whether a text has the markers of a merge that waits for somebody to decide.
func Conflicted(text string) bool {
	return strings.Contains(text, "<<<<<<<") && conflictMarkers.MatchString(text)
}

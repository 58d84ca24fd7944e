package eval

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// regex evaluates an argument that is a regular expression, which Nix reads before the text that it is for.
func (c *invocation) regex(i int) bool {
	s := c.arg(i, String)
	if s != nil && s.isKnown() && s.copied == 0 {
		if why := badRegex(s.text); why != "" {
			s = c.refuse("the regular expression " + diag.Code(s.text) + why)
		}
	}
	return s != nil
}

// badRegex says what is wrong with a POSIX extended regular expression, "" of one that may be right. It tells only what all libraries
// refuse that Nix is built with: a ) too many is a sign like others to some.
func badRegex(re string) string {
	open, first := 0, true // first: where nothing stands that could be repeated
	for i := 0; i < len(re); i++ {
		starts := false
		switch re[i] {
		case '\\':
			if i++; i == len(re) {
				return ", which ends in a backslash"
			}
		case '[':
			end := closing(re, i)
			if end < 0 {
				return ", where a `[` is not closed"
			}
			i = end
		case '(':
			open, starts = open+1, true
		case ')':
			open = max(0, open-1)
		case '|', '^':
			starts = re[i] == '|'
		case '*', '+', '?':
			if first {
				return fmt.Sprintf(", where `%c` has nothing to repeat", re[i])
			}
		case '{':
			end := strings.IndexByte(re[i:], '}')
			if first || end < 0 || !isCount(re[i+1:i+end]) {
				return ", where a `{` begins no number of repetitions"
			}
			i += end
		}
		first = starts
	}
	if open > 0 {
		return ", where a `(` is not closed"
	}
	return ""
}

// closing returns where the bracket expression ends that begins at a place, or -1.
func closing(re string, from int) int {
	i := from + 1
	if i < len(re) && re[i] == '^' {
		i++
	}
	if i < len(re) && re[i] == ']' {
		i++ // stands for itself
	}
	for ; i < len(re); i++ {
		switch {
		case re[i] == ']':
			return i
		case re[i] == '[' && i+1 < len(re) && strings.IndexByte(":.=", re[i+1]) >= 0:
			if end := strings.Index(re[i+2:], re[i+1:i+2]+"]"); end >= 0 {
				i += end + 3
			}
		}
	}
	return -1
}

// isCount reports whether a text is a number of repetitions: 3 or 3, or 3,5.
func isCount(s string) bool {
	least, most, _ := strings.Cut(s, ",")
	return least != "" && strings.Trim(least+most, "0123456789") == ""
}

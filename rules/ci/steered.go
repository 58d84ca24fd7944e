package ci

import (
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/internal/shell"
)

// steered reports whether a condition of a step, its job or its script asks for a variable that a reading has a value of: it may
// keep the command from being run with that.
func steered(s *shell.Script, r shell.Reading) bool {
	for _, name := range r.Variables() {
		if strings.Contains(s.If, name) || asksFor(s.Text, name) {
			return true
		}
	}
	return false
}

// condition is what begins a condition of a shell on its line.
var condition = regexp.MustCompile(`(^|[;&|!(\s])(\[\[?|test|case|if|elif|while|until)\s`)

// asksFor reports whether a line of a script with a condition in it has the variable behind that.
func asksFor(text, name string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		at := condition.FindStringIndex(line)
		if at == nil {
			continue
		}
		for rest := line[at[0]:]; ; {
			i := strings.Index(rest, name)
			if i < 0 {
				break
			}
			before, after := strings.TrimRight(rest[:i], " \"'"), rest[i+len(name):]
			if (strings.HasSuffix(before, "$") || strings.HasSuffix(before, "{") || strings.HasSuffix(before, "(")) &&
				(after == "" || !isNameByte(after[0])) {
				return true
			}
			rest = after
		}
	}
	return false
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

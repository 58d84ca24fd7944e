package ast

import "strings"

// maxExpansion is the length in bytes up to which a shell's parameter expansion is looked for.
const maxExpansion = 200

// maxPositional is the number of digits up to which a number is taken for an argument of a script.
const maxPositional = 2

// ShellExpansion returns the length of the parameter expansion of a shell that text, which is inside a string of
// Nix, starts with: `${name:-word}` and what else POSIX (2.6.2) and bash write between `${` and `}`. It is 0 where
// there is none, and for `${name}`, which shells and Nix have in common. Many expansions are expressions of Nix as
// well.
func ShellExpansion(text string) int {
	if !strings.HasPrefix(text, "${") {
		return 0
	}
	text = text[:min(len(text), maxExpansion)]
	if n := strings.IndexByte(text, '\n'); n >= 0 {
		text = text[:n]
	}
	i := 2
	special := false
	if prefix := text[i:]; len(prefix) > 1 && (prefix[0] == '#' || prefix[0] == '!') && prefix[1] != '}' {
		special = true // the length, or a name that a variable holds
		i++
	}
	n, plain := shellParameter(text[i:])
	if n == 0 || !plain && n > maxPositional {
		return 0
	}
	i += n
	special = special || !plain
	if i < len(text) && text[i] == '[' {
		n := strings.IndexByte(text[i:], ']')
		if n < 0 || strings.IndexByte("{(; ", text[i+1]) >= 0 {
			return 0
		}
		special = true
		i += n + 1
	}
	if rest := text[i:]; text[2] == '!' && len(rest) > 1 && (rest[0] == '@' || rest[0] == '*') {
		i++ // all names that begin so
	}
	if i < len(text) && text[i] == '}' {
		if special {
			return i + 1
		}
		return 0
	}
	if !shellOperator(text[i:]) {
		return 0
	}
	return shellWord(text, i+1)
}

// EscapeInterpolation returns what to write in place of the dollar at an offset of src that starts an interpolation, so
// that the string has it as text. The string is of the given kind, and its text starts at begin.
func EscapeInterpolation(src string, at, begin uint32, kind Kind) string {
	switch {
	case kind != IndString:
		return `\$`
	case at > begin && src[at-1] == '\'':
		return `${"$"}` // ''' is an escape of its own
	}
	return "''$"
}

// shellParameter returns the length of the parameter that text starts with: a name, a number or a sign such as @. plain
// tells that it is a name.
func shellParameter(text string) (n int, plain bool) {
	if text == "" {
		return 0, false
	}
	number := text[0] >= '0' && text[0] <= '9'
	for n < len(text) {
		switch c := text[n]; {
		case c >= '0' && c <= '9':
		case !number && (c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'):
		default:
			if n == 0 && strings.IndexByte("@*?$-!#", c) >= 0 {
				return 1, false
			}
			return n, !number
		}
		n++
	}
	return n, !number
}

// shellOperator reports whether what stands behind a parameter goes on with the expansion.
func shellOperator(text string) bool {
	if len(text) < 2 {
		return false
	}
	next := text[1]
	switch text[0] {
	case '-', '=', '?', '+', '#', '%', '/', '^', ',':
		return true
	case '@':
		return strings.IndexByte("UuLQEPAKak", next) >= 0 && strings.HasPrefix(text[2:], "}")
	case ':':
		offset := strings.TrimLeft(text[1:], " ")
		return strings.IndexByte("-=?+$", next) >= 0 || next >= '0' && next <= '9' ||
			len(offset) > 1 && offset[0] == '-' && offset[1] >= '0' && offset[1] <= '9'
	}
	return false
}

// shellWord returns the end of the expansion whose word starts at i, or 0 where the line or the string ends first.
func shellWord(text string, i int) int {
	depth, quotes := 0, 0
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			quotes++
		case strings.HasPrefix(text[i:], "''"):
			return 0
		case strings.HasPrefix(text[i:], "${"):
			depth++
		case c == '}' && depth > 0:
			depth--
		case c == '}':
			if quotes%2 != 0 {
				return 0
			}
			return i + 1
		}
	}
	return 0
}

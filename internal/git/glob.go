package git

import "strings"

// glob reports whether a pattern of gitignore(5) matches the whole of text, byte by byte. `*`, `?` and
// `[…]` match no slash. `**` is special behind a slash or at the start, and before a slash or at the end.
//
// A mismatch goes back to the last `*`, then to the last `**`. Earlier ones need no second try: a `*`
// that is followed by a slash ends where its folder does, and what a `**` may still skip when it is
// entered early includes all that it may skip when it is entered late.
func glob(pattern, text string) bool {
	p, t := 0, 0
	star, starText := -1, 0 // pattern behind the last `*`, and where in text that was tried last
	deep, deepText := -1, 0 // the same for the last `**` and its slash
	for {
		if p < len(pattern) && pattern[p] == '*' {
			from := p
			for p < len(pattern) && pattern[p] == '*' {
				p++
			}
			if p-from == 1 || from > 0 && pattern[from-1] != '/' {
				star, starText = p, t
				continue
			}
			switch rest := pattern[p:]; {
			case rest == "":
				return true
			case rest[0] == '/':
				p++
				star, deep, deepText = -1, p, t
				continue
			case strings.HasPrefix(rest, `\/`): // as above, but skips at least one slash
				p += 2
				star, deep, deepText = -1, p, t
			default:
				star, starText = p, t
				continue
			}
		} else if p == len(pattern) {
			if t == len(text) {
				return true
			}
		} else if t < len(text) {
			n, ok := matchOne(pattern[p:], text[t])
			if n == 0 {
				return false
			}
			if ok {
				p, t = p+n, t+1
				continue
			}
		}
		switch {
		case star >= 0 && starText < len(text) && text[starText] != '/':
			starText++
			p, t = star, starText
		case deep >= 0:
			slash := strings.IndexByte(text[deepText:], '/')
			if slash < 0 {
				return false
			}
			deepText += slash + 1
			star, p, t = -1, deep, deepText
		default:
			return false
		}
	}
}

// matchOne matches one byte of text with the first element of pattern, which is not `*`, and returns the
// length of that element; 0 for a broken one, which makes the pattern match nothing.
func matchOne(pattern string, c byte) (int, bool) {
	switch pattern[0] {
	case '?':
		return 1, c != '/'
	case '\\':
		if len(pattern) == 1 {
			return 0, false
		}
		return 2, c == pattern[1]
	case '[':
		return matchSet(pattern, c)
	}
	return 1, c == pattern[0]
}

// matchSet does the same for a bracket expression: single bytes, ranges, [:classes:], a backslash before
// what is meant literally, `!` or `^` in front for all other bytes, `]` as the first member.
func matchSet(pattern string, c byte) (int, bool) {
	i := 1
	negated := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if negated {
		i++
	}
	in := false
	low := 0 // the byte that a following `-` would start a range at; 0 for none
	for first := true; ; first = false {
		if i >= len(pattern) {
			return 0, false
		}
		switch b := pattern[i]; {
		case b == ']' && !first:
			return i + 1, in != negated && c != '/'
		case b == '-' && low != 0 && i+1 < len(pattern) && pattern[i+1] != ']':
			i++
			if pattern[i] == '\\' {
				if i++; i >= len(pattern) {
					return 0, false
				}
			}
			in = in || byte(low) <= c && c <= pattern[i]
			low = 0
			i++
		case b == '[' && strings.HasPrefix(pattern[i:], "[:"):
			end := strings.IndexByte(pattern[i+2:], ']')
			if end < 0 {
				return 0, false
			}
			name, closed := strings.CutSuffix(pattern[i+2:i+2+end], ":")
			if !closed {
				in = in || c == '['
				low = '['
				i++
				continue
			}
			member, known := classes[name]
			if !known {
				return 0, false
			}
			in = in || member(c)
			low = 0
			i += end + 3
		default:
			if b == '\\' {
				if i++; i >= len(pattern) {
					return 0, false
				}
				b = pattern[i]
			}
			in = in || c == b
			low = int(b)
			i++
		}
	}
}

// classes are the POSIX classes as git has them: ASCII, and white space without \v and \f.
var classes = map[string]func(byte) bool{
	"alnum":  func(c byte) bool { return isLetter(c) || isDigit(c) },
	"alpha":  isLetter,
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
	"digit":  isDigit,
	"graph":  func(c byte) bool { return '!' <= c && c <= '~' },
	"lower":  func(c byte) bool { return 'a' <= c && c <= 'z' },
	"print":  func(c byte) bool { return ' ' <= c && c <= '~' },
	"punct":  func(c byte) bool { return '!' <= c && c <= '~' && !isLetter(c) && !isDigit(c) },
	"space":  func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' },
	"upper":  func(c byte) bool { return 'A' <= c && c <= 'Z' },
	"xdigit": func(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' },
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

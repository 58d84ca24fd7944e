package fingerprint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Content names a finding of a rule within its file, whatever both are called, in two ways. Line stands for the line that the
// finding starts on, without a suppression at its end, and what it marks there: edits elsewhere leave it. Around stands for what stands before and behind the start of
// the finding, white space apart: formatting leaves it. Findings that read alike have the same.
type Content struct{ Line, Around uint64 }

// before and behind are how many bytes that are no white space count before and from the start of a finding: few, so that
// edits of neighbours leave them.
const (
	before = 8
	behind = 24
)

// ContentOf returns the Content of a finding in a text.
func ContentOf(text string, span source.Span) Content {
	line, marked := texts(text, span)
	line = withoutSuppression(line)
	start := min(span.Start, uint32(len(text)))
	c := Content{Line: sum([]byte(line + "\x00" + marked))}
	key := appendBefore(make([]byte, 0, before+behind+1), text[max(start, reach)-reach:start])
	c.Around = sum(appendBehind(append(key, 0), text[start:min(start+reach, uint32(len(text)))]))
	return c
}

// withoutSuppression returns a line without a comment at its end that silences another rule: such comments come and go.
func withoutSuppression(line string) string {
	code, comment, ok := strings.Cut(line, "nixsift:")
	if !ok || !strings.HasPrefix(strings.TrimLeft(comment, " "), "ignore") {
		return line
	}
	code = strings.TrimRight(code, " ")
	if bare := strings.TrimRight(strings.TrimSuffix(code, "/*"), "#"); bare != code {
		return strings.TrimRight(bare, " ")
	}
	return line
}

// sum returns the first eight bytes of a hash: enough to tell the findings of a rule in a file apart.
func sum(key []byte) uint64 {
	s := sha256.Sum256(key)
	return binary.BigEndian.Uint64(s[:])
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// appendBehind appends the first bytes of a text that are no white space.
func appendBehind(to []byte, text string) []byte {
	for i, left := 0, behind; i < len(text) && left > 0; i++ {
		if !isSpace(text[i]) {
			to = append(to, text[i])
			left--
		}
	}
	return to
}

// appendBefore appends the last bytes of a text that are no white space, the last one first.
func appendBefore(to []byte, text string) []byte {
	for i, left := len(text)-1, before; i >= 0 && left > 0; i-- {
		if !isSpace(text[i]) {
			to = append(to, text[i])
			left--
		}
	}
	return to
}

// ContentLen is the length of what String returns.
const ContentLen = 33

// String returns the Content in ContentLen characters: two hexadecimal numbers with a hyphen between them.
func (c Content) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], c.Line)
	binary.BigEndian.PutUint64(b[8:], c.Around)
	s := hex.EncodeToString(b[:])
	return s[:16] + "-" + s[16:]
}

// ParseContent is the inverse of String.
func ParseContent(s string) (c Content, ok bool) {
	if len(s) != ContentLen || s[16] != '-' {
		return c, false
	}
	line, ok := parseHex(s[:16])
	around, also := parseHex(s[17:])
	if !ok || !also {
		return Content{}, false
	}
	return Content{line, around}, true
}

// parseHex reads a hexadecimal number of 16 digits in lower case.
func parseHex(s string) (n uint64, ok bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			n = n<<4 | uint64(c-'0')
		case 'a' <= c && c <= 'f':
			n = n<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return n, true
}

package fingerprint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Content names a finding of a rule within its file, whatever both are called, in three ways. Line stands for the line that the
// finding starts on, without a suppression at its end, and what it marks there: edits elsewhere leave it. Before stands for the start of
// what it marks and what stands before that, Behind for the same start and what follows, white space apart: formatting
// leaves both, and an edit of the neighbour on one side leaves one. Findings that read alike have the same.
type Content struct{ Line, Before, Behind uint64 }

// marked and near are how many bytes that are no white space count of what a finding marks, and on each side of that: of the
// first enough for a path or a name, which tell what the finding is about, of the others few, so that edits elsewhere leave
// them.
const (
	marked = 120
	near   = 8
)

// ContentOf returns the Content of a finding in a text without secrets, which could be guessed from a hash.
func ContentOf(text string, span source.Span) Content {
	line, on := texts(text, span)
	line = withoutSuppression(line)
	start := min(span.Start, uint32(len(text)))
	end := min(max(span.End, start), start+reach, uint32(len(text)))
	c := Content{Line: sum([]byte(line + "\x00" + on))}
	key, n := appendBehind(make([]byte, 0, marked+near+1), text[start:end], marked)
	key = append(key, 0)
	c.Before = sum(appendBefore(key, text[max(start, reach)-reach:start], near))
	key, _ = appendBehind(key, text[int(start)+n:min(int(end)+reach, len(text))], near)
	c.Behind = sum(key)
	return c
}

// About returns the Content of a finding at the same place that is about a subject. Anywhere leaves the place out.
func (c Content) About(subject string, anywhere bool) Content {
	if anywhere {
		n := sum([]byte(subject))
		return Content{n, n, n}
	}
	with := func(n uint64) uint64 { return sum(append(binary.BigEndian.AppendUint64(nil, n), subject...)) }
	return Content{with(c.Line), with(c.Before), with(c.Behind)}
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

// appendBehind appends the first bytes of a text that are no white space, up to a number, and returns how far it read.
func appendBehind(to []byte, text string, most int) (out []byte, n int) {
	for ; n < len(text) && most > 0; n++ {
		if !isSpace(text[n]) {
			to = append(to, text[n])
			most--
		}
	}
	return to, n
}

// appendBefore appends the last bytes of a text that are no white space, up to a number, the last one first.
func appendBefore(to []byte, text string, most int) []byte {
	for i := len(text) - 1; i >= 0 && most > 0; i-- {
		if !isSpace(text[i]) {
			to = append(to, text[i])
			most--
		}
	}
	return to
}

// ContentLen is the length of what String returns.
const ContentLen = 50

// String returns the Content in ContentLen characters: three hexadecimal numbers with hyphens between them.
func (c Content) String() string {
	var b [24]byte
	binary.BigEndian.PutUint64(b[:8], c.Line)
	binary.BigEndian.PutUint64(b[8:16], c.Before)
	binary.BigEndian.PutUint64(b[16:], c.Behind)
	s := hex.EncodeToString(b[:])
	return s[:16] + "-" + s[16:32] + "-" + s[32:]
}

// ParseContent is the inverse of String.
func ParseContent(s string) (c Content, ok bool) {
	if len(s) != ContentLen || s[16] != '-' || s[33] != '-' {
		return c, false
	}
	line, ok := parseHex(s[:16])
	before, also := parseHex(s[17:33])
	behind, too := parseHex(s[34:])
	if !ok || !also || !too {
		return Content{}, false
	}
	return Content{line, before, behind}, true
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

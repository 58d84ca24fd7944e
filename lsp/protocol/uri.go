package protocol

import (
	"path/filepath"
	"runtime"
	"strings"
)

// PathOf returns the absolute path, clean and in the form of the system, that a file URI names. ok is false
// for other schemes, other hosts and relative paths.
//
// It takes what clients send although RFC 8089 does not: unescaped blanks, `#` and `%`, and the missing
// authority of file:/x.
func PathOf(uri DocumentURI) (path string, ok bool) {
	const scheme = "file:"
	s := string(uri)
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return "", false
	}
	s = s[len(scheme):]
	if rest, has := strings.CutPrefix(s, "//"); has {
		slash := strings.IndexByte(rest, '/')
		if slash < 0 || slash > 0 && !strings.EqualFold(rest[:slash], "localhost") {
			return "", false
		}
		s = rest[slash:]
	}
	s = unescape(s)
	if runtime.GOOS == "windows" && len(s) >= 3 && s[0] == '/' && s[2] == ':' {
		s = strings.ToUpper(s[1:2]) + s[2:]
	}
	path = filepath.Clean(filepath.FromSlash(s))
	if !filepath.IsAbs(path) || strings.IndexByte(path, 0) >= 0 {
		return "", false
	}
	return path, true
}

// unescape decodes %XX; a percent sign that starts no escape stands for itself.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			b.WriteByte(hex(s[i+1])<<4 | hex(s[i+2]))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

func hex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// URIOf returns the file URI of an absolute path. All bytes are escaped but those that RFC 3986 calls
// unreserved, and slashes: so does Visual Studio Code.
func URIOf(path string) DocumentURI {
	path = filepath.ToSlash(path)
	var b strings.Builder
	b.WriteString("file://")
	if !strings.HasPrefix(path, "/") {
		b.WriteByte('/')
	}
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			const digits = "0123456789ABCDEF"
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return DocumentURI(b.String())
}

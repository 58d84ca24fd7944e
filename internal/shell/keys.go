package shell

import "strings"

// maskKeys returns shell text in which subscripts are plain words of the same length. The parser takes each subscript for
// arithmetic; that of an associative array, which only the shell knows to be one, is any text (Bash manual, "Arrays"):
// m[foo.bar]=x, ${m[a b]}. What a subscript quotes or expands stays.
func maskKeys(text string) string {
	var b []byte
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '[')
		if i < 0 {
			break
		}
		start := at + i + 1
		at = start
		end := keyEnd(text, start)
		if end < 0 || text[start:end] == "@" || text[start:end] == "*" {
			continue
		}
		rest := text[end+1:]
		named := start > 1 && isNameByte(text[start-2])
		if !named && !strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "+=") {
			continue
		}
		if b == nil {
			b = []byte(text)
		}
		for k := start; k < end; k++ {
			if n := solidLen(text[k:end]); n > 0 {
				k += n - 1
			} else if !isNameByte(text[k]) && text[k] != '$' {
				b[k] = '_'
			}
		}
		at = end
	}
	if b == nil {
		return text
	}
	return string(b)
}

// maxKey bounds the length of a subscript in bytes, so that text with many brackets is not looked through for each.
const maxKey = 256

// keyEnd returns where the bracket stands that ends a subscript, -1 where the text is none, or one with commands in it.
func keyEnd(text string, start int) int {
	limit := min(len(text), start+maxKey)
	for k := start; k < limit; k++ {
		if n := solidLen(text[k:limit]); n > 0 {
			k += n - 1
			continue
		}
		switch c := text[k]; {
		case c == ']' && k > start:
			return k
		case strings.IndexByte("[]\n;|&<>(){}`\\'\"", c) >= 0:
			return -1
		}
	}
	return -1
}

// solidLen returns the length of the quoted text or the ${…} that a text begins with, 0 where it begins with neither.
func solidLen(text string) int {
	open, end := 1, byte(0)
	switch {
	case text[0] == '\'' || text[0] == '"':
		end = text[0]
	case strings.HasPrefix(text, "${"):
		open, end = 2, '}'
	default:
		return 0
	}
	n := strings.IndexByte(text[open:], end)
	if n < 0 || strings.ContainsAny(text[:open+n], "\n") {
		return 0
	}
	return open + n + 1
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

package near

import (
	"slices"
	"strings"
)

// Reordered returns the first candidate that has the words of a name in another order, concatStringsSep for concatSepStrings, or "".
// Words begin with capital letters or behind a dash or an underscore; case does not count. A name of one word has no other order.
func Reordered(name string, candidates []string) string {
	words := wordsOf(name)
	if len(words) < 2 {
		return ""
	}
	for _, c := range candidates {
		if len(c) >= len(name)-len(words) && len(c) <= len(name)+len(words) && !strings.EqualFold(c, name) && slices.Equal(wordsOf(c), words) {
			return c
		}
	}
	return ""
}

// wordsOf returns the words of a name in small letters, sorted.
func wordsOf(name string) (words []string) {
	start := 0
	add := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c == '-' || c == '_':
			add(i)
			start = i + 1
		case 'A' <= c && c <= 'Z':
			add(i)
			start = i
		}
	}
	add(len(name))
	slices.Sort(words)
	return words
}

package diag

import (
	"strconv"
	"strings"
)

// Code writes a piece of source text as a code span of a message: on one line, quoted where it is nothing but white
// space, and between more backticks than it holds in a row.
func Code(text string) string {
	if strings.TrimSpace(text) == "" {
		text = strconv.Quote(text)
	}
	if strings.ContainsAny(text, "\r\n\t") {
		text = strings.Join(strings.Fields(text), " ")
	}
	longest, run := 0, 0
	for i := range len(text) {
		if text[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	if longest == 0 {
		return "`" + text + "`"
	}
	fence := strings.Repeat("`", longest+1)
	return fence + " " + text + " " + fence
}

// List writes pieces of source text as prose, `a`, `b` and `c`, at most limit of them.
func List(texts []string, limit int) string {
	items := make([]string, len(texts))
	for i, text := range texts {
		items[i] = Code(text)
	}
	return Join(items, limit)
}

// Join writes items as prose, at most limit of them.
func Join(items []string, limit int) string {
	if more := len(items) - limit; more > 0 {
		items = append(items[:limit:limit], strconv.Itoa(more)+" more")
	}
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

package shell

import (
	"regexp"
	"strings"
)

var (
	// taggedLine ends with a tag that is all that stands behind a key or the mark of an item.
	taggedLine = regexp.MustCompile(`(?:^|[:-][ ]+)(![^\s,\[\]{}]*)[ ]*(?:#.*)?$`)
	// blockLine ends with the mark of a block scalar, whose lines follow.
	blockLine = regexp.MustCompile(`[:-][ ]+(?:[!&]\S+[ ]+)*[|>][-+0-9]*[ ]*(?:#.*)?$`)
)

// dropEmptyTags blanks tags without a value, which YAML reads as one that is empty (YAML 1.2.2, example 7.2): the library refuses them, or
// takes the next key for the value.
func (y *yamlFile) dropEmptyTags() {
	if !strings.Contains(y.text, "!") {
		return
	}
	b := []byte(y.text)
	block := -1 // the indentation of the line that begins a block scalar
	for line := range y.lines {
		text := y.line(line)
		if strings.TrimSpace(text) == "" {
			continue
		}
		in := indent(text)
		if block >= 0 && in > block {
			continue
		}
		if block = -1; blockLine.MatchString(text) {
			block = in
			continue
		}
		m := taggedLine.FindStringSubmatchIndex(text)
		if m == nil || strings.HasPrefix(strings.TrimSpace(text), "#") || y.valueBelow(line, text[:m[2]]) {
			continue
		}
		for i := m[2]; i < m[3]; i++ {
			b[y.lines[line]+i] = ' '
		}
	}
	y.text = string(b)
}

// valueBelow reports whether the lines behind one are the value of what ends it: more indented than its key or mark, or the items
// of a list beside the key.
func (y *yamlFile) valueBelow(line int, before string) bool {
	column := indent(before)
	for strings.HasPrefix(before[column:], "- ") && strings.TrimSpace(before[column+1:]) != "" {
		column += 2 + indent(before[column+2:])
	}
	key := strings.HasSuffix(strings.TrimRight(before, " "), ":")
	for next := line + 1; next < len(y.lines); next++ {
		text := strings.TrimRight(y.line(next), " ")
		if rest := strings.TrimLeft(text, " "); rest != "" && rest[0] != '#' {
			in := len(text) - len(rest)
			return in > column || key && in == column && (rest == "-" || strings.HasPrefix(rest, "- "))
		}
	}
	return false
}

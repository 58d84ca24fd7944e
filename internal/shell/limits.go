package shell

import (
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// Bounds of what is given to the YAML library: it copies what it has read of a mapping at each key, and the
// rest of the tokens at each empty value, and its recursion is bounded by the stack alone.
const (
	maxYAMLDepth = 500
	maxYAMLWork  = 3 << 30 // bytes moved
	maxYAMLDocs  = 1000
	maxRetrySize = 1 << 18
	maxRetries   = 12
	maxAliases   = 100 // that lead from one to the next
	maxMerges    = 20  // of mappings within each other
	maxLists     = 20  // of lines of a script within each other
)

// checkEncoding notes text that is not UTF-8 or has characters that YAML does not allow (YAML 1.2.2, chapter 5.1),
// and reports whether it can be read all the same.
func (y *yamlFile) checkEncoding() bool {
	if name := wideEncoding(y.text); name != "" {
		y.failAt(0, "the file is %s: save it as UTF-8", name)
		return false
	}
	for at := 0; at < len(y.text); {
		if c := y.text[at]; c >= ' ' && c < 0x7f || c == '\n' || c == '\t' {
			at++
			continue
		}
		r, n := utf8.DecodeRuneInString(y.text[at:])
		switch {
		case r == utf8.RuneError && n == 1:
			y.failAt(at, "the file is not UTF-8")
			y.text = y.text[:at] + plainUTF8(y.text[at:])
			return true
		case r < 0xa0 && r != 0x85:
			y.failAt(at, "the YAML does not parse: it has the control character U+%04X", r)
			return true
		}
		at += n
	}
	return true
}

// plainUTF8 returns the text with a "?" for each byte that is not UTF-8: the library would put a longer character there,
// and its scalars would not be found again.
func plainUTF8(text string) string {
	b := []byte(text)
	for at := 0; at < len(b); {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			b[at] = '?'
		}
		at += n
	}
	return string(b)
}

// tame returns the text as the library can take it, with the same offsets: it loses columns at a tab within
// a line, refuses a tab before a comment, and takes blank lines at the end for content that is indented too little.
func (y *yamlFile) tame() string {
	text := dropEmptyDocuments(strings.TrimRight(y.text, " \t\n") + "\n")
	if strings.IndexByte(text, '\t') < 0 {
		return text
	}
	b := []byte(text)
	for start := 0; start < len(text); start = nextLine(text, start) {
		end := start + lineLen(text[start:])
		at := end - len(strings.TrimLeft(text[start:end], " \t"))
		if at < end && text[at] == '#' {
			at = start
		}
		for ; at < end; at++ {
			if b[at] == '\t' {
				b[at] = ' '
			}
		}
	}
	return string(b)
}

// dropEmptyDocuments blanks the markers of documents with nothing in them: the library drops all that is behind one. No
// scalar has a line that starts with a marker.
func dropEmptyDocuments(text string) string {
	if !strings.HasPrefix(text, "---") && !strings.Contains(text, "\n---") {
		return text
	}
	var b []byte
	open := -1 // the marker of a document that is empty so far
	for start := 0; start < len(text); start = nextLine(text, start) {
		line := text[start : start+lineLen(text[start:])]
		rest, begins := strings.CutPrefix(line, "---")
		if begins = begins && strings.TrimLeft(rest, " \t") != rest || line == "---"; !begins {
			rest = line
		}
		if open >= 0 && (begins || strings.HasPrefix(line, "...")) {
			if b == nil {
				b = []byte(text)
			}
			copy(b[open:], "   ")
			open = -1
		}
		if rest = strings.TrimLeft(rest, " \t"); rest != "" && rest[0] != '#' {
			open = -1
		} else if begins {
			open = start
		}
	}
	if b == nil {
		return text
	}
	return string(b)
}

// checkText refuses runs of "<", which take the library's scanner quadratic time.
func (y *yamlFile) checkText() *yamlError {
	run, work := 0, 0
	for i := 0; i < len(y.text); i++ {
		if y.text[i] != '<' {
			run = 0
			continue
		}
		run++
		work += run
	}
	if work > 1<<27 {
		return &yamlError{msg: "the YAML has lines that take too long to read", fatal: true}
	}
	return nil
}

// checkTokens refuses nesting and sizes that the library's parser cannot take.
func (y *yamlFile) checkTokens(tokens token.Tokens) *yamlError {
	type level struct{ col, keys int }
	var stack []level
	flow, prefix, docs, nulls, work := 0, 0, 0, 0, 0
	fail := func(tk *token.Token, what string) *yamlError {
		e := &yamlError{msg: "the YAML " + what, fatal: true}
		if tk.Position != nil {
			e.line = min(max(tk.Position.Line-1, 0), len(y.lines)-1)
			e.at = y.offset(tk.Position)
		}
		return e
	}
	push := func(col int, key bool) {
		for len(stack) > 0 && stack[len(stack)-1].col > col {
			stack = stack[:len(stack)-1]
		}
		if len(stack) == 0 || stack[len(stack)-1].col < col {
			stack = append(stack, level{col: col})
		}
		if key {
			top := &stack[len(stack)-1]
			top.keys++
			work += 8 * top.keys
		}
	}
	last := 0 // the line of the token before
	for i, tk := range tokens {
		if flow == 0 && tk.Position.Line > last && tk.Type != token.CommentType && (i == 0 || !isBlockHeader(tokens[i-1])) {
			start := y.lines[min(tk.Position.Line, len(y.lines))-1]
			blanks := y.text[start : start+len(y.text[start:])-len(strings.TrimLeft(y.text[start:], " \t"))]
			if tab := strings.IndexByte(blanks, '\t'); tab >= 0 {
				y.failAt(start+tab, tabIndent)
			}
		}
		last = tk.Position.Line
		switch tk.Type {
		case token.AnchorType, token.TagType, token.MappingKeyType:
			prefix++
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow = max(flow-1, 0)
		case token.DocumentHeaderType, token.DocumentEndType:
			docs++
			stack = stack[:0]
		case token.SequenceEntryType:
			if flow == 0 {
				push(tk.Position.Column, false)
				if tab := y.tabBehind(tk, tokens[i+1:]); tab >= 0 {
					y.failAt(tab, tabIndent)
				}
			}
		case token.MappingValueType:
			if flow == 0 && i > 0 {
				key := tokens[i-1].Position
				push(key.Column, true)
				if i+1 == len(tokens) || tokens[i+1].Position.Line > tk.Position.Line &&
					tokens[i+1].Position.Column <= key.Column && tokens[i+1].Type != token.SequenceEntryType {
					nulls++
				}
			}
		}
		if i > 0 && tk.Type == token.SequenceEntryType && tokens[i-1].Type == token.SequenceEntryType {
			nulls++
		}
		// An anchor's name is a token of its own.
		if tk.Type != token.AnchorType && tk.Type != token.TagType && tk.Type != token.MappingKeyType &&
			(i == 0 || tokens[i-1].Type != token.AnchorType) {
			prefix = 0
		}
		switch {
		case flow+len(stack)+prefix > maxYAMLDepth:
			return fail(tk, "is nested too deeply")
		case docs > maxYAMLDocs:
			return fail(tk, "has too many documents")
		case work > maxYAMLWork:
			return fail(tk, "has a mapping with too many keys")
		}
	}
	if nulls > 0 && 8*nulls > maxYAMLWork/len(tokens) {
		return fail(tokens[0], "has too many empty values")
	}
	return nil
}

const tabIndent = "the YAML does not parse: a tab is part of the indentation"

// isBlockHeader reports whether a token is the "|" or ">" before a block of text.
func isBlockHeader(tk *token.Token) bool {
	return tk.Type == token.LiteralType || tk.Type == token.FoldedType
}

// tabBehind returns the offset of a tab between a "-" and what stands behind it on the line, or -1. Parsers do not
// agree what it is worth as indentation, and those of the CI systems refuse it.
func (y *yamlFile) tabBehind(dash *token.Token, rest token.Tokens) int {
	at := y.offset(dash.Position) + 1
	if len(rest) == 0 || rest[0].Type == token.CommentType || rest[0].Position.Line != dash.Position.Line || at > len(y.text) {
		return -1
	}
	blanks := y.text[at : at+len(y.text[at:])-len(strings.TrimLeft(y.text[at:], " \t"))]
	if i := strings.IndexByte(blanks, '\t'); i >= 0 {
		return at + i
	}
	return -1
}

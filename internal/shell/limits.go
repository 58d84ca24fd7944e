package shell

import (
	"strings"

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
)

// tame returns the text as the library can take it, with the same offsets: it loses columns at a tab within
// a line, and takes blank lines at the end for content that is indented too little.
func (y *yamlFile) tame() string {
	text := strings.TrimRight(y.text, " \t\n") + "\n"
	if strings.IndexByte(text, '\t') < 0 {
		return text
	}
	b := []byte(text)
	leading := true
	for i, c := range b {
		switch {
		case c == '\n':
			leading = true
		case c != ' ' && c != '\t':
			leading = false
		case c == '\t' && !leading:
			b[i] = ' '
		}
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
	for i, tk := range tokens {
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

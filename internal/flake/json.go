package flake

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
)

// SyntaxError says why a text is no JSON.
type SyntaxError struct {
	Offset  uint32 // the first byte that does not fit, or the length of the text where it ends too early
	Message string // lower case
	// Conflicts are the lines of a merge conflict, without line ends; where there are some, Offset is the
	// first of them.
	Conflicts []source.Span
	Blank     bool // the text is empty or white space; Offset is 0
}

// Error returns the message.
func (e *SyntaxError) Error() string { return e.Message }

type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

// String returns the kind with its article, as messages name it.
func (k jsonKind) String() string {
	return [...]string{"null", "a Boolean", "a number", "a string", "an array", "an object"}[k]
}

// jsonDoc is a text of JSON: its values in preorder, so that reading is one pass and takes no stack of its own.
// In objects, names and values take turns.
type jsonDoc struct {
	text  string
	nodes []jsonNode
}

type jsonNode struct {
	start, end uint32
	next       uint32 // the index behind the last value inside
	kind       jsonKind
	escaped    bool // a string with escapes
}

// jsonValue is a JSON value with its place.
type jsonValue struct {
	doc *jsonDoc
	at  uint32
}

type jsonMember struct {
	name  string
	key   source.Span // with the quotes
	value jsonValue
}

func (v jsonValue) node() *jsonNode { return &v.doc.nodes[v.at] }
func (v jsonValue) kind() jsonKind  { return v.node().kind }

func (v jsonValue) span() source.Span {
	n := v.node()
	return source.Span{Start: n.start, End: n.end}
}

// text returns a string decoded, any other value as written.
func (v jsonValue) text() string {
	n := v.node()
	if n.kind != jsonString {
		return v.doc.text[n.start:n.end]
	}
	inner := v.doc.text[n.start+1 : n.end-1]
	if n.escaped {
		return unescape(inner)
	}
	return inner
}

// all yields the members of an object or the elements of an array, which have no name; a name may come twice.
func (v jsonValue) all() iter.Seq[jsonMember] {
	return func(yield func(jsonMember) bool) {
		n := v.node()
		if n.kind != jsonObject && n.kind != jsonArray {
			return
		}
		for at := v.at + 1; at < n.next; at = v.doc.nodes[at].next {
			var m jsonMember
			if n.kind == jsonObject {
				key := jsonValue{v.doc, at}
				m.name, m.key = key.text(), key.span()
				at++
			}
			m.value = jsonValue{v.doc, at}
			if !yield(m) {
				return
			}
		}
	}
}

// members returns the members of an object in source order. Of several with one name it has the last, which is
// the one that nlohmann::json keeps.
func (v jsonValue) members() []jsonMember {
	list := slices.Collect(v.all())
	last := make(map[string]int, len(list))
	for i, m := range list {
		last[m.name] = i
	}
	if len(last) == len(list) {
		return list
	}
	kept := list[:0]
	for i, m := range list {
		if last[m.name] == i {
			kept = append(kept, m)
		}
	}
	return kept
}

// get returns the value of the last member with the name.
func (v jsonValue) get(name string) (found jsonValue, ok bool) {
	if v.kind() != jsonObject {
		return jsonValue{}, false
	}
	for m := range v.all() {
		if m.name == name {
			found, ok = m.value, true
		}
	}
	return found, ok
}

// head returns the span to report for a value: all of a scalar, the opening bracket of others.
func (v jsonValue) head() source.Span {
	s := v.span()
	if k := v.kind(); k == jsonArray || k == jsonObject {
		s.End = s.Start + 1
	}
	return s
}

var conflictPattern = regexp.MustCompile(`(?m)^(?:<<<<<<<|\|\|\|\|\|\|\||=======|>>>>>>>)(?:[ \t][^\r\n]*)?\r?$`)

const byteOrderMark = "\ufeff"

// parseJSON reads a text as nlohmann::json does for Nix: a byte order mark before it is skipped, a NUL outside of
// strings ends it, strings are valid UTF-8 without lone surrogates, and a number has to fit into a double.
func parseJSON(text string) (jsonValue, *SyntaxError) {
	r := jsonReader{text: text}
	if strings.HasPrefix(text, byteOrderMark) {
		r.at = len(byteOrderMark)
	}
	if r.space(); r.end() {
		return jsonValue{}, explain(text, &SyntaxError{Blank: true, Message: "the file is empty"})
	}
	if err := r.value(); err != nil {
		return jsonValue{}, explain(text, err)
	}
	return jsonValue{doc: &jsonDoc{text, r.nodes}}, nil
}

// explain says where a merge conflict is why a text is no JSON.
func explain(text string, e *SyntaxError) *SyntaxError {
	for _, m := range conflictPattern.FindAllStringIndex(text, -1) {
		line := strings.TrimRight(text[m[0]:m[1]], "\r")
		e.Conflicts = append(e.Conflicts, source.Span{Start: uint32(m[0]), End: uint32(m[0] + len(line))})
	}
	if len(e.Conflicts) > 0 {
		e.Offset, e.Message = e.Conflicts[0].Start, "the file holds an unresolved merge conflict"
	}
	return e
}

type jsonReader struct {
	text  string
	at    int
	nodes []jsonNode
	open  []uint32 // the arrays and objects around the place
}

func (r *jsonReader) end() bool { return r.at >= len(r.text) || r.text[r.at] == 0 }

func (r *jsonReader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return
		}
	}
}

// unexpected says what stands at the place instead of what should.
func (r *jsonReader) unexpected(wanted string) *SyntaxError {
	e := &SyntaxError{Offset: uint32(r.at), Message: "unexpected end of the file"}
	if !r.end() {
		c, size := utf8.DecodeRuneInString(r.text[r.at:])
		what := strconv.QuoteRune(c)
		if c == utf8.RuneError && size == 1 {
			what = fmt.Sprintf("byte 0x%02x", r.text[r.at])
		}
		e.Message = "unexpected " + what + ", where " + wanted + " should stand"
	}
	return e
}

// value reads the text's value and what is behind it.
func (r *jsonReader) value() *SyntaxError {
	for {
		if err := r.one(); err != nil {
			return err
		}
		// Behind a value, or behind a bracket that opens: close what ends here, and go on to the next value.
		for {
			if len(r.open) == 0 {
				if r.space(); !r.end() {
					return r.unexpected("the end of the file")
				}
				return nil
			}
			top := r.open[len(r.open)-1]
			object := r.nodes[top].kind == jsonObject
			empty := int(top) == len(r.nodes)-1
			if r.space(); r.end() {
				return r.unexpected("")
			}
			c := r.text[r.at]
			if c == ']' && !object || c == '}' && object {
				r.at++
				r.nodes[top].end, r.nodes[top].next = uint32(r.at), uint32(len(r.nodes))
				r.open = r.open[:len(r.open)-1]
				continue
			}
			if !empty {
				if c != ',' {
					if object {
						return r.unexpected("`,` or `}`")
					}
					return r.unexpected("`,` or `]`")
				}
				r.at++
			}
			if object {
				if err := r.key(); err != nil {
					return err
				}
			}
			break
		}
	}
}

// key reads the name of a member and the colon.
func (r *jsonReader) key() *SyntaxError {
	r.space()
	if r.end() || r.text[r.at] != '"' {
		return r.unexpected("a name in quotes")
	}
	if err := r.string(); err != nil {
		return err
	}
	r.space()
	if r.end() || r.text[r.at] != ':' {
		return r.unexpected("`:`")
	}
	r.at++
	return nil
}

// one reads a scalar or an opening bracket.
func (r *jsonReader) one() *SyntaxError {
	r.space()
	if r.end() {
		return r.unexpected("")
	}
	switch c := r.text[r.at]; c {
	case '{', '[':
		r.open = append(r.open, uint32(len(r.nodes)))
		kind := jsonArray
		if c == '{' {
			kind = jsonObject
		}
		r.add(kind, r.at, r.at+1)
		return nil
	case '"':
		return r.string()
	case 't':
		return r.word("true", jsonBool)
	case 'f':
		return r.word("false", jsonBool)
	case 'n':
		return r.word("null", jsonNull)
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return r.number()
		}
	}
	return r.unexpected("a value")
}

func (r *jsonReader) add(kind jsonKind, start, end int) {
	r.nodes = append(r.nodes, jsonNode{start: uint32(start), end: uint32(end), next: uint32(len(r.nodes) + 1), kind: kind})
	r.at = end
}

func (r *jsonReader) word(word string, kind jsonKind) *SyntaxError {
	start := r.at
	for i := range len(word) {
		if r.at = start + i; r.end() || r.text[r.at] != word[i] {
			return r.unexpected("`" + word + "`")
		}
	}
	r.add(kind, start, start+len(word))
	return nil
}

// number reads -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?.
func (r *jsonReader) number() *SyntaxError {
	start := r.at
	digits := func() bool {
		from := r.at
		for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
			r.at++
		}
		return r.at > from
	}
	next := func(set string) bool {
		if r.at < len(r.text) && strings.IndexByte(set, r.text[r.at]) >= 0 {
			r.at++
			return true
		}
		return false
	}
	next("-")
	if !next("0") && !digits() {
		return r.unexpected("a digit")
	}
	if next(".") && !digits() {
		return r.unexpected("a digit")
	}
	if next("eE") {
		next("+-")
		if !digits() {
			return r.unexpected("a digit")
		}
	}
	if _, err := strconv.ParseFloat(r.text[start:r.at], 64); err != nil {
		return &SyntaxError{Offset: uint32(start), Message: "a number that is too large"}
	}
	r.add(jsonNumber, start, r.at)
	return nil
}

// string reads a string in quotes.
func (r *jsonReader) string() *SyntaxError {
	start, escaped := r.at, false
	for r.at++; r.at < len(r.text); {
		switch c := r.text[r.at]; {
		case c == '"':
			r.add(jsonString, start, r.at+1)
			r.nodes[len(r.nodes)-1].escaped = escaped
			return nil
		case c < ' ':
			if c == 0 {
				return &SyntaxError{Offset: uint32(r.at), Message: "unexpected NUL in a string"}
			}
			return &SyntaxError{Offset: uint32(r.at), Message: "unexpected " + strconv.QuoteRune(rune(c)) + " in a string, where it has to be escaped"}
		case c == '\\':
			escaped = true
			if err := r.escape(); err != nil {
				return err
			}
		case c < utf8.RuneSelf:
			r.at++
		default:
			char, size := utf8.DecodeRuneInString(r.text[r.at:])
			if char == utf8.RuneError && size == 1 {
				return &SyntaxError{Offset: uint32(r.at), Message: "invalid UTF-8"}
			}
			r.at += size
		}
	}
	return &SyntaxError{Offset: uint32(len(r.text)), Message: "unexpected end of the file"}
}

// escape reads an escape in a string; surrogates come in pairs.
func (r *jsonReader) escape() *SyntaxError {
	start := r.at
	if r.at++; r.at < len(r.text) && strings.IndexByte(`"\/bfnrt`, r.text[r.at]) >= 0 {
		r.at++
		return nil
	}
	if r.at >= len(r.text) || r.text[r.at] != 'u' {
		return r.unexpected("an escape")
	}
	unit, ok := hex4(r.text[r.at+1:])
	if !ok {
		return &SyntaxError{Offset: uint32(start), Message: "`\\u` without four hexadecimal digits"}
	}
	r.at += 5
	if !utf16.IsSurrogate(unit) {
		return nil
	}
	if low, ok := strings.CutPrefix(r.text[r.at:], `\u`); ok {
		if low, ok := hex4(low); ok && utf16.DecodeRune(unit, low) != utf8.RuneError {
			r.at += 6
			return nil
		}
	}
	return &SyntaxError{Offset: uint32(start), Message: "half of a surrogate pair"}
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 || strings.Trim(s[:4], "0123456789abcdefABCDEF") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:4], 16, 16)
	return rune(n), err == nil
}

// unescape decodes the inside of a string that was read.
func unescape(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		c := s[i+1]
		s = s[i+2:]
		if c != 'u' {
			if j := strings.IndexByte("bfnrt", c); j >= 0 {
				c = "\b\f\n\r\t"[j]
			}
			b.WriteByte(c)
			continue
		}
		unit, _ := hex4(s)
		if s = s[4:]; utf16.IsSurrogate(unit) {
			low, _ := hex4(s[2:])
			unit, s = utf16.DecodeRune(unit, low), s[6:]
		}
		b.WriteRune(unit)
	}
}

package flake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
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

// jsonValue is a JSON value with its place.
type jsonValue struct {
	kind    jsonKind
	span    source.Span
	text    string // the string, decoded; the number or Boolean as written
	members []jsonMember
	elems   []jsonValue
}

type jsonMember struct {
	name  string
	key   source.Span // with the quotes
	value jsonValue
}

// get returns the value of the last member with the name, which is the one that nlohmann::json keeps.
func (v jsonValue) get(name string) *jsonValue {
	for i := len(v.members) - 1; i >= 0; i-- {
		if v.members[i].name == name {
			return &v.members[i].value
		}
	}
	return nil
}

// head returns the span to report for a value: all of a scalar, the opening bracket of others.
func (v jsonValue) head() source.Span {
	if v.kind == jsonArray || v.kind == jsonObject {
		return source.Span{Start: v.span.Start, End: v.span.Start + 1}
	}
	return v.span
}

// maxJSONDepth bounds the nesting of a lock file; Nix's own have four levels.
const maxJSONDepth = 500

var errTooDeep = fmt.Errorf("more than %d levels of nesting", maxJSONDepth)

var conflictPattern = regexp.MustCompile(`(?m)^(?:<<<<<<<|\|\|\|\|\|\|\||=======|>>>>>>>)(?:[ \t][^\r\n]*)?\r?$`)

// parseJSON reads a text that is one JSON value, with positions from encoding/json's tokens.
func parseJSON(text string) (jsonValue, *SyntaxError) {
	base := 0
	if strings.HasPrefix(text, "\ufeff") {
		base = len("\ufeff") // nlohmann::json skips a byte order mark
	}
	p := jsonReader{text: text, base: base, dec: json.NewDecoder(strings.NewReader(text[base:]))}
	p.dec.UseNumber()
	v, err := p.value(0)
	if err == nil {
		if _, err = p.dec.Token(); err == nil {
			err = errors.New("text behind the end of the value")
		} else if errors.Is(err, io.EOF) {
			if i := invalidUTF8(text); i >= 0 {
				return v, &SyntaxError{Offset: uint32(i), Message: "invalid UTF-8"}
			}
			return v, nil
		}
	}
	return v, syntaxError(text, base, p.dec.InputOffset(), err)
}

func invalidUTF8(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

func syntaxError(text string, base int, offset int64, err error) *SyntaxError {
	e := &SyntaxError{Offset: min(uint32(int64(base)+offset), uint32(len(text)))}
	// The decoder's own offsets are not all from the start of the text; those of Unmarshal are.
	var raw json.RawMessage
	if plain := json.Unmarshal([]byte(text[base:]), &raw); plain != nil && !errors.Is(err, errTooDeep) {
		err = plain
	}
	var syntax *json.SyntaxError
	switch {
	case strings.TrimSpace(text[base:]) == "":
		e.Blank, e.Offset, e.Message = true, 0, "the file is empty"
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(text)-base) && strings.HasPrefix(syntax.Error(), "unexpected end"):
		e.Offset, e.Message = uint32(len(text)), "unexpected end of the file"
	case errors.As(err, &syntax):
		e.Message = syntax.Error()
		e.Offset = uint32(int64(base) + max(syntax.Offset-1, 0))
	default:
		e.Message = err.Error()
	}
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
	text string
	base int
	dec  *json.Decoder
}

// token reads a token and its span.
func (p *jsonReader) token() (json.Token, source.Span, error) {
	start := p.base + int(p.dec.InputOffset())
	tok, err := p.dec.Token()
	end := p.base + int(p.dec.InputOffset())
	for start < end && strings.IndexByte(" \t\r\n,:", p.text[start]) >= 0 {
		start++
	}
	return tok, source.Span{Start: uint32(start), End: uint32(end)}, err
}

func (p *jsonReader) value(depth int) (v jsonValue, err error) {
	tok, span, err := p.token()
	if err != nil {
		return v, err
	}
	v.span = span
	switch t := tok.(type) {
	case json.Delim:
		if depth >= maxJSONDepth {
			return v, errTooDeep
		}
		err = p.compound(&v, t, depth)
	case string:
		v.kind, v.text = jsonString, t
	case json.Number:
		v.kind, v.text = jsonNumber, t.String()
	case bool:
		v.kind, v.text = jsonBool, map[bool]string{true: "true", false: "false"}[t]
	}
	return v, err
}

// compound reads the rest of an array or object.
func (p *jsonReader) compound(v *jsonValue, open json.Delim, depth int) error {
	v.kind = jsonArray
	if open == '{' {
		v.kind = jsonObject
	}
	for p.dec.More() {
		var m jsonMember
		if v.kind == jsonObject {
			tok, span, err := p.token()
			if err != nil {
				return err
			}
			m.name, _ = tok.(string)
			m.key = span
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		if m.value = value; v.kind == jsonObject {
			v.members = append(v.members, m)
		} else {
			v.elems = append(v.elems, value)
		}
	}
	_, end, err := p.token()
	v.span.End = end.End
	return err
}

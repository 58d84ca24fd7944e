package config

import (
	"errors"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/nixsift/nixsift/ast/source"
)

// kind is the type of a TOML value.
type kind uint8

const (
	kindOther kind = iota // dates and times, of which configuration has none
	kindString
	kindInt
	kindFloat
	kindBool
	kindArray
	kindTable
)

var kindNames = [...]string{"a date", "a string", "an integer", "a float", "a boolean", "an array", "a table"}

func (k kind) String() string { return kindNames[k] }

// value is a TOML value with its place in the file. The span of a table that headers make is its header.
type value struct {
	kind    kind
	span    source.Span
	text    string // the string's text, or what the file says
	num     int64
	bool    bool
	elems   []*value
	entries []*entry
	byKey   map[string]*entry // of a table with many entries; see add
	defined bool              // a table with a header of its own, or an inline one
	tables  bool              // an array that [[headers]] make
}

type entry struct {
	key  string
	span source.Span
	val  *value
}

// fewEntries is how many entries of a table are looked through one by one.
const fewEntries = 16

func (v *value) get(key string) *entry {
	if v.byKey != nil {
		return v.byKey[key]
	}
	for _, e := range v.entries {
		if e.key == key {
			return e
		}
	}
	return nil
}

// add adds an entry with a key that the table has not.
func (v *value) add(e *entry) {
	v.entries = append(v.entries, e)
	switch {
	case v.byKey != nil:
		v.byKey[e.key] = e
	case len(v.entries) > fewEntries:
		v.byKey = make(map[string]*entry, 2*fewEntries)
		for _, old := range v.entries {
			v.byKey[old.key] = old
		}
	}
}

// reader turns TOML text into values, keeping positions, which the decoder of the library has only for
// its own errors. After a syntax error it keeps what stands before.
type reader struct {
	lines  *source.LineIndex
	base   uint32 // length of the byte order mark
	parser unstable.Parser
	report func(span source.Span, format string, args ...any)
	failed bool
}

const byteOrderMark = "\uFEFF"

// maxLines bounds the headers and keys of a file. The library's look for keys that are set twice takes quadratic
// time.
const maxLines = 10_000

// readTOML reads text into a table. Mistakes of syntax and keys that are set twice go to report.
func readTOML(lines *source.LineIndex, report func(span source.Span, format string, args ...any)) *value {
	text := lines.Text()
	r := &reader{lines: lines}
	r.report = func(span source.Span, format string, args ...any) {
		r.failed = true
		report(span, format, args...)
	}
	if strings.HasPrefix(text, byteOrderMark) {
		r.base = uint32(len(byteOrderMark))
		text = text[r.base:]
	}
	root := &value{kind: kindTable}
	r.parser.Reset([]byte(text))
	current := root
	for n := 1; r.parser.NextExpression(); n++ {
		if n > maxLines {
			r.report(r.span(r.parser.Expression().Raw), "more than %d headers and keys; split the configuration into files of the folders that it is for", maxLines)
			return &value{kind: kindTable}
		}
		switch e := r.parser.Expression(); e.Kind {
		case unstable.Table:
			current = r.header(root, e, false)
		case unstable.ArrayTable:
			current = r.header(root, e, true)
		case unstable.KeyValue:
			r.keyValue(current, e)
		}
	}
	var bad *unstable.ParserError
	if err := r.parser.Error(); errors.As(err, &bad) {
		r.report(r.span(r.parser.Range(bad.Highlight)), "not valid TOML: %s", bad.Message)
	} else if err != nil {
		r.report(source.Span{}, "not valid TOML: %s", err)
	}
	if !r.failed {
		r.decode(text)
	}
	return root
}

// decode lets the library's decoder find what its parser lets pass: impossible dates, numbers out of
// range, headers that contradict each other.
func (r *reader) decode(text string) {
	var all map[string]any
	err := toml.Unmarshal([]byte(text), &all)
	if err == nil {
		return
	}
	at := source.Span{}
	msg := strings.TrimPrefix(err.Error(), "toml: ")
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, column := bad.Position()
		lineSpan := source.NewLineIndex(text).LineSpan(line)
		start := min(lineSpan.Start+uint32(max(column-1, 0)), lineSpan.End)
		at = source.Span{Start: r.base + start, End: r.base + min(start+1, lineSpan.End)}
	}
	r.report(at, "not valid TOML: %s", msg)
}

func (r *reader) span(x unstable.Range) source.Span {
	return source.Span{Start: r.base + x.Offset, End: r.base + x.Offset + x.Length}
}

// header finds or makes the table that [a.b] or [[a.b]] opens.
func (r *reader) header(root *value, e *unstable.Node, array bool) *value {
	parent, key, span := r.descend(root, e)
	old := parent.get(key)
	table := &value{kind: kindTable, span: span, defined: true}
	switch {
	case old == nil && array:
		list := &value{kind: kindArray, span: span, tables: true, elems: []*value{table}}
		parent.add(&entry{key, span, list})
	case old == nil:
		parent.add(&entry{key, span, table})
	case array && old.val.tables:
		old.val.elems = append(old.val.elems, table)
	case !array && old.val.kind == kindTable && !old.val.defined:
		old.val.defined = true
		return old.val
	default:
		r.twice(key, span, old)
	}
	return table
}

// descend follows all keys of a header or key-value pair but the last, making the tables that do not
// exist, and returns the table it comes to with the last key.
func (r *reader) descend(table *value, e *unstable.Node) (parent *value, key string, span source.Span) {
	for it := e.Key(); it.Next(); {
		if span.Len() > 0 {
			table = r.step(table, key, span)
		}
		key, span = string(it.Node().Data), r.span(it.Node().Raw)
	}
	return table, key, span
}

// step goes one key down, making a table where there is nothing yet. Through an array of tables it goes
// into the last one.
func (r *reader) step(table *value, key string, span source.Span) *value {
	next := &value{kind: kindTable, span: span}
	switch old := table.get(key); {
	case old == nil:
		table.add(&entry{key, span, next})
	case old.val.kind == kindTable:
		return old.val
	case old.val.tables:
		return old.val.elems[len(old.val.elems)-1]
	default:
		r.twice(key, span, old)
	}
	return next
}

func (r *reader) twice(key string, span source.Span, first *entry) {
	r.report(span, "`%s` is set twice, first on line %d", key, r.lines.Line(first.span.Start))
}

func (r *reader) keyValue(table *value, e *unstable.Node) {
	table, key, span := r.descend(table, e)
	v := r.value(e.Value(), r.valueSpan(span.End, r.span(e.Raw).End))
	if old := table.get(key); old != nil {
		r.twice(key, span, old)
		return
	}
	table.add(&entry{key, span, v})
}

// valueSpan returns the span of a value that ends at end, behind a key that ends at keyEnd.
func (r *reader) valueSpan(keyEnd, end uint32) source.Span {
	data := r.parser.Data()
	start := keyEnd
	for start < end && strings.IndexByte(" \t=", data[start-r.base]) >= 0 {
		start++
	}
	return source.Span{Start: start, End: end}
}

// value converts a value. Around is its span as far as it is known: the parser gives none for arrays and
// tables.
func (r *reader) value(n *unstable.Node, around source.Span) *value {
	v := &value{span: around, text: string(n.Data)}
	if n.Raw.Length > 0 && n.Kind != unstable.InlineTable && n.Kind != unstable.Array {
		v.span = r.span(n.Raw)
	}
	switch n.Kind {
	case unstable.String:
		v.kind = kindString
	case unstable.Bool:
		v.kind, v.bool = kindBool, v.text == "true"
	case unstable.Float:
		v.kind = kindFloat
	case unstable.Integer:
		v.kind = kindInt
		v.num, _ = strconv.ParseInt(strings.ReplaceAll(v.text, "_", ""), 0, 64)
	case unstable.Array:
		v.kind = kindArray
		for it := n.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				v.elems = append(v.elems, r.value(it.Node(), around))
			}
		}
	case unstable.InlineTable:
		v.kind, v.defined = kindTable, true
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				r.keyValue(v, it.Node())
			}
		}
	}
	return v
}

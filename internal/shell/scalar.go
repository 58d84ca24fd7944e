package shell

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/nixsift/nixsift/ast/source"
)

// A scalar is a YAML scalar's decoded text with its map to the file.
type scalar struct {
	text string
	at   *textMap
	span source.Span
	id   int // offset in the YAML text, the same wherever an alias leads to it
}

// scalar decodes a scalar node. The library says where a scalar stands and of which style it is; its
// content is read from the text again (YAML 1.2.2, chapters 7.3 and 8.1), since the tree keeps no positions
// inside.
func (y *yamlFile) scalar(n ast.Node) (scalar, bool) {
	n = y.resolve(n)
	if lit, ok := n.(*ast.LiteralNode); ok {
		at, ok := y.find(lit.Start, lit.Start.Value[:1])
		if !ok {
			return y.lost(lit.Start)
		}
		var b textBuilder
		end := y.block(&b, at, y.indents[lit])
		return y.finish(&b, at, end)
	}
	s, ok := n.(ast.ScalarNode)
	if !ok || n.Type() == ast.NullType || n.Type() == ast.MergeKeyType {
		return scalar{}, false
	}
	tk := s.GetToken()
	if tk == nil || tk.Position == nil {
		return scalar{}, false
	}
	var b textBuilder
	var at, end int
	switch tk.Type {
	case token.SingleQuoteType, token.DoubleQuoteType:
		quote := `"`
		if tk.Type == token.SingleQuoteType {
			quote = "'"
		}
		if at, ok = y.find(tk, quote); !ok {
			return y.lost(tk)
		}
		if end, ok = y.quoted(&b, at, quote[0]); !ok {
			return y.lost(tk)
		}
	default:
		at = y.before(tk)
		if end, ok = y.plain(&b, at, tk.Value); !ok {
			b = textBuilder{}
			at = y.offset(tk.Position)
			if end, ok = y.plain(&b, at, tk.Value); !ok {
				return y.lost(tk)
			}
		}
	}
	return y.finish(&b, at, end)
}

// lost notes a scalar whose text is not where the library says.
func (y *yamlFile) lost(tk *token.Token) (scalar, bool) {
	y.failAt(y.offset(tk.Position), "the YAML has a value whose text does not stand where it should")
	return scalar{}, false
}

func (y *yamlFile) finish(b *textBuilder, at, end int) (scalar, bool) {
	text := b.text.String()
	return scalar{text: text, at: b.mapTo(y.root, at), span: y.root.span(at, end), id: at}, y.burn(len(text) / 4)
}

// find returns the offset of a token that begins with start: where the library says or, since its columns
// are off in places, behind the token before.
func (y *yamlFile) find(tk *token.Token, start string) (int, bool) {
	at := y.offset(tk.Position)
	if strings.HasPrefix(y.text[at:], start) {
		return at, true
	}
	at = y.before(tk)
	return at, strings.HasPrefix(y.text[at:], start)
}

// before returns where the value begins that follows the indicator (or anchor name, or tag) before tk.
func (y *yamlFile) before(tk *token.Token) int {
	prev := tk.Prev
	for prev != nil && prev.Type == token.CommentType {
		prev = prev.Prev
	}
	at := 0
	if prev != nil {
		at = y.offset(prev.Position)
		switch prev.Type {
		case token.MappingValueType, token.SequenceEntryType, token.MappingKeyType, token.CollectEntryType,
			token.MappingStartType, token.SequenceStartType:
			at++
		default:
			at += len(prev.Value)
		}
	}
	for at < len(y.text) {
		switch c := y.text[at]; {
		case c == ' ' || c == '\t' || c == '\n':
			at++
		case c == '#' && at > 0 && strings.IndexByte(" \t\n", y.text[at-1]) >= 0:
			if n := strings.IndexByte(y.text[at:], '\n'); n >= 0 {
				at += n
			} else {
				at = len(y.text)
			}
		default:
			return at
		}
	}
	return at
}

// plain reads a plain scalar whose value the library gives: the same text with folded line breaks. It
// reports false if the text at the offset is not that value's.
func (y *yamlFile) plain(b *textBuilder, at int, value string) (int, bool) {
	i := 0
	for i < len(value) {
		v, j := textAndBlanks(value[i:])
		if !strings.HasPrefix(y.text[at:], value[i:i+v]) {
			return at, false
		}
		b.add(value[i:i+v], at, v)
		i, at = i+j, at+v
		if i >= len(value) {
			break
		}
		k := at
		for k < len(y.text) && strings.IndexByte(" \t\n", y.text[k]) >= 0 {
			k++
		}
		if k == at {
			return at, false
		}
		y.fold(b, at, k)
		at = k
	}
	return at, true
}

// textAndBlanks returns the length of the text before the first white space, and with the white space.
func textAndBlanks(s string) (int, int) {
	i := strings.IndexAny(s, " \t\n")
	if i < 0 {
		return len(s), len(s)
	}
	return i, i + len(s[i:]) - len(strings.TrimLeft(s[i:], " \t\n"))
}

// fold adds the white space of text[at:end] as flow scalars fold it: unchanged within a line, one line
// break as a space, more as one less.
func (y *yamlFile) fold(b *textBuilder, at, end int) {
	switch n := strings.Count(y.text[at:end], "\n"); n {
	case 0:
		b.add(y.text[at:end], at, end-at)
	case 1:
		b.add(" ", at, end-at)
	default:
		b.add(strings.Repeat("\n", n-1), at, end-at)
	}
}

// quoted reads a quoted scalar from its opening quote to behind the closing one.
func (y *yamlFile) quoted(b *textBuilder, at int, quote byte) (int, bool) {
	t := y.text
	for at++; at < len(t); {
		switch c := t[at]; {
		case c == quote && quote == '\'' && strings.HasPrefix(t[at:], "''"):
			b.add("'", at, 2)
			at += 2
		case c == quote:
			return at + 1, true
		case c == ' ' || c == '\t' || c == '\n':
			k := at
			for k < len(t) && strings.IndexByte(" \t\n", t[k]) >= 0 {
				k++
			}
			y.fold(b, at, k)
			at = k
		case c == '\\' && quote == '"':
			text, n := unescapeYAML(t[at:])
			b.add(text, at, n)
			at += n
		default:
			k := at + 1
			for k < len(t) && strings.IndexByte(" \t\n\\'\"", t[k]) < 0 {
				k++
			}
			b.add(t[at:k], at, k-at)
			at = k
		}
	}
	return at, false
}

const yamlEscapes = "0\x00a\ab\bt\tn\nv\vf\fr\re\x1b"

// unescapeYAML decodes the escape that s begins with, and returns its length.
func unescapeYAML(s string) (string, int) {
	if len(s) < 2 {
		return s, len(s)
	}
	digits := 0
	switch c := s[1]; c {
	case '\n': // the line break and the indentation behind it vanish, empty lines behind it count
		rest := strings.TrimLeft(s[2:], " \t\n")
		n := len(s) - len(rest)
		return strings.Repeat("\n", strings.Count(s[2:n], "\n")), n
	case 'N':
		return "\u0085", 2
	case '_':
		return "\u00a0", 2
	case 'L':
		return "\u2028", 2
	case 'P':
		return "\u2029", 2
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		for i := 0; i < len(yamlEscapes); i += 2 {
			if yamlEscapes[i] == c {
				return yamlEscapes[i+1 : i+2], 2
			}
		}
		_, n := utf8.DecodeRuneInString(s[1:])
		return s[1 : 1+n], 1 + n
	}
	if len(s) < 2+digits {
		return s[1:2], 2
	}
	r, err := strconv.ParseUint(s[2:2+digits], 16, 32)
	if err != nil {
		return s[1:2], 2
	}
	return string(rune(r)), 2 + digits
}

// block reads a block scalar from its indicator; in is the indentation of the node around it. It returns
// the end of the last line with content.
func (y *yamlFile) block(b *textBuilder, at, in int) int {
	t := y.text
	folded := t[at] == '>'
	chomp, want := byte(0), 0
	end := at + 1
	for ; end < len(t) && t[end] != '\n' && t[end] != '#'; end++ {
		switch c := t[end]; {
		case c == '+' || c == '-':
			chomp = c
		case c >= '1' && c <= '9':
			want = max(in, 0) + int(c-'0')
		}
	}
	at = nextLine(t, end)
	if want == 0 {
		want = firstIndent(t[at:])
		if want <= in {
			return end
		}
	}
	// pending is the line break before the line at hand, empty the first of the blank lines behind it.
	pending, first := -1, true
	var blanks []int
	moreBefore := false
	breakAt := func(i int) { b.add("\n", i, min(1, len(t)-i)) }
	for at < len(t) {
		stop := at + lineLen(t[at:])
		line := t[at:stop]
		if lead := indent(line); lead == len(line) && lead <= want {
			blanks = append(blanks, stop)
			at = nextLine(t, stop)
			continue
		} else if lead < want || want == 0 && documentMark(line) {
			break
		}
		body := line[want:]
		more := body != "" && (body[0] == ' ' || body[0] == '\t')
		switch {
		case first:
		case folded && !more && !moreBefore:
			if len(blanks) == 0 {
				b.add(" ", pending, at+want-pending)
			}
		default:
			breakAt(pending)
		}
		for _, i := range blanks {
			breakAt(i)
		}
		b.add(body, at+want, len(body))
		pending, first, moreBefore, blanks = stop, false, more, blanks[:0]
		end = stop
		at = nextLine(t, stop)
	}
	if chomp != '-' && !first && pending < len(t) {
		breakAt(pending)
	}
	if chomp == '+' {
		for _, i := range blanks {
			if i < len(t) {
				breakAt(i)
			}
		}
	}
	return end
}

func lineLen(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

// nextLine returns the start of the line behind the one that holds at.
func nextLine(t string, at int) int { return min(at+lineLen(t[at:])+1, len(t)) }

// firstIndent returns the indentation of the first line that is not blank, -1 if there is none.
func firstIndent(t string) int {
	for t != "" {
		n := lineLen(t)
		if in := indent(t[:n]); in < n {
			return in
		}
		t = t[min(n+1, len(t)):]
	}
	return -1
}

func documentMark(line string) bool {
	return (strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")) &&
		(len(line) == 3 || line[3] == ' ' || line[3] == '\t')
}

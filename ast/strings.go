package ast

import (
	"iter"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Part is one piece of a string or path literal: text, or an interpolation.
type Part struct {
	Span   source.Span
	Interp Node // the Interpolation, or invalid for text
}

// IsText reports whether the part is text.
func (p Part) IsText() bool { return !p.Interp.IsValid() }

// Parts yields the raw pieces of a String, IndString or Path in source order: spans of undecoded text,
// one for each token, and interpolations.
func Parts(n Node) iter.Seq[Part] {
	return func(yield func(Part) bool) {
		interp := n.FirstChild()
		end := n.End()
		for tok := n.FirstToken(); tok.IsValid() && tok.Start() < end; {
			if interp.IsValid() && tok.Start() == interp.Start() {
				if !yield(Part{interp.Span(), interp}) {
					return
				}
				tok = interp.LastToken().Next()
				interp = interp.NextSibling()
				continue
			}
			switch tok.Kind() {
			case TokText, TokIndText, TokPath, TokPathText:
				if !yield(Part{Span: tok.Span()}) {
					return
				}
			}
			tok = tok.Next()
		}
	}
}

// StringValue returns the value of a String or IndString without interpolation, decoded as Nix does;
// ok is false for others and where something is interpolated.
func StringValue(n Node) (value string, ok bool) {
	if !n.Is(String) && !n.Is(IndString) || n.FirstChild().IsValid() {
		return "", false
	}
	if n.Is(IndString) {
		var b strings.Builder
		for _, p := range IndentedParts(n) {
			b.WriteString(p.Text)
		}
		return b.String(), true
	}
	for p := range Parts(n) {
		value += UnescapeString(p.Span.Of(n.t.src))
	}
	return value, true
}

// ConstantText returns the text of an expression that Nix's parser reads as one string without parts, in
// parentheses or not: a "…" without interpolation, a URL, or an indented string that is left with a single
// part, which may be an interpolation of such an expression. Strings that consist of several parts by
// their escapes, such as one with an escaped $, are concatenations and no constants.
func ConstantText(n Node) (text string, ok bool) {
	for {
		n = n.Unparen()
		switch n.Kind() {
		case URI:
			return n.Text(), true
		case String:
			return StringValue(n)
		case IndString:
			parts := IndentedParts(n)
			switch {
			case len(parts) == 0:
				return "", true
			case len(parts) > 1:
				return "", false
			case !parts[0].Interp.IsValid():
				return parts[0].Text, true
			}
			n = parts[0].Interp.FirstChild()
		default:
			return "", false
		}
	}
}

// UnescapeString decodes the raw text of a "…" string (lexer.l, unescapeStr): \n \r \t, any other
// escaped character is itself, and CR LF and a lone CR become LF.
func UnescapeString(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 && strings.IndexByte(raw, '\r') < 0 {
		return raw
	}
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '\\' && i+1 < len(raw):
			i++
			b = append(b, unescapeByte(raw[i]))
		case c == '\r':
			b = append(b, '\n')
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func unescapeByte(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// IndentedPart is a piece of an indented string as Nix's parser keeps it: decoded and stripped text, or
// an interpolation. Escapes, and a $ or ' that ends a run, are pieces of their own.
type IndentedPart struct {
	Text   string
	Interp Node
}

// indPiece is a raw piece before stripping. Escaped pieces are no indentation.
type indPiece struct {
	text    string
	interp  Node
	escaped bool
	size    int // bytes in the source
}

// splitIndented cuts the raw text of an indented string where Nix's lexer does (lexer.l, IND_STRING).
func splitIndented(raw string, out []indPiece) []indPiece {
	start := 0
	flush := func(end int) {
		if end > start {
			out = append(out, indPiece{text: raw[start:end], size: end - start})
		}
	}
	for i := 0; i < len(raw); {
		rest := raw[i:]
		switch {
		case strings.HasPrefix(rest, "''$"):
			flush(i)
			out = append(out, indPiece{text: "$", escaped: true, size: 3})
			i += 3
			start = i
		case strings.HasPrefix(rest, "'''"):
			flush(i)
			out = append(out, indPiece{text: "''", escaped: true, size: 3})
			i += 3
			start = i
		case strings.HasPrefix(rest, `''\`) && len(rest) > 3:
			flush(i)
			out = append(out, indPiece{text: string([]byte{unescapeByte(rest[3])}), escaped: true, size: 4})
			i += 4
			start = i
		case rest[0] == '$' || rest[0] == '\'':
			// $x and 'x are taken as pairs; alone, before what they cannot pair with, they are a piece.
			if len(rest) > 1 && (rest[0] == '$' && rest[1] != '{' && rest[1] != '\'' || rest[0] == '\'' && rest[1] != '\'' && rest[1] != '$') {
				i += 2
				continue
			}
			flush(i)
			out = append(out, indPiece{text: rest[:1], escaped: true, size: 1})
			i++
			start = i
		default:
			i++
		}
	}
	flush(len(raw))
	return out
}

// indPieces returns the raw pieces of an indented string, and where its text begins.
func indPieces(n Node) (pieces []indPiece, start uint32) {
	first := true
	for p := range Parts(n) {
		if first {
			start = p.Span.Start
		}
		if !p.IsText() {
			pieces = append(pieces, indPiece{interp: p.Interp, size: p.Span.Len()})
			first = false
			continue
		}
		raw := p.Span.Of(n.t.src)
		if first {
			// The opening token takes the rest of a first line of blanks alone.
			if rest := strings.TrimLeft(raw, " "); strings.HasPrefix(rest, "\n") {
				start += uint32(len(raw) - len(rest) + 1)
				raw = rest[1:]
			}
			first = false
		}
		pieces = splitIndented(raw, pieces)
	}
	return pieces, start
}

// IndentedParts decodes an indented string: the common indentation is removed, escapes are resolved
// (parser-state.hh, stripIndentation). An empty result is the empty string.
func IndentedParts(n Node) []IndentedPart {
	pieces, _ := indPieces(n)
	strip := newStripper(pieces)
	var out []IndentedPart
	var b []byte
	for i, p := range pieces {
		b = b[:0]
		strip.piece(p, i == len(pieces)-1, func(from, to int) { b = append(b, p.text[from:to]...) })
		switch {
		case p.interp.IsValid():
			out = append(out, IndentedPart{Interp: p.interp})
		case len(b) > 0:
			out = append(out, IndentedPart{Text: string(b)})
		}
	}
	return out
}

// stripper takes the common indentation away from the pieces of an indented string, one after the other.
type stripper struct {
	least, dropped int // blanks: to be dropped at the start of each line, and those of this line so far
	atStart        bool
}

func newStripper(pieces []indPiece) stripper {
	return stripper{least: indentation(pieces), atStart: true}
}

// piece calls keep for each run of the text of the next piece that stays.
func (s *stripper) piece(p indPiece, last bool, keep func(from, to int)) {
	if p.interp.IsValid() {
		s.atStart, s.dropped = false, 0
		return
	}
	end := len(p.text)
	if last {
		// Blanks behind the last newline belong to the closing quotes.
		if k := strings.LastIndexByte(p.text, '\n'); k >= 0 && strings.Trim(p.text[k+1:], " ") == "" {
			end = k + 1
		}
	}
	run := 0
	for j := range end {
		switch c := p.text[j]; {
		case !s.atStart:
			s.atStart = c == '\n'
		case c == ' ':
			if s.dropped++; s.dropped <= s.least {
				if run < j {
					keep(run, j)
				}
				run = j + 1
			}
		case c == '\n':
			s.dropped = 0
		default:
			s.atStart, s.dropped = false, 0
		}
	}
	if run < end {
		keep(run, end)
	}
}

// indentation returns the least number of leading blanks of the lines that hold more than blanks.
func indentation(pieces []indPiece) int {
	const none = 1 << 30
	least, cur, atStart := none, 0, true
	for _, p := range pieces {
		if p.interp.IsValid() || p.escaped {
			if atStart {
				atStart = false
				least = min(least, cur)
			}
			continue
		}
		for i := 0; i < len(p.text); i++ {
			switch c := p.text[i]; {
			case !atStart:
				if c == '\n' {
					atStart, cur = true, 0
				}
			case c == ' ':
				cur++
			case c == '\n':
				cur = 0
			default:
				atStart = false
				least = min(least, cur)
			}
		}
	}
	return least
}

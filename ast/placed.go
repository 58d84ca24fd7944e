package ast

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// PlacedText is a piece of a string with its place in the file: text, byte by byte where it is as long as its span and as a whole
// where an escape makes it shorter, or an interpolation.
type PlacedText struct {
	Text   string
	Span   source.Span
	Interp Node
}

// PlacedTexts returns what a String or IndString consists of, decoded as Nix does, in order. The texts, put together, are what
// StringValue and IndentedParts tell; text that the indentation takes away is in none of them.
func PlacedTexts(n Node) []PlacedText {
	if n.Is(IndString) {
		return placedIndented(n)
	}
	var out []PlacedText
	for p := range Parts(n) {
		if p.IsText() {
			out = placeUnescaped(out, p.Span, p.Span.Of(n.t.src))
		} else {
			out = append(out, PlacedText{Span: p.Span, Interp: p.Interp})
		}
	}
	return out
}

// placeUnescaped appends the raw text of a "…" string as UnescapeString decodes it.
func placeUnescaped(out []PlacedText, span source.Span, raw string) []PlacedText {
	run := 0
	add := func(text string, from, to int) {
		if from < to {
			out = append(out, PlacedText{Text: text, Span: source.Span{Start: span.Start + uint32(from), End: span.Start + uint32(to)}})
		}
	}
	for i := 0; i < len(raw); i++ {
		size := 0
		switch {
		case raw[i] == '\\' && i+1 < len(raw):
			size = 2
		case raw[i] == '\r' && i+1 < len(raw) && raw[i+1] == '\n':
			size = 2
		case raw[i] == '\r':
			size = 1
		default:
			continue
		}
		add(raw[run:i], run, i)
		add(UnescapeString(raw[i:i+size]), i, i+size)
		run = i + size
		i = run - 1
	}
	add(raw[run:], run, len(raw))
	return out
}

// placedIndented is PlacedTexts for indented strings; it takes the same steps as IndentedParts.
func placedIndented(n Node) []PlacedText {
	pieces, at := indPieces(n)
	least := indentation(pieces)
	var out []PlacedText
	atStart, dropped := true, 0
	for i, p := range pieces {
		start := at
		at += uint32(p.size)
		span := source.Span{Start: start, End: at}
		switch {
		case p.interp.IsValid():
			atStart, dropped = false, 0
			out = append(out, PlacedText{Span: span, Interp: p.interp})
			continue
		case p.size != len(p.text):
			// An escape ends the blanks of a line, unless it is a blank or a line end itself, which IndentedParts takes as such.
			if c := p.text[0]; atStart && c == ' ' {
				if dropped++; dropped <= least {
					continue
				}
			} else if c == '\n' {
				atStart, dropped = true, 0
			} else if atStart {
				atStart, dropped = false, 0
			}
			out = append(out, PlacedText{Text: p.text, Span: span})
			continue
		}
		end := len(p.text)
		if i == len(pieces)-1 {
			// Blanks behind the last newline belong to the closing quotes.
			if k := strings.LastIndexByte(p.text, '\n'); k >= 0 && strings.Trim(p.text[k+1:], " ") == "" {
				end = k + 1
			}
		}
		run := 0
		flush := func(to int) {
			if run < to {
				out = append(out, PlacedText{Text: p.text[run:to], Span: source.Span{Start: start + uint32(run), End: start + uint32(to)}})
			}
		}
		for j := 0; j < end; j++ {
			switch c := p.text[j]; {
			case !atStart:
				atStart = c == '\n'
			case c == ' ':
				if dropped++; dropped <= least {
					flush(j)
					run = j + 1
				}
			case c == '\n':
				dropped = 0
			default:
				atStart, dropped = false, 0
			}
		}
		flush(end)
	}
	return out
}

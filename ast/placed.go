package ast

import "github.com/nixsift/nixsift/ast/source"

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

// placedIndented is PlacedTexts for indented strings.
func placedIndented(n Node) []PlacedText {
	pieces, at := indPieces(n)
	strip := newStripper(pieces)
	var out []PlacedText
	for i, p := range pieces {
		span := source.Span{Start: at, End: at + uint32(p.size)}
		at = span.End
		strip.piece(p, i == len(pieces)-1, func(from, to int) {
			kept := span
			if p.size == len(p.text) {
				kept = source.Span{Start: span.Start + uint32(from), End: span.Start + uint32(to)}
			}
			out = append(out, PlacedText{Text: p.text[from:to], Span: kept})
		})
		if p.interp.IsValid() {
			out = append(out, PlacedText{Span: span, Interp: p.interp})
		}
	}
	return out
}

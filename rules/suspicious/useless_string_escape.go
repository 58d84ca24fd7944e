package suspicious

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "useless-string-escape", Family: family, Since: "0.1.0",
	Summary: "A backslash in a string disappears without effect",
	Doc: "Nix knows `\\n`, `\\r`, `\\t`, `\\\"`, `\\\\` and `\\$`; in front of anything else a backslash is dropped: `\"\\.\"` is `.`. Whoever\n" +
		"writes it mostly wants the backslash to stay, for a regular expression, a shell or another language that reads the\n" +
		"string, and has to write `\"\\\\.\"`. In `''` strings a plain backslash stays as it is; there `''\\` is the escape, and\n" +
		"`''\\d` is `d`.\n" +
		"\n" +
		"Before a sign that patterns give a meaning, and before letters and digits, of which Nix knows no more escapes, the\n" +
		"backslash was surely meant, so that no fix removes it; one that doubles it is shown. In what is surely a regular\n" +
		"expression of Nix the fix doubles it, outside of brackets, and `\\d` and its like are left to `regex-backslash-class`.\n" +
		"Elsewhere the fix removes the backslash, which keeps the value.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.SameParse,
	Aliases: []string{"lix:broken-string-escape", "nixpkgs-vet:NPV-170"},
	On:      []ast.Kind{ast.String, ast.IndString},
	Node: func(p *rules.Pass, n ast.Node) {
		if !n.FirstChild().IsValid() && strings.IndexByte(n.Text(), '\\') < 0 {
			return // most strings
		}
		var found []source.Span
		src, indented := p.Tree.Source(), n.Is(ast.IndString)
		for part := range ast.Parts(n) {
			switch {
			case !part.IsText():
			case !indented && strings.IndexByte(part.Span.Of(src), '\\') >= 0:
				found = uselessEscapes(found, src, part.Span)
			case indented && strings.Contains(part.Span.Of(src), `''\`):
				found = uselessIndEscapes(found, src, part.Span)
			}
		}
		if len(found) == 0 {
			return
		}
		if nixlang.InPattern(p.Names(), n) {
			reportInPattern(p, n, found)
		} else {
			p.Report(escapeFinding(src, found))
		}
	},
})

// uselessEscapes appends the escapes of a piece of a "…" string that stand for what follows the backslash
// (lexer.l, unescapeStr).
func uselessEscapes(out []source.Span, src string, piece source.Span) []source.Span {
	for i := piece.Start; i+1 < piece.End; i++ {
		if src[i] != '\\' {
			continue
		}
		size := runeSize(src[i+1:])
		// $\{ keeps the brace from opening an interpolation.
		if strings.IndexByte("nrt\"\\$", src[i+1]) < 0 && !opens(src, i, src[i+1]) {
			out = append(out, source.Span{Start: i, End: i + 1 + size})
		}
		i += size
	}
	return out
}

// uselessIndEscapes does the same for an indented string, where a quote, a dollar sign and a backslash may be
// escaped, too (lexer.l, IND_STRING).
func uselessIndEscapes(out []source.Span, src string, piece source.Span) []source.Span {
	for i := piece.Start; i < piece.End; {
		rest := src[i:piece.End]
		switch {
		case strings.HasPrefix(rest, "''$"), strings.HasPrefix(rest, "'''"):
			i += 3
		case strings.HasPrefix(rest, `''\`) && len(rest) > 3:
			size := runeSize(rest[3:])
			if strings.IndexByte("nrt\\$'", rest[3]) < 0 && !opens(src, i, rest[3]) {
				out = append(out, source.Span{Start: i, End: i + 3 + size})
			}
			i += 3 + size
		case len(rest) > 1 && (rest[0] == '$' && rest[1] != '{' && rest[1] != '\'' || rest[0] == '\'' && rest[1] != '\'' && rest[1] != '$'):
			i += 2
		default:
			i++
		}
	}
	return out
}

// opens reports whether a character at an offset would open an interpolation with the byte before it.
func opens(src string, at uint32, c byte) bool { return c == '{' && src[at-1] == '$' }

func runeSize(s string) uint32 {
	_, size := utf8.DecodeRuneInString(s)
	return uint32(size)
}

// reportInPattern reports the escapes of a regular expression, where a backslash was meant for the expression. Those
// of letters that are classes elsewhere are regex-backslash-class.
func reportInPattern(p *rules.Pass, text ast.Node, found []source.Span) {
	src := p.Tree.Source()
	found = slices.DeleteFunc(found, func(s source.Span) bool { return strings.IndexByte("dswbDSWB", escaped(s.Of(src))[0]) >= 0 })
	if len(found) == 0 {
		return
	}
	f := escapeFinding(src, found)
	fix := diag.Fix{Title: "double the backslash where it means something"}
	brackets := bracketed(src, text, found)
	for i, s := range found {
		e := doubled(src, s)
		if brackets[i] || strings.IndexByte(nixlang.PatternSigns, escaped(s.Of(src))[0]) < 0 {
			e.Text = ""
		}
		fix.Edits = append(fix.Edits, e)
	}
	f.Fixes = []diag.Fix{fix}
	p.Report(f)
}

// bracketed tells of each escape of a pattern whether it stands in a bracket expression, where a backslash is a
// character like others.
func bracketed(src string, text ast.Node, found []source.Span) []bool {
	in := make([]bool, len(found))
	next, open := 0, uint32(0) // the bracket that is open
	for i := text.Start(); i < text.End() && next < len(found); i++ {
		switch c := src[i]; {
		case i == found[next].Start:
			in[next] = open > 0
			i = found[next].End - 1
			next++
		case c == '\\' && open == 0:
			if i++; src[i] == '\\' { // what reads the pattern gets one, before what follows
				i++
			}
		case c == '[' && open == 0:
			open = i
		case c == ']' && open > 0 && i > open+1 && (i > open+2 || src[open+1] != '^'):
			open = 0
		}
	}
	return in
}

// escaped returns what stands behind the backslash of an escape.
func escaped(text string) string { return text[strings.IndexByte(text, '\\')+1:] }

// doubled returns the edit that makes a backslash of an escape that has none.
func doubled(src string, s source.Span) diag.Edit {
	slash := s.Start + uint32(strings.IndexByte(s.Of(src), '\\'))
	e := diag.Edit{Span: source.Span{Start: s.Start, End: slash + 1}, Text: `\\`}
	if slash > s.Start {
		e.Text = `\`
	}
	return e
}

// surelyMeant reports whether a backslash before a sign was hardly put there by mistake: patterns of all kinds give it a
// meaning there, or other languages know an escape of that letter.
func surelyMeant(sign byte) bool {
	letter, digit := sign|0x20 >= 'a' && sign|0x20 <= 'z', sign >= '0' && sign <= '9'
	return letter || digit || strings.IndexByte(nixlang.PatternSigns+"]}", sign) >= 0
}

// escapeFinding is about the useless escapes of one string. Its fixes remove all, unless one was surely meant, or keep
// them.
func escapeFinding(src string, found []source.Span) diag.Finding {
	text := found[0].Of(src)
	result := escaped(text)
	f := diag.Finding{
		Span: found[0], Message: "the backslash in " + diag.Code(text) + " disappears: the string has " + diag.Code(result),
		Help: "write " + diag.Code(`\\`+result) + " to keep it",
	}
	switch {
	case result == "\n" || result == "\r":
		f.Message, f.Help = "the backslash at the end of the line disappears, the newline stays", "write `\\\\` to keep it"
	case result == " " || result == "\t":
		f.Message, f.Help = "the backslash before a blank disappears", "write `\\\\` to keep it"
	case text[0] == '\'':
		f.Help = "write " + diag.Code(`\`+result) + " for a backslash, " + diag.Code(result) + " for none"
	case strings.IndexByte(nixlang.PatternSigns+"]}", result[0]) >= 0:
		f.Help = "a pattern that is to escape " + diag.Code(result) + " needs " + diag.Code(`\\`+result)
	case surelyMeant(result[0]):
		f.Help = "Nix has no such escape; write " + diag.Code(`\\`+result) + " to keep the backslash"
	}
	if len(found) > 1 {
		f.Message += " (and " + strconv.Itoa(len(found)-1) + " more in this string)"
	}
	keep, drop, meant := make([]diag.Edit, len(found)), make([]diag.Edit, len(found)), false
	for i, s := range found {
		keep[i] = doubled(src, s)
		drop[i] = diag.Edit{Span: keep[i].Span}
		meant = meant || surelyMeant(escaped(s.Of(src))[0])
	}
	if !meant {
		f.Fixes = append(f.Fixes, diag.Fix{Title: "remove the backslash", Edits: drop})
	}
	f.Fixes = append(f.Fixes, diag.Fix{Title: "keep the backslash in the string", Safety: diag.Display, Edits: keep})
	return f
}

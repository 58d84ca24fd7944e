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
		"The fix removes the backslash. It keeps the value, but needs an eye: where the backslash was meant, it has to be\n" +
		"doubled. In a regular expression it is: there the fix doubles it before signs that mean something to Nix's regular\n" +
		"expressions, and `\\d` and its like are left to `regex-backslash-class`.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.SameParse,
	Aliases: []string{"lix:broken-string-escape", "nixpkgs-vet:NPV-170"},
	On:      []ast.Kind{ast.String, ast.IndString},
	Node: func(p *rules.Pass, n ast.Node) {
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
			reportInPattern(p, found)
		} else {
			reportEscapes(p, found)
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
func reportInPattern(p *rules.Pass, found []source.Span) {
	src := p.Tree.Source()
	found = slices.DeleteFunc(found, func(s source.Span) bool { return strings.IndexByte("dswbDSWB", escaped(s.Of(src))[0]) >= 0 })
	if len(found) == 0 {
		return
	}
	f := escapeFinding(src, found)
	f.Fixes = f.Fixes[:1]
	f.Fixes[0].Title = "double the backslash where it means something"
	for i, s := range found {
		if strings.IndexByte(nixlang.PatternSigns, escaped(s.Of(src))[0]) >= 0 {
			f.Fixes[0].Edits[i] = doubled(src, s)
		}
	}
	p.Report(f)
}

func reportEscapes(p *rules.Pass, found []source.Span) {
	p.Report(escapeFinding(p.Tree.Source(), found))
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

// escapeFinding is about the useless escapes of one string. Its first fix removes all, its second keeps them.
func escapeFinding(src string, found []source.Span) diag.Finding {
	text := found[0].Of(src)
	result := escaped(text)
	f := diag.Finding{
		Span: found[0], Message: "the backslash in " + diag.Code(text) + " disappears: the string has " + diag.Code(result),
		Help: "write " + diag.Code(`\\`+result) + " to keep it",
	}
	if result == "\n" || result == "\r" {
		f.Message, f.Help = "the backslash at the end of the line disappears, the newline stays", "write `\\\\` to keep it"
	}
	if text[0] == '\'' {
		f.Help = "write " + diag.Code(`\`+result) + " for a backslash, " + diag.Code(result) + " for none"
	}
	if len(found) > 1 {
		f.Message += " (and " + strconv.Itoa(len(found)-1) + " more in this string)"
	}
	keep, drop := make([]diag.Edit, len(found)), make([]diag.Edit, len(found))
	for i, s := range found {
		keep[i] = doubled(src, s)
		drop[i] = diag.Edit{Span: keep[i].Span}
	}
	f.Fixes = []diag.Fix{
		{Title: "remove the backslash", Edits: drop},
		{Title: "keep the backslash in the string", Safety: diag.Display, Edits: keep},
	}
	return f
}

package suspicious

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
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
		"doubled.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix:     rules.FixAlways,
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
		if len(found) > 0 {
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

func reportEscapes(p *rules.Pass, found []source.Span) {
	src := p.Tree.Source()
	text := found[0].Of(src)
	result := text[strings.IndexByte(text, '\\')+1:]
	f := diag.Finding{
		Span: found[0], Message: "the backslash in `" + text + "` disappears: the string has `" + result + "`",
		Help: "write `\\\\" + result + "` to keep it",
	}
	if result == "\n" || result == "\r" {
		f.Message, f.Help = "the backslash at the end of the line disappears, the newline stays", "write `\\\\` to keep it"
	}
	if text[0] == '\'' {
		f.Help = "write `\\" + result + "` for a backslash, `" + result + "` for none"
	}
	if len(found) > 1 {
		f.Message += " (and " + strconv.Itoa(len(found)-1) + " more in this string)"
	}
	keep, drop := make([]diag.Edit, len(found)), make([]diag.Edit, len(found))
	for i, s := range found {
		slash := s.Start + uint32(strings.IndexByte(s.Of(src), '\\'))
		drop[i] = diag.Edit{Span: source.Span{Start: s.Start, End: slash + 1}}
		keep[i] = diag.Edit{Span: drop[i].Span, Text: `\\`}
		if slash > s.Start {
			keep[i].Text = `\`
		}
	}
	f.Fixes = []diag.Fix{
		{Title: "remove the backslash", Edits: drop},
		{Title: "keep the backslash in the string", Safety: diag.Display, Edits: keep},
	}
	p.Report(f)
}

package refactor

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/parser"
)

// quote writes the name of an attribute in quotes, or without.
func (p *place) quote() []Change {
	n := p.node
	if up := n.Parent(); !up.Is(ast.Attrpath) && !up.Is(ast.Inherit) {
		return nil
	}
	name, ok := ast.AttrName(n)
	switch {
	case !ok:
	case n.Is(ast.Name):
		return []Change{replace("put `"+name+"` in quotes", Rewrite, n.Span(), `"`+name+`"`)}
	case n.Is(ast.String) && ast.IsIdentifier(name) && name != "or":
		return []Change{replace("take the quotes off `"+name+"`", Rewrite, n.Span(), nixlang.Splice(p.Tree, n.Span(), name))}
	}
	return nil
}

// quoteURL writes an unquoted URL as a string.
func (p *place) quoteURL() []Change {
	if !p.node.Is(ast.URI) {
		return nil
	}
	return []Change{replace("put the URL in quotes", Rewrite, p.node.Span(), nixlang.Splice(p.Tree, p.node.Span(), ast.QuoteString(p.node.Text())))}
}

// piece is a part of a string: decoded text, or the source of an interpolation.
type piece struct {
	text   string
	interp bool
}

// pieces returns the parts of a string, texts beside each other joined.
func pieces(n ast.Node) (out []piece) {
	add := func(p piece) {
		if last := len(out) - 1; !p.interp && last >= 0 && !out[last].interp {
			out[last].text += p.text
		} else if p.interp || p.text != "" {
			out = append(out, p)
		}
	}
	if n.Is(ast.IndString) {
		for _, part := range ast.IndentedParts(n) {
			if part.Interp.IsValid() {
				add(piece{part.Interp.Text(), true})
			} else {
				add(piece{part.Text, false})
			}
		}
		return out
	}
	for part := range ast.Parts(n) {
		if part.IsText() {
			add(piece{ast.UnescapeString(part.Span.Of(n.Tree().Source())), false})
		} else {
			add(piece{part.Interp.Text(), true})
		}
	}
	return out
}

// otherString writes a "…" as an indented string, or the other way round.
func (p *place) otherString() []Change {
	n := p.up(ast.String, ast.IndString, ast.Interpolation)
	if up := n.Parent(); !n.IsValid() || n.Is(ast.Interpolation) || up.Is(ast.Attrpath) || up.Is(ast.Inherit) {
		return nil
	}
	title, text := "write the string as `''…''`", ""
	if parts := pieces(n); n.Is(ast.IndString) {
		title, text = `write the string as "…"`, quoted(parts)
	} else {
		text = indented(parts, nixlang.Indent(p.Tree, n.Start()), nixlang.LineBreak(p.Tree.Source()))
	}
	// What depends on blanks and escapes is told by reading the result.
	if again := parser.Parse(text); len(again.Errors()) > 0 || !equal(pieces(again.Expr()), pieces(n)) {
		return nil
	}
	return []Change{replace(title, Rewrite, n.Span(), text)}
}

func equal(a, b []piece) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// quoted writes the parts of a string between double quotes.
func quoted(parts []piece) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, p := range parts {
		if p.interp {
			b.WriteString(p.text)
			continue
		}
		text := ast.QuoteString(p.text)
		text = text[1 : len(text)-1]
		if next := i + 1; next < len(parts) && strings.HasSuffix(text, "$") { // $${ is no interpolation
			text = text[:len(text)-1] + `\$`
		}
		b.WriteString(text)
	}
	b.WriteByte('"')
	return b.String()
}

// indented writes the parts of a string between pairs of single quotes: on lines of their own where it has line breaks.
func indented(parts []piece, indent, eol string) string {
	var b strings.Builder
	inner := indent + step(indent)
	multi := false
	for _, p := range parts {
		multi = multi || !p.interp && strings.Contains(p.text, "\n")
	}
	if strings.HasPrefix(inner, "\t") { // tabs are text to a string
		inner = ""
	}
	b.WriteString("''")
	if multi {
		b.WriteString(eol)
	}
	start := multi
	for i, p := range parts {
		if p.interp {
			if start {
				b.WriteString(inner)
			}
			start = false
			b.WriteString(p.text)
			continue
		}
		lines := strings.SplitAfter(p.text, "\n")
		for _, line := range lines {
			if line == "" {
				continue
			}
			if start && line != "\n" {
				b.WriteString(inner)
			}
			start = strings.HasSuffix(line, "\n")
			b.WriteString(escapeIndented(strings.TrimSuffix(line, "\n"), i+1 < len(parts)))
			if start {
				b.WriteByte('\n')
			}
		}
	}
	if start {
		b.WriteString(indent)
	}
	b.WriteString("''")
	return b.String()
}

// escapeIndented writes text for an indented string; more tells that an interpolation follows.
func escapeIndented(text string, more bool) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c, next := text[i], byte(0)
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch {
		case c == '$' && (next == '{' || next == 0 && more):
			b.WriteString("''$")
		case c == '\'' && (next == '\'' || next == '$' || next == 0 || i > 0 && text[i-1] == '\''):
			b.WriteString(`''\'`)
		case c == '\t' || c == '\r':
			b.WriteString(`''\` + map[byte]string{'\t': "t", '\r': "r"}[c])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

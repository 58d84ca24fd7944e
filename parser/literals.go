package parser

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// stringLit parses a string of either form.
func (p *Parser) stringLit(kind ast.Kind, quote ast.TokenKind) {
	first, begin := p.i, p.count
	p.adv()
	for {
		switch p.tok() {
		case quote:
			if p.cutAt(int(p.start[first])) > 0 {
				p.unclosed(kind, first)
				p.wrap(kind, first, begin)
				return
			}
			p.adv()
			p.wrap(kind, first, begin)
			return
		case ast.TokDollarCurly:
			if p.kinds[p.i+1] == ast.TokText {
				p.shellExpansion(kind, first)
			} else {
				p.interpolation(false)
			}
		case ast.TokText, ast.TokIndText:
			p.adv()
		default:
			p.unclosed(kind, first)
			p.wrap(kind, first, begin)
			return
		}
	}
}

// unclosed reports a string that does not end: at the end of the file, as Nix does, or where it opens, if
// that is known to be the culprit.
func (p *Parser) unclosed(kind ast.Kind, opener int) {
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " in a string", Help: "the string is not closed",
		Hint: &ast.SyntaxHint{Span: p.span(opener, opener), Message: "it opens here"},
	}
	if end := p.cutAt(int(p.start[opener])); end > 0 {
		quote := p.span(opener, opener).Of(p.src)
		e.Span, e.Hint = p.span(opener, opener), nil
		e.Message, e.Help = "this string is not closed", "insert `"+quote+"` where it ends"
		e.Fix = p.insertion(quote, "close the string at the end of the line")
		if kind == ast.IndString {
			e.Fix = nil
		}
		p.openInterpolation(&e, int(p.start[opener])+len(quote), end)
		p.cutEnd = p.last
	}
	p.report(e)
	p.missing()
}

// openInterpolation makes e, about a string that was cut, the error that a ${ in it lacks its }, if one does.
func (p *Parser) openInterpolation(e *ast.SyntaxError, begin, end int) {
	text := p.src[begin:end]
	at := strings.LastIndex(text, "${")
	if at < 0 || strings.IndexByte(text[at:], '}') >= 0 || at > 0 && strings.IndexByte("\\$'", text[at-1]) >= 0 {
		return
	}
	e.Span = source.Span{Start: uint32(begin + at), End: uint32(begin + at + 2)}
	e.Message, e.Help, e.Fix = "this `${` is not closed", "insert `}` where it ends", nil
	if n := strings.IndexByte(text[at:], '"'); n > 0 && strings.IndexByte(text[at:at+n], '\n') < 0 {
		s := source.Span{Start: e.Span.Start + uint32(n), End: e.Span.Start + uint32(n)}
		e.Fix = &ast.SyntaxFix{Title: "insert `}`", Span: s, Text: "}"}
	}
}

// behindCut reports whether a string that was cut ends right before the current token: what is missing
// there is part of the same mistake.
func (p *Parser) behindCut() bool { return len(p.cuts) > 0 && p.last == p.cutEnd }

// interpolation parses ${ e }. In a string or path the lexer has matched the braces: what cannot be read is
// skipped to the brace that ends it. That of an attribute name ends before a semicolon.
func (p *Parser) interpolation(attr bool) {
	first, begin := p.i, p.count
	p.adv()
	saved := p.open
	p.open = [closers]int{}
	p.push(closeBrace, first)
	p.stack[len(p.stack)-1].interp = true
	p.expr()
	p.pop()
	p.open = saved
	if p.tok() != ast.TokRBrace {
		p.unexpected("`}`", "", first)
		p.missing()
		for depth := 0; p.tok() != ast.TokEOF && (!attr || p.tok() != ast.TokSemi); p.adv() {
			switch p.tok() {
			case ast.TokLBrace, ast.TokDollarCurly:
				depth++
				continue
			case ast.TokRBrace:
				depth--
			}
			if depth < 0 {
				break
			}
		}
	}
	if p.tok() == ast.TokRBrace {
		p.adv()
	}
	p.wrap(ast.Interpolation, first, begin)
}

// pathLit parses a path literal with its interpolations; the pieces touch each other.
func (p *Parser) pathLit() {
	first, begin := p.i, p.count
	texts, interps := 0, 0
	doubled := -1
	for {
		next := p.i + 1
		p.adv()
		for p.i == next && p.tok() == ast.TokDollarCurly {
			p.interpolation(false)
			interps++
			next = p.last + 1
		}
		if p.i != next || p.tok() != ast.TokPathText {
			break
		}
		if interps == 0 {
			if texts++; texts == 1 {
				doubled = p.i
			}
		}
	}
	p.wrap(ast.Path, first, begin)
	switch end := p.start[p.last+1]; {
	case texts > 0 && (interps == 0 || texts > 1):
		last := doubled + texts - 1
		fixed := singleSlashes(p.span(first, last).Of(p.src))
		if last == p.last {
			fixed = strings.TrimSuffix(fixed, "/")
		}
		p.report(ast.SyntaxError{
			Kind: ast.ErrDoubleSlash, Span: p.span(doubled, doubled), Message: "a path has `//` in it",
			Fix: &ast.SyntaxFix{Title: "write a single `/`", Span: p.span(first, last), Text: fixed, Sure: true},
		})
		p.broken()
	case p.kinds[p.last] != ast.TokRBrace && p.src[end-1] == '/':
		s := source.Span{Start: end - 1, End: end}
		for p.src[s.Start-1] == '/' {
			s.Start-- // the text has another character: an interpolation, or a segment
		}
		e := ast.SyntaxError{Kind: ast.ErrTrailingSlash, Span: p.span(first, p.last), Message: "a path ends with `/`"}
		e.Fix = &ast.SyntaxFix{Title: "remove the trailing `/`", Span: s, Sure: true}
		p.report(e)
		p.broken()
	}
}

// folderEnd returns the last token of a `./` or `../` that starts at token i and that no name follows, which
// makes it no path, or of a `.` or `..` that is a whole value or, in a list, stands alone. Otherwise it returns -1.
func (p *Parser) folderEnd(i int, inList bool) int {
	if p.kinds[i] != ast.TokDot || i > 0 && !p.standsApart(i-1) {
		return -1
	}
	end := i
	if p.kinds[end+1] == ast.TokDot {
		end++
	}
	switch {
	case p.kinds[end+1] == ast.TokSlash && p.standsApart(end+2):
		return end + 1
	case p.endsValue(p.after(end)) || inList && p.standsApart(end+1):
		return end
	}
	return -1
}

// standsApart reports whether the token at i is one that a path does not run into.
func (p *Parser) standsApart(i int) bool {
	switch k := p.kinds[i]; k {
	case ast.TokAssign, ast.TokSemi, ast.TokLParen, ast.TokRParen, ast.TokLBracket, ast.TokRBracket, ast.TokRBrace, ast.TokEOF:
		return true
	default:
		return k.IsTrivia()
	}
}

// bareFolder reports a folder from token first to end, which Nix finds fault with here, and consumes it.
func (p *Parser) bareFolder(first, end int) {
	s, why, put, sure := p.span(first, end), ": a name is missing after the slash", ".", true
	if p.kinds[end] == ast.TokDot {
		why, put, sure = "", "/.", end >= p.i && p.endsValue(p.after(end))
	}
	text := s.Of(p.src)
	fix := &ast.SyntaxFix{Title: "write `" + text + put + "`", Span: source.Span{Start: s.End, End: s.End}, Text: put, Sure: sure}
	if strings.HasPrefix(p.src[s.End:], "/") {
		fix.Text += " " // a comment would become part of the path
	}
	p.report(ast.SyntaxError{
		Kind: ast.ErrTrailingSlash, Span: p.span(p.i, p.i), Message: "`" + text + "` is no path" + why,
		Help: "the folder itself is `" + text + put + "`",
		Fix:  fix,
	})
	if p.last == end {
		p.missing()
	}
	for p.last < end {
		p.leaf(ast.Error)
	}
}

func singleSlashes(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

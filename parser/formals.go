package parser

import "github.com/nixsift/nixsift/ast"

// startsPattern tells, at {, whether formals follow rather than bindings. It looks only as far as the two
// agree: over identifiers and commas.
func (p *Parser) startsPattern() bool {
	i := p.after(p.i)
	switch p.kinds[i] {
	case ast.TokEllipsis, ast.TokComma:
		return true
	case ast.TokRBrace:
		next := p.kinds[p.after(i)]
		return next == ast.TokColon || next == ast.TokAt
	case ast.TokIdent:
	default:
		return false
	}
	i = p.after(i)
	switch p.kinds[i] {
	case ast.TokComma, ast.TokQuestion, ast.TokEllipsis:
		return true
	case ast.TokRBrace:
		next := p.kinds[p.after(i)]
		return next == ast.TokColon || next == ast.TokAt
	case ast.TokIdent:
		// Two names in a row are an error in both; a comma or the colon behind the brace decides.
		for p.kinds[i] == ast.TokIdent || p.kinds[i] == ast.TokComma || p.kinds[i] == ast.TokEllipsis {
			i = p.after(i)
		}
		if p.kinds[i] != ast.TokRBrace {
			return p.kinds[i] == ast.TokQuestion
		}
		next := p.kinds[p.after(i)]
		return next == ast.TokColon || next == ast.TokAt
	}
	return false
}

// pattern parses { a, b ? c, ... }, with @ and a name on either side.
func (p *Parser) pattern() {
	first, begin := p.i, len(p.nodes)
	named := p.tok() == ast.TokIdent
	if named {
		p.leaf(ast.AtName)
		p.adv()
		if p.tok() != ast.TokLBrace {
			p.report(ast.SyntaxError{
				Kind: ast.ErrMalformedFormals, Span: p.span(p.i, p.i), Message: "expected `{` behind `@`, found " + p.found(),
				Help: "`@` names a set pattern as a whole: `args@{ a, ... }`",
				Fix:  &ast.SyntaxFix{Title: "remove the `@`", Span: p.span(p.last, p.last), Sure: p.tok() == ast.TokColon},
			})
			p.missing()
			if p.tok() == ast.TokIdent && p.peek() == ast.TokColon {
				p.leaf(ast.Error)
			}
			p.wrap(ast.Pattern, first, begin)
			return
		}
	}
	p.formals()
	if p.tok() == ast.TokAt {
		at := p.i
		p.adv()
		switch {
		case p.tok() != ast.TokIdent:
			p.report(ast.SyntaxError{
				Kind: ast.ErrMalformedFormals, Span: p.span(p.i, p.i), Message: "expected a name behind `@`, found " + p.found(),
				Fix: &ast.SyntaxFix{Title: "remove the `@`", Span: p.span(at, at), Sure: true},
			})
			p.missing()
		case named:
			p.report(ast.SyntaxError{
				Kind: ast.ErrMalformedFormals, Span: p.span(at, at), Message: "a pattern can have one `@` name, not two",
			})
			p.leaf(ast.Error)
		default:
			p.leaf(ast.AtName)
		}
	}
	p.wrap(ast.Pattern, first, begin)
}

// formals parses { a, b ? c, ... }: names with commas between, one comma behind the last allowed, the
// ellipsis last and without a comma (parser.y, formals).
func (p *Parser) formals() {
	brace := p.i
	p.adv()
	p.open[closeBrace]++
	comma := true // a formal may stand here
	ellipsis := false
	for p.tok() != ast.TokRBrace && p.tok() != ast.TokEOF {
		switch p.tok() {
		case ast.TokIdent:
			if !comma {
				p.malformed("expected `,` between two formals, found "+p.found(), p.insertion(","))
				p.broken()
			} else if ellipsis {
				p.malformed("`...` must be the last of the formals", nil)
				p.broken()
			}
			p.formal()
			comma = false
		case ast.TokEllipsis:
			if !comma {
				p.malformed("expected `,` before `...`", p.insertion(","))
				p.broken()
			} else if ellipsis {
				p.malformed("`...` is there twice", nil)
				p.broken()
			}
			p.leaf(ast.Ellipsis)
			ellipsis, comma = true, false
		case ast.TokComma:
			switch {
			case ellipsis && p.peek() == ast.TokRBrace:
				p.malformed("a comma may not follow `...`", p.removal("remove the comma"))
				p.leaf(ast.Error)
				comma = false
				continue
			case ellipsis:
				p.malformed("`...` must be the last of the formals", nil)
				p.leaf(ast.Error)
				comma, ellipsis = true, false
				continue
			case comma:
				p.malformed("a comma without a formal before it", p.removal("remove the comma"))
				p.leaf(ast.Error)
				continue
			}
			p.adv()
			comma = true
		default:
			if p.closesOuter() || p.tok() == ast.TokColon {
				p.open[closeBrace]--
				p.close(ast.TokRBrace, brace, "}")
				return
			}
			p.malformed("expected a formal, found "+p.found(), nil)
			p.leaf(ast.Error)
		}
	}
	p.open[closeBrace]--
	p.close(ast.TokRBrace, brace, "}")
}

// formal parses name or name ? default.
func (p *Parser) formal() {
	first, begin := p.i, len(p.nodes)
	p.leaf(ast.Name)
	if p.tok() == ast.TokQuestion {
		p.adv()
		p.expr()
	}
	p.wrap(ast.Formal, first, begin)
}

func (p *Parser) malformed(message string, fix *ast.SyntaxFix) {
	p.report(ast.SyntaxError{Kind: ast.ErrMalformedFormals, Span: p.span(p.i, p.i), Message: message, Fix: fix})
}

func (p *Parser) removal(title string) *ast.SyntaxFix {
	return &ast.SyntaxFix{Title: title, Span: p.span(p.i, p.i), Sure: true}
}

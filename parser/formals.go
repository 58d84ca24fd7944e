package parser

import "github.com/nixsift/nixsift/ast"

// startsPattern tells, at {, whether formals follow rather than bindings. It looks only as far as the two
// agree: over identifiers and commas. At the head of an expression { a } is formals, whatever follows, as it
// is for Nix.
func (p *Parser) startsPattern(head bool) bool {
	i := p.after(p.i)
	switch p.kinds[i] {
	case ast.TokEllipsis, ast.TokComma:
		return true
	case ast.TokRBrace:
		return p.endsPattern(i)
	case ast.TokIdent:
	default:
		return false
	}
	i = p.after(i)
	switch p.kinds[i] {
	case ast.TokComma, ast.TokQuestion, ast.TokEllipsis:
		return true
	case ast.TokRBrace:
		return head || p.endsPattern(i)
	case ast.TokIdent, ast.TokSemi:
		// Two names in a row, or a name alone, are an error in both; a comma or the colon behind the brace decides.
		for k := p.kinds[i]; k == ast.TokIdent || k == ast.TokComma || k == ast.TokEllipsis || k == ast.TokSemi; k = p.kinds[i] {
			i = p.after(i)
		}
		return p.kinds[i] == ast.TokQuestion || p.kinds[i] == ast.TokRBrace && p.endsPattern(i)
	}
	return false
}

// endsPattern reports whether the } at i ends formals.
func (p *Parser) endsPattern(i int) bool {
	next := p.kinds[p.after(i)]
	return next == ast.TokColon || next == ast.TokAt
}

// pattern parses { a, b ? c, ... }, with @ and a name on either side.
func (p *Parser) pattern() {
	first, begin := p.i, p.count
	named := p.tok() == ast.TokIdent
	if named && !p.atBefore() {
		p.wrap(ast.Pattern, first, begin)
		return
	}
	p.formals()
	if p.tok() == ast.TokAt {
		p.atBehind(named)
	}
	p.wrap(ast.Pattern, first, begin)
}

// atBefore parses the name and the @ before a pattern; false means that no pattern follows.
func (p *Parser) atBefore() bool {
	p.leaf(ast.AtName)
	p.adv()
	if p.tok() == ast.TokLBrace {
		return true
	}
	p.report(ast.SyntaxError{
		Kind: ast.ErrMalformedFormals, Span: p.span(p.i, p.i), Message: "expected `{` after `@`, found " + p.found(),
		Help: "`@` names a set pattern as a whole: `args@{ a, ... }`",
		Fix:  &ast.SyntaxFix{Title: "remove the `@`", Span: p.span(p.last, p.last), Sure: p.tok() == ast.TokColon},
	})
	p.missing()
	if p.tok() == ast.TokIdent && p.peek() == ast.TokColon {
		p.leaf(ast.Error)
	}
	return false
}

// atBehind parses the @ and the name behind a pattern; named tells that there is a name before it too.
func (p *Parser) atBehind(named bool) {
	at := p.i
	p.adv()
	switch {
	case p.tok() != ast.TokIdent:
		p.report(ast.SyntaxError{
			Kind: ast.ErrMalformedFormals, Span: p.span(p.i, p.i), Message: "expected a name after `@`, found " + p.found(),
			Fix: &ast.SyntaxFix{Title: "remove the `@`", Span: p.span(at, at), Sure: p.tok() == ast.TokColon},
		})
		p.missing()
	case named:
		e := ast.SyntaxError{
			Kind: ast.ErrMalformedFormals, Span: p.span(at, at), Message: "a pattern can have one `@` name, not two",
		}
		e.Fix = &ast.SyntaxFix{Title: "remove the second name", Span: p.span(at, p.i)}
		p.report(e)
		p.leaf(ast.Error)
	default:
		p.leaf(ast.AtName)
	}
}

// formals parses { a, b ? c, ... }: names with commas between, one comma behind the last allowed, the
// ellipsis last and without a comma (parser.y, formal_set).
func (p *Parser) formals() {
	brace := p.i
	p.adv()
	p.push(closeBrace, brace)
	var s formalsState
	s.comma = true
	for p.formalItem(&s) {
	}
	p.pop()
	p.close(ast.TokRBrace, brace)
}

// formalsState is where a list of formals stands: whether a formal may come next, and whether there was an
// ellipsis.
type formalsState struct{ comma, ellipsis bool }

// formalItem parses one formal, comma or ellipsis; false ends the formals.
func (p *Parser) formalItem(s *formalsState) bool {
	switch k := p.tok(); k {
	case ast.TokRBrace, ast.TokEOF:
		return false
	case ast.TokIdent:
		switch {
		case !s.comma && p.startsBinding():
			return false
		case !s.comma:
			p.malformed("expected `,` between two formals, found "+p.found(), p.insertion(",", "insert `,`"))
		case s.ellipsis:
			p.malformed("`...` must be the last of the formals", nil)
		}
		wrong := !s.comma || s.ellipsis
		p.formal()
		if wrong {
			p.broken()
		}
		s.comma = false
	case ast.TokEllipsis:
		wrong := true
		switch {
		case !s.comma && s.ellipsis, s.ellipsis:
			p.malformed("`...` is there twice", nil)
		case !s.comma:
			p.malformed("expected `,` before `...`", p.insertion(",", "insert `,`"))
		default:
			wrong = false
		}
		p.leaf(ast.Ellipsis)
		if wrong {
			p.broken()
		}
		s.ellipsis, s.comma = true, false
	case ast.TokComma:
		p.formalComma(s)
	default:
		return p.strayFormal(s)
	}
	return true
}

func (p *Parser) formalComma(s *formalsState) {
	switch {
	case s.ellipsis && p.peek() == ast.TokRBrace:
		p.malformed("a comma may not follow `...`", p.removal("remove the comma"))
		p.leaf(ast.Error)
		s.comma = false
	case s.ellipsis:
		p.malformed("`...` must be the last of the formals", nil)
		p.leaf(ast.Error)
		s.comma, s.ellipsis = true, false
	case s.comma:
		p.malformed("a comma without a formal before it", p.removal("remove the comma"))
		p.leaf(ast.Error)
	default:
		p.adv()
		s.comma = true
	}
}

// strayFormal reads what cannot stand among formals; false means that they end before it.
func (p *Parser) strayFormal(s *formalsState) bool {
	k := p.tok()
	switch k {
	case ast.TokColon, ast.TokAt, ast.TokLBrace, ast.TokInherit, ast.TokLet, ast.TokWith, ast.TokIf, ast.TokAssert, ast.TokIn:
		return false
	}
	if p.closesOuter() && !p.wrongCloser() {
		return false
	}
	e := ast.SyntaxError{Kind: ast.ErrMalformedFormals, Span: p.span(p.i, p.i), Message: "expected a formal, found " + p.found()}
	switch {
	case k == ast.TokSemi && p.peek() == ast.TokRBrace:
		e.Help = "formals are separated by commas"
		e.Fix = p.removal("remove the `;`")
	case k == ast.TokSemi:
		e.Help = "formals are separated by commas"
		e.Fix = &ast.SyntaxFix{Title: "replace `;` by `,`", Span: e.Span, Text: ","}
	case k == ast.TokAssign && !s.comma:
		e.Help = "a default is written `name ? default`"
		e.Fix = &ast.SyntaxFix{Title: "replace `=` by `?`", Span: e.Span, Text: "?"}
	case k == ast.TokQuote && s.comma:
		e.Help = "a formal is a name without quotes"
	}
	p.report(e)
	begin, first := p.count, p.i
	switch {
	case k == ast.TokSemi:
		p.adv()
		s.comma = true
	case k == ast.TokAssign && !s.comma:
		p.adv()
		p.expr()
	case k == ast.TokQuote || k == ast.TokIndQuote:
		p.simple(asOperand)
		s.comma = false
	default:
		// The rest up to the next comma is part of the same mistake.
		for depth := 0; ; p.adv() {
			switch p.tok() {
			case ast.TokLBrace, ast.TokDollarCurly, ast.TokLParen, ast.TokLBracket:
				depth++
			case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
				depth--
			}
			if k := p.tok(); depth < 0 || depth == 0 && p.i > first && (k == ast.TokComma || k == ast.TokColon) || k == ast.TokEOF {
				break
			}
		}
		if p.last < first {
			p.adv() // a closing bracket of another kind
		}
		s.comma = false
	}
	p.wrap(ast.Error, first, begin)
	return true
}

// formal parses name or name ? default.
func (p *Parser) formal() {
	first, begin := p.i, p.count
	p.leaf(ast.Name)
	if p.tok() == ast.TokQuestion {
		p.adv()
		p.expr()
	}
	p.wrap(ast.Formal, first, begin)
}

// expectColon consumes the colon behind a pattern.
func (p *Parser) expectColon() {
	if p.tok() == ast.TokColon {
		p.adv()
		return
	}
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected `:` after the formals, found " + p.found(),
		Help: "a function is written `{ a, b }: body`", Fix: p.insertion(":", "insert `:`"),
	}
	if n := p.top(); n.kind == ast.Pattern && p.count-int(n.begin) == 3 {
		e.Help = "a function is written `{ a }: body`, a set that copies a name `{ inherit a; }`"
	}
	if p.tok() == ast.TokAssign || p.tok() == ast.TokSemi {
		e.Fix = &ast.SyntaxFix{Title: "replace " + p.found() + " by `:`", Span: e.Span, Text: ":"}
	}
	reported := p.report(e)
	p.broken()
	if reported >= 0 && (p.tok() == ast.TokAssign || p.tok() == ast.TokSemi && len(p.stack) == 0) {
		p.adv()
	}
}

func (p *Parser) malformed(message string, fix *ast.SyntaxFix) {
	p.report(ast.SyntaxError{Kind: ast.ErrMalformedFormals, Span: p.span(p.i, p.i), Message: message, Fix: fix})
}

func (p *Parser) removal(title string) *ast.SyntaxFix {
	return &ast.SyntaxFix{Title: title, Span: p.span(p.i, p.i), Sure: true}
}

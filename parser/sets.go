package parser

import "github.com/nixsift/nixsift/ast"

// attrset parses { … }, rec { … } and let { … }; the current token is the first of them.
func (p *Parser) attrset(kind ast.Kind) {
	first, begin := p.i, len(p.nodes)
	rec := p.tok() == ast.TokRec
	if p.tok() != ast.TokLBrace {
		p.adv()
	}
	brace := p.i
	p.adv()
	p.open[closeBrace]++
	if p.enter() {
		p.bindings(ast.TokRBrace, false)
	}
	p.leave()
	p.open[closeBrace]--
	p.close(ast.TokRBrace, brace, "}")
	id := p.wrap(kind, first, begin)
	if rec {
		p.nodes[id].flags |= ast.IsRec
	}
}

// bindings parses bindings up to, not including, the end token, or to where an outer construct goes on.
func (p *Parser) bindings(end ast.TokenKind, inLet bool) {
	for {
		switch k := p.tok(); k {
		case end, ast.TokEOF:
			return
		case ast.TokInherit:
			p.inherit()
		case ast.TokIdent, ast.TokOrKw, ast.TokQuote, ast.TokDollarCurly:
			p.binding(inLet)
		default:
			if p.closesOuter() {
				return
			}
			p.strayBinding()
		}
	}
}

// strayBinding skips what cannot start a binding, up to the next place where one can.
func (p *Parser) strayBinding() {
	first, begin := p.i, len(p.nodes)
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected a binding, found " + p.found()}
	switch k := p.tok(); {
	case k == ast.TokSemi:
		e.Help = "each binding ends with one `;`"
		e.Fix = &ast.SyntaxFix{Title: "remove this `;`", Span: e.Span, Sure: true}
	case k == ast.TokComma:
		e.Help = "bindings end with `;`, not with a comma"
	case k.IsKeyword():
		e.Help = "a keyword as an attribute name needs quotes"
	}
	p.report(e)
	if p.tok() == ast.TokSemi {
		p.adv()
	} else {
		p.skipTo(true)
		if p.tok() == ast.TokSemi {
			p.adv()
		}
	}
	if p.last < first {
		p.adv()
	}
	p.wrap(ast.Error, first, begin)
}

// binding parses attrpath = value;.
func (p *Parser) binding(inLet bool) {
	first, begin := p.i, len(p.nodes)
	dynamic := p.attrpath()
	if inLet && dynamic >= 0 {
		p.invalidDynamic(dynamic, "let")
	}
	if p.tok() != ast.TokAssign {
		p.missingAssign()
		p.missing()
		p.skipTo(true)
		if p.tok() == ast.TokSemi {
			p.adv()
		}
		p.wrap(ast.Binding, first, begin)
		return
	}
	p.adv()
	p.expr()
	p.endBinding(first, begin)
	p.wrap(ast.Binding, first, begin)
}

// missingAssign reports a binding that has no = behind its name.
func (p *Parser) missingAssign() {
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected `=` behind the attribute path, found " + p.found()}
	switch p.tok() {
	case ast.TokColon:
		e.Help = "attributes are written `name = value;`"
		e.Fix = &ast.SyntaxFix{Title: "replace `:` by `=`", Span: e.Span, Text: " ="}
	case ast.TokComma, ast.TokQuestion, ast.TokRBrace:
		e.Help = "the formals of a function need a `:` behind the closing brace; names to copy need `inherit`"
	case ast.TokEq:
		e.Help = "`=` binds, `==` compares"
		e.Fix = &ast.SyntaxFix{Title: "bind with `=`", Span: e.Span, Text: "=", Sure: true}
	}
	p.report(e)
}

// endBinding consumes the ; behind a value. Where it is missing, reading goes on at the next binding.
func (p *Parser) endBinding(first, begin int) {
	if p.tok() == ast.TokSemi {
		p.adv()
		return
	}
	p.missingSemi("binding")
	p.missing()
	switch p.tok() {
	case ast.TokIdent, ast.TokOrKw, ast.TokQuote, ast.TokDollarCurly:
		if p.startsBinding() {
			return
		}
	case ast.TokInherit, ast.TokRBrace, ast.TokIn, ast.TokEOF:
		return
	}
	if p.closesOuter() {
		return
	}
	p.skipTo(true)
	if p.tok() == ast.TokSemi {
		p.adv()
	}
}

// missingSemi reports a missing ;. The error stands where Nix has it, at the token found instead; that is
// behind the name of the next binding where an identifier was read as an argument.
func (p *Parser) missingSemi(what string) {
	at := p.i
	if p.startsBinding() {
		at = p.bindingAssign()
	}
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(at, at), Message: "expected `;` at the end of the " + what + " before, found " + p.foundAt(at),
		Fix: p.insertion(";"),
	}
	if p.last >= 0 {
		e.Hint = &ast.SyntaxHint{Span: p.span(p.last, p.last), Message: "`;` missing behind this"}
		e.Help = "`;` is missing behind this " + what
	}
	switch p.tok() {
	case ast.TokRParen, ast.TokRBracket:
		e.Message, e.Help, e.Hint, e.Fix = "unexpected "+p.found(), "nothing is open that it could close", nil, nil
	case ast.TokComma:
		e.Fix = &ast.SyntaxFix{Title: "replace `,` by `;`", Span: e.Span, Text: ";", Sure: true}
	}
	p.report(e)
}

// startsBinding reports whether an attribute path with = behind it starts at the current token. Where an
// argument or list element could stand that is never valid, so it marks a forgotten ; or ].
func (p *Parser) startsBinding() bool {
	k := p.tok()
	if k != ast.TokIdent && k != ast.TokQuote {
		return false
	}
	return p.bindingAssign() >= 0
}

// bindingAssign returns the token index of the = of the binding that starts here, or -1.
func (p *Parser) bindingAssign() int {
	i := p.i
	for {
		switch p.kinds[i] {
		case ast.TokIdent, ast.TokOrKw:
		case ast.TokQuote:
			// Only strings without interpolation are looked through.
			if p.kinds[i+1] == ast.TokText {
				i++
			}
			if i++; p.kinds[i] != ast.TokQuote {
				return -1
			}
		default:
			return -1
		}
		i = p.after(i)
		switch p.kinds[i] {
		case ast.TokAssign:
			return i
		case ast.TokDot:
			i = p.after(i)
		default:
			return -1
		}
	}
}

// inherit parses inherit a b; and inherit (e) a b;.
func (p *Parser) inherit() {
	first, begin := p.i, len(p.nodes)
	p.adv()
	if p.tok() == ast.TokLParen {
		paren, inner := p.i, len(p.nodes)
		p.adv()
		p.open[closeParen]++
		p.expr()
		p.open[closeParen]--
		p.close(ast.TokRParen, paren, ")")
		p.wrap(ast.InheritFrom, paren, inner)
	}
	for {
		if k := p.tok(); (k == ast.TokIdent || k == ast.TokQuote) && p.startsBinding() {
			break
		}
		tok := p.i
		if !p.attr() {
			break
		}
		if !p.staticAttr() {
			p.invalidDynamic(tok, "inherit")
		}
	}
	if p.tok() == ast.TokSemi {
		p.adv()
	} else {
		if p.tok() == ast.TokDot || p.tok() == ast.TokAssign || p.tok() == ast.TokComma {
			p.report(ast.SyntaxError{
				Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " in `inherit`",
				Help: "`inherit a b;` copies names; `inherit (x) a b;` takes them from `x`",
			})
			p.missing()
			p.skipTo(false)
			if p.tok() == ast.TokSemi {
				p.adv()
			}
		} else {
			p.endBinding(first, begin)
		}
	}
	p.wrap(ast.Inherit, first, begin)
}

// attr parses one part of an attribute path; false means that none stands here.
func (p *Parser) attr() bool {
	switch p.tok() {
	case ast.TokIdent, ast.TokOrKw:
		p.leaf(ast.Name)
	case ast.TokQuote:
		p.stringLit(ast.String, ast.TokQuote)
	case ast.TokDollarCurly:
		p.interpolation()
	default:
		return false
	}
	return true
}

// staticAttr reports whether the last node is an attribute name that is known without evaluation:
// "${"a"}" is not, ${"a"} is (parser.y, string_attr).
func (p *Parser) staticAttr() bool {
	n := p.nodes[len(p.nodes)-1]
	if n.kind == ast.Interpolation && len(p.nodes)-1 > int(n.begin) {
		n = p.nodes[len(p.nodes)-2]
		return (n.kind == ast.String || n.kind == ast.IndString) && int(n.begin) == len(p.nodes)-2
	}
	return n.kind == ast.Name || n.kind == ast.String && int(n.begin) == len(p.nodes)-1
}

// attrpath parses a.b.c. It returns the token of a first part that is dynamic, or -1.
func (p *Parser) attrpath() (dynamic int) {
	first, begin := p.i, len(p.nodes)
	dynamic = -1
	for i := 0; ; i++ {
		tok := p.i
		if !p.attr() {
			p.missingAttr(i > 0)
			p.missing()
			break
		}
		if i == 0 && !p.staticAttr() {
			dynamic = tok
		}
		if p.tok() != ast.TokDot {
			break
		}
		p.adv()
	}
	if p.last < first {
		p.add(ast.Attrpath, p.last+1, p.last, begin)
	} else {
		p.wrap(ast.Attrpath, first, begin)
	}
	return dynamic
}

// missingAttr reports an attribute path that ends with a dot, or is none.
func (p *Parser) missingAttr(afterDot bool) {
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected an attribute name, found " + p.found()}
	switch {
	case p.tok().IsKeyword():
		e.Help = "a keyword as an attribute name needs quotes"
		s := p.span(p.i, p.i)
		e.Fix = &ast.SyntaxFix{Title: "quote the name", Span: s, Text: `"` + s.Of(p.src) + `"`}
	case afterDot || p.last >= 0 && p.kinds[p.last] == ast.TokDot:
		e.Kind = ast.ErrAttrpathDot
		e.Message = "expected an attribute name behind `.`, found " + p.found()
		s := p.span(p.last, p.last)
		e.Fix = &ast.SyntaxFix{Title: "remove the `.`", Span: s, Sure: p.tok() == ast.TokAssign}
	}
	p.report(e)
}

func (p *Parser) invalidDynamic(tok int, where string) {
	p.report(ast.SyntaxError{
		Kind: ast.ErrInvalidDynamic, Span: p.span(tok, tok), Message: "a dynamic attribute name is not allowed in `" + where + "`",
		Help: "names in `let` and `inherit` must be known without evaluation",
	})
	p.broken()
}

// stringLit parses a string of either form.
func (p *Parser) stringLit(kind ast.Kind, quote ast.TokenKind) {
	first, begin := p.i, len(p.nodes)
	p.adv()
	for {
		switch p.tok() {
		case quote:
			p.adv()
			p.wrap(kind, first, begin)
			return
		case ast.TokDollarCurly:
			p.interpolation()
		case ast.TokText, ast.TokIndText:
			p.adv()
		default:
			what := "a string"
			if kind == ast.IndString {
				what = "an indented string"
			}
			p.report(ast.SyntaxError{
				Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " in " + what,
				Help: what + " is not closed",
				Hint: &ast.SyntaxHint{Span: p.span(first, first), Message: "it starts here"},
			})
			p.missing()
			p.wrap(kind, first, begin)
			return
		}
	}
}

// interpolation parses ${ e }. The lexer has matched the braces: what cannot be read is skipped to the
// brace that ends it.
func (p *Parser) interpolation() {
	first, begin := p.i, len(p.nodes)
	p.adv()
	saved := p.open
	p.open = [closers]int{closeBrace: 1}
	p.expr()
	p.open = saved
	if p.tok() != ast.TokRBrace {
		p.unexpected("`}`", "", first)
		p.missing()
		for depth := 0; p.tok() != ast.TokEOF; p.adv() {
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
	first, begin := p.i, len(p.nodes)
	texts, interps := 0, 0
	doubled := -1
	for {
		next := p.i + 1
		p.adv()
		for p.i == next && p.tok() == ast.TokDollarCurly {
			p.interpolation()
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
		p.report(ast.SyntaxError{
			Kind: ast.ErrDoubleSlash, Span: p.span(doubled, doubled), Message: "a path has `//` in it",
			Fix: &ast.SyntaxFix{Title: "remove one `/`", Span: p.slash(doubled), Sure: true},
		})
		p.broken()
	case p.kinds[p.last] != ast.TokRBrace && p.src[end-1] == '/':
		s := p.span(p.last, p.last)
		s.Start = end - 1
		e := ast.SyntaxError{Kind: ast.ErrTrailingSlash, Span: p.span(first, p.last), Message: "a path ends with `/`"}
		e.Fix = &ast.SyntaxFix{Title: "remove the trailing `/`", Span: s, Sure: true}
		p.report(e)
		p.broken()
	}
}

package parser

import "github.com/nixsift/nixsift/ast"

// attrset parses { … }, rec { … } and let { … }; the current token is the first of them.
func (p *Parser) attrset(kind ast.Kind) {
	first, begin := p.i, p.count
	rec := p.tok() == ast.TokRec
	if p.tok() != ast.TokLBrace {
		p.adv()
	}
	brace := p.i
	p.adv()
	p.push(closeBrace, brace)
	if p.enter() {
		p.bindings(ast.TokRBrace, -1)
	}
	p.leave()
	p.pop()
	p.close(ast.TokRBrace, brace)
	id := p.wrap(kind, first, begin)
	if rec {
		p.nodes[id].flags |= ast.IsRec
	}
}

// bindings parses bindings up to, not including, the end token, or to where an outer construct goes on. let
// is the token of the let … in that they belong to, or -1.
func (p *Parser) bindings(end ast.TokenKind, let int) {
	for {
		switch k := p.tok(); k {
		case end, ast.TokEOF:
			return
		case ast.TokInherit:
			p.inherit()
		case ast.TokIdent, ast.TokOrKw, ast.TokQuote, ast.TokDollarCurly:
			if !p.binding(let) {
				return
			}
		default:
			if p.closesOuter() && !p.wrongCloser() || closingText[k] != "" && p.slipFor(end) || p.lostClosing() {
				return
			}
			if let >= 0 && (startsSimple[k] || startsExpr(k)) && !p.hasIn(let) {
				return // the body: in was forgotten
			}
			p.strayBinding()
		}
	}
}

// binding parses attrpath = value;. It reads nothing and returns false where this is the body of a let
// whose in was forgotten.
func (p *Parser) binding(let int) bool {
	start := p.mark()
	first, begin := p.i, p.count
	p.stack[len(p.stack)-1].statement = first
	dynamic := p.attrpath(true)
	if p.tok() != ast.TokAssign && let >= 0 && p.plainPath(begin) && !p.hasIn(let) {
		p.body = p.i
		p.unread(start)
		return false
	}
	if let >= 0 && dynamic >= 0 {
		p.dynamic = append(p.dynamic, dynamicAttr{dynamic, "let"})
	}
	p.bindingValue(first, begin)
	return true
}

// bindingValue parses the rest of a binding behind its attribute path.
func (p *Parser) bindingValue(first, begin int) {
	if p.tok() == ast.TokAssign {
		p.adv()
		if p.tok() == ast.TokAssign {
			p.secondAssign()
		} else {
			p.expr()
		}
		p.endStatement("binding")
		p.wrap(ast.Binding, first, begin)
		return
	}
	if p.missingAssign() {
		p.expr()
		p.broken()
		p.endStatement("binding")
	} else {
		p.missing()
		if p.lostBrace() {
			p.lostSet()
		}
		p.skipStatement()
	}
	p.wrap(ast.Binding, first, begin)
}

// secondAssign parses the value behind a = that was typed twice.
func (p *Parser) secondAssign() {
	s := p.span(p.i, p.i)
	p.report(ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: s, Message: "expected an expression, found `=`", Help: "`=` binds, `==` compares",
		Fix: &ast.SyntaxFix{Title: "remove this `=`", Span: s},
	})
	p.adv()
	p.expr()
	p.broken()
}

// missingAssign reports a binding that has no = behind its name, and whether a value follows all the same.
func (p *Parser) missingAssign() bool {
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected `=` after the attribute path, found " + p.found()}
	k := p.tok()
	value := startsSimple[k] || startsExpr(k)
	replace := false
	switch {
	case k == ast.TokColon:
		e.Help = "attributes are written `name = value;`"
		e.Fix = &ast.SyntaxFix{Title: "replace `:` by `=`", Span: e.Span, Text: "="}
		if p.last == p.i-1 {
			e.Fix.Text = " ="
		}
		if replace = true; p.kinds[p.i+1] == ast.TokAssign {
			e.Fix.Title, e.Fix.Text, e.Fix.Sure = "remove the `:`", "", true
			p.report(e)
			p.adv()
			p.adv()
			return true
		}
	case k == ast.TokEq:
		e.Help = "`=` binds, `==` compares"
		e.Fix = &ast.SyntaxFix{Title: "bind with `=`", Span: e.Span, Text: "=", Sure: true}
		replace = true
	case k == ast.TokComma, k == ast.TokQuestion, k == ast.TokRBrace, k == ast.TokEllipsis:
		e.Help = "the formals of a function need a `:` after the closing brace; names to copy need `inherit`"
	case k == ast.TokSemi:
		e.Help = "a name alone is copied from outside by `inherit name;`"
	case p.startsBinding():
		value = false
		if e.Help = "a binding is written `name = value;`"; p.lostBrace() {
			p.lostBraceError(&e)
			e.Message = "expected `= {` after the attribute path, found " + p.found()
			e.Hint, e.Fix.Text, e.Fix.Title = nil, " = {", "insert `= {`"
		}
	case value:
		e.Fix = p.insertion(" =", "insert `=`")
	}
	p.report(e)
	if replace {
		p.adv()
		return true
	}
	return value
}

// endStatement consumes the ; behind a binding or inherit. Where it is missing, reading goes on at the next
// binding.
func (p *Parser) endStatement(what string) {
	if p.tok() == ast.TokSemi {
		p.adv()
		return
	}
	lost, stray := p.lostBrace(), p.strayParen()
	p.missingSemi("the "+what, lost, false)
	p.missingOr(lost)
	if stray {
		p.adv()
		p.skipStatement()
		return
	}
	if !lost && (p.startsBinding() || p.tok() == ast.TokInherit || p.closesOuter() && !p.wrongCloser()) {
		return
	}
	p.skipStatement()
}

// skipStatement skips to behind the next ;, or to where a binding starts or an outer construct goes on.
func (p *Parser) skipStatement() {
	p.skip()
	if p.tok() == ast.TokSemi {
		p.adv()
	}
}

// semicolon consumes the ; of with and assert.
func (p *Parser) semicolon(what string) {
	if p.tok() == ast.TokSemi {
		p.adv()
		return
	}
	p.missingSemi(what, false, true)
	p.broken()
}

// missingSemi reports a missing ;. The error stands where Nix has it, at the token found instead; that is
// behind the name of the next binding where an identifier was read as an argument. With lost it is a { that
// is missing. An expression has to follow what is a head, so that a ; alone does not mend it where none does.
func (p *Parser) missingSemi(what string, lost, head bool) {
	if p.behindCut() || p.muted() {
		return
	}
	at, found := p.foundNext()
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: at, Message: "expected `;` after " + what + ", found " + found,
		Fix: p.insertion(";", "insert `;`"),
	}
	if k := p.tok(); head && !startsSimple[k] && !startsExpr(k) && k != ast.TokNot && k != ast.TokMinus {
		e.Fix = nil
	}
	if p.last >= 0 {
		e.Hint = &ast.SyntaxHint{Span: p.span(p.last, p.last), Message: "`;` is missing after this"}
	}
	switch k := p.tok(); {
	case lost:
		p.lostBraceError(&e)
	case k == ast.TokEOF:
		if len(p.stack) > 0 {
			e.Fix = nil // more than this is missing
		}
		p.atEnd(&e)
	case p.startsBinding(), k == ast.TokInherit, k == ast.TokRBrace && p.closesOuter(), k == ast.TokIn && p.closesOuter():
		// Nothing but the end of the statement is missing.
		if e.Fix != nil {
			e.Fix.Sure = p.top().flags&ast.HasError == 0 && p.top().kind != ast.Error
		}
	case (k == ast.TokRParen || k == ast.TokRBracket) && !p.closesOuter() || p.strayParen():
		if at := p.statement(); at >= 0 && len(p.errors) > 0 && p.errors[len(p.errors)-1].Span.Start >= p.start[at] {
			p.unsure = len(p.errors)
			return // an earlier mistake in the statement took the opening bracket
		}
		e.Message, e.Hint = "unexpected "+p.found(), nil
		e.Help = "nothing is open that it could close"
		e.Fix = &ast.SyntaxFix{Title: "remove this " + p.found(), Span: e.Span}
	case k == ast.TokComma:
		e.Help = "bindings end with `;`"
		e.Fix = &ast.SyntaxFix{Title: "replace `,` by `;`", Span: e.Span, Text: ";", Sure: p.bindingAssign(p.after(p.i)) >= 0}
	case k == ast.TokColon && p.top().kind == ast.HasAttr:
		e.Help = noTernary
		e.Fix = nil
	case k == ast.TokColon || k == ast.TokAssign || k == ast.TokAt || k == ast.TokEllipsis || k == ast.TokThen || k == ast.TokElse:
		e.Message, e.Hint, e.Fix = "unexpected "+p.found(), nil, nil
	}
	p.report(e)
}

const noTernary = "Nix has no `c ? a : b`; write `if c then a else b`"

// strayBinding reads what cannot start a binding: as one whose name is wrong, where = follows, or else up
// to the next place where a binding can start.
func (p *Parser) strayBinding() {
	first, begin := p.i, p.count
	k := p.tok()
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected a binding, found " + p.found()}
	named := p.peek() == ast.TokAssign && (k.IsKeyword() || ast.TokInt <= k && k <= ast.TokSearchPath)
	switch {
	case k == ast.TokSemi:
		e.Help = "each binding ends with one `;`"
		e.Fix = &ast.SyntaxFix{Title: "remove this `;`", Span: e.Span, Sure: true}
	case k == ast.TokComma:
		e.Help = "bindings end with `;`, not with a comma"
	case k == ast.TokAssign:
		e.Message = "expected an attribute name before `=`"
	case k.IsKeyword() && named:
		e.Help = "a keyword as an attribute name needs quotes"
		e.Fix = p.quote(p.i)
	case named:
		e.Help = "an attribute name that is no identifier needs quotes"
		e.Fix = p.quote(p.i)
	case k == ast.TokRParen || k == ast.TokRBracket || k == ast.TokRBrace:
		e.Message, e.Help = "unexpected "+p.found(), "nothing is open that it could close"
		e.Fix = &ast.SyntaxFix{Title: "remove this " + p.found(), Span: e.Span}
	}
	p.report(e)
	switch {
	case named || k == ast.TokAssign:
		path := p.count
		if named {
			p.leaf(ast.Error)
			p.wrap(ast.Attrpath, first, path)
		} else {
			p.add(ast.Error, p.i, p.i-1, path)
			p.add(ast.Attrpath, p.i, p.i-1, path)
		}
		p.bindingValue(first, begin)
		return
	case k == ast.TokSemi:
		p.adv()
	case k == ast.TokRParen || k == ast.TokRBracket || k == ast.TokRBrace:
		// More of them, and a semicolon, belong to the same mistake.
		for p.adv(); (closingText[p.tok()] != "" && !p.closesOuter() || p.tok() == ast.TokSemi) && !p.newlineBetween(p.last, p.i); {
			p.adv()
		}
	default:
		p.adv()
		p.skipStatement()
	}
	p.wrap(ast.Error, first, begin)
}

// quote proposes to put a token in quotes.
func (p *Parser) quote(i int) *ast.SyntaxFix {
	s := p.span(i, i)
	return &ast.SyntaxFix{Title: "quote the name", Span: s, Text: `"` + s.Of(p.src) + `"`, Sure: true}
}

// inherit parses inherit a b; and inherit (e) a b;.
func (p *Parser) inherit() {
	first, begin := p.i, p.count
	p.stack[len(p.stack)-1].statement = first
	p.adv()
	if p.tok() == ast.TokLParen {
		paren, inner := p.i, p.count
		p.adv()
		p.nested(closeParen, paren)
		p.close(ast.TokRParen, paren)
		p.wrap(ast.InheritFrom, paren, inner)
	}
	for p.inherited() {
	}
	switch k := p.tok(); k {
	case ast.TokDot, ast.TokAssign, ast.TokColon:
		ends := k == ast.TokDot && p.newlineBetween(p.i, p.after(p.i))
		p.report(ast.SyntaxError{
			Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " in `inherit`",
			Help: "`inherit a b;` copies names; `inherit (x) a b;` takes them from `x`",
		})
		p.missing()
		if ends {
			p.adv() // what stands on the next line may be a statement of its own
		}
		if !ends || !p.startsBinding() && p.tok() != ast.TokInherit && !p.closesOuter() {
			p.skipStatement()
		}
	case ast.TokLParen:
		p.report(ast.SyntaxError{
			Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected `(` in `inherit`",
			Help: "the set to take names from comes first: `inherit (x) a b;`",
		})
		p.missing()
		p.skipStatement()
	default:
		p.endStatement("names of `inherit`")
	}
	p.wrap(ast.Inherit, first, begin)
}

// inherited parses one name of an inherit, or what stands where one should; false ends the names.
func (p *Parser) inherited() bool {
	switch k := p.tok(); {
	case k == ast.TokComma:
		e := ast.SyntaxError{
			Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected `,` in `inherit`", Help: "the names are separated by blanks",
		}
		e.Fix = &ast.SyntaxFix{Title: "remove the comma", Span: e.Span, Sure: true}
		p.report(e)
		p.leaf(ast.Error)
		return true
	case p.endsInDot():
		p.leaf(ast.Name)
		return true
	case p.startsBinding():
		return false
	case k.IsKeyword() && k != ast.TokInherit && !p.closesOuter(), ast.TokInt <= k && k <= ast.TokSearchPath:
		e := ast.SyntaxError{
			Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected a name in `inherit`, found " + p.found(),
		}
		if k.IsKeyword() {
			e.Help = "a keyword as an attribute name needs quotes"
			e.Fix = p.quote(p.i)
		}
		p.report(e)
		p.leaf(ast.Error)
		return true
	}
	if !p.attr() {
		return false
	}
	if p.top().kind != ast.Name {
		p.dynamic = append(p.dynamic, dynamicAttr{p.count - 1, "inherit"})
	}
	return true
}

// endsInDot reports whether an identifier goes on the line of the names of an inherit, and a dot ends that line: it
// is no part of a name on the next.
func (p *Parser) endsInDot() bool {
	if k := p.tok(); k != ast.TokIdent && k != ast.TokOrKw || p.newlineBetween(p.last, p.i) {
		return false
	}
	dot := p.after(p.i)
	return p.kinds[dot] == ast.TokDot && !p.newlineBetween(p.i, dot) && p.newlineBetween(dot, p.after(dot))
}

// attr parses one part of an attribute path; false means that none stands here.
func (p *Parser) attr() bool {
	if p.i == p.stop {
		return false
	}
	switch p.tok() {
	case ast.TokIdent, ast.TokOrKw:
		p.leaf(ast.Name)
	case ast.TokQuote:
		p.stringLit(ast.String, ast.TokQuote)
	case ast.TokDollarCurly:
		p.interpolation(true)
	default:
		return false
	}
	return true
}

// attrpath parses a.b.c, of a binding or of an expression. It returns the node of a first part that may be
// dynamic, or -1.
func (p *Parser) attrpath(binding bool) (dynamic int) {
	first, begin := p.i, p.count
	dynamic = -1
	for i := 0; ; i++ {
		if !p.attr() && !p.wrongAttr(binding) {
			break
		}
		if i == 0 && p.top().kind != ast.Name {
			dynamic = p.count - 1
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

// wrongAttr reports an attribute path that ends with a dot, or is none, and whether it goes on: behind a
// keyword, or with another dot.
func (p *Parser) wrongAttr(binding bool) (goesOn bool) {
	k := p.tok()
	afterDot := p.last >= 0 && p.kinds[p.last] == ast.TokDot
	if afterDot && !binding && (p.i == p.last+1 || p.endsValue(p.i)) {
		if end := p.folderEnd(p.last, false); end >= 0 {
			p.bareFolder(p.last, end)
			return false
		}
	}
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected an attribute name, found " + p.found()}
	switch {
	case k.IsKeyword() && p.i == p.last+1:
		e.Help = "a keyword as an attribute name needs quotes"
		e.Fix = p.quote(p.i)
		goesOn = true
	case afterDot:
		e.Kind = ast.ErrAttrpathDot
		e.Message = "expected an attribute name after `.`, found " + p.found()
		e.Fix = &ast.SyntaxFix{Title: "remove the `.`", Span: p.span(p.last, p.last), Sure: binding && k == ast.TokAssign || k == ast.TokDot}
		if goesOn = k == ast.TokDot; goesOn {
			p.report(e)
			p.add(ast.Error, p.i, p.i-1, p.count)
			return true
		}
	}
	p.report(e)
	if goesOn {
		p.leaf(ast.Error)
	} else {
		p.missing()
	}
	return goesOn
}

// dynamicAttr is an attribute name that must be known without evaluation, and may not be.
type dynamicAttr struct {
	node  int // in postorder
	where string
}

// checkDynamic reports dynamic names in let and inherit. It needs the finished tree: what is constant by
// its form, such as ${"a"}, is allowed (parser.y, string_attr).
func (p *Parser) checkDynamic() {
	if len(p.dynamic) == 0 {
		return
	}
	p.tree.Set(ast.Storage{
		Source: p.src, TokenKinds: p.kinds[:p.n], TokenStart: p.start[:p.n+1], Nodes: p.records, Parents: p.parents, Kinds: p.nodeKinds,
	})
	place := p.dynamicPlaces()
	for _, d := range p.dynamic {
		n := p.tree.Node(place[d.node])
		if _, ok := ast.AttrName(n); ok || n.FirstChild().Is(ast.Error) {
			continue
		}
		p.records[n.ID()].Flags |= ast.HasError
		p.errors = append(p.errors, ast.SyntaxError{
			Kind: ast.ErrInvalidDynamic, Span: n.Span(), Message: "a dynamic attribute name is not allowed in `" + d.where + "`",
			Help: "names in `let` and `inherit` must be known without evaluation",
		})
	}
}

// dynamicPlaces returns the preorder ids of the dynamic candidates by their postorder ids.
func (p *Parser) dynamicPlaces() map[int]ast.NodeID {
	want := make(map[int]ast.NodeID, len(p.dynamic))
	for _, d := range p.dynamic {
		want[d.node] = 0
	}
	// In preorder a node comes behind all that end before it begins, and behind its ancestors.
	depth := make([]int, 0, 64)
	for i := p.count - 1; i >= 0; i-- {
		for len(depth) > 0 && i < depth[len(depth)-1] {
			depth = depth[:len(depth)-1]
		}
		begin := int(p.nodes[i].begin)
		if _, ok := want[i]; ok {
			want[i] = ast.NodeID(begin + len(depth))
		}
		depth = append(depth, begin)
	}
	return want
}

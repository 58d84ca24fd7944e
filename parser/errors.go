package parser

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// report records an error and returns its index, or -1 where errors are muted or one stands here already.
func (p *Parser) report(e ast.SyntaxError) int {
	n := len(p.errors)
	if p.muted() || n > 0 && p.errors[n-1].Span.Start == e.Span.Start {
		return -1
	}
	p.errors = append(p.errors, e)
	if e.Span.Start >= p.start[p.i] {
		p.reported = p.i
	}
	return n
}

// muted reports whether no error is recorded here: nothing was read since the last one, so that this is the
// same mistake, or what stands here is not to be looked at.
func (p *Parser) muted() bool {
	return p.quiet > 0 || p.reported == p.i || p.cur == ast.TokEOF && p.swallowedEnd()
}

// swallowedEnd reports whether a comment that nothing closes holds the end of the file: that is the one
// error then, and not what is missing behind it.
func (p *Parser) swallowedEnd() bool {
	i := p.n - 2
	return p.check && i >= 0 && p.kinds[i] == ast.TokBlockComment && !p.closedComment(i)
}

// expected reports that something else stands where what was expected.
func (p *Parser) expected(what string) { p.unexpected(what, "", -1) }

// unexpected is expected with a help line and, where opener is a token, a pointer to what is open.
func (p *Parser) unexpected(what, help string, opener int) {
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected " + what + ", found " + p.found(), Help: help}
	if opener >= 0 {
		e.Hint = &ast.SyntaxHint{Span: p.span(opener, opener), Message: "opened here"}
	}
	p.report(e)
}

// foundNext describes the current token and returns where Nix reports it. If a binding starts here, that is
// its =: the name was still an argument to Nix.
func (p *Parser) foundNext() (source.Span, string) {
	if assign := p.bindingAssign(p.i); assign >= 0 {
		return p.span(assign, assign), "the binding " + p.found()
	}
	return p.span(p.i, p.i), p.found()
}

// expectedExpr reports that no expression stands here.
func (p *Parser) expectedExpr() {
	if p.muted() {
		return
	}
	for i := p.i - 1; i > p.last && p.cur != ast.TokEOF; i-- {
		if p.kinds[i] == ast.TokStray && !isInvisible(p.span(i, i).Of(p.src)) {
			return // the stray bytes are the error
		}
	}
	if p.nothing() {
		p.report(ast.SyntaxError{
			Kind: ast.ErrEmptyFile, Span: p.span(p.i, p.i), Message: "the file holds no expression",
			Help: "Nix reads an expression from every file it imports: write one, such as `{ }`",
		})
		return
	}
	at, found := p.foundNext()
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: at, Message: "expected an expression, found " + found}
	if p.last >= 0 && p.newlineBetween(p.last, p.i) {
		e.Hint = &ast.SyntaxHint{Span: p.span(p.last, p.last), Message: "a value is missing after this"}
	}
	switch k := p.tok(); {
	case p.lostBrace():
		p.lostBraceError(&e)
	case k == ast.TokInherit:
		e.Help = "`inherit` stands among the bindings of a set or `let`"
	case k == ast.TokAssign && p.last >= 0 && p.kinds[p.last] == ast.TokAssign:
		e.Help = "`=` binds, `==` compares"
	case k == ast.TokEllipsis:
		e.Help = "`...` stands only in the formals of a function and needs a comma before it"
	case k == ast.TokDollarCurly:
		e.Help = "`${…}` stands only in strings, paths and attribute names"
	}
	p.report(e)
}

// nothing reports whether the file has no tokens but blanks and whole comments.
func (p *Parser) nothing() bool {
	if p.cur != ast.TokEOF || p.last >= 0 {
		return false
	}
	for i, k := range p.kinds[:p.i] {
		if k != ast.TokSpace && k != ast.TokLineComment && (k != ast.TokBlockComment || !p.closedComment(i)) {
			return false
		}
	}
	return p.nul < 0
}

// expect consumes the then, else or in of a construct.
func (p *Parser) expect(kind ast.TokenKind, opener int) {
	if p.tok() == kind {
		p.adv()
		return
	}
	at, found := p.foundNext()
	if kind == ast.TokIn && p.body > p.i {
		i := p.orOnNextLine(p.i, p.body)
		at = p.span(i, i)
	}
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: at, Message: "expected " + kind.String() + ", found " + found,
		Hint: &ast.SyntaxHint{Span: p.span(opener, opener), Message: "opened here"},
	}
	switch kind {
	case ast.TokIn:
		e.Help = "the bindings of `let` end with `in`"
		if startsSimple[p.tok()] || startsExpr(p.tok()) {
			e.Fix = p.insertion(" in", "insert `in`")
		}
	case ast.TokElse:
		e.Help = "every `if` needs an `else`"
		if p.tok() == ast.TokThen {
			e.Help = "a second condition is written `else if`"
		}
	case ast.TokThen:
		e.Help = "a condition is written `if c then a else b`"
	}
	p.report(e)
	p.broken()
}

// closers are the texts of closing brackets.
var closingText = [ast.NumTokenKinds]string{ast.TokRParen: ")", ast.TokRBracket: "]", ast.TokRBrace: "}"}

// close consumes a closing bracket; where it is missing, the construct ends here all the same.
func (p *Parser) close(kind ast.TokenKind, opener int) {
	if p.tok() == kind {
		p.adv()
		return
	}
	slip := closingText[p.tok()] != "" && (!p.closesOuter() || p.wrongBehind(opener))
	lost := p.lostBrace()
	if p.behindCut() || p.muted() {
		p.missingOr(lost)
		if slip {
			p.adv()
		}
		return
	}
	text := closingText[kind]
	at, found := p.foundNext()
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: at, Message: "expected " + kind.String() + ", found " + found,
		Hint: &ast.SyntaxHint{Span: p.span(opener, opener), Message: "opened here"},
		Fix:  p.insertion(text, "insert `"+text+"`"),
	}
	switch {
	case slip:
		e.Fix = &ast.SyntaxFix{Title: "replace it by `" + text + "`", Span: e.Span, Text: text}
	case lost:
		p.lostBraceError(&e)
	case (closingText[p.tok()] != "" || p.tok() == ast.TokSemi) && p.alignedWith(opener):
		e.Fix.Span.Start, e.Fix.Span.End = e.Span.Start, e.Span.Start
	case p.cur == ast.TokEOF:
		p.atEnd(&e)
	}
	p.report(e)
	p.missingOr(lost)
	if slip {
		p.adv()
	}
}

// needsParens parses an expression where only an operand, argument or element may stand, and reports it
// where Nix does: at its keyword, at the colon or @ of a function, or where a set could not go on like a
// pattern.
func (p *Parser) needsParens(r role) {
	at, first := p.i, p.i
	if p.tok() == ast.TokIdent {
		at = p.after(p.i)
	} else if p.tok() == ast.TokLBrace {
		if at = p.after(p.i); p.kinds[at] == ast.TokIdent || p.kinds[at] == ast.TokRBrace {
			at = p.after(at)
		}
	} else if p.tok() == ast.TokLet {
		at = p.orOnNextLine(at, p.after(at)) // Nix waits for a brace
	}
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(at, at), Message: "unexpected " + p.foundAt(at),
		Help: "as " + string(r) + ", this needs parentheses",
	}
	if r == asElement {
		e.Kind = ast.ErrMissingParenInList
	}
	reported := p.report(e)
	p.expr()
	p.broken()
	p.parenFix(reported, first)
	p.closeLost(reported, first)
}

// orOnNextLine returns the token at which to report a mistake that starts at one token and that Nix notices
// at a later one: the first, unless they are on different lines.
func (p *Parser) orOnNextLine(at, noticed int) int {
	if p.newlineBetween(at, noticed) {
		return noticed
	}
	return at
}

// insertion proposes to insert text behind the last token consumed.
func (p *Parser) insertion(text, title string) *ast.SyntaxFix {
	if p.last < 0 {
		return nil
	}
	at := p.start[p.last+1]
	return &ast.SyntaxFix{Title: title, Span: source.Span{Start: at, End: at}, Text: text}
}

func (p *Parser) found() string { return p.foundAt(p.i) }

// foundAt describes a token: identifiers and literals by their text, others by their kind.
func (p *Parser) foundAt(i int) string {
	switch k := p.kinds[i]; k {
	case ast.TokIdent, ast.TokInt, ast.TokFloat, ast.TokPath, ast.TokSearchPath, ast.TokURI:
		text := p.span(i, i).Of(p.src)
		if len(text) > 40 {
			return k.String()
		}
		return "`" + text + "`"
	default:
		return k.String()
	}
}

// finishErrors sorts the errors, leaves one at each place, and marks the nodes that hold an error.
func (p *Parser) finishErrors() {
	if len(p.errors) == 0 {
		return
	}
	for i := range p.errors[:min(p.unsure, len(p.errors))] {
		if f := p.errors[i].Fix; f != nil {
			f.Sure = false
		}
	}
	slices.SortStableFunc(p.errors, func(a, b ast.SyntaxError) int { return int(a.Span.Start) - int(b.Span.Start) })
	p.errors = slices.CompactFunc(p.errors, func(a, b ast.SyntaxError) bool { return a.Span.Start == b.Span.Start })
	p.markCut()
	p.markStrays()
	// Parents come before their children, so what is marked above a node when its turn comes is marked up to the
	// root.
	for id := range p.records {
		if r := &p.records[id]; r.Kind != ast.Error && r.Flags&ast.HasError == 0 {
			continue
		}
		p.records[id].Flags |= ast.HasError
		for id := p.parents[id]; p.records[id].Flags&ast.HasError == 0; id = p.parents[id] {
			p.records[id].Flags |= ast.HasError
		}
	}
}

// markCut marks what ends where the file's expression ends and something follows: it may be what the rest
// belongs to.
func (p *Parser) markCut() {
	rest := p.records[1].End
	if int(rest) >= len(p.records) {
		return
	}
	for id := ast.NodeID(1); id < rest; id++ {
		if r := &p.records[id]; r.Last == p.records[1].Last {
			r.Flags |= ast.HasError
		}
	}
}

// markStrays marks the innermost node around each stray token, which the tree takes for a blank.
func (p *Parser) markStrays() {
	if len(p.strays) == 0 {
		return
	}
	var around []ast.NodeID
	next := 0
	mark := func(before uint32) {
		for ; next < len(p.strays) && uint32(p.strays[next]) < before; next++ {
			for len(around) > 1 && p.records[around[len(around)-1]].Last < uint32(p.strays[next]) {
				around = around[:len(around)-1]
			}
			p.records[around[len(around)-1]].Flags |= ast.HasError
		}
	}
	for id := range p.records {
		r := &p.records[id]
		if id > 0 {
			mark(r.First)
		}
		for len(around) > 0 && ast.NodeID(id) >= p.records[around[len(around)-1]].End {
			around = around[:len(around)-1]
		}
		around = append(around, ast.NodeID(id))
	}
	mark(uint32(p.n))
}

package parser

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// closer names the tokens that end or continue an open construct.
type closer uint8

const (
	closeParen closer = iota
	closeBracket
	closeBrace
	closeIn
	closeThen
	closeElse
	closers
)

// closesOuter reports whether the current token ends or continues a construct that is open: then the one
// being read ends here, and its own closing token is missing.
func (p *Parser) closesOuter() bool {
	switch p.tok() {
	case ast.TokRParen:
		return p.open[closeParen] > 0
	case ast.TokRBracket:
		return p.open[closeBracket] > 0
	case ast.TokRBrace:
		return p.open[closeBrace] > 0
	case ast.TokIn:
		return p.open[closeIn] > 0
	case ast.TokThen:
		return p.open[closeThen] > 0
	case ast.TokElse:
		return p.open[closeElse] > 0
	}
	return false
}

// skipTo skips, with nested brackets as one, to a ; or to what ends an open construct. atBinding also
// stops where a binding starts.
func (p *Parser) skipTo(atBinding bool) {
	depth := 0
	for p.tok() != ast.TokEOF {
		switch p.tok() {
		case ast.TokLBrace, ast.TokDollarCurly, ast.TokLParen, ast.TokLBracket:
			depth++
		case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
			if depth == 0 {
				if p.closesOuter() {
					return
				}
			} else {
				depth--
			}
		case ast.TokSemi:
			if depth == 0 {
				return
			}
		case ast.TokIn:
			if depth == 0 && p.closesOuter() {
				return
			}
		case ast.TokInherit:
			if depth == 0 && atBinding {
				return
			}
		case ast.TokIdent, ast.TokQuote:
			if depth == 0 && atBinding && p.startsBinding() {
				return
			}
			if p.tok() == ast.TokQuote {
				p.skipString()
				continue
			}
		case ast.TokIndQuote:
			p.skipString()
			continue
		}
		p.adv()
	}
}

// skipString skips a whole string literal, interpolations included.
func (p *Parser) skipString() {
	quote, depth := p.tok(), 0
	for p.adv(); p.tok() != ast.TokEOF; p.adv() {
		switch k := p.tok(); {
		case k == ast.TokDollarCurly || k == ast.TokLBrace:
			depth++
		case k == ast.TokRBrace:
			depth--
		case k == quote && depth <= 0:
			p.adv()
			return
		}
	}
}

// report records an error and returns its index, or -1 where errors are muted or one stands here already.
func (p *Parser) report(e ast.SyntaxError) int {
	if p.quiet > 0 {
		return -1
	}
	if n := len(p.errors); n > 0 && p.errors[n-1].Span.Start == e.Span.Start {
		return -1
	}
	p.errors = append(p.errors, e)
	return len(p.errors) - 1
}

// errorKind sharpens the kind of the last error, if it is a plain one.
func (p *Parser) errorKind(kind ast.ErrorKind) {
	if n := len(p.errors); n > 0 && p.errors[n-1].Kind == ast.ErrSyntax && strings.HasPrefix(p.errors[n-1].Help, "as a list element") {
		p.errors[n-1].Kind = kind
	}
}

// expected reports that something else stands where what was expected.
func (p *Parser) expected(what string) {
	p.report(ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected " + what + ", found " + p.found()})
}

// unexpected is expected with a help line and, where opener is a token, a pointer to what is open.
func (p *Parser) unexpected(what, help string, opener int) {
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected " + what + ", found " + p.found(), Help: help}
	if opener >= 0 {
		e.Hint = &ast.SyntaxHint{Span: p.span(opener, opener), Message: "opened here"}
	}
	p.report(e)
}

// close consumes a closing bracket; where it is missing, the construct ends here all the same.
func (p *Parser) close(kind ast.TokenKind, opener int, text string) {
	if p.tok() == kind {
		p.adv()
		return
	}
	at := p.i
	if p.startsBinding() {
		at = p.bindingAssign()
	}
	p.report(ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(at, at), Message: "expected " + kind.String() + ", found " + p.foundAt(at),
		Hint: &ast.SyntaxHint{Span: p.span(opener, opener), Message: "opened here"},
		Fix:  p.insertion(text),
	})
	p.missing()
}

// insertion proposes to insert text behind the last token consumed.
func (p *Parser) insertion(text string) *ast.SyntaxFix {
	if p.last < 0 {
		return nil
	}
	at := p.start[p.last+1]
	return &ast.SyntaxFix{Title: "insert `" + text + "`", Span: source.Span{Start: at, End: at}, Text: text}
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

// slash returns the span of the first byte of a token.
func (p *Parser) slash(i int) source.Span {
	return source.Span{Start: p.start[i], End: p.start[i] + 1}
}

// checkTokens reports what is wrong with single tokens: numbers out of range, unterminated comments, NUL
// and other bytes that no token has.
func (p *Parser) checkTokens() {
	nul := strings.IndexByte(p.src, 0) >= 0
	for i, k := range p.kinds {
		switch k {
		case ast.TokInt:
			if p.start[i+1]-p.start[i] >= 19 {
				p.checkInt(i)
			}
		case ast.TokFloat:
			p.checkFloat(i)
		case ast.TokBlockComment:
			text := p.span(i, i).Of(p.src)
			if len(text) < 4 || !strings.HasSuffix(text, "*/") {
				p.addError(ast.SyntaxError{
					Kind: ast.ErrUnterminated, Span: source.Span{Start: p.start[i], End: p.start[i] + 2},
					Message: "this comment is never closed", Help: "`*/` is missing; everything from here on is read as a comment",
				})
			}
		case ast.TokStray:
			p.checkStray(i)
		case ast.TokText, ast.TokIndText:
			if nul {
				p.checkNUL(i)
			}
		}
	}
}

// addError records an error whatever stands before it.
func (p *Parser) addError(e ast.SyntaxError) { p.errors = append(p.errors, e) }

func (p *Parser) checkInt(i int) {
	s := p.span(i, i)
	if _, err := strconv.ParseInt(s.Of(p.src), 10, 64); err != nil {
		p.addError(ast.SyntaxError{
			Kind: ast.ErrIntOverflow, Span: s, Message: "integer `" + s.Of(p.src) + "` does not fit 64 bits",
			Help: "the largest integer is 9223372036854775807",
		})
	}
}

// smallestFloat is the smallest normal double: strtod reports a range error below it, and Nix fails.
const smallestFloat = 2.2250738585072014e-308

func (p *Parser) checkFloat(i int) {
	s := p.span(i, i)
	text := s.Of(p.src)
	v, err := strconv.ParseFloat(text, 64)
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	if err != nil || v < smallestFloat && strings.Trim(mantissa, "0.") != "" {
		p.addError(ast.SyntaxError{Kind: ast.ErrIntOverflow, Span: s, Message: "float `" + text + "` is out of range"})
	}
}

func (p *Parser) checkNUL(i int) {
	s := p.span(i, i)
	if n := strings.IndexByte(s.Of(p.src), 0); n >= 0 {
		at := source.Span{Start: s.Start + uint32(n), End: s.Start + uint32(n) + 1}
		p.addError(ast.SyntaxError{
			Kind: ast.ErrNUL, Span: at, Message: "a string holds a NUL byte, which no Nix string can",
			Fix: &ast.SyntaxFix{Title: "remove the NUL byte", Span: at},
		})
	}
}

// checkStray reports bytes that belong to no token. The tree goes on as if they were blanks.
func (p *Parser) checkStray(i int) {
	s := p.span(i, i)
	text := s.Of(p.src)
	e := ast.SyntaxError{Kind: ast.ErrStrayByte, Span: s}
	remove := &ast.SyntaxFix{Title: "remove it", Span: s}
	switch {
	case strings.HasPrefix(text, "\ufeff"):
		e.Message, e.Help = "a byte order mark, which Nix does not accept", "save the file as UTF-8 without a byte order mark"
		e.Span.End = e.Span.Start + 3
		remove.Span, remove.Sure, remove.Title = e.Span, true, "remove the byte order mark"
	case text[0] == 0:
		e.Message = "a NUL byte: Nix reads the file only up to here"
		e.Span.End = e.Span.Start + 1
		remove.Span, remove.Title = e.Span, "remove the NUL byte"
	case text == "&" || text == "|":
		e.Kind, e.Message, e.Help = ast.ErrSyntax, "unexpected `"+text+"`", "the operator is `"+text+text+"`"
		remove.Title, remove.Text = "write `"+text+text+"`", text+text
	case text == "$":
		e.Kind, e.Message, e.Help = ast.ErrSyntax, "unexpected `$`", "`${…}` stands only in strings, paths and attribute names"
	case text == "'":
		e.Kind, e.Message, e.Help = ast.ErrSyntax, "unexpected `'`", "strings are written \"…\" or ''…''"
	default:
		r, size := utf8.DecodeRuneInString(text)
		e.Span.End = e.Span.Start + uint32(size)
		e.Message = "unexpected character " + strconv.QuoteRune(r)
		if r == utf8.RuneError && size == 1 {
			e.Message = "unexpected byte 0x" + strconv.FormatUint(uint64(text[0]), 16)
		}
		switch r {
		case '“', '”', '„', '‘', '’':
			e.Help = "typographic quotes do not delimit strings"
		case '\u00a0', '\u200b', '\u2060':
			e.Help = "an invisible character; replace it by a blank"
			remove.Text, remove.Sure, remove.Title = " ", true, "replace it by a blank"
			remove.Span = e.Span
		}
	}
	e.Fix = remove
	p.addError(e)
}

package parser

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// checkTokens reports what is wrong with single tokens: numbers out of range, unterminated comments, NUL
// and other bytes that no token has.
func (p *Parser) checkTokens() {
	nul := strings.IndexByte(p.src, 0) >= 0
	if !p.check && !nul {
		return
	}
	for i, k := range p.kinds[:p.n] {
		switch k {
		case ast.TokInt:
			if p.start[i+1]-p.start[i] >= 19 {
				p.checkInt(i)
			}
		case ast.TokFloat:
			p.checkFloat(i)
		case ast.TokBlockComment:
			if !p.closedComment(i) {
				p.addError(ast.SyntaxError{
					Kind: ast.ErrUnterminated, Span: source.Span{Start: p.start[i], End: p.start[i] + 2},
					Message: "this comment is never closed", Help: "`*/` is missing; everything from here on is read as a comment",
				})
			}
		case ast.TokStray:
			p.checkStray(i)
		case ast.TokText, ast.TokIndText:
			if nul {
				p.checkNUL(i, k == ast.TokIndText)
			}
		}
	}
}

// closedComment reports whether a block comment ends before the end of the file.
func (p *Parser) closedComment(i int) bool {
	text := p.span(i, i).Of(p.src)
	return len(text) >= 4 && strings.HasSuffix(text, "*/")
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

// checkNUL finds a NUL byte in a part of a string. Nix takes one behind a backslash, which in indented
// strings stands behind two quotes.
func (p *Parser) checkNUL(i int, indented bool) {
	s := p.span(i, i)
	if n := bareNUL(s.Of(p.src), indented); n >= 0 {
		at := source.Span{Start: s.Start + uint32(n), End: s.Start + uint32(n) + 1}
		p.addError(ast.SyntaxError{
			Kind: ast.ErrNUL, Span: at, Message: "a string holds a NUL byte, which no Nix string can",
			Fix: &ast.SyntaxFix{Title: "remove the NUL byte", Span: at},
		})
	}
}

// bareNUL returns the offset in bytes of the first NUL byte of a text that is not escaped, or -1.
func bareNUL(text string, indented bool) int {
	for n := range len(text) {
		if text[n] != 0 {
			continue
		}
		before, escaped := strings.CutSuffix(text[:n], `\`)
		switch {
		case indented:
			quotes := len(before) - len(strings.TrimRight(before, "'"))
			escaped = escaped && quotes%3 == 2 // ''' is an escape of its own
		default:
			escaped = escaped && (len(before)-len(strings.TrimRight(before, `\`)))%2 == 0
		}
		if escaped {
			continue
		}
		return n
	}
	return -1
}

// isInvisible reports whether stray text is nothing but characters that look like blanks or like nothing.
func isInvisible(text string) bool { return strings.Trim(text, "\ufeff\u00a0\u200b\u2060") == "" }

// checkStray reports bytes that belong to no token. The tree goes on as if they were blanks.
func (p *Parser) checkStray(i int) {
	s := p.span(i, i)
	text := s.Of(p.src)
	if !isInvisible(text) {
		p.strays = append(p.strays, i)
	}
	if s.Start < p.quoted {
		return // the end of a string in foreign quotes
	}
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
		e.Kind, e.Message = ast.ErrSyntax, "unexpected `"+text+"`"
		remove = nil
		if p.betweenOperands(i) {
			e.Help = "the operator is `" + text + text + "`"
			remove = &ast.SyntaxFix{Title: "write `" + text + text + "`", Span: s, Text: text + text}
		}
	case text == "$":
		e.Kind, e.Message, e.Help = ast.ErrSyntax, "unexpected `$`", "`${…}` stands only in strings, paths and attribute names"
	case text == "'":
		e.Kind, e.Message, e.Help = ast.ErrSyntax, "unexpected `'`", "strings are written \"…\" or ''…''"
	default:
		r, size := utf8.DecodeRuneInString(text)
		e.Span.End = e.Span.Start + uint32(size)
		e.Message = "unexpected character " + strconv.QuoteRune(r)
		if r == '`' {
			e.Message = "unexpected backtick" // which would open a code span
		}
		if r == utf8.RuneError && size == 1 {
			e.Message = "unexpected byte 0x" + strconv.FormatUint(uint64(text[0]), 16)
		}
		switch r {
		case '~':
			e.Help, remove = "paths in a home folder begin with `~/`", nil
		case '%':
			e.Help, remove = "Nix has no operator for the remainder; nixpkgs has `lib.mod a b`", nil
		case '“', '”', '„', '‘', '’':
			e.Help = "typographic quotes do not delimit strings"
		case '\u00a0', '\u200b', '\u2060': // see isInvisible
			e.Help = "an invisible character; replace it by a blank"
			remove.Text, remove.Sure, remove.Title = " ", true, "replace it by a blank"
			remove.Span = e.Span
		}
	}
	e.Fix = remove
	if whole := p.foreignQuotes(s.Start); whole.Len() > 0 {
		p.quoted = whole.End
		inner := strings.Trim(whole.Of(p.src), "'“”„‘’")
		e.Fix = &ast.SyntaxFix{Title: "use double quotes", Span: whole, Text: `"` + inner + `"`}
	}
	p.addError(e)
}

// betweenOperands reports whether an expression can end before a token and another begin behind it.
func (p *Parser) betweenOperands(i int) bool {
	before, behind := i-1, i+1
	for before >= 0 && p.kinds[before].IsTrivia() {
		before--
	}
	for p.kinds[behind].IsTrivia() {
		behind++
	}
	if before < 0 {
		return false
	}
	switch k := p.kinds[before]; k {
	case ast.TokRParen, ast.TokRBracket, ast.TokRBrace, ast.TokQuote, ast.TokIndQuote, ast.TokIdent, ast.TokInt, ast.TokFloat, ast.TokPathText:
		return startsSimple[p.kinds[behind]] || startsExpr(p.kinds[behind]) || p.kinds[behind] == ast.TokNot || p.kinds[behind] == ast.TokMinus
	}
	return false
}

// maxQuoted bounds the length of a string in foreign quotes.
const maxQuoted = 200

// foreignQuotes returns the text in quotes of another language that starts at an offset, 'a' or “a”, if it ends
// on its line and holds nothing that would mean something in a string.
func (p *Parser) foreignQuotes(at uint32) source.Span {
	rest := p.src[at:min(len(p.src), int(at)+maxQuoted)]
	open, size := utf8.DecodeRuneInString(rest)
	closing := ""
	switch open {
	case '\'':
		closing = "'"
	case '“', '„':
		closing = "”“"
	case '‘':
		closing = "’"
	default:
		return source.Span{}
	}
	end := strings.IndexAny(rest[size:], closing+"\n\"\\\\$'")
	if end < 0 {
		return source.Span{}
	}
	last, n := utf8.DecodeRuneInString(rest[size+end:])
	if !strings.ContainsRune(closing, last) {
		return source.Span{}
	}
	return source.Span{Start: at, End: at + uint32(size+end+n)}
}

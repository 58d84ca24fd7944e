package parser

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// charClass is a set of character classes.
type charClass uint16

// Character classes, as lexer.l defines them or as the lexer's loops need them.
const (
	clIdentStart charClass = 1 << iota // [a-zA-Z_]
	clIdent                            // [a-zA-Z0-9_'-]
	clPath                             // [a-zA-Z0-9._+-]
	clURL                              // [a-zA-Z0-9%/?:@&=+$,_.!~*'-]
	clScheme                           // [a-zA-Z0-9+.-]
	clDigit
	clSpace      // blank, tab, CR, LF
	clAlpha      // [a-zA-Z]
	clKeyword    // the first letter of a keyword
	clWordStart  // starts a number or a path, but no identifier
	clBehindWord // behind an identifier, makes it a path or URL or the start of one
	clStray      // starts no token and is gathered with its like
	clQuoteStop  // ends plain text in "…"
	clIndentStop // ends plain text in ''…''
)

// maxKeyword is the length of the longest keyword, inherit.
const maxKeyword = 7

var class = func() (t [256]charClass) {
	add := func(cl charClass, chars string) {
		for _, c := range []byte(chars) {
			t[c] |= cl
		}
	}
	const lower, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	alpha := lower + strings.ToUpper(lower)
	add(clIdentStart, alpha+"_")
	add(clIdent, alpha+digits+"_'-")
	add(clPath, alpha+digits+"._+-")
	add(clURL, alpha+digits+"%/?:@&=+$,-_.!~*'")
	add(clScheme, alpha+digits+"+-.")
	add(clDigit, digits)
	add(clSpace, " \t\r\n")
	add(clAlpha, alpha)
	add(clKeyword, "aeilortw")
	add(clWordStart, digits+".+-/~")
	add(clBehindWord, ".+/:")
	add(clQuoteStop, `"\$`)
	add(clIndentStop, `'$`)
	for c := range t {
		if c < ' ' && t[c]&clSpace == 0 || c >= 0x7f || c == '`' || c == '^' || c == '\\' {
			t[c] |= clStray
		}
	}
	return t
}()

// sign is what a character that starts no word means: alone, and before either of two others.
type sign struct {
	kind ast.TokenKind
	pair [2]ast.TokenKind
	next [2]int16 // the other character, or -1
}

// punctuation has the one-character tokens and pairs; what is not in it is stray.
var punctuation = func() (t [256]sign) {
	for c := range t {
		t[c] = sign{kind: ast.TokStray, next: [2]int16{-1, -1}}
	}
	one := func(c byte, k ast.TokenKind) { t[c].kind = k }
	pair := func(i int, c, next byte, k ast.TokenKind) { t[c].next[i], t[c].pair[i] = int16(next), k }
	one('#', ast.TokLineComment)
	one('"', ast.TokQuote)
	one('{', ast.TokLBrace)
	one('}', ast.TokRBrace)
	one('(', ast.TokLParen)
	one(')', ast.TokRParen)
	one('[', ast.TokLBracket)
	one(']', ast.TokRBracket)
	one(';', ast.TokSemi)
	one(':', ast.TokColon)
	one(',', ast.TokComma)
	one('@', ast.TokAt)
	one('?', ast.TokQuestion)
	one('.', ast.TokDot)
	one('*', ast.TokStar)
	one('/', ast.TokSlash)
	pair(0, '/', '*', ast.TokBlockComment)
	pair(1, '/', '/', ast.TokUpdate)
	one('=', ast.TokAssign)
	pair(0, '=', '=', ast.TokEq)
	one('!', ast.TokNot)
	pair(0, '!', '=', ast.TokNeq)
	one('<', ast.TokLess)
	pair(0, '<', '=', ast.TokLessEq)
	pair(1, '<', '|', ast.TokPipeFrom)
	one('>', ast.TokGreater)
	pair(0, '>', '=', ast.TokGreaterEq)
	one('-', ast.TokMinus)
	pair(0, '-', '>', ast.TokImpl)
	one('+', ast.TokPlus)
	pair(0, '+', '+', ast.TokConcat)
	pair(0, '&', '&', ast.TokAnd)
	pair(0, '|', '|', ast.TokOr)
	pair(1, '|', '>', ast.TokPipeInto)
	pair(0, '\'', '\'', ast.TokIndQuote)
	pair(0, '$', '{', ast.TokDollarCurly)
	return t
}()

package ast

// TokenKind is the kind of a token. Trivia (white space, comments) come first, so that a comparison
// tells them apart.
type TokenKind uint8

// The token kinds. Every byte of a file is in exactly one token.
const (
	TokSpace        TokenKind = iota // blanks, tabs, CR, LF
	TokLineComment                   // # … up to, not including, CR or LF
	TokBlockComment                  // /* … */, or to the end of the file where unterminated
	TokStray                         // bytes that are no token of the language: BOM, NUL, control bytes

	TokIdent
	TokInt
	TokFloat
	TokURI
	TokPath       // the first piece of a path literal, up to an interpolation: ./a/b, /x, ~/y
	TokPathText   // a later piece of the same path literal
	TokSearchPath // <nixpkgs/lib>
	TokQuote      // " that opens or closes a string
	TokText       // text inside "…", escapes included, up to an interpolation
	TokIndQuote   // '' that opens or closes an indented string
	TokIndText    // text inside ''…'', escapes included, up to an interpolation
	TokDollarCurly
	TokLBrace
	TokRBrace // also the end of an interpolation
	TokLParen
	TokRParen
	TokLBracket
	TokRBracket
	TokSemi
	TokColon
	TokComma
	TokAt
	TokQuestion
	TokDot
	TokEllipsis
	TokAssign

	TokEq
	TokNeq
	TokLess
	TokGreater
	TokLessEq
	TokGreaterEq
	TokAnd
	TokOr // ||
	TokImpl
	TokUpdate
	TokPlus
	TokMinus
	TokStar
	TokSlash
	TokConcat
	TokNot
	TokPipeInto // |>
	TokPipeFrom // <|

	TokIf
	TokThen
	TokElse
	TokAssert
	TokWith
	TokLet
	TokIn
	TokRec
	TokInherit
	TokOrKw // the word or: an identifier in some places

	TokEOF
	numTokens
)

// NumTokenKinds is the number of token kinds, for tables indexed by kind.
const NumTokenKinds = int(numTokens)

const lastTrivia = TokStray

// IsTrivia reports whether tokens of this kind carry no meaning: white space, comments, stray bytes.
func (k TokenKind) IsTrivia() bool { return k <= lastTrivia }

// IsComment reports whether the token is a comment of either form.
func (k TokenKind) IsComment() bool { return k == TokLineComment || k == TokBlockComment }

// IsKeyword reports whether the token is one of the reserved words; "or" is none.
func (k TokenKind) IsKeyword() bool { return TokIf <= k && k <= TokInherit }

var tokenNames = [NumTokenKinds]string{
	TokSpace: "white space", TokLineComment: "comment", TokBlockComment: "comment", TokStray: "invalid bytes",
	TokIdent: "identifier", TokInt: "integer", TokFloat: "float", TokURI: "URL", TokPath: "path", TokPathText: "path text",
	TokSearchPath: "search path", TokQuote: "`\"`", TokText: "string text", TokIndQuote: "`''`", TokIndText: "string text",
	TokDollarCurly: "`${`", TokLBrace: "`{`", TokRBrace: "`}`", TokLParen: "`(`", TokRParen: "`)`", TokLBracket: "`[`",
	TokRBracket: "`]`", TokSemi: "`;`", TokColon: "`:`", TokComma: "`,`", TokAt: "`@`", TokQuestion: "`?`", TokDot: "`.`",
	TokEllipsis: "`...`", TokAssign: "`=`", TokEq: "`==`", TokNeq: "`!=`", TokLess: "`<`", TokGreater: "`>`",
	TokLessEq: "`<=`", TokGreaterEq: "`>=`", TokAnd: "`&&`", TokOr: "`||`", TokImpl: "`->`", TokUpdate: "`//`",
	TokPlus: "`+`", TokMinus: "`-`", TokStar: "`*`", TokSlash: "`/`", TokConcat: "`++`", TokNot: "`!`",
	TokPipeInto: "`|>`", TokPipeFrom: "`<|`", TokIf: "`if`", TokThen: "`then`", TokElse: "`else`", TokAssert: "`assert`",
	TokWith: "`with`", TokLet: "`let`", TokIn: "`in`", TokRec: "`rec`", TokInherit: "`inherit`", TokOrKw: "`or`",
	TokEOF: "end of file",
}

// String returns the kind as messages name it: punctuation and keywords in backticks.
func (k TokenKind) String() string { return tokenNames[k] }

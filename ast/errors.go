package ast

import "github.com/nixsift/nixsift/ast/source"

// ErrorKind names a kind of syntax error; it is the id of the rule that documents and presents it.
type ErrorKind string

// The kinds of syntax error.
const (
	ErrSyntax             ErrorKind = "syntax-error"
	ErrEmptyFile          ErrorKind = "empty-file"
	ErrMissingParenInList ErrorKind = "missing-paren-in-list"
	ErrNegativeInList     ErrorKind = "negative-in-list"
	ErrUnterminated       ErrorKind = "unterminated-comment"
	ErrIntOverflow        ErrorKind = "int-overflow"
	ErrNonassociative     ErrorKind = "nonassociative-operator"
	ErrInvalidDynamic     ErrorKind = "invalid-dynamic-attr"
	ErrMalformedFormals   ErrorKind = "malformed-formals"
	ErrAttrpathDot        ErrorKind = "attrpath-extra-dot"
	ErrTrailingSlash      ErrorKind = "path-trailing-slash"
	ErrDoubleSlash        ErrorKind = "path-double-slash"
	ErrNesting            ErrorKind = "nesting-too-deep"
	ErrNUL                ErrorKind = "nul-byte-in-string"
	ErrStrayByte          ErrorKind = "stray-byte"
	ErrShellExpansion     ErrorKind = "shell-expansion-in-string"
)

// SyntaxError is a place where Nix would reject the file at parse time, or reads less than is written.
type SyntaxError struct {
	Kind    ErrorKind
	Span    source.Span
	Message string      // what was found and what was expected
	Help    string      // the usual cause and what to do, where one is known
	Hint    *SyntaxHint // a related place, such as the opening bracket
	Fix     *SyntaxFix  // a repair that makes the place parse, where one is likely
}

// SyntaxHint is a related place of a syntax error.
type SyntaxHint struct {
	Span    source.Span
	Message string
}

// SyntaxFix is a proposed repair: replace Span by Text. Sure tells that no other repair is plausible.
type SyntaxFix struct {
	Title string
	Span  source.Span
	Text  string
	Sure  bool
}

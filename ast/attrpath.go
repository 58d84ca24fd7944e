package ast

import (
	"slices"
	"strings"
)

// AttrpathNode is a.b."c".${d}.
type AttrpathNode struct{ Node }

// First returns the first part, or an invalid node.
func (a AttrpathNode) First() Node { return a.FirstChild() }

// Last returns the last part, or an invalid node.
func (a AttrpathNode) Last() Node {
	_, last := a.LastTwo()
	return last
}

// LastTwo returns the last part and the one before it, which is invalid in a path of one part.
func (a AttrpathNode) LastTwo() (before, last Node) {
	for c := range a.Children() {
		before, last = last, c
	}
	return before, last
}

// FirstName returns the name of the first part, or "" where that is dynamic.
func (a AttrpathNode) FirstName() string {
	name, _ := AttrName(a.First())
	return name
}

// LastName returns the name of the last part, or "" where that is dynamic.
func (a AttrpathNode) LastName() string {
	name, _ := AttrName(a.Last())
	return name
}

// Single returns the one part of the path; ok is false where there are more.
func (a AttrpathNode) Single() (part Node, ok bool) {
	part = a.First()
	return part, part.IsValid() && !part.NextSibling().IsValid()
}

// Parts returns the parts in source order. Like Call, Names and Static, it allocates only for callers that keep them.
func (a AttrpathNode) Parts() []Node { return a.appendParts(make([]Node, 0, 4)) }

func (a AttrpathNode) appendParts(parts []Node) []Node {
	for c := a.FirstChild(); c.IsValid(); c = c.NextSibling() {
		parts = append(parts, c)
	}
	return parts
}

// Names returns the names of the parts in source order; that of a dynamic part is "".
func (a AttrpathNode) Names() []string { return a.appendNames(make([]string, 0, 4)) }

func (a AttrpathNode) appendNames(names []string) []string {
	for c := range a.Children() {
		name, _ := AttrName(c)
		names = append(names, name)
	}
	return names
}

// Has reports whether a part of the path has one of the names.
func (a AttrpathNode) Has(names ...string) bool {
	for c := range a.Children() {
		if name, ok := AttrName(c); ok && slices.Contains(names, name) {
			return true
		}
	}
	return false
}

// Static returns the path as names; ok is false if a part is dynamic.
func (a AttrpathNode) Static() (names []string, ok bool) { return a.appendStatic(make([]string, 0, 4)) }

func (a AttrpathNode) appendStatic(names []string) ([]string, bool) {
	for c := range a.Children() {
		name, static := AttrName(c)
		if !static {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// Dotted returns the static path joined by dots, or "" if a part is dynamic. Names that hold a dot are
// quoted, so that the result is unambiguous.
func (a AttrpathNode) Dotted() string {
	if only, ok := a.Single(); ok && only.Is(Name) {
		return only.Text()
	}
	names, ok := a.Static()
	if !ok {
		return ""
	}
	for i, n := range names {
		names[i] = QuoteAttr(n)
	}
	return strings.Join(names, ".")
}

// IsSingle reports whether the path has exactly one part, static and equal to name.
func (a AttrpathNode) IsSingle(name string) bool {
	only, ok := a.Single()
	if !ok {
		return false
	}
	got, ok := AttrName(only)
	return ok && got == name
}

// AttrName returns the name that an attribute part has by its form: an identifier, a string without
// interpolation, or ${…} around an expression that is such a string to Nix's parser (see ConstantText;
// parser.y, attrpath). Others are dynamic and give ok == false.
func AttrName(part Node) (name string, ok bool) {
	switch part.Kind() {
	case Name, AtName, Ident:
		return part.Text(), true
	case String:
		return StringValue(part)
	case Interpolation:
		return ConstantText(part.FirstChild())
	}
	return "", false
}

// LastName returns the name that a variable or a selection ends in, through parentheses: mkIf for mkIf, lib.mkIf and
// (lib.modules).mkIf. It is "" for anything else, and for a selection with a default, which may mean something else.
func LastName(n Node) string {
	n = n.Unparen()
	if n.Is(Ident) {
		return n.Text()
	}
	s, ok := AsSelect(n)
	if !ok || s.Default().IsValid() {
		return ""
	}
	return s.Attrpath().LastName()
}

// QuoteAttr returns name as an attribute path part: bare where the lexer reads it as an identifier,
// else quoted.
func QuoteAttr(name string) string {
	if IsIdentifier(name) {
		return name
	}
	return QuoteString(name)
}

// QuoteString returns a "…" literal for text.
func QuoteString(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", `\${`).Replace(text) + `"`
}

// IsIdentifier reports whether text is an identifier token that can name an attribute: [a-zA-Z_]
// [a-zA-Z0-9_'-]*, and no keyword (lexer.l, ID). "or" is accepted as an attribute name.
func IsIdentifier(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '\'' || c == '-')) {
			return false
		}
	}
	return text != "" && KeywordKind(text) == TokIdent || text == "or"
}

// KeywordKind returns the token kind of an identifier-shaped word: the keyword's, or TokIdent.
func KeywordKind(word string) TokenKind {
	switch len(word) {
	case 2:
		switch word {
		case "if":
			return TokIf
		case "in":
			return TokIn
		case "or":
			return TokOrKw
		}
	case 3:
		switch word {
		case "let":
			return TokLet
		case "rec":
			return TokRec
		}
	case 4:
		switch word {
		case "then":
			return TokThen
		case "else":
			return TokElse
		case "with":
			return TokWith
		}
	case 6:
		if word == "assert" {
			return TokAssert
		}
	case 7:
		if word == "inherit" {
			return TokInherit
		}
	}
	return TokIdent
}

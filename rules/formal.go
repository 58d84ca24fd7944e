package rules

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// AddFormal returns the unsafe fix that adds a formal, or ..., behind the others and before an ellipsis, in the layout of
// those that are there.
func AddFormal(pattern ast.PatternNode, name string) diag.Fix {
	var last ast.Node // a formal or the ellipsis
	first := true
	for c := range pattern.Children() {
		if c.Is(ast.Formal) || c.Is(ast.Ellipsis) {
			first = !last.IsValid()
			last = c
		}
	}
	title := "add `" + name + "` to the arguments"
	t := pattern.Tree()
	if !last.IsValid() {
		brace := pattern.FirstToken()
		for brace.Kind() != ast.TokLBrace {
			brace = brace.NextSignificant()
		}
		span := source.Span{Start: brace.Span().End, End: brace.NextSignificant().Start()}
		if t.HasComment(span) {
			return Insert(title, diag.Unsafe, span.Start, " "+name)
		}
		return Replace(title, diag.Unsafe, span, " "+name+" ")
	}
	comma := last.FirstToken().PrevSignificant() // or the brace
	leads := !first && nixlang.StartsLine(comma)
	if last.Is(ast.Ellipsis) {
		switch {
		case leads:
			return Insert(title, diag.Unsafe, comma.Start(), ", "+name+lineBreak(t, comma.Start()))
		case nixlang.StartsLine(last.FirstToken()):
			return Insert(title, diag.Unsafe, last.Start(), name+","+lineBreak(t, last.Start()))
		}
		return Insert(title, diag.Unsafe, last.Start(), name+", ")
	}
	text := ", " + name
	behind := last.LastToken().NextSignificant()
	if name == "..." && behind.Kind() == ast.TokComma { // nothing may follow it
		text = " ..."
		if nixlang.StartsLine(last.FirstToken()) {
			text = lineBreak(t, last.Start()) + "..."
		}
		return Insert(title, diag.Unsafe, behind.Span().End, text)
	}
	switch {
	case leads:
		text = lineBreak(t, comma.Start()) + text
	case nixlang.StartsLine(last.FirstToken()):
		text = "," + lineBreak(t, last.Start()) + name
		if behind.Kind() == ast.TokComma {
			return Insert(title, diag.Unsafe, last.End(), text)
		}
	}
	return Insert(title, diag.Unsafe, last.End(), text)
}

// lineBreak returns a line break as the file has them, with the indentation of the line of an offset.
func lineBreak(t *ast.Tree, at uint32) string {
	nl := "\n"
	if i := strings.LastIndexByte(t.Source()[:at], '\n'); i > 0 && t.Source()[i-1] == '\r' {
		nl = "\r\n"
	}
	return nl + nixlang.Indent(t, at)
}

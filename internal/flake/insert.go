package flake

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// maxWidth is the width from which a set on one line is broken into several.
const maxWidth = 100

// InsertFollows returns the edits that make the input sub of in follow the path target ("nixpkgs", "a/b"),
// written as the author writes: beside other overrides of the input, else behind its last binding, with
// the indentation found there. The edits are in source order and do not overlap. ok is false where the
// declaration is not wholly literal, does not exist, follows something itself, is no flake, or has an
// override of sub already, and where target is no path of inputs.
func InsertFollows(in *Input, sub, target string) (edits []diag.Edit, ok bool) {
	if !in.CanOverride() || in.Override(sub) != nil {
		return nil, false
	}
	for _, name := range nonEmpty(strings.Split(target, "/")) {
		if !IsID(name) {
			return nil, false // no follows can name it
		}
	}
	tail := ast.QuoteAttr(sub) + ".follows = " + ast.QuoteString(target) + ";"
	if overrides := in.Attr.Sub("inputs"); overrides != nil {
		return insertAt(overrides.Defs[len(overrides.Defs)-1], tail), true
	}
	return insertAt(in.Attr.Defs[len(in.Attr.Defs)-1], "inputs."+tail), true
}

// CanOverride reports whether InsertFollows can add an override to the input.
func (in *Input) CanOverride() bool {
	return in.Attr != nil && len(in.Attr.Defs) > 0 && in.Literal && in.Flake && in.Follows == nil
}

// insertAt adds the binding that text continues, below the attribute that d defines.
func insertAt(d Def, text string) []diag.Edit {
	if d.Value.IsValid() {
		return insertInSet(d.Value, text)
	}
	// Take the path as it is written, unless something lies between its parts.
	path := source.Span{Start: d.Binding.Start(), End: d.Part.End()}
	prefix := path.Of(d.Binding.Tree().Source())
	if strings.ContainsAny(prefix, " \t\r\n#") {
		prefix = ""
		for part := range d.Part.Parent().Children() {
			name, _ := ast.AttrName(part)
			prefix += ast.QuoteAttr(name) + "."
			if part == d.Part {
				break
			}
		}
		prefix = strings.TrimSuffix(prefix, ".")
	}
	return []diag.Edit{insertAfter(d.Binding, prefix+"."+text)}
}

// insertInSet adds a binding to the end of an attrset literal.
func insertInSet(set ast.Node, text string) []diag.Edit {
	src := set.Tree().Source()
	indent, _ := lineIndent(src, set.Start())
	open := openBrace(set)
	last := ast.Node{}
	for c := range set.Children() {
		last = c
	}
	shut := set.End() - 1
	inner := source.Span{Start: open.Span().End, End: shut}
	oneLine := !strings.Contains(inner.Of(src), "\n")
	comments := set.Tree().HasComment(inner)
	if !last.IsValid() {
		if oneLine && !comments {
			return []diag.Edit{{Span: inner, Text: " " + text + " "}}
		}
		end := set.LastToken().Prev()
		for end.Kind() == ast.TokSpace {
			end = end.Prev()
		}
		at := source.Span{Start: end.Span().End, End: end.Span().End}
		nl := newline(src, set.Start()) + indent
		if strings.Contains(src[at.Start:shut], "\n") {
			return []diag.Edit{{Span: at, Text: nl + unit(set) + text}}
		}
		at.End = shut
		return []diag.Edit{{Span: at, Text: nl + unit(set) + text + nl}}
	}
	if !oneLine || comments || lineWidth(src, set.Start())+1+len(text) <= maxWidth {
		return []diag.Edit{insertAfter(last, text)}
	}
	nl := newline(src, set.Start()) + indent
	step := nl + unit(set)
	var edits []diag.Edit
	from := inner.Start
	for c := range set.Children() {
		edits = append(edits, diag.Edit{Span: source.Span{Start: from, End: c.Start()}, Text: step})
		from = c.End()
	}
	return append(edits, diag.Edit{Span: source.Span{Start: from, End: shut}, Text: step + text + nl})
}

// openBrace returns the { of an attrset.
func openBrace(set ast.Node) ast.Token {
	tok := set.FirstToken()
	for tok.Kind() != ast.TokLBrace {
		tok = tok.NextSignificant()
	}
	return tok
}

// insertAfter adds a binding behind another one: on a line of its own, behind a comment at the end of the
// line, where the other starts its line; else beside it.
func insertAfter(binding ast.Node, text string) diag.Edit {
	src := binding.Tree().Source()
	indent, starts := lineIndent(src, binding.Start())
	at := binding.End()
	if starts {
		for tok := binding.LastToken().Next(); ; tok = tok.Next() {
			if tok.Kind().IsComment() && !strings.Contains(tok.Text(), "\n") {
				continue
			}
			if tok.Kind() == ast.TokSpace && !strings.Contains(tok.Text(), "\n") {
				continue
			}
			if next := tok.Kind(); next == ast.TokEOF || next == ast.TokSpace || next == ast.TokRBrace {
				if next != ast.TokRBrace {
					at = uint32(len(strings.TrimRight(src[:tok.Start()], " \t")))
				}
				return diag.Edit{Span: source.Span{Start: at, End: at}, Text: newline(src, binding.Start()) + indent + text}
			}
			break
		}
	}
	return diag.Edit{Span: source.Span{Start: at, End: at}, Text: " " + text}
}

// lineIndent returns the blanks that start the line of offset, and whether nothing else lies before it.
func lineIndent(src string, offset uint32) (indent string, starts bool) {
	line := src[strings.LastIndexByte(src[:offset], '\n')+1 : offset]
	rest := strings.TrimLeft(line, " \t")
	return line[:len(line)-len(rest)], rest == ""
}

// lineWidth returns the number of bytes of the line that holds offset.
func lineWidth(src string, offset uint32) int {
	start := strings.LastIndexByte(src[:offset], '\n') + 1
	line, _, _ := strings.Cut(src[start:], "\n")
	return len(line)
}

// newline returns the line end that the line before offset has.
func newline(src string, offset uint32) string {
	i := strings.LastIndexByte(src[:offset], '\n')
	if i < 0 {
		i = strings.IndexByte(src, '\n')
	}
	if i > 0 && src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// unit returns one step of indentation: what the line of set has more than the line of the set around it,
// or two blanks.
func unit(set ast.Node) string {
	src := set.Tree().Source()
	indent, _ := lineIndent(src, set.Start())
	for p := set.Parent(); p.IsValid(); p = p.Parent() {
		if !p.Is(ast.AttrSet) {
			continue
		}
		outer, _ := lineIndent(src, p.Start())
		if more, ok := strings.CutPrefix(indent, outer); ok && more != "" {
			return more
		}
		break
	}
	return "  "
}

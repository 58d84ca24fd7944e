package ide

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
)

// docComment returns the documentation comment (RFC 145, /** … */) of a definition: before it, or before its value; "" where
// there is none.
func docComment(decl ast.Node) string {
	if text := commentBefore(decl.FirstToken()); text != "" {
		return text
	}
	if b, ok := ast.AsBinding(decl); ok {
		return commentBefore(b.Value().FirstToken())
	}
	return ""
}

// commentBefore returns the text of the documentation comment before a token.
func commentBefore(tok ast.Token) string {
	for tok = tok.Prev(); tok.IsValid() && isTrivia(tok.Kind()); tok = tok.Prev() {
		text := tok.Text()
		switch {
		case tok.Kind() == ast.TokSpace && strings.Count(text, "\n") < 2:
		case tok.Kind() == ast.TokBlockComment && strings.HasPrefix(text, "/**") && strings.HasSuffix(text, "*/") && len(text) > len("/***/"):
			return undented(text[len("/**") : len(text)-len("*/")])
		default:
			return ""
		}
	}
	return ""
}

// undented returns the lines of a comment without their common indentation, and without a star before each of them.
func undented(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	starred := len(lines) > 1
	for _, l := range lines[1:] {
		if t := strings.TrimSpace(l); t != "" && t != "*" && !strings.HasPrefix(t, "* ") {
			starred = false
		}
	}
	common := -1
	for i, l := range lines {
		if starred && i > 0 {
			l = strings.TrimPrefix(strings.TrimSpace(l), "*")
			l = strings.TrimPrefix(l, " ")
			lines[i] = l
			continue
		}
		if i == 0 || strings.TrimSpace(l) == "" {
			continue
		}
		if n := len(l) - len(strings.TrimLeft(l, " \t")); common < 0 || n < common {
			common = n
		}
	}
	for i, l := range lines {
		switch {
		case i == 0:
			lines[i] = strings.TrimSpace(l)
		case !starred && common > 0 && len(l) >= common:
			lines[i] = strings.TrimRight(l[common:], " \t")
		default:
			lines[i] = strings.TrimRight(l, " \t")
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// docAt returns the documentation comment of what is defined at a place, which may be in another file.
func (v *View) docAt(at Location) string {
	o := v.openFile(at.File)
	if o == nil {
		return ""
	}
	if at.Name.Len() == 0 {
		return commentBefore(o.tree.Expr().FirstToken())
	}
	n := o.tree.NodeAt(at.Name)
	for range 3 {
		if n.Is(ast.Binding) || n.Is(ast.Formal) {
			return docComment(n)
		}
		n = n.Parent()
	}
	return ""
}

// docOf returns the documentation comment of a function: of the binding that it is the value of, or before it.
func docOf(l ast.Node) string {
	if b := l.OutsideParens().Parent(); b.Is(ast.Binding) {
		return docComment(b)
	}
	return commentBefore(l.FirstToken())
}

// docOfFunctions returns the documentation comment of the functions that a value may be, if there is one.
func (v *View) docOfFunctions(k *eval.Known) string {
	for i := range k.Values {
		f := k.Values[i].Function
		if f == nil || f.Builtin != "" {
			continue
		}
		if o := v.openFile(f.File); o != nil {
			if l := o.lambdaOf(f.Span); l.IsValid() {
				return docOf(l)
			}
		}
	}
	return ""
}

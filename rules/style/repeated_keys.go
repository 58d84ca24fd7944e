package style

import (
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "repeated-keys", Family: family, Since: "0.1.0",
	Summary: "Several attributes of a set begin with the same name",
	Doc: "`a.x = 1; a.y = 2; a.z = 3;` can be `a = { x = 1; y = 2; z = 3; };`. Many people prefer the first, in modules above\n" +
		"all, so the rule is off by default.\n" +
		"\n" +
		"The fix puts attributes that follow each other into one set, with the comments between them.",
	Severity: diag.Hint,
	Fix:      rules.FixSometimes,
	Aliases:  []string{"statix:W20", "statix:repeated_keys"},
	Options: []rules.Option{
		{Name: "at-least", Doc: "The number of attributes with the same first name from which on they are reported.", Default: int64(3)},
	},
	On:     []ast.Kind{ast.AttrSet},
	Broken: true,
	Node: func(p *rules.Pass, n ast.Node) {
		if n.IsRec() || n.NumChildren() < 2 {
			return
		}
		groups, whole := map[string][]ast.Node{}, map[string]bool{}
		var order []string
		for c := range n.Children() {
			b, ok := ast.AsBinding(c)
			if !ok || c.HasError() {
				continue
			}
			first := b.Attrpath().FirstChild()
			name, ok := ast.AttrName(first)
			if !ok || first.Is(ast.Interpolation) {
				continue
			}
			if !first.NextSibling().IsValid() {
				whole[name] = true // a literal that the others merge into
				continue
			}
			if groups[name] == nil {
				order = append(order, name)
			}
			groups[name] = append(groups[name], c)
		}
		for _, name := range order {
			if g := groups[name]; len(g) >= max(2, int(p.Int("at-least"))) {
				reportKeys(p, name, g, !whole[name] && !n.HasError())
			}
		}
	},
})

func reportKeys(p *rules.Pass, name string, group []ast.Node, fixable bool) {
	first := group[0].FirstChild().FirstChild()
	f := diag.Finding{
		Span: first.Span(), Message: strconv.Itoa(len(group)) + " attributes begin with `" + name + "`", Help: "put them into one set `" + name + " = { … };`",
	}
	for i, b := range group[1:] {
		if i < 3 {
			f.Related = append(f.Related, diag.Related{Span: b.FirstChild().FirstChild().Span(), Message: "also here"})
		}
		fixable = fixable && group[i].NextSibling() == b
	}
	if fixable && int(group[len(group)-1].End()-group[0].Start()) <= 2*maxReplaced {
		f.Fixes = []diag.Fix{gather(p.Tree, group)}
	}
	p.Report(f)
}

// gather puts neighbouring bindings into a set: the name goes away from each, and their lines move one level in.
func gather(t *ast.Tree, group []ast.Node) diag.Fix {
	first, last := group[0], group[len(group)-1]
	span := source.Span{Start: first.Start(), End: last.End()}
	indent, multi := nixlang.Indent(t, first.Start()), strings.Contains(span.Of(t.Source()), "\n")
	eol := "\n"
	if strings.Contains(span.Of(t.Source()), "\r\n") {
		eol = "\r\n"
	}
	var b strings.Builder
	b.WriteString(first.FirstChild().FirstChild().Text() + " = {")
	if multi {
		b.WriteString(eol + indent + "  ")
	} else {
		b.WriteByte(' ')
	}
	for i, n := range group {
		tok := n.FirstToken()
		if i > 0 {
			tok = group[i-1].LastToken().Next()
		}
		for ; tok != n.FirstToken(); tok = tok.Next() {
			text := tok.Text()
			if i := strings.LastIndexByte(text, '\n'); i >= 0 && tok.Kind() == ast.TokSpace {
				text = text[:i+1] + "  " + text[i+1:]
			}
			b.WriteString(text)
		}
		// Comments between the name and the part behind its dot stay.
		rest := n.FirstChild().FirstChild().NextSibling().FirstToken()
		for ; tok != rest; tok = tok.Next() {
			if tok.Kind().IsComment() {
				b.WriteString(tok.Text() + eol)
			}
		}
		b.WriteString(nixlang.ShiftedSpan(n, source.Span{Start: rest.Start(), End: n.End()}, "", "  "))
	}
	if multi {
		b.WriteString(eol + indent + "};")
	} else {
		b.WriteString(" };")
	}
	return diag.Fix{Title: "put them into one set", Safety: diag.Safe, Edits: []diag.Edit{{Span: span, Text: b.String()}}}
}

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

var keysAtLeast = rules.NewSetting("at-least",
	"The number of attributes with the same first name from which on they are reported.", int64(3))

var _ = rules.Register(&rules.Rule{
	ID: "repeated-keys", Family: family, Since: "0.1.0",
	Summary: "Several attributes of a set begin with the same name",
	Doc: "`a.x = 1; a.y = 2; a.z = 3;` can be `a = { x = 1; y = 2; z = 3; };`. Many people prefer the first, in modules above\n" +
		"all, so the rule is off by default.\n" +
		"\n" +
		"The fix puts attributes that follow each other into one set, with the comments between them.",
	Severity: diag.Hint,
	Fix:      rules.FixSometimes, SafeFix: rules.SameParse,
	Aliases: []string{"statix:W20", "statix:repeated_keys"},
	Options: []*rules.Option{keysAtLeast.Option},
	On:      []ast.Kind{ast.AttrSet},
	Broken:  true,
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
			if g := groups[name]; len(g) >= max(2, int(keysAtLeast.In(p))) {
				reportKeys(p, name, g, !whole[name] && !n.HasError())
			}
		}
	},
})

func reportKeys(p *rules.Pass, name string, group []ast.Node, fixable bool) {
	first := group[0].FirstChild().FirstChild()
	f := diag.Finding{
		Span: first.Span(), Message: strconv.Itoa(len(group)) + " attributes begin with `" + name + "`", Help: "put them into one set `" + name + " = { … };`", Anywhere: true,
	}
	for _, b := range group {
		f.Subjects = append(f.Subjects, strings.Clone(b.FirstChild().Text()))
	}
	for i, b := range group[1:] {
		if i < 3 {
			f.Related = append(f.Related, diag.Related{Span: b.FirstChild().FirstChild().Span(), Message: "also here"})
		}
		fixable = fixable && group[i].NextSibling() == b
	}
	for _, b := range group {
		fixable = fixable && !p.Tree.HasComment(source.Span{Start: b.Start(), End: nixlang.BehindFirst(b).Start()})
	}
	if fixable && (oneLine(group) || nixlang.StartsLine(group[0].FirstToken())) && int(group[len(group)-1].End()-group[0].Start()) <= 2*maxReplaced {
		f.Fixes = []diag.Fix{{Title: "put them into one set", Safety: diag.Safe, Edits: []diag.Edit{nixlang.Gather(group)}}}
	}
	p.Report(f)
}

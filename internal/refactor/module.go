package refactor

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// guardConfig has what a module defines depend on the option of the module that enables it.
func (p *place) guardConfig() []Change {
	b, ok := p.named()
	if !ok || !b.Attrpath().IsSingle("config") || p.Modules == nil {
		return nil
	}
	value := b.Value().Unparen()
	if fn, _ := ast.Call(value); ast.LastName(fn) == "mkIf" {
		return nil
	}
	m := p.Modules()
	mkIf := m.Spell("mkIf", b.Value())
	condition := p.enabled(b.Value())
	if mkIf == "" || condition == "" {
		return nil
	}
	text := mkIf + " " + condition + " "
	at := source.Span{Start: b.Value().Start(), End: b.Value().Start()}
	if nixlang.LevelOf(b.Value()) < nixlang.LevelSelect {
		return []Change{replace("wrap `config` in `mkIf "+condition+"`", Rewrite, b.Value().Span(), text+"("+b.Value().Text()+")")}
	}
	return []Change{replace("wrap `config` in `mkIf "+condition+"`", Rewrite, at, text)}
}

// enabled returns how the one option named enable that the file declares is read at a place; "" where it declares none or several.
func (p *place) enabled(at ast.Node) string {
	found, _ := p.Modules().Declarations()
	var path []string
	for i := range found {
		if d := found[i].Path; len(d) > 1 && d[len(d)-1] == "enable" {
			if path != nil && len(path) == len(d) {
				return ""
			}
			if path == nil || len(d) < len(path) {
				path = d
			}
		}
	}
	if path == nil {
		return ""
	}
	scope := nixlang.ScopeAt(p.Names, at)
	config := ""
	for b := range p.Names.InScope(scope) {
		if b.Name == "config" && (b.Decl.Is(ast.Formal) || b.Decl.Is(ast.Lambda)) {
			config = "config." + joined(path)
		}
		if s, ok := ast.AsSelect(b.Value); ok && !s.Default().IsValid() && s.Operand().Is(ast.Ident) && s.Operand().Text() == "config" {
			if names, static := s.Attrpath().Static(); static && slices.Equal(names, path[:len(path)-1]) && nixlang.Bound(p.Names, scope, b.Name) == b {
				return b.Name + ".enable"
			}
		}
	}
	return config
}

// joined writes the path of an attribute.
func joined(path []string) string {
	parts := make([]string, len(path))
	for i, name := range path {
		parts[i] = ast.QuoteAttr(name)
	}
	return strings.Join(parts, ".")
}

// element is an element of a list with the comments that belong to it.
type element struct {
	path string // of a path literal, or ""
	text string
}

// organizeImports sorts the paths of a list of imports, apart from each other where blank lines part them, and leaves out those that
// stand twice. Other elements stay before them.
func (p *place) organizeImports() []Change {
	b, ok := ast.AsBinding(p.up(ast.Binding))
	if !ok || b.Attrpath().LastName() != "imports" || !b.Value().Is(ast.List) || b.Value().HasError() || b.Value().NumChildren() < 2 {
		return nil
	}
	list := b.Value()
	src := p.Tree.Source()
	inner := source.Span{Start: list.FirstToken().Span().End, End: list.LastToken().Start()}
	var groups [][]element
	at := inner.Start
	multi := nixlang.HasBreak(inner.Of(src))
	for c := range list.Children() {
		if multi && !nixlang.StartsLine(c.FirstToken()) {
			return nil
		}
		end := c.LastToken()
		if next := end.Next(); next.Kind() == ast.TokSpace && !nixlang.HasBreak(next.Text()) && next.Next().Kind() == ast.TokLineComment {
			end = next.Next()
		}
		text := source.Span{Start: at, End: end.Span().End}.Of(src)
		at = end.Span().End
		if !multi && p.Tree.HasComment(inner) {
			return nil
		}
		e := element{text: strings.TrimLeft(text, space)}
		if c.Is(ast.Path) && !c.FirstChild().IsValid() {
			e.path = c.Text()
		}
		blank := nixlang.Breaks(text[:len(text)-len(e.text)]) > 1
		if len(groups) == 0 || blank && multi {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], e)
	}
	rest := source.Span{Start: at, End: inner.End}.Of(src)
	if strings.TrimSpace(rest) != "" {
		return nil // a comment behind the last
	}
	separator := " "
	if multi {
		separator = nixlang.LineBreak(src) + nixlang.Indent(p.Tree, list.FirstChild().Start())
	}
	out, seen := "", map[string]bool{}
	for i, group := range groups {
		if i > 0 {
			out += nixlang.LineBreak(src)
		}
		group = slices.DeleteFunc(group, func(e element) bool {
			again := e.path != "" && seen[e.path] && e.text == e.path
			seen[e.path] = true
			return again
		})
		slices.SortStableFunc(group, func(a, b element) int { return cmp.Compare(a.path, b.path) })
		for _, e := range group {
			out += separator + e.text
		}
	}
	out += rest
	if out == inner.Of(src) {
		return nil
	}
	return []Change{replace("organise `imports`", OrganizeImports, inner, out)}
}

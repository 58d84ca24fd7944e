package refactor

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// withToLet makes let inherit (e) a b; in … of with e; …: the names that only this with can give.
func (p *place) withToLet() []Change {
	w, ok := ast.AsWith(p.node)
	if !ok {
		w, ok = ast.AsWith(p.node.Parent())
		if !ok || w.Env() != p.node {
			return nil
		}
	}
	head := source.Span{Start: w.Start(), End: w.Body().Start()}
	if w.HasError() || p.Tree.HasComment(source.Span{Start: w.Start(), End: w.Env().End()}) {
		return nil
	}
	var names []string
	for _, u := range nixlang.UsesIn(p.Names, w.Body()) {
		if u.Target != sema.ToWith {
			continue
		}
		env, only := nixlang.GivenByWith(p.Names, u)
		if !only || env != w.Env() {
			return nil
		}
		if name, _ := ast.AttrName(u.Node); ast.IsIdentifier(name) {
			names = append(names, name)
		} else {
			return nil
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 {
		return nil
	}
	text := "let inherit (" + w.Env().Unparen().Text() + ") " + strings.Join(names, " ") + "; in"
	semi := w.Env().LastToken().NextSignificant()
	for semi.Kind() != ast.TokSemi {
		semi = semi.NextSignificant()
	}
	head.End = semi.Span().End
	return []Change{replace("write `let inherit` in place of `with`", Rewrite, head, nixlang.Splice(p.Tree, head, text))}
}

// addFormal adds a name that nothing binds, or only perhaps a with, to the arguments of a function around it.
func (p *place) addFormal() (out []Change) {
	u, ok := p.Names.Use(p.node)
	if !ok || u.Target != sema.ToNothing && u.Target != sema.ToWith || !p.node.Is(ast.Ident) {
		return nil
	}
	name := p.node.Text()
	var patterns []ast.PatternNode
	for up := p.node.Parent(); up.IsValid(); up = up.Parent() {
		fn, ok := ast.AsLambda(up)
		if !ok {
			continue
		}
		if pattern, ok := fn.Pattern(); ok && fn.Body().Encloses(p.node) {
			patterns = append(patterns, pattern)
		}
	}
	if len(patterns) > 2 {
		patterns = []ast.PatternNode{patterns[0], patterns[len(patterns)-1]}
	}
	for i, pattern := range patterns {
		x := rules.AddFormal(pattern, name)
		title := "add `" + name + "` to the arguments"
		if len(patterns) > 1 {
			title += []string{" of the inner function", " of the outer function"}[i]
		}
		out = append(out, Change{Title: title, Kind: Rewrite, Edits: x.Edits})
	}
	return out
}

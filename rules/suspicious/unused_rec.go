package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unused-rec", Family: family, Since: "0.1.0",
	Summary: "A `rec` set never refers to itself",
	Doc: "Without a reference from one attribute to another `rec` does nothing, and it is a trap for whoever adds an attribute\n" +
		"later: a name that meant something outside the set then means the attribute. `inherit x;` takes `x` from outside and\n" +
		"is no reference.\n" +
		"\n" +
		"The fix removes `rec`, which changes nothing. It is missing where the set merges with another `rec` set: both are\n" +
		"to lose it, or none.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Fix: rules.FixSometimes, SafeFix: rules.FewerTokens,
	Aliases: []string{"nixf:sema-extra-rec", "nil:unused_rec", "nix-linter:UnneededRec"},
	On:      []ast.Kind{ast.AttrSet},
	File: func(p *rules.Pass) {
		names := p.Names()
		merging := recsByName{}
		for i := 1; i < len(names.Scopes()); i++ {
			s := names.Scope(sema.ScopeID(i))
			if s.Node.Is(ast.AttrSet) && !s.Node.HasError() {
				checkRec(p, s, merging)
			}
		}
	},
})

// recsByName counts the rec literals that define an attribute, by the set that they stand in and the name.
type recsByName map[ast.NodeID]map[string]int

// several reports whether the attribute that a set is the value of has another rec literal as well.
func (r recsByName) several(set ast.Node) bool {
	b, ok := ast.AsBinding(set.OutsideParens().Parent())
	if !ok {
		return false
	}
	around := b.Parent()
	counts := r[around.ID()]
	if counts == nil {
		counts = map[string]int{}
		r[around.ID()] = counts
		for c := range around.Children() {
			if d, ok := ast.AsBinding(c); ok && d.Value().Unparen().IsRec() {
				counts[d.Attrpath().Text()]++
			}
		}
	}
	return counts[b.Attrpath().Text()] > 1
}

func checkRec(p *rules.Pass, s *sema.Scope, merging recsByName) {
	names := p.Names()
	used := false
	for id := s.First; id <= s.Last; id++ {
		if names.IsUsed(id) {
			l := p.Live()
			if len(l.DeadRegions()) == 0 || l.IsLive(id) {
				return
			}
			used = true
		}
		if name := names.Binding(id).Name; name == "__overrides" || operatorName(name) {
			return
		}
	}
	rec := s.Node.FirstToken()
	if rec.Kind() != ast.TokRec || p.Live().InDead(s.Node) {
		return
	}
	f := diag.Finding{Span: rec.Span(), Message: "only unused bindings use the names of this `rec` set", Help: "remove `rec` with them"}
	if !used {
		f.Message, f.Help = "this `rec` set never refers to itself", "remove `rec`"
		gone := rec.Span()
		if next := rec.Next(); next.Kind() == ast.TokSpace && !next.Next().Kind().IsComment() {
			gone.End = next.Span().End
		}
		edits := []diag.Edit{{Span: gone}}
		if gone == rec.Span() {
			edits[0] = nixlang.Cut(p.Tree, gone)
		}
		if !merging.several(s.Node) {
			f.Fixes = []diag.Fix{{Title: "remove `rec`", Safety: diag.Safe, Edits: edits}}
		}
	}
	p.Report(f)
}

package engine

import (
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

// Early shows what can be told of an edited buffer before all rules have looked at all of it.
type Early struct {
	// Before is what was found in an earlier text, moved along with the edits.
	Before []diag.Finding
	// Changed is the part of the text that the edits made.
	Changed source.Span
	// Show is called once, unless the check is called off, with what is kept of Before, and with what is found besides: syntax errors, and what
	// rules about nodes find around the edits. Neither is in order.
	Show func(kept, found []diag.Finding)
}

// Bounds of the nodes around an edit that rules are called for: as many at least, if there are so many, and none where there are more than
// at most.
const (
	leastAround = 1 << 8
	mostAround  = 1 << 12
)

// showEarly shows what the errors of the parser, which are the only findings so far, and the rules about nodes tell.
func (w *worker) showEarly(pass *rules.Pass, tree *ast.Tree) {
	o := &worker{
		engine: w.engine, config: w.config, view: w.view, plan: w.plan, ctx: w.ctx, left: map[finder]int{}, bound: bound{most: w.bound.most},
	}
	failed := map[*rules.Rule]bool{}
	o.begin(w.path, tree, w.text)
	looked := o.lookAround(pass.Near(o), tree, w.early.Changed, failed)
	if w.cancelled() {
		return
	}
	more := maps.Clone(failed) // the rules that may find more there
	for _, l := range o.later {
		more[l.rule] = true
	}
	for _, r := range w.plan.byKind[ast.File].all {
		more[r] = true
	}
	rule := func(f *diag.Finding) *rules.Rule {
		if f.File != w.path {
			return nil
		}
		return w.engine.Rule(w.path, f.Rule)
	}
	var kept, found []diag.Finding
	for _, f := range w.early.Before {
		switch r := rule(&f); {
		case r == nil:
		case r.Node != nil && looked.Len() > 0 && looked.Start <= f.Span.Start && f.Span.End <= looked.End && !more[r], r.Syntax != "" && r.Node == nil, pass.Doubts(r, &f):
			continue
		}
		kept = append(kept, f)
	}
	for f := range w.findings.each {
		found = append(found, *f)
	}
	for f := range o.findings.each {
		if r := rule(f); r != nil && !failed[r] {
			found = append(found, *f)
		}
	}
	if text := tree.Source(); len(found) > 0 && suppress.Mentioned(text) {
		if t := suppress.Parse(tree, w.config.Catalogue()); t != nil {
			found = w.engine.suppress(&Result{}, w.path, t, found)
			found = slices.DeleteFunc(found, func(f diag.Finding) bool { return f.Rule == suppress.Unused })
		}
	}
	w.early.Show(kept, w.hideSecrets(found, w.path, tree.Source()))
}

// lookAround calls the rules about nodes for the nodes around a place, and for those that hold these, the file itself apart, and returns
// where the former stand; an empty span where they are too many. Rules that need all of the file are noted as failed.
func (w *worker) lookAround(pass *rules.Pass, tree *ast.Tree, at source.Span, failed map[*rules.Rule]bool) (looked source.Span) {
	from, to := around(tree, at)
	if nodes(from, to) > mostAround {
		return looked
	}
	w.walk(pass, tree, int(from.ID()), int(to.SubtreeEnd()), failed)
	for up := from.Parent(); up.IsValid() && !up.Is(ast.File); up = up.Parent() {
		w.walk(pass, tree, int(up.ID()), int(up.ID())+1, failed)
	}
	return source.Span{Start: from.Start(), End: to.End()}
}

// nodes returns how many nodes some siblings are with what they hold.
func nodes(from, to ast.Node) int { return int(to.SubtreeEnd() - from.ID()) }

// around returns the first and the last of the siblings around a place.
func around(tree *ast.Tree, at source.Span) (from, to ast.Node) {
	in := tree.Root()
	from, to = in, in
	for {
		var first, last ast.Node
		for c := range in.Children() {
			if c.End() < at.Start {
				continue
			}
			if c.Start() > at.End && first.IsValid() {
				break
			}
			if !first.IsValid() {
				first = c
			}
			last = c
			if c.Start() > at.End {
				break
			}
		}
		if !first.IsValid() || nodes(first, last) < leastAround && nodes(from, to) <= mostAround {
			return from, to
		}
		from, to = first, last
		if from != to || nodes(from, to) < leastAround {
			return from, to
		}
		in = from
	}
}

package pattern

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/parser"
)

// Replacement is what the matches of a pattern become.
type Replacement struct {
	of *Pattern
	to *Pattern
}

// Replacement reads what the matches of p become: a pattern with the same metavariables. The error is an *Error.
func (p *Pattern) Replacement(text string) (*Replacement, error) {
	to, err := Compile(text)
	if err != nil {
		return nil, err
	}
	for _, m := range to.metas {
		if m.v == 0 {
			continue
		}
		if m.v == anonymous {
			return nil, &Error{0, "a metavariable without a name stands for nothing here: give it one in the pattern, too"}
		}
		name := to.vars[m.v-1]
		i := slices.Index(p.vars, name)
		if i < 0 {
			message := fmt.Sprintf("the pattern has no metavariable $%s", name)
			if guess := near.Find(name, p.vars); guess != "" {
				message += fmt.Sprintf("; did you mean $%s?", guess)
			}
			return nil, &Error{max(strings.Index(text, "$"+name), 0), message}
		}
		if p.isMany(i+1) != to.isMany(m.v) {
			return nil, &Error{max(strings.Index(text, "$"+name), 0), fmt.Sprintf("$%s is written with one dollar sign in one pattern and with three in the other", name)}
		}
	}
	return &Replacement{p, to}, nil
}

func (p *Pattern) isMany(v int) bool {
	return slices.ContainsFunc(p.metas, func(m meta) bool { return m.v == v && m.many })
}

// Left is a match that is not replaced, and why.
type Left struct {
	Match Match
	Why   string
}

// Apply returns the text of a file with matches replaced, and those that are left as they are. Matches within what a
// metavariable of another stands for are replaced, too. ok is false where Nix would not parse the result: then the text is
// the old one.
func (r *Replacement) Apply(t *ast.Tree, matches []Match) (text string, done int, left []Left, ok bool) {
	w := &writer{r: r, t: t}
	inner, nested := slices.Clone(matches), map[source.Span]bool{}
	slices.SortStableFunc(inner, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Span.Start, a.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	outer := uint32(0)
	for i := range matches { // they are in order, the outer before the inner
		nested[matches[i].Span] = matches[i].Span.End <= outer
		outer = max(outer, matches[i].Span.End)
	}
	for i := range inner {
		w.nested = nested[inner[i].Span]
		if why := w.replace(&inner[i]); why != "" {
			left = append(left, Left{inner[i], why})
			continue
		}
		done++
	}
	if done == 0 {
		return t.Source(), 0, left, true
	}
	text = w.within(source.Span{End: uint32(len(t.Source()))})
	if len(parser.Parse(text).Errors()) > len(t.Errors()) {
		return t.Source(), 0, left, false
	}
	return text, done, left, true
}

// Edits returns the edits that replace one match; why tells what keeps it from being replaced.
func (r *Replacement) Edits(t *ast.Tree, m *Match) (edits []diag.Edit, why string) {
	w := &writer{r: r, t: t}
	if why = w.replace(m); why != "" {
		return nil, why
	}
	slices.Reverse(w.edits)
	return w.edits, ""
}

// writer collects the edits of a file. They go from the end of the file to its start, and none overlaps another.
type writer struct {
	r     *Replacement
	t     *ast.Tree
	edits []diag.Edit
	// nested tells that the match at hand lies in another.
	nested bool
}

// within returns the text of a span with the edits in it.
func (w *writer) within(s source.Span) string {
	var b strings.Builder
	at := s.Start
	for i := w.after(s.Start); i >= 0 && w.edits[i].Span.End <= s.End; i-- {
		e := w.edits[i]
		b.WriteString(w.t.Source()[at:e.Span.Start])
		b.WriteString(e.Text)
		at = e.Span.End
	}
	b.WriteString(w.t.Source()[at:s.End])
	return b.String()
}

// after returns the index of the first edit in the text that starts at an offset or behind, -1 for none.
func (w *writer) after(at uint32) int {
	i, _ := slices.BinarySearchFunc(w.edits, at, func(e diag.Edit, at uint32) int {
		if e.Span.Start >= at {
			return -1
		}
		return 1
	})
	return i - 1
}

// fits reports whether an edit takes in each of the others whole or not at all.
func (w *writer) fits(e diag.Edit) bool {
	i := w.after(e.Span.Start)
	if i+1 < len(w.edits) && w.edits[i+1].Span.End > e.Span.Start {
		return false
	}
	for ; i >= 0 && w.edits[i].Span.Start < e.Span.End; i-- {
		if w.edits[i].Span.End > e.Span.End {
			return false
		}
	}
	return true
}

// put adds an edit that fits in the place of those that it takes in.
func (w *writer) put(e diag.Edit) {
	to := w.after(e.Span.Start)
	from := to
	for from >= 0 && w.edits[from].Span.Start < e.Span.End {
		from--
	}
	w.edits = slices.Replace(w.edits, from+1, to+1, e)
}

// replace adds the edits of one match; why tells what keeps it from being replaced.
func (w *writer) replace(m *Match) (why string) {
	p := &plan{writer: w, m: m}
	if m.bare {
		p.edit(m.Span, w.r.to.root, ast.Node{})
	} else {
		p.align(w.r.of.root, w.r.to.root, m.Node.Unparen())
	}
	if p.why != "" {
		return p.why
	}
	slices.SortFunc(p.out, func(a, b diag.Edit) int { return cmp.Compare(b.Span.Start, a.Span.Start) })
	for _, e := range p.out {
		if !w.fits(e) {
			return "it overlaps another match"
		}
	}
	for _, e := range p.out {
		w.put(e)
	}
	return ""
}

// plan makes the edits of a match.
type plan struct {
	*writer
	m   *Match
	out []diag.Edit
	why string
}

// align compares the pattern with what replaces it, and edits what differs: p and q are nodes of the two, t is what p met.
func (p *plan) align(a, b, t ast.Node) {
	a, b = a.Unparen(), b.Unparen()
	if p.why != "" || p.equal(a, b) {
		return
	}
	if !t.IsValid() {
		p.why = "what changes stands in pieces there"
		return
	}
	of, to := p.r.of, p.r.to
	t = t.Unparen()
	plain := of.meta(a).v == 0 && to.meta(b).v == 0 && a.Kind() == b.Kind() && t.Kind() == a.Kind() && a.Op() == b.Op()
	if plain && a.IsRec() == b.IsRec() {
		switch a.Kind() {
		case ast.AttrSet, ast.LegacyLet, ast.Let, ast.List, ast.Apply, ast.Binary, ast.Unary, ast.If, ast.With, ast.Assert, ast.Lambda:
			if p.alignChildren(a, b) {
				return
			}
		}
	}
	if p.m.dots && t == p.m.Node {
		p.why = "it is made by attributes with dots"
		return
	}
	p.edit(t.Span(), b, t)
}

// alignChildren aligns the children of two nodes of the same form, and reports whether they have one.
func (p *plan) alignChildren(a, b ast.Node) bool {
	as, bs := slices.Collect(a.Children()), slices.Collect(b.Children())
	if len(as) != len(bs) {
		return false
	}
	of, to := p.r.of, p.r.to
	for i := range as {
		if of.meta(as[i]).many != to.meta(bs[i]).many || of.meta(as[i]).many && !p.equal(as[i], bs[i]) {
			return false
		}
		switch {
		case p.equal(as[i], bs[i]):
		case as[i].Is(ast.Bindings) && bs[i].Is(ast.Bindings):
			if !p.alignable(as[i], bs[i]) {
				return false
			}
		case (a.Is(ast.AttrSet) || a.Is(ast.LegacyLet)) && !p.alignable(a, b):
			return false
		case as[i].Is(ast.Name) || as[i].Is(ast.Pattern):
			return false
		}
	}
	for i := range as {
		switch {
		case p.equal(as[i], bs[i]):
		case as[i].Is(ast.Bindings):
			p.alignStatements(as[i], bs[i])
		case as[i].Is(ast.Binding) || as[i].Is(ast.Inherit):
			p.alignStatement(as[i], bs[i])
		default:
			p.align(as[i], bs[i], p.m.at[as[i].Unparen().ID()])
		}
	}
	return true
}

// alignable reports whether two sets differ in their statements one by one.
func (p *plan) alignable(a, b ast.Node) bool {
	as, bs := slices.Collect(a.Children()), slices.Collect(b.Children())
	if len(as) != len(bs) {
		return false
	}
	for i := range as {
		if p.equal(as[i], bs[i]) {
			continue
		}
		if !as[i].Is(ast.Binding) || !bs[i].Is(ast.Binding) || p.rests(as[i], p.r.of) || p.rests(bs[i], p.r.to) {
			return false
		}
		if !p.equal(as[i].FirstChild(), bs[i].FirstChild()) && !p.whole(as[i]).IsValid() {
			return false
		}
	}
	return true
}

func (p *plan) rests(n ast.Node, in *Pattern) bool {
	return n.Is(ast.Binding) && in.meta(ast.BindingNode{Node: n}.Attrpath().First()).many
}

func (p *plan) alignStatements(a, b ast.Node) {
	as, bs := slices.Collect(a.Children()), slices.Collect(b.Children())
	for i := range as {
		if !p.equal(as[i], bs[i]) {
			p.alignStatement(as[i], bs[i])
		}
	}
}

func (p *plan) alignStatement(a, b ast.Node) {
	x, y := ast.BindingNode{Node: a}, ast.BindingNode{Node: b}
	if p.equal(x.Attrpath().Node, y.Attrpath().Node) {
		value := p.m.at[x.Value().Unparen().ID()]
		if value.IsValid() && !value.Is(ast.Name) {
			p.align(x.Value(), y.Value(), value)
			return
		}
	}
	t := p.whole(a)
	if !t.IsValid() {
		p.why = "its attributes stand in pieces there"
		return
	}
	path, value := t.FirstChild(), t.Child(1)
	if !p.equal(x.Attrpath().Node, y.Attrpath().Node) {
		p.edit(path.Span(), y.Attrpath().Node, ast.Node{})
	}
	p.align(x.Value(), y.Value(), value)
}

// whole returns the statement of the file that a statement of the pattern has met, if its path is as long.
func (p *plan) whole(a ast.Node) ast.Node {
	parts := ast.BindingNode{Node: a}.Attrpath().Parts()
	met := p.m.at[parts[len(parts)-1].ID()]
	path := met.Parent()
	if !met.IsValid() || !path.Is(ast.Attrpath) || !path.Parent().Is(ast.Binding) {
		return ast.Node{}
	}
	got := slices.Collect(path.Children())
	if len(got) != len(parts) || got[len(got)-1] != met {
		return ast.Node{}
	}
	return path.Parent()
}

// equal reports whether a part of the pattern and one of the replacement are the same.
func (p *plan) equal(a, b ast.Node) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	return nixlang.SameTokens(a.FirstToken(), a.LastToken(), b.FirstToken(), b.LastToken()) && p.sameMetas(a, b)
}

func (p *plan) sameMetas(a, b ast.Node) bool {
	of, to := p.r.of, p.r.to
	next := b.ID()
	for n := range a.Descendants() {
		x, y := of.metas[n.ID()], to.metas[next]
		next++
		switch {
		case x.many != y.many || (x.v > 0) != (y.v > 0) || x.v == anonymous:
			return false
		case x.v > 0 && of.vars[x.v-1] != to.vars[y.v-1]:
			return false
		}
	}
	return true
}

// edit replaces a span by the text of a node of the replacement.
func (p *plan) edit(span source.Span, b, at ast.Node) {
	if p.why = p.loses(span, b); p.why != "" {
		return
	}
	text, level := p.render(b)
	if p.m.bare && p.selectable(b, level) {
		p.out = append(p.out, diag.Edit{Span: span, Text: text})
		return
	}
	switch {
	case b.Is(ast.Attrpath):
	case at.IsValid():
		if out := at.OutsideParens(); out != at && !p.nested && level >= nixlang.Place(out) && p.loses(out.Span(), b) == "" {
			at, span = out, out.Span()
		}
		text = nixlang.Wrap(text, level, at)
	default:
		text = "(" + text + ")"
	}
	p.out = append(p.out, diag.Edit{Span: span, Text: nixlang.Splice(p.t, span, text)})
}

// selectable reports whether what a node of the replacement becomes can stand before a dot.
func (p *plan) selectable(b ast.Node, level nixlang.Level) bool {
	if c, ok := p.capture(b); ok && c.Node.IsValid() {
		b = c.Node
	}
	s, ok := ast.AsSelect(b)
	return level == nixlang.LevelSimple || ok && !s.Default().IsValid()
}

// loses tells what of a span would be gone with the replacement: comments, and attributes that the pattern does not name.
func (p *plan) loses(span source.Span, b ast.Node) string {
	var kept []source.Span
	for n := range b.Descendants() {
		if c, ok := p.capture(n); ok && !c.made {
			kept = append(kept, c.Span)
		}
	}
	covered := func(s source.Span) bool {
		return slices.ContainsFunc(kept, func(k source.Span) bool { return k.Covers(s) })
	}
	for tok := p.t.TokenAt(span.Start); tok.IsValid() && tok.Start() < span.End; tok = tok.Next() {
		if tok.Kind().IsComment() && !covered(tok.Span()) {
			return "a comment in it would be lost"
		}
	}
	for _, set := range p.m.rests {
		if set.IsValid() && span.Covers(set.Span()) && !covered(set.Span()) {
			return "the set has attributes that the pattern does not name, which would be lost: name them by $$$rest in both patterns"
		}
	}
	return ""
}

func (p *plan) capture(n ast.Node) (Capture, bool) {
	v := p.r.to.meta(n).v
	if v <= 0 {
		return Capture{}, false
	}
	return p.m.Var(p.r.to.vars[v-1])
}

// render returns the text of a node of the replacement, and how tightly it binds.
func (p *plan) render(b ast.Node) (string, nixlang.Level) {
	if c, ok := p.capture(b); ok {
		return p.textOf(c), c.level()
	}
	var out strings.Builder
	src := p.r.to.tree.Source()
	at := b.Start()
	for n := range b.Descendants() {
		c, ok := p.capture(n)
		if !ok {
			continue
		}
		out.WriteString(src[at:n.Start()])
		at = n.End()
		text := p.textOf(c)
		switch {
		case n.Is(ast.Ident) && !c.many:
			text = nixlang.Wrap(text, c.level(), n)
		case c.many && isStatement(n):
			at = n.Parent().Parent().End() // with what made a statement of it
		}
		out.WriteString(text)
	}
	out.WriteString(src[at:b.End()])
	return out.String(), nixlang.LevelOf(b)
}

// textOf returns the code of a capture with the matches in it replaced.
func (p *plan) textOf(c Capture) string {
	if c.made {
		return c.text
	}
	return p.within(c.Span)
}

package refactor

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// maxInlined bounds, in bytes, what inlining a name writes.
const maxInlined = 1 << 16

// value is what a name of a let stands for.
type value struct {
	binding *sema.Binding
	id      sema.BindingID
	expr    ast.Node // of which the names count: the value, or what the name is inherited from
	text    string
	level   nixlang.Level
	// statement is the binding or inherit that defines it, and whole is set where it defines nothing else.
	statement ast.Node
	whole     bool
}

// valueAt returns the value of the name of a let that stands at the place, used or defined.
func (p *place) valueAt() (v value, defined, ok bool) {
	n := p.node
	b := p.Names.Resolve(n)
	for id := 1; b == nil && id < len(p.Names.Bindings()); id++ {
		if other := p.Names.Binding(sema.BindingID(id)); other.Node == n {
			b, defined = other, true
		}
	}
	if b == nil || b.Kind != sema.LetBinding || b.More || b.Decl.HasError() {
		return v, false, false
	}
	v = value{binding: b, statement: b.Decl, whole: true}
	s := p.Names.Scope(b.Scope)
	for id := s.First; id <= s.Last; id++ {
		if p.Names.Binding(id) == b {
			v.id = id
		}
	}
	if in, ok := ast.AsInherit(b.Decl); ok {
		from := in.From()
		if !from.IsValid() {
			return v, false, false
		}
		v.expr, v.text, v.level = from, definition(from, b.Node), nixlang.LevelSelect
		for name := range in.Names() {
			v.whole = v.whole && name == b.Node
		}
		return v, defined, true
	}
	if !b.Value.IsValid() {
		return v, false, false
	}
	v.expr = b.Value.Unparen()
	v.text, v.level = v.expr.Text(), nixlang.LevelOf(v.expr)
	return v, defined, true
}

// inline puts what a name of a let stands for in its place: at the place alone, and everywhere.
func (p *place) inline() (out []Change) {
	v, defined, ok := p.valueAt()
	if !ok {
		return nil
	}
	var uses []sema.Use
	for u := range p.Names.UsesOf(v.id) {
		if v.expr.Encloses(u.Node) || (u.Node.Parent().Is(ast.Inherit) && v.statement.Is(ast.Inherit) && v.statement == u.Node.Parent()) {
			return nil // it needs itself
		}
		uses = append(uses, u)
	}
	name := v.binding.Name
	if len(uses) == 0 || len(v.text)*len(uses) > maxInlined {
		return nil
	}
	if !defined && len(uses) > 1 {
		if u, ok := p.Names.Use(p.node); ok {
			if e, ok := p.inlined(v, u); ok {
				out = append(out, Change{Title: "inline this use of `" + name + "`", Kind: Inline, Edits: []diag.Edit{e}})
			}
		}
	}
	var edits []diag.Edit
	for _, u := range uses {
		e, ok := p.inlined(v, u)
		if !ok {
			return out
		}
		edits = append(edits, e)
	}
	removal, ok := p.removed(v)
	if !ok {
		return out
	}
	edits = sorted(append(edits, removal...))
	for i := 1; i < len(edits); i++ {
		if edits[i].Span.Start < edits[i-1].Span.End {
			return out
		}
	}
	title := "inline `" + name + "`"
	if len(uses) > 1 {
		title = "inline all uses of `" + name + "`"
	}
	return append(out, Change{Title: title, Kind: Inline, Edits: edits})
}

// inlined returns the edit that puts a value in the place of a use; ok is false where it would mean something else there.
func (p *place) inlined(v value, u sema.Use) (e diag.Edit, ok bool) {
	if !p.meansSame(v.expr, v.binding.Scope, u.Scope) {
		return e, false
	}
	text := v.text
	if in, plain := isPlain(u); plain {
		if isRecursive(in.Parent()) || isInMerged(in.Parent()) || p.Tree.HasComment(in.Span()) {
			return e, false
		}
		names := slices.Collect(in.Names())
		written := u.Node.Text() + " = " + text + ";"
		if len(names) == 1 {
			return diag.Edit{Span: in.Span(), Text: written}, true
		}
		rest := "inherit"
		for _, n := range names {
			if n != u.Node {
				rest += " " + n.Text()
			}
		}
		return diag.Edit{Span: in.Span(), Text: lines(in.Node, []string{rest + ";", written})}, true
	}
	if nixlang.HasBreak(text) && v.expr.Text() == text {
		text = nixlang.Shifted(v.expr, nixlang.Indent(p.Tree, v.expr.Start()), nixlang.Indent(p.Tree, u.Node.Start()))
	}
	text = nixlang.Wrap(text, v.level, u.Node)
	return diag.Edit{Span: u.Node.Span(), Text: nixlang.Splice(p.Tree, u.Node.Span(), text)}, true
}

// meansSame reports whether an expression that stands in a scope means the same in another one inside of that.
func (p *place) meansSame(expr ast.Node, scope, inner sema.ScopeID) bool {
	withs := false
	for id := inner; id != scope; id = p.Names.Scope(id).Parent {
		if id == 0 {
			return false
		}
		withs = withs || p.Names.Scope(id).Node.Is(ast.With)
	}
	for _, u := range nixlang.UsesIn(p.Names, expr) {
		if !nixlang.IsFree(p.Names, u, expr) {
			continue
		}
		name, _ := ast.AttrName(u.Node)
		there := nixlang.Bound(p.Names, inner, name)
		switch u.Target {
		case sema.ToBinding:
			if there != p.Names.Binding(u.Binding) {
				return false
			}
		case sema.ToGlobal:
			if there != nil {
				return false
			}
		default:
			if withs || there != nil {
				return false
			}
		}
	}
	return true
}

// removed returns the edits that take the definition of a value away, and the let where it has no other.
func (p *place) removed(v value) ([]diag.Edit, bool) {
	set := v.statement.Parent()
	if !v.whole {
		in := ast.InheritNode{Node: v.statement}
		if p.Tree.HasComment(in.Span()) {
			return nil, false
		}
		return []diag.Edit{nixlang.Cut(p.Tree, v.binding.Node.Span())}, true
	}
	if p.Tree.HasComment(v.statement.Span()) {
		return nil, false
	}
	if set.NumChildren() > 1 {
		return []diag.Edit{nixlang.Cut(p.Tree, v.statement.Span())}, true
	}
	let, ok := ast.AsLet(set.Parent())
	if !ok || let.HasError() {
		return nil, false
	}
	in := v.statement.LastToken().NextSignificant()
	if in.Kind() != ast.TokIn || p.Tree.HasComment(source.Span{Start: let.Start(), End: in.Span().End}) {
		return nil, false
	}
	// Its lines stay where they are: the uses in them are edited, too.
	head := source.Span{Start: let.Start(), End: behind(in).Start()}
	return []diag.Edit{{Span: head, Text: nixlang.Splice(p.Tree, head, "")}}, true
}

package lsp

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/parser"
)

// versions are the texts that actions would make of a document. They are parsed one after the other, each as an edit of
// the one before.
type versions struct {
	*snapshot
	parser *parser.Parser
	errors int // in the document
	close  func()
}

// newVersions is to be closed, except after a panic.
func newVersions(p *snapshot) *versions {
	v := &versions{snapshot: p, close: func() {}}
	if p.doc.isNix() {
		lent, giveBack := engine.LendParser(p.doc.path)
		v.parser, v.close = lent, func() { giveBack(len(p.doc.text)) }
		v.errors = len(v.tree().Errors())
	}
	return v
}

// tree returns the tree of the document, valid until something else is parsed.
func (v *versions) tree() *ast.Tree { return v.parser.Reparse(v.doc.text) }

// parsesAfter reports whether a fix can be applied and leaves no more syntax errors than there were.
func (v *versions) parsesAfter(f diag.Finding, x diag.Fix) bool {
	if v.doc.isNix() && v.errors == 0 && v.soundWithin(x.Edits) {
		return true
	}
	f.Fixes = []diag.Fix{x}
	done := fix.Apply(fix.Plan([]diag.Finding{f}, fix.AlsoUnsafe), v.textOf, v.syntaxErrors)
	return len(done.Applied) == 1
}

// soundWithin reports whether edits leave a document without syntax errors as it is, as far as can be seen by parsing
// no more than the innermost binding that holds them: what reads as bindings does so among others.
func (v *versions) soundWithin(edits []diag.Edit) bool {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b diag.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	if len(edits) == 0 {
		return false
	}
	all := source.Span{Start: edits[0].Span.Start}
	for i, e := range edits {
		if e.File != "" && e.File != v.doc.path || e.Span.End < e.Span.Start || i > 0 && e.Span.Start <= edits[i-1].Span.End {
			return false
		}
		all.End = e.Span.End
	}
	n := v.tree().NodeAt(all)
	for n.IsValid() && !n.Is(ast.Binding) && !n.Is(ast.Inherit) {
		n = n.Parent()
	}
	if !n.IsValid() {
		return false
	}
	at := n.Span()
	for i := range edits {
		edits[i].Span.Start -= at.Start
		edits[i].Span.End -= at.Start
	}
	before, after, whole := "{", "}", ast.AttrSet
	if !n.Parent().Is(ast.AttrSet) {
		before, after, whole = "let ", "in 1", ast.Let // which does not take all that a set takes
	}
	tree := parser.Parse(before + fix.Edit(at.Of(v.doc.text), edits) + after)
	expr := tree.Expr()
	return len(tree.Errors()) == 0 && expr.Is(whole) && expr.Span().Len() == len(tree.Source())
}

// syntaxErrors counts the syntax errors of a text. What is not Nix has none.
func (v *versions) syntaxErrors(path, text string) int {
	switch {
	case path == v.doc.path && text == v.doc.text:
		return v.errors
	case path == v.doc.path && v.doc.isNix():
		return len(v.parser.Reparse(text).Errors())
	case path != v.doc.path && strings.HasSuffix(path, ".nix"):
		return len(parser.Parse(text).Errors())
	}
	return 0
}

func (p *snapshot) textOf(path string) (string, bool) {
	lines, _ := p.text(path)
	if lines == nil {
		return "", false
	}
	return lines.Text(), true
}

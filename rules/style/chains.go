package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

// literalRuns finds, in a chain of a right-associative operator that n is the head of, the longest runs of
// non-empty literals that take(left, right) allows to be one, and reports each. No comment stands between the
// literals of a run, and where the chain has other operands, no line break either. start begins a run, and take adds a literal to it, if that may be.
func literalRuns(p *rules.Pass, n ast.Node, kind ast.Kind, start, take func(literal ast.Node) bool, message, help string) {
	if up := n.Parent(); up.Is(ast.Binary) && up.Op() == n.Op() && up.FirstChild() != n {
		return // not the head
	}
	var run []ast.Node
	mixed := false
	flush := func() {
		if len(run) > 1 && (!mixed || oneLine(run)) {
			reportRun(p, run, message, help)
		}
		run = run[:0]
	}
	for o := n; ; {
		operand := o
		if o.Is(ast.Binary) && o.Op() == n.Op() {
			operand = o.FirstChild()
		}
		mixed = mixed || !operand.Is(kind)
		if operand == o {
			break
		}
		o = o.Child(1)
	}
	for rest := n; rest.IsValid(); {
		operand := rest
		rest = ast.Node{}
		if operand.Is(ast.Binary) && operand.Op() == n.Op() {
			operand, rest = operand.FirstChild(), operand.Child(1)
		}
		if !operand.Is(kind) || !operand.FirstChild().IsValid() {
			flush()
			continue
		}
		if len(run) > 0 && !proseAt(p.Tree, run[len(run)-1], operand) && take(operand) {
			run = append(run, operand)
			continue
		}
		flush()
		if start(operand) {
			run = append(run, operand)
		}
	}
	flush()
}

// oneLine reports whether the literals of a run stand on one line. In a chain with other operands, those on
// lines of their own are one column with them.
func oneLine(run []ast.Node) bool {
	text := source.Span{Start: run[0].Start(), End: run[len(run)-1].End()}.Of(run[0].Tree().Source())
	return !nixlang.HasBreak(text)
}

// seam returns the span from the last element of a literal to the white space before the first of the next.
func seam(left, right ast.Node) source.Span {
	return source.Span{Start: left.LastToken().PrevSignificant().Span().End, End: right.FirstToken().Span().End}
}

// proseAt reports whether a comment, which is no suppression, stands between the elements of two literals.
func proseAt(t *ast.Tree, left, right ast.Node) bool {
	return suppress.HasProse(t, source.Span{Start: seam(left, right).Start, End: right.FirstToken().NextSignificant().Start()})
}

func reportRun(p *rules.Pass, run []ast.Node, message, help string) {
	fix := diag.Fix{Title: help, Safety: diag.Safe}
	column, free := columnOf(run)
	for i, n := range run {
		if i > 0 {
			cut := seam(run[i-1], n)
			text := nixlang.Splice(p.Tree, cut, "")
			if column != "" {
				first := n.FirstToken().NextSignificant()
				cut.End, text = first.Start(), column
				if lines := (source.Span{Start: first.Start(), End: n.LastToken().PrevSignificant().Span().End}); startsElement(n) && nixlang.Movable(n) {
					fix.Edits = append(fix.Edits, nixlang.Shift(n, lines, nixlang.Indent(p.Tree, first.Start()), column[nixlang.LastLine(column):])...)
				}
			}
			fix.Edits = append(fix.Edits, diag.Edit{Span: cut, Text: text})
			fix.Safety = unlessLost(fix.Safety, p.Tree, cut)
		}
	}
	// A list on one line takes the layout of the lines that it joins.
	if first, last := run[0], run[len(run)-1]; column != "" {
		open, end := first.FirstToken(), last.LastToken()
		if !startsElement(first) {
			fix.Edits = append(fix.Edits, diag.Edit{Span: between(open, open.NextSignificant()), Text: column})
		}
		fix.Edits = append(fix.Edits, diag.Edit{Span: between(end.PrevSignificant(), end), Text: nixlang.LineBreak(column) + nixlang.Indent(p.Tree, first.Start())})
	}
	op := run[0].LastToken().NextSignificant()
	f := diag.Finding{Span: op.Span(), Message: message, Help: help}
	if free {
		f.Fixes = []diag.Fix{fix}
	}
	p.Report(f)
}

// startsElement reports whether the first element of a literal starts a line.
func startsElement(n ast.Node) bool { return nixlang.StartsLine(n.FirstToken().NextSignificant()) }

// columnOf returns the line break and indentation that the elements of a run are to have, or nothing where all are on
// one line or comments at the brackets keep them as they are; free is false where they do so in different columns.
func columnOf(run []ast.Node) (column string, free bool) {
	same := oneLine(run)
	if !same {
		same = true
		for _, n := range run {
			same = same && startsElement(n) && nixlang.Indent(n.Tree(), n.FirstToken().NextSignificant().Start()) ==
				nixlang.Indent(n.Tree(), run[0].FirstToken().NextSignificant().Start())
		}
	}
	for _, n := range run {
		space := n.FirstToken().Next()
		switch {
		case space.Kind().IsComment() || space.Next().Kind().IsComment() || n.LastToken().Prev().Kind().IsComment() || n.LastToken().Prev().Prev().Kind().IsComment():
			return "", same
		case column == "" && startsElement(n) && nixlang.StartsLine(n.LastToken()):
			column = nixlang.LineBreak(space.Text()) + nixlang.Indent(n.Tree(), space.Next().Start())
		}
	}
	return column, true
}

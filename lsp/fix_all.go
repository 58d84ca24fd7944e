package lsp

import (
	"context"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// maxRounds bounds how often fixing starts over with its own result, as on the command line.
const maxRounds = 10

// maxFixed is the number of findings of a rule that one fixAll mends at most.
const maxFixed = 100_000

// hasSafeFix reports whether there is something for fixAll to do.
func (q *query) hasSafeFix() bool {
	return slices.ContainsFunc(q.found.findings, func(f diag.Finding) bool {
		plan := fix.Plan([]diag.Finding{f}, fix.OnlySafe)
		return len(plan) > 0 && q.inside(plan[0])
	})
}

// fixAll applies the safe fixes of the document.
func (q *query) fixAll(ctx context.Context) (*protocol.WorkspaceEdit, error) {
	return q.fixEach(ctx, fix.OnlySafe, func(fix.Planned) bool { return true })
}

// fixEach applies those fixes of the document that a level allows and that are wanted, round by round until none is left. It is nil
// where none can be applied. Fixes that change other files, too, are left to the command line.
func (q *query) fixEach(ctx context.Context, level fix.Level, wanted func(fix.Planned) bool) (*protocol.WorkspaceEdit, error) {
	if err := acquire(ctx, q.heavy); err != nil {
		return nil, err
	}
	defer release(q.heavy)
	var edits []diag.Edit
	p, now, left := q.snapshot, q.snapshot, []fix.Planned(nil)
	found, err := q.found, error(nil)
	if found.isStale() {
		if now, err = now.renewed(ctx); err != nil {
			return nil, err
		}
	}
	if found.cut || now != p {
		if found, err = now.check(ctx, maxFixed); err != nil {
			return nil, err
		}
	}
	for round := 0; ; round++ {
		plan := slices.DeleteFunc(fix.Plan(found.findings, level), func(x fix.Planned) bool {
			return !wanted(x) || !now.inside(x) || slices.ContainsFunc(left, func(y fix.Planned) bool { return same(x, y) })
		})
		if len(plan) == 0 {
			break
		}
		if round == maxRounds {
			return nil, protocol.Errorf(protocol.CodeRequestFailed, "fixing does not come to an end after %d rounds", maxRounds)
		}
		v := newVersions(now)
		done := fix.Apply(plan, now.textOf, v.syntaxErrors)
		v.close()
		left = append(left, done.Broken...)
		if len(done.Applied) == 0 {
			break
		}
		edits = nil
		for _, x := range done.Applied {
			edits = append(edits, x.Fix.Edits...)
		}
		next, err := now.with(done.Texts[p.doc.path]).renewed(ctx)
		if err != nil {
			return nil, err
		}
		if round > 0 {
			d := difference(p.doc.text, next.doc.text)
			edits = []diag.Edit{{Span: d.span, Text: d.text}}
		}
		now = next
		if found.cut {
			break // with so many, the rest is for another time
		}
		if found, err = now.check(ctx, maxFixed); err != nil {
			return nil, err
		}
	}
	if now.doc.text == p.doc.text {
		return nil, nil
	}
	return p.workspaceEdit(edits), nil
}

// inside reports whether a fix changes the snapshot's document only.
func (p *snapshot) inside(x fix.Planned) bool {
	return !slices.ContainsFunc(x.Fix.Edits, func(e diag.Edit) bool { return e.File != "" && e.File != p.doc.path })
}

func same(x, y fix.Planned) bool {
	return x.Rule == y.Rule && x.Fix.Title == y.Fix.Title && slices.Equal(x.Fix.Edits, y.Fix.Edits)
}

// renewed returns the snapshot with the findings of the flake's rules for its text.
func (p *snapshot) renewed(ctx context.Context) (*snapshot, error) {
	q := *p
	q.ofFlake, q.flakeDeps = carried{}, nil
	q.fs = p.fs.Clone()
	q.fs.Set(p.doc.path, []byte(p.doc.text))
	q.checker = p.checker.Next(project.Change{FS: q.fs, Files: []string{p.doc.path}})
	if p.doc.flakeDir() == "" {
		return &q, nil
	}
	return &q, q.checkFlake(ctx)
}

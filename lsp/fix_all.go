package lsp

import (
	"context"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// maxRounds bounds how often fixing starts over with its own result, as on the command line.
const maxRounds = 10

// fixAll is the action that applies the safe fixes of the document, round by round until none is left. It
// is offered if there is one. Fixes that change other files, too, are left to the command line.
func (p *snapshot) fixAll(ctx context.Context, findings []diag.Finding) ([]protocol.CodeAction, error) {
	var edits []diag.Edit
	now, left := p, []fix.Planned(nil)
	syntaxErrors := p.syntaxErrors()
	for round := 0; ; round++ {
		plan := slices.DeleteFunc(fix.Plan(findings, fix.OnlySafe), func(x fix.Planned) bool {
			return !now.inside(x) || slices.ContainsFunc(left, func(y fix.Planned) bool { return same(x, y) })
		})
		if len(plan) == 0 {
			break
		}
		if round == maxRounds {
			return nil, protocol.Errorf(protocol.CodeRequestFailed, "fixing does not come to an end after %d rounds", maxRounds)
		}
		done := fix.Apply(plan, now.textOf, syntaxErrors)
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
		if findings, err = now.check(ctx); err != nil {
			return nil, err
		}
	}
	if now.doc.text == p.doc.text {
		return nil, nil
	}
	return []protocol.CodeAction{{
		Title: "apply all safe fixes of nixsift", Kind: fixAllKind, Edit: p.workspaceEdit(edits),
	}}, nil
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
	q.ofFlake = nil
	if p.doc.flakeDir() == "" {
		return &q, nil
	}
	overlay := workspace.NewOverlay(p.fs)
	overlay.Set(p.doc.path, []byte(p.doc.text))
	e, err := p.newEngine(overlay)
	if err != nil {
		return nil, err
	}
	q.engine = e
	return &q, q.checkFlake(ctx)
}

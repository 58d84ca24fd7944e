package lsp

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// fixAllKind is the kind of the action that applies all safe fixes of a document; editors can run it on
// saving.
const fixAllKind = protocol.SourceFixAll + "." + sourceName

// maxInRange bounds the findings for which one request gets quick fixes. A range with more is the whole
// file, where nobody picks from a list.
const maxInRange = 50

// codeAction offers the fixes of the findings in a range, comments that silence them, what else can be made of the code there, and all
// safe fixes of the document. Nothing is checked for it; what all safe fixes come to is worked out when the client asks for the
// edit or, if it cannot, for the kind.
func codeAction(ctx context.Context, q *query, params *protocol.CodeActionParams) (any, error) {
	actions := []protocol.CodeAction{}
	if q == nil || !q.client.CodeActions {
		return actions, nil
	}
	if wanted(params.Context.Only, protocol.QuickFix) {
		quick, err := q.quickActions(ctx, params.Range)
		if err != nil {
			return nil, err
		}
		actions = append(actions, quick...)
	}
	changes, err := q.refactorings(ctx, params)
	if err != nil {
		return nil, err
	}
	actions = append(actions, changes...)
	if !wanted(params.Context.Only, fixAllKind) || !q.client.ResolvesEdits && len(params.Context.Only) == 0 || !q.hasSafeFix() {
		return actions, nil
	}
	all := protocol.CodeAction{Title: "apply all safe fixes of nixsift", Kind: fixAllKind}
	if q.client.ResolvesEdits {
		all.Data = &protocol.CodeActionData{URI: q.doc.uri, State: q.doc.serial}
		return append(actions, all), nil
	}
	edit, err := q.fixAll(ctx)
	if err != nil {
		return nil, err
	}
	if edit != nil {
		all.Edit = edit
		actions = append(actions, all)
	}
	return actions, nil
}

// resolveAction answers with the action as it is where it has no more to tell.
func resolveAction(s *Server, r *protocol.Request) (work, error) {
	var params protocol.ResolveParams
	if err := r.Decode(&params); err != nil {
		return nil, err
	}
	if !params.HasData() {
		return func(context.Context) (any, error) { return params.With(nil), nil }, nil
	}
	return onDocument(resolveCodeAction)(s, r)
}

// resolveCodeAction works out the edit of the action that applies all safe fixes.
func resolveCodeAction(ctx context.Context, q *query, params *protocol.ResolveParams) (any, error) {
	if q == nil || params.Data.State != q.doc.serial {
		return nil, protocol.Errorf(protocol.CodeContentModified, "the document has changed since the action was offered")
	}
	edit, err := q.fixAll(ctx)
	if err != nil {
		return nil, err
	}
	if edit == nil {
		edit = &protocol.WorkspaceEdit{} // of those that were offered none can be applied
	}
	return params.With(edit), nil
}

// quickActions are the actions for the findings in a range of the state that the client spoke of.
func (q *query) quickActions(ctx context.Context, r protocol.Range) ([]protocol.CodeAction, error) {
	at, ok := q.spanOf(r)
	if !ok {
		return nil, nil
	}
	near := inRange(q.found.findings, at)
	if len(near) == 0 {
		return nil, nil
	}
	if err := acquire(ctx, q.asking); err != nil {
		return nil, err
	}
	defer release(q.asking)
	v := newVersions(q.snapshot)
	actions, err := v.actions(ctx, q.found, near)
	v.close()
	return actions, err
}

// spanOf returns where a range of the state that the client spoke of is; ok is false where it is no more.
func (q *query) spanOf(r protocol.Range) (at source.Span, ok bool) {
	at = span(q.asked.lines, q.asked.encoding, r)
	return at, q.asked.text == q.doc.text || move(&at, []edit{difference(q.asked.text, q.doc.text)}, true)
}

// actions are the fixes of findings near some place, what else can be done about them, and the comments that silence them. Those that
// may not hold any more are only explained.
func (v *versions) actions(ctx context.Context, found *result, near []diag.Finding) ([]protocol.CodeAction, error) {
	sure, doubtful := v.sure(found, near)
	var actions []protocol.CodeAction
	for _, f := range sure {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		actions = append(actions, v.quickFixes(f)...)
	}
	doing := v.commandActions(sure)
	silencing, err := v.suppressions(ctx, found.findings, sure)
	return slices.Concat(actions, doing, silencing, v.explanations(slices.Concat(sure, doubtful))), err
}

// wanted reports whether a client asked for a kind: for it, for one above it, or for nothing in particular.
func wanted(only []protocol.CodeActionKind, kind protocol.CodeActionKind) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(k protocol.CodeActionKind) bool {
		return k == "" || k == kind || strings.HasPrefix(string(kind), string(k)+".")
	})
}

// inRange returns the first findings that touch a span.
func inRange(findings []diag.Finding, at source.Span) []diag.Finding {
	var out []diag.Finding
	for _, f := range findings {
		if f.Span.Start <= at.End && at.Start <= f.Span.End && len(out) < maxInRange {
			out = append(out, f)
		}
	}
	return out
}

// quickFixes are the fixes of one finding. The best is preferred if it is safe; those that need an eye say
// so.
func (v *versions) quickFixes(f diag.Finding) []protocol.CodeAction {
	var out []protocol.CodeAction
	for _, x := range f.Fixes {
		if !fix.AlsoUnsafe.Allows(x.Safety) || !v.parsesAfter(f, x) {
			continue
		}
		edit := v.workspaceEdit(x.Edits)
		if edit == nil {
			continue
		}
		title := x.Title
		if x.Safety != diag.Safe {
			title += " (unsafe)"
		}
		out = append(out, protocol.CodeAction{
			Title: title, Kind: protocol.QuickFix, Diagnostics: v.diagnostics([]diag.Finding{f}),
			IsPreferred: x.Safety == diag.Safe && len(out) == 0 && v.client.PreferredActions, Edit: edit,
		})
	}
	return out
}

// workspaceEdit presents edits, whose empty file is the snapshot's document. It is nil where a file to
// change cannot be read.
func (p *snapshot) workspaceEdit(edits []diag.Edit) *protocol.WorkspaceEdit {
	out := &protocol.WorkspaceEdit{}
	if !p.client.DocumentChanges {
		out.Changes = map[protocol.DocumentURI][]protocol.TextEdit{}
	}
	byFile := map[string][]protocol.TextEdit{}
	places := map[string]place{}
	var files []string
	for _, e := range edits {
		path := cmp.Or(e.File, p.doc.path)
		to := p.place(path, places)
		if to.at == nil {
			return nil
		}
		if byFile[path] == nil {
			files = append(files, path)
		}
		byFile[path] = append(byFile[path], protocol.TextEdit{Range: to.at.rangeOf(e.Span), NewText: e.Text})
	}
	for _, path := range files {
		id := protocol.VersionedTextDocumentIdentifier{URI: protocol.URIOf(path)}
		if _, doc := p.text(path); doc != nil {
			id.URI, id.Version = doc.uri, doc.version
		}
		if p.client.DocumentChanges {
			changed := protocol.TextDocumentEdit{TextDocument: id}
			for _, e := range byFile[path] {
				changed.Edits = append(changed.Edits, protocol.AnnotatedTextEdit{TextEdit: e})
			}
			out.DocumentChanges = append(out.DocumentChanges, changed)
		} else {
			out.Changes[id.URI] = byFile[path]
		}
	}
	return out
}

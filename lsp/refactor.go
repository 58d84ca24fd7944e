package lsp

import (
	"context"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/refactor"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// refactorKinds are the kinds of actions for the kinds of changes.
var refactorKinds = [...]protocol.CodeActionKind{
	refactor.Rewrite: protocol.RefactorRewrite, refactor.Extract: protocol.RefactorExtract,
	refactor.Inline: protocol.RefactorInline, refactor.OrganizeImports: protocol.OrganizeImports,
}

// refactorings are the changes of the code in a range that keep what it means.
func (q *query) refactorings(ctx context.Context, params *protocol.CodeActionParams) ([]protocol.CodeAction, error) {
	at, ok := q.spanOf(params.Range)
	asked := slices.ContainsFunc(refactorKinds[:], func(kind protocol.CodeActionKind) bool { return wanted(params.Context.Only, kind) })
	if !asked || !ok || q.sparing || !q.doc.isNix() {
		return nil, nil
	}
	if err := acquire(ctx, q.asking); err != nil {
		return nil, err
	}
	defer release(q.asking)
	f := q.files().File(q.doc.path)
	if f == nil {
		return nil, nil
	}
	code := &refactor.File{Path: q.doc.path, Tree: f.Tree(), Names: f.Names(), Modules: f.Modules}
	if q.client.CreatesFiles && q.client.DocumentChanges && q.doc.onDisk {
		code.Exists = func(path string) bool {
			_, err := q.fs.Lstat(path)
			return err == nil
		}
	}
	v := newVersions(q.snapshot)
	var out []protocol.CodeAction
	for _, c := range code.At(at) {
		if ctx.Err() != nil || !wanted(params.Context.Only, refactorKinds[c.Kind]) {
			continue
		}
		if !v.parsesAfter(diag.Finding{File: q.doc.path}, diag.Fix{Edits: c.Edits}) {
			continue
		}
		edit := q.workspaceEdit(c.Edits)
		if edit == nil {
			continue
		}
		if c.New != nil {
			create(edit, c.New)
		}
		out = append(out, protocol.CodeAction{Title: c.Title, Kind: refactorKinds[c.Kind], Edit: edit})
	}
	v.close()
	return out, ctx.Err()
}

// create has an edit create a file with a text.
func create(edit *protocol.WorkspaceEdit, f *refactor.NewFile) {
	uri := protocol.URIOf(f.Path)
	written := protocol.TextDocumentEdit{TextDocument: protocol.VersionedTextDocumentIdentifier{URI: uri}}
	written.Edits = []protocol.AnnotatedTextEdit{{TextEdit: protocol.TextEdit{NewText: f.Text}}}
	edit.DocumentChanges = append([]protocol.DocumentChange{protocol.CreateFile{Kind: "create", URI: uri}, written}, edit.DocumentChanges...)
}

package lsp

import (
	"context"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// prepareRename says which name would be renamed.
func prepareRename(ctx context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	name, at, err := r.Renamable(ctx, r.offset(params.Position))
	if err != nil {
		return nil, protocol.Errorf(protocol.CodeRequestFailed, "%v", err)
	}
	return protocol.PrepareRenameResult{Range: r.here().rangeOf(at), Placeholder: name}, nil
}

// rename gives a name another one, wherever it stands.
func rename(ctx context.Context, r *reader, params *protocol.RenameParams) (any, error) {
	renaming, err := r.Rename(ctx, r.offset(params.Position), params.NewName)
	if err != nil {
		return nil, protocol.Errorf(protocol.CodeRequestFailed, "%v", err)
	}
	edit := r.workspaceEdit(renaming.Edits)
	if edit != nil && r.client.Annotations {
		r.annotate(edit, renaming.Doubt)
	}
	return edit, nil
}

// elsewhere names the annotation of edits in other files than the one that the client spoke of.
const elsewhere = "elsewhere"

// annotate marks the edits of other files, which the client asks for where there is a doubt.
func (p *snapshot) annotate(edit *protocol.WorkspaceEdit, doubt string) {
	for _, change := range edit.DocumentChanges {
		changed, ok := change.(protocol.TextDocumentEdit)
		if !ok || changed.TextDocument.URI == p.doc.uri {
			continue
		}
		for i := range changed.Edits {
			changed.Edits[i].AnnotationID = elsewhere
		}
		edit.ChangeAnnotations = map[string]protocol.ChangeAnnotation{
			elsewhere: {Label: "in other files of the project", NeedsConfirmation: doubt != "", Description: doubt},
		}
	}
}

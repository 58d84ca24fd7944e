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
	edits, err := r.Rename(ctx, r.offset(params.Position), params.NewName)
	if err != nil {
		return nil, protocol.Errorf(protocol.CodeRequestFailed, "%v", err)
	}
	return r.workspaceEdit(edits), nil
}

package lsp

import (
	"context"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// willRenameFiles has the paths in Nix files follow what is about to be renamed.
func willRenameFiles(s *Server, r *protocol.Request) (work, error) {
	var params protocol.RenameFilesParams
	if err := r.Decode(&params); err != nil {
		return nil, err
	}
	var moves []ide.Move
	for _, f := range params.Files {
		from, ok := protocol.PathOf(f.OldURI)
		to, ok2 := protocol.PathOf(f.NewURI)
		if ok && ok2 && from != to {
			moves = append(moves, ide.Move{From: from, To: to})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := s.everywhere()
	return func(ctx context.Context) (any, error) {
		if err := acquire(ctx, s.heavy); err != nil {
			return nil, err
		}
		defer release(s.heavy)
		var edits []diag.Edit
		seen := map[string]bool{}
		for _, m := range moves {
			view := ide.In(snap.checker.Snapshot(), filepath.Dir(m.From))
			if root := view.Root(); !seen[root] {
				seen[root] = true
				edits = append(edits, view.Moved(ctx, moves)...)
			}
		}
		if err := ctx.Err(); err != nil || len(edits) == 0 {
			return nil, err
		}
		return snap.workspaceEdit(edits), nil
	}, nil
}

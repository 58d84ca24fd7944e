package lsp

import (
	"context"
	"path/filepath"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// definitionAnywhere leads to where something is defined, from documents of Nix code, from lock files, and from those that run commands.
func definitionAnywhere(s *Server, r *protocol.Request) (work, error) {
	var params protocol.PositionParams
	if err := r.Decode(&params); err != nil {
		return nil, err
	}
	s.mu.Lock()
	o := s.open[key(params.Document())]
	nix := o == nil || o.doc.isNix() || !o.doc.onDisk || o.lost
	s.mu.Unlock()
	if nix {
		return reading(definition)(s, r)
	}
	return onOpen(func(s *Server, o *openDocument, params *protocol.PositionParams) work {
		snap := s.snapshot(o)
		return func(ctx context.Context) (any, error) {
			if err := acquire(ctx, s.heavy); err != nil {
				return nil, err
			}
			defer release(s.heavy)
			doc := snap.doc
			project := snap.checker.Snapshot()
			view := ide.In(project, filepath.Dir(doc.path))
			r := &reader{snap, view, map[string]place{}}
			at := r.offset(params.Position)
			var origin source.Span
			var to []ide.Location
			switch doc.kind {
			case workspace.FlakeLock:
				origin, to = ide.LockDefinition(project, doc.path, doc.text, at)
			case workspace.CI, workspace.Shell:
				origin, to = view.InstallableAt(doc.text, at)
			}
			return r.locations(r.client.DefinitionLinks, origin, to), nil
		}
	})(s, r)
}

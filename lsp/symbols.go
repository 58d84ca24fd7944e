package lsp

import (
	"context"
	"path/filepath"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/protocol"
)

var symbolKinds = [...]protocol.SymbolKind{
	ide.SymbolOther: protocol.SymbolVariable, ide.SymbolSet: protocol.SymbolObject, ide.SymbolFunction: protocol.SymbolFunction,
	ide.SymbolString: protocol.SymbolString, ide.SymbolNumber: protocol.SymbolNumber, ide.SymbolBoolean: protocol.SymbolBoolean,
	ide.SymbolList: protocol.SymbolArray, ide.SymbolNull: protocol.SymbolNull, ide.SymbolInherited: protocol.SymbolVariable,
	ide.SymbolFile: protocol.SymbolFile, ide.SymbolOption: protocol.SymbolProperty,
}

// documentSymbol lists the definitions of a document, as a tree where the client takes that.
func documentSymbol(_ context.Context, r *reader, _ *protocol.DocumentParams) (any, error) {
	at := r.here()
	if r.client.SymbolTree {
		return symbolTree(at, r.Symbols()), nil
	}
	out := []protocol.SymbolInformation{}
	var add func(list []ide.Symbol, around string)
	add = func(list []ide.Symbol, around string) {
		for _, s := range list {
			out = append(out, protocol.SymbolInformation{
				Name: s.Name, Kind: symbolKinds[s.Kind], ContainerName: around, Location: protocol.Location{URI: r.doc.uri, Range: at.rangeOf(s.At)},
			})
			add(s.Below, s.Name)
		}
	}
	add(r.Symbols(), "")
	return out, nil
}

// symbolTree presents symbols. It is not nil.
func symbolTree(at *positions, list []ide.Symbol) []protocol.DocumentSymbol {
	out := make([]protocol.DocumentSymbol, 0, len(list))
	for _, s := range list {
		d := protocol.DocumentSymbol{Name: s.Name, Detail: s.Detail, Kind: symbolKinds[s.Kind], Range: at.rangeOf(s.Span), SelectionRange: at.rangeOf(s.At)}
		if len(s.Below) > 0 {
			d.Children = symbolTree(at, s.Below)
		}
		out = append(out, d)
	}
	return out
}

// everywhere takes the state for no document in particular. The lock is held.
func (s *Server) everywhere() *snapshot {
	return s.snapshot(&openDocument{doc: &document{encoding: s.encoding, lines: source.NewLineIndex("")}})
}

// workspaceSymbol looks for definitions in the projects of the folders that are open.
func workspaceSymbol(s *Server, r *protocol.Request) (work, error) {
	var params protocol.WorkspaceSymbolParams
	if err := r.Decode(&params); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	folders := s.folders
	if len(folders) == 0 {
		folders = []string{s.root()}
	}
	snap := s.everywhere()
	return func(ctx context.Context) (any, error) {
		if err := acquire(ctx, s.heavy); err != nil {
			return nil, err
		}
		defer release(s.heavy)
		out := []protocol.SymbolInformation{}
		seen := map[string]bool{}
		places := &reader{snapshot: snap, places: map[string]place{}}
		for _, dir := range folders {
			view := ide.In(snap.checker.Snapshot(), dir)
			if root := view.Root(); seen[root] {
				continue
			}
			seen[view.Root()] = true
			for _, f := range view.ProjectSymbols(ctx, params.Query) {
				at, ok := places.location(filepath.Clean(f.File), f.At)
				if ok {
					out = append(out, protocol.SymbolInformation{Name: f.Name, Kind: symbolKinds[f.Kind], ContainerName: f.Container, Location: at})
				}
			}
		}
		return out, ctx.Err()
	}, nil
}

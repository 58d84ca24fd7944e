package lsp

import (
	"context"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// prepareCalls lists the functions at a place, whose calls may be asked for.
func prepareCalls(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	var out []protocol.CallHierarchyItem
	for _, f := range r.FunctionsAt(r.offset(params.Position)) {
		if item, ok := r.item(f); ok {
			out = append(out, item)
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

// item presents a function; ok is false where its file cannot be read.
func (r *reader) item(f ide.Function) (item protocol.CallHierarchyItem, ok bool) {
	to := r.place(f.File, r.places)
	if to.at == nil {
		return item, false
	}
	item = protocol.CallHierarchyItem{
		Name: f.Name, Kind: protocol.SymbolFunction, Detail: f.Detail, URI: to.uri, Range: to.at.rangeOf(f.Span), SelectionRange: to.at.rangeOf(f.At),
	}
	if f.Detail == "" {
		item.Kind = protocol.SymbolVariable
	}
	return item, true
}

// onItem makes a request method of a function over the file of an item, which need not be open.
func onItem(run func(ctx context.Context, r *reader, offset uint32) (any, error)) func(*Server, *protocol.Request) (work, error) {
	return func(s *Server, r *protocol.Request) (work, error) {
		var params protocol.CallHierarchyParams
		if err := r.Decode(&params); err != nil {
			return nil, err
		}
		item := params.Item
		s.mu.Lock()
		defer s.mu.Unlock()
		o := s.open[key(item.URI)]
		if o == nil {
			path, ok := protocol.PathOf(item.URI)
			if !ok {
				return nil, protocol.Errorf(protocol.CodeInvalidParams, "%s is not open", item.URI)
			}
			o = &openDocument{doc: &document{uri: item.URI, path: path, onDisk: true, encoding: s.encoding, lines: source.NewLineIndex("")}}
		}
		snap := s.snapshot(o)
		return func(ctx context.Context) (any, error) {
			if err := acquire(ctx, s.heavy); err != nil {
				return nil, err
			}
			defer release(s.heavy)
			view := snap.view()
			if view == nil {
				return nil, nil
			}
			if snap.docs[snap.doc.path] != snap.doc && snap.doc.onDisk {
				snap = snap.with(view.Text())
			}
			r := &reader{snap, view, map[string]place{}}
			return run(ctx, r, r.offset(item.SelectionRange.Start))
		}, nil
	}
}

// incomingCalls lists what calls a function.
func incomingCalls(ctx context.Context, r *reader, offset uint32) (any, error) {
	out := []protocol.CallHierarchyIncomingCall{}
	for _, c := range r.Callers(ctx, offset) {
		if item, ok := r.item(c.Function); ok {
			out = append(out, protocol.CallHierarchyIncomingCall{From: item, FromRanges: r.rangesIn(c.File, c.Places)})
		}
	}
	return out, ctx.Err()
}

// outgoingCalls lists what a function calls.
func outgoingCalls(ctx context.Context, r *reader, offset uint32) (any, error) {
	out := []protocol.CallHierarchyOutgoingCall{}
	for _, c := range r.Callees(ctx, offset) {
		if item, ok := r.item(c.Function); ok {
			out = append(out, protocol.CallHierarchyOutgoingCall{To: item, FromRanges: r.rangesIn(r.doc.path, c.Places)})
		}
	}
	return out, ctx.Err()
}

// rangesIn presents places in a file. It is not nil.
func (r *reader) rangesIn(file string, spans []source.Span) []protocol.Range {
	out := []protocol.Range{}
	for _, s := range spans {
		if at, ok := r.location(file, s); ok {
			out = append(out, at.Range)
		}
	}
	return out
}

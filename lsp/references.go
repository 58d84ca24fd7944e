package lsp

import (
	"context"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// references lists the places that name what stands at a place.
func references(ctx context.Context, r *reader, params *protocol.ReferenceParams) (any, error) {
	out := []protocol.Location{}
	for _, u := range r.References(ctx, r.offset(params.Position)) {
		if u.Defines && !params.Context.IncludeDeclaration {
			continue
		}
		if at, ok := r.location(u.File, u.Span); ok {
			out = append(out, at)
		}
	}
	return out, ctx.Err()
}

// documentHighlight lists those of the document.
func documentHighlight(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	const read, write = 2, 3
	out := []protocol.DocumentHighlight{}
	at := r.here()
	for _, u := range r.Occurrences(r.offset(params.Position)) {
		kind := read
		if u.Defines {
			kind = write
		}
		out = append(out, protocol.DocumentHighlight{Range: at.rangeOf(u.Span), Kind: kind})
	}
	return out, nil
}

package lsp

import (
	"context"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// definition leads to where something is defined.
func definition(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	origin, to := r.Definition(r.offset(params.Position))
	return r.locations(r.client.DefinitionLinks, origin, to), nil
}

// declaration leads to where something is declared.
func declaration(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	origin, to := r.Declaration(r.offset(params.Position))
	return r.locations(r.client.DeclarationLinks, origin, to), nil
}

// locations presents places that a span of the document leads to, as links where the client takes those. It is not nil.
func (r *reader) locations(links bool, origin source.Span, to []ide.Location) any {
	plain, linked := []protocol.Location{}, []protocol.LocationLink{}
	for _, l := range to {
		name, ok := r.location(l.File, l.Name)
		if !ok {
			continue
		}
		plain = append(plain, name)
		whole, _ := r.location(l.File, l.Span)
		if !l.Span.Covers(l.Name) {
			whole = name
		}
		linked = append(linked, protocol.LocationLink{
			OriginSelectionRange: r.here().rangeOf(origin), TargetURI: name.URI, TargetRange: whole.Range, TargetSelectionRange: name.Range,
		})
	}
	if links {
		return linked
	}
	return plain
}

package lsp

import (
	"context"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// implementation leads to where an option is defined.
func implementation(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	origin, to := r.Implementation(r.offset(params.Position))
	if to == nil {
		return nil, nil
	}
	return r.locations(r.client.ImplementationLinks, origin, to), nil
}

// typeDefinition leads to the type of an option.
func typeDefinition(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	origin, to := r.TypeDefinition(r.offset(params.Position))
	if to == nil {
		return nil, nil
	}
	return r.locations(r.client.TypeDefinitionLinks, origin, to), nil
}

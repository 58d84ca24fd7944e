package lsp

import (
	"context"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// selectionRange lists what may be selected around places.
func selectionRange(_ context.Context, r *reader, params *protocol.SelectionRangeParams) (any, error) {
	out := []*protocol.SelectionRange{}
	for _, p := range params.Positions {
		var around *protocol.SelectionRange
		spans, at := r.Selections(r.offset(p)), r.here()
		for i := len(spans) - 1; i >= 0; i-- {
			around = &protocol.SelectionRange{Range: at.rangeOf(spans[i]), Parent: around}
		}
		out = append(out, around)
	}
	return out, nil
}

// namePattern is how names are written, for clients that change several at once.
const namePattern = "[a-zA-Z_][a-zA-Z0-9_'-]*"

// linkedEditing lists the places that change together with the name at a place.
func linkedEditing(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	result, at := protocol.LinkedEditingRanges{WordPattern: namePattern}, r.here()
	for _, s := range r.Linked(r.offset(params.Position)) {
		result.Ranges = append(result.Ranges, at.rangeOf(s))
	}
	if result.Ranges == nil {
		return nil, nil
	}
	return result, nil
}

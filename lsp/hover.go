package lsp

import (
	"context"
	"time"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// hover tells what stands at a place.
func hover(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	h, ok := r.Hover(r.offset(params.Position), time.Now())
	if !ok {
		return nil, nil
	}
	return protocol.Hover{Contents: markup(r.client.HoverMarkdown, h.Text), Range: r.here().rangeOf(h.Span)}, nil
}

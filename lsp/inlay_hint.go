package lsp

import (
	"context"
	"time"

	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// inlayHint tells what does not stand in a part of a document, as far as the client wants it.
func inlayHint(s *Server, r *protocol.Request) (work, error) {
	return reading(func(_ context.Context, r *reader, params *protocol.RangeParams) (any, error) {
		s.mu.Lock()
		wanted := s.hints()
		s.mu.Unlock()
		out, at := []protocol.InlayHint{}, r.here()
		for _, h := range r.HintsIn(span(r.doc.lines, r.doc.encoding, params.Range), wanted, time.Now()) {
			hint := protocol.InlayHint{Position: at.of(h.At), Label: h.Text, PaddingLeft: !h.Before, PaddingRight: h.Kind == ide.HintDefault}
			if h.Kind == ide.HintDefault {
				hint.Kind = protocol.InlayParameter
			}
			out = append(out, hint)
		}
		return out, nil
	})(s, r)
}

package lsp

import (
	"context"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// documentLink lists what leads elsewhere in a document.
func documentLink(_ context.Context, r *reader, _ *protocol.DocumentParams) (any, error) {
	out, at := []protocol.DocumentLink{}, r.here()
	for _, l := range r.Links() {
		link := protocol.DocumentLink{Range: at.rangeOf(l.Span), Target: protocol.DocumentURI(l.URL)}
		if l.File != "" {
			link.Target = r.uriOf(l.File)
		}
		if r.client.LinkTooltips && l.File == "" {
			link.Tooltip = l.URL
		}
		out = append(out, link)
	}
	return out, nil
}

// uriOf returns the URI of a file, as the client spells it where it is open.
func (p *snapshot) uriOf(path string) protocol.DocumentURI {
	if d := p.docs[path]; d != nil && d.onDisk {
		return d.uri
	}
	return protocol.URIOf(path)
}

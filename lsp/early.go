package lsp

import (
	"bytes"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
)

// early returns what publishes something of a large document, which was checked before an edit, before all rules have looked at all of it;
// nil where nothing is.
func (s *Server) early(o *openDocument, snap *snapshot) *engine.Early {
	s.mu.Lock()
	defer s.mu.Unlock()
	doc := snap.doc
	if before := o.shown.in; before == "" || before == doc.text || o.doc != doc || len(doc.text) < s.opts.Large || s.pulling {
		return nil
	}
	cut := o.latest != nil && o.latest.cut
	e := difference(o.shown.in, doc.text)
	changed := e.span
	changed.End = changed.Start + uint32(len(e.text))
	return &engine.Early{Before: o.shown.findings, Changed: changed, Show: func(kept, found []diag.Finding) {
		s.publishEarly(o, &result{snap: snap, findings: and(diag.Sort(kept), snap.inPlace(found)), cut: cut})
	}}
}

// publishEarly sends what is known of a state of a document so far, unless there is a newer one. Nothing else rests on it.
func (s *Server) publishEarly(o *openDocument, found *result) {
	message, err := found.message()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || o.closed || o.lost || s.pulling || o.doc != found.snap.doc || bytes.Equal(message, o.published) {
		return
	}
	o.published = message
	s.conn.Send(message)
}

package lsp

import (
	"context"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// documentDiagnostic answers with the findings in a document, as publishing does. A client that said that it asks for diagnostics
// is told of them on request only, once it has asked.
func documentDiagnostic(s *Server, r *protocol.Request) (work, error) {
	var params protocol.DocumentDiagnosticParams
	if err := r.Decode(&params); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.startPulling()
	o := s.open[key(params.Document())]
	closed := s.closedDocument(params.Document())
	s.mu.Unlock()
	if o == nil {
		return func(ctx context.Context) (any, error) {
			items, err := s.checkClosed(ctx, closed)
			if err != nil {
				return nil, err
			}
			return protocol.Report(items, params.PreviousResultID)
		}, nil
	}
	return func(ctx context.Context) (any, error) {
		q, err := s.await(ctx, o, true)
		if err != nil {
			return nil, err
		}
		items := []protocol.Diagnostic{}
		if q != nil {
			items = q.found.snap.diagnostics(shown(q.found))
			s.mu.Lock()
			o.pulled = q.found
			s.mu.Unlock()
		}
		return protocol.Report(items, params.PreviousResultID)
	}, nil
}

// startPulling stops publishing for a client that asks for diagnostics. The lock is held.
func (s *Server) startPulling() {
	if s.pulling || !s.client.PullsDiagnostics {
		return
	}
	s.pulling = true
	for _, o := range s.open {
		if o.published != nil {
			s.clear(o.doc.uri)
		}
	}
}

// closedDocument returns the state for a document that is not open, as it lies on disk; nil where it lies on none. The lock is held.
func (s *Server) closedDocument(uri protocol.DocumentURI) *snapshot {
	if _, ok := protocol.PathOf(uri); !ok {
		return nil
	}
	doc := newDocument(protocol.TextDocumentItem{URI: uri}, s.root(), s.encoding)
	return s.snapshot(&openDocument{doc: doc})
}

// checkClosed returns the diagnostics of a document that is not open; none where it cannot be read. The result is not nil.
func (s *Server) checkClosed(ctx context.Context, p *snapshot) ([]protocol.Diagnostic, error) {
	if p == nil {
		return []protocol.Diagnostic{}, nil
	}
	text, err := p.fs.ReadFile(p.doc.path)
	if err != nil {
		return []protocol.Diagnostic{}, nil
	}
	p.doc.setText(string(text))
	if err := acquire(ctx, s.heavy); err != nil {
		return nil, err
	}
	defer release(s.heavy)
	if p.doc.flakeDir() != "" {
		if err := p.checkFlake(ctx); err != nil {
			return nil, err
		}
	}
	found, err := p.check(ctx, maxPublished)
	if err != nil {
		return nil, err
	}
	return p.diagnostics(shown(found)), nil
}

// refresh has the client ask for diagnostics again, since some have changed that it did not ask about by an edit. The lock is held.
func (s *Server) refresh() {
	if s.refreshing || !s.client.RefreshesDiagnostics {
		return
	}
	s.refreshing = true
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), s.opts.Idle+refreshTimeout)
		defer cancel()
		err := s.conn.Call(ctx, "workspace/diagnostic/refresh", nil, nil)
		if err != nil {
			s.log.Printf("the client does not refresh diagnostics: %v", err)
		}
		s.mu.Lock()
		s.refreshing = false
		s.mu.Unlock()
	}()
}

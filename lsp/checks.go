package lsp

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// openDocument is a document that is open, and what became of its checks.
//
// A document is checked as soon as it changes. While a check runs, further changes start none: it is
// cancelled, and the newest state is checked when it is gone. So a fast typist makes no queue, and waits
// for no timer. The rules of a flake look at more than the document; they wait until it is left alone, and
// their findings move along with the edits till then.
type openDocument struct {
	doc *document

	checking bool
	cancel   context.CancelFunc // of the check that runs
	stale    bool               // the last check does not count any more
	flake    bool               // the flake's rules are to run, too
	ofFlake  []diag.Finding
	idle     *time.Timer
	closed   bool
	around   string // what Server.around said at the last look; "" before the first check

	published   protocol.Message
	publishedAt time.Time
	serial, era int // of the state that was published
}

// starving is how long after the last diagnostics a check may still be cancelled by a newer state. Behind
// that it ends, so that someone who types without a pause sees something.
const starving = 500 * time.Millisecond

// schedule has a document checked. The lock is held.
func (s *Server) schedule(o *openDocument, flake bool) {
	o.stale = true
	o.flake = o.flake || flake && o.doc.flakeDir() != ""
	if o.checking {
		if time.Since(o.publishedAt) < starving {
			o.cancel()
		}
		return
	}
	o.checking = true
	s.begin()
	go s.check(o)
}

// check checks a document until its newest state is checked.
func (s *Server) check(o *openDocument) {
	defer s.done()
	for {
		s.mu.Lock()
		if o.closed || !o.stale {
			o.checking = false
			s.mu.Unlock()
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		o.cancel, o.stale = cancel, false
		flake := o.flake
		o.flake = false
		snap := s.snapshot(o)
		first := o.around == ""
		s.mu.Unlock()

		err := s.contained("the check of "+snap.doc.path, func() error {
			if err := s.acquire(ctx); err != nil {
				return err
			}
			defer s.release()
			if first {
				return s.firstCheck(ctx, o, snap)
			}
			return s.checkOnce(ctx, o, snap, flake)
		})
		if err != nil {
			s.mu.Lock()
			o.flake = o.flake || flake
			s.mu.Unlock()
			if !errors.Is(err, context.Canceled) {
				s.log.Print(err)
			}
		}
		cancel()
	}
}

// firstCheck checks a document that was opened.
func (s *Server) firstCheck(ctx context.Context, o *openDocument, snap *snapshot) error {
	around := s.around(snap.engine, snap.doc)
	err := s.checkOnce(ctx, o, snap, snap.doc.flakeDir() != "")
	s.mu.Lock()
	if o.around == "" {
		o.around = around
	}
	s.mu.Unlock()
	return errors.Join(err, s.publishConfig())
}

// checkOnce checks one state of a document and publishes what is found.
func (s *Server) checkOnce(ctx context.Context, o *openDocument, snap *snapshot, flake bool) error {
	if flake {
		if err := snap.checkFlake(ctx); err != nil {
			return err
		}
	}
	findings, err := snap.check(ctx)
	if err != nil {
		return err
	}
	message, err := publication(snap.doc, snap.diagnostics(shown(findings)))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if flake && o.doc.serial == snap.doc.serial && snap.era >= s.era {
		o.ofFlake = snap.ofFlake
	}
	s.publish(o, snap, message)
	return nil
}

// checkFlake runs the rules of the document's flake.
func (p *snapshot) checkFlake(ctx context.Context) error {
	p.engine.ForgetFlake(p.doc.flakeDir())
	checked, err := p.engine.CheckFlake(ctx, p.doc.flakeDir())
	if err != nil {
		return err
	}
	p.report(checked.Errors)
	p.ofFlake = nil
	for _, f := range checked.Findings {
		if f.File == p.doc.path {
			p.ofFlake = append(p.ofFlake, f)
		}
	}
	return nil
}

// publication makes the message that publishes diagnostics, which must not be nil.
func publication(doc *document, found []protocol.Diagnostic) (protocol.Message, error) {
	return protocol.EncodeNotification("textDocument/publishDiagnostics", protocol.PublishDiagnosticsParams{
		URI: doc.uri, Version: doc.version, Diagnostics: found,
	})
}

// publish sends what was found in a state of a document, unless something newer was sent or the same. The
// lock is held, so that messages leave in this order.
func (s *Server) publish(o *openDocument, snap *snapshot, message protocol.Message) {
	serial := snap.doc.serial
	if o.closed || serial < o.serial || serial == o.serial && snap.era < o.era {
		return
	}
	o.publishedAt, o.serial, o.era = time.Now(), serial, snap.era
	if bytes.Equal(message, o.published) {
		return
	}
	o.published = message
	s.conn.Send(message)
}

// whenIdle has the rules of a document's flake run when the document was left alone for a while, and looks
// then whether something around it changed. The lock is held.
func (s *Server) whenIdle(o *openDocument) {
	if o.idle != nil {
		o.idle.Stop()
	}
	o.idle = time.AfterFunc(s.opts.Idle, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if o.closed {
			return
		}
		if o.doc.flakeDir() != "" {
			s.schedule(o, true)
		}
		go s.lookAround(o)
	})
}

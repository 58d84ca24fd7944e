package lsp

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// openDocument is a document that is open, and what became of its checks.
//
// A document is checked as soon as it changes. While a check runs, further changes start none: it is
// cancelled, and the newest state is checked when it is gone. So a fast typist makes no queue, and waits
// for no timer. What other files of the project decide follows beside the next check (askOthers), and what evaluating them tells,
// and the rules of a flake, when the document is left alone. What they found moves along with the edits till then.
type openDocument struct {
	doc *document

	checking bool
	cancel   context.CancelFunc // of the check that runs
	stale    bool               // the last check does not count any more
	// answering is set while other files are asked; owed, where a newer state waits for the end of that.
	answering, owed bool
	hush            context.CancelFunc // ends the asking
	decided         carried            // what they decided last
	flake           bool               // the flake's rules are to run, too
	ofFlake         carried
	// flakeDeps is what ofFlake depends on.
	flakeDeps *engine.Deps
	// whole is set where the next check is to evaluate other files, too: a check of a newer state never is, and what such
	// a check found besides moves along till the next one.
	whole    bool
	crossing carried
	idle     *time.Timer
	opened   bool // the first check is done
	closed   bool

	// lost says that the text is not what the client has, toldLost that it was told.
	lost, toldLost bool
	// others are the other URIs under which the client has the document open.
	others []protocol.DocumentURI

	// shown is all that was found last, which moves along with the edits.
	shown carried

	settled *engine.Checker // with which latest, and ofFlake, hold
	latest  *result         // of the newest state that was checked
	waiting chan struct{}   // closed when latest changes, or what it is waited for; nil where nobody waits

	tokens      sentTokens
	pulled      *result // that the client asked for last
	published   protocol.Message
	publishedAt time.Time
}

// result is what a check found in one state of a document.
type result struct {
	snap     *snapshot
	findings []diag.Finding
	deps     *engine.Deps   // what findings depend on beside the text; nil for nothing
	cut      bool           // there may be more
	own      []diag.Finding // those of findings that did not move along from earlier states
	// rest is set where other files of the project are still to decide; of what is whole, decided is what they did.
	rest    *engine.Rest
	decided []diag.Finding
	held    bool  // the check still has what it read of the document
	more    bool  // evaluating other files may tell more
	err     error // why there are none
}

// starving is how long after the last diagnostics a check may still be cancelled by a newer state. Behind
// that it ends, so that someone who types without a pause sees something.
const starving = 500 * time.Millisecond

// schedule has a document checked. The lock is held.
func (s *Server) schedule(o *openDocument, flake bool) {
	if o.lost {
		return
	}
	o.stale, o.whole = true, false
	o.flake = o.flake || flake && o.doc.flakeDir() != ""
	if o.answering {
		o.hush()
	}
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
		if o.closed || o.lost || !o.stale {
			o.checking = false
			settling := !o.answering
			s.mu.Unlock()
			if settling {
				s.settle()
			}
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		o.cancel, o.stale = cancel, false
		flake := o.flake
		o.flake = false
		snap := s.snapshot(o)
		snap.alone, o.whole = !o.whole, false
		first := !o.opened
		s.mu.Unlock()

		err := s.contained("the check of "+snap.doc.path, func() error {
			if err := acquire(ctx, s.cpu); err != nil {
				return err
			}
			defer release(s.cpu)
			if first {
				return s.firstCheck(ctx, o, snap)
			}
			return s.checkOnce(ctx, o, snap, flake)
		})
		if err != nil {
			s.mu.Lock()
			o.flake = o.flake || flake
			if !errors.Is(err, context.Canceled) {
				s.log.Print(err)
				o.take(&result{snap: snap, err: err})
			}
			s.mu.Unlock()
		}
		cancel()
	}
}

// firstCheck checks a document that was opened.
func (s *Server) firstCheck(ctx context.Context, o *openDocument, snap *snapshot) error {
	s.noteIndex(snap.checker, snap.doc)
	err := s.checkOnce(ctx, o, snap, snap.doc.flakeDir() != "")
	s.mu.Lock()
	o.opened = true
	s.mu.Unlock()
	return errors.Join(err, s.publishConfig())
}

// checkOnce checks one state of a document, publishes what is found without other files of the project, and has these asked.
func (s *Server) checkOnce(ctx context.Context, o *openDocument, snap *snapshot, flake bool) error {
	if flake {
		if err := s.showFirst(ctx, o, snap); err != nil {
			return err
		}
		if err := snap.checkFlake(ctx); err != nil {
			return err
		}
	}
	found, err := snap.first(ctx, maxPublished, s.early(o, snap))
	if err != nil {
		return err
	}
	if found.rest == nil {
		return s.conclude(o, found, flake)
	}
	if err := s.show(o, found); err != nil {
		return err
	}
	s.read(o, found)
	s.askOthers(o, found, flake)
	return nil
}

// read ends the time in which a check keeps what it read of a document.
func (s *Server) read(o *openDocument, found *result) {
	if found.rest == nil {
		return
	}
	found.rest.Read()
	s.mu.Lock()
	defer s.mu.Unlock()
	found.held = false
	o.tellWaiting()
}

// showFirst publishes what is found in a state of which nothing is known without the rules of its flake.
func (s *Server) showFirst(ctx context.Context, o *openDocument, snap *snapshot) error {
	s.mu.Lock()
	known := o.latest != nil && o.latest.snap.doc == snap.doc
	s.mu.Unlock()
	if known {
		return nil
	}
	early := *snap
	early.early = true
	found, err := early.first(ctx, maxPublished, nil)
	if err != nil {
		return err
	}
	defer s.read(o, found)
	return s.show(o, found)
}

// show publishes what is found in a state of a document so far, unless all of it is published already.
func (s *Server) show(o *openDocument, found *result) error {
	message, err := found.message()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := o.latest; last == nil || !last.isWhole() || last.snap.doc != found.snap.doc {
		s.publish(o, found, message)
	}
	return nil
}

// isWhole reports whether nothing is still to come but what evaluating other files tells.
func (r *result) isWhole() bool { return r.rest == nil && !r.snap.early }

// message is what publishes a result.
func (r *result) message() (protocol.Message, error) {
	params := protocol.PublishDiagnosticsParams{URI: r.snap.doc.uri, Diagnostics: r.snap.diagnostics(shown(r))}
	if r.snap.client.DiagnosticVersion {
		params.Version = r.snap.doc.version
	}
	return publication(params)
}

// askOthers finds what other files of the project decide about a state of a document. Asking them may take long, and cannot be called off
// at once; so the next check does not wait for that, but what it has to ask does.
func (s *Server) askOthers(o *openDocument, found *result, flake bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case o.closed || o.lost || o.stale:
		o.flake = o.flake || flake
		return
	case o.answering:
		o.owed, o.flake = true, o.flake || flake
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.answering, o.hush = true, cancel
	s.begin()
	go func() {
		defer s.done()
		defer cancel()
		err := s.contained("the check of "+found.snap.doc.path, func() error {
			if err := acquire(ctx, s.deciding); err != nil {
				return err
			}
			defer release(s.deciding)
			defer s.showReading()()
			all, err := found.all(ctx)
			if err != nil {
				return err
			}
			s.mu.Lock()
			s.projectRead = true
			s.mu.Unlock()
			return s.conclude(o, all, flake)
		})
		s.mu.Lock()
		o.answering = false
		if err != nil {
			o.flake = o.flake || flake
			if !errors.Is(err, context.Canceled) {
				s.log.Print(err)
				o.take(&result{snap: found.snap, err: err})
			}
		}
		if o.owed && !o.closed {
			s.schedule(o, false)
		}
		o.owed = false
		settling := !o.checking
		s.mu.Unlock()
		if settling {
			s.settle()
		}
	}()
}

// conclude publishes all that is found in a state of a document.
func (s *Server) conclude(o *openDocument, found *result, flake bool) error {
	message, err := found.message()
	if err != nil {
		return err
	}
	snap := found.snap
	s.mu.Lock()
	defer s.mu.Unlock()
	if flake && o.doc.serial == snap.doc.serial {
		o.ofFlake, o.flakeDeps, o.settled = snap.ofFlake, snap.flakeDeps, nil
	}
	before := o.latest
	s.publish(o, found, message)
	if o.latest == found {
		s.follow(o, before)
	}
	if o.latest != nil && o.latest.snap.flakeDeps != o.flakeDeps {
		s.schedule(o, false) // what counts was found beside other findings of the flake than those that hold
	}
	return nil
}

// follow has a state checked again with what other files say, if that may tell more, and notes what it told. before is the
// result before the latest. The lock is held.
func (s *Server) follow(o *openDocument, before *result) {
	found := o.latest
	if o.doc.serial == found.snap.doc.serial {
		o.decided = carried{found.decided, found.snap.doc.text}
	}
	switch {
	case found.more: // when the document is left alone for a while: that cannot be called off at once
		time.AfterFunc(s.opts.Idle, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if !o.closed && !o.checking && o.latest == found {
				s.schedule(o, false)
				o.whole = true
			}
		})
	case found.snap.alone:
		o.crossing = carried{}
	case before != nil && before.more && before.snap.doc.serial == found.snap.doc.serial && o.doc.serial == found.snap.doc.serial:
		o.crossing = carried{without(found.findings, before.own), found.snap.doc.text}
	}
}

// without returns the findings of a list that another one has not.
func without(list, other []diag.Finding) (rest []diag.Finding) {
	for _, f := range list {
		if !slices.ContainsFunc(other, func(g diag.Finding) bool { return saysSame(&f, &g) }) {
			rest = append(rest, f)
		}
	}
	return rest
}

// saysSame reports whether two findings in one text say the same.
func saysSame(f, g *diag.Finding) bool {
	return f.Rule == g.Rule && f.File == g.File && f.Span == g.Span && f.Message == g.Message
}

// checkFlake runs the rules of the document's flake.
func (p *snapshot) checkFlake(ctx context.Context) error {
	checked, err := p.checker.CheckFlake(ctx, p.doc.flakeDir(), maxPublished)
	if err != nil {
		return err
	}
	p.report(checked.Errors)
	p.ofFlake, p.flakeDeps = carried{in: p.doc.text}, checked.Deps
	for _, f := range checked.Findings {
		if f.File == p.doc.path {
			p.ofFlake.findings = append(p.ofFlake.findings, f)
		}
	}
	return nil
}

// publication makes the message that publishes diagnostics.
func publication(params protocol.PublishDiagnosticsParams) (protocol.Message, error) {
	return protocol.EncodeNotification("textDocument/publishDiagnostics", params)
}

// take keeps the result of a state, unless there is a newer one. It reports whether it did. The lock is held.
func (o *openDocument) take(r *result) bool {
	if o.closed || o.lost {
		return false
	}
	if last := o.latest; last != nil {
		old, serial := last.snap.doc.serial, r.snap.doc.serial
		if serial < old || serial == old && r.snap.era < last.snap.era {
			return false
		}
	}
	o.latest, o.settled = r, nil
	o.tellWaiting()
	return true
}

// wait returns what is closed when there is another result. The lock is held.
func (o *openDocument) wait() <-chan struct{} {
	if o.waiting == nil {
		o.waiting = make(chan struct{})
	}
	return o.waiting
}

// tellWaiting has the requests that wait for a result look again. The lock is held.
func (o *openDocument) tellWaiting() {
	if o.waiting != nil {
		close(o.waiting)
		o.waiting = nil
	}
}

// publish sends what was found in a state of a document, unless something newer was sent or the same. The
// lock is held, so that messages leave in this order.
func (s *Server) publish(o *openDocument, found *result, message protocol.Message) {
	if !o.take(found) {
		return
	}
	o.publishedAt = time.Now()
	if o.doc.serial == found.snap.doc.serial {
		o.shown = carried{found.findings, found.snap.doc.text}
	}
	if bytes.Equal(message, o.published) {
		return
	}
	o.published = message
	if s.pulling {
		if o.pulled != nil && o.pulled.snap.doc.serial == found.snap.doc.serial {
			s.refresh() // nothing tells the client to ask again
		}
		return
	}
	s.conn.Send(message)
}

// whenIdle has the rules of a document's flake run when the document was left alone for a while. The lock is held.
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
	})
}

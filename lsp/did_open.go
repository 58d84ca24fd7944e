package lsp

import (
	"context"
	"slices"
	"unsafe"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// didOpen takes over a document from the disk.
func didOpen(s *Server, r *protocol.Request) error {
	params, wrong := protocol.DidOpen(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if params.TextDocument.Text == nil && params.TextDocument.URI == "" {
		return wrong
	}
	doc := newDocument(params.TextDocument, s.root(), s.encoding)
	s.serial++
	doc.serial = s.serial
	k := key(doc.uri)
	o := &openDocument{doc: doc}
	if before := s.open[k]; before != nil {
		before.close()
		o.others = before.spellings(doc.uri)
		if before.doc.uri != doc.uri {
			s.clear(before.doc.uri)
		}
	}
	s.open[k] = o
	_, err := s.disk.Lstat(doc.path)
	if params.TextDocument.Text == nil {
		s.lose(o, wrong)
		return nil
	}
	s.setBuffer(doc)
	if doc.onDisk && err != nil {
		s.renew() // a file that others may name is there
	}
	s.schedule(o, true)
	s.keepPolling()
	return wrong
}

// spellings are the URIs under which a document is open, but for one.
func (o *openDocument) spellings(but protocol.DocumentURI) []protocol.DocumentURI {
	var out []protocol.DocumentURI
	for _, uri := range append(slices.Clone(o.others), o.doc.uri) {
		if uri != but {
			out = append(out, uri)
		}
	}
	return out
}

// clear takes the diagnostics of a document away. The lock is held.
func (s *Server) clear(uri protocol.DocumentURI) {
	message, err := publication(protocol.PublishDiagnosticsParams{URI: uri, Diagnostics: []protocol.Diagnostic{}})
	if err != nil {
		s.log.Print(err)
		return
	}
	s.conn.Send(message)
	delete(s.unopenedSent, uri)
}

// setBuffer puts a document in front of its file. Configurations count when they are saved. The lock is
// held.
func (s *Server) setBuffer(doc *document) {
	if !doc.onDisk || doc.isConfig() {
		return
	}
	before := s.overlay
	s.overlay = s.overlay.Clone()
	s.overlay.Set(doc.path, unsafe.Slice(unsafe.StringData(doc.text), len(doc.text)))
	s.edit(doc.path, before)
}

// edit makes the checker that knows of another text of a document, which may have come or gone by that, given the
// documents before. The lock is held.
func (s *Server) edit(path string, before *workspace.Overlay) {
	_, was := before.Stat(path)
	_, is := s.overlay.Stat(path)
	s.checker = s.checker.Next(project.Change{FS: s.overlay, Files: []string{path}, Disk: (was == nil) != (is == nil)})
	s.turn()
	if s.renewal.running {
		s.edited = append(s.edited, path)
	}
}

// dropBuffer takes a document away from before its file. The lock is held.
func (s *Server) dropBuffer(doc *document) {
	before := s.overlay
	s.overlay = s.overlay.Clone()
	s.overlay.Delete(doc.path)
	s.edit(doc.path, before)
	text, err := s.disk.ReadFile(doc.path)
	if doc.onDisk && (err != nil || string(text) != doc.text) || doc.isConfig() {
		s.renew() // what was not saved is gone
	}
}

// close ends the checks of a document.
func (o *openDocument) close() {
	o.closed = true
	close(o.doc.gone)
	o.tellWaiting()
	o.callOff()
	if o.idle != nil {
		o.idle.Stop()
	}
}

// callOff ends what is done about a document.
func (o *openDocument) callOff() {
	for _, cancel := range []context.CancelFunc{o.cancel, o.hush} {
		if cancel != nil {
			cancel()
		}
	}
}

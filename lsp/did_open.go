package lsp

import (
	"unsafe"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// didOpen takes over a document from the disk.
func didOpen(s *Server, r *protocol.Request) error {
	var params protocol.DidOpenTextDocumentParams
	if err := r.Decode(&params); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	doc := newDocument(params.TextDocument, s.root, s.encoding)
	s.serial++
	doc.serial = s.serial
	k := key(doc.uri)
	if o := s.open[k]; o != nil {
		o.close()
	}
	o := &openDocument{doc: doc}
	s.open[k] = o
	_, err := s.disk.Lstat(doc.path)
	s.setBuffer(doc)
	if doc.onDisk && err != nil {
		s.renew() // a file that others may name is there
	}
	s.schedule(o, true)
	return nil
}

// setBuffer puts a document in front of its file. Configurations count when they are saved. The lock is
// held.
func (s *Server) setBuffer(doc *document) {
	if !doc.onDisk || doc.isConfig() {
		return
	}
	s.overlay.Set(doc.path, unsafe.Slice(unsafe.StringData(doc.text), len(doc.text)))
	if dir := doc.flakeDir(); dir != "" {
		s.engine.ForgetFlake(dir)
	}
}

// close ends the checks of a document.
func (o *openDocument) close() {
	o.closed = true
	if o.cancel != nil {
		o.cancel()
	}
	if o.idle != nil {
		o.idle.Stop()
	}
}

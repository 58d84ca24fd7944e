package lsp

import (
	"context"
	"time"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// reader is what a request that reads a document works on: the state of the document that the client spoke of, which need not be
// checked.
type reader struct {
	*snapshot
	*ide.View
	places map[string]place // files that were spoken of
}

// large is the size, in bytes, of documents whose checks such requests wait for: beside those they would take too much of the processors.
const large = 256 << 10

// reading makes a request method of a function over what stands in a document of Nix code. Its result is null for other documents,
// and for those whose text is not known.
func reading[P any, Q ofDocument[P]](run func(ctx context.Context, r *reader, params Q) (any, error)) func(*Server, *protocol.Request) (work, error) {
	return onOpen(func(s *Server, o *openDocument, params Q) work {
		if o.lost || !o.doc.isNix() {
			return func(context.Context) (any, error) { return nil, nil }
		}
		snap := s.snapshot(o)
		return func(ctx context.Context) (any, error) {
			if len(snap.doc.text) >= large {
				if err := s.calm(ctx, o); err != nil {
					return nil, err
				}
			}
			if err := acquire(ctx, s.asking); err != nil {
				return nil, err
			}
			defer release(s.asking)
			view := snap.view()
			if view == nil {
				return nil, nil
			}
			return run(ctx, &reader{snap, view, map[string]place{}}, params)
		}
	})
}

// calmStep is how often calm looks whether a check is done.
const calmStep = 5 * time.Millisecond

// calm waits until no check of a document runs.
func (s *Server) calm(ctx context.Context, o *openDocument) error {
	for {
		s.mu.Lock()
		busy := o.checking
		s.mu.Unlock()
		if !busy {
			return ctx.Err()
		}
		select {
		case <-time.After(calmStep):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// view returns what answers questions about the document; nil where it cannot be read.
func (p *snapshot) view() *ide.View {
	v := ide.Open(p.files(), p.doc.path)
	if v == nil {
		return nil
	}
	return v.With(p.around())
}

// files returns what the project is, with the document in it.
func (p *snapshot) files() *project.Snapshot {
	s := p.checker.Snapshot()
	if !p.doc.onDisk {
		fs := p.fs.Clone()
		fs.Set(p.doc.path, []byte(p.doc.text))
		s = s.Next(project.Change{FS: fs, Files: []string{p.doc.path}})
	}
	return s
}

// offset returns the place of a position in the document.
func (r *reader) offset(p protocol.Position) uint32 { return offset(r.doc.lines, r.doc.encoding, p) }

// here returns the positions of the document.
func (r *reader) here() *positions { return newPositions(r.doc.lines, r.doc.encoding) }

// location presents a place; ok is false where its file cannot be read.
func (r *reader) location(file string, span source.Span) (l protocol.Location, ok bool) {
	to := r.place(file, r.places)
	if to.at == nil {
		return l, false
	}
	return protocol.Location{URI: to.uri, Range: to.at.rangeOf(span)}, true
}

// markup returns Markdown as the client wants it.
func markup(markdown bool, text string) protocol.MarkupContent {
	if markdown {
		return protocol.MarkupContent{Kind: "markdown", Value: text}
	}
	return protocol.MarkupContent{Kind: "plaintext", Value: text}
}

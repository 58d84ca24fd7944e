package lsp

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// reader is what a request that reads a document works on: the state of the document that the client spoke of, which need not be
// checked.
type reader struct {
	*snapshot
	*ide.View
	places map[string]place // files that were spoken of
}

// Of documents of at least small bytes, requests take what the check of the version has read, if that comes within briefly: it costs less
// than reading them. Those of at least large bytes would take too much of the processors beside a check: requests wait for it, and
// end when another version comes.
const (
	small   = 16 << 10
	briefly = 30 * time.Millisecond
	large   = 256 << 10
)

// reading makes a request method of a function over what stands in a document of Nix code. Its result is null for other documents,
// and for those whose text is not known.
func reading[P any, Q ofDocument[P]](run func(ctx context.Context, r *reader, params Q) (any, error)) func(*Server, *protocol.Request) (work, error) {
	return onOpen(func(s *Server, o *openDocument, params Q) work {
		if o.lost || !o.doc.isNix() {
			return func(context.Context) (any, error) { return nil, nil }
		}
		snap := s.snapshot(o)
		read := func(ctx context.Context) (any, error) {
			if err := s.firstResult(ctx, o, snap.doc); err != nil {
				return nil, err
			}
			if err := acquire(ctx, s.asking); err != nil {
				return nil, err
			}
			defer release(s.asking)
			view := snap.view()
			if view == nil || ctx.Err() != nil {
				return nil, ctx.Err()
			}
			result, err := run(ctx, &reader{snap, view, map[string]place{}}, params)
			return result, cmp.Or(err, ctx.Err())
		}
		if len(snap.doc.text) < large {
			return read
		}
		return func(ctx context.Context) (any, error) {
			result, err := s.whileThere(ctx, snap.doc, read)
			if errors.Is(err, errGone) {
				err = protocol.Errorf(protocol.CodeContentModified, "%s has changed", snap.doc.uri)
			}
			return result, err
		}
	})
}

// firstResult waits until something was found in a state of a document, or will not be; not long, unless the document is large.
func (s *Server) firstResult(ctx context.Context, o *openDocument, doc *document) error {
	if len(doc.text) < small {
		return nil
	}
	var late <-chan time.Time
	if len(doc.text) < large {
		late = time.After(briefly)
	}
	for {
		s.mu.Lock()
		waiting := o.wait()
		changed := o.doc != doc
		there := o.closed || o.lost || changed || o.latest != nil && o.latest.snap.doc == doc && !o.latest.held
		s.mu.Unlock()
		if changed && len(doc.text) >= large {
			return errGone // before it is read for nothing
		}
		if there {
			return ctx.Err()
		}
		select {
		case <-waiting:
		case <-doc.gone:
		case <-late:
			return nil
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
	if len(p.doc.text) >= small {
		s.Parsed(p.doc.path, p.doc.text, func() (*ast.Tree, *sema.Info) { return engine.Parsed(p.doc.path, p.doc.text) })
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

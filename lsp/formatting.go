package lsp

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/nixsift/nixsift/ast/nixprint"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/formatter"
	"github.com/nixsift/nixsift/internal/patch"
	"github.com/nixsift/nixsift/lsp/protocol"
	"github.com/nixsift/nixsift/parser"
)

// formatting lays a document out by the program that the user names.
func formatting(s *Server, o *openDocument, _ *protocol.DocumentParams) work {
	return s.format(o, func(doc *document) source.Span { return source.Span{End: uint32(len(doc.text))} })
}

// rangeFormatting does that of the lines of a range.
func rangeFormatting(s *Server, o *openDocument, params *protocol.RangeParams) work {
	return s.format(o, func(doc *document) source.Span { return span(doc.lines, doc.encoding, params.Range) })
}

// format returns the edits, as few as they can be, that lay out a part of a document. The lock is held.
func (s *Server) format(o *openDocument, part func(*document) source.Span) work {
	doc, lost := o.doc, o.lost
	snap := s.snapshot(o)
	command, trusted := s.settings.Formatting.Command, s.settings.Trusted != nil && *s.settings.Trusted
	return func(ctx context.Context) (any, error) {
		if lost || !doc.isNix() || len(parser.Parse(doc.text).Errors()) > 0 {
			return nil, nil // while code is half typed, nobody wants to hear of it
		}
		found, err := snap.formatter(command, trusted)
		if err != nil {
			s.tellOnce(protocol.LogInfo, "nothing is formatted: "+err.Error(), "")
			return nil, nil
		}
		if err := acquire(ctx, s.heavy); err != nil {
			return nil, err
		}
		defer release(s.heavy)
		dir := ""
		if doc.onDisk {
			dir = filepath.Dir(doc.path)
		}
		result, err := s.whileThere(ctx, doc, func(ctx context.Context) (any, error) {
			return formatter.Run(ctx, found, dir, doc.path, doc.text)
		})
		switch {
		case errors.Is(err, errGone):
			return nil, protocol.Errorf(protocol.CodeContentModified, "the document has changed")
		case errors.Is(err, context.Canceled):
			return nil, err
		case err != nil:
			return nil, protocol.Errorf(protocol.CodeRequestFailed, "%v", err)
		}
		text, _ := result.(string)
		return snap.formatted(text, part(doc))
	}
}

// formatter returns the command that lays out the document: the user's own, else treefmt where the project has a configuration of that and
// the user trusts the project, else the default.
func (p *snapshot) formatter(command []string, trusted bool) ([]string, error) {
	if len(command) > 0 {
		return formatter.Find(command)
	}
	if trusted && p.doc.onDisk {
		view := p.checker.Snapshot().View(p.doc.path)
		for _, name := range []string{"treefmt.toml", ".treefmt.toml"} {
			if view.Exists(filepath.Join(view.Root(), name)) {
				return formatter.Find([]string{"treefmt", "--tree-root", view.Root(), "--stdin", "{file}"})
			}
		}
	}
	return formatter.Find([]string{formatter.Default})
}

// formatted returns the edits of a part of the document that a text with another layout has.
func (p *snapshot) formatted(text string, part source.Span) ([]protocol.TextEdit, error) {
	out := []protocol.TextEdit{}
	if text == p.doc.text {
		return out, nil
	}
	if after := parser.Parse(text); len(after.Errors()) > 0 {
		return nil, protocol.Errorf(protocol.CodeRequestFailed, "what the formatter makes has syntax errors")
	}
	edits := patch.Edits(p.doc.text, text)
	if part.Len() < len(p.doc.text) {
		edits = p.inPart(edits, part)
	}
	at := newPositions(p.doc.lines, p.doc.encoding)
	for _, e := range edits {
		// Lines that were joined or parted differ in a few bytes.
		d := difference(e.Span.Of(p.doc.text), e.Text)
		e.Span.Start, e.Span.End, e.Text = e.Span.Start+d.span.Start, e.Span.Start+d.span.End, d.text
		out = append(out, protocol.TextEdit{Range: at.rangeOf(e.Span), NewText: e.Text})
	}
	return out, nil
}

// inPart returns those edits that touch a part of the document, if they alone leave the program what it is.
func (p *snapshot) inPart(edits []diag.Edit, part source.Span) (some []diag.Edit) {
	for _, e := range edits {
		if e.Span.Start <= part.End && part.Start < max(e.Span.End, e.Span.Start+1) {
			some = append(some, e)
		}
	}
	after := parser.Parse(fix.Edit(p.doc.text, some))
	if len(after.Errors()) > 0 || nixprint.Print(after, nixprint.Options{}) != nixprint.Print(parser.Parse(p.doc.text), nixprint.Options{}) {
		return nil
	}
	return some
}

package lsp

import (
	"path/filepath"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// document is one state of an open document. It is immutable: an edit makes another one.
type document struct {
	uri protocol.DocumentURI // as the client spells it
	// path is the absolute path that the engine knows the document by. Where the document is on no disk
	// (onDisk is false), it is a name in the folder that is open in the editor.
	path   string
	onDisk bool
	kind   workspace.Kind
	// version is the client's, nil where it counts none; serial is ours, and grows with every state of any
	// document.
	version  *int
	serial   int
	text     string
	lines    *source.LineIndex
	encoding protocol.PositionEncoding
	gone     chan struct{} // closed when another state takes the place of this one
}

// newDocument makes the first state of a document. root is the folder that is open in the editor.
func newDocument(item protocol.TextDocumentItem, root string, encoding protocol.PositionEncoding) *document {
	d := &document{uri: item.URI, version: item.Version, encoding: encoding, gone: make(chan struct{})}
	d.path, d.onDisk = protocol.PathOf(item.URI)
	if !d.onDisk {
		d.path = filepath.Join(root, "untitled")
	}
	d.kind = workspace.KindOf(d.path)
	switch {
	case item.LanguageID == "nix":
		d.kind = workspace.Nix
	case d.kind == workspace.Other && item.LanguageID == "shellscript":
		d.kind = workspace.Shell
	}
	if item.Text != nil {
		d.setText(*item.Text)
	} else {
		d.setText("")
	}
	return d
}

// next returns a copy of a state that takes its place.
func (d *document) next() *document {
	close(d.gone)
	after := *d
	after.gone = make(chan struct{})
	return &after
}

func (d *document) setText(text string) {
	d.text = text
	d.lines = source.NewLineIndex(text)
}

// key identifies a document, however the client spells its URI. Links are not resolved: what an editor shows by way of
// a link is a text of its own until it is saved.
func key(uri protocol.DocumentURI) string {
	if path, ok := protocol.PathOf(uri); ok {
		return path
	}
	return string(uri)
}

// flakeDir returns the folder of the flake that the document is a part of, or "".
func (d *document) flakeDir() string {
	if base := filepath.Base(d.path); d.onDisk && (base == "flake.nix" || base == "flake.lock") {
		return filepath.Dir(d.path)
	}
	return ""
}

// isNix reports whether the document is Nix code, by its name or by the word of the client.
func (d *document) isNix() bool { return d.kind == workspace.Nix }

// isConfig reports whether the document is a configuration of nixsift.
func (d *document) isConfig() bool { return d.onDisk && filepath.Base(d.path) == config.FileName }

// positions converts byte offsets in one text, best in ascending order. It is for one goroutine.
type positions struct {
	lines  *source.LineIndex
	cursor *source.Cursor // nil where columns are no UTF-16 code units
	points bool           // columns are code points
}

func newPositions(lines *source.LineIndex, encoding protocol.PositionEncoding) *positions {
	p := &positions{lines: lines, points: encoding == protocol.UTF32}
	if encoding == protocol.UTF16 {
		p.cursor = lines.Cursor()
	}
	return p
}

func (p *positions) of(offset uint32) protocol.Position {
	var at protocol.Position
	switch {
	case p.cursor != nil:
		at.Line, at.Character = p.cursor.UTF16(offset)
	case p.points:
		point := p.lines.Position(offset)
		at.Line, at.Character = point.Line-1, point.Column-1
	default:
		at.Line, at.Character = p.lines.UTF8(offset)
	}
	return at
}

func (p *positions) rangeOf(s source.Span) protocol.Range {
	return protocol.Range{Start: p.of(s.Start), End: p.of(s.End)}
}

// offset converts a position. One that lies outside of the text is moved to the nearest place inside.
func offset(lines *source.LineIndex, encoding protocol.PositionEncoding, p protocol.Position) uint32 {
	switch encoding {
	case protocol.UTF16:
		return lines.OffsetUTF16(p.Line, p.Character)
	case protocol.UTF32:
		return lines.Offset(p.Line+1, p.Character+1)
	}
	at := lines.OffsetUTF8(p.Line, p.Character)
	text := lines.Text()
	for at > 0 && int(at) < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// span converts a range; one whose ends are swapped is put right.
func span(lines *source.LineIndex, encoding protocol.PositionEncoding, r protocol.Range) source.Span {
	a, b := offset(lines, encoding, r.Start), offset(lines, encoding, r.End)
	return source.Span{Start: min(a, b), End: max(a, b)}
}

package lsp

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
	"github.com/nixsift/nixsift/parser"
)

// TestSoundWithin holds that edits which leave one binding sound leave the file so.
func TestSoundWithin(t *testing.T) {
	const text = `{ config, lib, ... }:
let
  a = 1; inherit (lib) mkIf; # a comment
  b = { x = "s ${toString { y = [ 1 2 ]; z = a; }} t"; ${a} = ./p; };
in
{ inherit b; c.d = rec { e = x: x + 1; f = ''
  text ${e 1}
''; }; g = let { body = h; h = 1; }; i = if a then b else { j = 1; }; }
`
	pieces := []string{"", " ", "x", "1", ";", "a = 1;", "}", "{", "} // {", "in", "let", "#", "\n", "\"", "''", "${", ".", "inherit a;", "(", ")", "/*", "${x} = 1;", ":", "a.b", "${", "[", "="}
	r := rand.New(rand.NewPCG(7, 8))
	doc := newDocument(protocol.TextDocumentItem{URI: "untitled:a", LanguageID: "nix", Text: new(string)}, "/", protocol.UTF8)
	doc.setText(text)
	require.Empty(t, parser.Parse(text).Errors())
	v := newVersions(&snapshot{doc: doc})
	sound, broken := 0, 0
	for range 10_000 {
		var edits []diag.Edit
		at := r.IntN(len(text))
		for range 1 + r.IntN(2) {
			end := min(len(text), at+r.IntN(6))
			edits = append(edits, diag.Edit{Span: source.Span{Start: uint32(at), End: uint32(end)}, Text: pieces[r.IntN(len(pieces))] + pieces[r.IntN(len(pieces))]})
			if at = end + 1 + r.IntN(8); at >= len(text) {
				break
			}
		}
		after := fix.Edit(text, edits)
		errors := parser.Parse(after).Errors()
		switch {
		case v.soundWithin(edits):
			sound++
			require.Empty(t, errors, "%q by %+v", after, edits)
		case len(errors) > 0:
			broken++
		}
	}
	assert.Greater(t, sound, 500)
	assert.Greater(t, broken, 500)
}

// TestLargeFile says that a text is too large to be checked.
func TestLargeFile(t *testing.T) {
	e, err := engine.New(engine.Options{Changing: true})
	require.NoError(t, err)
	checker := e.Start()
	doc := newDocument(protocol.TextDocumentItem{URI: "untitled:a", LanguageID: "nix"}, t.TempDir(), protocol.UTF16)
	for size, want := range map[int]int{workspace.MaxFile + 1: 1, 10: 0} {
		doc.setText(strings.Repeat(" ", size-1) + "1")
		p := &snapshot{doc: doc, checker: checker, report: func(errs []engine.FileError) { assert.Empty(t, errs) }}
		found, err := p.check(t.Context(), maxPublished)
		require.NoError(t, err)
		published := p.diagnostics(shown(found))
		require.Len(t, published, want)
		if want > 0 {
			assert.Equal(t, protocol.SeverityWarning, published[0].Severity)
			assert.Contains(t, published[0].Message, "64 MiB, more than the 64 that are analysed: nothing in it is checked")
		}
	}
}

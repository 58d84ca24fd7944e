package lsp

import (
	"context"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
	"github.com/nixsift/nixsift/rules"
)

// snapshot is the state that a request or a check works on. It does not change.
type snapshot struct {
	doc     *document
	docs    map[string]*document // the open documents by key
	engine  *engine.Engine
	era     int
	ofFlake []diag.Finding // what the rules of the document's flake found in it
	fs      workspace.FS
	client  protocol.ClientCapabilities
	report  func([]engine.FileError)
	// newEngine makes an engine like the server's over another file system.
	newEngine func(workspace.FS) (*engine.Engine, error)
}

// snapshot takes the state for one document. The lock is held.
func (s *Server) snapshot(o *openDocument) *snapshot {
	docs := make(map[string]*document, len(s.open))
	for k, other := range s.open {
		docs[k] = other.doc
	}
	return &snapshot{
		doc: o.doc, docs: docs, engine: s.engine, era: s.era, ofFlake: o.ofFlake,
		fs: s.overlay, client: s.client, report: s.report,
		newEngine: func(fsys workspace.FS) (*engine.Engine, error) {
			opts := s.opts.Engine
			opts.FS = fsys
			return engine.New(opts)
		},
	}
}

// with returns the snapshot with another text in the document.
func (p *snapshot) with(text string) *snapshot {
	doc := *p.doc
	doc.setText(text)
	q := *p
	q.doc = &doc
	q.docs = maps.Clone(p.docs)
	q.docs[key(doc.uri)] = &doc
	return &q
}

// check returns the findings in the document.
func (p *snapshot) check(ctx context.Context) ([]diag.Finding, error) {
	doc := p.doc
	if doc.isConfig() {
		_, problems := config.Load(doc.path, doc.text, p.engine.Catalogue())
		return configFindings(problems), nil
	}
	checked, err := p.engine.CheckBuffer(ctx, engine.Buffer{Path: doc.path, Kind: doc.kind, Text: doc.text}, p.ofFlake)
	if err != nil {
		return nil, err
	}
	p.report(checked.Errors)
	if doc.onDisk {
		return checked.Findings, nil
	}
	// A text that is in no place has nothing around it.
	return slices.DeleteFunc(checked.Findings, func(f diag.Finding) bool {
		r := rules.Lookup(f.Rule)
		return r != nil && r.Family == "project"
	}), nil
}

// configFindings presents the problems of one configuration file. They belong to no rule.
func configFindings(problems []config.Problem) []diag.Finding {
	var out []diag.Finding
	for _, p := range problems {
		out = append(out, diag.Finding{File: p.File, Span: p.Span, Severity: diag.Error, Message: p.Message})
	}
	return out
}

// text returns the lines of a file as the snapshot has it, and its document where it is open. The lines
// are nil where the file cannot be read.
func (p *snapshot) text(path string) (*source.LineIndex, *document) {
	if path == p.doc.path {
		return p.doc.lines, p.doc
	}
	if d := p.docs[path]; d != nil && d.onDisk {
		return d.lines, d
	}
	b, err := p.fs.ReadFile(path)
	if err != nil {
		return nil, nil
	}
	return source.NewLineIndex(string(b)), nil
}

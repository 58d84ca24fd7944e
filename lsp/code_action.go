package lsp

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/lsp/protocol"
	"github.com/nixsift/nixsift/parser"
)

// fixAllKind is the kind of the action that applies all safe fixes of a document; editors can run it on
// saving.
const fixAllKind = protocol.SourceFixAll + "." + sourceName

// maxInRange bounds the findings for which one request gets quick fixes. A range with more is the whole
// file, where nobody picks from a list.
const maxInRange = 50

// codeAction offers the fixes of the findings in a range, comments that silence them, and all safe fixes
// of the document.
func codeAction(ctx context.Context, p *snapshot, params *protocol.CodeActionParams) (any, error) {
	findings, err := p.check(ctx)
	if err != nil {
		return nil, err
	}
	actions := []protocol.CodeAction{}
	if wanted(params.Context.Only, protocol.QuickFix) {
		near := inRange(findings, span(p.doc.lines, p.doc.encoding, params.Range))
		count := p.syntaxErrors()
		for _, f := range near {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			actions = append(actions, p.quickFixes(f, count)...)
		}
		silencing, err := p.suppressions(ctx, findings, near)
		if err != nil {
			return nil, err
		}
		actions = append(actions, silencing...)
	}
	if wanted(params.Context.Only, fixAllKind) {
		all, err := p.fixAll(ctx, findings)
		if err != nil {
			return nil, err
		}
		actions = append(actions, all...)
	}
	return actions, nil
}

// wanted reports whether a client asked for a kind: for it, for one above it, or for nothing in particular.
func wanted(only []protocol.CodeActionKind, kind protocol.CodeActionKind) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(k protocol.CodeActionKind) bool {
		return k == "" || k == kind || strings.HasPrefix(string(kind), string(k)+".")
	})
}

// inRange returns the first findings that touch a span.
func inRange(findings []diag.Finding, at source.Span) []diag.Finding {
	var out []diag.Finding
	for _, f := range findings {
		if f.Span.Start <= at.End && at.Start <= f.Span.End && len(out) < maxInRange {
			out = append(out, f)
		}
	}
	return out
}

// quickFixes are the fixes of one finding. The best is preferred if it is safe; those that need an eye say
// so.
func (p *snapshot) quickFixes(f diag.Finding, syntaxErrors func(path, text string) int) []protocol.CodeAction {
	var out []protocol.CodeAction
	for _, x := range f.Fixes {
		if !fix.AlsoUnsafe.Allows(x.Safety) || !p.parsesAfter(f, x, syntaxErrors) {
			continue
		}
		edit := p.workspaceEdit(x.Edits)
		if edit == nil {
			continue
		}
		title := x.Title
		if x.Safety != diag.Safe {
			title += " (unsafe)"
		}
		out = append(out, protocol.CodeAction{
			Title: title, Kind: protocol.QuickFix, Diagnostics: p.diagnostics([]diag.Finding{f}),
			IsPreferred: x.Safety == diag.Safe && len(out) == 0, Edit: edit,
		})
	}
	return out
}

// parsesAfter reports whether a fix can be applied and leaves no more syntax errors than there were.
func (p *snapshot) parsesAfter(f diag.Finding, x diag.Fix, syntaxErrors func(path, text string) int) bool {
	f.Fixes = []diag.Fix{x}
	done := fix.Apply(fix.Plan([]diag.Finding{f}, fix.AlsoUnsafe), p.textOf, syntaxErrors)
	return len(done.Applied) == 1
}

func (p *snapshot) textOf(path string) (string, bool) {
	lines, _ := p.text(path)
	if lines == nil {
		return "", false
	}
	return lines.Text(), true
}

// syntaxErrors returns a function that counts the syntax errors of a text, and parses each only once. What is
// not Nix has none.
func (p *snapshot) syntaxErrors() func(path, text string) int {
	known := map[string]int{}
	return func(path, text string) int {
		if path == p.doc.path && !p.doc.isNix() || path != p.doc.path && !strings.HasSuffix(path, ".nix") {
			return 0
		}
		n, ok := known[text]
		if !ok {
			n = len(parser.Parse(text).Errors())
			known[text] = n
		}
		return n
	}
}

// workspaceEdit presents edits, whose empty file is the snapshot's document. It is nil where a file to
// change cannot be read.
func (p *snapshot) workspaceEdit(edits []diag.Edit) *protocol.WorkspaceEdit {
	out := &protocol.WorkspaceEdit{}
	if !p.client.DocumentChanges {
		out.Changes = map[protocol.DocumentURI][]protocol.TextEdit{}
	}
	byFile := map[string][]protocol.TextEdit{}
	places := map[string]place{}
	var files []string
	for _, e := range edits {
		path := cmp.Or(e.File, p.doc.path)
		to := p.place(path, places)
		if to.at == nil {
			return nil
		}
		if byFile[path] == nil {
			files = append(files, path)
		}
		byFile[path] = append(byFile[path], protocol.TextEdit{Range: to.at.rangeOf(e.Span), NewText: e.Text})
	}
	for _, path := range files {
		id := protocol.VersionedTextDocumentIdentifier{URI: protocol.URIOf(path)}
		if _, doc := p.text(path); doc != nil {
			id.URI, id.Version = doc.uri, doc.version
		}
		if p.client.DocumentChanges {
			out.DocumentChanges = append(out.DocumentChanges, protocol.TextDocumentEdit{TextDocument: id, Edits: byFile[path]})
		} else {
			out.Changes[id.URI] = byFile[path]
		}
	}
	return out
}

package lsp

import (
	"context"
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// maxSuppressions bounds the comments that one request proposes: each is tried out.
const maxSuppressions = 10

// suppressions are the actions that silence findings by a comment, once for each rule and line, and once for each rule and the file.
// findings are all those of the document.
func (v *versions) suppressions(ctx context.Context, findings, near []diag.Finding) ([]protocol.CodeAction, error) {
	if v.doc.kind == workspace.Other || v.doc.kind == workspace.FlakeLock {
		return nil, nil // there are no comments in JSON
	}
	var out, whole []protocol.CodeAction
	type place struct {
		rule string
		line int
	}
	seen := map[place]bool{}
	for _, f := range near {
		at := place{f.Rule, v.doc.lines.Line(f.Span.Start)}
		if r := v.checker.Rule(v.doc.path, f.Rule); r == nil || r.Mandatory || r.Engine || seen[at] || len(seen) == maxSuppressions {
			continue
		}
		seen[at] = true
		offer := func(to *[]protocol.CodeAction, where string, edits []diag.Edit) {
			*to = append(*to, protocol.CodeAction{
				Title: fmt.Sprintf("ignore `%s` %s", f.Rule, where), Kind: protocol.QuickFix,
				Diagnostics: v.diagnostics([]diag.Finding{f}),
				Edit:        v.workspaceEdit(edits),
			})
		}
		edits, ok, err := v.suppression(ctx, findings, f.Rule, at.line)
		if err != nil {
			return nil, err
		}
		if ok {
			offer(&out, "on this line", edits)
		}
		inFile := place{f.Rule, 0}
		if seen[inFile] {
			continue
		}
		seen[inFile] = true
		if edits, ok, err = v.fileSuppression(ctx, findings, f.Rule); err != nil {
			return nil, err
		}
		if ok {
			offer(&whole, "in this file", edits)
		}
	}
	return append(out, whole...), nil
}

// fileSuppression returns the edits that silence a rule in the whole document.
func (v *versions) fileSuppression(ctx context.Context, findings []diag.Finding, rule string) ([]diag.Edit, bool, error) {
	var wanted []diag.Finding
	for _, f := range findings {
		if f.Rule == rule {
			wanted = append(wanted, f)
		}
	}
	in := v.insertForFile(wanted, suppress.Comment{Room: true})
	if len(in.Left) > 0 || len(in.Edits) == 0 {
		return nil, false, nil
	}
	q := v.with(in.Text)
	after, err := v.silenced(ctx, q, findings, in.Edits)
	if err != nil {
		return nil, false, err
	}
	got := q.count(after, rule, 0)
	return in.Edits, got.ofRule == 0 && got.others <= v.count(findings, rule, 0).others, nil
}

// insertForFile returns the document with a comment that silences what the rules of findings find in it.
func (v *versions) insertForFile(findings []diag.Finding, c suppress.Comment) suppress.Inserted {
	doc, catalogue := v.doc, v.checker.Config(v.doc.path).Catalogue()
	if doc.isNix() {
		return suppress.InsertForFile(v.tree(), v.parser.Reparse, catalogue, findings, c)
	}
	return suppress.InsertForText(doc.text, catalogue, findings, c, v.sameScript)
}

// sameScript reports whether a text with other comments does what the document does.
func (v *versions) sameScript(after string) bool {
	return shell.Same(v.doc.path, v.doc.kind == workspace.CI, v.doc.text, after)
}

// suppression returns the edits that silence a rule on a line (from 1). What a rule says may depend on the comments around, so
// that each place is tried until one does it.
func (v *versions) suppression(ctx context.Context, findings []diag.Finding, rule string, line int) ([]diag.Edit, bool, error) {
	before := v.count(findings, rule, line)
	var wanted []diag.Finding
	for _, f := range findings {
		if f.Rule == rule && v.doc.lines.Line(f.Span.Start) == line {
			wanted = append(wanted, f)
		}
	}
	for _, behind := range []bool{true, false} {
		// Behind the comment is room for the reason.
		in := v.insert(wanted, suppress.Comment{Room: true, Behind: func(diag.Finding) bool { return behind }})
		if len(in.Left) > 0 || len(in.Edits) == 0 {
			continue
		}
		q := v.with(in.Text)
		after, err := v.silenced(ctx, q, findings, in.Edits)
		if err != nil {
			return nil, false, err
		}
		shifted := line + q.doc.lines.Lines() - v.doc.lines.Lines()
		got := q.count(after, rule, shifted)
		if got.onLine == 0 && got.ofRule == before.ofRule-before.onLine && got.others <= before.others {
			return in.Edits, true, nil
		}
	}
	return nil, false, nil
}

// insert returns the document with comments that silence findings on one line.
func (v *versions) insert(findings []diag.Finding, c suppress.Comment) suppress.Inserted {
	doc, catalogue := v.doc, v.checker.Config(v.doc.path).Catalogue()
	if doc.isNix() {
		return suppress.Insert(v.tree(), v.parser.Reparse, catalogue, findings, c)
	}
	return suppress.InsertText(doc.text, catalogue, findings, c, v.sameScript)
}

// silenced returns the findings that edits of comments, which make the snapshot q, leave.
func (v *versions) silenced(ctx context.Context, q *snapshot, findings []diag.Finding, edits []diag.Edit) ([]diag.Finding, error) {
	list := make([]edit, len(edits))
	for i, e := range edits {
		list[i] = edit{e.Span, e.Text}
	}
	if !v.doc.isNix() {
		q.ofFlake = v.ofFlake.moved(v.doc.path, list)
		found, err := q.check(ctx, maxPublished)
		if err != nil {
			return nil, err
		}
		return found.findings, nil
	}
	// What is no comment stays as it is, so that nothing else can change what is found.
	return v.checker.Unsilenced(v.doc.path, v.parser.Reparse(q.doc.text), moved(findings, v.doc.path, list)), nil
}

// tally counts findings: of a rule on a line, of the rule at all, and of others, those about suppressions
// left out.
type tally struct{ onLine, ofRule, others int }

func (p *snapshot) count(findings []diag.Finding, rule string, line int) tally {
	var t tally
	for _, f := range findings {
		r := p.checker.Rule(p.doc.path, f.Rule)
		switch {
		case f.Rule != rule:
			if r != nil && !r.Engine {
				t.others++
			}
		case p.doc.lines.Line(f.Span.Start) == line:
			t.onLine++
			t.ofRule++
		default:
			t.ofRule++
		}
	}
	return t
}

package lsp

import (
	"context"
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
	"github.com/nixsift/nixsift/rules"
)

// maxSuppressions bounds the comments that one request proposes: each is tried out.
const maxSuppressions = 10

// suppressions are the actions that silence findings by a comment on their line, once for each rule and
// line. findings are all those of the document.
func (v *versions) suppressions(ctx context.Context, findings, near []diag.Finding) ([]protocol.CodeAction, error) {
	if v.doc.kind == workspace.Other || v.doc.kind == workspace.FlakeLock {
		return nil, nil // there are no comments in JSON
	}
	var out []protocol.CodeAction
	type place struct {
		rule string
		line int
	}
	seen := map[place]bool{}
	for _, f := range near {
		at := place{f.Rule, v.doc.lines.Line(f.Span.Start)}
		if r := rules.Lookup(f.Rule); r == nil || r.Mandatory || r.Engine || seen[at] || len(seen) == maxSuppressions {
			continue
		}
		seen[at] = true
		e, ok, err := v.suppression(ctx, findings, f.Rule, at.line)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		out = append(out, protocol.CodeAction{
			Title: fmt.Sprintf("ignore `%s` on this line", f.Rule), Kind: protocol.QuickFix,
			Diagnostics: v.diagnostics([]diag.Finding{f}),
			Edit:        v.workspaceEdit([]diag.Edit{{Span: e.span, Text: e.text}}),
		})
	}
	return out, nil
}

// suppression returns the edit that silences a rule on a line (from 1). A comment cannot stand everywhere,
// not in a string for one, so the candidates are tried until one does it.
func (v *versions) suppression(ctx context.Context, findings []diag.Finding, rule string, line int) (edit, bool, error) {
	before := v.count(findings, rule, line)
	for _, e := range v.candidates(rule, line) {
		q := v.with(splice(v.doc.text, []edit{e}))
		after, ok, err := v.silenced(ctx, q, findings, e)
		if err != nil {
			return edit{}, false, err
		}
		shifted := line + q.doc.lines.Lines() - v.doc.lines.Lines()
		got := q.count(after, rule, shifted)
		if ok && got.onLine == 0 && got.ofRule == before.ofRule-before.onLine && got.others <= before.others {
			return e, true, nil
		}
	}
	return edit{}, false, nil
}

// silenced returns the findings that an edit of a comment, which makes the snapshot q, leaves. ok is false where it is
// not a comment that it edits.
func (v *versions) silenced(ctx context.Context, q *snapshot, findings []diag.Finding, e edit) (left []diag.Finding, ok bool, err error) {
	if !v.doc.isNix() {
		q.ofFlake = moved(v.ofFlake, v.doc.path, []edit{e})
		found, err := q.check(ctx, maxPublished)
		if err != nil {
			return nil, false, err
		}
		return found.findings, true, nil
	}
	// What is no comment stays as it is, so that nothing else can change what is found.
	tree := v.parser.Reparse(q.doc.text)
	hash := e.span.Start + uint32(max(0, strings.IndexByte(e.text, '#')))
	comment := tree.TokenAt(hash)
	if !comment.Kind().IsComment() || strings.Contains(e.text, "#") && comment.Start() != hash {
		return nil, false, nil
	}
	return v.checker.Unsilenced(v.doc.path, tree, moved(findings, v.doc.path, []edit{e})), true, nil
}

// tally counts findings: of a rule on a line, of the rule at all, and of others, those about suppressions
// left out.
type tally struct{ onLine, ofRule, others int }

func (p *snapshot) count(findings []diag.Finding, rule string, line int) tally {
	var t tally
	for _, f := range findings {
		r := rules.Lookup(f.Rule)
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

// candidates are the edits that may silence a rule on a line: one more name in a comment that is there, a
// comment at the end of the line, one on a line of its own before it. Behind the comment is room for the
// reason.
func (p *snapshot) candidates(rule string, line int) []edit {
	text, lines := p.doc.text, p.doc.lines
	const opening = sourceName + ": ignore["
	var out []edit
	for _, l := range []int{line, line - 1} {
		s := lines.LineSpan(l)
		if l < 1 {
			continue
		}
		if i := strings.LastIndex(s.Of(text), opening); i >= 0 {
			from := s.Start + uint32(i+len(opening))
			if j := strings.IndexByte(text[from:s.End], ']'); j > 0 {
				at := from + uint32(j)
				out = append(out, edit{source.Span{Start: at, End: at}, ", " + rule})
			}
		}
	}
	comment := "# " + opening + rule + "] "
	s := lines.LineSpan(line)
	code := strings.TrimRight(s.Of(text), " \t")
	out = append(out, edit{source.Span{Start: s.Start + uint32(len(code)), End: s.End}, " " + comment})
	indent := code[:len(code)-len(strings.TrimLeft(code, " \t"))]
	end := "\n"
	if s.End < uint32(len(text)) && text[s.End] == '\r' {
		end = "\r\n"
	}
	return append(out, edit{source.Span{Start: s.Start, End: s.Start}, indent + comment + end})
}

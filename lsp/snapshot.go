package lsp

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// snapshot is the state that a request or a check works on. It does not change.
type snapshot struct {
	doc     *document
	docs    map[string]*document // the open documents by key
	checker *engine.Checker
	era     int
	ofFlake carried // what the rules of the document's flake found in it
	// flakeDeps is what ofFlake depends on; nil where those rules did not run.
	flakeDeps *engine.Deps
	// alone is set where the check is not to evaluate other files; crossing is what that told last, decided what the files of the
	// project decided.
	alone             bool
	crossing, decided carried
	early             bool // the rules of the document's flake are still to run
	fs                *workspace.Overlay
	client            protocol.ClientCapabilities
	// sparing is set where the client wants diagnostics and what mends them only.
	sparing bool
	report  func([]engine.FileError)
	remark  func(string) // tells what need not be done at once
}

// snapshot takes the state for one document. The lock is held.
func (s *Server) snapshot(o *openDocument) *snapshot {
	docs := make(map[string]*document, len(s.open))
	for k, other := range s.open {
		if !other.lost {
			docs[k] = other.doc
		}
	}
	return &snapshot{
		doc: o.doc, docs: docs, checker: s.checker, era: s.era, ofFlake: o.ofFlake, flakeDeps: o.flakeDeps,
		crossing: o.crossing, decided: o.decided, fs: s.overlay, client: s.client, sparing: s.opts.DiagnosticsOnly, report: s.report, remark: s.remark,
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

// check checks the document. A rule that finds more than most is stopped.
func (p *snapshot) check(ctx context.Context, most int) (*result, error) {
	found, err := p.first(ctx, most, nil)
	if err != nil || found.rest == nil {
		return found, err
	}
	found.rest.Read()
	return found.all(ctx)
}

// first checks the document as far as that needs no other files of the project: what they decide is left to the result's rest. early may be
// nil.
func (p *snapshot) first(ctx context.Context, most int, early *engine.Early) (*result, error) {
	doc := p.doc
	if doc.isConfig() {
		c, problems := config.Load(doc.path, doc.text, p.checker.Catalogue(), p.fs)
		problems = slices.DeleteFunc(problems, func(c config.Problem) bool { return c.File != doc.path })
		return &result{snap: p, findings: append(configFindings(problems), p.renamed(c)...)}, nil
	}
	buffer := engine.Buffer{Path: doc.path, Kind: doc.kind, Text: doc.text, Most: most, Record: true, Alone: p.alone, First: true, Early: early}
	checked, err := p.checker.CheckBuffer(ctx, buffer, p.ofFlake.findings)
	if err != nil {
		return nil, err
	}
	return p.resultOf(checked), nil
}

// all returns the result with what other files of the project decide, once its rest is read.
func (r *result) all(ctx context.Context) (*result, error) {
	checked, err := r.rest.Answer(ctx)
	if err != nil {
		return nil, err
	}
	found := r.snap.resultOf(checked)
	found.decided = without(found.own, r.own)
	return found, nil
}

// resultOf presents what a check found, and with it what moved along where the check does not tell all.
func (p *snapshot) resultOf(checked engine.Checked) *result {
	doc := p.doc
	out := &result{snap: p, cut: checked.Cut, deps: checked.Deps, more: checked.More, rest: checked.Rest, held: checked.Rest != nil}
	out.own = p.inPlace(checked.Findings)
	out.findings = out.own
	if out.rest != nil {
		out.findings = and(out.findings, p.decided.findings)
	}
	if out.more {
		out.findings = and(out.findings, p.crossing.findings)
	}
	var errs []engine.FileError
	for _, e := range checked.Errors {
		if e.Kind == engine.TooLarge && e.File == doc.path {
			out.findings = append(out.findings, diag.Finding{Severity: diag.Warning, File: e.File, Message: e.Message + ": nothing in it is checked"})
		} else {
			errs = append(errs, e)
		}
	}
	p.report(errs)
	for _, n := range checked.Notices {
		p.remark(fmt.Sprintf("%s:%d: %s", n.From.File, n.From.Line, n))
	}
	return out
}

// inPlace presents findings in the document where it lies: a text that is in no place has nothing around it.
func (p *snapshot) inPlace(findings []diag.Finding) []diag.Finding {
	if !p.doc.onDisk {
		findings = slices.DeleteFunc(findings, func(f diag.Finding) bool {
			r := p.checker.Rule(p.doc.path, f.Rule)
			return r != nil && r.Placed
		})
	}
	p.markBaselined(findings)
	return findings
}

// and returns a list of findings with those of another that it has not.
func and(list, other []diag.Finding) []diag.Finding {
	rest := without(other, list)
	if len(rest) == 0 {
		return list
	}
	return diag.Sort(append(slices.Clone(list), rest...))
}

// markBaselined makes hints of those findings in the document that are in a baseline.
func (p *snapshot) markBaselined(findings []diag.Finding) {
	for i, in := range p.checker.InBaseline(p.doc.path, p.doc.text, findings) {
		if f := &findings[i]; in {
			f.Severity = diag.Hint
			f.Help = strings.TrimSuffix("it is in the baseline, so `nixsift check` does not show it\n"+f.Help, "\n")
		}
	}
}

// renamed presents the earlier ids of rules that the document, which is a configuration file, has itself.
func (p *snapshot) renamed(c *config.Config) (out []diag.Finding) {
	if c == nil {
		return nil
	}
	for _, n := range c.Notices() {
		if n.From.File != p.doc.path {
			continue
		}
		at := p.doc.lines.LineSpan(n.From.Line)
		if i := strings.Index(p.doc.text[at.Start:at.End], n.Old); i >= 0 {
			at.Start += uint32(i)
			at.End = at.Start + uint32(len(n.Old))
		}
		out = append(out, diag.Finding{File: p.doc.path, Span: at, Severity: diag.Hint, Tags: diag.Deprecated, Message: n.String()})
	}
	return out
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

package lsp

import (
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/lsp/protocol"
	"github.com/nixsift/nixsift/rules"
)

var severities = [...]protocol.DiagnosticSeverity{
	diag.Hint: protocol.SeverityHint, diag.Info: protocol.SeverityInformation,
	diag.Warning: protocol.SeverityWarning, diag.Error: protocol.SeverityError,
}

// diagnosticData is what a diagnostic carries for programs.
type diagnosticData struct {
	// Fix is the safety of the best fix: safe, unsafe or display-only; empty where there is none.
	Fix string `json:"fix,omitempty"`
}

// diagnostics presents findings in the snapshot's document. The result is not nil.
func (p *snapshot) diagnostics(findings []diag.Finding) []protocol.Diagnostic {
	out := make([]protocol.Diagnostic, 0, len(findings))
	others := map[string]place{}
	for _, f := range findings {
		out = append(out, p.diagnostic(f, others))
	}
	return out
}

// place is a file that findings relate to.
type place struct {
	uri   protocol.DocumentURI
	lines *source.LineIndex
}

// diagnostic presents one finding. others remembers the files that were read.
func (p *snapshot) diagnostic(f diag.Finding, others map[string]place) protocol.Diagnostic {
	var d protocol.Diagnostic
	d.Range = rangeOf(p.doc.lines, p.doc.encoding, f.Span)
	d.Severity = severities[f.Severity]
	d.Source = sourceName
	d.Message = f.Message
	if f.Help != "" {
		d.Message += "\n" + f.Help
	}
	if r := rules.Lookup(f.Rule); r != nil {
		d.Code = r.ID
		d.CodeDescription = &protocol.CodeDescription{Href: r.URL()}
	}
	if f.Tags&diag.Unnecessary != 0 {
		d.Tags = append(d.Tags, protocol.TagUnnecessary)
	}
	if f.Tags&diag.Deprecated != 0 {
		d.Tags = append(d.Tags, protocol.TagDeprecated)
	}
	if len(f.Fixes) > 0 {
		d.Data = diagnosticData{f.Fixes[0].Safety.String()}
	}
	for _, r := range f.Related {
		at := place{p.doc.uri, p.doc.lines}
		if r.File != "" && r.File != p.doc.path {
			at = p.place(r.File, others)
		}
		if at.lines != nil {
			d.RelatedInformation = append(d.RelatedInformation, protocol.DiagnosticRelatedInformation{
				Location: protocol.Location{URI: at.uri, Range: rangeOf(at.lines, p.doc.encoding, r.Span)}, Message: r.Message,
			})
		}
	}
	return d
}

func (p *snapshot) place(path string, known map[string]place) place {
	if at, ok := known[path]; ok {
		return at
	}
	lines, doc := p.text(path)
	at := place{protocol.URIOf(path), lines}
	if doc != nil {
		at.uri = doc.uri
	}
	known[path] = at
	return at
}

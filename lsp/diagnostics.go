package lsp

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/lsp/protocol"
)

var severities = [...]protocol.DiagnosticSeverity{
	diag.Hint: protocol.SeverityHint, diag.Info: protocol.SeverityInformation,
	diag.Warning: protocol.SeverityWarning, diag.Error: protocol.SeverityError,
}

// maxPublished is how many findings of a document are published, and after how many a rule is stopped. With more,
// editors slow down and nobody reads them.
const maxPublished = 2000

// shown returns the findings to publish: the worst where there are too many, and one that tells of the
// rest.
func shown(found *result) []diag.Finding {
	findings := found.findings
	if len(findings) <= maxPublished && !found.cut {
		return findings
	}
	left := maxPublished
	rest := diag.Finding{Severity: diag.Info, Message: "more findings are not shown here; `nixsift check` lists them"}
	if !found.cut {
		rest.Message = fmt.Sprintf("%d %s", len(findings)-left, rest.Message)
	}
	out := []diag.Finding{rest}
	for severity := diag.Error; severity > diag.Off; severity-- {
		for _, f := range findings {
			if f.Severity == severity && left > 0 {
				out = append(out, f)
				left--
			}
		}
	}
	slices.SortStableFunc(out, diag.Compare)
	return out
}

// diagnosticData is what a diagnostic carries for programs.
type diagnosticData struct {
	// Fix is the safety of the best fix: safe, unsafe or display-only; empty where there is none.
	Fix string `json:"fix,omitempty"`
}

// diagnostics presents findings in the snapshot's document. The result is not nil.
func (p *snapshot) diagnostics(findings []diag.Finding) []protocol.Diagnostic {
	out := make([]protocol.Diagnostic, 0, len(findings))
	places := map[string]place{p.doc.path: {p.doc.uri, newPositions(p.doc.lines, p.doc.encoding)}}
	for _, f := range findings {
		out = append(out, p.diagnostic(f, places))
	}
	return out
}

// place is a file that findings lie in or relate to. Its positions are nil where it cannot be read.
type place struct {
	uri protocol.DocumentURI
	at  *positions
}

// diagnostic presents one finding. places are the files that are known already.
func (p *snapshot) diagnostic(f diag.Finding, places map[string]place) protocol.Diagnostic {
	var d protocol.Diagnostic
	d.Range = places[p.doc.path].at.rangeOf(f.Span)
	d.Severity = severities[f.Severity]
	d.Source = sourceName
	d.Message = f.Message
	if f.Help != "" {
		d.Message += "\n" + f.Help
	}
	if r := p.checker.Rule(p.doc.path, f.Rule); r != nil {
		d.Code = r.ID
		if url := r.URL(); url != "" && p.client.CodeDescription {
			d.CodeDescription = &protocol.CodeDescription{Href: url}
		}
	}
	for _, tag := range []struct {
		ours diag.Tag
		tag  protocol.DiagnosticTag
	}{{diag.Unnecessary, protocol.TagUnnecessary}, {diag.Deprecated, protocol.TagDeprecated}} {
		if f.Tags&tag.ours != 0 && slices.Contains(p.client.DiagnosticTags, tag.tag) {
			d.Tags = append(d.Tags, tag.tag)
		}
	}
	if len(f.Fixes) > 0 && p.client.DiagnosticData {
		d.Data = diagnosticData{f.Fixes[0].Safety.String()}
	}
	if !p.client.RelatedInformation {
		return d
	}
	for _, r := range f.Related {
		if to := p.place(cmp.Or(r.File, p.doc.path), places); to.at != nil {
			d.RelatedInformation = append(d.RelatedInformation, protocol.DiagnosticRelatedInformation{
				Location: protocol.Location{URI: to.uri, Range: to.at.rangeOf(r.Span)}, Message: r.Message,
			})
		}
	}
	return d
}

func (p *snapshot) place(path string, known map[string]place) place {
	to, ok := known[path]
	if ok {
		return to
	}
	lines, doc := p.text(path)
	to.uri = protocol.URIOf(path)
	if doc != nil {
		to.uri = doc.uri
	}
	if lines != nil {
		to.at = newPositions(lines, p.doc.encoding)
	}
	known[path] = to
	return to
}

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// The JSON output, version 1: docs/schema/findings-v1.schema.json describes it.

type jsonPosition struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Offset uint32 `json:"offset"`
}

type jsonRange struct {
	Start jsonPosition `json:"start"`
	End   jsonPosition `json:"end"`
}

type jsonRelated struct {
	File    string    `json:"file"`
	Range   jsonRange `json:"range"`
	Message string    `json:"message"`
}

type jsonEdit struct {
	File  string `json:"file"`
	Start uint32 `json:"start"`
	End   uint32 `json:"end"`
	Text  string `json:"text"`
}

type jsonFix struct {
	Title  string     `json:"title"`
	Safety string     `json:"safety"`
	Edits  []jsonEdit `json:"edits"`
}

type jsonFinding struct {
	Rule     string        `json:"rule"`
	Severity string        `json:"severity"`
	Message  string        `json:"message"`
	Help     string        `json:"help"`
	URL      string        `json:"url"`
	File     string        `json:"file"`
	Range    jsonRange     `json:"range"`
	Related  []jsonRelated `json:"related"`
	Fixes    []jsonFix     `json:"fixes"`
}

type jsonError struct {
	File    string `json:"file"`
	Message string `json:"message"`
	Kind    string `json:"kind"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonSummary struct {
	Files      int   `json:"files"`
	Findings   int   `json:"findings"`
	Error      int   `json:"error"`
	Warning    int   `json:"warning"`
	Info       int   `json:"info"`
	Hint       int   `json:"hint"`
	Suppressed int   `json:"suppressed"`
	Generated  int   `json:"generated"`
	Fixable    int   `json:"fixable"`
	DurationMS int64 `json:"duration_ms"`
	// Baseline is there where a baseline holds.
	Baseline *jsonBaseline `json:"baseline,omitempty"`
}

type jsonBaseline struct {
	Findings int `json:"findings"`
	Fixed    int `json:"fixed"`
}

// json writes one object, a finding a line.
func (p *printer) json() error {
	out := jsonWriter{p: p}
	out.text(`{"version":1,"tool":`)
	out.value(jsonTool{"nixsift", p.ToolVersion})
	out.text(`,"findings":[`)
	for i := range p.Findings {
		if i > 0 {
			out.text(",")
		}
		out.text("\n")
		out.value(p.jsonFinding(&p.Findings[i]))
	}
	out.text("],\n\"errors\":")
	out.value(p.jsonErrors())
	p.jsonStatistics(&out)
	out.text(",\n\"summary\":")
	out.value(p.jsonSummary())
	out.text("}\n")
	return out.err
}

// jsonLines writes an object a line: findings, errors, and the summary last; "type" tells them apart.
func (p *printer) jsonLines() error {
	out := jsonWriter{p: p}
	for i := range p.Findings {
		out.value(struct {
			Type string `json:"type"`
			jsonFinding
		}{"finding", p.jsonFinding(&p.Findings[i])})
		out.text("\n")
	}
	for _, e := range p.jsonErrors() {
		out.value(struct {
			Type string `json:"type"`
			jsonError
		}{"error", e})
		out.text("\n")
	}
	p.jsonLinesStatistics(&out)
	out.value(struct {
		Type string `json:"type"`
		jsonSummary
	}{"summary", p.jsonSummary()})
	out.text("\n")
	return out.err
}

func (p *printer) jsonFinding(f *diag.Finding) jsonFinding {
	j := jsonFinding{
		Rule: f.Rule, Severity: f.Severity.String(), Message: f.Message, Help: f.Help,
		File: p.path(f.File), Range: p.jsonRange(f.File, f.Span), Related: []jsonRelated{}, Fixes: []jsonFix{},
	}
	j.URL = p.url(f.Rule)
	for _, r := range f.Related {
		file := fileOf(r.File, f)
		j.Related = append(j.Related, jsonRelated{p.path(file), p.jsonRange(file, r.Span), r.Message})
	}
	for _, fix := range f.Fixes {
		if !p.expressible(fix, f) {
			continue
		}
		edits := []jsonEdit{}
		for _, e := range fix.Edits {
			edits = append(edits, jsonEdit{p.path(fileOf(e.File, f)), e.Span.Start, e.Span.End, e.Text})
		}
		j.Fixes = append(j.Fixes, jsonFix{fix.Title, fix.Safety.String(), edits})
	}
	return j
}

// url returns the address of a rule's documentation.
func (p *printer) url(rule string) string {
	url, ok := p.urls[rule]
	if !ok {
		url = p.Rule(rule).URL
		p.urls[rule] = url
	}
	return url
}

func (p *printer) jsonRange(file string, s source.Span) jsonRange {
	start, end := p.place(file, s)
	return jsonRange{jsonPosition(start), jsonPosition(end)}
}

func (p *printer) jsonErrors() []jsonError {
	errs := []jsonError{}
	for _, e := range p.Errors {
		errs = append(errs, jsonError{p.path(e.File), e.text(), e.Kind, e.Line, e.Column})
	}
	return errs
}

func (p *printer) jsonSummary() jsonSummary {
	c := p.counts()
	s := jsonSummary{
		Files: p.Summary.Files, Findings: len(p.All),
		Error: c.by[diag.Error], Warning: c.by[diag.Warning], Info: c.by[diag.Info], Hint: c.by[diag.Hint],
		Suppressed: p.Summary.Suppressed + p.Summary.Baselined, Generated: p.Summary.Generated, Fixable: c.fixable,
		DurationMS: p.Summary.Duration.Milliseconds(),
	}
	if p.Summary.Baselines > 0 {
		s.Baseline = &jsonBaseline{p.Summary.Baselined, p.Summary.Fixed}
	}
	return s
}

// jsonWriter writes pieces of JSON and keeps the first error.
type jsonWriter struct {
	p   *printer
	err error
}

func (w *jsonWriter) text(s string) {
	if w.err == nil {
		_, w.err = w.p.w.WriteString(s)
	}
}

// value writes v without a newline. Bytes that are not UTF-8 become U+FFFD.
func (w *jsonWriter) value(v any) {
	if w.err != nil {
		return
	}
	enc := json.NewEncoder(trimNewline{w.p.w})
	enc.SetEscapeHTML(false)
	w.err = enc.Encode(v)
}

// trimNewline drops the newline that json.Encoder ends each value with. The encoder writes a value in one
// call.
type trimNewline struct{ w io.Writer }

func (t trimNewline) Write(b []byte) (int, error) {
	n := len(b)
	if n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	_, err := t.w.Write(escapeJSON(b))
	return n, err
}

// escapeJSON escapes what a terminal would act upon and the encoder leaves: the control characters from U+007F to
// U+009F, and those that change the direction of text. They stand in strings only.
func escapeJSON(b []byte) []byte {
	if !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x7f }) {
		return b
	}
	acts := func(r rune) bool { return r >= 0x7f && r < 0xa0 || isBidi(r) }
	if bytes.IndexFunc(b, acts) < 0 {
		return b
	}
	var out []byte
	for _, r := range string(b) {
		if acts(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

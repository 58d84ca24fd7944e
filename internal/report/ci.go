package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// github writes workflow commands, which GitHub Actions turns into annotations
// (docs.github.com, "Workflow commands for GitHub Actions").
func (p *printer) github() error {
	for i := range p.Findings {
		f := &p.Findings[i]
		start, end := p.place(f.File, f.Span)
		if end.Column == 1 && end.Line > start.Line {
			end.Line-- // the range ends with a newline
		}
		text := f.Message
		if f.Help != "" {
			text += "\nhelp: " + f.Help
		}
		p.command([...]string{diag.Off: "notice", diag.Hint: "notice", diag.Info: "notice", diag.Warning: "warning", diag.Error: "error"}[f.Severity],
			[]string{"file", p.path(f.File), "line", strconv.Itoa(start.Line), "endLine", strconv.Itoa(end.Line),
				"col", strconv.Itoa(start.Column), "title", f.Rule}, text)
	}
	for _, e := range p.Errors {
		var properties []string
		if e.File != "" {
			properties = append(properties, "file", p.path(e.File))
		}
		if e.Line > 0 {
			properties = append(properties, "line", strconv.Itoa(e.Line), "col", strconv.Itoa(e.Column))
		}
		p.command("error", append(properties, "title", e.Kind), e.Message)
	}
	return nil
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (p *printer) command(name string, properties []string, text string) {
	p.printf("::%s ", name)
	for i := 0; i < len(properties); i += 2 {
		if i > 0 {
			p.printf(",")
		}
		p.printf("%s=%s", properties[i], escapeProperty.Replace(strings.ToValidUTF8(properties[i+1], "\uFFFD")))
	}
	p.printf("::%s\n", escapeData.Replace(strings.ToValidUTF8(text, "\uFFFD")))
}

// The Code Climate format as GitLab reads it (docs.gitlab.com, "Code Quality report format").

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
		End   int `json:"end"`
	} `json:"lines"`
}

func (p *printer) gitlab() error {
	out := jsonWriter{p: p}
	out.text("[")
	prints := fingerprints{}
	separator := "\n"
	add := func(issue gitlabIssue, begin, end int) {
		out.text(separator)
		separator = ",\n"
		issue.Location.Lines.Begin, issue.Location.Lines.End = begin, end
		out.value(issue)
	}
	for i := range p.Findings {
		f := &p.Findings[i]
		start, end := p.place(f.File, f.Span)
		add(gitlabIssue{
			Description: f.Message, CheckName: f.Rule, Fingerprint: prints.of(p, f),
			Severity: [...]string{diag.Off: "info", diag.Hint: "info", diag.Info: "minor", diag.Warning: "major", diag.Error: "critical"}[f.Severity],
			Location: gitlabLocation{Path: p.path(f.File)},
		}, start.Line, end.Line)
	}
	for _, e := range p.Errors {
		add(gitlabIssue{
			Description: e.Message, CheckName: e.Kind, Fingerprint: prints.sum(e.Kind, p.path(e.File), e.Message),
			Severity: "blocker", Location: gitlabLocation{Path: p.path(e.File)},
		}, max(1, e.Line), max(1, e.Line))
	}
	out.text("\n]\n")
	return out.err
}

// fingerprints names findings so that they keep their names when lines are added or removed elsewhere in
// the file: by rule, path, message and the text of the line, and a number for repetitions.
type fingerprints map[string]int

func (s fingerprints) of(p *printer, f *diag.Finding) string {
	line := ""
	if x := p.lines(f.File); x != nil {
		line = strings.TrimSpace(x.LineSpan(x.Line(f.Span.Start)).Of(x.Text()))
	}
	return s.sum(f.Rule, p.path(f.File), f.Message, line)
}

func (s fingerprints) sum(parts ...string) string {
	key := strings.Join(parts, "\x00")
	for {
		s[key]++
		n := s[key]
		if n == 1 {
			sum := sha256.Sum256([]byte(key))
			return hex.EncodeToString(sum[:16])
		}
		key = fmt.Sprintf("%s\x00%d", key, n)
	}
}

// The format of Checkstyle, which many CI systems read.

type checkstyleError struct {
	Line     int    `xml:"line,attr,omitempty"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleReport struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

func (p *printer) checkstyle() error {
	all := checkstyleReport{Version: "10.0"}
	at := map[string]int{}
	add := func(file string, e checkstyleError) {
		i, ok := at[file]
		if !ok {
			i = len(all.Files)
			at[file] = i
			all.Files = append(all.Files, checkstyleFile{Name: p.path(file)})
		}
		all.Files[i].Errors = append(all.Files[i].Errors, e)
	}
	for i := range p.Findings {
		f := &p.Findings[i]
		start, _ := p.place(f.File, f.Span)
		add(f.File, checkstyleError{
			Line: start.Line, Column: start.Column,
			Severity: [...]string{diag.Off: "info", diag.Hint: "info", diag.Info: "info", diag.Warning: "warning", diag.Error: "error"}[f.Severity],
			Message:  f.Message, Source: "nixsift." + f.Rule,
		})
	}
	for _, e := range p.Errors {
		add(e.File, checkstyleError{Line: e.Line, Column: e.Column, Severity: "error", Message: e.Message, Source: "nixsift." + e.Kind})
	}
	p.printf(xml.Header)
	enc := xml.NewEncoder(p.w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	return p.w.WriteByte('\n')
}

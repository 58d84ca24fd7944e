package report

import (
	"encoding/xml"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fingerprint"
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

// command writes a workflow command. The log shows it to people as well, so what a terminal would act upon is
// escaped.
func (p *printer) command(name string, properties []string, text string) {
	p.printf("::%s ", name)
	for i := 0; i < len(properties); i += 2 {
		if i > 0 {
			p.printf(",")
		}
		p.printf("%s=%s", properties[i], escapeProperty.Replace(Visible(properties[i+1])))
	}
	p.printf("::%s\n", escapeData.Replace(visibleLines(text)))
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
	var prints fingerprint.Counter
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
			Description: f.Message, CheckName: f.Rule, Fingerprint: prints.Next(f, p.path(f.File), p.printedText(f.File)),
			Severity: [...]string{diag.Off: "info", diag.Hint: "info", diag.Info: "minor", diag.Warning: "major", diag.Error: "critical"}[f.Severity],
			Location: gitlabLocation{Path: p.path(f.File)},
		}, start.Line, end.Line)
	}
	for _, e := range p.Errors {
		add(gitlabIssue{
			Description: e.Message, CheckName: e.Kind, Fingerprint: prints.Sum(e.Kind, p.path(e.File), e.Message),
			Severity: "blocker", Location: gitlabLocation{Path: p.path(e.File)},
		}, max(1, e.Line), max(1, e.Line))
	}
	out.text("\n]\n")
	return out.err
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
	XMLName xml.Name          `xml:"file"`
	Name    string            `xml:"name,attr"`
	Errors  []checkstyleError `xml:"error"`
}

// checkstyle writes the findings file by file, each with its errors; files that have only errors come last.
func (p *printer) checkstyle() error {
	p.printf(xml.Header)
	enc := xml.NewEncoder(p.w)
	enc.Indent("", "  ")
	root := xml.StartElement{Name: xml.Name{Local: "checkstyle"}, Attr: []xml.Attr{{Name: xml.Name{Local: "version"}, Value: "10.0"}}}
	if err := enc.EncodeToken(root); err != nil {
		return err
	}
	errs := map[string][]FileError{}
	for _, e := range p.Errors {
		errs[e.File] = append(errs[e.File], e)
	}
	write := func(file string, findings []diag.Finding) error {
		out := checkstyleFile{Name: Visible(p.path(file))}
		for i := range findings {
			f := &findings[i]
			start, _ := p.place(f.File, f.Span)
			out.Errors = append(out.Errors, checkstyleError{
				Line: start.Line, Column: start.Column,
				Severity: [...]string{diag.Off: "info", diag.Hint: "info", diag.Info: "info", diag.Warning: "warning", diag.Error: "error"}[f.Severity],
				Message:  Visible(f.Message), Source: "nixsift." + f.Rule,
			})
		}
		for _, e := range errs[file] {
			out.Errors = append(out.Errors, checkstyleError{Line: e.Line, Column: e.Column, Severity: "error", Message: Visible(e.Message), Source: "nixsift." + e.Kind})
		}
		delete(errs, file)
		return enc.Encode(out)
	}
	for from := 0; from < len(p.Findings); {
		to := from + 1
		for to < len(p.Findings) && p.Findings[to].File == p.Findings[from].File {
			to++
		}
		if err := write(p.Findings[from].File, p.Findings[from:to]); err != nil {
			return err
		}
		from = to
	}
	for _, e := range p.Errors {
		if errs[e.File] != nil {
			if err := write(e.File, nil); err != nil {
				return err
			}
		}
	}
	if err := enc.EncodeToken(root.End()); err != nil {
		return err
	}
	if err := enc.Flush(); err != nil {
		return err
	}
	return p.w.WriteByte('\n')
}

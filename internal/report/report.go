// Package report writes the outcome of a run in the formats that people, editors and CI systems read.
//
// All formats share the paths (relative to a folder, with slashes, "../" outside of it) and the positions:
// lines and columns from 1, columns in Unicode code points, byte offsets from 0, ranges half-open.
package report

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
)

// Run is the outcome of a run.
type Run struct {
	Findings []diag.Finding // to print, in the order of diag.Compare
	All      []diag.Finding // with those that are not printed; nil where there are none
	Errors   []FileError
	Summary  Summary
	Silenced []diag.Silenced // only SARIF tells them
	// Exhausted are the files of which not all could be evaluated, sorted; they are told with the statistics.
	Exhausted []string

	// Sources returns the text of a file that a finding names; false where it cannot be had, which leaves
	// the finding without line and excerpt. Nil knows no file.
	Sources func(file string) (text string, ok bool)
	// Rule describes a rule; the zero value where it is not known. Nil knows no rule.
	Rule func(id string) Rule

	// Secrets are what nothing may show. Nil knows those of known form alone.
	Secrets *secret.Values

	BaseDir     string // the absolute path that paths are relative to, or "" to leave them alone
	ToolVersion string
}

// Rule is what reports say of a rule. Its texts are Markdown.
type Rule struct {
	Summary  string // one sentence, without a period
	Doc      string
	Family   string
	URL      string // of its documentation
	Severity diag.Severity
}

// FileError is a file that could not be analysed, or not wholly, or a mistake in a configuration file.
type FileError struct {
	File    string // may be empty
	Message string
	Kind    string // one word: "unreadable", "config", "internal"

	Line, Column int // from 1; 0 where there is no place in the file
}

// text returns the message behind the place in the file.
func (e FileError) text() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

// Summary is what cannot be counted from the findings.
type Summary struct {
	Files      int // that were checked
	Suppressed int // findings that comments silenced
	Baselines  int // that hold for something
	Baselined  int // findings that are in a baseline
	Fixed      int // findings of baselines that are gone
	Generated  int // findings that were left out because their file is generated
	Previews   int // rules that did not run for being in preview alone
	Duration   time.Duration
}

// Options are the reader's wishes. But for Statistics they are about the text formats only.
type Options struct {
	Color bool
	// Width is that of the terminal that reads, in columns. Without one, which is 0, nothing is wrapped, and excerpts are
	// cut at 120 columns.
	Width int
	// Statistics counts the findings by rule: in the text formats instead of listing them, in JSON beside the list.
	Statistics bool
	// Brief shows the errors, counts the rest by rule and says how to go on.
	Brief bool
	// Quiet leaves out the summary.
	Quiet bool
}

type format struct {
	name  string
	write func(*printer) error
}

var formats = []format{
	{"text", (*printer).text},
	{"short", (*printer).short},
	{"json", (*printer).json},
	{"jsonl", (*printer).jsonLines},
	{"sarif", (*printer).sarif},
	{"github", (*printer).github},
	{"gitlab", (*printer).gitlab},
	{"checkstyle", (*printer).checkstyle},
	{"markdown", (*printer).markdown},
}

// Formats returns the names of the formats, the default one first.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write writes the run in the named format. The error is that of an unknown format or of the writer.
func Write(w io.Writer, name string, run *Run, opts Options) error {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
	if i < 0 {
		return fmt.Errorf("unknown format %q: use one of %s", name, strings.Join(Formats(), ", "))
	}
	known := *run
	if known.Sources == nil {
		known.Sources = func(string) (string, bool) { return "", false }
	}
	if known.All == nil {
		known.All = known.Findings
	}
	if known.Rule == nil {
		known.Rule = func(string) Rule { return Rule{} }
	}
	known.hideSecrets()
	p := &printer{Run: &known, w: bufio.NewWriter(w), opts: opts, indexes: map[string]*source.LineIndex{}, urls: map[string]string{}, paths: map[string]string{}}
	if err := formats[i].write(p); err != nil {
		return err
	}
	return p.w.Flush()
}

// printer is one call of Write.
type printer struct {
	*Run
	w       *bufio.Writer
	opts    Options
	indexes map[string]*source.LineIndex
	masked  maskedText
	urls    map[string]string // by rule
	paths   map[string]string
}

// printf writes text. The buffer keeps the first error until it is flushed.
func (p *printer) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.w, format, args...) }

// lines returns the line index of a file, or nil where its text is not known.
func (p *printer) lines(file string) *source.LineIndex {
	x, ok := p.indexes[file]
	if ok {
		return x
	}
	if text, ok := p.Sources(file); ok {
		x = source.NewLineIndex(text)
	}
	if len(p.indexes) > 64 {
		clear(p.indexes) // findings come file by file: a few are enough
	}
	p.indexes[file] = x
	return x
}

// place returns the positions of a span. Where the text is not known both are line 1, column 1.
func (p *printer) place(file string, s source.Span) (start, end source.Position) {
	if x := p.lines(file); x != nil {
		return x.Position(s.Start), x.Position(s.End)
	}
	return source.Position{Line: 1, Column: 1, Offset: s.Start}, source.Position{Line: 1, Column: 1, Offset: s.End}
}

// path returns a file's path as all formats show it.
func (p *printer) path(file string) string {
	rel, ok := p.paths[file]
	if ok {
		return rel
	}
	rel = Relative(p.BaseDir, file)
	p.paths[file] = rel
	return rel
}

// Relative returns a path relative to a folder, with slashes. Devices, and paths where no folder is given, stay as they are.
func Relative(dir, path string) string {
	isDevice := func(path string) bool { return strings.HasPrefix(path, "/dev/") }
	if dir != "" && filepath.IsAbs(path) && (!isDevice(path) || isDevice(dir+"/")) {
		if rel, err := filepath.Rel(dir, path); err == nil {
			path = rel
		}
	}
	return filepath.ToSlash(path)
}

// fileOf returns the file of a place that may leave it to its finding.
func fileOf(file string, f *diag.Finding) string {
	if file == "" {
		return f.File
	}
	return file
}

// counts are the findings by severity, and those that --fix mends.
type counts struct {
	by      [diag.Error + 1]int
	fixable int
}

func (p *printer) counts() counts {
	var c counts
	for i := range p.All {
		f := &p.All[i]
		c.by[f.Severity]++
		if hasFix(f, diag.Safe) {
			c.fixable++
		}
	}
	return c
}

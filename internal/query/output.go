package query

import (
	"fmt"
	"io"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/report"
)

// The JSON output, version 1: docs/schema/query-v1.schema.json describes it.

// JSON is what is found as it is written; its fields are a stable interface.
type JSON struct {
	Version int         `json:"version"`
	Pattern string      `json:"pattern"`
	Matches []jsonMatch `json:"matches"`
	// Hidden counts matches that are only possible and were not asked for.
	Hidden int         `json:"hidden"`
	Errors []jsonError `json:"errors"`
}

type jsonMatch struct {
	File     string     `json:"file"`
	Range    *jsonRange `json:"range"`
	Text     string     `json:"text"`
	Possible bool       `json:"possible"`
	Vars     []jsonVar  `json:"vars"`
}

type jsonVar struct {
	Name  string     `json:"name"`
	Many  bool       `json:"many"`
	Text  string     `json:"text"`
	Range *jsonRange `json:"range,omitempty"`
}

type jsonRange struct {
	Start jsonPosition `json:"start"`
	End   jsonPosition `json:"end"`
}

type jsonPosition struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Offset uint32 `json:"offset"`
}

type jsonError struct {
	File    string `json:"file"`
	Message string `json:"message"`
}

// ToJSON returns what is found; name gives the name of a file.
func (q *Query) ToJSON(files []File, name func(path string) string) JSON {
	out := JSON{Version: 1, Pattern: q.Pattern.String(), Matches: []jsonMatch{}, Errors: []jsonError{}}
	for _, f := range files {
		out.Hidden += f.Hidden
		if why := f.Problem(); why != "" {
			out.Errors = append(out.Errors, jsonError{name(f.Path), why})
		}
		for _, m := range f.Matches {
			j := jsonMatch{name(f.Path), f.rangeOf(m.Span), m.Text, m.Possible, []jsonVar{}}
			for _, v := range m.Vars {
				x := jsonVar{Name: v.Name, Many: v.Many, Text: v.Text}
				if v.Span.Len() > 0 && !v.InPieces {
					x.Range = f.rangeOf(v.Span)
				}
				j.Vars = append(j.Vars, x)
			}
			out.Matches = append(out.Matches, j)
		}
	}
	return out
}

// Problem tells what kept a file from being searched wholly, "" for nothing.
func (f *File) Problem() string {
	switch {
	case f.Err != nil:
		return f.Err.Error()
	case f.Cut:
		return "looking for all matches would take too long: there may be more"
	}
	return ""
}

func (f *File) rangeOf(s source.Span) *jsonRange {
	at := func(offset uint32) jsonPosition {
		p := f.Lines.Position(offset)
		return jsonPosition{p.Line, p.Column, p.Offset}
	}
	return &jsonRange{at(s.Start), at(s.End)}
}

// WriteText writes a line for each match, with the first line of the code, and one for each metavariable.
func WriteText(w io.Writer, files []File, name func(path string) string) error {
	for _, f := range files {
		for _, m := range f.Matches {
			p := f.Lines.Position(m.Span.Start)
			possible := ""
			if m.Possible {
				possible = "  (possible)"
			}
			if _, err := fmt.Fprintf(w, "%s:%d:%d: %s%s\n", report.Visible(name(f.Path)), p.Line, p.Column, firstLine(m.Text), possible); err != nil {
				return err
			}
			for _, v := range m.Vars {
				sign := "$"
				if v.Many {
					sign = "$$$"
				}
				line := strings.TrimRight(fmt.Sprintf("    %s%s = %s", sign, v.Name, firstLine(v.Text)), " ")
				if _, err := fmt.Fprintln(w, line); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// maxShown is how many bytes of code a line of text has.
const maxShown = 120

// firstLine returns the first line of code, and dots where there is more.
func firstLine(text string) string {
	line, more := text, false
	if len(line) > maxShown {
		line, more = strings.ToValidUTF8(line[:maxShown], ""), true
	}
	if i := strings.IndexAny(line, "\r\n"); i >= 0 {
		line, more = line[:i], true
	}
	line = report.Visible(strings.ReplaceAll(line, "\t", " "))
	if more {
		line = strings.TrimRight(line, " ") + " …"
	}
	return line
}

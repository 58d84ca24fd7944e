package report

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// The bounds of a page in Markdown: GitHub takes at most 1 MiB for all steps of a job together, and nobody reads more.
const (
	maxRows  = 100
	maxBytes = 64 << 10
)

// markdown writes a page for people, as a job summary of GitHub shows it: the counts, then the findings and errors, the
// worst first, as far as they fit.
func (p *printer) markdown() error {
	p.printf("### nixsift: %s\n", escapeMarkdown(p.summary()))
	if n := p.Summary.Fixed; n > 0 {
		p.printf("\n%s of the baseline %s fixed: <code>nixsift baseline</code> takes out what is.\n", count(n, "finding", true), map[bool]string{true: "is", false: "are"}[n == 1])
	}
	if list := p.statistics(nil); len(list) > 0 {
		p.printf("\n| severity | rule | findings | to mend |\n|---|---|--:|---|\n")
		for i, c := range list {
			if i == maxRows {
				p.printf("| | and %d more rules | | |\n", len(list)-i)
				break
			}
			p.printf("| %s | %s | %d | %s |\n", c.Severity, p.ruleLink(c.Rule), c.Findings, c.takes())
		}
	}
	rows := p.markdownRows()
	if len(rows) == 0 {
		return nil
	}
	p.printf("\n| severity | place | |\n|---|---|---|\n")
	written := 0
	for i, row := range rows {
		if written += len(row); i == maxRows || written > maxBytes {
			p.printf("| | | and %d more |\n", len(p.Errors)+len(p.Findings)-i)
			break
		}
		p.printf("%s", row)
	}
	return nil
}

// markdownRows returns the rows of the errors, then of the findings from the worst severity on; no more than may be shown
// and one.
func (p *printer) markdownRows() []string {
	var rows []string
	row := func(severity, file string, line int, text string) {
		place := ""
		if file != "" {
			place = p.path(file)
			if line > 0 {
				place = fmt.Sprintf("%s:%d", place, line)
			}
			place = "<code>" + escapeMarkdown(Visible(place)) + "</code>"
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |\n", severity, place, text))
	}
	for _, e := range p.Errors {
		if len(rows) > maxRows {
			return rows
		}
		row("error", e.File, e.Line, markdownText(e.Message))
	}
	for severity := diag.Error; severity > diag.Off; severity-- {
		for i := range p.Findings {
			f := &p.Findings[i]
			if len(rows) > maxRows {
				return rows
			}
			if f.Severity == severity {
				start, _ := p.place(f.File, f.Span)
				row(severity.String(), f.File, start.Line, markdownText(f.Message)+" ("+p.ruleLink(f.Rule)+")")
			}
		}
	}
	return rows
}

func (p *printer) ruleLink(id string) string {
	if url := p.Rule(id).URL; url != "" {
		return "[" + escapeMarkdown(id) + "](" + url + ")"
	}
	return escapeMarkdown(id)
}

// markdownText returns a message for a cell of a table: what stands in backticks is code, everything else plain text.
func markdownText(s string) string {
	s = Visible(s)
	const most = 1000
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	var b strings.Builder
	parts := strings.Split(s, "`")
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			b.WriteString("<code>" + escapeMarkdown(part) + "</code>")
			continue
		}
		if i%2 == 1 {
			b.WriteString(escapeMarkdown("`"))
		}
		b.WriteString(escapeMarkdown(part))
	}
	return b.String()
}

// escapeMarkdown makes text of what Markdown, and GitHub's (mentions, numbers of issues), would read as something else.
// A character that is written by its number is never taken for markup.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_{}[]()<>#+!|~@:&\"'$", r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

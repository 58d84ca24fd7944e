package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// UseColor decides on colours: the choice "always" or "never" counts most, then the environment as people know it
// (no-color.org, force-color.org, bixense.com/clicolors), then whether a terminal reads.
func UseColor(choice string, terminal bool, env func(name string) string) bool {
	force := func(name string) bool { v := env(name); return v != "" && v != "0" }
	switch {
	case choice != "auto":
		return choice == "always"
	case env("NO_COLOR") != "" || env("FORCE_COLOR") == "0" || env("CLICOLOR") == "0":
		return false
	case force("FORCE_COLOR") || force("CLICOLOR_FORCE"):
		return true
	}
	return terminal && env("TERM") != "dumb"
}

// palette holds the colours of the text formats.
type palette struct {
	severity [diag.Error + 1]*color.Color
	strong   *color.Color
	frame    *color.Color // line numbers, arrows, bars
	note     *color.Color // the underline of a related place
}

func newPalette(on bool) palette {
	tint := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	return palette{
		severity: [...]*color.Color{
			diag.Off: tint(), diag.Hint: tint(color.FgGreen, color.Bold), diag.Info: tint(color.FgBlue, color.Bold),
			diag.Warning: tint(color.FgYellow, color.Bold), diag.Error: tint(color.FgRed, color.Bold),
		},
		strong: tint(color.Bold), frame: tint(color.FgCyan), note: tint(color.FgCyan, color.Bold),
	}
}

// short writes a line a finding, in the form that editors and grep read.
func (p *printer) short() error {
	if p.opts.Statistics {
		return p.inNumbers()
	}
	colors := newPalette(p.opts.Color)
	for i := range p.Findings {
		f := &p.Findings[i]
		start, _ := p.place(f.File, f.Span)
		p.printf("%s:%d:%d: %s: %s [%s]\n", Visible(p.path(f.File)), start.Line, start.Column,
			colors.severity[f.Severity].Sprint(f.Severity), Visible(f.Message), f.Rule)
	}
	for _, e := range p.Errors {
		p.fileError(colors, e, false)
	}
	return nil
}

// fileError writes an error in the form of short, wrapped or not.
func (p *printer) fileError(colors palette, e FileError, wrapped bool) {
	file := ""
	if e.File != "" {
		file = Visible(p.path(e.File)) + ":"
		if e.Line > 0 {
			file += fmt.Sprintf("%d:%d:", e.Line, e.Column)
		}
		file += " "
	}
	p.printf("%s%s", file, colors.severity[diag.Error].Sprint("error"))
	text := fmt.Sprintf(": %s [%s]", Visible(e.Message), e.Kind)
	if wrapped {
		p.wrapped(text, Columns(file)+len("error"), 2, fmt.Sprint)
	} else {
		p.printf("%s\n", text)
	}
}

// text writes findings with excerpts of the source, and a summary.
func (p *printer) text() error {
	switch {
	case p.opts.Statistics:
		return p.inNumbers()
	case p.opts.Brief:
		return p.brief()
	}
	colors := newPalette(p.opts.Color)
	for i := range p.Findings {
		p.finding(colors, &p.Findings[i])
		p.printf("\n")
	}
	p.ending(colors)
	return nil
}

// ending writes what comes behind the findings: the errors and the summary.
func (p *printer) ending(colors palette) {
	for _, e := range p.Errors {
		p.fileError(colors, e, true)
	}
	if p.opts.Quiet {
		return
	}
	if len(p.Errors) > 0 {
		p.printf("\n")
	}
	p.wrapped(p.summary(), 0, 2, fmt.Sprint)
	if n := p.Summary.Previews; n > 0 {
		p.wrapped(count(n, "rule", true)+" in preview did not run (--preview)", 0, 2, fmt.Sprint)
	}
}

func (p *printer) finding(colors palette, f *diag.Finding) {
	tint := colors.severity[f.Severity]
	head := fmt.Sprintf("%s[%s]", f.Severity, f.Rule)
	p.printf("%s", tint.Sprint(head))
	p.wrapped(": "+Visible(f.Message), len(head), 2, colors.strong.Sprint)
	margin := p.margin(f)
	p.excerpt(colors, margin, "-->", f.File, f.Span, tint, '^', "")
	for _, r := range f.Related {
		p.excerpt(colors, margin, ":::", fileOf(r.File, f), r.Span, colors.note, '-', Visible(r.Message))
	}
	note := func(name, text string) {
		p.printf("%s %s %s ", strings.Repeat(" ", margin), colors.frame.Sprint("="), colors.strong.Sprint(name+":"))
		p.wrapped(text, margin+len(" = : ")+len(name), margin+len(" =   "), fmt.Sprint)
	}
	if f.Help != "" {
		note("help", Visible(f.Help))
	}
	for _, fix := range f.Fixes {
		name := "fix available"
		switch fix.Safety {
		case diag.Unsafe:
			name = "unsafe fix available"
		case diag.Display:
			name = "suggestion"
		}
		note(name, Visible(fix.Title))
	}
	if url := p.Rule(f.Rule).URL; url != "" {
		p.printf("%s %s %s %s\n", strings.Repeat(" ", margin), colors.frame.Sprint("="), colors.strong.Sprint("see:"), url)
	}
}

// margin returns the width of the largest line number that a finding shows.
func (p *printer) margin(f *diag.Finding) int {
	last := 0
	see := func(file string, s source.Span) {
		if x := p.lines(file); x != nil {
			last = max(last, x.Line(lastByte(s)))
		}
	}
	see(f.File, f.Span)
	for _, r := range f.Related {
		see(fileOf(r.File, f), r.Span)
	}
	return len(strconv.Itoa(last))
}

// lastByte returns the offset of the last byte in a span, or its start where it is empty.
func lastByte(s source.Span) uint32 { return max(s.Start, s.End, 1+s.Start) - 1 }

// shownLines is the number of lines of a range that an excerpt shows at most; of a longer one it shows the
// first lines and the last.
const shownLines = 4

// excerpt writes where a range is, and its lines with the range underlined by the mark and labelled.
func (p *printer) excerpt(colors palette, margin int, arrow, file string, s source.Span, tint *color.Color, mark rune, label string) {
	pad := strings.Repeat(" ", margin)
	x := p.lines(file)
	if x == nil {
		p.printf("%s%s %s\n", pad, colors.frame.Sprint(arrow), Visible(p.path(file)))
		if label != "" {
			p.printf("%s %s ", pad, colors.frame.Sprint("="))
			p.wrapped(label, margin+len(" = "), margin+len(" =   "), fmt.Sprint)
		}
		return
	}
	s.Start = min(s.Start, uint32(len(x.Text())))
	s.End = min(max(s.Start, s.End), uint32(len(x.Text())))
	at := x.Position(s.Start)
	p.printf("%s%s %s:%d:%d\n", pad, colors.frame.Sprint(arrow), Visible(p.path(file)), at.Line, at.Column)
	p.printf("%s %s\n", pad, colors.frame.Sprint("|"))
	first, last := at.Line, x.Line(lastByte(s))
	for line := first; line <= last; line++ {
		if last-first >= shownLines && line == first+shownLines-2 {
			p.printf("%s\n", colors.frame.Sprint("..."))
			line = last
		}
		text, before, marked := p.line(x, p.shownText(file, x), margin, line, s)
		if text != "" {
			text = " " + text
		}
		p.printf("%s%s\n", colors.frame.Sprintf("%*d |", margin, line), text)
		frame := pad + " " + colors.frame.Sprint("|") + " "
		below := ""
		if line == last {
			below = label
		}
		if marked > 0 {
			under := strings.Repeat(string(mark), marked)
			if room := p.width() - margin - frameWidth; below != "" && (p.width() == 0 || before+marked+1+Columns(below) <= room) {
				under, below = under+" "+below, ""
			}
			p.printf("%s%s%s\n", frame, strings.Repeat(" ", before), tint.Sprint(under))
		}
		if below != "" {
			p.label(frame, margin, before, below, tint)
		}
	}
}

// frameWidth is the columns between the line number and the line.
const frameWidth = len(" | ")

// label writes a label that has no place beside its mark below it, as far to the right as it fits.
func (p *printer) label(frame string, margin, before int, label string, tint *color.Color) {
	room := p.width() - margin - frameWidth
	indent := max(0, min(before, room-Columns(label)))
	for _, l := range wrap(label, room-indent, room-indent) {
		p.printf("%s%s%s\n", frame, strings.Repeat(" ", indent), tint.Sprint(l))
	}
}

// line returns a line of the text to be shown, and the columns before and of the marks below it for the part of s on it; of no marks
// where that is nothing but indentation.
func (p *printer) line(x *source.LineIndex, shown string, margin, line int, s source.Span) (text string, before, marked int) {
	width := 120
	if p.width() > 0 {
		const ellipses = 2
		width = p.width() - margin - frameWidth - ellipses
	}
	l := x.LineSpan(line)
	from, to := max(s.Start, l.Start), min(s.End, l.End)
	if s.Start < l.Start { // a later line of the range: do not underline its indentation
		part := source.Span{Start: from, End: max(from, to)}.Of(x.Text())
		from += uint32(len(part) - len(strings.TrimLeft(part, " \t")))
		if from >= to {
			return drawLine(l.Of(shown), 0, 0, width).text, 0, 0
		}
	}
	d := drawLine(l.Of(shown), int(min(from, l.End)-l.Start), int(max(from, to)-l.Start), width)
	return d.text, d.before, max(1, d.marked)
}

// summary returns the last line: "3 errors, 1 warning in 5 files; 2 fixable with --fix".
func (p *printer) summary() string {
	c := p.counts()
	var parts []string
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info, diag.Hint} {
		if n := c.by[s]; n > 0 {
			parts = append(parts, count(n, [...]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "info", diag.Hint: "hint"}[s],
				s != diag.Info))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no findings"}
	}
	line := strings.Join(parts, ", ") + " in " + count(p.Summary.Files, "file", true)
	if c.fixable > 0 {
		line += fmt.Sprintf("; %d fixable with --fix", c.fixable)
	}
	if n := p.Summary.Suppressed; n > 0 {
		line += fmt.Sprintf("; %d suppressed", n)
	}
	if n := p.Summary.Baselined; n > 0 {
		line += "; " + map[bool]string{true: "1 finding is", false: fmt.Sprintf("%d findings are", n)}[n == 1] + " in the baseline"
	}
	if n := p.Summary.Generated; n > 0 {
		line += fmt.Sprintf("; %d in generated files left out", n)
	}
	mistakes, failed := p.failed()
	if failed > 0 {
		line += "; " + count(failed, "file", true) + " not wholly analysed"
	}
	if mistakes > 0 {
		line += "; " + count(mistakes, "mistake", true) + " in the configuration"
	}
	return line
}

// failed returns the number of mistakes in configuration files, and of other files with errors.
func (p *printer) failed() (mistakes, failed int) {
	seen := map[string]bool{}
	for _, e := range p.Errors {
		if e.Kind == "config" {
			mistakes++
		} else if e.File != "" {
			seen[e.File] = true
		}
	}
	return mistakes, len(seen)
}

func count(n int, what string, plural bool) string {
	if n != 1 && plural {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

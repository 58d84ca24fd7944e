// Package suppress reads the comments that silence findings, applies them, and reports those that are
// wrong or idle.
//
// `# nixsift: ignore[rule, rule] reason` at the end of a line silences findings that start on that line;
// alone on a line it silences those that start on the next line with code, or on a comment before it.
// `# nixsift: ignore-file[rule] reason` before any code silences a whole file. The comments of deadnix
// and nixf (`# deadnix: skip`, `# nixf-ignore: name`) hold for the rules they concern.
package suppress

import (
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// The rules whose findings Apply makes.
const (
	Unknown       = "unknown-suppression"        // names a rule that does not exist
	Unused        = "unused-suppression"         // silences nothing
	WithoutReason = "suppression-without-reason" // does not say why
	Malformed     = "malformed-suppression"      // cannot take effect
)

// Rules is what suppressions need to know of the rules.
type Rules interface {
	// Find returns the ids of the rules that have the name as id or alias, in a slice of its own.
	Find(name string) []string
	// Select returns the ids of the rules that a name means as Find does, or those of a family or a pattern, of which wide
	// tells; none where all rules are meant.
	Select(name string) (ids []string, wide bool)
	// OfTool returns the ids of the rules that stand for one of a tool's, in a slice of its own.
	OfTool(tool string) []string
	// Mandatory reports whether a rule cannot be silenced.
	Mandatory(id string) bool
	// Nearest returns the id that looks most like the name, or "".
	Nearest(name string) string
	// NearestAlias returns the name in another tool that looks most like the name, or "".
	NearestAlias(tool, name string) string
}

// Table holds the suppressions of one file. It is for one goroutine at a time.
type Table struct {
	*layout
	directives []*directive
	wrong      []diag.Finding // malformed, unknown, without reason
	byRule     map[string]*covers
	broken     bool // the file has syntax errors: what a comment is for may not have been found

	// Off reports whether a rule is off in the file whatever the command line says. A family or a pattern can be idle
	// although such rules did not run; where Off is nil, none is.
	Off func(rule string) bool
}

// directive is one comment that silences something.
type directive struct {
	comment  source.Span
	from, to uint32 // findings that start in [from, to), or in the comment itself, are covered
	file     bool   // covers the whole file
	foreign  bool   // written for another tool, so that it may be idle here
	names    []*name
}

// name is one rule name in a comment.
type name struct {
	span   source.Span
	text   string
	ids    []string
	wide   bool   // a family or a pattern
	reason string // that the comment gives
	state  state
}

type state uint8

const (
	idle    state = iota // silences nothing so far
	used                 // silenced a finding
	unknown              // no rule has the name
	fixed                // the rule cannot be silenced
)

// Mentioned reports whether a text may hold suppressions, well written or not: whether one of the words that open
// them stands where it may open one. Looking at the colons and at what opens comments only is several times faster than searching for
// each word.
func Mentioned(text string) bool {
	if opened(text, "#", "# \t") || opened(text, "*", "* \t\r\n") {
		return true
	}
	for {
		i := strings.IndexByte(text, ':')
		if i < 0 {
			return false
		}
		if before := text[:i+1]; strings.HasSuffix(before, nixfMark) || strings.HasSuffix(before, deadnixMark[:len("deadnix:")]) {
			return true
		}
		text = text[i+1:]
	}
}

// Parse reads the suppressions of a Nix file. It returns nil, which is a valid empty table, for a file
// without any. The table shares memory with the source, not with the tree.
func Parse(t *ast.Tree, rules Rules) *Table {
	if !Mentioned(t.Source()) {
		return nil
	}
	var comments []source.Span
	for c := range t.Comments() {
		comments = append(comments, c.Span())
	}
	table := ParseComments(t.Source(), comments, rules)
	if table == nil {
		return nil
	}
	table.broken = len(t.Errors()) > 0
	for _, d := range table.directives {
		if d.foreign {
			d.to = max(d.to, inheritEnd(t, d.comment))
		}
	}
	return table
}

// Covered returns the lines of a Nix file that its suppressions may speak about, those for the whole file left out:
// from the line of each comment to the end of the line with the next code, sorted by their starts.
func Covered(t *ast.Tree) []source.Span {
	text := t.Source()
	if !Mentioned(text) {
		return nil
	}
	var comments, covered []source.Span
	for c := range t.Comments() {
		comments = append(comments, c.Span())
	}
	l := newLayout(text, comments)
	for i, c := range comments {
		if s := c.Of(text); marked(s) && !strings.Contains(s, "ignore-file") {
			covered = append(covered, source.Span{Start: l.start(c.Start), End: min(l.nextCode(i), uint32(len(text)))})
		}
	}
	return covered
}

// Covers reports whether a place lies in what Covered returns. Where several cover it, the last that starts before it
// does.
func Covers(covered []source.Span, at uint32) bool {
	i := sort.Search(len(covered), func(i int) bool { return covered[i].Start > at })
	return i > 0 && covered[i-1].Contains(at)
}

// inheritEnd returns the end of the inherit that stands behind a comment, or 0: its names may take more
// lines than one.
func inheritEnd(t *ast.Tree, comment source.Span) uint32 {
	tok := t.TokenAt(comment.Start).NextSignificant()
	if !tok.IsValid() || tok.Kind() != ast.TokInherit {
		return 0
	}
	n := t.NodeAt(tok.Span())
	if !n.Is(ast.Inherit) {
		return 0
	}
	return n.End()
}

// ParseComments reads the suppressions among the comments of a text in any language: their spans in
// order, each from the sign that opens it. It returns nil where there are none.
func ParseComments(text string, comments []source.Span, rules Rules) *Table {
	if !slices.ContainsFunc(comments, func(c source.Span) bool { return marked(c.Of(text)) }) {
		return nil
	}
	p := &reader{Table: &Table{layout: newLayout(text, comments)}, rules: rules}
	for i, c := range comments {
		if marked(c.Of(text)) {
			p.comment(i)
		}
	}
	if len(p.directives) == 0 && len(p.wrong) == 0 {
		return nil
	}
	return p.Table
}

// ParseText reads the suppressions of a text whose comments start with `#`, such as YAML and shell. It
// sees single lines only: a line within a string or here-document that looks like a comment is one.
func ParseText(text string, rules Rules) *Table {
	if !Mentioned(text) {
		return nil
	}
	return ParseComments(text, hashComments(text), rules)
}

// Apply splits the findings of the table's file into those that are kept and those that comments silence. Extra are the findings about the comments themselves, with their default severities
// and without a file; they are silenced like others. Ran tells whether a rule was run on this file: one
// that was not makes no comment idle. The slice of findings is used for the result.
func (t *Table) Apply(findings []diag.Finding, ran func(rule string) bool) (kept []diag.Finding, silenced []diag.Silenced, extra []diag.Finding) {
	if t == nil {
		return findings, nil, nil
	}
	if t.broken {
		ran = func(string) bool { return false }
	}
	for _, d := range t.directives {
		for _, n := range d.names {
			if n.state == used {
				n.state = idle
			}
		}
	}
	isSilenced := func(f diag.Finding) bool {
		n := t.silences(f)
		if n != nil {
			silenced = append(silenced, diag.Silenced{Finding: f, Reason: n.reason})
		}
		return n != nil
	}
	kept = slices.DeleteFunc(findings, isSilenced)
	extra = slices.DeleteFunc(slices.Clone(t.wrong), isSilenced)
	missed := newNearby(t.lines, kept)
	// Names of the rule that reports idle names come last: they may silence reports on the others.
	for _, last := range []bool{false, true} {
		for _, d := range t.directives {
			var left stays
			for i, n := range d.names {
				if last == slices.Contains(n.ids, Unused) && t.isIdle(d, n, ran) {
					if left.names == nil {
						left = d.staying(func(n *name) bool { return n.state == fixed || t.isIdle(d, n, ran) })
					}
					if f := t.unused(d, i, left, missed.of(d, n)); last || !isSilenced(f) {
						extra = append(extra, f)
					}
				}
			}
		}
	}
	slices.SortFunc(extra, diag.Compare)
	return kept, silenced, extra
}

// silences finds the name in a comment that covers a finding and marks it as used: one for the line before one for the
// file. It returns nil where there is none.
func (t *Table) silences(f diag.Finding) *name {
	if t.byRule == nil {
		t.byRule = indexDirectives(t.directives)
	}
	x := t.byRule[f.Rule]
	if x == nil {
		return nil
	}
	n := x.at(f.Span.Start)
	if n != nil {
		n.state = used
	}
	return n
}

func (d *directive) covers(at uint32) bool {
	return d.file || d.from <= at && at < d.to || d.comment.Contains(at)
}

func (t *Table) isIdle(d *directive, n *name, ran func(string) bool) bool {
	some := false
	missed := slices.ContainsFunc(n.ids, func(id string) bool {
		did := ran(id)
		some = some || did
		return !did && !(n.wide && t.Off != nil && t.Off(id))
	})
	return !d.foreign && n.state == idle && !missed && (some || !n.wide)
}

// Names returns the names in the comments of nixsift's own form, with their lines.
func (t *Table) Names() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		if t == nil {
			return
		}
		for _, d := range t.directives {
			for _, n := range d.names {
				if !d.foreign && !yield(n.text, t.lines.Line(n.span.Start)) {
					return
				}
			}
		}
	}
}

// unused reports name i of a directive; left are the names that stay. Missed is the line of what it may have been
// for, or 0.
func (t *Table) unused(d *directive, i int, left stays, missed int) diag.Finding {
	n := d.names[i]
	where := "here"
	if d.file {
		where = "in this file"
	}
	help := "remove it"
	if missed > 0 {
		help = fmt.Sprintf("what it finds starts on line %d: put the comment at the end of that line, or alone on the line before; or remove it", missed)
	}
	return diag.Finding{
		Rule: Unused, Severity: diag.Warning, Span: n.span, Tags: diag.Unnecessary,
		Message: fmt.Sprintf("`%s` finds nothing to silence %s", n.text, where), Help: help,
		Fixes: []diag.Fix{t.removal(d, i, left, diag.Safe)},
	}
}

// stays are the names of a directive that are not to be removed.
type stays struct {
	names []bool
	count int
	last  int // the last of them, or -1
}

func (d *directive) staying(goes func(*name) bool) stays {
	s := stays{names: make([]bool, len(d.names)), last: -1}
	for i, n := range d.names {
		if !goes(n) {
			s.names[i] = true
			s.count++
			s.last = i
		}
	}
	return s
}

// removal is the fix that removes name i, or the whole comment if none but it stays.
func (t *Table) removal(d *directive, i int, left stays, safety diag.Safety) diag.Fix {
	n := d.names[i]
	others := left.count
	if left.names[i] {
		others--
	}
	var edit diag.Edit
	switch {
	case others == 0:
		return diag.Fix{Title: "remove the comment", Safety: safety, Edits: []diag.Edit{t.removeComment(d.comment)}}
	case left.last > i:
		edit.Span = source.Span{Start: n.span.Start, End: d.names[i+1].span.Start}
	default:
		edit.Span = source.Span{Start: d.names[i-1].span.End, End: n.span.End}
	}
	return diag.Fix{Title: fmt.Sprintf("remove `%s` from the comment", n.text), Safety: safety, Edits: []diag.Edit{edit}}
}

const blanks = " \t"

// removeComment removes a comment: with its lines if it is alone on them, and one of the blank lines around those, else with the
// blanks before it, leaving what stands around it apart.
func (l *layout) removeComment(c source.Span) diag.Edit {
	start, end := l.start(c.Start), l.end(c.End)
	before, after := l.text[start:c.Start], l.text[c.End:end]
	gone := c
	switch {
	case strings.Trim(before, blanks) == "" && strings.Trim(after, blanks) == "":
		gone = source.Span{Start: start, End: min(l.next(c.End), uint32(len(l.text)))}
		if first := l.lines.Line(start); first > 1 && gone.End > end && int(gone.End) < len(l.text) &&
			isBlank(l.lines.LineSpan(first-1).Of(l.text)) && isBlank(l.lines.LineSpan(l.lines.Line(gone.End)).Of(l.text)) {
			gone.End = min(l.next(gone.End), uint32(len(l.text)))
		}
	case strings.Trim(after, blanks) == "":
		gone = source.Span{Start: start + uint32(len(strings.TrimRight(before, blanks))), End: end}
	case strings.HasSuffix(before, " ") || strings.HasSuffix(before, "\t") || before == "":
		gone.End += uint32(len(after) - len(strings.TrimLeft(after, blanks)))
	case !strings.HasPrefix(after, " ") && !strings.HasPrefix(after, "\t"):
		return diag.Edit{Span: gone, Text: " "}
	}
	return diag.Edit{Span: gone}
}

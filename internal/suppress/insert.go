package suppress

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Comment is what a new suppression looks like, and where it stands.
type Comment struct {
	Reason string // in one line, or ""
	Room   bool   // a blank stands behind a line comment, for whoever writes the reason
	// Behind says for which findings it rather stands at the end of the line; nil is for none.
	Behind func(diag.Finding) bool
}

// Inserted is a text with more suppressions.
type Inserted struct {
	Text     string
	Edits    []diag.Edit    // what makes it of the text before, sorted
	Silenced int            // findings that the new comments and names silence
	Left     []diag.Finding // those that no comment can silence, as nothing but code, strings or JSON can stand there
}

// Insert adds comments that silence findings in a Nix file, which its comments do not silence yet. A comment stands alone on the
// line before, with its indentation, or at the end of the line; where one of that is within a string or a comment, it is the other, and
// where both are, within an antiquotation of the line. A comment that is there for the line takes the names up. The program stays what
// it was, token by token. parse is parser.Parse or, for findings of one line, what reuses the memory of the tree.
func Insert(t *ast.Tree, parse func(text string) *ast.Tree, rules Rules, findings []diag.Finding, c Comment) Inserted {
	x := newInserter(t.Source(), Parse(t, rules), c)
	x.before = func(line int) (uint32, bool) { return lineBefore(t, x.lines, line) }
	x.behind = func(line int) bool { return canStandBehind(t, x.lines, line) }
	x.within = func(g group) (uint32, bool) { return placeWithin(t, x.lines, g.line, g.findings[0].Span.Start) }
	x.check = checkNix(parse, rules)
	return x.insert(findings)
}

// InsertForFile is Insert with one comment at the top of the file, which silences what the rules of the findings find in the whole
// file.
func InsertForFile(t *ast.Tree, parse func(text string) *ast.Tree, rules Rules, findings []diag.Finding, c Comment) Inserted {
	x := newInserter(t.Source(), Parse(t, rules), c)
	x.file = true
	x.check = checkNix(parse, rules)
	return x.insert(findings)
}

// checkNix returns what checks a Nix file with more comments.
func checkNix(parse func(text string) *ast.Tree, rules Rules) func(text string, edits []diag.Edit) (*Table, bool) {
	return func(text string, edits []diag.Edit) (*Table, bool) {
		after := parse(text)
		return Parse(after, rules), onlyComments(after, edits)
	}
}

// InsertForText is InsertForFile for a text as InsertText takes it.
func InsertForText(text string, rules Rules, findings []diag.Finding, c Comment, same func(after string) bool) Inserted {
	x := newInserter(text, ParseText(text, rules), c)
	x.file = true
	x.check = func(text string, _ []diag.Edit) (*Table, bool) { return ParseText(text, rules), same(text) }
	return x.insert(findings)
}

// InsertText is Insert for a text whose comments start with `#`, such as YAML and shell. same reports whether the text with
// other comments does the same as before.
func InsertText(text string, rules Rules, findings []diag.Finding, c Comment, same func(after string) bool) Inserted {
	out := Inserted{Text: text}
	lines := source.NewLineIndex(text)
	// One line after the other, from the last one, since each may be where no comment can stand.
	byLine := map[int][]diag.Finding{}
	for _, f := range findings {
		line := lines.Line(f.Span.Start)
		byLine[line] = append(byLine[line], f)
	}
	for _, line := range slices.Backward(slices.Sorted(maps.Keys(byLine))) {
		some := Inserted{}
		behind := c.Behind != nil && slices.ContainsFunc(byLine[line], c.Behind)
		for _, before := range []bool{!behind, behind} {
			x := newInserter(out.Text, ParseText(out.Text, rules), c)
			x.before = func(line int) (uint32, bool) {
				at := lineStart(x.text, x.lines, line)
				return at, before && !strings.HasPrefix(x.text[at:], "#!")
			}
			x.behind = func(line int) bool { return !before && hashIn(x.lines.LineSpan(line).Of(x.text)) < 0 }
			x.check = func(text string, _ []diag.Edit) (*Table, bool) { return ParseText(text, rules), same(text) }
			if some = x.insert(byLine[line]); len(some.Left) == 0 {
				break
			}
		}
		out.Text = some.Text
		out.Edits = append(some.Edits, out.Edits...)
		out.Silenced += some.Silenced
		out.Left = append(some.Left, out.Left...)
	}
	return out
}

// inserter adds comments to one text.
type inserter struct {
	text    string
	lines   *source.LineIndex
	table   *Table
	comment Comment
	file    bool                                // one comment for the whole file
	before  func(line int) (at uint32, ok bool) // where a line of its own before a line starts
	behind  func(line int) bool                 // whether a comment can stand at the end of a line
	within  func(g group) (at uint32, ok bool)  // where a block comment can stand within the line of a group; nil for nowhere
	check   func(text string, edits []diag.Edit) (t *Table, same bool)
}

func newInserter(text string, table *Table, c Comment) *inserter {
	return &inserter{text: text, lines: source.NewLineIndex(text), table: table, comment: c}
}

// group is the findings that one comment is to silence.
type group struct {
	into     *directive // the comment that takes the names, or nil for a new one
	line     int
	behind   bool // a new one rather stands at the end of the line
	findings []diag.Finding
}

func (x *inserter) insert(findings []diag.Finding) Inserted {
	groups := x.groups(findings)
	var left []diag.Finding
	for len(groups) > 0 {
		edits, fit := x.edits(groups)
		text := splice(x.text, edits)
		table, same := x.check(text, edits)
		var stay []group
		all := 0
		for i, g := range groups {
			silenced := !slices.ContainsFunc(g.findings, func(f diag.Finding) bool { return !silencedBy(table, f, edits) })
			if fit[i] && (same && silenced || !same && len(groups) > 1 && x.alone(g)) {
				stay = append(stay, g)
				all += len(g.findings)
			} else {
				left = append(left, g.findings...)
			}
		}
		switch {
		case len(stay) < len(groups):
			groups = stay
			continue
		case !same:
			left = slices.Clone(findings)
			text, edits, all = x.text, nil, 0
		}
		slices.SortFunc(left, diag.Compare)
		return Inserted{text, edits, all, left}
	}
	slices.SortFunc(left, diag.Compare)
	return Inserted{x.text, nil, 0, left}
}

// alone reports whether the text stays what it was with the comment of one group.
func (x *inserter) alone(g group) bool {
	edits, fit := x.edits([]group{g})
	if !fit[0] {
		return false
	}
	_, same := x.check(splice(x.text, edits), edits)
	return same
}

// groups puts the findings together that one comment can silence: those that start on one line, or for which there is a comment.
func (x *inserter) groups(findings []diag.Finding) []group {
	var groups []group
	at := map[any]int{}
	for _, f := range findings {
		g := group{into: x.existing(f), line: x.lines.Line(f.Span.Start), behind: x.comment.Behind != nil && x.comment.Behind(f)}
		var key any
		switch {
		case g.into != nil:
			key = g.into
		case !x.file:
			key = [2]any{g.line, g.behind}
		}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, g)
		}
		groups[i].findings = append(groups[i].findings, f)
	}
	return groups
}

// existing returns the last comment of one line that covers a finding, or the whole file where such a comment is wanted, and can take
// the name of its rule and the reason.
func (x *inserter) existing(f diag.Finding) *directive {
	if x.table == nil {
		return nil
	}
	for _, d := range slices.Backward(x.table.directives) {
		comment := d.comment.Of(x.text)
		block := strings.HasPrefix(comment, "/*")
		if !d.foreign && d.file == x.file && len(d.names) > 0 && d.covers(f.Span.Start) &&
			!(block && (strings.ContainsAny(comment, "\r\n") || !inBlock(x.comment.Reason))) {
			return d
		}
	}
	return nil
}

// inBlock reports whether a reason can stand in a block comment.
func inBlock(reason string) bool {
	return !strings.Contains(reason, "*/") && !strings.HasSuffix(reason, "*")
}

// edits returns the edits that add the comments of groups, sorted, and for which of them there is a place.
func (x *inserter) edits(groups []group) (edits []diag.Edit, fit []bool) {
	fit = make([]bool, len(groups))
	for i, g := range groups {
		var ids []string
		for _, f := range g.findings {
			ids = append(ids, f.Rule)
		}
		slices.Sort(ids)
		names := strings.Join(slices.Compact(ids), ", ")
		if g.into != nil {
			edits, fit[i] = append(edits, x.join(g.into, names)...), true
			continue
		}
		if e, ok := x.place(g, names); ok {
			edits, fit[i] = append(edits, e), true
		}
	}
	slices.SortStableFunc(edits, func(a, b diag.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return edits, fit
}

// place returns the edit that adds a comment for a group where one can stand.
func (x *inserter) place(g group, names string) (e diag.Edit, ok bool) {
	verb := "ignore"
	if x.file {
		verb = "ignore-file"
	}
	words := nixsiftMark + " " + verb + "[" + names + "]"
	if x.comment.Reason != "" {
		words += " " + x.comment.Reason
	}
	line := "# " + words
	if x.comment.Room && x.comment.Reason == "" {
		line += " "
	}
	if x.file {
		at, ok := top(x.text)
		return diag.Edit{Span: source.Span{Start: at, End: at}, Text: line + x.lineEnd(x.lines.LineSpan(1))}, ok
	}
	at, before := x.before(g.line)
	behind := (g.behind || !before) && x.behind(g.line)
	switch {
	case behind:
		s := x.lines.LineSpan(g.line)
		code := strings.TrimRight(s.Of(x.text), blanks)
		return diag.Edit{Span: source.Span{Start: s.Start + uint32(len(code)), End: s.End}, Text: " " + line}, true
	case before:
		s := x.lines.LineSpan(x.lines.Line(at))
		text := x.text[at:s.End]
		indent := text[:len(text)-len(strings.TrimLeft(text, blanks))]
		return diag.Edit{Span: source.Span{Start: at, End: at}, Text: indent + line + x.lineEnd(s)}, true
	case x.within == nil || !inBlock(x.comment.Reason):
		return diag.Edit{}, false
	}
	at, ok = x.within(g)
	text := " /* " + words + " */"
	if ok && at > 0 && x.text[at-1] == '{' {
		text = text[1:] + " "
	}
	return diag.Edit{Span: source.Span{Start: at, End: at}, Text: text}, ok
}

// join returns the edits that add names to a comment, and the reason, if it gives another.
func (x *inserter) join(d *directive, names string) []diag.Edit {
	last := d.names[len(d.names)-1]
	edits := []diag.Edit{{Span: source.Span{Start: last.span.End, End: last.span.End}, Text: ", " + names}}
	reason := x.comment.Reason
	if reason == "" || strings.Contains(last.reason, strings.Trim(reason, reasonEnds)) {
		return edits
	}
	comment := d.comment.Of(x.text)
	if strings.HasPrefix(comment, "/*") {
		comment = strings.TrimSuffix(comment, "*/")
	}
	comment = strings.TrimRight(comment, " \t\r")
	separator := " "
	if last.reason != "" {
		separator = "; "
	}
	at := d.comment.Start + uint32(len(comment))
	return append(edits, diag.Edit{Span: source.Span{Start: at, End: at}, Text: separator + reason})
}

// lineEnd returns the line end that stands behind a line, or a newline.
func (x *inserter) lineEnd(line source.Span) string {
	if n := lineEndAt(x.text[line.End:]); n > 0 {
		return x.text[line.End:][:n]
	}
	return "\n"
}

func splice(text string, edits []diag.Edit) string {
	var b strings.Builder
	at := uint32(0)
	for _, e := range edits {
		b.WriteString(text[at:e.Span.Start])
		b.WriteString(e.Text)
		at = e.Span.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// silencedBy reports whether a table of the text after edits silences a finding in the text before.
func silencedBy(t *Table, f diag.Finding, edits []diag.Edit) bool {
	if t == nil {
		return false
	}
	shift := 0
	for _, e := range edits {
		if e.Span.Start <= f.Span.Start {
			shift += len(e.Text) - e.Span.Len()
		}
	}
	f.Span.Start, f.Span.End = uint32(int(f.Span.Start)+shift), uint32(int(f.Span.End)+shift)
	return t.silences(f) != nil
}

// onlyComments reports whether edits, which made the text of a tree, are comments of their own or within one: all other tokens are
// what they were then.
func onlyComments(after *ast.Tree, edits []diag.Edit) bool {
	shift := 0
	for _, e := range edits {
		at := uint32(int(e.Span.Start) + shift)
		shift += len(e.Text) - e.Span.Len()
		text := strings.TrimLeft(e.Text, blanks)
		from := at + uint32(len(e.Text)-len(text))
		c := after.TokenAt(from)
		if !c.Kind().IsComment() || c.Start() != from && c.Start() >= at || c.Span().End < from+uint32(len(strings.TrimRight(text, space))) {
			return false
		}
	}
	return true
}

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
	Room   bool   // a blank stands behind it, for whoever writes the reason
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
// line before, with its indentation, or at the end of the line; where one of that is within a string or a comment, it is the other. A
// comment that is there for the line takes the names up. The program stays what it was, token by token. parse is parser.Parse or,
// for findings of one line, what reuses the memory of the tree.
func Insert(t *ast.Tree, parse func(text string) *ast.Tree, rules Rules, findings []diag.Finding, c Comment) Inserted {
	x := &inserter{text: t.Source(), lines: source.NewLineIndex(t.Source()), table: Parse(t, rules), comment: c}
	x.before = func(line int) (uint32, bool) { return lineBefore(t, x.lines, line) }
	x.behind = func(line int) bool { return canStandBehind(t, x.lines, line) }
	x.check = func(text string, edits []diag.Edit) (*Table, bool) {
		after := parse(text)
		return Parse(after, rules), onlyComments(after, edits)
	}
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
			x := &inserter{text: out.Text, lines: source.NewLineIndex(out.Text), table: ParseText(out.Text, rules), comment: c}
			x.before = func(line int) (uint32, bool) {
				s := x.lines.LineSpan(line)
				return s.Start, before && !strings.HasPrefix(s.Of(x.text), "#!")
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
	before  func(line int) (at uint32, ok bool) // where a line of its own before a line starts
	behind  func(line int) bool                 // whether a comment can stand at the end of a line
	check   func(text string, edits []diag.Edit) (t *Table, same bool)
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
		for i, ok := range fit {
			if !ok {
				left = append(left, groups[i].findings...)
				groups[i].findings = nil
			}
		}
		groups = slices.DeleteFunc(groups, func(g group) bool { return len(g.findings) == 0 })
		text := splice(x.text, edits)
		table, same := x.check(text, edits)
		all := 0
		failed := false
		for i, g := range groups {
			all += len(g.findings)
			if !same || slices.ContainsFunc(g.findings, func(f diag.Finding) bool { return !silencedBy(table, f, edits) }) {
				left = append(left, g.findings...)
				groups[i].findings = nil
				failed = true
			}
		}
		if !failed {
			slices.SortFunc(left, diag.Compare)
			return Inserted{text, edits, all, left}
		}
		groups = slices.DeleteFunc(groups, func(g group) bool { return len(g.findings) == 0 })
	}
	slices.SortFunc(left, diag.Compare)
	return Inserted{x.text, nil, 0, left}
}

// groups puts the findings together that one comment can silence: those that start on one line, or for which there is a comment.
func (x *inserter) groups(findings []diag.Finding) []group {
	var groups []group
	at := map[any]int{}
	for _, f := range findings {
		g := group{into: x.existing(f), line: x.lines.Line(f.Span.Start), behind: x.comment.Behind != nil && x.comment.Behind(f)}
		var key any = [2]any{g.line, g.behind}
		if g.into != nil {
			key = g.into
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

// existing returns the last comment of one line that covers a finding and can take the name of its rule.
func (x *inserter) existing(f diag.Finding) *directive {
	if x.table == nil {
		return nil
	}
	for _, d := range slices.Backward(x.table.directives) {
		if !d.foreign && !d.file && len(d.names) > 0 && d.covers(f.Span.Start) && x.text[d.comment.Start] == '#' {
			return d
		}
	}
	return nil
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
		fit[i] = true
		if g.into != nil {
			edits = append(edits, x.join(g.into, names)...)
			continue
		}
		comment := "# " + nixsiftMark + " ignore[" + names + "]"
		if x.comment.Reason != "" || x.comment.Room {
			comment += " " + x.comment.Reason
		}
		at, before := x.before(g.line)
		if behind := (g.behind || !before) && x.behind(g.line); !behind && before {
			line := x.lines.LineSpan(x.lines.Line(at))
			text := line.Of(x.text)
			indent := text[:len(text)-len(strings.TrimLeft(text, blanks))]
			edits = append(edits, diag.Edit{Span: source.Span{Start: at, End: at}, Text: indent + comment + x.lineEnd(line)})
		} else if behind {
			line := x.lines.LineSpan(g.line)
			code := strings.TrimRight(line.Of(x.text), blanks)
			edits = append(edits, diag.Edit{Span: source.Span{Start: line.Start + uint32(len(code)), End: line.End}, Text: " " + comment})
		} else {
			fit[i] = false
		}
	}
	slices.SortStableFunc(edits, func(a, b diag.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return edits, fit
}

// join returns the edits that add names to a comment, and the reason, if it gives another.
func (x *inserter) join(d *directive, names string) []diag.Edit {
	last := d.names[len(d.names)-1]
	edits := []diag.Edit{{Span: source.Span{Start: last.span.End, End: last.span.End}, Text: ", " + names}}
	reason := x.comment.Reason
	if reason == "" || strings.Contains(last.reason, strings.Trim(reason, reasonEnds)) {
		return edits
	}
	comment := strings.TrimRight(d.comment.Of(x.text), " \t\r")
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

// lineBefore returns where a comment alone on its line can stand before a line of a Nix file: at its start, or before a
// documentation comment, which belongs to what follows it.
func lineBefore(t *ast.Tree, lines *source.LineIndex, line int) (at uint32, ok bool) {
	at = lines.LineSpan(line).Start
	if at == 0 {
		return 0, !strings.HasPrefix(t.Source(), "#!")
	}
	space := t.TokenAt(at - 1)
	if space.Kind() != ast.TokSpace || strings.HasPrefix(t.Source()[at:], "#!") {
		return at, false
	}
	if space.Start() > 0 {
		doc := t.TokenAt(space.Start() - 1)
		first := lines.LineSpan(lines.Line(doc.Start())).Start
		if doc.Kind() == ast.TokBlockComment && strings.HasPrefix(doc.Text(), "/**") && isBlank(t.Source()[first:doc.Start()]) {
			if first == 0 || t.TokenAt(first-1).Kind() == ast.TokSpace {
				return first, true
			}
		}
	}
	return at, true
}

// canStandBehind reports whether a comment can stand at the end of a line of a Nix file.
func canStandBehind(t *ast.Tree, lines *source.LineIndex, line int) bool {
	s := lines.LineSpan(line)
	code := uint32(len(strings.TrimRight(s.Of(t.Source()), blanks)))
	if code == 0 || t.TokenAt(s.Start+code-1).Kind() == ast.TokLineComment {
		return false
	}
	return s.End == uint32(len(t.Source())) || t.TokenAt(s.End).Kind() == ast.TokSpace
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
		if !c.Kind().IsComment() || c.Start() != from && c.Start() >= at || c.Span().End < from+uint32(len(strings.TrimRight(text, "\r\n"))) {
			return false
		}
	}
	return true
}

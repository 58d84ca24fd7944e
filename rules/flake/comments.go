package flake

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/flake"
)

// block is a run of comments without a blank line in it.
type block struct {
	span          source.Span
	text          string
	before, after bool // a blank line lies before or behind it
	sameLine      bool // it stands behind code
}

// readComments sorts the comments of flake.nix to the inputs that they stand at.
func (s *signs) readComments() {
	type place struct {
		in   *flake.Input
		span source.Span
	}
	var places []place
	for _, in := range s.f.Nix.Inputs {
		for _, b := range in.Decls() {
			places = append(places, place{in, b.Span()})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return int(a.span.Start) - int(b.span.Start) })
	src := s.f.Nix.Tree.Source()
	for _, b := range blocks(s.f.Nix.Tree) {
		var prev, next *place
		var inside *flake.Input
		nextAt := len(places)
		for i := range places {
			p := &places[i]
			switch {
			case p.span.Covers(b.span):
				inside = p.in
			case p.span.End <= b.span.Start:
				prev = p
			case p.span.Start >= b.span.End && next == nil:
				next, nextAt = p, i
			}
		}
		n := note{b.text, b.span}
		if among := len(places) > 0 && places[0].span.Start < b.span.End && b.span.Start < places[len(places)-1].span.End; among && deliberate(b.text) {
			// Prose that names inputs is about them, wherever it stands among the inputs.
			for _, p := range places {
				if p.in.Name != "nixpkgs" && mentions(b.text, p.in.Name) && declaresNone(b.text) {
					s.add(p.in, b, n)
				}
			}
		}
		switch {
		case inside != nil:
			s.add(inside, b, n)
		case b.sameLine:
			if prev != nil && !strings.Contains(src[prev.span.End:b.span.Start], "\n") {
				s.add(prev.in, b, n)
			}
		default:
			if prev != nil && !b.before && blank(src[prev.span.End:b.span.Start]) {
				s.add(prev.in, b, n)
			}
			if next == nil {
				continue
			}
			gap := src[b.span.End:next.span.Start]
			several := severalInputs.MatchString(b.text) && !mentions(b.text, next.in.Name)
			heading := b.after || strings.Contains(next.span.Of(src), "\n")
			if several && opensInputs.MatchString(gap) {
				heading = true
			} else if !blank(gap) {
				continue
			}
			if b.after && !several {
				continue
			}
			// A comment that speaks of several inputs holds for those up to the next blank line, or, where it is
			// a heading or they are sets with blank lines between them, up to the next heading. One that
			// tells why, without a name, holds for the run of inputs behind it.
			alone := b.after || !deliberate(b.text) || mentions(b.text, next.in.Name)
			holds := func(gap string, in *flake.Input) bool {
				comment := strings.Contains(gap, "#") || strings.Contains(gap, "/*")
				if several {
					return !paragraph(gap) || heading && !comment
				}
				return !alone && !paragraph(gap) && !comment && (in == next.in || len(in.Overrides) == 0)
			}
			end := next.span.End
			for _, p := range places[nextAt:] {
				if p.span.Start > end && !holds(src[end:p.span.Start], p.in) {
					break
				}
				s.add(p.in, b, n)
				end = max(end, p.span.End)
			}
		}
	}
}

// add records a comment at an input, unless it is about another one.
func (s *signs) add(in *flake.Input, b block, n note) {
	if slices.Contains(s.notes[in], n) {
		return
	}
	inside := slices.ContainsFunc(in.Decls(), func(d ast.Node) bool { return d.Span().Covers(b.span) })
	if !inside {
		// What stands between two inputs may be about either, or about one that is commented out.
		if first, ok := declares(n.text); ok && first != in.Name {
			return
		}
		others := slices.ContainsFunc(s.f.Nix.Inputs, func(o *flake.Input) bool {
			return o != in && o.Name != "nixpkgs" && !s.isSub(in, o.Name) && mentions(n.text, o.Name)
		})
		if others && !mentions(n.text, in.Name) && !severalInputs.MatchString(n.text) {
			return
		}
	}
	s.notes[in] = append(s.notes[in], n)
}

// isSub reports whether an input has an input of the given name.
func (s *signs) isSub(in *flake.Input, name string) bool {
	inputs, _ := s.f.InputsOf(in)
	return slices.ContainsFunc(inputs, func(i flake.LockInput) bool { return i.Name == name })
}

// declaresNone reports whether a text is prose.
func declaresNone(text string) bool {
	_, ok := declares(text)
	return !ok
}

// declares returns the first input that commented-out code declares.
func declares(text string) (name string, ok bool) {
	for line := range strings.Lines(text) {
		if m := declaration.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			name, _, _ = strings.Cut(m[1], ".")
			return name, true
		}
	}
	return "", false
}

// blocks returns the runs of comments of a tree, without their marks.
func blocks(t *ast.Tree) []block {
	var out []block
	for tok := range t.Comments() {
		b := block{span: tok.Span(), text: unmark(tok.Text())}
		src := t.Source()
		prev := tok.Prev()
		gap := ""
		if prev.IsValid() && prev.Kind() == ast.TokSpace {
			gap, prev = prev.Text(), prev.Prev()
		}
		b.before = paragraph(gap)
		b.sameLine = !strings.Contains(gap, "\n") && prev.IsValid()
		after := src[tok.Span().End:]
		b.after = paragraph(after[:len(after)-len(strings.TrimLeft(after, " \t\r\n"))])
		if n := len(out); n > 0 && prev.IsValid() && prev.Kind().IsComment() && !b.before && !b.sameLine && !out[n-1].sameLine {
			last := &out[n-1]
			last.span.End, last.after = b.span.End, b.after
			last.text += "\n" + b.text
			continue
		}
		out = append(out, b)
	}
	return out
}

// unmark removes the marks of a comment.
func unmark(text string) string {
	if rest, ok := strings.CutPrefix(text, "/*"); ok {
		return strings.TrimSuffix(rest, "*/")
	}
	return strings.TrimLeft(text, "#")
}

// blank reports whether a text is white space and comments.
func blank(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

// paragraph reports whether white space holds a blank line.
func paragraph(space string) bool { return strings.Count(space, "\n") > 1 }

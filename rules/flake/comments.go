package flake

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/suppress"
)

// block is a run of comments without a blank line in it.
type block struct {
	span          source.Span
	text          string
	before, after bool // a blank line lies before or behind it
	sameLine      bool // it stands behind code

	several    bool   // it speaks of more than one input
	deliberate bool   // it tells why an input does not follow
	declared   string // the input that it declares, commented out, or ""
	// named are the inputs that it names, nixpkgs left out.
	named map[*flake.Input]bool
}

// declPlace is where an input is declared.
type declPlace struct {
	in   *flake.Input
	span source.Span
}

const (
	// maxGap is the size in bytes of what may lie between a comment and the input that it is about: no more than
	// comments and blanks.
	maxGap = 1 << 13
	// maxHeld is the number of declarations that one comment can be about without naming their inputs.
	maxHeld = 200
)

// readComments sorts the comments of flake.nix to the inputs that they stand at.
func (s *signs) readComments() {
	var places []declPlace
	for _, in := range s.f.Nix.Inputs {
		for _, b := range in.Decls() {
			places = append(places, declPlace{in, b.Span()})
		}
	}
	if len(places) == 0 {
		return
	}
	slices.SortStableFunc(places, func(a, b declPlace) int { return int(a.span.Start) - int(b.span.Start) })
	names := newNamed(s.f.Nix.Inputs)
	at := 0 // the first place that ends behind the start of the comment
	prose := suppress.Without(s.f.Nix.Tree)
	for _, b := range blocks(prose) {
		for at < len(places) && places[at].span.End <= b.span.Start {
			at++
		}
		b.several, b.deliberate = severalInputs.MatchString(b.text), deliberate(b.text)
		b.declared, _ = declares(b.text)
		b.named = names.in(b.text)
		var inside *flake.Input
		if at < len(places) && places[at].span.Covers(b.span) {
			inside = places[at].in
		}
		if among := places[0].span.Start < b.span.End && b.span.Start < places[len(places)-1].span.End; among && b.deliberate && b.declared == "" {
			// Prose that names inputs is about them, wherever it stands among the inputs.
			for in := range b.named {
				s.add(in, &b, inside == in)
			}
		}
		if inside != nil {
			s.add(inside, &b, true)
		} else {
			s.addBeside(prose.Source(), places[:at], places[at:], &b)
		}
	}
}

// addBeside records a comment at the inputs beside it: that before it and those behind it. src is the text without suppressions.
func (s *signs) addBeside(src string, before, behind []declPlace, b *block) {
	if n := len(before); n > 0 && b.span.Start-before[n-1].span.End <= maxGap {
		gap := src[before[n-1].span.End:b.span.Start]
		if b.sameLine && !strings.Contains(gap, "\n") || !b.sameLine && !b.before && blank(gap) {
			s.add(before[n-1].in, b, false)
		}
	}
	if b.sameLine || len(behind) == 0 || behind[0].span.Start-b.span.End > maxGap {
		return
	}
	next := behind[0]
	gap := src[b.span.End:next.span.Start]
	namesNext := b.named[next.in] || mentions(b.text, next.in.Name)
	several := b.several && !namesNext
	heading := b.after || strings.Contains(next.span.Of(src), "\n")
	if several && opensInputs.MatchString(gap) {
		heading = true
	} else if !blank(gap) {
		return
	}
	if b.after && !several {
		return
	}
	// A comment that speaks of several inputs holds for those up to the next blank line, or, where it is
	// a heading or they are sets with blank lines between them, up to the next heading. One that
	// tells why, without a name, holds for the run of inputs behind it.
	alone := b.after || !b.deliberate || namesNext
	holds := func(gap string, in *flake.Input) bool {
		comment := strings.Contains(gap, "#") || strings.Contains(gap, "/*")
		if several {
			return !paragraph(gap) || heading && !comment
		}
		return !alone && !paragraph(gap) && !comment && (in == next.in || len(in.Overrides) == 0)
	}
	end := next.span.End
	for _, p := range behind[:min(len(behind), maxHeld)] {
		if p.span.Start > end && !holds(src[end:p.span.Start], p.in) {
			break
		}
		s.add(p.in, b, false)
		end = max(end, p.span.End)
	}
}

// add records a comment at an input, unless it is about another one.
func (s *signs) add(in *flake.Input, b *block, inside bool) {
	notes, n := s.notes[in], note{b.text, b.span, b.deliberate}
	if len(notes) > 0 && notes[len(notes)-1] == n {
		return
	}
	if !inside {
		// What stands between two inputs may be about either, or about one that is commented out.
		if b.declared != "" && b.declared != in.Name {
			return
		}
		if !b.several && !b.named[in] && !mentions(b.text, in.Name) {
			for other := range b.named {
				if other != in && !s.isSub(in, other.Name) {
					return
				}
			}
		}
	}
	s.notes[in] = append(notes, n)
}

// isSub reports whether an input has an input of the given name.
func (s *signs) isSub(in *flake.Input, name string) bool {
	inputs, _ := s.f.InputsOf(in)
	return slices.ContainsFunc(inputs, func(i flake.LockInput) bool { return i.Name == name })
}

// named finds the names of inputs in texts.
type named struct {
	words map[string]*flake.Input
	odd   []*flake.Input // those whose names are no words
}

func newNamed(inputs []*flake.Input) named {
	n := named{words: map[string]*flake.Input{}}
	for _, in := range inputs {
		switch {
		case in.Name == "nixpkgs":
		case isWord(in.Name):
			n.words[in.Name] = in
		default:
			n.odd = append(n.odd, in)
		}
	}
	return n
}

// in returns the inputs that a text names.
func (n named) in(text string) map[*flake.Input]bool {
	found := map[*flake.Input]bool{}
	for word := range words(text) {
		if in := n.words[word]; in != nil {
			found[in] = true
		}
	}
	for _, in := range n.odd {
		if mentions(text, in.Name) {
			found[in] = true
		}
	}
	return found
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
	var lines []string // of the last block
	finish := func() {
		if len(out) > 0 {
			out[len(out)-1].text = strings.Join(lines, "\n")
		}
		lines = lines[:0]
	}
	for tok := range t.Comments() {
		b := block{span: tok.Span()}
		prev, next := tok.Prev(), tok.Next()
		gap := ""
		if prev.IsValid() && prev.Kind() == ast.TokSpace {
			gap, prev = prev.Text(), prev.Prev()
		}
		b.before = paragraph(gap)
		b.sameLine = !strings.Contains(gap, "\n") && prev.IsValid()
		b.after = next.Kind() == ast.TokSpace && paragraph(next.Text())
		if n := len(out); n > 0 && prev.IsValid() && prev.Kind().IsComment() && !b.before && !b.sameLine && !out[n-1].sameLine {
			out[n-1].span.End, out[n-1].after = b.span.End, b.after
		} else {
			finish()
			out = append(out, b)
		}
		lines = append(lines, unmark(tok.Text()))
	}
	finish()
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

package patch

import "cmp"

// group is a run of changed lines, perhaps empty: one lies before each line that is not changed, and one at the end.
type group struct {
	s          *side
	start, end int
}

func (s *side) firstGroup() group {
	g := group{s: s}
	for g.s.changed[g.end] {
		g.end++
	}
	return g
}

// next goes to the next group; it is false where there is none.
func (g *group) next() bool {
	if g.end == len(g.s.lines) {
		return false
	}
	g.start = g.end + 1
	for g.end = g.start; g.s.changed[g.end]; {
		g.end++
	}
	return true
}

func (g *group) previous() {
	g.end = g.start - 1
	for g.start = g.end; g.start > 0 && g.s.changed[g.start-1]; {
		g.start--
	}
}

// up moves the group up by one line, and joins it with the one that it meets; it is false where that would say
// something else.
func (g *group) up() bool {
	s := g.s
	if g.start == 0 || s.ids[g.start-1] != s.ids[g.end-1] {
		return false
	}
	g.start, g.end = g.start-1, g.end-1
	s.changed[g.start], s.changed[g.end] = true, false
	for g.start > 0 && s.changed[g.start-1] {
		g.start--
	}
	return true
}

// down is the reverse of up.
func (g *group) down() bool {
	s := g.s
	if g.end == len(s.lines) || s.ids[g.start] != s.ids[g.end] {
		return false
	}
	s.changed[g.start], s.changed[g.end] = false, true
	g.start, g.end = g.start+1, g.end+1
	for s.changed[g.end] {
		g.end++
	}
	return true
}

// maxSliding bounds how far up a group is tried.
const maxSliding = 100

// slide moves each group of changed lines that may lie at several places: beside a group of the other text, or else
// where the indentation around it looks best (xdl_change_compact in git's xdiffi.c).
func (s *side) slide(other *side) {
	g, o := s.firstGroup(), other.firstGroup()
	for {
		if g.end > g.start {
			s.place(&g, &o)
		}
		if !g.next() {
			return
		}
		o.next()
	}
}

func (s *side) place(g, o *group) {
	up := func() bool {
		if !g.up() {
			return false
		}
		o.previous()
		return true
	}
	var size, highest int
	beside := false
	for size = -1; size != g.end-g.start; {
		size = g.end - g.start
		for up() {
		}
		highest = g.end
		beside = o.end > o.start
		for g.down() {
			o.next()
			beside = beside || o.end > o.start
		}
	}
	switch {
	case g.end == highest:
	case beside:
		for o.end == o.start {
			up()
		}
	default:
		best, score := -1, split{}
		for end := max(highest, g.end-size-1, g.end-maxSliding); end <= g.end; end++ {
			var here split
			here.add(s, end)
			here.add(s, end-size)
			if best < 0 || here.compare(&score) <= 0 {
				best, score = end, here
			}
		}
		for g.end > best {
			up()
		}
	}
}

// split tells how bad it is to part a text before some lines.
type split struct{ indent, penalty int }

func (p *split) compare(q *split) int {
	const indentWeight = 60
	return indentWeight*cmp.Compare(p.indent, q.indent) + p.penalty - q.penalty
}

// blank is the indentation of a line without text, and of none.
const blank = -1

// indentOf returns the columns before the text of a line.
func (s *side) indentOf(i int) int {
	const most = 200
	columns := 0
	for _, c := range []byte(s.lines[i]) {
		switch c {
		case ' ':
			columns++
		case '\t':
			columns += 8 - columns%8
		case '\n', '\v', '\f', '\r':
		default:
			return columns
		}
		if columns >= most {
			return most
		}
	}
	return blank
}

// around returns the indentation of the nearest line with text in a direction from a line, and the blank ones between.
func (s *side) around(i, step int) (indent, blanks int) {
	const most = 20
	for i += step; i >= 0 && i < len(s.lines); i += step {
		if indent = s.indentOf(i); indent != blank {
			return indent, blanks
		}
		if blanks++; blanks == most {
			return 0, blanks
		}
	}
	return blank, blanks
}

// add adds the parting before line at. The weights are those that git's authors took from a corpus of diffs.
func (p *split) add(s *side, at int) {
	indent := blank
	if at < len(s.lines) {
		indent = s.indentOf(at)
	} else {
		p.penalty += 21
	}
	before, blanks := s.around(at, -1)
	after, afterBlanks := s.around(at, 1)
	if before == blank && blanks == 0 {
		p.penalty++ // the start of the text
	}
	if indent == blank {
		behind := 1 + afterBlanks
		blanks += behind
		p.penalty += 6 * behind
		indent = after
	}
	p.penalty -= 30 * blanks
	p.indent += indent
	pick := func(bare, besideBlank int) {
		if blanks > 0 {
			bare = besideBlank
		}
		p.penalty += bare
	}
	switch {
	case indent == blank || before == blank || indent == before:
	case indent > before:
		pick(-4, 10)
	case after != blank && after > indent:
		pick(24, 17)
	default:
		pick(23, 17)
	}
}

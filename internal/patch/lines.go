package patch

import (
	"math"
	"slices"
)

// side is one of the two texts that are compared, as lines.
type side struct {
	lines   []string
	ids     []int32 // equal for equal lines of both sides
	changed []bool  // by line: it is not in the other text; one more at the end, which is false
}

func newSide(text string, ids map[string]int32) *side {
	s := &side{lines: splitLines(text)}
	s.ids = make([]int32, len(s.lines))
	s.changed = make([]bool, len(s.lines)+1)
	for i, line := range s.lines {
		id, ok := ids[line]
		if !ok {
			id = int32(len(ids))
			ids[line] = id
		}
		s.ids[i] = id
	}
	return s
}

// compare marks the lines of two texts that differ as git diff does without options: a shortest script of changes
// (Myers 1986, xdiffi.c and xprepare.c of git 2.39), lines that the other text does not have left out before, and each
// group of changes slid to where it reads best.
func compare(before, after string) (old, now *side) {
	ids := map[string]int32{}
	old, now = newSide(before, ids), newSide(after, ids)
	first, end := trim(old.ids, now.ids)
	count := func(s *side) []int32 {
		n := make([]int32, len(ids))
		for _, id := range s.ids {
			n[id]++
		}
		return n
	}
	a := old.worthwhile(first, len(old.ids)-end, count(now))
	b := now.worthwhile(first, len(now.ids)-end, count(old))
	c := comparison{a: a, b: b, most: max(256, bogusRoot(len(a.at)+len(b.at)+3))}
	c.forward = make([]int, len(a.at)+len(b.at)+5)
	c.backward = make([]int, len(a.at)+len(b.at)+5)
	c.zero = len(b.at) + 2
	c.box(0, len(a.at), 0, len(b.at))
	old.slide(now)
	now.slide(old)
	return old, now
}

// trim returns the numbers of lines that both have at their start and at their end.
func trim(a, b []int32) (first, end int) {
	n := min(len(a), len(b))
	for first < n && a[first] == b[first] {
		first++
	}
	for end < n-first && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return first, end
}

// bogusRoot is a power of two near the square root.
func bogusRoot(n int) int {
	root := 1
	for ; n > 0; n >>= 2 {
		root <<= 1
	}
	return root
}

// few are the lines of a side that are looked at.
type few struct {
	side *side
	at   []int // their indices
	ids  []int32
}

// worthwhile returns the lines from first up to end that may be in the other text, which has each id as often as count
// says, and marks the others as changed: those that it does not have, and those that it has very often among them.
func (s *side) worthwhile(first, end int, count []int32) few {
	const (
		never = iota
		rare
		often
	)
	most := int32(min(bogusRoot(len(s.ids)), 1024))
	class := make([]uint8, len(s.ids))
	for i := first; i < end; i++ {
		switch n := count[s.ids[i]]; {
		case n == 0:
			class[i] = never
		case n >= most:
			class[i] = often
		default:
			class[i] = rare
		}
	}
	const window = 100
	// run counts how many lines beside i, in one direction, are never and often in the other text.
	run := func(i, step int) (nevers, oftens int) {
		oftens = 1
		for j := i + step; j >= max(first, i-window) && j <= min(end-1, i+window); j += step {
			switch class[j] {
			case never:
				nevers++
			case often:
				oftens++
			default:
				return nevers, oftens
			}
		}
		return nevers, oftens
	}
	f := few{side: s}
	for i := first; i < end; i++ {
		keep := class[i] == rare
		if class[i] == often {
			n0, o0 := run(i, -1)
			n1, o1 := run(i, 1)
			keep = n0 == 0 || n1 == 0 || (o0+o1)*4 >= o0+o1+n0+n1
		}
		if keep {
			f.at, f.ids = append(f.at, i), append(f.ids, s.ids[i])
		} else {
			s.changed[i] = true
		}
	}
	return f
}

func (f few) mark(from, to int) {
	for _, i := range f.at[from:to] {
		f.side.changed[i] = true
	}
}

// comparison finds a shortest script from both ends at once. forward and backward have, by diagonal from zero, how far
// into a the best paths have come.
type comparison struct {
	a, b              few
	forward, backward []int
	zero              int
	most              int // changes in a box after which a good split is enough
}

// box compares a[a0:a1] with b[b0:b1].
func (c *comparison) box(a0, a1, b0, b1 int) {
	for {
		first, end := trim(c.a.ids[a0:a1], c.b.ids[b0:b1])
		a0, b0, a1, b1 = a0+first, b0+first, a1-end, b1-end
		if a0 == a1 || b0 == b1 {
			c.a.mark(a0, a1)
			c.b.mark(b0, b1)
			return
		}
		a, b := c.split(a0, a1, b0, b1)
		c.box(a0, a, b0, b) // at most half of the changes
		a0, b0 = a, b
	}
}

// split returns where a shortest script through a box passes its middle.
func (c *comparison) split(a0, a1, b0, b1 int) (a, b int) {
	least, most := a0-b1, a1-b0
	fmin, bmin := a0-b0, a1-b1
	fmax, bmax := fmin, bmin
	odd := (fmin-bmin)&1 != 0
	f := func(d int) *int { return &c.forward[c.zero+d] }
	g := func(d int) *int { return &c.backward[c.zero+d] }
	*f(fmin), *g(bmin) = a0, a1
	for cost := 1; ; cost++ {
		if fmin > least {
			fmin--
			*f(fmin - 1) = -1
		} else {
			fmin++
		}
		if fmax < most {
			fmax++
			*f(fmax + 1) = -1
		} else {
			fmax--
		}
		for d := fmax; d >= fmin; d -= 2 {
			i := max(*f(d - 1)+1, *f(d + 1))
			for i < a1 && i-d < b1 && c.a.ids[i] == c.b.ids[i-d] {
				i++
			}
			*f(d) = i
			if odd && bmin <= d && d <= bmax && *g(d) <= i {
				return i, i - d
			}
		}
		if bmin > least {
			bmin--
			*g(bmin - 1) = math.MaxInt
		} else {
			bmin++
		}
		if bmax < most {
			bmax++
			*g(bmax + 1) = math.MaxInt
		} else {
			bmax--
		}
		for d := bmax; d >= bmin; d -= 2 {
			i := min(*g(d - 1), *g(d + 1)-1)
			for i > a0 && i-d > b0 && c.a.ids[i-1] == c.b.ids[i-d-1] {
				i--
			}
			*g(d) = i
			if !odd && fmin <= d && d <= fmax && i <= *f(d) {
				return i, i - d
			}
		}
		if cost >= c.most {
			return c.furthest(a0, a1, b0, b1, fmin, fmax, bmin, bmax)
		}
	}
}

// furthest returns where the path is that has come the furthest from its corner.
func (c *comparison) furthest(a0, a1, b0, b1, fmin, fmax, bmin, bmax int) (a, b int) {
	best, fa := -1, 0
	for d := fmax; d >= fmin; d -= 2 {
		i := min(c.forward[c.zero+d], a1)
		if i-d > b1 {
			i = b1 + d
		}
		if i+i-d > best {
			best, fa = i+i-d, i
		}
	}
	left, ba := math.MaxInt, 0
	for d := bmax; d >= bmin; d -= 2 {
		i := max(a0, c.backward[c.zero+d])
		if i-d < b0 {
			i = b0 + d
		}
		if i+i-d < left {
			left, ba = i+i-d, i
		}
	}
	if a1+b1-left < best-(a0+b0) {
		return fa, best - fa
	}
	return ba, left - ba
}

// changes returns what is changed, in order.
func changes(old, now *side) (out []change) {
	for i, j := 0, 0; i < len(old.lines) || j < len(now.lines); i, j = i+1, j+1 {
		c := change{start: i}
		from := j
		for old.changed[i] {
			i++
		}
		for now.changed[j] {
			j++
		}
		if c.end, c.lines = i, now.lines[from:j]; c.end > c.start || len(c.lines) > 0 {
			out = append(out, c)
		}
	}
	return slices.Clip(out)
}

// Package near finds the name that was probably meant.
package near

import (
	"iter"
	"math/bits"
	"strings"
)

// Find returns the candidate with the smallest edit distance to name, the first of equals, or "" where
// more than a third of the name would have to change. Case is ignored. Names of one or two letters are near
// to nothing.
func Find(name string, candidates []string) string {
	s, ok := searchOf(name)
	if !ok {
		return ""
	}
	for _, c := range candidates {
		s.try(c)
	}
	return s.best
}

// Among is Find over candidates that stand in no slice.
func Among(name string, candidates iter.Seq[string]) string {
	s, ok := searchOf(name)
	if !ok {
		return ""
	}
	for c := range candidates {
		s.try(c)
	}
	return s.best
}

// search is the look for the candidate nearest to a name.
type search struct {
	name, lower, best string
	limit             int // what a better candidate may differ by
	letters           uint64
}

func searchOf(name string) (search, bool) {
	if len(name) < 3 || len(name) > 64 {
		return search{}, false
	}
	lower := strings.ToLower(name)
	return search{name: name, lower: lower, limit: min(3, len(name)/3), letters: bytesOf(lower)}, true
}

func (s *search) try(c string) {
	if c == s.name || len(c)-len(s.name) > s.limit || len(s.name)-len(c) > s.limit || apart(s.letters, bytesOf(c)) > 2*s.limit {
		return
	}
	if d := Distance(s.lower, strings.ToLower(c), s.limit); d <= s.limit {
		s.best, s.limit = c, d-1
	}
}

// bytesOf returns the set of the bytes of a text, those of letters without their case, each as the bit of its last six.
func bytesOf(s string) (set uint64) {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		set |= 1 << (c & 63)
	}
	return set
}

// apart returns how many bytes are in one of two sets only: a substitution changes two at most, every other edit one.
func apart(a, b uint64) int { return bits.OnesCount64(a ^ b) }

// Distance is the number of insertions, deletions, substitutions and swaps of neighbouring bytes that turn
// a into b, or limit+1 where it is above the limit.
func Distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	// Names are short: the rows of the table lie on the stack.
	var short [3][64]int
	before, last, row := short[0][:], short[1][:], short[2][:]
	if len(b) >= len(row) {
		before, last, row = make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	}
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		// Further from the diagonal there is nothing within the limit.
		from, to := max(1, i-limit-1), min(len(b), i+limit+1)
		row[0] = i
		least := i
		if from > 1 {
			row[from-1] = limit + 1
		}
		for j := from; j <= to; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if to < len(b) {
			row[to+1] = limit + 1
		}
		if least > limit+1 { // a swap may still save one
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}

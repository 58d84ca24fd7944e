// Package near finds the name that was probably meant.
package near

import (
	"iter"
	"slices"
	"strings"
)

// Find returns the candidate with the smallest edit distance to name, the first of equals, or "" where
// more than a third of the name would have to change. Case is ignored. Names of one or two letters are near
// to nothing.
func Find(name string, candidates []string) string { return Among(name, slices.Values(candidates)) }

// Among is Find over candidates that stand in no slice.
func Among(name string, candidates iter.Seq[string]) string {
	if len(name) < 3 || len(name) > 64 {
		return ""
	}
	lower := strings.ToLower(name)
	best, limit := "", min(3, len(name)/3)
	for c := range candidates {
		if c == name {
			continue
		}
		if d := Distance(lower, strings.ToLower(c), limit); d <= limit {
			best, limit = c, d-1
		}
	}
	return best
}

// Distance is the number of insertions, deletions, substitutions and swaps of neighbouring bytes that turn
// a into b, or limit+1 where it is above the limit.
func Distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
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
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
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
		if least > limit+1 { // a swap may still save one
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}

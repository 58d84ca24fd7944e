package engine

import "github.com/nixsift/nixsift/internal/diag"

// foundChunk is the number of findings behind which a list goes on in another array.
const foundChunk = 1 << 10

// found is a list of findings that is not copied as it grows: a file of ten megabytes may have a million.
type found struct {
	full   [][]diag.Finding
	before int // findings in full
	last   []diag.Finding
}

func (l *found) len() int { return l.before + len(l.last) }

func (l *found) add(f diag.Finding) {
	if len(l.last) >= foundChunk {
		l.full = append(l.full, l.last)
		l.before += len(l.last)
		l.last = make([]diag.Finding, 0, foundChunk)
	}
	l.last = append(l.last, f)
}

// all wants each finding.
func all(*diag.Finding) bool { return true }

// each yields the findings where they lie.
func (l *found) each(yield func(*diag.Finding) bool) { l.from(0)(yield) }

// from yields the findings from the one with an index on, likewise.
func (l *found) from(first int) func(yield func(*diag.Finding) bool) {
	return func(yield func(*diag.Finding) bool) {
		at := 0
		for _, chunk := range append(l.full[:len(l.full):len(l.full)], l.last) {
			for i := max(0, first-at); i < len(chunk); i++ {
				if !yield(&chunk[i]) {
					return
				}
			}
			at += len(chunk)
		}
	}
}

// take appends the findings that are wanted to a slice, and empties the list as it goes.
func (l *found) take(to []diag.Finding, wanted func(*diag.Finding) bool) []diag.Finding {
	for i, chunk := range append(l.full, l.last) {
		for j := range chunk {
			if wanted(&chunk[j]) {
				to = append(to, chunk[j])
			}
		}
		if i < len(l.full) {
			l.full[i] = nil
		}
	}
	*l = found{}
	return to
}

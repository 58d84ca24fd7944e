package engine

import "github.com/nixsift/nixsift/rules"

// bound stops rules that find more than anybody reads, while they run: their findings, each with its message and
// fixes, may take a hundred times the memory of the file.
type bound struct {
	most  int // findings of a rule; 0 is no bound
	found map[*rules.Rule]int
	cut   bool // a rule was stopped
}

// enough is what a rule that is stopped panics with. guard takes it.
type enough struct{}

// full reports whether a rule has found all that it may.
func (b *bound) full(r *rules.Rule) bool {
	if b.most == 0 || b.found[r] < b.most {
		return false
	}
	b.cut = true
	return true
}

// count counts a finding. It does not return where that is one too many.
func (b *bound) count(r *rules.Rule) {
	switch {
	case b.most == 0:
		return
	case b.full(r):
		panic(enough{})
	case b.found == nil:
		b.found = map[*rules.Rule]int{}
	}
	b.found[r]++
}

package engine

import "sync/atomic"

// Progress counts the files of a run while it goes on. Nil counts nothing.
type Progress struct{ done, total atomic.Int64 }

// Files returns how many files were checked so far, and of how many; 0 of 0 as long as they are looked for.
func (p *Progress) Files() (done, total int) { return int(p.done.Load()), int(p.total.Load()) }

// begin starts anew with so many files.
func (p *Progress) begin(total int) {
	if p != nil {
		p.done.Store(0)
		p.total.Store(int64(total))
	}
}

// did counts a unit that is done.
func (p *Progress) did(u unit) {
	if p != nil && u.flake == "" {
		p.done.Add(1)
	}
}

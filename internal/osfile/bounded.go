package osfile

import "bytes"

// Bounded keeps the start of what a program writes, up to a number of bytes, and takes the rest without keeping it.
type Bounded struct {
	kept bytes.Buffer // not embedded: its other methods know no bound
	most int
	full func()
}

// NewBounded returns one that keeps so many bytes. It calls full, where that is given, each time when there is more.
func NewBounded(most int, full func()) *Bounded { return &Bounded{most: most, full: full} }

// Write never fails.
func (b *Bounded) Write(p []byte) (int, error) {
	if left := b.most - b.kept.Len(); left >= len(p) {
		return b.kept.Write(p)
	}
	if b.full != nil {
		b.full()
	}
	return len(p), nil
}

func (b *Bounded) String() string { return b.kept.String() }

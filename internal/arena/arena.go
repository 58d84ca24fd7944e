// Package arena hands out memory in blocks that are used again: for what is made in great numbers while one file is looked
// at, and goes with it.
package arena

// Pool hands out values of one type, zero at first. The zero Pool is ready for use. It belongs to one goroutine.
type Pool[T any] struct {
	blocks [][]T
	block  int // the one in use
	used   int // of that
}

// A pool begins with a block of firstBlock values and goes on with larger ones, up to lastBlock. What is asked for beyond
// maxBlocks is left to the collector, so that a pool keeps no more than a usual file takes.
const firstBlock, lastBlock, maxBlocks = 4, 256, 64

// size returns the number of values in a block by its number.
func size(block int) int { return min(firstBlock<<min(block, 16), lastBlock) }

// One returns a value.
func (p *Pool[T]) One() *T {
	if !p.find(1) {
		return new(T)
	}
	p.used++
	return &p.blocks[p.block][p.used-1]
}

// Many returns n values in a row; appending to them goes elsewhere.
func (p *Pool[T]) Many(n int) []T {
	switch {
	case n == 0:
		return nil
	case n > p.room() && n > size(max(p.block+1, len(p.blocks)-1))/4 || !p.find(n):
		return make([]T, n)
	}
	p.used += n
	return p.blocks[p.block][p.used-n : p.used : p.used]
}

// Reset takes all values back.
func (p *Pool[T]) Reset() {
	for i := range min(p.block, len(p.blocks)) {
		clear(p.blocks[i])
	}
	if p.block < len(p.blocks) {
		clear(p.blocks[p.block][:p.used])
	}
	p.block, p.used = 0, 0
}

// room returns the number of values left in the block in use.
func (p *Pool[T]) room() int {
	if p.block >= len(p.blocks) {
		return 0
	}
	return len(p.blocks[p.block]) - p.used
}

// find goes to a block with room for n values, which some have; false where there shall be no more blocks.
func (p *Pool[T]) find(n int) bool {
	for p.room() < n {
		if p.block < len(p.blocks) {
			p.block, p.used = p.block+1, 0
		}
		switch {
		case p.block < len(p.blocks):
		case p.block == maxBlocks:
			return false
		default:
			p.blocks = append(p.blocks, make([]T, size(p.block)))
		}
	}
	return true
}

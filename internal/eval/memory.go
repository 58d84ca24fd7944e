package eval

// pool hands out values of one type, zero at first, in blocks that are used again after a reset.
type pool[T any] struct {
	blocks [][]T
	block  int // the one in use
	used   int // of that
}

// A pool begins with a block of firstBlock values and goes on with larger ones, up to sixteen times as large. What is asked for beyond
// maxBlocks is left to the collector, so that a pool keeps no more than a usual file takes.
const firstBlock, maxBlocks = 16, 64

// many returns n values in a row.
func (p *pool[T]) many(n int) []T {
	if n == 0 {
		return nil
	}
	if n > firstBlock/2 && n > p.room() || !p.find(n) {
		return make([]T, n)
	}
	p.used += n
	return p.blocks[p.block][p.used-n : p.used : p.used]
}

func (p *pool[T]) one() *T {
	if !p.find(1) {
		return new(T)
	}
	p.used++
	return &p.blocks[p.block][p.used-1]
}

func (p *pool[T]) room() int {
	if p.block >= len(p.blocks) {
		return 0
	}
	return len(p.blocks[p.block]) - p.used
}

// find goes to a block with room for n values; false where there shall be no more blocks.
func (p *pool[T]) find(n int) bool {
	for p.room() < n {
		if p.block < len(p.blocks) {
			p.block, p.used = p.block+1, 0
		}
		if p.block < len(p.blocks) {
			continue
		}
		if p.block == maxBlocks {
			return false
		}
		p.blocks = append(p.blocks, make([]T, firstBlock<<min(p.block, 4)))
	}
	return true
}

// reset takes all values back.
func (p *pool[T]) reset() {
	for i := range min(p.block, len(p.blocks)) {
		clear(p.blocks[i])
	}
	if p.block < len(p.blocks) {
		clear(p.blocks[p.block][:p.used])
	}
	p.block, p.used = 0, 0
}

// known makes a value.
func (ev *Evaluation) known(v Value) *Value {
	p := ev.values.one()
	*p = v
	return p
}

// thunkOf makes the thunk of an expression.
func (ev *Evaluation) thunkOf(code *Code, e Expr, in *env) *thunk {
	t := ev.thunks.one()
	t.code, t.expr, t.env = code, e, in
	return t
}

// level makes an environment without names.
func (ev *Evaluation) level(up *env, lexical bool) *env {
	e := ev.envs.one()
	e.up, e.lexical = up, lexical
	return e
}

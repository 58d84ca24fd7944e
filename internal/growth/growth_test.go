package growth

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// judge is a test that notes whether it failed.
type judge struct {
	testing.TB
	failed bool
}

func (j *judge) Errorf(string, ...any) { j.failed = true }

var (
	kept  [][]byte
	total int
)

// most is the larger of the two inputs.
const most = 100 * Factor

// each are works on n pieces that take as much for most of them.
var each = map[string]func(n int, do func()){
	"linear": func(n int, do func()) {
		for range n * most {
			do()
		}
	},
	"quadratic": func(n int, do func()) {
		for range n * n {
			do()
		}
	},
}

func TestJudgement(t *testing.T) {
	for name, work := range each {
		failed := func(n int, hold func(t testing.TB, what string, n int, prepare Prepare), do func()) bool {
			j := &judge{TB: t}
			hold(j, name, n, func(n int) func() {
				return func() {
					kept = nil
					work(n, do)
				}
			})
			return j.failed
		}
		quadratic := name == "quadratic"
		assert.Equal(t, quadratic, failed(most/Factor, Memory, func() { kept = append(kept, make([]byte, 8)) }), name)
		assert.Equal(t, quadratic, failed(most/Factor, Time, func() {
			for range 400 {
				total++
			}
		}), name)
	}
}

// TestTooLittle holds that nothing is said of what is next to nothing.
func TestTooLittle(t *testing.T) {
	squares := func(n int) func() {
		return func() {
			kept = nil
			for range n * n {
				kept = append(kept, make([]byte, 8))
			}
		}
	}
	Memory(t, "memory", 3, squares)
	Time(t, "time", 3, squares)
}

// TestPoolsStay holds that what work keeps for the next time is not counted, and what was set is as it was.
func TestPoolsStay(t *testing.T) {
	var memory []byte
	s := Allocated(func() {
		if memory == nil {
			memory = make([]byte, 1<<20)
		}
	})
	assert.Equal(t, Size{}, s)
	s = AllocatedOnce(func() { memory = make([]byte, 1<<20) })
	assert.Equal(t, Size{1 << 20, 1}, s)
}

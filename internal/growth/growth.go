// Package growth holds, in tests, that work grows with its input and no faster. It compares an input with one that is
// Factor times as large: work that grows with the input takes Factor times as much, quadratic work the square of that,
// and the border lies in the geometric middle. Neither how slices double nor what is done once decides.
//
// While something is measured, one processor runs and the collector rests, so that pools stay filled; do not measure in
// parallel tests.
package growth

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// Factor is how many times as large the larger of two inputs is.
const Factor = 8

// border is how many times as much the larger input may take: Factor to the power of one and a half.
var border = math.Pow(Factor, 1.5)

// Below these nothing is judged: much less than quadratic work takes on an input of thousands of pieces.
const (
	fewBytes  = 256 << 10
	fewAllocs = 1000
	quick     = 30 * time.Millisecond
)

// Size is what work allocates.
type Size struct {
	Bytes  uint64
	Allocs uint64 // how many objects
}

// Prepare makes an input of n pieces and returns the work on it. The work is done several times.
type Prepare func(n int) (work func())

// Memory fails the test where what the work allocates grows faster than its input, from n pieces to Factor times as many.
func Memory(t testing.TB, what string, n int, prepare Prepare) {
	t.Helper()
	InMemory(t, what, Allocated(prepare(n)), Allocated(prepare(Factor*n)))
}

// InMemory fails the test where the larger of two sizes, of inputs that differ by Factor, is too large for the smaller.
func InMemory(t testing.TB, what string, small, large Size) {
	t.Helper()
	if large.Bytes > fewBytes && exceeds(large.Bytes, small.Bytes) {
		t.Errorf("%s: %d bytes, and %d for %d times the input", what, small.Bytes, large.Bytes, Factor)
	}
	if large.Allocs > fewAllocs && exceeds(large.Allocs, small.Allocs) {
		t.Errorf("%s: %d objects, and %d for %d times the input", what, small.Allocs, large.Allocs, Factor)
	}
}

func exceeds[T uint64 | time.Duration](large, small T) bool {
	return float64(large) > border*float64(small)
}

// Allocated returns what the work allocates once what it keeps for the next time is there.
func Allocated(work func()) Size {
	defer alone()()
	work()
	least := Size{math.MaxUint64, math.MaxUint64}
	for range 2 {
		s := allocated(work)
		least = Size{min(least.Bytes, s.Bytes), min(least.Allocs, s.Allocs)}
	}
	return least
}

// AllocatedOnce returns what work that cannot be done again allocates.
func AllocatedOnce(work func()) Size {
	defer alone()()
	return allocated(work)
}

func allocated(work func()) Size {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return Size{after.TotalAlloc - before.TotalAlloc, after.Mallocs - before.Mallocs}
}

// Time fails the test where the processor time of the work, which allocates too little to show how much it is, grows
// faster than its input, from n pieces to Factor times as many. It judges only what takes far longer than linear work, and
// fails only what fails each of many times, so that a busy machine does not decide: choose n so that quadratic work on
// Factor times n pieces takes ten times as long as nothing is judged.
func Time(t testing.TB, what string, n int, prepare Prepare) {
	t.Helper()
	if _, ok := processorTime(); !ok {
		t.Skip("the system does not tell the processor time of a process")
	}
	defer alone()()
	small, large := prepare(n), prepare(Factor*n)
	least, most := time.Duration(math.MaxInt64), took(large)
	for range 10 {
		if most <= quick {
			return
		}
		for range 3 {
			least = min(least, took(small))
		}
		if !exceeds(most, least) {
			return
		}
		most = min(most, took(large))
	}
	// Between the two sizes may lie that of a cache. What grows too fast goes on to do so where twice as much is asked.
	twice, further := time.Duration(math.MaxInt64), prepare(2*Factor*n)
	for range 3 {
		twice = min(twice, took(further))
	}
	if float64(twice) <= math.Pow(2, 1.5)*float64(most) {
		return
	}
	t.Errorf("%s: %v, and %v for %d times the input", what, least, most, Factor)
}

func took(work func()) time.Duration {
	before, _ := processorTime()
	work()
	after, _ := processorTime()
	return after - before
}

// alone lets one processor run, and the collector only where memory would run out. The function that it returns ends that.
func alone() (end func()) {
	const enough = 1 << 30
	procs, percent, limit := runtime.GOMAXPROCS(1), debug.SetGCPercent(-1), debug.SetMemoryLimit(enough)
	return func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
		runtime.GOMAXPROCS(procs)
	}
}

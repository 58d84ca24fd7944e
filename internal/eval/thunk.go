package eval

import (
	"math"

	"github.com/nixsift/nixsift/internal/arena"
)

// thunk is an expression that is evaluated when it is asked for, or a Go function in its place. It stands for one value of
// Nix: never for several, so that one that needs itself is an infinite recursion.
type thunk struct {
	code *Code
	expr Expr
	env  *env
	fn   func(ev *Evaluation) *Value

	value *Value // where it is done
	state thunkState
	// What the evaluation cost by itself, the thunks that it asked for besides, and how deep it went: whoever uses the value
	// later is charged as if it were found out again.
	height uint16
	own    uint32
	needs  []*thunk
	paid   uint32 // the question that was last charged
	back   bool   // it was asked for while it was under evaluation
}

type thunkState uint8

const (
	fresh thunkState = iota
	running
	done
)

// given returns a thunk that is done.
func given(v *Value) *thunk { return &thunk{value: v, state: done} }

// env is one level of the names around an expression.
type env struct {
	up    *env
	slots []*thunk
	with  *thunk // the set of a with
	// lexical is set where the arguments of all functions around are unknown.
	lexical bool
}

func (e *env) level(up uint32) *env {
	for ; up > 0; up-- {
		e = e.up
	}
	return e
}

// Fuel is what one question may cost unless an Evaluation says otherwise: steps, elements and attributes.
const Fuel = 30000

// maxDeep bounds the expressions under evaluation inside each other, maxForks the unknown conditions among them.
const maxDeep, maxForks = 2500, 24

// Evaluation evaluates the code of files. It belongs to one goroutine.
type Evaluation struct {
	// Fuel is what one question may cost.
	Fuel int
	// Import returns the code of a file by its absolute path, or nil where nothing is known of it. It may be nil.
	Import func(path string) *Code
	// Scoped returns the code of a file as LowerScoped makes it, or nil where nothing is known of it. It may be nil.
	Scoped func(path string, names []string) *Code
	// Lib are what functions of lib give way to, by their names; nil for what is known of them.
	Lib map[string]Part
	// Written has functions of lib taken from where they are written, as from pkgs in pkgs.lib.id: where that fails, so does the
	// function.
	Written bool
	// Texts lets import read what a text names, too, where that is a folder of the file system and no store path.
	Texts bool
	// Disk is what is known of the files around the code, or nil.
	Disk *Disk
	// Brief lets Examine give up on a file early: somebody waits.
	Brief bool
	// Stop tells Examine that nobody waits for it any more. It may be nil.
	Stop func() bool

	fuel     int
	work     int // what all questions together have cost, without what was only charged for
	question uint32
	current  *thunk   // the one under evaluation
	stack    []*thunk // all that are
	asked    []*thunk // what those have asked for: what the last one has, from begun on
	begun    int
	top      thunk    // stands for who asks the question
	todo     []*thunk // what is to be charged for
	depth    int      // of expressions inside each other
	deepest  int
	forks    int
	// cuts counts where something was left out for want of fuel, or for depth; touches, where a thunk was met that is under
	// evaluation. What was found out in between holds for this moment alone.
	cuts    int
	touches int
	dry     bool // the question's fuel is used up
	files   map[string]*thunk
	scoped  map[string]*Code // by path and names
	places  map[*Value]site  // see MadeAt
	watch   *Examination
	// hole is an expression of the code holed of which nothing is to be known, or 0; holeOf is the part of its value that is meant, if any.
	hole   Expr
	holed  *Code
	holeOf element
	// foreign is set where the lib that callers pass may be any other than nixpkgs'.
	foreign bool
	endless *endless
	trace   *tracer // of a question that is asked to be shown, else nil

	// What is made on the way, and what an Examination uses.
	seen      []role
	queue     []pending
	thunks    arena.Pool[thunk]
	lists     arena.Pool[*thunk]
	envs      arena.Pool[env]
	sets      arena.Pool[set]
	values    arena.Pool[Value]
	functions arena.Pool[function]
}

// NewEvaluation returns an evaluation without files.
func NewEvaluation() *Evaluation { return &Evaluation{Fuel: Fuel} }

// ask begins a question: it evaluates a thunk with fresh fuel.
func (ev *Evaluation) ask(t *thunk) *Value {
	ev.question++
	ev.fuel, ev.dry = ev.Fuel, false
	ev.top = thunk{}
	ev.current, ev.stack, ev.asked, ev.depth, ev.deepest, ev.forks = &ev.top, ev.stack[:0], ev.asked[:0], 0, 0, 0
	ev.begun = 0
	v := ev.force(t)
	if ev.dry {
		return topValue
	}
	return v
}

// pay takes fuel; false where there is not enough.
func (ev *Evaluation) pay(steps int) bool {
	if ev.dry {
		return false
	}
	ev.fuel -= steps
	ev.work += steps
	ev.current.own += uint32(min(steps, math.MaxInt32))
	if ev.fuel < 0 {
		ev.dry = true
		ev.cuts++
		return false
	}
	return true
}

// enter goes one step deeper, and leave comes back; where it is false, there is no fuel for that, or it is too deep.
func (ev *Evaluation) enter() bool {
	if !ev.pay(1) {
		return false
	}
	if ev.depth >= maxDeep {
		ev.cuts++
		return false
	}
	ev.depth++
	ev.deepest = max(ev.deepest, ev.depth)
	return true
}

func (ev *Evaluation) leave() { ev.depth-- }

// cut gives up: nothing is known, and that is not remembered.
func (ev *Evaluation) cut() *Value {
	ev.cuts++
	return topValue
}

// force evaluates a thunk.
func (ev *Evaluation) force(t *thunk) *Value {
	switch t.state {
	case done:
		if ev.trace != nil {
			ev.trace.reused(t)
		}
		if t.own == 0 && t.needs == nil {
			return t.value
		}
		ev.needed(t)
		return ev.reuse(t)
	case running:
		return ev.recursion(t, site{})
	}
	if ev.dry || ev.depth >= maxDeep {
		return ev.cut()
	}
	cuts, touches, deepest, outer, begun := ev.cuts, ev.touches, ev.deepest, ev.current, ev.begun
	ev.begun = len(ev.asked)
	t.state, t.back = running, false
	ev.current, ev.deepest = t, ev.depth
	ev.stack = append(ev.stack, t)
	var v *Value
	if t.fn != nil {
		v = topValue
		if ev.enter() {
			v = t.fn(ev)
			ev.leave()
		}
	} else {
		v = ev.eval(t.code, t.expr, t.env)
	}
	ev.stack = ev.stack[:len(ev.stack)-1]
	height := ev.deepest - ev.depth
	ev.current, ev.deepest = outer, max(deepest, ev.deepest)
	if t.back && ev.watch != nil {
		ev.watch.recursion(ev, t, v)
	}
	if ev.trace != nil {
		ev.trace.forced(t, v)
	}
	needs, asked := ev.asked[ev.begun:], len(ev.asked)
	ev.asked, ev.begun = ev.asked[:ev.begun], begun
	if ev.cuts != cuts || ev.touches != touches {
		if ev.watch != nil && ev.watch.fixed != nil {
			ev.asked = ev.asked[:asked] // by outer, too, which is not remembered either
		}
		t.state, t.own = fresh, 0
		return v
	}
	if len(needs) > 0 {
		t.needs = ev.lists.Many(len(needs))
		copy(t.needs, needs)
	}
	t.state, t.value, t.height, t.paid = done, v, uint16(height), ev.question
	if t.fn = nil; t.code == nil || !splits[t.code.exprs[t.expr].op] {
		t.env = nil
	}
	ev.needed(t)
	return v
}

// needed notes that the thunk under evaluation asked for another one, which is done.
func (ev *Evaluation) needed(t *thunk) {
	if n := len(ev.asked); n > ev.begun && ev.asked[n-1] == t {
		return // it is charged for once in any case
	}
	ev.asked = append(ev.asked, t)
}

// reuse charges for the value of a thunk what finding it out anew would cost in this question.
func (ev *Evaluation) reuse(t *thunk) *Value {
	if ev.depth+int(t.height) >= maxDeep {
		return ev.cut()
	}
	ev.deepest = max(ev.deepest, ev.depth+int(t.height))
	todo := ev.todo[:0]
	todo = append(todo, t)
	for len(todo) > 0 && ev.fuel >= 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if t.paid == ev.question {
			continue
		}
		t.paid = ev.question
		ev.fuel -= int(t.own)
		ev.work++
		for _, n := range t.needs {
			if n.paid != ev.question {
				todo = append(todo, n)
			}
		}
	}
	ev.todo = todo[:0]
	if ev.fuel < 0 {
		ev.dry = true
		ev.cuts++
		return topValue
	}
	return t.value
}

// recursion is the value of a thunk that is under evaluation already; at is the name that stands for it, if one does.
func (ev *Evaluation) recursion(t *thunk, at site) *Value {
	ev.touches++
	t.back = true
	f := &Failure{Reason: Recursion, at: at, thunk: t}
	for i := len(ev.stack) - 1; i >= 0; i-- {
		f.cycle = append(f.cycle, ev.stack[i])
		if ev.stack[i] == t {
			break
		}
	}
	return failed(f)
}

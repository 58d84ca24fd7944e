package eval

// endless is a function of which is asked whether a call of it ends.
type endless struct {
	code  *Code
	index uint32 // of the function with the last argument
	body  *thunk
	met   bool
}

// What the question costs at most, in steps.
const fuelOfEndless = 3_000

// Endless reports whether no call of a function of a file, with all its arguments, has a value: whatever they are, it comes to a
// call of the same function. The body is evaluated with arguments of which nothing is known, as which any others do; a call in it is
// taken to fail in any way. If the body then fails, and for no reason but that call, so does each call, by induction over how deep
// they are in each other. What a lib that callers pass does is not known.
func Endless(code *Code, function Expr, imports func(path string) *Code) bool {
	x := &code.exprs[function]
	if x.op != opLambda {
		return false
	}
	for next := &code.exprs[code.lambdas[x.a].body]; next.op == opLambda; next = &code.exprs[code.lambdas[x.a].body] {
		x = next
	}
	body := NewScopes(code, nil).Within(code.lambdas[x.a].body).t
	ev := &Evaluation{Fuel: fuelOfEndless, Import: imports, foreign: true, endless: &endless{code, x.a, body, false}}
	v := ev.ask(body)
	if !ev.endless.met || !v.Fails() {
		return false
	}
	calls, only := 0, true
	v.failures(func(f *Failure) {
		calls++
		only = only && f.Reason == Recursion && f.thunk == body
	})
	return only && calls > 0
}

// recurs returns what a call of a function is taken for while it is asked whether one ends, or nil.
func (e *endless) recurs(ev *Evaluation, at site, f *function) *Value {
	if e == nil || f.code != e.code || f.index != e.index || e.body.state != running {
		return nil
	}
	ev.touches++
	e.met = true
	return join(bare(Caught), failed(&Failure{Reason: Recursion, at: at, thunk: e.body}))
}

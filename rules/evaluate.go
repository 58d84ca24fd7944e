package rules

import (
	"sync"
	"sync/atomic"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
)

// examined is what evaluating a file tells. The passes over one file have it in common.
type examined struct {
	memory   *eval.Memory // nil: it is made where it is needed
	lower    sync.Once
	lowered  *eval.Code // nil where Nix refuses the file
	gate     sync.Once
	code     *eval.Code // nil where nothing can be found
	examine  sync.Once
	failures []eval.Finding
	// exhausted is set where the fuel did not suffice for all that was asked.
	exhausted atomic.Bool
}

// lowered returns the code of the file; nil where Nix refuses that.
func (p *Pass) lowered() *eval.Code {
	x := p.examined
	x.lower.Do(func() {
		if x.memory == nil {
			x.memory = new(eval.Memory)
		}
		x.lowered = x.memory.Lower(p.Tree, p.Path, p.Names())
	})
	return x.lowered
}

// code returns the code of the file; nil where evaluating it can tell nothing, as with syntax errors.
func (p *Pass) code() *eval.Code {
	x := p.examined
	x.gate.Do(func() {
		if eval.Worthwhile(p.Tree, p.Names()) {
			x.code = p.lowered()
		}
	})
	return x.code
}

// Failures returns what surely fails in the file when it is evaluated, whoever calls the functions in it, and the code that
// is evaluated; none where nothing can be found, as in a file with syntax errors. The findings must not be changed, and end with
// the pass, as the tree does.
func (p *Pass) Failures() ([]eval.Finding, *eval.Code) {
	x := p.examined
	x.examine.Do(func() {
		if code := p.code(); code != nil {
			ev := x.memory.Evaluation()
			ev.Import = p.Project.Imported
			failures, examination := eval.Examine(ev, code)
			x.failures = failures
			if examination.Incomplete() {
				x.exhausted.Store(true)
			}
		}
	})
	return x.failures, x.code
}

// Exhausted reports whether the fuel did not suffice for all that rules asked of the file: what surely fails there may not all
// be found. It is false where nothing was evaluated.
func (p *Pass) Exhausted() bool { return p.examined.exhausted.Load() }

// What one question for a value may cost, in steps, and what all of a rule about a file may: a fixed part, and a part for each
// expression.
const (
	fuelOfValue  = 10_000
	workOfValues = 100_000
	workOfExpr   = 10
)

// asking is what one rule asks for values of: what it learns depends on its own questions alone.
type asking struct {
	ev     *eval.Evaluation
	scopes *eval.Scopes
	spent  int
}

// Value returns what an expression of the file is, as far as its outermost form, wherever it stands and whoever calls the
// functions around it. Where nothing is known it may be anything.
func (p *Pass) Value(n ast.Node) *eval.Value {
	code := p.code()
	if code == nil {
		return eval.Unknown()
	}
	e, ok := code.At(n.Unparen().Span())
	if !ok {
		return eval.Unknown()
	}
	a := p.asking[p.rule]
	if a == nil {
		a = &asking{ev: eval.NewEvaluation(), scopes: eval.NewScopes(code, nil)}
		a.ev.Fuel, a.ev.Import = fuelOfValue, p.Project.Imported
		if p.asking == nil {
			p.asking = map[*Rule]*asking{}
		}
		p.asking[p.rule] = a
	}
	if a.spent > workOfValues+workOfExpr*code.Len() {
		p.examined.exhausted.Store(true)
		return eval.Unknown()
	}
	v := a.ev.Ask(a.scopes.Within(e))
	if a.ev.Starved() {
		p.examined.exhausted.Store(true)
	}
	a.spent += a.ev.Cost()
	return v
}

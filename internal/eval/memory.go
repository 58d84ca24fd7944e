package eval

import (
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Memory is what lowering and examining one file after the other takes. The zero Memory is ready for use; it belongs to one
// goroutine. What was made in it ends with the next file.
type Memory struct {
	gate    gate
	lowerer lowerer
	ev      Evaluation
}

// Worthwhile does what the function Worthwhile does.
func (m *Memory) Worthwhile(t *ast.Tree, names *sema.Info) bool { return m.gate.open(t, names) }

// Lower does what the function Lower does, for code that is examined and not kept: it ends with the next call, and refers
// to the text until then.
func (m *Memory) Lower(t *ast.Tree, filePath string, names *sema.Info) *Code {
	m.lowerer.reset()
	return m.lowerer.file(t, filePath, names)
}

// Evaluation does what NewEvaluation does; the one before ends.
func (m *Memory) Evaluation() *Evaluation {
	m.ev.reset()
	return &m.ev
}

// reset takes back what an evaluation made.
func (ev *Evaluation) reset() {
	ev.thunks.Reset()
	ev.lists.Reset()
	ev.envs.Reset()
	ev.sets.Reset()
	ev.values.Reset()
	ev.functions.Reset()
	clear(ev.stack[:cap(ev.stack)])
	clear(ev.asked[:cap(ev.asked)])
	clear(ev.todo[:cap(ev.todo)])
	clear(ev.queue[:cap(ev.queue)])
	if cap(ev.seen) > maxReused {
		ev.seen, ev.queue, ev.stack, ev.asked, ev.todo = nil, nil, nil, nil, nil
	}
	*ev = Evaluation{
		Fuel: Fuel, stack: ev.stack[:0], asked: ev.asked[:0], todo: ev.todo[:0], seen: ev.seen[:0], queue: ev.queue[:0],
		thunks: ev.thunks, lists: ev.lists, envs: ev.envs, sets: ev.sets, values: ev.values, functions: ev.functions,
	}
}

// keep returns code that is of the same meaning, and refers neither to memory that is used again nor to the text.
func (c *Code) keep() *Code {
	texts := map[string]string{}
	text := func(s string) string {
		kept, ok := texts[s]
		if !ok {
			kept = strings.Clone(s)
			texts[kept] = kept
		}
		return kept
	}
	k := &Code{
		Path: c.Path, root: c.root, exprs: slices.Clone(c.exprs), kids: slices.Clone(c.kids), consts: slices.Clone(c.consts),
		symbols: slices.Clone(c.symbols), paths: slices.Clone(c.paths), lambdas: slices.Clone(c.lambdas), sets: slices.Clone(c.sets),
	}
	for name := range c.mayMiss {
		if k.mayMiss == nil {
			k.mayMiss = make(map[string]bool, len(c.mayMiss))
		}
		k.mayMiss[text(name)] = true
	}
	values := make([]Value, 0, len(c.consts))
	for i, v := range k.consts {
		if v.isKnown() && v.kinds&(numbers|String|Path) != 0 {
			values = append(values, *v)
			v = &values[len(values)-1]
			v.text = text(v.text)
			k.consts[i] = v
		}
	}
	for i, s := range k.symbols {
		k.symbols[i] = text(s)
	}
	for i := range k.paths {
		k.paths[i].sym = text(k.paths[i].sym)
	}
	for i := range k.lambdas {
		l := &k.lambdas[i]
		l.name, l.formals = text(l.name), slices.Clone(l.formals)
		for j := range l.formals {
			l.formals[j].sym = text(l.formals[j].sym)
		}
	}
	for i := range k.sets {
		s := &k.sets[i]
		s.attrs, s.dynamic, s.from = slices.Clone(s.attrs), slices.Clone(s.dynamic), slices.Clone(s.from)
		for j := range s.attrs {
			s.attrs[j].sym = text(s.attrs[j].sym)
		}
		for j := range s.dynamic {
			s.dynamic[j].name.sym = text(s.dynamic[j].name.sym)
		}
	}
	k.defined, k.located = sync.OnceValue(k.define), sync.OnceValue(k.locate)
	return k
}

// known makes a value.
func (ev *Evaluation) known(v Value) *Value {
	p := ev.values.One()
	*p = v
	return p
}

// thunkOf makes the thunk of an expression.
func (ev *Evaluation) thunkOf(code *Code, e Expr, in *env) *thunk {
	t := ev.thunks.One()
	t.code, t.expr, t.env = code, e, in
	return t
}

// level makes an environment without names.
func (ev *Evaluation) level(up *env, lexical bool) *env {
	e := ev.envs.One()
	e.up, e.lexical = up, lexical
	return e
}

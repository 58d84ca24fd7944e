package module

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// mask says which sources an evaluation must not need.
type mask uint8

const (
	// whileLoading is the evaluation of what decides which modules there are and which options they
	// declare: neither config nor options nor the arguments of _module.args exist yet.
	whileLoading mask = iota
	// whileDefining is the evaluation of which options a module defines: options exist, values do not.
	whileDefining
	// anytime forbids nothing; it serves to look names up.
	anytime
)

const (
	maxDepth = 300   // nested evaluations: beyond, a value is unknown
	maxFuel  = 20000 // what one question may cost
	maxElems = 256   // elements of a list that are looked at one by one
	maxList  = 4096  // elements of a list literal; a longer one is open
)

// evaluator evaluates expressions of one file lazily, as Nix would, as far as the file tells. The result
// vBottom is certain: on every way the evaluation reads a source that the mask forbids, of the module whose
// group it is. Whatever is not certain is vUnknown.
//
// It answers one question after the other, such as what imports is. Each has fuel of its own and starts without
// the results of the others, so that no answer depends on what was asked before. Every evaluation and every
// element or attribute that a value is made of costs fuel; what there is no fuel for is unknown.
type evaluator struct {
	file  *File
	names *sema.Info
	group int
	args  map[string]bool // arguments that the module itself defines in _module.args
	mask  mask
	memo  map[memoKey]*value
	limit int // the fuel of a question
	fuel  int // what remains of it
	work  int // what all further questions together may cost
	depth int
	asked int // the number of the question
}

type memoKey struct {
	node ast.NodeID
	env  *frame
}

// newEvaluator returns an evaluator whose questions may cost so much in all.
func newEvaluator(f *File, group, work int) *evaluator {
	return &evaluator{file: f, names: f.names, group: group, limit: min(maxFuel, work/10), work: work}
}

// in answers a question: what t evaluates to under a mask.
func (ev *evaluator) in(m mask, t *thunk) *value {
	if ev.exhausted() {
		return unknown
	}
	ev.begin(m)
	v := ev.force(t)
	ev.work -= ev.limit - max(ev.fuel, 0) + 1
	return v
}

// exhausted reports whether all questions together have cost too much. Which of them were answered depends on
// their order then, and nothing may be made of the answers.
func (ev *evaluator) exhausted() bool { return ev.work <= 0 }

// begin starts a question.
func (ev *evaluator) begin(m mask) {
	ev.mask, ev.fuel, ev.depth = m, ev.limit, 0
	ev.asked++
	if ev.memo == nil || len(ev.memo) > 256 {
		ev.memo = map[memoKey]*value{}
	} else {
		clear(ev.memo)
	}
}

// pay takes what a step costs from the fuel and reports whether the step may be done.
func (ev *evaluator) pay(n int) bool {
	ev.fuel -= n
	return ev.fuel > 0
}

// force evaluates a thunk.
func (ev *evaluator) force(t *thunk) *value {
	switch {
	case t.node.IsValid():
		return ev.eval(t.node, t.env)
	case t.fn == nil || t.asked == ev.asked:
		return t.done
	case ev.depth > maxDepth || !ev.pay(1):
		return unknown
	}
	ev.depth++
	t.done, t.asked = unknown, ev.asked // met again while it is evaluated
	t.done = t.fn(ev)
	ev.depth--
	return t.done
}

// eval evaluates a node as far as its outermost form.
func (ev *evaluator) eval(n ast.Node, env *frame) *value {
	n = n.Tail()
	switch n.Kind() {
	case ast.Int, ast.Float, ast.URI:
		return scalar
	case ast.Lambda:
		return &value{kind: vLambda, node: n, env: env}
	case ast.SearchPath:
		return somePath
	}
	if !n.FirstChild().IsValid() && (n.Is(ast.String) || n.Is(ast.IndString)) {
		env = nil // one value, whatever surrounds it
	}
	key := memoKey{n.ID(), env}
	if v, ok := ev.memo[key]; ok {
		return v
	}
	if ev.depth > maxDepth || !ev.pay(1) {
		return unknown
	}
	ev.depth++
	ev.memo[key] = unknown // met again while it is evaluated
	v := ev.node(n, env)
	ev.memo[key] = v
	ev.depth--
	return v
}

func (ev *evaluator) node(n ast.Node, env *frame) *value {
	switch n.Kind() {
	case ast.Ident:
		return ev.variable(n, env)
	case ast.String, ast.IndString, ast.Path:
		return ev.text(n, env)
	case ast.List:
		return ev.literal(n, env)
	case ast.AttrSet:
		return ev.set(n, env)
	case ast.Select:
		return ev.selection(ast.SelectExpr{Node: n}, env)
	case ast.HasAttr:
		return ev.hasAttr(ast.HasAttrExpr{Node: n}, env)
	case ast.Apply:
		a := ast.ApplyExpr{Node: n}
		return ev.apply(ev.eval(a.Func(), env), &thunk{node: a.Arg(), env: env}, n)
	case ast.Unary:
		v := ev.eval(n.FirstChild(), env)
		if n.Op() == ast.OpNot && v.kind == vBool {
			if v.known {
				return boolean(!v.b)
			}
			return someBool
		}
		return strict(v, scalar)
	case ast.Binary:
		return ev.binary(ast.BinaryExpr{Node: n}, env)
	case ast.If:
		i := ast.IfExpr{Node: n}
		c := ev.eval(i.Cond(), env)
		switch {
		case c.kind == vBottom:
			return decided(c, ByIf, n, i.Cond(), "if")
		case c.kind == vThrow:
			return c
		case c.kind == vBool && c.known && c.b:
			return ev.eval(i.Then(), env)
		case c.kind == vBool && c.known:
			return ev.eval(i.Else(), env)
		}
		return join(ev.eval(i.Then(), env), ev.eval(i.Else(), env))
	case ast.Assert:
		a := ast.AssertExpr{Node: n}
		if c := ev.eval(a.Cond(), env); c.kind == vBottom {
			return decided(c, ByAssert, n, a.Cond(), "assert")
		}
		return ev.eval(a.Body(), env)
	}
	return unknown
}

// literal evaluates a list.
func (ev *evaluator) literal(n ast.Node, env *frame) *value {
	v := &value{kind: vList}
	for c := range n.Children() {
		if len(v.elems) == maxList || !ev.pay(1) {
			v.open = true
			break
		}
		v.elems = append(v.elems, &thunk{node: c, env: env})
	}
	return v
}

// strict is the result of an operation that evaluates v.
func strict(v, result *value) *value {
	if v.kind == vBottom || v.kind == vThrow {
		return v
	}
	return result
}

// join is the value of one of two expressions, not known which.
func join(a, b *value) *value {
	switch {
	case a.kind == vThrow:
		return b
	case b.kind == vThrow || a == b:
		return a
	case a.kind == vBottom && b.kind == vBottom:
		return a
	case a.kind != b.kind:
		return unknown
	}
	switch a.kind {
	case vBool:
		if a.known && b.known && a.b == b.b {
			return a
		}
		return someBool
	case vString, vScalar:
		return scalar
	case vPath:
		return somePath
	case vList:
		return someList
	case vAttrs:
		return someAttrs
	case vProperty:
		if a.property == b.property {
			return &value{kind: vProperty, property: a.property, s: a.s, node: a.node, cond: unknownThunk, content: unknownThunk}
		}
	}
	return unknown
}

// text evaluates a string or path: its interpolations are read in any case.
func (ev *evaluator) text(n ast.Node, env *frame) *value {
	for c := range n.Children() {
		if !ev.pay(1) {
			return unknown
		}
		if v := ev.eval(c.FirstChild(), env); v.kind == vBottom || v.kind == vThrow {
			return v
		}
	}
	if n.Is(ast.Path) {
		return somePath
	}
	if s, ok := ast.StringValue(n); ok {
		return &value{kind: vString, known: true, s: s}
	}
	return scalar
}

func (ev *evaluator) binary(b ast.BinaryExpr, env *frame) *value {
	op := b.Op()
	switch op {
	case ast.OpPipeInto:
		return ev.apply(ev.eval(b.Right(), env), &thunk{node: b.Left(), env: env}, b.Node)
	case ast.OpPipeFrom:
		return ev.apply(ev.eval(b.Left(), env), &thunk{node: b.Right(), env: env}, b.Node)
	}
	l := ev.eval(b.Left(), env)
	if l.kind == vBottom && op != ast.OpUpdate || l.kind == vThrow {
		return l
	}
	switch op {
	case ast.OpAnd, ast.OpOr, ast.OpImpl:
		stop := op == ast.OpOr // the left value that decides alone
		if l.kind == vBool && l.known && l.b == stop {
			return boolean(op != ast.OpAnd)
		}
		r := ev.eval(b.Right(), env)
		if l.kind == vBool && l.known || r.kind == vBool && r.known && r.b != (op == ast.OpAnd) {
			return r
		}
		return someBool
	}
	r := ev.eval(b.Right(), env)
	switch op {
	case ast.OpUpdate:
		// An inner cause in either operand says more than the operand as a whole.
		if l.kind == vBottom && !(l.why.Construct == ByValue && r.kind == vBottom) {
			return passed(l, ByUpdate, b.Node, "//")
		}
		if r.kind == vBottom {
			return passed(r, ByUpdate, b.Node, "//")
		}
		return strict(l, ev.update(l, r))
	case ast.OpConcat:
		return ev.concat(l, r)
	}
	if r.kind == vBottom || r.kind == vThrow {
		return r
	}
	switch op {
	case ast.OpEq, ast.OpNeq:
		if l.kind == r.kind && l.known && r.known {
			return boolean((l.b == r.b && l.s == r.s) == (op == ast.OpEq))
		}
		return someBool
	case ast.OpLess, ast.OpLessEq, ast.OpGreater, ast.OpGreaterEq:
		return someBool
	case ast.OpAdd:
		if l.kind == vPath {
			return somePath
		}
	}
	return scalar
}

// concat is l ++ r, both evaluated.
func (ev *evaluator) concat(l, r *value) *value {
	for _, v := range []*value{l, r} {
		switch v.kind {
		case vBottom, vThrow:
			return v
		case vList, vUnknown:
		default:
			return throws // ++ takes lists alone
		}
	}
	if !ev.pay(len(l.elems) + len(r.elems)) {
		return unknown
	}
	return &value{
		kind: vList, elems: slices.Concat(l.elems, r.elems),
		open: l.kind != vList || r.kind != vList || l.open || r.open,
	}
}

// update is l // r, both evaluated.
func (ev *evaluator) update(l, r *value) *value {
	if r.kind == vThrow {
		return r
	}
	if l.kind == vLib || l.kind == vBuiltins {
		// lib // builtins, and lib with functions of one's own.
		switch {
		case r.kind == vLib || r.kind == vBuiltins:
			return libValue
		case r.kind == vAttrs && l.attrs == nil:
			return &value{kind: vLib, attrs: r.attrs}
		}
	}
	if !ev.pay(l.size() + r.size()) {
		return unknown
	}
	t := &attrTable{open: true}
	if l.kind == vAttrs {
		t.open = l.attrs.open
		for _, name := range l.attrs.names {
			a := l.attrs.index[name]
			if r.kind != vAttrs || r.attrs.open {
				a.value = unknownThunk // r may have it too
			}
			t.set(name, a.part, a.value)
		}
	}
	switch r.kind {
	case vAttrs:
		for _, name := range r.attrs.names {
			a := r.attrs.index[name]
			t.set(name, a.part, a.value)
		}
		t.open = t.open || r.attrs.open
	default:
		t.open = true
	}
	return &value{kind: vAttrs, attrs: t}
}

// apply evaluates a call of an evaluated function. At is the expression that calls.
func (ev *evaluator) apply(f *value, arg *thunk, at ast.Node) *value {
	switch f.kind {
	case vBottom, vThrow:
		return f
	case vLambda:
		if !ev.pay(1) {
			return unknown
		}
		inner := &frame{lambda: f.node, arg: arg, up: f.env}
		l := ast.LambdaExpr{Node: f.node}
		if l.Param().Is(ast.Pattern) {
			if v := ev.force(arg); v.kind == vBottom || v.kind == vThrow {
				return v
			}
		}
		return ev.eval(l.Body(), inner)
	case vPrim:
		args := slices.Concat(f.args, []*thunk{arg})
		if len(args) < f.prim.arity {
			return &value{kind: vPrim, prim: f.prim, args: args, node: f.node}
		}
		return f.prim.run(ev, call{f.prim, args, at})
	case vAttrs:
		if a, ok := f.attrs.get("__functor"); ok {
			if ev.depth > maxDepth {
				return unknown
			}
			ev.depth++
			v := ev.apply(ev.apply(ev.force(a.value), given(f), at), arg, at)
			ev.depth--
			return v
		}
	}
	if f.file != nil {
		return &value{kind: vUnknown, file: f.file, args: append(f.args[:len(f.args):len(f.args)], arg)}
	}
	return unknown
}

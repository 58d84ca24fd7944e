package eval

import "github.com/nixsift/nixsift/ast/source"

// operand is one of the operands of an operator or condition.
type operand uint8

const (
	leftOperand operand = iota
	rightOperand
)

// blame names the part of the expression at a place that is to blame.
func (at site) blame(f *Failure, which operand) *Failure {
	if at.code == nil {
		return f
	}
	x := &at.code.exprs[at.expr]
	part := x.a
	switch {
	case x.op < opIf || x.op == opNot && which == rightOperand:
		return f
	case which == rightOperand:
		part = x.b
	}
	p := &at.code.exprs[part]
	f.Start, f.End = p.start, p.end
	return f
}

// operators are the operators as they are written.
var operators = map[op]string{
	opNeg: "-", opLess: "<", opGreater: ">", opLessEq: "<=", opGreaterEq: ">=", opAnd: "&&", opOr: "||", opImpl: "->", opNot: "!",
	opUpdate: "//", opAdd: "+", opSub: "-", opMul: "*", opDiv: "/", opConcatLists: "++",
}

// Operator returns the operator at which evaluation fails, or "" where that is none.
func (f *Failure) Operator() string { return operators[f.at.code.exprs[f.at.expr].op] }

// Place returns the expression whose evaluation fails.
func (f *Failure) Place() Expr { return f.at.expr }

// Inherited reports whether a missing attribute is asked for by inherit (…).
func (f *Failure) Inherited() bool { return f.at.code.exprs[f.at.expr].inherited }

// Operand returns what the missing attribute is taken of, with the names before it: a.b of a.b.c. ok is false where that is
// written in one piece with something else.
func (f *Failure) Operand() (span source.Span, ok bool) {
	x := &f.at.code.exprs[f.at.expr]
	if x.op != opSelect {
		return source.Span{}, false
	}
	span = f.at.code.Span(Expr(x.a))
	if x.inherited {
		return span, true
	}
	for _, p := range f.at.code.paths[x.b:x.c] {
		if p.start == f.Start {
			return span, true
		}
		span.End = p.end
	}
	return span, false
}

// Callee returns what a call that fails applies to one argument too many, or to a wrong one: the function, with the arguments
// that went well before.
func (f *Failure) Callee() source.Span {
	x := &f.at.code.exprs[f.at.expr]
	switch {
	case x.op != opCall:
		return f.at.code.Span(f.at.expr)
	case f.End > 0: // one that the function calls: lib.pipe x [ f ]
		return source.Span{Start: f.Start, End: f.End}
	}
	kids := f.at.code.kids[x.a:x.b]
	span := f.at.code.Span(Expr(kids[0]))
	if f.Reason == NotFunction && f.Index > 0 && f.Index < len(kids) {
		span = source.Span{Start: min(span.Start, f.at.code.Span(f.at.expr).Start), End: f.at.code.Span(Expr(kids[f.Index])).End}
	}
	return span
}

// Passed returns where an attribute of the argument of a call is written: its name. ok is false where no set literal that
// the argument is made of, and that stands in the call, has it.
func (f *Failure) Passed(name string) (span source.Span, ok bool) {
	if f.arg == nil || f.arg.code != f.at.code || f.at.code == nil {
		return source.Span{}, false
	}
	call, arg := f.at.code.Span(f.at.expr), f.at.code.Span(f.arg.expr)
	if !call.Covers(arg) {
		return source.Span{}, false
	}
	return f.at.code.written(f.arg.expr, name)
}

// written returns where the attribute of a set is written that // and bodies of let and the like make of literals.
func (c *Code) written(e Expr, name string) (span source.Span, ok bool) {
	for {
		x := &c.exprs[e]
		switch x.op {
		case opLet, opWith, opAssert:
			e = Expr(x.b)
			continue
		case opUpdate:
			if span, ok = c.written(Expr(x.b), name); ok {
				return span, true
			}
			e = Expr(x.a)
			continue
		case opSet:
			for _, a := range c.sets[x.a].attrs {
				if a.sym == name {
					return source.Span{Start: a.start, End: a.end}, true
				}
			}
		}
		return source.Span{}, false
	}
}

// Passes reports whether the argument of a call surely has an attribute.
func (f *Failure) Passes(name string) bool {
	if f.arg == nil || f.arg.state != done || !f.arg.value.isKnown() || f.arg.value.set == nil {
		return false
	}
	_, has, _ := f.arg.value.set.lookup(name)
	return has == Present
}

// Argument returns where the argument of a call stands, if that is in the file.
func (f *Failure) Argument() (span source.Span, ok bool) {
	if f.arg == nil || f.arg.code == nil || f.arg.code != f.at.code {
		return source.Span{}, false
	}
	return f.arg.code.Span(f.arg.expr), true
}

// Named is a definition, by its name.
type Named struct {
	Name string
	Span source.Span
}

// Cycle returns the definitions of the file that an infinite recursion goes through, beginning with the one that needs
// itself. direct tells that it alone does, without a call.
func (f *Failure) Cycle() (members []Named, direct bool) {
	if f.thunk.code == nil {
		return nil, false
	}
	for i := len(f.cycle) - 1; i >= 0; i-- {
		t := f.cycle[i]
		if t.code != f.thunk.code || t.fn != nil {
			continue
		}
		if n, ok := t.code.defined()[t.expr]; ok {
			members = append(members, n)
		}
	}
	return members, len(f.cycle) == 1 && f.at.lexical
}

// define returns the attributes, names of a let and formals, by the expressions that are their values.
func (c *Code) define() map[Expr]Named {
	names := map[Expr]Named{}
	for i := range c.sets {
		for _, a := range c.sets[i].attrs {
			names[a.value] = Named{a.sym, source.Span{Start: a.start, End: a.end}}
		}
	}
	for i := range c.lambdas {
		for _, f := range c.lambdas[i].formals {
			names[f.def] = Named{f.sym, source.Span{Start: f.start, End: f.end}}
		}
	}
	delete(names, 0) // of formals without a default
	return names
}

// Extra returns the attributes of a call's argument that the function does not take, sorted.
func (f *Failure) Extra() (names []string) {
	if f.fn == nil || f.fn.code == nil || f.fn.lambda().open || f.arg == nil || f.arg.state != done || !f.arg.value.isKnown() {
		return nil
	}
	for s := f.arg.value.set; s != nil; s = s.below {
		for name := range s.all {
			if !f.fn.lambda().takes(name) {
				names = append(names, name)
			}
		}
	}
	return sortedNames(names)
}

// CallArgument returns an argument of the call that fails, counted from 0; ok is false where the call does not show it.
func (f *Failure) CallArgument(i int) (span source.Span, ok bool) {
	x := &f.at.code.exprs[f.at.expr]
	if x.op != opCall || f.End > 0 || int(x.a)+1+i >= int(x.b) || f.at.code.exprs[f.at.code.kids[x.a]].op != opGlobal && f.at.code.lastName(Expr(f.at.code.kids[x.a])) != f.Name {
		return source.Span{}, false
	}
	return f.at.code.Span(Expr(f.at.code.kids[int(x.a)+1+i])), true
}

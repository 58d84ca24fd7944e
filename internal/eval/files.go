package eval

import (
	"slices"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/near"
)

// outermost returns the expressions that are the value of the file, or what that gives when it is called, with the number
// of arguments that it has got then.
func (c *Code) outermost() map[Expr]int {
	found := map[Expr]int{}
	given := 0
	for e := c.root; ; {
		x := &c.exprs[e]
		switch x.op {
		case opLet, opWith, opAssert:
			e = Expr(x.b)
			continue
		case opLambda:
			found[e] = given
			given++
			e = c.lambdas[x.a].body
			continue
		case opSet:
			found[e] = given
		}
		return found
	}
}

// OfFile returns the file whose value a failure is about: a call of the function that the file is, or of the set; or an
// attribute that is taken of the set. given is the number of arguments that it has got before. ok is false where it is about
// something else, such as a function that an attribute of the file has, and of the file at hand, and of what scopedImport reads.
func (f *Failure) OfFile() (path string, given int, ok bool) {
	var code *Code
	var at Expr
	switch {
	case f.fn != nil && f.fn.code != nil:
		code, at = f.fn.code, f.fn.lambda().self
	case f.set != nil && f.set.code != nil && f.set.whole():
		code, at = f.set.code, f.set.expr
	default:
		return "", 0, false
	}
	if code == f.at.code || code.scoped {
		return "", 0, false
	}
	given, ok = code.outermost()[at]
	return code.Path, given, ok
}

// whole reports whether a set has the attributes of the literal that it comes from, and no others but those that callPackage
// adds.
func (s *set) whole() bool {
	x := &s.code.exprs[s.expr]
	if s.made {
		s = s.below
	}
	if x.op != opSet || s.below != nil || s.open {
		return false
	}
	literal := &s.code.sets[x.a]
	return len(literal.dynamic) == 0 && (s.literal != nil || len(literal.attrs) == len(s.own))
}

// OfPackage reports whether a missing attribute is taken of what callPackage gives, as far as its name tells.
func (f *Failure) OfPackage() bool { return f.set != nil && f.set.made }

// Called returns what stands for the function in the call that fails: a path that is imported, or a name.
func (f *Failure) Called() source.Span { return f.at.code.Span(f.called(f.at.expr)) }

// FileNamed returns the file or folder that a failure is about as the code names it, where it does so by a path literal; else
// the file that has the function or set.
func (f *Failure) FileNamed() string {
	c, e := f.at.code, f.at.expr
	if c.exprs[e].op == opSelect {
		e = Expr(c.exprs[e].a)
	}
	if x := &c.exprs[f.called(e)]; x.op == opConst && c.consts[x.a].kinds == Path {
		return c.consts[x.a].text
	}
	path, _, _ := f.OfFile()
	return path
}

func (f *Failure) called(e Expr) Expr {
	c := f.at.code
	x := &c.exprs[e]
	if x.op != opCall {
		return e
	}
	for {
		kids := c.kids[x.a:x.b]
		callee := &c.exprs[kids[0]]
		for _, k := range kids[1:] {
			if f.arg != nil && f.arg.code == c && f.arg.expr == Expr(k) {
				break
			}
			arg := &c.exprs[k]
			switch {
			case arg.op == opConst && c.consts[arg.a].kinds&(Path|String) != 0, arg.op == opPathConcat, arg.op == opConcat, arg.op == opAdd:
				return Expr(k)
			case arg.op == opCall && f.Filled:
				callee = arg
			}
		}
		switch {
		case callee.op == opCall:
		case f.Filled && len(kids) > 2:
			return Expr(kids[len(kids)-2])
		default:
			return Expr(kids[0])
		}
		x = callee
	}
}

// Formal returns where a name stands that the function of a call takes.
func (f *Failure) Formal(name string) (span source.Span, ok bool) {
	for _, formal := range f.fn.lambda().formals {
		if formal.sym == name {
			return source.Span{Start: formal.start, End: formal.end}, true
		}
	}
	return source.Span{}, false
}

// Near returns the name that the function takes, and the call does not pass, which is probably meant by another; "" where
// there is none.
func (f *Failure) Near(name string) string {
	free := func(yield func(string) bool) {
		for _, formal := range f.Candidates() {
			if !f.Passes(formal) && !yield(formal) {
				return
			}
		}
	}
	return near.Among(name, free)
}

// Lacking returns those of Names of MissingArg that the call does not pass under another name, probably.
func (f *Failure) Lacking() []string {
	missing := slices.Clone(f.Names)
	for _, passed := range f.Extra() {
		if meant := f.Near(passed); meant != "" {
			missing = slices.DeleteFunc(missing, func(name string) bool { return name == meant })
		}
	}
	return missing
}

package eval

import (
	"math"
	"math/bits"
	"path"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// alternatives returns the number of values with payload that a value can be.
func (v *Value) alternatives() int { return max(1, len(v.alts)) }

// pairs evaluates an operation on each pair of alternatives of two values that do not fail. do returns nil for a pair that
// Nix refuses.
func (ev *Evaluation) pairs(a, b *Value, do func(a, b *Value) *Value) (out *Value, refused bool) {
	if n := a.alternatives() * b.alternatives(); n > 1 && !ev.pay(n) {
		return topValue, true
	}
	a.each(func(x *Value) {
		if x.kinds&Failures != 0 {
			return
		}
		b.each(func(y *Value) {
			if y.kinds&Failures != 0 {
				return
			}
			if v := do(x, y); v != nil {
				out = join(out, v)
			} else {
				refused = true
			}
		})
	})
	return out, refused
}

// operation evaluates an operator whose operands are both evaluated, a first.
func (ev *Evaluation) operation(at site, a, b *Value, do func(a, b *Value) *Value) *Value {
	if a.Fails() {
		return a
	}
	fails := a.only(Failures)
	if b.Fails() {
		return join(fails, b)
	}
	fails = join(fails, b.only(Failures))
	out, refused := ev.pairs(a, b, do)
	switch {
	case out == nil:
		return join(fails, failed(&Failure{Reason: BadOperands, at: at, Got: a.kinds &^ Failures, Other: b.kinds &^ Failures}))
	case refused:
		out = join(out, bare(Hard))
	}
	return join(out, fails)
}

// arithmetic evaluates a - b, a * b and a / b.
func (ev *Evaluation) arithmetic(at site, o op, a, b *Value) *Value {
	return ev.operation(at, a, b, func(x, y *Value) *Value {
		if x.kinds&numbers == 0 || y.kinds&numbers == 0 {
			return nil
		}
		if o == opDiv && y.isKnown() && y.number() == 0 {
			return failed(&Failure{Reason: OutOfRange, at: at})
		}
		return compute(o, x, y)
	})
}

// compute evaluates an operation on two numbers, but for a division by zero.
func compute(o op, x, y *Value) *Value {
	exact := x.isKnown() && y.isKnown()
	if x.kinds == Float || y.kinds == Float {
		if o == opDiv && !y.isKnown() {
			return bare(Float | Hard)
		}
		if !exact {
			return bare(Float)
		}
		p, q := x.number(), y.number()
		switch o {
		case opAdd:
			return floatValue(p + q)
		case opSub:
			return floatValue(p - q)
		case opMul:
			return floatValue(p * q)
		}
		return floatValue(p / q)
	}
	if !exact {
		return bare(Int | Hard) // Nix before 2.25 wraps around
	}
	p, q := x.num, y.num
	overflow := bare(Int | Hard)
	switch o {
	case opAdd:
		if r := p + q; (r > p) == (q > 0) {
			return intValue(r)
		}
		return overflow
	case opSub:
		if r := p - q; (r < p) == (q > 0) {
			return intValue(r)
		}
		return overflow
	case opMul:
		high, low := bits.Mul64(magnitude(p), magnitude(q))
		negative := (p < 0) != (q < 0)
		if high != 0 || low > math.MaxInt64 {
			return overflow
		}
		if negative {
			return intValue(-int64(low))
		}
		return intValue(int64(low))
	}
	if p == math.MinInt64 && q == -1 {
		return overflow
	}
	return intValue(p / q)
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

// number returns a known number as a float.
func (v *Value) number() float64 {
	if v.kinds == Int {
		return float64(v.num)
	}
	return v.real
}

// addTo evaluates first + second; second is evaluated where Nix does.
func (ev *Evaluation) addTo(at site, first *Value, second func() *Value) *Value {
	return ev.add(at, first, second, joinTexts)
}

// add is addTo with what joins two texts of a kind.
func (ev *Evaluation) add(at site, first *Value, second func() *Value, joinTexts func(k Kinds, a, b *Value) *Value) *Value {
	var r, out *Value
	operand := func() *Value {
		if r == nil {
			r = second()
		}
		return r
	}
	const sums = numbers | String | Path | Failures
	switch {
	case first.kinds == Anything:
		if v := second(); v.kinds&(addable|Failures) == 0 {
			f := at.blame(&Failure{Reason: BadOperands, at: at, Got: addable, Other: v.kinds, Assumed: v.assumes()}, rightOperand)
			return join(failing, failed(f)) // what stands before may fail itself
		}
		return bare(sums)
	case first.kinds == sums && first.isBare() && operand().kinds&(sums|Set)&^Failures != 0: // a long chain of which the beginning is not known
		return first
	}
	wrong := Kinds(0)
	first.each(func(x *Value) {
		switch x.kinds {
		case Caught, Hard:
			out = join(out, x)
		case Int, Float:
			ok, bad := ev.want(operand(), numbers, func(got Kinds) *Failure {
				return at.blame(&Failure{Reason: BadOperands, at: at, Got: x.kinds, Other: got}, rightOperand)
			})
			out = join(out, bad)
			if ok != nil {
				sum, _ := ev.pairs(x, ok, func(x, y *Value) *Value { return compute(opAdd, x, y) })
				out = join(out, sum)
			}
		case String, Path, Set:
			text, bad := x, (*Value)(nil)
			if x.kinds == Set {
				text, bad = ev.coerce(x, coercion{at: at, reason: BadOperand})
			}
			out = join(out, bad)
			if text == nil {
				return
			}
			more, bad := ev.coerce(operand(), coercion{at: at, reason: BadOperands, other: x.kinds, copies: x.kinds == String})
			if out = join(out, bad); more == nil {
				return
			}
			joined, _ := ev.pairs(text, more, func(a, b *Value) *Value { return joinTexts(x.kinds, a, b) })
			if x.kinds == Path && !more.isKnown() && operand().kinds != Path {
				joined = join(joined, bare(Hard)) // a string with context
			}
			out = join(out, joined)
		default:
			wrong |= x.kinds
		}
	})
	switch {
	case wrong == 0:
	case out == nil || out.Fails():
		out = join(out, failed(at.blame(&Failure{Reason: BadOperand, at: at, Got: wrong}, leftOperand)))
	default:
		out = join(out, bare(Hard))
	}
	return out
}

// Coercible are the kinds of which interpolation and + make texts: of sets, those with outPath or __toString.
const Coercible = String | Path | Set

// addable are the kinds of which there are two that + takes, orderable those of which there are two that < takes.
const (
	addable   = numbers | Coercible
	orderable = numbers | String | Path | List
)

// operandKinds are the kinds of value that operators take; 0 for those that take anything, and for the pipes.
var operandKinds = [256]Kinds{
	ast.OpConcat: List, ast.OpUpdate: Set, ast.OpSub: numbers, ast.OpMul: numbers, ast.OpDiv: numbers, ast.OpAdd: addable,
	ast.OpLess: orderable, ast.OpLessEq: orderable, ast.OpGreater: orderable, ast.OpGreaterEq: orderable,
	ast.OpAnd: Bool, ast.OpOr: Bool, ast.OpImpl: Bool,
}

// OperandKinds returns the kinds of value that an operator takes beside an operand of one kind, or whatever that is for 0. It is 0 for
// operators that take anything, and for the pipes.
func OperandKinds(op ast.Op, other Kinds) Kinds {
	takes := operandKinds[op]
	switch {
	case takes != addable && takes != orderable || other&takes == 0:
		return takes
	case other&numbers != 0:
		return numbers
	case takes == orderable:
		return other
	}
	return Coercible
}

// maxText bounds the texts that are known, in bytes.
const maxText = 1 << 12

func joinTexts(k Kinds, a, b *Value) *Value {
	v := joinParts(k, a, b)
	if v.kinds == Path && v.isKnown() {
		return pathValue(path.Clean(v.text))
	}
	return v
}

// joinParts joins the parts of a path literal, or the texts of strings: a path is made canonical when all of it is there.
func joinParts(k Kinds, a, b *Value) *Value {
	if k != Path {
		k = String
	}
	if k == String && (a.copied != 0 || b.copied != 0) {
		return joinCopied(a, b)
	}
	if !a.isKnown() || !b.isKnown() || len(a.text)+len(b.text) > maxText {
		return bare(k)
	}
	if k == Path {
		return pathValue(a.text + b.text)
	}
	return stringValue(a.text + b.text)
}

// pathConcat evaluates a path literal with interpolations.
func (ev *Evaluation) pathConcat(at site, kids []uint32, in *env) *Value {
	v := ev.eval(at.code, Expr(kids[0]), in)
	for _, k := range kids[1:] {
		v = ev.add(at, v, func() *Value { return ev.eval(at.code, Expr(k), in) }, joinParts)
	}
	var out *Value
	v.each(func(x *Value) {
		if x.kinds == Path && x.isKnown() {
			x = pathValue(path.Clean(x.text))
		}
		out = join(out, x)
	})
	return out
}

// concat evaluates a string with interpolations.
func (ev *Evaluation) concat(at site, kids []uint32, in *env) *Value {
	text := emptyString
	var fails *Value
	for _, k := range kids {
		v := ev.eval(at.code, Expr(k), in)
		ok, bad := ev.coerce(v, coercion{at: site{at.code, Expr(k), at.lexical}, reason: Uncoercible, copies: true})
		fails = join(fails, bad)
		if ok == nil {
			if ev.watch != nil {
				ev.watch.fails(site{at.code, Expr(k), at.lexical}, bad)
			}
			return fails
		}
		if text != bare(String) {
			text, _ = ev.pairs(text, ok, func(a, b *Value) *Value { return joinTexts(String, a, b) })
		}
	}
	return join(text, fails)
}

// updateSets evaluates a // b.
func (ev *Evaluation) updateSets(at site, a, b *Value) *Value {
	return ev.both(at, a, b, Set, func(x, y *Value) *Value {
		lower, upper := x.set, y.set
		if lower == nil {
			lower = openSet
		}
		if upper == nil {
			upper = openSet
		}
		if !ev.pay(1 + upper.depth) {
			return topValue
		}
		return setValue(update(lower, upper))
	})
}

// concatLists evaluates a ++ b.
func (ev *Evaluation) concatLists(at site, a, b *Value) *Value {
	return ev.both(at, a, b, List, func(x, y *Value) *Value {
		switch {
		case !x.isKnown() || !y.isKnown():
			return bare(List)
		case len(x.list) == 0:
			return y
		case len(y.list) == 0:
			return x
		case !ev.pay(len(x.list) + len(y.list)):
			return topValue
		}
		all := make([]*thunk, 0, len(x.list)+len(y.list))
		return listValue(append(append(all, x.list...), y.list...))
	})
}

// both evaluates an operator whose operands must be of one kind. Which of two wrong ones Nix tells of depends on its version.
func (ev *Evaluation) both(at site, a, b *Value, k Kinds, do func(a, b *Value) *Value) *Value {
	blame := func(which operand) func(got Kinds) *Failure {
		return func(got Kinds) *Failure {
			return at.blame(&Failure{Reason: BadOperand, at: at, Got: got, Want: k}, which)
		}
	}
	okA, badA := ev.want(a, k, blame(leftOperand))
	okB, badB := ev.want(b, k, blame(rightOperand))
	fails := join(badA, badB)
	if okA == nil || okB == nil {
		return fails
	}
	out, _ := ev.pairs(okA, okB, do)
	return join(out, fails)
}

// lines joins texts as they are put between others.
func lines(sep string, parts []string) (text string, ok bool) {
	n := 0
	for _, p := range parts {
		n += len(p) + len(sep)
	}
	return strings.Join(parts, sep), n <= maxText
}

// Package eval says what an expression surely is, and where evaluating it surely fails. It evaluates abstractly and
// lazily: a value is the set of what is possible, a part that is not known is everything that could stand there, failures
// included, and both arms of a condition that is not known are taken. What has nothing possible left but failures surely
// fails; of the rest nothing is said.
//
// A file is lowered once to Code. An Evaluation owns the thunks and environments made on the way; it belongs to one
// goroutine. Each question has fuel of its own, which counts steps, elements and attributes. What an earlier question found
// out is used again and charged what it cost, so that no answer depends on the questions before it.
//
// Facts: src/libexpr of Nix 2.34 (eval.cc, primops.cc, parser.y); tests compare with nix-instantiate.
package eval

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Expr is the index of an expression in its Code; 0 is none.
type Expr uint32

// op says what an expression is.
type op uint8

const (
	opUnknown    op = iota // anything; nothing of it is evaluated
	opConst                // consts[a]
	opConcat               // a string of kids[a:b]
	opPathConcat           // a path of kids[a:b]
	opVar                  // slot b of the environment a levels up; c numbers the let or recursive set that has the name, if one does
	opWithVar              // the name symbols[a], which some with around may have; b is what it is by its name, as in attrName
	opGlobal               // the builtin that builtinTable has at a; b is how it is written, where that may need something; c is ofLib or ofLibGiven where it is meant as a function of nixpkgs' lib
	opBuiltins             // builtins
	opLambda               // lambdas[a]
	opCall                 // kids[a], applied to kids[a+1:b]; d is the builder that this is by its name where nothing is known of it, or 0
	opSelect               // a, the path paths[b:c], the default d
	opHasAttr              // a, the path paths[b:c]
	opList                 // kids[a:b]
	opSet                  // sets[a]
	opLet                  // sets[a], the body b
	opWith                 // the set a, the body b
	opIf                   // a, b, c
	opAssert               // a, b
	opNot                  // a
	opNeg                  // a
	opEq                   // a, b; and so all below
	opNeq
	opLess
	opGreater
	opLessEq
	opGreaterEq
	opAnd
	opOr
	opImpl
	opUpdate
	opAdd
	opSub
	opMul
	opDiv
	opConcatLists
)

// expr is one expression. What its operands mean depends on the op.
type expr struct {
	op         op
	inherited  bool // an opSelect that inherit (…) makes
	asked      bool // an opCall of whose value an attribute is taken
	aside      bool // in what an opGlobal is written as
	a, b, c, d uint32
	start, end uint32
}

// attrName is one part of an attribute path.
type attrName struct {
	sym string
	dyn Expr // the expression of a computed name, or 0
	// nullable is set where a computed name may be null: for ${e}, not for "${e}".
	nullable bool
	// named is the function that this is by its name where nothing is known of it: a place in builtinTable, or 0.
	named      uint32
	start, end uint32
}

// setCode is a set literal or the bindings of a let, merged. Where it is recursive, or a let, its attributes are the first
// slots of an environment, the sources of inherit (e) the next; else the sources alone have one, if there are any.
type setCode struct {
	rec     bool
	attrs   []attrCode
	dynamic []dynamicCode
	from    []Expr
	sorted  []uint32 // the static attributes by name, where there are many
}

// maxScanned is the number of names up to which they are searched without an index.
const maxScanned = 12

// index makes what find needs.
func (s *setCode) index() {
	if len(s.attrs) <= maxScanned {
		return
	}
	s.sorted = make([]uint32, len(s.attrs))
	for i := range s.sorted {
		s.sorted[i] = uint32(i)
	}
	slices.SortFunc(s.sorted, func(a, b uint32) int { return strings.Compare(s.attrs[a].sym, s.attrs[b].sym) })
}

// find returns the number of a static attribute.
func (s *setCode) find(name string) (int, bool) {
	if s.sorted == nil {
		for i := range s.attrs {
			if s.attrs[i].sym == name {
				return i, true
			}
		}
		return 0, false
	}
	i, ok := slices.BinarySearchFunc(s.sorted, name, func(a uint32, name string) int { return strings.Compare(s.attrs[a].sym, name) })
	if !ok {
		return 0, false
	}
	return int(s.sorted[i]), true
}

// attrCode is one static attribute.
type attrCode struct {
	sym   string
	value Expr
	// outer is set where the value sees the names around the set: that of a plain inherit.
	outer      bool
	start, end uint32 // of the name
}

type dynamicCode struct {
	name  attrName
	value Expr
}

// lambdaCode is a function. Slot 0 is the argument, or slots are the formals in source order and then the @ name.
type lambdaCode struct {
	name    string // of the argument, where that is one name
	pattern bool
	open    bool // has …
	at      bool
	formals []formalCode
	body    Expr
	self    Expr // the opLambda
	// start and end are those of the parameter.
	start, end uint32
}

type formalCode struct {
	sym        string
	def        Expr
	named      uint32 // as in attrName
	start, end uint32
}

// Code is one file, lowered. It is immutable and refers to neither the tree nor the text.
type Code struct {
	// Path is the absolute path of the file, or "" where it lies nowhere.
	Path    string
	root    Expr
	exprs   []expr
	kids    []uint32
	consts  []*Value
	symbols []string
	paths   []attrName
	lambdas []lambdaCode
	sets    []setCode
	// mayMiss are the names that the file asks for with ? or or: sets may lack them on purpose.
	mayMiss map[string]bool
	// scoped is set where the file is read with a scope, which the function takes that the root is.
	scoped bool
	// unsafe is set where the file binds a name that operators go by, such as __sub.
	unsafe bool
	// defined returns what define does.
	defined func() map[Expr]Named
	// located returns what locate does.
	located func() *places
}

// Span returns the bytes of an expression.
func (c *Code) Span(e Expr) source.Span {
	x := &c.exprs[e]
	return source.Span{Start: x.start, End: x.end}
}

// Len returns the number of expressions.
func (c *Code) Len() int { return len(c.exprs) }

// MayMiss reports whether the file asks somewhere whether a set has an attribute of that name.
func (c *Code) MayMiss(name string) bool { return c.mayMiss[name] }

// Package nixlang answers questions about expressions that several families of rules ask: whether one needs
// parentheses at a place, whether two are the same, which function of Nix or of nixpkgs' lib a call means,
// what type a value has, how text is put in without running into its neighbours. Levels follow the grammar
// of Nix 2.34 (src/libexpr/parser.y).
package nixlang

import "github.com/nixsift/nixsift/ast"

// Level says how tightly the outermost construct of an expression binds; a higher one binds tighter.
type Level uint8

// The levels, from functions and other constructs that reach as far right as they can, to what never needs
// parentheses.
const (
	LevelOpen    Level = iota // x: e, let … in e, with e; e, assert e; e, if … then … else e
	LevelPipe                 // |> <|
	LevelImpl                 // ->
	LevelOr                   // ||
	LevelAnd                  // &&
	LevelEqual                // == !=
	LevelCompare              // < > <= >=
	LevelUpdate               // //
	LevelNot                  // !
	LevelAdd                  // + -
	LevelMul                  // * /
	LevelConcat               // ++
	LevelHasAttr              // ?
	LevelNeg                  // unary -
	LevelApply                // f x
	LevelSelect               // e.a, e.a or e, numbers, paths
	LevelSimple               // names, strings, ( ), [ ], { }
)

var opLevels = [...]Level{
	ast.OpNot: LevelNot, ast.OpNeg: LevelNeg, ast.OpEq: LevelEqual, ast.OpNeq: LevelEqual,
	ast.OpLess: LevelCompare, ast.OpGreater: LevelCompare, ast.OpLessEq: LevelCompare, ast.OpGreaterEq: LevelCompare,
	ast.OpAnd: LevelAnd, ast.OpOr: LevelOr, ast.OpImpl: LevelImpl, ast.OpUpdate: LevelUpdate,
	ast.OpAdd: LevelAdd, ast.OpSub: LevelAdd, ast.OpMul: LevelMul, ast.OpDiv: LevelMul, ast.OpConcat: LevelConcat,
	ast.OpPipeInto: LevelPipe, ast.OpPipeFrom: LevelPipe,
}

// OpLevel returns the level of an operator.
func OpLevel(op ast.Op) Level { return opLevels[op] }

// LevelOf returns the level of an expression.
func LevelOf(n ast.Node) Level {
	switch n.Kind() {
	case ast.Lambda, ast.Let, ast.With, ast.Assert, ast.If:
		return LevelOpen
	case ast.Unary:
		return opLevels[n.Op()]
	case ast.Binary:
		l := opLevels[n.Op()]
		if l > LevelNot && endsInNot(n) {
			return LevelNot
		}
		return l
	case ast.HasAttr:
		return LevelHasAttr
	case ast.Apply:
		return LevelApply
	case ast.Select, ast.Int, ast.Float, ast.Path, ast.URI:
		return LevelSelect // a number or path goes on behind a dot: 1.a is 1. a
	}
	return LevelSimple
}

// endsInNot reports whether the last operand of a binary expression is a negation without parentheses,
// which takes in whatever follows: a ++ !b + c is a ++ !(b + c).
func endsInNot(n ast.Node) bool {
	for range 64 {
		switch {
		case n.Is(ast.Binary):
			n = n.Child(1)
		case n.Is(ast.Unary):
			if n.Op() == ast.OpNot {
				return true
			}
			n = n.FirstChild()
		default:
			return false
		}
	}
	return true
}

// Place returns the lowest level of an expression that can stand in the place of n, a child of its parent,
// without parentheses.
func Place(n ast.Node) Level {
	p := n.Parent()
	first := p.FirstChild() == n
	switch p.Kind() {
	case ast.Binary:
		l := opLevels[p.Op()]
		switch p.Op() {
		case ast.OpAnd, ast.OpOr, ast.OpAdd, ast.OpSub, ast.OpMul, ast.OpDiv:
			if first {
				return l
			}
		case ast.OpImpl, ast.OpUpdate, ast.OpConcat:
			if !first {
				return l
			}
		}
		return l + 1
	case ast.Unary:
		return opLevels[p.Op()]
	case ast.HasAttr:
		return LevelHasAttr
	case ast.Apply:
		if first {
			return LevelApply
		}
		return LevelSelect
	case ast.Select:
		if first {
			return LevelSimple
		}
		return LevelSelect
	case ast.List:
		return LevelSelect
	}
	return LevelOpen
}

// Fits reports whether e can stand in the place of the node at without parentheses.
func Fits(e, at ast.Node) bool { return LevelOf(e) >= Place(at) }

// At returns the text of e as it has to be written in the place of the node at: in parentheses where they
// are needed.
func At(e, at ast.Node) string {
	if Fits(e, at) {
		return e.Text()
	}
	return "(" + e.Text() + ")"
}

// Wrap returns text, an expression of a level, as it has to be written in the place of the node at.
func Wrap(text string, level Level, at ast.Node) string {
	if level >= Place(at) {
		return text
	}
	return "(" + text + ")"
}

package comes

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Const is what an argument surely is.
type Const uint8

// The constants; Something is a value that is not null.
const (
	Unknown Const = iota
	True
	False
	Null
	Something
)

// Excludes reports whether a value that is c cannot be o, too.
func (c Const) Excludes(o Const) bool {
	switch {
	case c == Unknown || o == Unknown || c == o:
		return false
	case c == Something:
		return o == Null
	case o == Something:
		return c == Null
	}
	return true
}

// Guard is an argument of the function that the file is, with what it has to be where evaluation comes by an expression.
type Guard struct {
	Formal string
	Is     Const
	// Default is what the argument is where a caller leaves it out.
	Default Const
}

// maxGuards bounds the guards of one expression, and how deep a condition is looked into.
const maxGuards = 4

// under notes that an expression is evaluated only where a condition holds, or does not.
func (j *judge) under(w *Way, cond ast.Node, holds bool) {
	w.under(j.names, cond)
	if w.Degree != Never {
		j.guard(w, cond, holds, maxGuards)
	}
}

// guard notes which arguments of the file's function a condition asks for.
func (j *judge) guard(w *Way, cond ast.Node, holds bool, depth int) {
	cond = cond.Unparen()
	if j.left--; j.left < 0 || depth == 0 || len(w.Guards) >= maxGuards {
		return
	}
	is := False
	if holds {
		is = True
	}
	switch cond.Kind() {
	case ast.Unary:
		if cond.Op() == ast.OpNot {
			j.guard(w, cond.FirstChild(), !holds, depth-1)
		}
	case ast.Binary:
		left, right := cond.Child(0), cond.Child(1)
		switch op := cond.Op(); {
		case op == ast.OpAnd && holds, op == ast.OpOr && !holds:
			j.guard(w, left, holds, depth-1)
			j.guard(w, right, holds, depth-1)
		case op == ast.OpImpl && !holds:
			j.guard(w, left, true, depth-1)
			j.guard(w, right, false, depth-1)
		case op == ast.OpEq || op == ast.OpNeq:
			j.compared(w, left, right, (op == ast.OpEq) == holds, depth)
			j.compared(w, right, left, (op == ast.OpEq) == holds, depth)
		}
	case ast.Ident:
		b := j.names().Resolve(cond)
		if b == nil || b.More {
			return
		}
		if b.Kind == sema.LetBinding && b.Value.IsValid() {
			j.guard(w, b.Value, holds, depth-1)
			return
		}
		j.ofFormal(w, b, is)
	}
}

// compared notes what a comparison of a name with a constant asks for; equal is set where they have to be.
func (j *judge) compared(w *Way, name, with ast.Node, equal bool, depth int) {
	switch c := ConstOf(with, j.names); {
	case c == True || c == False:
		j.guard(w, name, (c == True) == equal, depth-1)
	case c == Null && name.Unparen().Is(ast.Ident):
		is := Something
		if equal {
			is = Null
		}
		if b := j.names().Resolve(name.Unparen()); b != nil {
			j.ofFormal(w, b, is)
		}
	}
}

// ofFormal notes what an argument has to be, if it is one of the file's function.
func (j *judge) ofFormal(w *Way, b *sema.Binding, is Const) {
	if b.Kind != sema.FormalBinding || b.Decl.Parent().Parent() != fileFunction(b.Node.Tree()) {
		return
	}
	g := Guard{Formal: strings.Clone(b.Name), Is: is}
	if d := (ast.FormalNode{Node: b.Decl}).Default(); d.IsValid() {
		g.Default = ConstOf(d, j.names)
	}
	if !slices.Contains(w.Guards, g) {
		w.Guards = append(slices.Clip(w.Guards), g)
	}
}

// common returns the guards that two ways have in common.
func common(a, b []Guard) (out []Guard) {
	for _, g := range a {
		if slices.Contains(b, g) {
			out = append(out, g)
		}
	}
	return out
}

// ConstOf returns what an expression surely is. What is selected and called counts as something: packages, functions, flakes.
func ConstOf(n ast.Node, names Names) Const {
	for range maxGuards {
		n = n.Unparen()
		switch n.Kind() {
		case ast.AttrSet, ast.List, ast.Lambda, ast.String, ast.IndString, ast.Path, ast.SearchPath, ast.Int, ast.Float, ast.URI, ast.Select, ast.Apply:
			return Something
		case ast.Ident, ast.Name: // a Name of an inherit
			b := names().Resolve(n)
			switch {
			case b == nil:
				return map[string]Const{"true": True, "false": False, "null": Null}[n.Text()]
			case b.Kind == sema.LetBinding && !b.More && b.Value.IsValid():
				n = b.Value
				continue
			case b.Kind == sema.FormalBinding && isFlakeInput(b.Decl):
				return Something
			}
		}
		return Unknown
	}
	return Unknown
}

// isFlakeInput reports whether a formal is one of the function that is the attribute `outputs` of the file.
func isFlakeInput(formal ast.Node) bool {
	b, ok := ast.AsBinding(formal.Parent().Parent().OutsideParens().Parent())
	if !ok {
		return false
	}
	name, single := b.Attrpath().Single()
	text, _ := ast.AttrName(name)
	return single && text == "outputs" && b.Parent() == b.Tree().Expr().Unparen()
}

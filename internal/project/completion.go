package project

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// Completion is an expression that puts text behind a path: ./. + "/x.nix", self + "/x.nix", "${./.}/x.nix".
type Completion struct {
	// At is the expression, Base the path literal in it, or what stands for the root of the flake around the file.
	At, Base ast.Node
	// Rest is the text behind it, up to what is computed where it is not Whole.
	Rest  string
	Whole bool
}

// Completed returns the expression in which a path literal, or a variable that stands for the flake around (self, inputs.self),
// gets text behind it; ok is false where it gets none.
func Completed(n ast.Node) (c Completion, ok bool) {
	switch {
	case n.Is(ast.Ident):
		n = FlakeRoot(n)
		if !n.IsValid() {
			return c, false
		}
	case n.FirstChild().IsValid():
		return c, false
	}
	return Behind(n)
}

// Behind returns the expression in which one that is the name of a folder, whatever it is, gets text behind it.
func Behind(base ast.Node) (c Completion, ok bool) {
	c.Base = base
	c.At, c.Rest, c.Whole, ok = completed(base)
	c.At = c.At.Unparen()
	return c, ok
}

// IsString reports whether the expression is a string: Nix reads that only where a function takes it for the name of a file.
func (c Completion) IsString() bool {
	return !c.Base.Is(ast.Path) || c.At.Is(ast.String) || c.At.Is(ast.IndString) || c.Base.OutsideParens().Parent().Is(ast.Apply)
}

// LeavesCopy reports whether the text leads out of what Nix copies to the store for a path literal in a text: of "${./x}/../y" that is
// ./x alone, so that the path is /nix/store/y.
func (c Completion) LeavesCopy() bool {
	if !c.Base.Is(ast.Path) || !c.Base.OutsideParens().Parent().Is(ast.Interpolation) {
		return false
	}
	depth, left := 0, false
	for part := range strings.SplitSeq(c.Rest, "/") {
		switch part {
		case "", ".":
		case "..":
			depth--
			left = left || depth < 0 && c.Whole
		default:
			left = left || depth < 0 // what is not known may name another path of the store
			depth++
		}
	}
	return left
}

// Completion returns the absolute path that a whole completion in a file names, in what the repository has.
func (v *View) Completion(file string, c Completion) (target string, ok bool) {
	if !c.Whole || c.LeavesCopy() {
		return "", false
	}
	if c.Base.Is(ast.Path) {
		base, ok := Resolve(file, c.Base)
		return filepath.Clean(base + filepath.FromSlash(c.Rest)), ok
	}
	root := v.FlakeDir()
	return filepath.Clean(root + filepath.FromSlash(c.Rest)), root != ""
}

// FlakeRoot returns the expression that stands for the source of the flake around a use of self: self, inputs.self,
// self.outPath. It is invalid where the use is for something else.
func FlakeRoot(n ast.Node) ast.Node {
	name := n.Text()
	if name != "self" && name != "inputs" {
		return ast.Node{}
	}
	parts := ""
	if s, ok := ast.AsSelect(n.OutsideParens().Parent()); ok && s.FirstChild() == n.OutsideParens() {
		if s.Default().IsValid() {
			return ast.Node{}
		}
		parts, n = s.Attrpath().Dotted(), s.Node
	}
	switch name + "." + parts {
	case "self.", "self.outPath", "inputs.self", "inputs.self.outPath":
		return n
	}
	return ast.Node{}
}

// maxPieces is the number of texts behind a path up to which they are put together.
const maxPieces = 32

// completed returns the expression in which a path gets text behind it, path + "/x" or "${path}/x", and that text. It is not
// whole where more follows that is computed, and joined where there is such an expression at all.
func completed(n ast.Node) (at ast.Node, rest string, whole, joined bool) {
	at, whole = n.OutsideParens(), true
	if call, ok := ast.AsApply(at.Parent()); ok && call.Arg() == at && ast.LastName(call.Func()) == "toString" {
		at = call.OutsideParens()
	}
	if in := at.Parent(); in.Is(ast.Interpolation) {
		text := in.Parent()
		if !text.Is(ast.String) && !text.Is(ast.IndString) || text.FirstChild() != in {
			return n, "", true, false
		}
		parts := 0
		for part := range ast.Parts(text) {
			if parts++; parts == 1 {
				if part.IsText() {
					return n, "", true, false
				}
				continue
			}
			if !part.IsText() {
				whole = false
				break
			}
			rest += part.Span.Of(text.Tree().Source())
		}
		return text, rest, whole, rest != ""
	}
	for pieces := 0; whole; pieces++ {
		up := at.Parent()
		if !up.Is(ast.Binary) || up.Op() != ast.OpAdd || up.FirstChild() != at {
			break
		}
		b := ast.BinaryExpr{Node: up}
		text, ok := constantStart(b.Right().Unparen())
		ok = ok && pieces < maxPieces
		rest, whole, joined = rest+text, ok, true
		at = up.OutsideParens()
	}
	return at, rest, whole, joined
}

// constantStart returns the text of a string, or the start of it up to what is computed; then it is not whole.
func constantStart(n ast.Node) (text string, whole bool) {
	if n.Is(ast.Path) {
		return n.Text(), !n.FirstChild().IsValid()
	}
	if text, ok := ast.StringValue(n); ok {
		return text, true
	}
	if n.Is(ast.String) {
		for part := range ast.Parts(n) {
			if part.IsText() {
				return part.Span.Of(n.Tree().Source()), false
			}
			break
		}
	}
	return "", false
}

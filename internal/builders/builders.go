// Package builders tells where shell runs that stands in Nix code: in the builder of a derivation, in a program that somebody runs
// later, in a unit of systemd. Which function is called comes from the names of the file and from the evaluator; of functions that
// are not known, as those of pkgs, the name decides. The text is read by internal/shell, with positions in the file.
package builders

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// Evaluator tells what expressions of the file are; a rules.Pass is one.
type Evaluator interface {
	Value(n ast.Node) *eval.Value
	MayBe(n ast.Node, k eval.Kinds) bool
	Part(p eval.Part) *eval.Value
}

// Reader reads the scripts of one file.
type Reader struct {
	// Path is the absolute path of the file.
	Path string
	// Names are the names of the file.
	Names *sema.Info
	// Project is what is around the file: scripts may stand in files of their own.
	Project *project.View
	Evaluator
}

// Verdict is an answer that may not be known.
type Verdict uint8

// The answers.
const (
	No Verdict = iota
	Maybe
	Yes
)

// maxFollow bounds the names that are followed to what they are bound to, and the expressions around one that are looked at.
const maxFollow = 16

// Follow returns what a name of a let or rec is bound to, through names of names; other expressions are returned as they are,
// without parentheses.
func (r *Reader) Follow(n ast.Node) ast.Node {
	for range maxFollow {
		n = n.Unparen()
		if !n.Is(ast.Ident) {
			return n
		}
		b := r.Names.Resolve(n)
		if b == nil || b.Kind != sema.LetBinding && b.Kind != sema.RecBinding || b.More || !b.Value.IsValid() {
			return n
		}
		n = b.Value
	}
	return n
}

// mayBuild reports whether a call may be one that makes a derivation, by the name that it begins with.
func (r *Reader) mayBuild(n ast.Node) bool {
	last := (ast.ApplyExpr{Node: n}).Arg()
	fn := n
	for fn.IsCall() {
		fn = (ast.ApplyExpr{Node: fn}).Func().Unparen()
	}
	switch fn.Kind() {
	case ast.Select:
		return isBuilder(ast.LastName(fn))
	case ast.Ident:
	default:
		return false
	}
	b := r.Names.Resolve(fn)
	switch {
	case b == nil:
		return isBuilder(fn.Text())
	case b.Kind == sema.LetBinding || b.Kind == sema.RecBinding:
		if b.Value.IsValid() && b.Value.Unparen().Is(ast.Lambda) {
			return tail(last).Is(ast.AttrSet)
		}
		return true
	}
	return isBuilder(b.Name)
}

// isBuilder reports whether a function of the name makes or changes a derivation.
func isBuilder(name string) bool {
	return isRunCommand(name) || isSetBuilder(name) || name == "runCommandWith" || strings.HasPrefix(name, "override")
}

// called is what a call calls.
type called struct {
	// name is the name under which nixpkgs, or whoever else, has the function; "" where the file defines it.
	name string
	// holder is the expression that the function is taken from, if any.
	holder ast.Node
	// own is the function that the file defines, a Lambda.
	own ast.Node
	// args are the arguments, those that a name of the file stands for before the others.
	args []ast.Node
}

// call tells what an expression calls; ok is false where it is no call of a function with a name.
func (r *Reader) call(n ast.Node) (c called, ok bool) {
	fn, args := ast.Call(n)
	if len(args) == 0 {
		return c, false
	}
	c.args = args
	for range maxFollow {
		fn = fn.Unparen()
		switch fn.Form() {
		case ast.Lambda:
			c.own = fn
			return c, true
		case ast.Select:
			s := ast.SelectExpr{Node: fn}
			c.name, c.holder = ast.LastName(fn), s.Operand()
			return c, c.name != ""
		case ast.Apply:
			inner, more := ast.Call(fn)
			fn, c.args = inner, append(more, c.args...)
			continue
		case ast.Ident:
		default:
			return c, false
		}
		b := r.Names.Resolve(fn)
		if b == nil {
			c.name = fn.Text()
			return c, true
		}
		if in, inherited := ast.AsInherit(b.Decl); inherited {
			c.name = b.Name
			if from := in.From(); from.IsValid() {
				c.holder = from
			}
			return c, true
		}
		if b.Kind != sema.LetBinding && b.Kind != sema.RecBinding {
			c.name = b.Name // an argument, as callPackage passes it
			return c, true
		}
		if b.More || !b.Value.IsValid() {
			return c, false
		}
		fn = b.Value
	}
	return c, false
}

// defined returns the function that the evaluator knows a function to be, where the file has it; invalid for others.
func (r *Reader) defined(fn ast.Node) ast.Node {
	if !r.MayBe(fn, eval.Function) {
		return ast.Node{}
	}
	code, body, ok := r.Value(fn).Lambda()
	if !ok || code.Path != r.Path {
		return ast.Node{}
	}
	for n := r.Names.Tree().NodeAt(code.Span(body)); n.IsValid(); n = n.Parent() {
		if n.Is(ast.Lambda) {
			return n
		}
	}
	return ast.Node{}
}

// tail returns the expression behind functions, let, with and assert.
func tail(n ast.Node) ast.Node {
	for n = n.Unparen(); n.Is(ast.Lambda) || n.Is(ast.Let) || n.Is(ast.With) || n.Is(ast.Assert); {
		n = n.Child(1).Unparen()
	}
	return n
}

// isSetBuilder reports whether a function of the name takes the attributes of a derivation as its last argument.
func isSetBuilder(name string) bool {
	switch name {
	case "mkDerivation", "derivation", "derivationStrict", "symlinkJoin", "buildEnv", "applyPatches", "mixRelease", "buildMix", "buildRebar3", "buildErlangMk",
		"mkYarnPackage", "mkPnpmPackage", "buildImage", "buildLayeredImage", "buildImageWithNixDb", "streamLayeredImage", "buildDepsOnly", "mkCargoDerivation",
		"buildRubyGem", "bundlerEnv", "buildPecl", "stdenvMkDerivation":
		return true
	}
	if !strings.HasPrefix(name, "build") {
		return false
	}
	for _, what := range []string{"Package", "Module", "Application", "Plugin", "Project", "Project2", "Package2", "Extension"} {
		if strings.HasSuffix(name, what) {
			return true
		}
	}
	return false
}

// isRunCommand reports whether a function takes a name, attributes and a script.
func isRunCommand(name string) bool {
	switch name {
	case "runCommand", "runCommandLocal", "runCommandCC", "runCommandNoCC", "runCommandNoCCLocal", "runCommandCCLocal":
		return true
	}
	return false
}

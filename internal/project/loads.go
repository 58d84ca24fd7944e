package project

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// Load is one thing that a file does with the value of another one, which a path literal names and `import` or
// callPackage reads: it gives it an argument, or asks for attributes of it.
type Load struct {
	// Target is the absolute path of the other file, or of a folder with a default.nix.
	Target string
	// At is what stands for the value here: the path literal, or a name that is bound to it.
	At ast.Node
	// Given is the number of arguments that the value got before.
	Given int
	// Arg is the argument that it gets here. Filled is set where callPackage gives it, and what else the function takes.
	Arg    ast.Node
	Filled bool
	// From is the Select, HasAttr or Inherit that asks for attributes of it here. Package is set where callPackage has added some.
	From    ast.Node
	Package bool
}

// maxBound bounds the names through which a value is followed.
const maxBound = 16

// Loads calls yield for what the file at an absolute path does with the values of other files, in the order of the path
// literals; names are those of the file.
func Loads(path string, names *sema.Info, yield func(Load)) {
	l := loads{names: names, yield: yield}
	t := names.Tree()
	for i, r := range t.Records() {
		if r.Kind != ast.Path {
			continue
		}
		n := t.Node(ast.NodeID(i))
		at := n.OutsideParens()
		app, ok := ast.AsApply(at.Parent())
		if !ok || app.Arg() != at {
			continue
		}
		target, ok := Resolve(path, n)
		if !ok {
			continue
		}
		switch value := (Load{Target: target, At: n}); {
		case nixlang.Builtin(names, app.Func()) == "import":
			l.follow(app.OutsideParens(), value, maxBound)
		case l.callsPackage(app.Func()):
			l.filled(app.OutsideParens(), value, maxBound)
		}
	}
}

type loads struct {
	names *sema.Info
	yield func(Load)
	bound map[ast.NodeID]sema.BindingID // by the value
}

// follow looks at what becomes of an expression, with its parentheses, whose value v describes.
func (l *loads) follow(n ast.Node, v Load, left int) {
	for {
		parent := n.Parent()
		switch parent.Kind() {
		case ast.Apply:
			app := ast.ApplyExpr{Node: parent}
			if app.Func() != n {
				if l.callsPackage(app.Func()) {
					l.filled(app.OutsideParens(), v, left)
				}
				return
			}
			call := v
			call.Arg = app.Arg()
			l.yield(call)
			v.Given++
			n = app.OutsideParens()
			continue
		case ast.Select, ast.HasAttr, ast.InheritFrom:
			if v.From = parent; parent.Is(ast.InheritFrom) {
				v.From = parent.Parent()
			}
			if n == parent.FirstChild() {
				l.yield(v)
			}
		case ast.Binding:
			if id := l.binding(n.Unparen()); id != 0 && left > 0 {
				for u := range l.names.UsesOf(id) {
					if u.Node.Is(ast.Ident) {
						use := v
						use.At = u.Node
						l.follow(u.Node.OutsideParens(), use, left-1)
					}
				}
			}
		}
		return
	}
}

// filled looks at what becomes of an application of callPackage to a function.
func (l *loads) filled(n ast.Node, v Load, left int) {
	app, ok := ast.AsApply(n.Parent())
	if !ok || app.Func() != n {
		return
	}
	call := v
	call.Arg, call.Filled = app.Arg(), true
	l.yield(call)
	if fn, _ := ast.Call(n); ast.LastName(fn) != "callPackages" && ast.LastName(fn) != "callPackagesWith" { // which give a set of packages
		v.Given++
		v.Package = true
		l.follow(app.OutsideParens(), v, left)
	}
}

// binding returns the name of a let or rec whose value is an expression, or 0.
func (l *loads) binding(value ast.Node) sema.BindingID {
	if l.bound == nil {
		l.bound = map[ast.NodeID]sema.BindingID{}
		for id, b := range l.names.Bindings() {
			if b.Value.IsValid() && !b.More && (b.Kind == sema.LetBinding || b.Kind == sema.RecBinding) {
				l.bound[b.Value.Unparen().ID()] = sema.BindingID(id)
			}
		}
	}
	return l.bound[value.ID()]
}

// callsPackage reports whether a function is callPackage or callPackages as nixpkgs makes them (lib/customisation.nix),
// as far as a name tells: of a set or an argument, not a function of the file's own.
func (l *loads) callsPackage(fn ast.Node) bool { return l.isCallPackage(fn, maxBound) }

func (l *loads) isCallPackage(fn ast.Node, left int) bool {
	fn = fn.Unparen()
	switch fn.Kind() {
	case ast.Select:
		name := ast.LastName(fn)
		return (name == "callPackage" || name == "callPackages") && !(ast.SelectExpr{Node: fn}).Default().IsValid()
	case ast.Apply:
		app := ast.ApplyExpr{Node: fn}
		switch ast.LastName(app.Func()) {
		case "callPackageWith", "callPackagesWith", "newScope":
			return true
		}
	case ast.Ident:
		if !strings.HasPrefix(fn.Text(), "callPackage") {
			return false
		}
		b := l.names.Resolve(fn)
		switch {
		case b == nil || b.Kind == sema.FormalBinding:
			return fn.Text() == "callPackage" || fn.Text() == "callPackages"
		case b.Decl.Is(ast.Inherit):
			from := (ast.InheritNode{Node: b.Decl}).From()
			return from.IsValid() && (b.Name == "callPackage" || b.Name == "callPackages")
		case b.Value.IsValid() && !b.More && left > 0:
			return l.isCallPackage(b.Value, left-1)
		}
	}
	return false
}

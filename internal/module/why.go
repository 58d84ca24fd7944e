package module

import (
	"slices"
	"sort"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
)

// Source is what a value is drawn from.
type Source uint8

// The sources that matter to the module system.
const (
	NoSource      Source = iota
	FromConfig           // the module's config
	FromOptions          // the module's options
	FromPkgs             // pkgs, which _module.args defines in NixOS, home-manager and nix-darwin
	FromModuleArg        // another argument that the module itself defines in _module.args
)

// Construct is what makes the shape of a value depend on a source.
type Construct uint8

// The constructs.
const (
	ByValue    Construct = iota // the value itself comes from the source
	ByIf                        // if … then … else
	ByAssert                    // assert …;
	ByName                      // a computed attribute name
	ByUpdate                    // an operand of //
	ByFunction                  // a function of lib or builtins: Why.Function
)

// Why tells how evaluating an expression comes to need a source.
type Why struct {
	Source Source
	Arg    string // the module argument that is the source: config, options, pkgs or another
	// Use is the expression that reads the source: config.f.enable.
	Use ast.Node
	// Steps are the uses of names that lead to Use, from the outermost inward; empty where the expression
	// contains Use itself.
	Steps []ast.Node
	// Construct is what turns the source into shape, Node its expression, Function the name where it is one.
	Construct Construct
	Node      ast.Node
	Decider   ast.Node // the part of Node that reads the source, where it is an expression of its own
	Function  string
}

// maxTold bounds the steps that are told.
const maxTold = 16

// why tells how a part comes to need a source, by the places through which its evaluation fails. Within is where the part
// is, if it is written nowhere.
func (c *checker) why(need eval.Need, p *part, within ast.Node) *Why {
	type place struct {
		node     ast.Node
		function string
	}
	var places []place // from the outermost inward
	if n := p.node.Tail(); n.Is(ast.Ident) {
		places = append(places, place{node: n}) // which the evaluator takes for what it stands for
	}
	for s := need.From; s != nil; s = s.Next {
		if s.Code != c.code {
			continue
		}
		n := c.file.at(s.Code.Span(s.Expr))
		if n.IsValid() && (s.Function != "" || len(places) == 0 || places[len(places)-1].node != n) {
			places = append(places, place{n, s.Function})
		}
	}
	w := &Why{Source: c.sources[need.Source], Arg: need.Name, Use: within}
	if len(places) == 0 {
		return w
	}
	i := len(places) - 1
	widen := func(n ast.Node) ast.Node {
		for i > 0 {
			outer := places[i-1].node
			if outer != n && (!outer.Is(ast.Select) && !outer.Is(ast.HasAttr) || outer.FirstChild().Unparen() != n) {
				break
			}
			n = outer
			i--
		}
		return n
	}
	w.Use = named(places[i].node, need.Name)
	if w.Use == places[i].node {
		w.Use = widen(w.Use)
	}
	inner := places[i].node
	for i--; i >= 0; i-- {
		n := places[i].node
		switch f := places[i].function; {
		case f != "":
			c.throughFunction(w, n, inner, f)
			continue // the call is the next place
		case n.Is(ast.Ident):
			n = widen(n)
			w.Steps = append(w.Steps, n)
		case n.Is(ast.If) && n.FirstChild().Encloses(inner):
			w.decided(ByIf, n, n.FirstChild(), "if")
		case n.Is(ast.Assert) && n.FirstChild().Encloses(inner):
			w.decided(ByAssert, n, n.FirstChild(), "assert")
		case n.Is(ast.AttrSet), n.Is(ast.Name):
			name := inner.OutsideParens()
			if up := name.Parent(); up.Is(ast.Interpolation) {
				name = up
			}
			if path := name.Parent(); path.Is(ast.Attrpath) && path.Parent().Is(ast.Binding) {
				w.decided(ByName, name, name, "")
			}
		case n.Is(ast.Binary) && n.Op() == ast.OpUpdate:
			w.passed(ByUpdate, n, "//")
		case n.Is(ast.Apply):
			_, args := ast.Call(n)
			for _, a := range args {
				if a = a.Unparen(); !a.Is(ast.Ident) {
					continue
				}
				if a.Text() == need.Name && !reads(w.Use, a.Text()) {
					w.Steps = append([]ast.Node{w.Use}, w.Steps...)
					w.Use = a
				}
				for _, from := range places[i+1 : min(len(places), i+1+maxTold)] {
					if c.file.standsFor(a, from.node) && !slices.Contains(w.Steps, a) {
						w.Steps = append(w.Steps, a)
						break
					}
				}
			}
		}
		inner = n
	}
	slices.Reverse(w.Steps)
	if len(w.Steps) > maxTold {
		w.Steps = append(w.Steps[:maxTold/2:maxTold/2], w.Steps[len(w.Steps)-maxTold/2:]...)
	}
	return w
}

// decided makes a construct the cause that reads a value which is not part of the shape, such as a condition.
func (w *Why) decided(c Construct, n, decider ast.Node, function string) {
	w.Construct, w.Node, w.Decider, w.Function = c, n, decider, function
}

// passed makes a construct the cause that passes the shape of an operand on, unless something inside is it already.
func (w *Why) passed(c Construct, n ast.Node, function string) {
	if w.Construct == ByValue {
		w.decided(c, n, ast.Node{}, function)
	}
}

// goesThrough are the functions that give one of their arguments as it is, with the number of that; passesShape those whose
// value has the shape of arguments, with the numbers of those. All else that a function needs decides its value.
var (
	goesThrough = map[string]int{
		"id": 0, "const": 0, "seq": 1, "deepSeq": 1, "trace": 1, "traceSeq": 1, "warn": 1, "info": 1, "warnIf": 2, "warnIfNot": 2,
		"throwIf": 2, "throwIfNot": 2, "traceIf": 2, "traceVal": 0, "traceValSeq": 0, "addErrorContext": 1, "getAttr": 1, "pipe": 0,
		"and": 1, "or": 1,
	}
	passesShape = map[string]string{
		"optional": "1", "optionals": "1", "optionalAttrs": "1", "toList": "0", "map": "1", "forEach": "0", "imap0": "1", "imap1": "1",
		"filter": "1", "concatMap": "01", "concatLists": "0", "concat": "01", "flatten": "0", "foldl'": "01", "foldl": "01",
		"foldr": "01", "fold": "01", "head": "0", "last": "0", "elemAt": "0", "reverseList": "0", "unique": "0", "tail": "0", "init": "0",
		"take": "1", "drop": "1", "takeEnd": "1", "dropEnd": "1", "sublist": "2", "attrNames": "0", "attrValues": "0", "mapAttrsToList": "1",
		"mapAttrs": "1", "mapAttrs'": "1", "filterAttrs": "1", "recursiveUpdate": "01", "mergeAttrs": "01", "concatMapAttrs": "01", "removeAttrs": "0",
	}
)

// throughFunction adds a function of lib or builtins whose call fails for want of what inner needs.
func (c *checker) throughFunction(w *Why, call, inner ast.Node, function string) {
	var arg ast.Node
	index := -1
	if call.Is(ast.Apply) {
		_, args := ast.Call(call)
		for i, a := range args {
			if a.Encloses(inner) {
				arg, index = a, i
			} else if a = a.Unparen(); c.file.standsFor(a, inner) {
				arg, index = a, i
				w.Steps = append(w.Steps, a) // an argument that is a name is what that stands for
			}
		}
	}
	if i, ok := goesThrough[function]; ok && i == index {
		return
	}
	for _, digit := range passesShape[function] {
		if int(digit-'0') == index {
			w.passed(ByFunction, call, function)
			return
		}
	}
	if function == "mergeAttrsList" && arg.Tail().Is(ast.List) && arg.Tail() != inner {
		w.passed(ByFunction, call, function)
		return
	}
	w.decided(ByFunction, call, arg, function)
}

// standsFor reports whether a name is bound to something that holds a node.
func (f *File) standsFor(n, inner ast.Node) bool {
	if !n.Is(ast.Ident) {
		return false
	}
	b := f.names.Resolve(n)
	return b != nil && (b.Kind == sema.LetBinding || b.Kind == sema.RecBinding) && (b.Node == inner || b.Value.IsValid() && b.Value.Encloses(inner))
}

// named returns the argument of a call that is a name, else the expression itself: a name as an argument is what it stands
// for, so that the call is where that is forced.
func named(n ast.Node, name string) ast.Node {
	if n.Is(ast.Apply) {
		_, args := ast.Call(n)
		for _, a := range args {
			if a = a.Unparen(); a.Is(ast.Ident) && a.Text() == name {
				return a
			}
		}
	}
	return n
}

// reads reports whether an expression is a name, or what is selected of it.
func reads(n ast.Node, name string) bool {
	for n = n.Unparen(); n.Is(ast.Select) || n.Is(ast.HasAttr); {
		n = n.FirstChild().Unparen()
	}
	return n.Text() == name
}

// readsDefinitions reports whether what is read of options are facts that need the values of all definitions
// (lib/modules.nix, evalOptionValue).
func (w *Why) readsDefinitions() bool {
	for _, n := range append(w.Steps, w.Use) {
		if s, ok := ast.AsSelect(n); ok {
			for _, name := range s.Attrpath().Names() {
				switch name {
				case "isDefined", "definitions", "definitionsWithLocations", "highestPrio":
					return true
				}
			}
		}
	}
	return false
}

// readsLib reports whether what is read of pkgs is lib, or what stands for it under with. The modules of nixpkgs of years ago
// take lib from pkgs, where pkgs was no argument of _module.args yet: that is not held against them.
func (w *Why) readsLib() bool {
	if s, ok := ast.AsSelect(w.Use); ok {
		return s.Operand().Unparen().Is(ast.Ident) && s.Attrpath().FirstChild().Text() == "lib"
	}
	if len(w.Steps) == 0 || !w.Use.OutsideParens().Parent().Is(ast.With) {
		return false
	}
	name := w.Steps[len(w.Steps)-1]
	if s, ok := ast.AsSelect(name); ok {
		name = s.Operand().Unparen()
	}
	return isLibName(name.Text())
}

// at returns the expression, or the name of an attribute, that stands at a span; invalid where none does.
func (f *File) at(span source.Span) ast.Node {
	records := f.tree.Records()
	i := sort.Search(len(records), func(i int) bool {
		n := f.tree.Node(ast.NodeID(i))
		return n.Start() > span.Start || n.Start() == span.Start && n.End() <= span.End
	})
	for ; i < len(records); i++ {
		n := f.tree.Node(ast.NodeID(i))
		if n.Span() != span {
			break
		}
		switch n.Kind() {
		case ast.File, ast.Attrpath, ast.Bindings, ast.Binding, ast.Paren, ast.InheritFrom:
		default:
			return n
		}
	}
	return ast.Node{}
}

package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// submoduleFuncs are the functions of lib.types and of flake-parts that make a type of modules, with the attribute of
// their argument that holds the modules; "" where the argument is one, or a list of them (lib/types.nix, submodule).
var submoduleFuncs = map[string]string{
	"submodule": "", "submoduleWith": "modules", "deferredModuleWith": "staticModules", "mkPerSystemOption": "",
}

// submoduleLengths is the set of the lengths of the names of submoduleFuncs.
var submoduleLengths = func() (set uint64) {
	for name := range submoduleFuncs {
		set |= 1 << len(name)
	}
	return set
}()

// mentionsSubmodules reports whether one of the tokens of a text is the name of one of submoduleFuncs. Few are of their
// lengths, so that this is faster than looking for the names in the text.
func mentionsSubmodules(text ast.Tokens) bool {
	for i, k := range text.Kinds {
		if k != ast.TokIdent && k != ast.TokText {
			continue
		}
		start, end := text.Start[i], text.Start[i+1]
		if submoduleLengths>>(end-start)&1 == 0 {
			continue
		}
		if _, ok := submoduleFuncs[text.Source[start:end]]; ok {
			return true
		}
	}
	return false
}

// submoduleFunc returns the name of the function among submoduleFuncs that an expression means, or "": by its last name,
// as lib.types.submodule, or submodule under with and behind inherit, or by a name that a let gives it.
func (f *File) submoduleFunc(fn ast.Node) string {
	for range maxAliases {
		fn = fn.Unparen()
		if fn.Is(ast.Ident) {
			if b := f.names.Resolve(fn); b != nil && b.Kind == sema.LetBinding && b.Value.IsValid() {
				if b.More {
					return ""
				}
				fn = b.Value
				continue
			}
		}
		if name := ast.LastName(fn); name != "" {
			if _, ok := submoduleFuncs[name]; ok {
				return name
			}
		}
		return ""
	}
	return ""
}

// maxAliases bounds the names that are followed from one to the next.
const maxAliases = 8

// passesOn are functions that hand what they are given last on as modules, or not at all.
var passesOn = words("optional optionals singleton toList flatten mkIf mkMerge")

// inlineCall takes the modules that a call makes a type of.
func (f *File) inlineCall(call ast.ApplyExpr) {
	name := f.submoduleFunc(call.Func())
	if name == "" {
		return
	}
	arg := call.Arg()
	if attr := submoduleFuncs[name]; attr != "" {
		b, ok := ast.Attr(f.followed(arg), attr)
		if !ok {
			return
		}
		arg = b.Value()
	}
	f.inlineModules(arg, 0)
}

// What following names may cost in a file: so many of them, and so many for each node. Values that have a name twice, which has another
// twice, or itself, would else be looked at again and again.
const (
	maxFollowed  = 10_000
	nodeFollowed = 16
)

// followed returns the expression that a name bound by let stands for, behind let and with; the name itself where too many were followed.
func (f *File) followed(n ast.Node) ast.Node {
	n = n.Tail()
	for range maxAliases {
		v := f.letValue(n)
		if !v.IsValid() {
			break
		}
		if f.followedNames++; f.followedNames > maxFollowed+nodeFollowed*len(f.tree.Records()) {
			break
		}
		n = v.Tail()
	}
	return n
}

// inlineModules takes the modules that an expression gives: a set, a function, or a list of them, through ++, if, the
// names of a let and functions that choose. Every node is read once.
func (f *File) inlineModules(n ast.Node, depth int) {
	for depth < maxNesting {
		n = f.followed(n)
		if f.taken[n.ID()] {
			return
		}
		if f.taken == nil {
			f.taken = map[ast.NodeID]bool{}
		}
		f.taken[n.ID()] = true
		switch n.Form() {
		case ast.Assert:
			n = n.Child(1)
			continue
		case ast.If:
			f.inlineModules(n.Child(1), depth+1)
			n = n.Child(2)
			continue
		case ast.Binary:
			if n.Op() == ast.OpConcat {
				f.inlineModules(n.FirstChild(), depth+1)
				n = n.Child(1)
				continue
			}
			if n.Op() == ast.OpUpdate {
				f.inlineSubmodule(n)
			}
		case ast.List:
			for c := range n.Children() {
				f.inlineModules(c, depth+1)
			}
		case ast.Apply:
			if fn, _ := ast.Call(n); passesOn[ast.LastName(fn)] || overrides[ast.LastName(fn)] {
				n = (ast.ApplyExpr{Node: n}).Arg()
				continue
			}
		case ast.AttrSet, ast.Lambda:
			f.inlineSubmodule(n)
		}
		return
	}
}

// inlineSubmodule takes a set or a function that stands where the module of a submodule stands.
func (f *File) inlineSubmodule(n ast.Node) {
	if !n.IsValid() || n.HasError() || f.Module != nil && (n == f.Module.Func || n == f.Module.Body) {
		return
	}
	m := &Module{Node: n, Body: n, file: f, Inline: true, Submodule: true, Certainty: Certain}
	if n.Is(ast.Lambda) {
		l := ast.LambdaExpr{Node: n}
		if p, ok := l.Pattern(); ok && !p.HasEllipsis() {
			return // the module system passes more than any list of formals names
		}
		m.Func, m.Body = n, l.Body().Tail()
		if m.Body.Is(ast.Lambda) {
			return
		}
	}
	f.inline = append(f.inline, m)
}

// valueOf returns the path of the option that a module of the file defines with a set, or a function that gives it; nil where it is none.
func (w *declarations) valueOf(set ast.Node) (path []string) {
	at := set
	for steps := 0; steps < maxNesting; steps++ {
		up := at.Parent()
		switch up.Kind() {
		case ast.Paren, ast.AttrSet:
			if up.Is(ast.AttrSet) && w.f.isModuleSet(up) {
				if len(path) > 0 && path[0] == "config" {
					path = path[1:]
				}
				if len(path) == 0 || reservedKeys[path[0]] {
					return nil
				}
				return path
			}
		case ast.Lambda, ast.Let, ast.With, ast.Assert:
			if up.FirstChild() == at {
				return nil
			}
		case ast.Apply:
			if fn, _ := ast.Call(up); overridePriority[ast.LastName(fn)] == 0 && ast.LastName(fn) != "mkIf" || up.FirstChild() == at {
				return nil
			}
		case ast.Binding:
			b := ast.BindingNode{Node: up}
			if up.Parent().Is(ast.Bindings) {
				return nil
			}
			names := make([]string, 0, len(path)+2)
			for i, part := range b.Attrpath().Parts() {
				name, static := ast.AttrName(part)
				if !static && i == 0 {
					return nil
				}
				names = append(names, strings.Clone(name))
			}
			path = append(names, path...)
			if len(path) > maxPath {
				return nil
			}
		default:
			return nil
		}
		at = up
	}
	return nil
}

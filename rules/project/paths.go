package project

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// literal is a path literal that Nix reads, or copies, when its expression is used.
type literal struct {
	node   ast.Node
	target string // the absolute path it names
	// folder is set where a folder stands for its default.nix: import ./x, imports = [ ./x ].
	folder bool
	// listed is set in a list of modules under another name than imports, where a folder most likely stands for its
	// default.nix, too.
	listed bool
	// probe is set for what only asks whether something is there: pathExists ./x.
	probe bool
	// named is set for what is put together as the value of an attribute that names a file, text where it may be a string, which
	// Nix itself need not read.
	named, text bool
	// there is set where the target is a folder that exists.
	there bool
	// output is the output of the flake for which the path is put together, where evaluating that tells.
	output string
}

// paths knows the path literals of one file.
type paths struct {
	*rules.Pass
	// bound are the bindings whose value is a path literal or a list, by its node; nil until it is asked for.
	bound map[ast.NodeID]sema.BindingID
	// lambdas are those of which it is known whether they ask for existence, askedOf the variables whose paths are asked for.
	lambdas map[ast.NodeID]bool
	askedOf map[sema.BindingID]bool
	// told are the expressions that completion has told of.
	told map[ast.NodeID]bool
	// guards is nil until it is asked for.
	guards *guards
	// inFolder are folders whose path is there as paths of the file write it.
	inFolder map[string]bool
}

// target returns the absolute path that a literal names, if that is part of the project, or "".
func (p *paths) target(n ast.Node) string {
	if strings.HasPrefix(n.Text(), "/") || outOfTree(n.Text()) {
		return ""
	}
	if path, ok := project.Resolve(p.Path, n); ok && p.Project.Within(path) {
		return path
	}
	return ""
}

// each calls check for the path literals that name something in the project.
func (p *paths) each(check func(n ast.Node, target string)) {
	targets := map[string]string{} // by the text of the literal; "" where it names nothing of the project
	for i, r := range p.Tree.Records() {
		if r.Kind != ast.Path {
			continue
		}
		n := p.Tree.Node(ast.NodeID(i))
		if n.FirstChild().IsValid() || n.HasError() {
			continue
		}
		path, known := targets[n.Text()]
		if !known {
			path = p.target(n)
			targets[n.Text()] = path
		}
		if path != "" {
			check(n, path)
		}
	}
}

// read examines a path literal with a target. ok is false where nothing is read: the path is only text, or
// only the beginning of one, or is checked for existence first.
func (p *paths) read(n ast.Node, target string) (l literal, ok bool) {
	l = literal{node: n, target: target}
	switch use := p.useOf(n); use {
	case textOnly:
		return l, false
	case probed:
		l.probe = true
		return l, true
	case imported:
		l.folder = true
	default:
		l.listed = listIn(n) != ""
	}
	return l, !documentation(n)
}

// outOfTree reports whether a path literal names what is never part of a source tree: Git's own folder, and
// the links that nix build leaves.
func outOfTree(text string) bool {
	for part := range strings.SplitSeq(text, "/") {
		if part == ".git" || part == "result" || strings.HasPrefix(part, "result-") {
			return true
		}
	}
	return false
}

// use is what becomes of a path.
type use uint8

const (
	wanted   use = iota
	imported     // read as a Nix file
	probed       // asked for existence
	textOnly     // not read at all, or completed first
)

// probeFuncs ask whether something is there.
var probeFuncs = map[string]bool{
	"pathExists": true, "readFileType": true, "pathType": true, "pathIsDirectory": true, "pathIsRegularFile": true,
}

// importFuncs take a file of Nix code, or a folder with a default.nix.
var importFuncs = map[string]bool{
	"import": true, "callPackage": true, "callPackages": true,
}

// useOf tells what becomes of a path literal, through the names that it is bound to.
func (p *paths) useOf(n ast.Node) use {
	if u := directUse(n); u != wanted {
		return u
	}
	if onlyCompared(n) || p.textParam(n) || p.guarding().asks && p.asked(n, maxAsked) {
		return textOnly
	}
	// let f = ./x; in if pathExists f then …
	if !n.OutsideParens().Parent().Is(ast.Binding) {
		return wanted
	}
	if id := p.variable(n); id != 0 {
		for use := range p.Names().UsesOf(id) {
			switch directUse(use.Node) {
			case probed, textOnly:
				return textOnly
			}
		}
	}
	return wanted
}

// variable returns the variable whose value a path literal or a list is, or 0.
func (p *paths) variable(value ast.Node) sema.BindingID {
	if p.bound == nil {
		p.bound = map[ast.NodeID]sema.BindingID{}
		for id, b := range p.Names().Bindings() {
			if value := b.Value.Unparen(); value.Is(ast.Path) || value.Is(ast.List) || value.Is(ast.Binary) {
				p.bound[value.ID()] = sema.BindingID(id)
			}
		}
	}
	return p.bound[value.Unparen().ID()]
}

func directUse(n ast.Node) use {
	at := n.OutsideParens()
	parent := at.Parent()
	switch parent.Form() {
	case ast.Binary:
		switch parent.Op() {
		case ast.OpAdd, ast.OpEq, ast.OpNeq, ast.OpLess, ast.OpLessEq, ast.OpGreater, ast.OpGreaterEq:
			return textOnly
		}
	case ast.Apply:
		app := ast.ApplyExpr{Node: parent}
		if app.Arg() != at {
			break
		}
		fn, args := ast.Call(app.Func())
		name := ast.LastName(fn)
		switch {
		case probeFuncs[name]:
			return probed
		case readsNothing(fn, args):
			return textOnly
		case importFuncs[name] && len(args) == 0:
			return imported
		}
	case ast.List:
		if listIn(at) == "imports" {
			return imported
		}
		return useOfList(parent)
	}
	return wanted
}

// listIn returns the name of the list of modules that an expression is an element of, or "".
func listIn(n ast.Node) string {
	list := n.OutsideParens().Parent()
	if !list.Is(ast.List) {
		return ""
	}
	name, direct := modsys.Listed(list)
	if !direct {
		return ""
	}
	return name
}

// documentation reports whether an expression is only shown to people: the example of an option.
func documentation(n ast.Node) bool {
	for up := range n.Ancestors() {
		if b, ok := ast.AsBinding(up); ok {
			if path := b.Attrpath(); modsys.IsDocumentation(path.LastName()) && path.IsSingle(path.LastName()) {
				return true
			}
		}
	}
	return false
}

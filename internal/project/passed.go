package project

import (
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

var passed = declare(fact[string, map[string]bool]{
	raises:  raisers{names: []string{"override"}, starts: []string{"callPackage"}},
	collect: passedArgs,
	index:   asSet,
})

// ForMayPass are the facts that MayPass answers from.
var ForMayPass = passed.facts()

// asSet is the index of facts that are names.
func asSet(files iter.Seq2[string, []string]) map[string]bool {
	found := map[string]bool{}
	for _, names := range files {
		for _, name := range names {
			found[name] = true
		}
	}
	return found
}

// MayPass reports whether some file of the project may pass an argument of the given name to the package in a file,
// without naming the file: callPackage with a path that is computed, or override of a package that is called like the
// file. A scope, as newScope and callPackageWith make it, passes only what a package takes (nixpkgs,
// lib/customisation.nix).
func (a *Answers) MayPass(path, name string) bool {
	if a.deps != nil {
		return noted(a.View, question{"may pass", path, name}, func(a *Answers) bool { return a.MayPass(path, name) })
	}
	found := passed.in(a)
	pkg := strings.TrimSuffix(filepath.Base(path), ".nix")
	if pkg == "default" || pkg == "package" {
		pkg = filepath.Base(filepath.Dir(path))
	}
	return found[name] || found[pkg+"."+name]
}

// passedArgs returns the names of the arguments that a file passes to packages that it does not name by their path, and
// those that it overrides, behind the name of the package and a dot.
func passedArgs(t *ast.Tree) []string {
	found, uses := map[string]bool{}, map[string]bool{}
	for i, r := range t.Records() {
		if r.Kind != ast.Apply {
			continue
		}
		app := ast.ApplyExpr{Node: t.Node(ast.NodeID(i))}
		prefix, ok := passesTo(app)
		if !ok {
			continue
		}
		args := map[string]bool{}
		outerSets(app.Arg(), func(set ast.Node) { addNames(set, args) }, func(name string) {
			if prefix == "" {
				uses[name] = true
			}
		})
		for name := range args {
			found[prefix+name] = true
		}
	}
	if len(uses) > 0 {
		eachBinding(t, func(b ast.BindingNode) {
			if name, ok := b.Attrpath().Single(); ok && name.Is(ast.Name) && uses[name.Text()] {
				outerSets(b.Value(), func(set ast.Node) { addNames(set, found) }, func(string) {})
			}
		})
	}
	return sortedNames(found)
}

// passesTo reports whether a call passes arguments to packages that it does not name by their path; prefix is the name
// of the package and a dot where it overrides one.
func passesTo(app ast.ApplyExpr) (prefix string, ok bool) {
	fn := app.Func().Unparen()
	if ast.LastName(fn) == "override" {
		s, ok := ast.AsSelect(fn)
		if !ok {
			return "", false
		}
		holder := s.Holder()
		if holder == "" {
			return "", true // what is overridden is not known
		}
		return holder + ".", true
	}
	inner, ok := ast.AsApply(fn)
	if !ok {
		return "", false
	}
	if ast.LastName(inner.Func()) == "flip" {
		return "", strings.HasPrefix(ast.LastName(inner.Arg()), "callPackage")
	}
	path := inner.Arg().Unparen()
	literal := path.Is(ast.Path) && !path.FirstChild().IsValid()
	return "", strings.HasPrefix(ast.LastName(inner.Func()), "callPackage") && !literal
}

// sortedNames returns the names of a set as facts: apart from the text that they stand in.
func sortedNames(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, strings.Clone(name))
	}
	slices.Sort(names)
	return names
}

package role

import (
	"path"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// fileTests are functions of nixpkgs that take the path of a test of NixOS for what the file holds.
var fileTests = map[string]bool{"runNixOSTest": true, "nixosTest": true, "runTest": true, "runTestOn": true}

// ReadsTest reports whether a function of the name imports the file of a test of NixOS whose path it is given.
func ReadsTest(name string) bool { return fileTests[name] }

// testVerbs begin the names of functions that run tests in virtual machines, or make them: runTest, makeTest, nixosTest, mkVMTest,
// handleTest, simpleTest.
var testVerbs = []string{"run", "make", "mk", "nixos", "handle", "eval", "simple", "build", "vm", "boot"}

// RunsTest reports whether a function of the name runs a test in virtual machines, or makes one: those of nixpkgs, and what projects call
// theirs.
func RunsTest(name string) bool {
	verb, rest, found := strings.Cut(name, "Test")
	if !found || rest != "" && rest[0] >= 'a' && rest[0] <= 'z' && rest != "s" {
		return false
	}
	return slices.ContainsFunc(testVerbs, func(v string) bool { return strings.HasPrefix(verb, v) })
}

// testAttrs are attributes that hold the machines of a test or what is done in them (nixos/lib/testing of nixpkgs), and variants of a
// system that only serve development.
var testAttrs = []string{"vmVariant", "vmVariantWithBootLoader", "vmVariantWithDisko", "nodes", "testScript"}

// HoldsTest reports whether an attribute of the name holds the machines of a test, or the script that drives them.
func HoldsTest(name string) bool { return slices.Contains(testAttrs, name) }

// scripts are attributes beside the nodes of a test that only tests have: those of nixos/lib/testing, and what projects put before and
// behind their testScript.
var scripts = []string{"testScript", "setupScript", "extraTestScript", "enableOCR", "extraPythonPackages", "skipTypeCheck", "skipLint", "interactive", "globalTimeout"}

// IsTest reports whether all that an expression holds is part of a test in virtual machines: the set of one, the call of a function that
// runs one, or the value of an attribute that holds its machines.
func IsTest(n ast.Node) bool {
	switch n.Form() {
	case ast.Binding:
		for part := range (ast.BindingNode{Node: n}).Attrpath().Children() {
			if name, static := ast.AttrName(part); static && HoldsTest(name) {
				return true
			}
		}
	case ast.AttrSet:
		return isTestSet(n)
	case ast.Apply:
		fn, args := ast.Call(n)
		name := ast.LastName(fn)
		if RunsTest(name) {
			return true
		}
		// import ./make-test-python.nix ({ … }: { … }), as nixpkgs had it.
		return name == "import" && len(args) > 1 && args[0].Unparen().Is(ast.Path) && strings.HasPrefix(path.Base(args[0].Unparen().Text()), "make-test")
	}
	return false
}

// isTestSet reports whether a set is a test: it has a script for machines, or machines and what only a test has beside them.
func isTestSet(set ast.Node) bool {
	nodes, script := false, false
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			for part := range (ast.InheritNode{Node: c}).Names() {
				name, _ := ast.AttrName(part)
				nodes, script = nodes || name == "nodes", script || slices.Contains(scripts, name)
				if name == "testScript" {
					return true
				}
			}
			continue
		}
		switch name := b.Attrpath().FirstName(); {
		case name == "testScript":
			return true
		case name == "nodes" || name == "machine":
			nodes = true
		case slices.Contains(scripts, name):
			script = true
		}
	}
	return nodes && script
}

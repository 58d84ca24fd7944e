package suspicious

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// flagLists are the attributes whose lists reach the builder joined by blanks and are split there again (nixpkgs,
// pkgs/stdenv/generic/setup.sh, concatTo).
var flagLists = []string{
	"makeFlags", "buildFlags", "installFlags", "checkFlags", "installCheckFlags", "configureFlags", "cmakeFlags", "mesonFlags",
	"ninjaFlags", "qmakeFlags", "patchFlags", "mesonCheckFlags", "mesonInstallFlags",
}

func isFlagList(name string) bool { return slices.Contains(flagLists, name) }

// flagArrays are the names of shell arrays of flags.
func flagArrays() (names []string) {
	for _, list := range flagLists {
		names = append(names, list+"Array")
	}
	return names
}

// isFlagArray reports whether a name is that of a shell array of flags, which only shell code can fill.
func isFlagArray(name string) bool {
	list, ok := strings.CutSuffix(name, "Array")
	return ok && isFlagList(list)
}

// listElements returns the elements of list literals in an expression: operands of ++, lists of optionals and
// optional, arms of if.
func listElements(n ast.Node) (elements []ast.Node, known bool) {
	known = true
	todo := []ast.Node{n}
	for steps := 0; len(todo) > 0 && steps < 256; steps++ {
		n := todo[len(todo)-1].Unparen()
		todo = todo[:len(todo)-1]
		switch n.Form() {
		case ast.List:
			for c := range n.Children() {
				elements = append(elements, c)
			}
		case ast.Let, ast.With, ast.Assert:
			todo = append(todo, n.Child(1))
		case ast.If:
			known = false
			todo = append(todo, n.Child(2), n.Child(1))
		case ast.Binary:
			if n.Op() != ast.OpConcat {
				known = false
				continue
			}
			todo = append(todo, n.Child(1), n.FirstChild())
		case ast.Apply:
			known = false
			a := ast.ApplyExpr{Node: n}
			if inner, ok := ast.AsApply(a.Func().Unparen()); ok {
				switch ast.LastName(inner.Func()) {
				case "optionals":
					todo = append(todo, a.Arg())
				case "optional":
					elements = append(elements, a.Arg())
				}
			}
		default:
			known = false
		}
	}
	return elements, known
}

package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// makerArgs returns the number of arguments of the function of nixpkgs that makes a derivation and that an
// expression means; 0 for anything else.
func makerArgs(names *sema.Info, n ast.Node) int {
	args := nixlang.MakerArgs(fromNixpkgs(names, n))
	if s, ok := ast.AsSelect(n.Unparen()); ok && !isPackages(s.Operand().Unparen().Text()) {
		return 0
	}
	return args
}

// isPackages reports whether a name is one that package sets have, or a part of them that makes derivations.
func isPackages(name string) bool {
	switch name {
	case "final", "prev", "self", "super", "stdenv", "stdenvNoCC", "rustPlatform":
		return true
	}
	return strings.HasPrefix(name, "pkgs") || strings.HasSuffix(name, "pkgs") || strings.HasSuffix(name, "Packages")
}

// fromNixpkgs returns the name of a function of nixpkgs that an expression may mean by that name: a selection
// from a variable other than builtins, or a name that a caller, a with or an inherit provides.
func fromNixpkgs(names *sema.Info, n ast.Node) string {
	n = n.Unparen()
	switch n.Kind() {
	case ast.Ident:
		u, ok := names.Use(n)
		if !ok {
			return ""
		}
		if u.Target == sema.ToBinding {
			b := names.Binding(u.Binding)
			in, inherits := ast.AsInherit(b.Decl)
			if b.Kind != sema.FormalBinding && !(inherits && in.From().IsValid() && !names.IsGlobal(in.From().Unparen(), "builtins")) {
				return ""
			}
		} else if u.Target != sema.ToWith {
			return ""
		}
		return n.Text()
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		root := s.Operand().Unparen()
		if !root.Is(ast.Ident) || names.IsGlobal(root, "builtins") {
			return ""
		}
		return ast.LastName(n)
	}
	return ""
}

// typeArgs are the functions of lib.types with the number of their arguments.
var typeArgs = map[string]int{
	"listOf": 1, "nonEmptyListOf": 1, "attrsOf": 1, "lazyAttrsOf": 1, "nullOr": 1, "uniq": 1, "unique": 2, "enum": 1, "oneOf": 1,
	"either": 2, "submodule": 1, "submoduleWith": 1, "functionTo": 1, "strMatching": 1, "separatedString": 1, "coercedTo": 3, "addCheck": 2,
}

// typeFunction returns the name of the function of lib.types that an expression means, or "".
func typeFunction(names *sema.Info, n ast.Node) string {
	path, _ := nixlang.LibSource(names, n)
	name, ofTypes := strings.CutPrefix(path, "types.")
	if !ofTypes || typeArgs[name] == 0 {
		return ""
	}
	return name
}

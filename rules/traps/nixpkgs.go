package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// makers are functions of nixpkgs that give a derivation, with the number of their arguments (pkgs/build-support
// and pkgs/stdenv of nixpkgs).
var makers = map[string]int{
	"mkDerivation": 1, "mkShell": 1, "mkShellNoCC": 1, "symlinkJoin": 1, "buildEnv": 1, "buildFHSEnv": 1,
	"runCommand": 3, "runCommandLocal": 3, "runCommandCC": 3, "runCommandNoCC": 3,
	"writeText": 2, "writeTextDir": 2, "writeTextFile": 1, "writeScript": 2, "writeScriptBin": 2,
	"writeShellScript": 2, "writeShellScriptBin": 2, "writeShellApplication": 1,
	"concatText": 2, "linkFarm": 2, "linkFarmFromDrvs": 2, "applyPatches": 1, "substituteAll": 1, "makeDesktopItem": 1,
	"fetchurl": 1, "fetchzip": 1, "fetchgit": 1, "fetchpatch": 1, "fetchpatch2": 1, "fetchFromGitHub": 1, "fetchFromGitLab": 1,
	"buildGoModule": 1, "buildRustPackage": 1, "buildNpmPackage": 1, "buildPythonPackage": 1, "buildPythonApplication": 1,
}

// makerArgs returns the number of arguments of the function of nixpkgs that makes a derivation and that an
// expression means; 0 for anything else.
func makerArgs(names *sema.Info, n ast.Node) int {
	args := makers[fromNixpkgs(names, n)]
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
	n = n.Unparen()
	name := ""
	if s, ok := ast.AsSelect(n); ok && s.Operand().Unparen().Is(ast.Ident) && s.Operand().Unparen().Text() == "types" && !s.Default().IsValid() {
		part, single := s.Attrpath().Single()
		if !single || !isTypes(names, s.Operand().Unparen()) {
			return ""
		}
		name, _ = ast.AttrName(part)
	} else {
		name = nixlang.Lib(names, n)
	}
	if typeArgs[name] == 0 {
		return ""
	}
	return name
}

// isTypes reports whether a variable of the name types is lib.types.
func isTypes(names *sema.Info, n ast.Node) bool {
	if nixlang.Lib(names, n) == "types" {
		return true
	}
	b := names.Resolve(n)
	if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
		return false
	}
	path, _, ok := nixlang.LibPath(names, b.Value.Unparen())
	return ok && path == "types"
}

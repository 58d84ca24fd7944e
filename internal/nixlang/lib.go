package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// LibPath returns the path below nixpkgs' lib that a selection means, "lists.optional" for
// pkgs.lib.lists.optional, and the part of it that names the value. A name that a single `with lib;` around
// it can provide is a path of one part. ok is false for anything else, and where a default follows.
func LibPath(names *sema.Info, n ast.Node) (path string, last ast.Node, ok bool) {
	if n.Is(ast.Ident) {
		u, found := names.Use(n)
		if !found || u.Target != sema.ToWith {
			return "", n, false
		}
		env, single := onlyWith(names, u.Scope)
		if !single {
			return "", n, false
		}
		base, found := libBase(names, env)
		return join(base, n.Text()), n, found
	}
	s, found := ast.AsSelect(n)
	if !found || s.Default().IsValid() {
		return "", n, false
	}
	for part := range s.Attrpath().Children() {
		last = part
	}
	path, ok = libBase(names, n)
	return path, last, ok && path != ""
}

// LibSource returns the path below nixpkgs' lib that an expression opens: "" for lib itself, "lists" for
// lib.lists.
func LibSource(names *sema.Info, n ast.Node) (path string, ok bool) { return libBase(names, n) }

func libBase(names *sema.Info, n ast.Node) (path string, ok bool) {
	n = n.Unparen()
	if IsLib(names, n) {
		return "", true
	}
	s, found := ast.AsSelect(n)
	if !found || s.Default().IsValid() {
		return "", false
	}
	operand := s.Operand().Unparen()
	path, inside := "", false
	if operand.Is(ast.Select) {
		path, inside = libBase(names, operand)
	} else {
		inside = IsLib(names, operand)
	}
	holder := lastName(operand)
	for part := range s.Attrpath().Children() {
		text, static := ast.AttrName(part)
		switch {
		case !static:
			return "", false
		case inside:
			path = join(path, text)
		case text == "lib" && (holder == "pkgs" || holder == "nixpkgs"):
			inside = true
		}
		holder = text
	}
	return path, inside
}

func join(base, name string) string {
	if base == "" {
		return name
	}
	return base + "." + name
}

// AskedBuiltins returns the builtins that the file tests for before it uses them, with builtins ? name or
// hasAttr. Where it reads the version of Nix or of the language, "nixVersion" is among them.
func AskedBuiltins(names *sema.Info) map[string]bool {
	const version = "nixVersion"
	asked := map[string]bool{}
	for _, u := range names.Uses() {
		if u.Target != sema.ToGlobal {
			continue
		}
		switch text := u.Node.Text(); {
		case text == "__nixVersion" || text == "__langVersion":
			asked[version] = true
		case text == "builtins":
			if name := testedFor(names, u.Node.OutsideParens()); name != "" {
				asked[strings.Replace(name, "langVersion", version, 1)] = true
			}
		}
	}
	return asked
}

// testedFor returns the name that an expression around `builtins` asks for, or "".
func testedFor(names *sema.Info, n ast.Node) string {
	up := n.Parent()
	switch up.Kind() {
	case ast.HasAttr:
		name, _ := ast.AttrName(ast.HasAttrExpr{Node: up}.Attrpath().FirstChild())
		return name
	case ast.Select:
		name, _ := ast.AttrName(ast.SelectExpr{Node: up}.Attrpath().FirstChild())
		if name == "nixVersion" || name == "langVersion" {
			return name
		}
	case ast.Apply:
		call, ok := ast.AsApply(ast.ApplyExpr{Node: up}.Func().Unparen())
		if ok && up.FirstChild() != n && Builtin(names, call.Func()) == "hasAttr" {
			name, _ := ast.StringValue(call.Arg().Unparen())
			return name
		}
	}
	return ""
}

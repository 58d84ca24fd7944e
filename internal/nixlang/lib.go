package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Lib returns the name of the function or value of nixpkgs' lib that an expression means: the last part of
// lib.lists.optional, a name inherited from lib, or one that a single `with lib;` around it can provide. It
// is empty for anything else.
func Lib(names *sema.Info, n ast.Node) string {
	n = n.Unparen()
	switch n.Kind() {
	case ast.Ident:
		u, ok := names.Use(n)
		if !ok {
			return ""
		}
		switch u.Target {
		case sema.ToBinding:
			b := names.Binding(u.Binding)
			if in, ok := ast.AsInherit(b.Decl); ok && in.From().IsValid() && isLibPart(names, in.From()) {
				return b.Name
			}
		case sema.ToWith:
			if env, ok := onlyWith(names, u.Scope); ok && isLibPart(names, env) {
				return n.Text()
			}
		}
	case ast.Select:
		if path, ok := LibSource(names, n); ok && path != "" {
			return ast.LastName(n)
		}
	}
	return ""
}

// isLibPart reports whether an expression is nixpkgs' lib or a set in it: lib, lib.lists, pkgs.lib,
// inputs.nixpkgs.lib.
func isLibPart(names *sema.Info, n ast.Node) bool {
	_, ok := LibSource(names, n)
	return ok
}

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
		base, found := LibSource(names, env)
		return join(base, n.Text()), n, found
	}
	s, found := ast.AsSelect(n)
	if !found || s.Default().IsValid() {
		return "", n, false
	}
	path, ok = LibSource(names, n)
	return path, s.Attrpath().Last(), ok && path != ""
}

// LibSource returns the path below nixpkgs' lib that an expression opens: "" for lib itself, "lists" for
// lib.lists.
func LibSource(names *sema.Info, n ast.Node) (path string, ok bool) {
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
		path, inside = LibSource(names, operand)
	} else {
		inside = IsLib(names, operand)
	}
	holder := ast.LastName(operand)
	for part := range s.Attrpath().Children() {
		text, static := ast.AttrName(part)
		switch {
		case !static:
			return "", false
		case inside:
			path = join(path, text)
		case text == "lib" && NamesPackages(holder):
			inside = true
		}
		holder = text
	}
	return path, inside
}

// FromCaller reports whether the lib by which an expression means something of it, as Lib and LibPath tell, is an argument called
// lib: which that is, callers decide.
func FromCaller(names *sema.Info, n ast.Node) bool {
	n = n.Unparen()
	if u, ok := names.Use(n); n.Is(ast.Ident) && ok {
		switch u.Target {
		case sema.ToWith:
			n, _ = onlyWith(names, u.Scope)
		case sema.ToBinding:
			if in, ok := ast.AsInherit(names.Binding(u.Binding).Decl); ok && in.From().IsValid() {
				n = in.From()
			}
		}
	}
	for n = n.Unparen(); n.Is(ast.Select); n = n.Unparen() {
		n = (ast.SelectExpr{Node: n}).Operand()
	}
	b := names.Resolve(n)
	return b != nil && b.Name == "lib" && (b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding)
}

// IsLib reports whether an expression is a variable that holds nixpkgs' lib: one of that name which comes
// from a caller, or from a set that has the packages of nixpkgs (see NamesPackages).
func IsLib(names *sema.Info, n ast.Node) bool {
	n = n.Unparen()
	if !n.Is(ast.Ident) || n.Text() != "lib" {
		return false
	}
	u, ok := names.Use(n)
	if !ok {
		return false
	}
	if u.Target == sema.ToWith {
		env, ok := onlyWith(names, u.Scope)
		return ok && NamesPackages(ast.LastName(env))
	}
	return u.Target == sema.ToBinding && BindsLib(names, names.Binding(u.Binding))
}

// BindsLib reports whether what binds the name lib binds nixpkgs' lib to it.
func BindsLib(names *sema.Info, b *sema.Binding) bool {
	switch b.Kind {
	case sema.ParamBinding, sema.FormalBinding:
		return true
	case sema.AtBinding:
		return false
	}
	if in, ok := ast.AsInherit(b.Decl); ok {
		return NamesPackages(ast.LastName(in.From()))
	}
	if b.More || !b.Value.IsValid() {
		return false
	}
	value := b.Value.Unparen()
	if s, ok := ast.AsSelect(value); ok {
		return ast.LastName(value) == "lib" && NamesPackages(s.Holder())
	}
	call, ok := ast.AsApply(value)
	return ok && Builtin(names, call.Func()) == "import" && IsLibSource(call.Arg())
}

// IsLibSource reports whether an expression is the folder of nixpkgs' lib, what import needs: <nixpkgs/lib>,
// "${nixpkgs}/lib", nixpkgs + "/lib".
func IsLibSource(n ast.Node) bool {
	n = n.Unparen()
	switch n.Kind() {
	case ast.SearchPath:
		return n.Text() == "<nixpkgs/lib>"
	case ast.String:
		in := n.FirstChild()
		return in.Is(ast.Interpolation) && n.Text() == `"`+in.Text()+`/lib"` && IsNixpkgs(in.FirstChild())
	case ast.Binary:
		return n.Op() == ast.OpAdd && n.Child(1).Unparen().Text() == `"/lib"` && IsNixpkgs(n.FirstChild())
	}
	return false
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
		return ast.HasAttrExpr{Node: up}.Attrpath().FirstName()
	case ast.Select:
		name := ast.SelectExpr{Node: up}.Attrpath().FirstName()
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

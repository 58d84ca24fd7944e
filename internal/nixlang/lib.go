package nixlang

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/sema"
)

// Lib returns the name of the function or value of nixpkgs' lib that an expression means: the last part of
// lib.lists.optional, a name inherited from lib or bound to something of it, or one that a `with lib;` around it can
// provide. It is empty for anything else.
func Lib(names *sema.Info, n ast.Node) string {
	path, ok := LibSource(names, n)
	if !ok {
		return ""
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

// LibPath returns the path below nixpkgs' lib that a selection means, "lists.optional" for
// pkgs.lib.lists.optional, and the part of it that names the value. A name that a `with lib;` around it can provide is
// a path of one part. ok is false for anything else, names that the file binds among it, and where a default follows.
func LibPath(names *sema.Info, n ast.Node) (path string, last ast.Node, ok bool) {
	if n.Is(ast.Ident) {
		if u, found := names.Use(n); !found || u.Target != sema.ToWith {
			return "", n, false
		}
		path, ok = LibSource(names, n)
		return path, n, ok && path != ""
	}
	s, found := ast.AsSelect(n)
	if !found {
		return "", n, false
	}
	path, ok = LibSource(names, n)
	return path, s.Attrpath().Last(), ok && path != ""
}

// LibSource returns the path below nixpkgs' lib that an expression means: "" for lib itself, "lists" for lib.lists, for
// lists behind inherit (lib) lists, and for l.lists where l is bound to lib.
func LibSource(names *sema.Info, n ast.Node) (path string, ok bool) {
	fuel := maxNames
	path, _, ok = inLib(names, n, &fuel)
	return path, ok
}

// FromCaller reports whether the lib by which an expression means something of it, as Lib and LibPath tell, is an argument called
// lib: which that is, callers decide.
func FromCaller(names *sema.Info, n ast.Node) bool {
	fuel := maxNames
	_, root, ok := inLib(names, n, &fuel)
	if !ok {
		return false
	}
	b := names.Resolve(root)
	return b != nil && b.Name == "lib" && (b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding)
}

// maxNames bounds how many names a part of lib is followed through.
const maxNames = 32

// inLib returns the path below nixpkgs' lib that an expression means, and the expression at its root that holds lib or the
// packages with it. Each name that it follows takes of the fuel.
func inLib(names *sema.Info, n ast.Node, fuel *int) (path string, root ast.Node, ok bool) {
	n = n.Unparen()
	if IsLib(names, n) {
		return "", n, true
	}
	switch n.Form() {
	case ast.Ident:
		if u, found := names.Use(n); found && *fuel > 0 {
			*fuel--
			return namedInLib(names, n, u, fuel)
		}
	case ast.Select:
		if s := (ast.SelectExpr{Node: n}); !s.Default().IsValid() {
			return selectedInLib(names, s, fuel)
		}
	case ast.Apply:
		if call := (ast.ApplyExpr{Node: n}); importsLib(names, call) {
			return "", call.Arg(), true
		}
	}
	return "", ast.Node{}, false
}

// namedInLib is inLib for a variable that is not lib itself.
func namedInLib(names *sema.Info, n ast.Node, u sema.Use, fuel *int) (path string, root ast.Node, ok bool) {
	switch u.Target {
	case sema.ToBinding:
		b := names.Binding(u.Binding)
		if in, inherits := ast.AsInherit(b.Decl); inherits {
			if b.More || !in.From().IsValid() {
				return "", ast.Node{}, false
			}
			path, root, ok = inLib(names, in.From(), fuel)
			return join(path, b.Name), root, ok
		}
		if b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() {
			return inLib(names, b.Value, fuel)
		}
	case sema.ToWith:
		return underWiths(names, u.Scope, n.Text(), fuel)
	}
	return "", ast.Node{}, false
}

// underWiths is inLib for a name that only withs around a scope can provide. Where there are several, all have to open parts of lib
// or builtins, which lacks it, and one part alone ever had the name; where none has, the innermost would be asked first.
func underWiths(names *sema.Info, scope sema.ScopeID, name string, fuel *int) (path string, root ast.Node, ok bool) {
	var opened []string
	for env := range withs(names, scope) {
		if env.IsValid() && IsBuiltins(names, env) && sema.LookupBuiltin(name) == nil {
			continue
		}
		at, holder, known := inLib(names, env, fuel)
		if !known {
			return "", ast.Node{}, false
		}
		opened = append(opened, at)
		if everHad(at, name) {
			if ok {
				return "", ast.Node{}, false
			}
			path, root, ok = join(at, name), holder, true
		} else if !root.IsValid() {
			root = holder
		}
	}
	switch {
	case len(opened) > 1 && slices.ContainsFunc(opened, isOpen):
		return "", ast.Node{}, false
	case !ok && len(opened) > 0:
		return join(opened[0], name), root, true
	}
	return path, root, ok
}

// isOpen reports whether the names of the part of lib at a path are not known.
func isOpen(path string) bool {
	return path != "" && libtable.PartNamed(path) == nil && libtable.DataNamed(path) == nil
}

// everHad reports whether some release of nixpkgs had a name in lib, or in the part of it at a path.
func everHad(path, name string) bool {
	if path == "" {
		return libtable.Ever(name) || libtable.PartNamed(name) != nil
	}
	part := libtable.PartNamed(path)
	if part == nil {
		part = libtable.DataNamed(path)
	}
	return part != nil && part.Ever(name)
}

// selectedInLib is inLib for a selection without a default.
func selectedInLib(names *sema.Info, s ast.SelectExpr, fuel *int) (path string, root ast.Node, ok bool) {
	operand := s.Operand().Unparen()
	path, root, inside := inLib(names, operand, fuel)
	if !inside {
		root = operand
	}
	holder := ast.LastName(operand)
	for part := range s.Attrpath().Children() {
		text, static := ast.AttrName(part)
		switch {
		case !static:
			return "", root, false
		case inside:
			path = join(path, text)
		case text == "lib" && NamesPackages(holder):
			inside = true
		}
		holder = text
	}
	return path, root, inside
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
	return ok && importsLib(names, call)
}

// importsLib reports whether a call imports nixpkgs' lib.
func importsLib(names *sema.Info, call ast.ApplyExpr) bool {
	return Builtin(names, call.Func()) == "import" && IsLibSource(call.Arg())
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
	switch up.Form() {
	case ast.HasAttr:
		return ast.HasAttrExpr{Node: up}.Attrpath().FirstName()
	case ast.Select:
		name := ast.SelectExpr{Node: up}.Attrpath().FirstName()
		if name == "nixVersion" || name == "langVersion" {
			return name
		}
	case ast.Apply:
		call, ok := ast.AsApply(ast.ApplyExpr{Node: up}.Func().Unparen())
		if ok && (ast.ApplyExpr{Node: up}).Func() != n && Builtin(names, call.Func()) == "hasAttr" {
			name, _ := ast.StringValue(call.Arg().Unparen())
			return name
		}
	}
	return ""
}

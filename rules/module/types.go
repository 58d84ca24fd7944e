package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// typeArguments are the types and functions of lib.types with the number of arguments that they take (lib/types.nix).
var typeArguments = func() map[string]int {
	all := map[string]int{}
	for n, names := range []string{
		`anything raw unspecified bool boolByOr int float number port str string nonEmptyStr singleLineStr lines commas envVar path pathInStore
		package shellPackage pkgs attrs optionType deferredModule fileset externalPath luaInline`,
		`listOf nonEmptyListOf attrsOf lazyAttrsOf attrsWith passwdEntry nullOr functionTo uniq enum oneOf submodule submoduleWith strMatching separatedString
		pathWith deferredModuleWith defaultTypeName`,
		`either addCheck unique`,
		`coercedTo`,
	} {
		for _, name := range strings.Fields(names) {
			all[name] = n
		}
	}
	return all
}()

// typeKinds are the kinds of values that types accept; a type that is not among them may accept any.
var typeKinds = map[string][]nixlang.Type{
	"bool": {nixlang.TypeBool}, "boolByOr": {nixlang.TypeBool}, "int": {nixlang.TypeInt}, "float": {nixlang.TypeFloat}, "port": {nixlang.TypeInt},
	"number": {nixlang.TypeInt, nixlang.TypeFloat}, "str": {nixlang.TypeString}, "nonEmptyStr": {nixlang.TypeString},
	"singleLineStr": {nixlang.TypeString}, "lines": {nixlang.TypeString}, "commas": {nixlang.TypeString}, "envVar": {nixlang.TypeString},
	"strMatching": {nixlang.TypeString}, "separatedString": {nixlang.TypeString},
	"path":    {nixlang.TypePath, nixlang.TypeString, nixlang.TypeSet},
	"package": {nixlang.TypePath, nixlang.TypeString, nixlang.TypeSet},
	"attrs":   {nixlang.TypeSet}, "attrsOf": {nixlang.TypeSet}, "lazyAttrsOf": {nixlang.TypeSet}, "listOf": {nixlang.TypeList},
	"nonEmptyListOf": {nixlang.TypeList}, "functionTo": {nixlang.TypeFunction, nixlang.TypeSet},
	"submodule":     {nixlang.TypeSet, nixlang.TypeFunction, nixlang.TypePath, nixlang.TypeString},
	"submoduleWith": {nixlang.TypeSet, nixlang.TypeFunction, nixlang.TypePath, nixlang.TypeString},
}

var kindNames = map[nixlang.Type]string{
	nixlang.TypeBool: "a Boolean", nixlang.TypeInt: "an integer", nixlang.TypeFloat: "a float", nixlang.TypeString: "a string",
	nixlang.TypePath: "a path", nixlang.TypeNull: "`null`", nixlang.TypeList: "a list", nixlang.TypeSet: "a set", nixlang.TypeFunction: "a function",
}

// typeName returns the name in lib.types that an expression means: of lib.types.int, of types.int, and of int under with
// types or behind inherit (types) int; "" for anything else. The types of ints and numbers count as int and number.
func typeName(names *sema.Info, n ast.Node) string {
	n = n.Unparen()
	name := ast.LastName(n)
	switch n.Kind() {
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		if s.Default().IsValid() || !isTypes(names, n, true) {
			return ""
		}
		switch s.Holder() {
		case "ints":
			if name == "between" {
				return ""
			}
			return "int"
		case "numbers":
			if name == "between" {
				return ""
			}
			return "number"
		}
	case ast.Ident:
		u, ok := names.Use(n)
		if !ok {
			return ""
		}
		switch u.Target {
		case sema.ToBinding:
			in, inherited := ast.AsInherit(names.Binding(u.Binding).Decl)
			if !inherited || !in.From().IsValid() || !isTypes(names, in.From(), false) {
				return ""
			}
		case sema.ToWith:
			w, found := innerWith(n)
			if !found || !isTypes(names, w.Env(), false) {
				return ""
			}
		default:
			return ""
		}
	default:
		return ""
	}
	if _, known := typeArguments[name]; !known {
		return ""
	}
	return name
}

// innerWith returns the innermost with around an expression.
func innerWith(n ast.Node) (w ast.WithExpr, ok bool) {
	for up := range n.Ancestors() {
		if w, ok = ast.AsWith(up); ok && !w.Env().Encloses(n) {
			return w, true
		}
	}
	return w, false
}

// isTypes reports whether an expression is lib.types, or, where inside is set, selects something of it.
func isTypes(names *sema.Info, n ast.Node, inside bool) bool {
	n = n.Unparen()
	if path, ok := nixlang.LibSource(names, n); ok {
		return path == "types" || inside && strings.HasPrefix(path, "types.")
	}
	if s, ok := ast.AsSelect(n); ok {
		if !inside {
			return false
		}
		n = s.Operand().Unparen()
		if n.Is(ast.Select) {
			return isTypes(names, n, true)
		}
	}
	if !n.Is(ast.Ident) || n.Text() != "types" && n.Text() != "t" {
		return false
	}
	b := names.Resolve(n)
	switch {
	case b == nil:
		return n.Text() == "types" // under with lib
	case b.Kind == sema.LetBinding && b.Value.IsValid():
		return isTypes(names, b.Value, false)
	case b.Decl.Is(ast.Inherit):
		from := (ast.InheritNode{Node: b.Decl}).From()
		return from.IsValid() && nixlang.IsLib(names, from)
	}
	return false
}

// refused says what a default is that a type surely refuses, or "".
func refused(names *sema.Info, typ, value ast.Node) string {
	kind := nixlang.TypeOf(names, value)
	if kind == nixlang.TypeUnknown || accepts(names, typ, value, kind, 8) {
		return ""
	}
	return kindNames[kind]
}

// accepts reports whether a type may accept a value of a kind.
func accepts(names *sema.Info, typ, value ast.Node, kind nixlang.Type, depth int) bool {
	typ = typ.Tail()
	if depth == 0 {
		return true
	}
	fn, args := typ, []ast.Node(nil)
	if typ.Is(ast.Apply) {
		fn, args = ast.Call(typ)
	}
	name := typeName(names, fn)
	if name == "" || len(args) != typeArguments[name] && !intsOf(fn) {
		return true
	}
	switch name {
	case "nullOr":
		return kind == nixlang.TypeNull || accepts(names, args[0], value, kind, depth-1)
	case "uniq":
		return accepts(names, args[0], value, kind, depth-1)
	case "either":
		return accepts(names, args[0], value, kind, depth-1) || accepts(names, args[1], value, kind, depth-1)
	case "oneOf":
		list := args[0].Unparen()
		if !list.Is(ast.List) {
			return true
		}
		for c := range list.Children() {
			if accepts(names, c, value, kind, depth-1) {
				return true
			}
		}
		return false
	case "enum":
		return inEnum(args[0].Unparen(), value.Unparen(), kind)
	}
	kinds, known := typeKinds[name]
	if !known || kind == nixlang.TypeSet && slices.Contains(kinds, nixlang.TypeString) {
		return true // a derivation, or what __toString makes one of
	}
	if !slices.Contains(kinds, kind) {
		return false
	}
	if text, ok := ast.StringValue(value.Unparen()); ok && (name == "path" || name == "package") {
		return strings.HasPrefix(text, "/")
	}
	if list := value.Unparen(); name == "listOf" && list.Is(ast.List) {
		for c := range list.Children() {
			if k := nixlang.TypeOf(names, c); k != nixlang.TypeUnknown && !accepts(names, args[0], c, k, depth-1) {
				return false
			}
		}
	}
	return true
}

// intsOf reports whether a type is one of ints or numbers.
func intsOf(fn ast.Node) bool {
	s, ok := ast.AsSelect(fn.Unparen())
	return ok && (s.Holder() == "ints" || s.Holder() == "numbers")
}

// inEnum reports whether an enum may have a value: all of its values are written out as strings else.
func inEnum(list, value ast.Node, kind nixlang.Type) bool {
	if !list.Is(ast.List) {
		return true
	}
	text, exact := ast.StringValue(value)
	if kind == nixlang.TypeString && !exact {
		return true
	}
	for c := range list.Children() {
		one, ok := ast.StringValue(c.Unparen())
		if !ok || kind == nixlang.TypeString && one == text {
			return true
		}
	}
	return false
}

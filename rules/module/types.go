package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// typeArguments are the types and functions of lib.types with the number of arguments that they take (lib/types.nix).
var typeArguments = func() map[string]int {
	all := map[string]int{}
	for n, names := range []string{
		`anything raw unspecified bool boolByOr int float number port str string nonEmptyStr singleLineStr lines commas envVar path pathInStore
		package shellPackage pkgs attrs optionType deferredModule fileset externalPath luaInline`,
		`listOf nonEmptyListOf attrsOf lazyAttrsOf attrsWith passwdEntry nullOr functionTo uniq enum oneOf submodule strMatching separatedString
		pathWith`,
		`either addCheck unique`,
		`coercedTo`,
	} {
		for _, name := range strings.Fields(names) {
			all[name] = n
		}
	}
	return all
}()

var kindNames = map[nixlang.Type]string{
	nixlang.TypeBool: "a Boolean", nixlang.TypeInt: "an integer", nixlang.TypeFloat: "a float", nixlang.TypeString: "a string",
	nixlang.TypePath: "a path", nixlang.TypeNull: "`null`", nixlang.TypeList: "a list", nixlang.TypeSet: "a set", nixlang.TypeFunction: "a function",
}

// typeName returns the name in lib.types that an expression means, or "".
func typeName(file *module.File, n ast.Node) string {
	path, ok := file.LibPath(n)
	name, of := strings.CutPrefix(path, "types.")
	if _, known := typeArguments[name]; !ok || !of || !known {
		return ""
	}
	return name
}

// refused says what a default is that a type surely refuses, or "".
func refused(file *module.File, typ, value ast.Node) string {
	v := file.Written(value)
	if t := file.Type(typ); v.Kinds == 0 || t.Accepts(v) {
		return ""
	}
	if v.Kinds == eval.Null {
		return "`null`"
	}
	return v.Kinds.Describe()
}

package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Type is what is known of the value of an expression.
type Type uint8

// The types; TypeUnknown is anything.
const (
	TypeUnknown Type = iota
	TypeBool
	TypeInt
	TypeFloat
	TypeString
	TypePath
	TypeNull
	TypeList
	TypeSet
	TypeFunction
)

// resultTypes are the types that builtins give for all of their arguments, by the number of arguments.
// Source: the primops of Nix 2.34 (src/libexpr/primops.cc).
var resultTypes = [...]struct {
	args  int
	typ   Type
	names string
}{
	{1, TypeBool, " isNull isAttrs isBool isFloat isFunction isInt isList isPath isString pathExists hasContext "},
	{2, TypeBool, " all any elem hasAttr lessThan "},
	{1, TypeString, " baseNameOf toString toJSON toXML typeOf readFile getEnv placeholder unsafeDiscardStringContext "},
	{2, TypeString, " concatStringsSep hashString hashFile toFile "},
	{3, TypeString, " substring replaceStrings "},
	{1, TypeInt, " length stringLength ceil floor "},
	{2, TypeInt, " compareVersions bitAnd bitOr bitXor "},
	{1, TypeList, " attrNames attrValues concatLists tail splitVersion genericClosure "},
	{2, TypeList, " map filter concatMap genList sort split catAttrs "},
	{1, TypeSet, " listToAttrs readDir functionArgs tryEval parseDrvName getContext "},
	{2, TypeSet, " mapAttrs removeAttrs intersectAttrs groupBy partition zipAttrsWith "},
}

// TypeOf returns the type that an expression has whenever its evaluation succeeds, or TypeUnknown. It sees
// through parentheses, let, with, assert, if with arms of one type, and local bindings.
func TypeOf(names *sema.Info, n ast.Node) Type { return typeOf(names, n, 24) }

func typeOf(names *sema.Info, n ast.Node, fuel int) Type {
	for ; fuel > 0; fuel-- {
		n = n.Unparen()
		switch n.Form() {
		case ast.Int:
			return TypeInt
		case ast.Float:
			return TypeFloat
		case ast.String, ast.IndString, ast.URI:
			return TypeString
		case ast.Path, ast.SearchPath:
			return TypePath
		case ast.List:
			return TypeList
		case ast.AttrSet:
			return TypeSet
		case ast.Lambda:
			return TypeFunction
		case ast.HasAttr:
			return TypeBool
		case ast.Unary:
			if n.Op() == ast.OpNot {
				return TypeBool
			}
			return TypeUnknown
		case ast.Binary:
			return binaryType(names, n, fuel)
		case ast.If:
			t := typeOf(names, n.Child(1), fuel/2)
			if t == TypeUnknown || typeOf(names, n.Child(2), fuel/2) != t {
				return TypeUnknown
			}
			return t
		case ast.Let, ast.With, ast.Assert:
			n = n.Child(1)
		case ast.Ident:
			if t := constantType(names, n); t != TypeUnknown {
				return t
			}
			b := names.Resolve(n)
			if b == nil || b.More || b.Kind != sema.LetBinding && b.Kind != sema.RecBinding || !b.Value.IsValid() || overridden(names, b) {
				return TypeUnknown
			}
			n = b.Value
		case ast.Apply, ast.Select:
			return callType(names, n)
		default:
			return TypeUnknown
		}
	}
	return TypeUnknown
}

// overridden reports whether a name of a rec set may have another value than it is given there.
func overridden(names *sema.Info, b *sema.Binding) bool {
	if b.Kind != sema.RecBinding {
		return false
	}
	s := names.Scope(b.Scope)
	left := lookupBound
	for id := s.First; id <= s.Last; id++ {
		if left--; left == 0 || names.Binding(id).Name == "__overrides" {
			return true
		}
	}
	return false
}

func constantType(names *sema.Info, n ast.Node) Type {
	switch {
	case names.IsGlobal(n, "true"), names.IsGlobal(n, "false"):
		return TypeBool
	case names.IsGlobal(n, "null"):
		return TypeNull
	case names.IsGlobal(n, "builtins"):
		return TypeSet
	}
	return TypeUnknown
}

// binaryType is the type of an operator's result. + depends on its left operand, and - * / on both.
func binaryType(names *sema.Info, n ast.Node, fuel int) Type {
	switch n.Op() {
	case ast.OpEq, ast.OpNeq, ast.OpLess, ast.OpGreater, ast.OpLessEq, ast.OpGreaterEq, ast.OpAnd, ast.OpOr, ast.OpImpl:
		return TypeBool
	case ast.OpConcat:
		return TypeList
	case ast.OpUpdate:
		return TypeSet
	case ast.OpAdd:
		if t := typeOf(names, n.FirstChild(), fuel/2); t == TypeString || t == TypePath {
			return t
		}
	}
	return TypeUnknown
}

// callType is the type of a call of a builtin, or of a constant in builtins.
func callType(names *sema.Info, n ast.Node) Type {
	fn, count := n, 0
	for fn.IsCall() {
		if count++; count > 3 {
			return TypeUnknown
		}
		fn = (ast.ApplyExpr{Node: fn}).Func().Unparen()
	}
	if !fn.Is(ast.Ident) && !fn.Is(ast.Select) {
		return TypeUnknown
	}
	name := Builtin(names, fn)
	if name == "" {
		return TypeUnknown
	}
	if count == 0 && (name == "true" || name == "false") {
		return TypeBool
	}
	for _, r := range resultTypes {
		if r.args == count && containsWord(r.names, name) {
			return r.typ
		}
	}
	return TypeUnknown
}

// containsWord reports whether a list of words, each between blanks, has a word.
func containsWord(list, word string) bool {
	i := strings.Index(list, word)
	for i > 0 {
		if list[i-1] == ' ' && list[i+len(word)] == ' ' {
			return true
		}
		next := strings.Index(list[i+1:], word)
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return false
}

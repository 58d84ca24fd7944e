package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkif-used-as-value", Family: family, Since: "0.1.0",
	Summary: "`mkIf`, `mkForce` or the like is part of a list, a string or a condition",
	Doc: "`lib.mkIf`, `lib.mkMerge`, `lib.mkForce` and their kin make a set that the module system takes apart where it merges the\n" +
		"definitions of an option. Anything else sees just the set: `[ a ] ++ lib.mkIf c [ b ]` is \"expected a list but found a\n" +
		"set\", `\"${lib.mkIf c x}\"` and `a + lib.mkIf c b` are \"cannot coerce a set to a string\", `if lib.mkIf c x then …` is\n" +
		"\"expected a Boolean but found a set\", whatever the condition says.\n" +
		"\n" +
		"Inside a value use `lib.optionals`, `lib.optionalString` or `if`, or define the option by `lib.mkMerge`, with the parts\n" +
		"in its list. As an element of a list, `[ a (lib.mkIf c b) ]`, a property is fine where the option is a `listOf`.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Binary, ast.Unary, ast.Interpolation, ast.If, ast.Assert, ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		switch n.Kind() {
		case ast.Binary:
			operator(p, n)
		case ast.Unary, ast.If, ast.Assert:
			usedAs(p, n.FirstChild(), aBoolean(n), 0)
		case ast.Interpolation:
			usedAs(p, n.FirstChild(), aString, 0)
		case ast.Apply:
			argument(p, ast.ApplyExpr{Node: n})
		}
	},
})

// What takes the place of a property, by what is wanted in its place.
const (
	aList     = "a list"
	aString   = "a string"
	aNumber   = "a number"
	aBool     = "a Boolean"
	aFunction = "a function"
)

func aBoolean(n ast.Node) string {
	if n.Is(ast.Unary) && n.Op() != ast.OpNot {
		return aNumber
	}
	return aBool
}

// operator looks at the operands of operators that take no sets. The right operand of &&, || and -> is not always
// evaluated.
func operator(p *rules.Pass, n ast.Node) {
	want, right := "", diag.Severity(0)
	switch n.Op() {
	case ast.OpConcat:
		want = aList
	case ast.OpAdd:
		want = aString
	case ast.OpSub, ast.OpMul, ast.OpDiv, ast.OpLess, ast.OpLessEq, ast.OpGreater, ast.OpGreaterEq:
		want = aNumber
	case ast.OpAnd, ast.OpOr, ast.OpImpl:
		want, right = aBool, diag.Warning
	default:
		return
	}
	usedAs(p, n.Child(0), want, 0)
	usedAs(p, n.Child(1), want, right)
}

// strictArgument are builtins whose last argument is no set, and what it is.
var strictArgument = map[string]string{
	"toString": aString, "stringLength": aString, "length": aList, "head": aList, "tail": aList, "concatLists": aList,
	"map": aList, "filter": aList, "concatMap": aList, "concatStringsSep": aList, "elem": aList, "any": aList, "all": aList,
}

// oneArgument are those of strictArgument that take no argument before it.
var oneArgument = map[string]bool{"toString": true, "stringLength": true, "length": true, "head": true, "tail": true, "concatLists": true}

// argument looks at calls of a property, and at those of builtins with one.
func argument(p *rules.Pass, a ast.ApplyExpr) {
	if fn := a.Func().Unparen(); fn.Is(ast.Apply) {
		usedAs(p, fn, aFunction, 0)
	}
	arg := a.Arg().Unparen()
	if !arg.Is(ast.Apply) && !arg.Is(ast.Ident) {
		return
	}
	fn, args := shortCall(a.Node)
	if strictArgument[ast.LastName(fn)] == "" {
		return
	}
	name := nixlang.Builtin(p.Names(), fn)
	if name == "" {
		name = nixlang.Lib(p.Names(), fn)
	}
	if want := strictArgument[name]; want != "" && args > 0 && oneArgument[name] == (args == 1) {
		usedAs(p, arg, want, 0)
	}
}

// usedAs reports an expression that is a property and stands where something else is wanted.
func usedAs(p *rules.Pass, n ast.Node, want string, severity diag.Severity) {
	prop, ok := propertyOf(p.Names(), n)
	if !ok || reportedInImports(p.Modules(), n) || isLost(p, n) {
		return
	}
	if severity == 0 && perhaps(p, n) {
		severity = diag.Warning
	}
	f := diag.Finding{
		Span: n.Unparen().Span(), Severity: severity,
		Message: "`" + prop.name + "` makes a set, but " + want + " is wanted here",
		Help:    instead(prop, want),
	}
	if prop.call.IsValid() && n.Encloses(prop.call) {
		f.Span.End = prop.fn.End()
		f.Span.Start = prop.call.Start()
		f.Fixes = optional(p.Modules(), prop, want)
	} else {
		f.Related = []diag.Related{{Span: prop.fn.Span(), Message: "it is bound to this"}}
	}
	if want == aFunction {
		f.Message = "`" + prop.name + "` takes no further argument: it makes a set"
	}
	p.Report(f)
}

// reportedInImports reports whether another rule speaks about a property: it is part of imports.
func reportedInImports(f *module.File, n ast.Node) bool {
	for _, pr := range f.Obstacles() {
		if kindOf(pr) == mkIfInImports && (n.Span().Covers(pr.At) || pr.At.Covers(n.Span())) {
			return true
		}
	}
	return false
}

// instead says what to write.
func instead(prop property, want string) string {
	switch {
	case want == aFunction:
		return "put parentheses around what belongs together"
	case prop.name == "mkIf" && want == aList:
		return "use `lib.optionals`, or define the option by `lib.mkMerge [ … (lib.mkIf …) ]`"
	case prop.name == "mkIf" && want == aString:
		return "use `lib.optionalString`, or define the option by `lib.mkMerge [ … (lib.mkIf …) ]`"
	case prop.name == "mkIf" && want == aBool:
		return "use the condition itself"
	case prop.name == "mkIf":
		return "use `if`"
	case prop.name == "mkMerge":
		return "put everything into the list of `" + prop.name + "`"
	}
	return "put `" + prop.name + "` around the whole value"
}

// optional is the fix for mkIf in a list or string: the function that leaves the value out.
func optional(file *module.File, prop property, want string) []diag.Fix {
	function := map[string]string{aList: "optionals", aString: "optionalString"}[want]
	if prop.name != "mkIf" || function == "" || (want == aString && (!isString(prop.call) || prop.call.OutsideParens().Parent().Parent().Is(ast.Attrpath))) {
		return nil
	}
	text := file.Spell(function, prop.call)
	if text == "" {
		return nil
	}
	return []diag.Fix{rules.Replace("use `"+text+"`", diag.Unsafe, prop.fn.Span(), text)}
}

// isString reports whether the content of a mkIf is a string as it stands.
func isString(call ast.Node) bool {
	_, args := ast.Call(call)
	content := args[len(args)-1].Unparen()
	return content.Is(ast.String) || content.Is(ast.IndString)
}

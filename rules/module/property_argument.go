package module

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "property-argument", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "`mkIf`, `mkOverride` or the like is given too few arguments, or one of the wrong kind",
	Doc: "`lib.mkIf` takes a condition and a content, `lib.mkOverride` and `lib.mkOrder` a number and a content, `lib.mkMerge` a list, the others\n" +
		"a content. With one argument too few the value is a function, which no option takes. A priority that is no integer cannot be\n" +
		"compared with those of other definitions, and `mkIf` refuses a condition that is no Boolean when its option is read.",
	Severity: diag.Error, Presets: rules.Recommended,
	On: []ast.Kind{ast.Apply, ast.Ident, ast.Select},
	Node: func(p *rules.Pass, n ast.Node) {
		if !n.Is(ast.Apply) {
			if name := ast.LastName(n); propertyArity[name] > 0 && isValue(n) && moduleFunction(p.Names(), n) == name {
				tooFew(p, n, n, name)
			}
			return
		}
		fn, args := shortCall(n)
		name := ast.LastName(fn)
		arity := propertyArity[name]
		if arity == 0 || args == 0 || args > arity || moduleFunction(p.Names(), fn) != name || n.HasError() {
			return
		}
		if args < arity {
			if isValue(n) {
				tooFew(p, n, fn, name)
			}
			return
		}
		_, all := ast.Call(n)
		first := all[0].Unparen()
		var want string
		var kind nixlang.Type
		switch name {
		case "mkIf":
			want, kind = "a condition", nixlang.TypeBool
		case "mkOverride", "mkOrder":
			want, kind = "a number", nixlang.TypeInt
		case "mkMerge":
			want, kind = "a list", nixlang.TypeList
		default:
			return
		}
		if got := nixlang.TypeOf(p.Names(), first); got != nixlang.TypeUnknown && got != kind && !(kind == nixlang.TypeInt && got == nixlang.TypeFloat) {
			p.Report(diag.Finding{Span: first.Span(), Message: fmt.Sprintf("`%s` takes %s, and this is %s", name, want, kindNames[got])})
		}
	},
})

// isValue reports whether an expression is the value of an attribute that no let binds, or an element of the list of mkMerge.
func isValue(n ast.Node) bool {
	switch at := n.OutsideParens(); at.Parent().Kind() {
	case ast.Binding:
		return at.Parent().Parent().Is(ast.AttrSet) && (ast.BindingNode{Node: at.Parent()}).Attrpath().LastName() != ast.LastName(n)
	case ast.List:
		call, ok := ast.AsApply(at.Parent().OutsideParens().Parent())
		return ok && ast.LastName(call.Func()) == "mkMerge"
	}
	return false
}

func tooFew(p *rules.Pass, n, fn ast.Node, name string) {
	m := p.Module()
	if m == nil && len(p.Modules().Inline()) == 0 || !inDefinitions(p, n) {
		return
	}
	more := "its content"
	if n == fn && propertyArity[name] == 2 {
		more = map[bool]string{true: "a condition and its content", false: "a number and its content"}[name == "mkIf"]
	}
	p.Report(diag.Finding{
		Span: n.Span(), Message: fmt.Sprintf("`%s` lacks %s here: the value is a function", name, more),
		Help: "put parentheses around what belongs together",
	})
}

// inDefinitions reports whether an expression stands among the definitions of a module: what is around it are sets and
// properties up to that.
func inDefinitions(p *rules.Pass, n ast.Node) bool {
	for up := range n.Ancestors() {
		switch up.Kind() {
		case ast.AttrSet, ast.Binding, ast.Paren, ast.List, ast.Let, ast.With, ast.Assert, ast.If, ast.Binary:
		case ast.Apply:
			if fn, _ := ast.Call(up); propertyArity[ast.LastName(fn)] == 0 && ast.LastName(fn) != "optionalAttrs" {
				return false
			}
		case ast.Lambda:
			return p.Modules().ModuleOf(up) != nil
		default:
			return false
		}
	}
	return false
}

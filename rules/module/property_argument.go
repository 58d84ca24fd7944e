package module

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "property-argument", Family: family, Since: "0.1.0",
	Summary: "`mkIf`, `mkOverride` or the like is given too few arguments, or one of the wrong kind",
	Doc: "`lib.mkIf` takes a condition and a content, `lib.mkOverride` and `lib.mkOrder` a number and a content, `lib.mkMerge` a list, the others\n" +
		"a content. With one argument too few the value is a function. An option that the project declares with a type that refuses\n" +
		"functions fails then; where the type is not known, it is a warning for options of NixOS and its kin, and nothing is said of\n" +
		"others: `lib.mkOverride 500` is a legal value for `types.raw`, `types.anything` or `types.functionTo`.\n" +
		"\n" +
		"A priority that is no integer cannot be compared with those of other definitions, and `mkIf` refuses a condition that is no\n" +
		"Boolean when its option is read.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks:  project.ForModules,
	On:    []ast.Kind{ast.Apply, ast.Ident, ast.Select},
	Names: slices.Sorted(maps.Keys(propertyArity)),
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
			if content := all[1].Unparen(); content.Is(ast.AttrSet) && !content.FirstChild().IsValid() {
				return // nothing asks for the condition
			}
			want, kind = "a condition", nixlang.TypeBool
		case "mkOverride", "mkOrder":
			want, kind = "a number", nixlang.TypeInt
		case "mkMerge":
			want, kind = "a list", nixlang.TypeList
		default:
			return
		}
		if got := nixlang.TypeOf(p.Names(), first); got != nixlang.TypeUnknown && got != kind && !(kind == nixlang.TypeInt && got == nixlang.TypeFloat) {
			wrongKind(p, n, diag.Finding{Span: first.Span(), Message: fmt.Sprintf("`%s` takes %s, and this is %s", name, want, kindNames[got])}, kind == nixlang.TypeInt)
		}
	},
})

// wrongKind reports the argument of a property. A number is compared only where the option has another definition, as its default is one.
func wrongKind(p *rules.Pass, n ast.Node, found diag.Finding, compared bool) {
	if perhaps(p, n) || compared && p.Module() == nil && len(p.Modules().Inline()) == 0 {
		found.Severity = diag.Warning
	}
	if !compared || found.Severity == diag.Warning {
		p.Report(found)
		return
	}
	for _, d := range p.Modules().DefinedOptions() {
		if len(d.Overrides) > 0 && d.Overrides[0].Call.Unparen() == n.Unparen() && d.Overrides[0].Level == len(d.Path) {
			path := cloned(d.Path)
			ask(p, d.Of, func(a *rules.Asked) {
				if answer := a.Option(path); answer.Verdict != project.OptionExists || answer.At < len(path) || !answer.Defaulted {
					found.Severity = diag.Warning
				}
				a.Report(found)
			})
			return
		}
	}
	found.Severity = diag.Warning
	p.Report(found)
}

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

// tooFew reports a property that lacks arguments where a module defines an option with it: a function is a value as good as
// any other, so the option's type decides.
func tooFew(p *rules.Pass, n, fn ast.Node, name string) {
	if p.Module() == nil && len(p.Modules().Inline()) == 0 {
		return
	}
	more := "its content"
	if n == fn && propertyArity[name] == 2 {
		more = map[bool]string{true: "a condition and its content", false: "a number and its content"}[name == "mkIf"]
	}
	found := diag.Finding{
		Span: n.Span(), Message: fmt.Sprintf("`%s` lacks %s here: the value is a function", name, more),
		Help: "put parentheses around what belongs together",
	}
	for _, d := range p.Modules().DefinedOptions() {
		if d.Value.IsValid() && d.Value.Unparen() == n.Unparen() {
			reportTooFew(p, d, found)
			return
		}
	}
}

func reportTooFew(p *rules.Pass, d module.Defined, found diag.Finding) {
	mild := d.Conditional || d.User || maybeAbsent(d.Of, d.Node)
	if len(d.Path) == 0 { // config itself, which is a set
		if mild {
			found.Severity = diag.Warning
		}
		p.Report(found)
		return
	}
	path, file, lists, priority := cloned(d.Path), p.Path, listsOf(p), d.Priority
	ask(p, d.Of, func(a *rules.Asked) {
		answer := optionOf(a, lists, path)
		switch {
		case answer.Verdict == project.NothingKnown && !a.DeclaresAround(path) && refusesFunctions(path):
			found.Severity = diag.Warning
		case answer.Verdict != project.OptionExists || answer.At < len(path):
			return
		default:
			for _, o := range answer.Declared {
				if o.How != module.ByOption || o.Type.Accepts(module.Value{Kinds: eval.Function}) {
					return
				}
			}
			found.Related = declaredAt(file, answer.Declared[:1], "its type is declared here")
			if mild || answer.listed || answer.input != "" || answer.Strongest < priority || priority > module.PlainPriority {
				found.Severity = diag.Warning
			}
		}
		a.Report(found)
	})
}

// refusesFunctions reports whether hardly any option of the module systems that stands where a path does takes a function as it is.
// nixpkgs.config does, and system.build takes anything.
func refusesFunctions(path []string) bool {
	return modsys.NamespaceOf(path[0]).Telling && path[0] != "nixpkgs" && (path[0] != "system" || len(path) < 2 || path[1] != "build")
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

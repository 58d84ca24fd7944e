package module

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkoption-argument", Family: family, Since: "0.1.0",
	Summary: "`mkOption`, `mkEnableOption` or a type is given what it does not take",
	Doc: "`lib.mkOption` takes a set with `type`, `default`, `defaultText`, `example`, `description`, `apply`, `internal`, `visible`,\n" +
		"`readOnly` and `relatedPackages`, and fails with any other attribute. `type` is one of `lib.types`: a string with its\n" +
		"name is none, and `types.listOf`, `types.attrsOf` or `types.nullOr` alone is a function that waits for the type of what it\n" +
		"holds. What options a `types.submodule` has stands in its `options`; without that they are definitions of options\n" +
		"that do not exist.\n" +
		"\n" +
		"A default that its type refuses is a warning: it fails unless something defines the option. `types.nullOr` allows\n" +
		"`null`. Nothing is said of the default of an `internal` option, which its own module defines.\n" +
		"\n" +
		"`lib.mkEnableOption` takes the name of what is enabled, as a text. Another default is `lib.mkEnableOption \"x\" // { default = true; }`.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On:    []ast.Kind{ast.Apply},
	Names: []string{"mkOption", "mkEnableOption", "submodule"},
	Node: func(p *rules.Pass, n ast.Node) {
		fn, args := shortCall(n)
		if args == 0 || n.HasError() {
			return
		}
		last := (ast.ApplyExpr{Node: n}).Arg().Unparen()
		switch name := ast.LastName(fn); name {
		case "mkOption":
			if args == 1 && ofLib(p.Names(), fn) {
				optionArgument(p, last)
			}
		case "mkEnableOption":
			if ofLib(p.Names(), fn) {
				enableArgument(p, n, fn, last, args)
			}
		case "submodule":
			if args == 1 && typeName(p.Modules(), fn) == name {
				submoduleOptions(p, last)
			}
		}
	},
})

// ofLib reports whether a function of this name is that of nixpkgs' lib.
func ofLib(names *sema.Info, fn ast.Node) bool {
	if nixlang.Lib(names, fn) != "" {
		return true
	}
	u, ok := names.Use(fn.Unparen())
	return ok && u.Target == sema.ToWith // of several
}

// optionArguments are the formals of mkOption (lib/options.nix).
var optionArguments = strings.Fields("default defaultText example description relatedPackages type apply internal visible readOnly")

var takesOptionArgument = set(strings.Join(optionArguments, " "))

func optionArgument(p *rules.Pass, arg ast.Node) {
	switch arg.Kind() {
	case ast.AttrSet:
	case ast.String, ast.IndString, ast.List:
		p.Report(diag.Finding{Span: arg.Span(), Message: "`mkOption` takes a set, and this is " + kindNames[nixlang.TypeOf(p.Names(), arg)]})
		return
	default:
		return
	}
	var typ, fallback ast.Node
	internal := false
	for c := range arg.Children() {
		if in, ok := ast.AsInherit(c); ok {
			for name := range in.Names() {
				unknownArgument(p, name)
			}
			continue
		}
		b, ok := ast.AsBinding(c)
		if !ok {
			continue
		}
		unknownArgument(p, b.Attrpath().First())
		switch {
		case b.Attrpath().IsSingle("type"):
			typ = b.Value()
		case b.Attrpath().IsSingle("default"):
			fallback = b.Value()
		case b.Attrpath().IsSingle("internal"):
			value, ok := constant(p, b.Value())
			internal = !ok || value
		}
	}
	if !typ.IsValid() || badType(p, typ, 8) || !fallback.IsValid() || internal {
		return
	}
	if what := refused(p.Modules(), typ, fallback); what != "" && !defined(p, arg) {
		t, v := p.Modules().Type(typ), p.Modules().Written(fallback)
		if t.Name == "nullOr" && len(t.Of) == 1 && v.Kinds != eval.Null {
			t = t.Of[0]
		}
		if v.Exact && v.Kinds != eval.Null && (t.Name == "enum" || t.Kinds()&v.Kinds != 0) && len(v.Literal) <= maxShown {
			what = told(v, v.Describe()) // its kind is right, and the value is not
		}
		f := diag.Finding{
			Span: fallback.Span(), Severity: diag.Warning,
			Message: fmt.Sprintf("the default is %s, which %s refuses: it fails unless something defines the option", what, diag.Code(oneLine(typ.Unparen()))),
			Related: []diag.Related{{Span: typ.Span(), Message: "the type is this"}},
			Help:    insteadOf(&t, v),
		}
		if nixlang.TypeOf(p.Names(), fallback) == nixlang.TypeNull {
			f.Help = "use `types.nullOr`, or leave the default out: then the option has to be defined"
		}
		p.Report(f)
	}
}

// maxShown is the longest value that a message shows.
const maxShown = 60

// optionDefault is the priority of the default of an option (lib/modules.nix, mkOptionDefault).
const optionDefault = 1500

// defined reports whether the module defines, or may define, the option that a call of mkOption declares, so that its default does not
// count.
func defined(p *rules.Pass, arg ast.Node) bool {
	b, ok := ast.AsBinding(arg.OutsideParens().Parent().OutsideParens().Parent())
	if !ok {
		return false
	}
	path := pathAround(b)
	if len(path) < 2 || path[0] != "options" {
		return false
	}
	path = path[1:]
	around := submoduleAround(p.Modules(), arg)
	if !around.IsValid() {
		return slices.ContainsFunc(p.Modules().DefinedOptions(), func(d module.Defined) bool { return surelyDefines(&d, path) })
	}
	if importsMore(p.Modules(), around) {
		return true
	}
	conditions := 0
	for _, d := range p.Modules().DefinedIn(around) {
		switch {
		case surelyDefines(&d, path):
			return true
		case len(d.Path) > 0 && strings.HasPrefix(d.Path[0], "${"),
			d.Cut && len(d.Path) <= len(path) && slices.Equal(d.Path, path[:len(d.Path)]),
			len(d.Path) < len(path) && slices.Equal(d.Path, path[:len(d.Path)]) && !d.Value.Tail().Is(ast.AttrSet):
			return true // a computed name or set may hold it
		case d.Priority < optionDefault && len(d.Path) >= len(path) && slices.Equal(d.Path[:len(path)], path):
			conditions++
		}
	}
	return conditions > 1 // of several conditions one may hold in any case
}

// surelyDefines reports whether a definition is one of the option of a path in any case, and counts for more than its default.
func surelyDefines(d *module.Defined, path []string) bool {
	return !d.Conditional && d.Priority < optionDefault && len(d.Path) >= len(path) && slices.Equal(d.Path[:len(path)], path) &&
		!maybeAbsent(d.Of, d.Node)
}

// importsMore reports whether a submodule that stands in a node imports others.
func importsMore(f *module.File, around ast.Node) bool {
	return slices.ContainsFunc(f.Inline(), func(m *module.Module) bool {
		return m.Submodule && around.Encloses(m.Node) &&
			slices.ContainsFunc(m.Parts(), func(part module.Part) bool { return part.Name(0) == "imports" })
	})
}

// submoduleAround returns the innermost module of a type that a node stands in, or the list of such that has it; invalid where there
// is none.
func submoduleAround(f *module.File, n ast.Node) (around ast.Node) {
	for _, m := range f.Inline() {
		if m.Submodule && m.Node.Encloses(n) {
			around = m.Node
		}
	}
	if !around.IsValid() {
		return around
	}
	if list := around.OutsideParens().Parent(); list.Is(ast.List) {
		return list
	}
	return around
}

func unknownArgument(p *rules.Pass, name ast.Node) {
	text, ok := ast.AttrName(name)
	if !ok || takesOptionArgument[text] || text == "_type" {
		return
	}
	f := diag.Finding{Span: name.Span(), Message: "`mkOption` takes no " + diag.Code(text) + ": evaluation fails"}
	switch meant := near.Find(text, optionArguments); {
	case meant != "":
		f.Help = "did you mean " + diag.Code(meant) + "?"
		if name.Is(ast.Name) && name.Parent().Is(ast.Attrpath) {
			f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, name.Span(), meant)}
		}
	case text == "options":
		f.Help = "options inside an option are those of its type: `types.submodule { options = …; }`"
	default:
		f.Help = "it takes " + strings.Join(optionArguments, ", ")
	}
	p.Report(f)
}

// around returns the span of arguments, which a pipe may put in another order.
func around(args []ast.Node) source.Span {
	span := args[0].Span()
	for _, arg := range args[1:] {
		span.Start, span.End = min(span.Start, arg.Start()), max(span.End, arg.End())
	}
	return span
}

// badType reports what surely is no type where one is wanted.
func badType(p *rules.Pass, typ ast.Node, depth int) bool {
	n := typ.Tail()
	if depth == 0 {
		return false
	}
	fn, args := n, []ast.Node(nil)
	switch n.Form() {
	case ast.String, ast.IndString, ast.List, ast.Int, ast.Path:
		f := diag.Finding{Span: n.Span(), Message: "a type is wanted here, one of `lib.types`, and this is " + kindNames[nixlang.TypeOf(p.Names(), n)]}
		if text, ok := ast.StringValue(n); ok {
			meant, known := typeArguments[text]
			if short := shortTypes[text]; short != "" {
				text, known = short, true
			}
			if known && meant == 0 {
				f.Help = "did you mean " + diag.Code("lib.types."+text) + "?"
			}
		}
		p.Report(f)
		return true
	case ast.AttrSet:
		if _, own := ast.Attr(n, "_type"); own || n.FirstChild().IsValid() && !isDeclaration(n) {
			return false
		}
		p.Report(diag.Finding{Span: n.Span(), Message: "a type is wanted here, one of `lib.types`, and this is a set", Help: "use `types.submodule`"})
		return true
	case ast.Apply:
		fn, args = ast.Call(n)
	case ast.Ident, ast.Select:
	default:
		return false
	}
	name := typeName(p.Modules(), fn)
	if name == "" {
		return false
	}
	switch takes := typeArguments[name]; {
	case len(args) < takes:
		what := "the type of what it holds"
		switch name {
		case "enum":
			what = "the list of its values"
		case "submodule":
			what = "a module with the options"
		case "strMatching", "separatedString", "either", "oneOf", "addCheck", "unique", "coercedTo", "pathWith", "attrsWith":
			what = "more"
		}
		p.Report(diag.Finding{Span: n.Span(), Message: fmt.Sprintf("%s is a function here: it takes %s", diag.Code("types."+name), what)})
		return true
	case len(args) > takes:
		p.Report(diag.Finding{
			Span:    around(args[takes:]),
			Message: fmt.Sprintf("%s takes %s: evaluation fails", diag.Code("types."+name), count(takes)), Help: "put parentheses around what belongs together",
		})
		return true
	}
	switch name {
	case "listOf", "nonEmptyListOf", "attrsOf", "lazyAttrsOf", "nullOr", "functionTo", "uniq":
		return badType(p, args[0], depth-1)
	case "either":
		return badType(p, args[0], depth-1) || badType(p, args[1], depth-1)
	case "enum", "oneOf":
		list := args[0].Unparen()
		if kind := nixlang.TypeOf(p.Names(), list); kind != nixlang.TypeUnknown && kind != nixlang.TypeList {
			p.Report(diag.Finding{Span: list.Span(), Message: fmt.Sprintf("%s takes a list, and this is %s", diag.Code("types."+name), kindNames[kind])})
			return true
		}
	}
	return false
}

// shortTypes are the names that other languages have for types.
var shortTypes = map[string]string{"string": "str", "boolean": "bool", "integer": "int", "list": "", "set": ""}

func count(n int) string {
	switch n {
	case 0:
		return "no argument"
	case 1:
		return "one argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// isDeclaration reports whether all attributes of a set are options that functions of lib declare.
func isDeclaration(set ast.Node) bool {
	some := false
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			return false
		}
		n := b.Value().Tail()
		for n.Is(ast.Binary) && n.Op() == ast.OpUpdate {
			n = n.FirstChild().Tail()
		}
		if fn, _ := ast.Call(n); !n.IsCall() || !declaring[ast.LastName(fn)] {
			return false
		}
		some = true
	}
	return some
}

// submoduleOptions reports a submodule whose options do not stand in options.
func submoduleOptions(p *rules.Pass, arg ast.Node) {
	n := arg.Tail()
	if l, ok := ast.AsLambda(n); ok {
		n = l.Body().Tail()
	}
	if !n.Is(ast.AttrSet) || !isDeclaration(n) {
		return
	}
	first := (ast.BindingNode{Node: n.FirstChild()}).Attrpath()
	if first.FirstName() == "options" || first.FirstName() == "config" {
		return
	}
	p.Report(diag.Finding{
		Span:    first.Span(),
		Message: "the options of a submodule stand in its `options`: here " + diag.Code(first.Dotted()) + " defines an option that does not exist",
		Help:    "write `options = { … };` around them",
	})
}

// enableArgument reports calls of mkEnableOption with something else than a text, or with more.
func enableArgument(p *rules.Pass, call, fn, last ast.Node, args int) {
	if args > 1 {
		if inner, ok := ast.AsApply(call.FirstChild().Unparen()); ok && inner.Func().Unparen() == fn.Unparen() {
			p.Report(diag.Finding{
				Span: last.Span(), Message: "`mkEnableOption` takes one argument, a text: evaluation fails",
				Help: "use `lib.mkEnableOption \"…\" // { default = true; }` for another default",
			})
		}
		return
	}
	if !last.Is(ast.AttrSet) && !last.Is(ast.List) {
		return
	}
	f := diag.Finding{
		Span: last.Span(), Severity: diag.Warning,
		Message: "`mkEnableOption` takes a text, and this is " + kindNames[nixlang.TypeOf(p.Names(), last)] + ": the default stays false, and its description fails",
		Help:    "use `lib.mkEnableOption \"…\" // { … }`, or `lib.mkOption`",
	}
	p.Report(f)
}

package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "module-formals-closed", Family: family, Since: "0.1.0",
	Summary: "A module names its arguments without `...`",
	Doc: "The module system passes `config`, `options`, `lib` and every special argument to each module, whether the module names them\n" +
		"or not. A function that takes `{ config, pkgs }` and nothing else ends with \"called with unexpected argument 'lib'\".\n" +
		"\n" +
		"End the arguments with `...`.\n" +
		"\n" +
		"The rule speaks of functions that stand where a module stands: in `imports` and other lists of modules, under\n" +
		"`nixosModules` and the like, in `types.submodule`, and of files that such a list names. A file with the arguments and the\n" +
		"definitions of a module that nothing refers to is a warning.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Lambda},
	Node: func(p *rules.Pass, n ast.Node) {
		pattern, ok := ast.LambdaExpr{Node: n}.Pattern()
		if !ok || pattern.HasEllipsis() || n.HasError() || (ast.LambdaExpr{Node: n}).Body().Tail().Is(ast.Lambda) {
			return
		}
		if standsAsModule(p, n) {
			p.Report(closed(pattern))
			return
		}
		if top := p.Tree.Expr().Tail(); top != n || !definesOptions(n) {
			return
		}
		f, path := closed(pattern), strings.Clone(p.Path)
		likely := onlyModuleArgs(pattern)
		p.Ask(func(a *rules.Asked) {
			refs := a.References(path)
			listed, other := false, false
			for _, r := range refs {
				for _, place := range placesOf(a, r.From, path) {
					listed = listed || place != asElse
				}
				other = true
			}
			switch {
			case listed:
				a.Report(f)
			case likely && !other:
				f.Severity = diag.Warning
				a.Report(f)
			}
		})
	},
})

func closed(pattern ast.PatternNode) diag.Finding {
	f := diag.Finding{
		Span:    pattern.Span(),
		Message: "the module system passes more arguments than this module takes: evaluation fails",
		Help:    "end them with `...`",
	}
	last := ast.Node{}
	for formal := range pattern.Formals() {
		last = formal.Node
	}
	switch {
	case !last.IsValid():
		f.Fixes = []diag.Fix{rules.Insert("take any others", diag.Unsafe, pattern.FirstToken().NextSignificant().Start(), "... ")}
	default:
		text := ", ..."
		if before := last.FirstToken().PrevSignificant(); before.Text() == "," && strings.Contains(before.Prev().Text(), "\n") {
			text = before.Prev().Text()[strings.LastIndexByte(before.Prev().Text(), '\n'):] + ", ..."
		}
		f.Fixes = []diag.Fix{rules.Insert("take any others", diag.Unsafe, last.End(), text)}
	}
	return f
}

// standsAsModule reports whether a function stands where the module system takes a module.
func standsAsModule(p *rules.Pass, n ast.Node) bool {
	at := n.OutsideParens()
	for up := at.Parent(); up.Is(ast.Let) || up.Is(ast.With); up = at.Parent() {
		if up.FirstChild() == at {
			return false
		}
		at = up.OutsideParens()
	}
	switch up := at.Parent(); up.Kind() {
	case ast.List:
		name, direct := modsys.Listed(up)
		if name == "" || !direct {
			return false
		}
		return name == "modules" || modsys.Imports(name)
	case ast.Apply:
		fn, args := ast.Call(up)
		return len(args) == 1 && args[0].Unparen() == n && typeName(p.Modules(), fn) == "submodule"
	case ast.Binding:
		path := pathAround(ast.BindingNode{Node: up})
		last := len(path) - 1
		switch {
		case modsys.IsExportOfOne(path[last]), last > 0 && modsys.IsExport(path[last-1]):
			return true
		case last > 1 && path[last-1] == "users" && path[last-2] == "home-manager":
			return true
		case last > 1 && path[last-2] == "modules" && modsys.IsClass(path[last-1]):
			return true
		}
	}
	return false
}

// definesOptions reports whether a function gives a set, or what properties make of one.
func definesOptions(n ast.Node) bool {
	body := (ast.LambdaExpr{Node: n}).Body().Tail()
	if body.Is(ast.Apply) {
		fn, _ := ast.Call(body)
		return propertyArity[ast.LastName(fn)] != 0
	}
	return body.Is(ast.AttrSet)
}

// onlyModuleArgs reports whether a pattern has arguments of modules alone, config among them, and the function defines options of
// NixOS, home-manager or nix-darwin, or has parts of a module.
func onlyModuleArgs(pattern ast.PatternNode) bool {
	config := false
	for formal := range pattern.Formals() {
		name := formal.Name().Text()
		if !modsys.IsArgument(name) || formal.Default().IsValid() {
			return false
		}
		config = config || name == "config"
	}
	body := (ast.LambdaExpr{Node: pattern.Parent()}).Body().Tail()
	if !config || !body.Is(ast.AttrSet) {
		return false
	}
	for c := range body.Children() {
		if b, ok := ast.AsBinding(c); ok {
			name := b.Attrpath().FirstName()
			if modsys.NamespaceOf(name).Telling || name == "imports" || name == "options" {
				return true
			}
		}
	}
	return false
}

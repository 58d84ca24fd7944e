package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "imports-not-list", Family: family, Since: "0.1.0",
	Summary: "`imports` is no list, or has an element that is no module",
	Doc: "`imports` is a list of modules: sets, functions, and paths of files that hold one. A path alone is \"expected a list but\n" +
		"found a path\". An element that is a string has to be an absolute path, since nothing says what it would be relative\n" +
		"to: `\"./x.nix\"` \"doesn't represent an absolute path\". A list in the list, a number, `null` and a Boolean fail too.\n" +
		"\n" +
		"Put the path into brackets, write it without quotes, join lists by `++`. Only what stands there literally is judged.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	File: func(p *rules.Pass) {
		f := p.Modules()
		modules := f.Inline()
		if f.Module != nil {
			modules = append([]*module.Module{f.Module}, modules...)
		}
		for _, m := range modules {
			for _, part := range m.Parts() {
				if len(part.Path) == 1 && part.Name(0) == "imports" && part.Value.IsValid() {
					checkImports(p.Names(), part.Value, func(f diag.Finding) { reportIfLoaded(p, m, f) })
				}
			}
		}
	},
})

// reportIfLoaded reports a finding if the module system loads a module. Of a plain set that is a whole file, imports may be
// just one of its names.
func reportIfLoaded(p *rules.Pass, m *module.Module, f diag.Finding) {
	if m.Inline || m.Func.IsValid() || m.Structured() {
		reportIfEvaluated(p, module.Obstacle{Module: m}, f)
		return
	}
	path, shape := p.Path, p.Shape()
	p.Ask(func(a *rules.Asked) {
		if r := a.Role(path, shape); r.Kind == role.Module && r.Listed() {
			a.Report(f)
		}
	})
}

// checkImports reports what is literally no list of modules in the value of imports.
func checkImports(names *sema.Info, value ast.Node, report func(diag.Finding)) {
	todo := []ast.Node{value}
	for steps := 0; len(todo) > 0 && steps < 1000; steps++ {
		n := todo[len(todo)-1].Tail()
		todo = todo[:len(todo)-1]
		if n.Is(ast.Binary) && n.Op() == ast.OpConcat {
			todo = append(todo, n.Child(1), n.FirstChild())
			continue
		}
		if n.Is(ast.List) {
			for element := range n.Children() {
				checkImport(names, element.Unparen(), report)
			}
			continue
		}
		what := literal(names, n)
		if what == "" {
			continue
		}
		f := diag.Finding{Span: n.Span(), Message: "`imports` is a list, and this is " + what, Help: "put it into a list"}
		if (n.Is(ast.Path) || n.Is(ast.AttrSet)) && n == value.Unparen() {
			f.Fixes = []diag.Fix{rules.Replace("put it into a list", diag.Unsafe, n.Span(), "[ "+n.Text()+" ]")}
		}
		report(f)
	}
}

// checkImport reports an element of imports that is no module for sure.
func checkImport(names *sema.Info, n ast.Node, report func(diag.Finding)) {
	f := diag.Finding{Span: n.Span()}
	switch n.Kind() {
	case ast.String, ast.IndString:
		text, ok := ast.StringValue(n)
		if !ok || strings.HasPrefix(text, "/") {
			return
		}
		f.Message = "an element of `imports` that is a string has to be an absolute path"
		f.Help = "write a path without quotes"
		if strings.HasPrefix(text, "./") && !strings.ContainsFunc(text[2:], notInPath) && !strings.Contains(text, "//") && !strings.HasSuffix(text, "/") {
			f.Help = ""
			f.Fixes = []diag.Fix{rules.Replace("write the path without quotes", diag.Unsafe, n.Span(), text)}
		}
	case ast.List:
		f.Message, f.Help = "an element of `imports` is a module, and this is a list", "join lists by `++`"
	default:
		what := literal(names, n)
		if what == "" || n.Is(ast.Path) || n.Is(ast.AttrSet) || n.Is(ast.Lambda) {
			return
		}
		f.Message = "an element of `imports` is a module, and this is " + what
	}
	report(f)
}

// notInPath reports whether a path literal cannot hold a character.
func notInPath(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/", r)
}

// literal says what a literal other than a list is, with its article; "" stands for what is not known.
func literal(names *sema.Info, n ast.Node) string {
	switch n.Kind() {
	case ast.Path:
		return "a path"
	case ast.AttrSet:
		return "a set"
	case ast.Lambda:
		return "a function"
	case ast.String, ast.IndString, ast.URI:
		return "a string"
	case ast.Int, ast.Float:
		return "a number"
	}
	switch {
	case names.IsGlobal(n, "null"):
		return "`null`"
	case names.IsGlobal(n, "true") || names.IsGlobal(n, "false"):
		return "a Boolean"
	}
	return ""
}

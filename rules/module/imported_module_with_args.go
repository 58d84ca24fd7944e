package module

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "imported-module-with-args", Family: family, Since: "0.1.0",
	Summary: "A list of modules calls a module with the arguments that the module system passes",
	Doc: "`imports = [ (import ./m.nix { inherit config pkgs; }) ]` calls the module by hand. The module system would pass the same and\n" +
		"the rest: a path in the list does. What is called here loses its place in messages, is not recognised when it is imported\n" +
		"twice, lacks the arguments that the call forgets, and sees the `config` and `pkgs` of the file that calls it.\n" +
		"\n" +
		"Write `imports = [ ./m.nix ]`. A file that is a function to a module, `{ port }: { config, ... }: …`, is let pass, and so is\n" +
		"one that takes other arguments than those of modules.",
	Severity: diag.Info, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.List},
	Node: func(p *rules.Pass, n ast.Node) {
		name, direct := modsys.Listed(n)
		if name != "imports" && name != "modules" || !direct || n.HasError() {
			return
		}
		for c := range n.Children() {
			call, ok := ast.AsApply(c.Unparen())
			if !ok {
				continue
			}
			inner, ok := ast.AsApply(call.Func().Unparen())
			if !ok || ast.LastName(inner.Func()) != "import" || !passesModuleArgs(call.Arg().Unparen()) {
				continue
			}
			path, ok := project.Resolve(p.Path, inner.Arg().Unparen())
			if !ok {
				continue
			}
			calledModule(p, c, inner.Arg().Unparen(), path)
		}
	},
})

// passesModuleArgs reports whether a set that is written out passes arguments of the module system, each under its own name.
func passesModuleArgs(set ast.Node) bool {
	some := false
	if !set.Is(ast.AttrSet) {
		return false
	}
	for c := range set.Children() {
		in, ok := ast.AsInherit(c)
		if !ok || in.From().IsValid() {
			return false
		}
		for name := range in.Names() {
			if !modsys.IsArgument(name.Text()) {
				return false
			}
			some = true
		}
	}
	return some
}

func calledModule(p *rules.Pass, element, written ast.Node, path string) {
	file := p.Project.File(path)
	if file == nil {
		if file = p.Project.File(filepath.Join(path, "default.nix")); file == nil {
			return
		}
	}
	m := file.Modules().Module
	if m == nil || m.Curried || !m.Func.IsValid() || m.Certainty == module.Possible {
		return
	}
	f := diag.Finding{
		Span:    element.Unparen().Span(),
		Message: "this calls a module with arguments that the module system passes by itself",
		Help:    "write " + diag.Code(strings.Clone(written.Text())) + " in the list",
	}
	if !element.Tree().HasComment(element.Span()) {
		f.Fixes = []diag.Fix{rules.Replace("write the path", diag.Unsafe, element.Span(), written.Text())}
	}
	p.Report(f)
}

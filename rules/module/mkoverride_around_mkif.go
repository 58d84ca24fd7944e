package module

import (
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkoverride-around-mkif", Family: family, Since: "0.1.0",
	Summary: "`mkForce`, `mkDefault`, `mkBefore` or the like stands around a `mkIf`, a `mkMerge` or another priority",
	Doc: "The module system takes `mkIf` and `mkMerge` apart first, then the priority, then the order. What is left inside is the\n" +
		"value: `lib.mkForce (lib.mkIf c x)` makes the option's value the set `{ _type = \"if\"; … }`, or is \"not of type\" what\n" +
		"its type says, whatever `c` is. So do `mkForce (mkDefault x)` and `mkBefore (mkForce x)`.\n" +
		"\n" +
		"Write them the other way round: `lib.mkIf c (lib.mkForce x)`, `lib.mkForce (lib.mkBefore x)`.\n" +
		"\n" +
		"It is an error where the project declares the option with a type that refuses the set, a warning where the type is not known. A\n" +
		"submodule takes the set for a module and evaluates it: there the rule says nothing.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks:  project.ForModules,
	On:    []ast.Kind{ast.Apply},
	Names: slices.Sorted(maps.Keys(propertyArity)),
	Node: func(p *rules.Pass, n ast.Node) {
		fn, args := shortCall(n)
		name := ast.LastName(fn)
		if propertyArity[name] != args || name == "mkIf" || name == "mkMerge" || moduleFunction(p.Names(), fn) != name || n.HasError() {
			return
		}
		content := (ast.ApplyExpr{Node: n}).Arg()
		inner, ok := propertyOf(p.Names(), content)
		if !ok || !isOrder(name) && isOrder(inner.name) {
			return
		}
		f := diag.Finding{
			Span:    n.Span(),
			Message: "`" + name + "` around `" + inner.name + "`: the set that this makes becomes the value",
			Help:    "put `" + inner.name + "` around `" + name + "`",
		}
		f.Span.End = fn.End()
		switch {
		case inner.name == "mkMerge":
			f.Help = "put `" + name + "` around the elements of the list"
		case inner.name != "mkIf" && !isOrder(name):
			f.Help = "leave one of them"
		}
		if content.Unparen() == inner.call && inner.name == "mkIf" && !n.Tree().HasComment(n.Span()) {
			f.Fixes = turned(n, content, inner.call)
		}
		if !inDefinitions(p, n) {
			f.Severity = diag.Warning
			p.Report(f)
			return
		}
		reportWrapped(p, n, f)
	},
})

// reportWrapped reports a property around another as what it is for the type of the option: the value of a submodule is a module, in
// which the inner one is taken apart as ever. It is an error where the type surely refuses the set.
func reportWrapped(p *rules.Pass, n ast.Node, found diag.Finding) {
	d := definedAround(p, n)
	if d == nil {
		found.Severity = diag.Warning
		p.Report(found)
		return
	}
	path, lists, mild := cloned(d.Path), listsOf(p), d.Conditional || d.User || maybeAbsent(d.Of, n)
	sure, file, shape := isSurelyModule(d.Of), p.Path, p.Shape()
	p.Ask(func(a *rules.Asked) {
		answer := optionOf(a, lists, path)
		role := a.Role(file, shape)
		known := answer.Verdict == project.OptionExists && answer.At == len(path)
		if known && slices.ContainsFunc(answer.Declared, func(o project.DeclaredOption) bool { return o.Type.MayBeModule() }) {
			return
		}
		if !known || mild || answer.listed || answer.input != "" || !sure && !role.Listed() || answer.Strongest < d.Priority || d.Priority > module.PlainPriority ||
			slices.ContainsFunc(answer.Declared, func(o project.DeclaredOption) bool {
				return o.How != module.ByOption || o.Type.Accepts(module.Value{Kinds: eval.Set})
			}) {
			found.Severity = diag.Warning
		}
		a.Report(found)
	})
}

// definedAround returns the definition whose value, or a property of whose value, a node is: with the path of that option, and the
// priority that the outermost call gives.
func definedAround(p *rules.Pass, n ast.Node) *module.Defined {
	for _, d := range p.Modules().DefinedOptions() {
		level, priority, within := len(d.Path), int64(module.PlainPriority), d.Value.IsValid() && n.Encloses(d.Value)
		for i, part := range d.Parts {
			if n.Encloses(part) {
				level, within = min(level, i), true
			}
		}
		if i := slices.IndexFunc(d.Overrides, func(o module.Override) bool { return o.Call == n }); i >= 0 {
			level, within = d.Overrides[i].Level, true
		}
		if !within || level == 0 {
			continue
		}
		if len(d.Overrides) > 0 {
			priority = d.Overrides[0].Priority
		}
		return &module.Defined{
			Path: d.Path[:level], Node: n, Of: d.Of, Priority: priority, User: d.User, Conditional: conditionalAbove(d.Of, n),
		}
	}
	return nil
}

// conditionalAbove reports whether a mkIf stands around a node of a module.
func conditionalAbove(m *module.Module, n ast.Node) bool {
	for up := n.Parent(); up.IsValid() && up != m.Body; up = up.Parent() {
		if !up.IsCall() {
			continue
		}
		if fn, _ := ast.Call(up); ast.LastName(fn) == "mkIf" {
			return true
		}
	}
	return false
}

func isOrder(name string) bool { return name == "mkBefore" || name == "mkAfter" || name == "mkOrder" }

// turned exchanges a property and the mkIf in it.
func turned(outer, content, inner ast.Node) []diag.Fix {
	if !outer.Is(ast.Apply) || !inner.Is(ast.Apply) {
		return nil // behind a pipe the content stands first
	}
	src := outer.Tree().Source()
	value := (ast.ApplyExpr{Node: inner}).Arg()
	head := src[outer.Start():content.Start()]
	text := src[inner.Start():value.Start()] + "(" + head + value.Text() + ")"
	return []diag.Fix{rules.Replace("put `mkIf` around it", diag.Unsafe, outer.Span(), text)}
}

package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/rules"
)

// problemKind is what a rule of this family says of an obstacle.
type problemKind uint8

// The kinds of problem, each with a rule of its own.
const (
	configInImports    problemKind = iota // imports need config
	importsUsePkgs                        // imports need pkgs, options or another argument of _module.args
	mkIfInImports                         // imports, or an element, is a mkIf or the like
	importsUnderConfig                    // imports or options stand where only definitions do
	ifForShape                            // if … then … else decides which options are defined
	functionForShape                      // optionalAttrs, // or another function decides it
	nameForShape                          // a computed attribute name decides it
	otherShape                            // anything else that the module system needs first depends on config
)

// kindOf tells which kind of problem an obstacle is.
func kindOf(o module.Obstacle) problemKind {
	switch {
	case o.Form == module.Property:
		return mkIfInImports
	case o.Form == module.Misplaced:
		return importsUnderConfig
	case modsys.IsList(o.Part) && o.Why.Source == module.FromConfig:
		return configInImports
	case modsys.IsList(o.Part):
		return importsUsePkgs
	case !o.Names:
		return otherShape
	}
	switch o.Why.Construct {
	case module.ByIf:
		return ifForShape
	case module.ByName:
		return nameForShape
	case module.ByUpdate:
		return functionForShape
	case module.ByFunction:
		if shapeFunctions[o.Why.Function] {
			return functionForShape
		}
	}
	return otherShape
}

// shapeFunctions are the functions that make a set whose names depend on an argument.
var shapeFunctions = set(`optionalAttrs filterAttrs listToAttrs genAttrs genAttrs' mapAttrs mapAttrs' concatMapAttrs
	recursiveUpdate mergeAttrs mergeAttrsList removeAttrs intersectAttrs foldl' foldl foldr fold foldAttrs foldlAttrs
	zipAttrs zipAttrsWith setAttrByPath getAttrs attrByPath getAttrFromPath getAttr filterAttrsRecursive mapAttrsRecursive
	groupBy partition`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// each reports the problems of one kind in the modules of the file, as present says.
func each(kind problemKind, present func(f *module.File, pr module.Obstacle) diag.Finding) func(p *rules.Pass) {
	return func(p *rules.Pass) {
		f := p.Modules()
		if f.Plain() || !p.AtLength() {
			return
		}
		seen := map[source.Span]bool{} // two evaluations may meet one place
		for _, pr := range f.Obstacles() {
			if kindOf(pr) == kind && !seen[pr.At] {
				seen[pr.At] = true
				reportIfEvaluated(p, pr, present(f, pr))
			}
		}
	}
}

// reportIfEvaluated reports a problem if the module system evaluates the module with the arguments that it is about.
// A function that the project calls with arguments of its own reads those.
func reportIfEvaluated(p *rules.Pass, pr module.Obstacle, f diag.Finding) {
	possible, curried, why := pr.Module.Certainty == module.Possible, pr.Module.Curried, pr.Why
	if kindOf(pr) == importsUnderConfig && !possible {
		p.Ask(func(a *rules.Asked) {
			if a.AnyOption() {
				f.Severity = diag.Warning
			}
			a.Report(f)
		})
		return
	}
	if why == nil && !possible {
		p.Report(f)
		return
	}
	var from module.Source
	arg := ""
	if why != nil {
		from, arg = why.Source, strings.Clone(why.Arg)
	}
	byRole := func(r role.Role) bool {
		switch {
		case r.Kind != role.Module:
			return false
		case r.Listed() && !curried:
			return true
		case possible:
			return false
		case curried:
			return from == module.FromConfig
		}
		return why == nil || !r.CallerArgs()
	}
	inline, path, shape := pr.Module.Inline, p.Path, role.Shape{}
	if !inline {
		shape = p.Shape()
		if kind, settled := shape.Kind(); settled && kind != role.Module {
			return
		}
	}
	// What specialArgs have is not looked up in _module.args.
	lookedUp := from == module.FromPkgs || from == module.FromModuleArg
	if inline && !lookedUp {
		p.Report(f)
		return
	}
	p.Ask(func(a *rules.Asked) {
		if (inline || byRole(a.Role(path, shape))) && !(lookedUp && a.SpecialArg(arg)) {
			a.Report(f)
		}
	})
}

// reads describes what a problem depends on.
func reads(f *module.File, why *module.Why) string {
	text := f.Reads(why)
	if text == "" {
		text = map[module.Source]string{
			module.FromConfig: "config", module.FromPkgs: "pkgs", module.FromOptions: "options", module.FromModuleArg: "a module argument",
		}[why.Source]
	}
	return "`" + text + "`"
}

// missing says why the module system cannot have it yet.
func missing(why *module.Why, before string) string {
	switch why.Source {
	case module.FromConfig:
		return "the module system computes `config` only when " + before
	case module.FromOptions:
		return "the module system knows the options only when " + before
	case module.FromPkgs:
		return "`pkgs` comes from `config._module.args`, which exists only when " + before
	}
	return "it is set in `_module.args`, which exists only when " + before
}

// trail points at the places through which an expression comes to depend on a source.
func trail(why *module.Why, at diag.Finding) []diag.Related {
	if at.Span.Covers(why.Use.Span()) {
		return nil
	}
	var related []diag.Related
	for _, n := range why.Steps {
		if !at.Span.Covers(n.Span()) && len(related) < 4 {
			related = append(related, diag.Related{Span: n.Span(), Message: "through `" + oneLine(n) + "`"})
		}
	}
	return append(related, diag.Related{Span: why.Use.Span(), Message: "`" + oneLine(why.Use) + "` is read here"})
}

func oneLine(n ast.Node) string {
	text := n.Text()
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i] + "…"
	}
	return text
}

// atPart names the part of a module in messages.
func atPart(part string) string {
	if part == "" {
		return "the module"
	}
	return "`" + part + "`"
}

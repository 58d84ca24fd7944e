package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/rules"
)

// each reports the problems of one kind in the modules of the file, as present says.
func each(kind module.ProblemKind, present func(f *module.File, pr module.Problem) diag.Finding) func(p *rules.Pass) {
	return func(p *rules.Pass) {
		f := p.Modules()
		for _, pr := range f.Problems() {
			if pr.Kind == kind {
				reportIfEvaluated(p, pr, present(f, pr))
			}
		}
	}
}

// reportIfEvaluated reports a problem if the module system evaluates the module with the arguments that it is about.
// A function that the project calls with arguments of its own reads those.
func reportIfEvaluated(p *rules.Pass, pr module.Problem, f diag.Finding) {
	possible, curried, why := pr.Module.Certainty == module.Possible, pr.Module.Curried, pr.Why
	if why == nil && !possible {
		p.Report(f)
		return
	}
	var source module.Source
	arg := ""
	if why != nil {
		source, arg = why.Source, strings.Clone(why.Arg)
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
			return source == module.FromConfig
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
	lookedUp := source == module.FromPkgs || source == module.FromModuleArg
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

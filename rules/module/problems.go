package modulerules

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/rules"
)

// each calls report for the problems of one kind in the modules of the file.
func each(kind module.ProblemKind, report func(p *rules.Pass, f *module.File, pr module.Problem)) func(p *rules.Pass) {
	return func(p *rules.Pass) {
		f := p.Modules()
		for _, pr := range f.Problems() {
			if pr.Kind == kind && applies(p, pr) {
				report(p, f, pr)
			}
		}
	}
}

// applies reports whether the module system evaluates the module with the arguments that the problem is about.
// A function that the project calls with arguments of its own reads those.
func applies(p *rules.Pass, pr module.Problem) bool {
	m := pr.Module
	if pr.Why == nil && m.Certainty > module.Possible {
		return true
	}
	if !m.Inline {
		r := p.Role()
		switch {
		case r.Kind != role.Module:
			return false
		case r.Listed() && !m.Curried:
		case m.Certainty == module.Possible:
			return false
		case pr.Why == nil:
		case m.Curried && pr.Why.Source != module.FromConfig:
			return false
		case !m.Curried && r.CallerArgs():
			return false
		}
	}
	// What specialArgs have is not looked up in _module.args.
	return pr.Why == nil || pr.Why.Source != module.FromPkgs && pr.Why.Source != module.FromModuleArg || !p.Project.SpecialArg(pr.Why.Arg)
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

package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/rules"
)

// eachModule yields the modules of a file: the file itself, and those written inside it.
func eachModule(p *rules.Pass, yield func(m *module.Module)) {
	f := p.Modules()
	if f.Module != nil && !f.Module.Body.HasError() {
		yield(f.Module)
	}
	for _, m := range f.Inline() {
		if !m.Body.HasError() {
			yield(m)
		}
	}
}

// reportLoaded reports a finding if the module system loads a module: one that is written inside a file, one that a list of
// modules names, and, where sure is set, one of its own shape that nobody calls with arguments.
func reportLoaded(p *rules.Pass, m *module.Module, sure bool, f diag.Finding) {
	if m.Inline && m.Certainty == module.Certain {
		p.Report(f)
		return
	}
	if m.Inline {
		return
	}
	path, shape := p.Path, p.Shape()
	if kind, settled := shape.Kind(); settled && kind != role.Module {
		return
	}
	sure = sure && m.Func.IsValid() && !m.Curried && m.Certainty != module.Possible && takesModuleArgs(m)
	p.Ask(func(a *rules.Asked) {
		r := a.Role(path, shape)
		if r.Kind == role.Module && (r.Listed() || sure && !r.CallerArgs()) {
			a.Report(f)
		}
	})
}

// takesModuleArgs reports whether the function of a module names arguments that module systems pass and no others, one of
// them such as no other function takes; or takes none.
func takesModuleArgs(m *module.Module) bool {
	pattern, ok := ast.LambdaExpr{Node: m.Func}.Pattern()
	if !ok {
		return true
	}
	some, own := false, false
	for formal := range pattern.Formals() {
		name := formal.Name().Text()
		if !modsys.IsArgument(name) {
			return false
		}
		some = true
		own = own || name == "config" || name == "options" || name == "lib" || name == "pkgs"
	}
	return own || !some
}

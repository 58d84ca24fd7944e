package cost

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "repeated-nixpkgs-import", Family: family, Since: "0.1.0",
	Summary: "nixpkgs is imported twice with the same arguments",
	Doc: "Nix reads an imported file once, but each call of `import nixpkgs { … }` evaluates a package set of its own, which takes\n" +
		"time and memory and shares nothing with the others. Bind the call once and use the name, or in a flake\n" +
		"`nixpkgs.legacyPackages.${system}`.\n" +
		"\n" +
		"Reported in one file, for calls with the same text and the same variables; parameters of functions that are given to the\n" +
		"same loop, as in `forAllSystems (system: …)`, count as the same. nixpkgs is what is called so, `nixpkgs-unstable` and\n" +
		"the like included, and a `fetchTarball` of it.",
	Severity: diag.Info, Presets: rules.Strict,
	ByTokens: true,
	On:       []ast.Kind{ast.Apply},
	File: func(p *rules.Pass) {
		names := p.Names()
		first := map[string][]ast.Node{}
		for _, u := range names.Uses() {
			if u.Target != sema.ToGlobal || u.Node.Text() != "import" {
				continue
			}
			call, ok := nixpkgsCall(u.Node)
			if !ok {
				continue
			}
			text := tokens(call)
			seen := first[text]
			alike := slices.IndexFunc(seen, func(before ast.Node) bool { return sameVariables(names, before, call) })
			if alike < 0 {
				if len(seen) <= maxAlike {
					first[text] = append(seen, call)
				}
				continue
			}
			p.Report(diag.Finding{
				Span:    call.Span(),
				Message: "the same nixpkgs is imported above: each import evaluates all of it again",
				Help:    "bind the import once and use its name",
				Related: []diag.Related{{Span: seen[alike].Span(), Message: "the first import"}},
			})
		}
	},
})

// maxAlike is the number of calls of one text and of other variables with which a call is compared.
const maxAlike = 16

// maxCall is the length, in bytes, up to which calls are compared.
const maxCall = 8192

// nixpkgsCall returns the call import NIXPKGS ARGS that an import begins.
func nixpkgsCall(fn ast.Node) (ast.Node, bool) {
	fn = fn.OutsideParens()
	inner, ok := ast.AsApply(fn.Parent())
	if !ok || inner.Func() != fn || !nixlang.IsNixpkgs(inner.Arg()) {
		return ast.Node{}, false
	}
	outer, ok := ast.AsApply(inner.OutsideParens().Parent())
	if !ok || outer.Func() != inner.OutsideParens() || outer.HasError() || outer.End()-outer.Start() > maxCall {
		return ast.Node{}, false
	}
	return outer.Node, true
}

// tokens returns the text of a call with one blank between tokens, and without comments and parentheses around
// what is imported.
func tokens(call ast.Node) string {
	var b strings.Builder
	fn, args := ast.Call(call)
	b.WriteString(fn.Unparen().Text())
	for _, arg := range args {
		arg = arg.Unparen()
		for t := arg.FirstToken(); t.IsValid(); t = t.NextSignificant() {
			b.WriteByte(' ')
			b.WriteString(t.Text())
			if t == arg.LastToken() {
				break
			}
		}
	}
	return b.String()
}

// sameVariables reports whether two expressions of the same text read the same variables.
func sameVariables(names *sema.Info, a, b ast.Node) bool {
	ua, ub := nixlang.UsesIn(names, a), nixlang.UsesIn(names, b)
	if len(ua) != len(ub) || len(ua) > 1000 {
		return false
	}
	for i := range ua {
		free := nixlang.IsFree(names, ua[i], a)
		if free != nixlang.IsFree(names, ub[i], b) || ua[i].Target != ub[i].Target {
			return false
		}
		if !free {
			continue
		}
		switch {
		case ua[i].Target == sema.ToBinding && ua[i].Binding != ub[i].Binding:
			if !sameLoop(names.Binding(ua[i].Binding), names.Binding(ub[i].Binding)) {
				return false
			}
		case ua[i].Target == sema.ToWith && ua[i].Scope != ub[i].Scope:
			return false
		}
	}
	return true
}

// sameLoop reports whether two parameters run over the same values: their functions are arguments of the same
// function, as in forAllSystems (system: …).
func sameLoop(a, b *sema.Binding) bool {
	if a.Kind != sema.ParamBinding || b.Kind != sema.ParamBinding || a.Name != b.Name {
		return false
	}
	loopOf := func(b *sema.Binding) ast.Node {
		fn := b.Decl.OutsideParens()
		call, ok := ast.AsApply(fn.Parent())
		if !ok || call.Arg() != fn {
			return ast.Node{}
		}
		return call.Func()
	}
	la, lb := loopOf(a), loopOf(b)
	return la.IsValid() && lb.IsValid() && la.End()-la.Start() < 200 && nixlang.Same(la, lb)
}

package purity

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "impure-builtin", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A builtin tells something of the machine or the day, which pure evaluation does not",
	Doc: "In pure evaluation, that of flakes, `builtins.currentSystem` and `builtins.currentTime` are missing attributes, and\n" +
		"`builtins.storePath` \"is not allowed\". `__currentSystem` is an undefined variable there: Nix refuses the whole file. Others do\n" +
		"not fail, and are not what they seem: `builtins.getEnv` gives `\"\"`, `builtins.nixPath` `[ ]`, and `builtins.pathExists` of an\n" +
		"absolute path `false`. Elsewhere they make of one source different results.\n" +
		"\n" +
		"Pass the value in: `system` from `eachSystem`, `genAttrs` or `perSystem`, a time such as `self.lastModified`, a setting as an\n" +
		"option or an argument. Nothing is said of `builtins.currentSystem or …`, of builtins that the file tests for by\n" +
		"`builtins ? …`, and of a `getEnv` whose empty result the file compares with." + rules.Reaching,
	Severity: diag.Error, Presets: rules.Recommended,
	On: []ast.Kind{ast.Ident, ast.Select},
	File: func(p *rules.Pass) {
		if !mentionsImpure(p.Tree.Source()) {
			return
		}
		names := p.Names()
		var asked map[string]bool
		for i, r := range p.Tree.Records() {
			if r.Kind != ast.Ident && r.Kind != ast.Select {
				continue
			}
			n := p.Tree.Node(ast.NodeID(i))
			name := nixlang.Builtin(names, n)
			say, ok := impure[name]
			if !ok {
				continue
			}
			if asked == nil {
				asked = nixlang.AskedBuiltins(names)
			}
			f := diag.Finding{Span: n.Span(), Message: say.message, Help: say.help}
			s := rules.Degrees{Reached: diag.Warning, Maybe: diag.Info, Other: diag.Info}
			at := p.Purely(n)
			switch {
			case n.Text() == "__currentSystem" || n.Text() == "__currentTime":
				f.Message = fmt.Sprintf("`%s` is an undefined variable in pure evaluation: it refuses the whole file", n.Text())
				s.Reached, s.Maybe = diag.Error, diag.Warning
				at = rules.Purely{}
			case asked[name], name == "getEnv" && emptyCompared(names, n), name == "pathExists" && !asksMachine(n):
				continue
			}
			at.Report(p, f, s)
		}
	},
})

// impure is what is said of a builtin.
var impure = map[string]struct{ message, help string }{
	"currentSystem": {"pure evaluation has no `builtins.currentSystem`", "pass the system in, as `eachSystem`, `genAttrs` and `perSystem` do, or take `pkgs.stdenv.hostPlatform.system`"},
	"currentTime":   {"pure evaluation has no `builtins.currentTime`", "pass the time in; a flake has `self.lastModified`, that of its source"},
	"storePath":     {"pure evaluation does not allow `builtins.storePath`", "take what makes the path as an input, or `builtins.fetchClosure`"},
	"getEnv":        {"`builtins.getEnv` gives an empty string in pure evaluation", "pass the value in, as an option or an argument"},
	"nixPath":       {"`builtins.nixPath` is empty in pure evaluation", "in a flake, use the inputs"},
	"pathExists":    {"`pathExists` of an absolute path is false in pure evaluation", "ask at run time, or take the file into the repository"},
}

func mentionsImpure(text string) bool {
	for name := range impure {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// asksMachine reports whether pathExists is called with a path of the machine that evaluates.
func asksMachine(fn ast.Node) bool {
	at := fn.OutsideParens()
	call, ok := ast.AsApply(at.Parent())
	if !ok || call.Func() != at {
		return false
	}
	arg := call.Arg().Unparen()
	text := ""
	if arg.Is(ast.Path) || arg.Is(ast.String) {
		text = strings.TrimPrefix(arg.Text(), `"`)
	}
	return nixlang.OfMachine(text) && !strings.HasPrefix(text, "/nix/store")
}

// emptyCompared reports whether the result of getEnv is compared, or its length asked for: then the file provides for an empty one.
func emptyCompared(names *sema.Info, fn ast.Node) bool {
	at := fn.OutsideParens()
	call, ok := ast.AsApply(at.Parent())
	if !ok || call.Func() != at {
		return false
	}
	result := call.OutsideParens()
	if isCompared(result) {
		return true
	}
	b, ok := ast.AsBinding(result.Parent())
	if !ok {
		return false
	}
	name := b.Attrpath().LastName()
	for _, u := range names.Uses() {
		if u.Node.Text() == name && u.Target == sema.ToBinding && isCompared(u.Node.OutsideParens()) {
			return true
		}
	}
	return false
}

// isCompared reports whether an expression is an operand of == or !=, or an argument of a function that asks of its text.
func isCompared(n ast.Node) bool {
	switch up := n.Parent(); up.Kind() {
	case ast.Binary:
		return up.Op() == ast.OpEq || up.Op() == ast.OpNeq
	case ast.Apply:
		switch ast.LastName((ast.ApplyExpr{Node: up}).Func()) {
		case "stringLength", "hasPrefix", "match", "elem":
			return true
		}
	}
	return false
}

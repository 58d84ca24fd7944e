package purity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "impure-builtin", Family: family, Since: "0.1.0",
	Summary: "A builtin tells something of the machine or the day, which pure evaluation does not",
	Doc: "In pure evaluation, that of flakes, `builtins.currentSystem` and `builtins.currentTime` are missing attributes, and\n" +
		"`builtins.storePath` \"is not allowed\". `__currentSystem` is an undefined variable there: Nix refuses the whole file. Others do\n" +
		"not fail, and are not what they seem: `builtins.getEnv` gives `\"\"`, `builtins.nixPath` `[ ]`, and `builtins.pathExists` of an\n" +
		"absolute path `false`.\n" +
		"\n" +
		"Pass the value in: `system` from `eachSystem`, `genAttrs` or `perSystem`, a time such as `self.lastModified`, a setting as an\n" +
		"option or an argument. Nothing is said of `builtins.currentSystem or …`, of builtins that the file tests for by\n" +
		"`builtins ? …`, of a `getEnv` whose empty result the file compares with, and in messages of `throw`. Files that no flake\n" +
		"reaches, as `shell.nix` and scripts for `nix eval --impure`, may ask the machine. Of one that a flake perhaps reaches, each\n" +
		"builtin is reported once." + rules.Reaching,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForReach,
	On:   []ast.Kind{ast.Ident, ast.Select},
	File: func(p *rules.Pass) {
		if !mentionsImpure(p.Tree) {
			return
		}
		names := p.Names()
		var asked map[string]bool
		found := map[string][]rules.Impurity{} // by builtin
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
			s := rules.Degrees{Reached: diag.Warning, Maybe: diag.Info, Lazy: diag.Info}
			at := p.Purely(n)
			switch {
			case n.Text() == "__currentSystem" || n.Text() == "__currentTime":
				f.Message = fmt.Sprintf("`%s` is an undefined variable in pure evaluation: it refuses the whole file", n.Text())
				s.Reached, s.Maybe = diag.Error, diag.Warning
				at = rules.WholeFile
			case asked[name], name == "getEnv" && emptyCompared(names, n), name == "pathExists" && !asksMachine(n):
				continue
			}
			found[name] = append(found[name], rules.Impurity{At: at, Finding: f, Degrees: s, Site: name == "getEnv" || name == "currentTime"})
		}
		for _, name := range slices.Sorted(maps.Keys(found)) {
			p.ReportImpure(true, found[name]...)
		}
	},
})

// impure is what is said of a builtin.
var impure = map[string]struct{ message, help string }{
	"currentSystem": {"pure evaluation has no `builtins.currentSystem`", "pass the system in, as `eachSystem`, `genAttrs` and `perSystem` do, or take `pkgs.stdenv.hostPlatform.system`"},
	"currentTime":   {"pure evaluation has no `builtins.currentTime`", "pass the time in; a flake has `self.lastModified`, that of its source, and a script asks `date` when it runs"},
	"storePath":     {"pure evaluation does not allow `builtins.storePath`", "take what makes the path as an input, or `builtins.fetchClosure`"},
	"getEnv":        {"`builtins.getEnv` gives an empty string in pure evaluation", "pass the value in, as an option or an argument; what differs from machine to machine is read at run time, as by `EnvironmentFile` of a unit"},
	"nixPath":       {"`builtins.nixPath` is empty in pure evaluation", "in a flake, use the inputs"},
	"pathExists":    {"`pathExists` of an absolute path is false in pure evaluation", "ask at run time, or take the file into the repository"},
}

// mentionsImpure reports whether one of the tokens of a file is the name of one of them. Few are of their lengths, so that this is
// faster than looking for the names in the text.
func mentionsImpure(t *ast.Tree) bool {
	text := t.Tokens()
	for i, k := range text.Kinds {
		if k != ast.TokIdent && k != ast.TokText {
			continue
		}
		name := text.Source[text.Start[i]:text.Start[i+1]]
		if impureLengths>>len(name)&1 == 0 {
			continue
		}
		if _, ok := impure[strings.TrimPrefix(name, "__")]; ok {
			return true
		}
	}
	return false
}

// impureLengths are the lengths of the names of impure, with the underscores that they may have, as a set.
var impureLengths = func() (set uint64) {
	for name := range impure {
		set |= 1<<len(name) | 1<<(len(name)+len("__"))
	}
	return set
}()

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

// emptyCompared reports whether the result of getEnv, or what has it as its value or default, is compared, or its length asked
// for: then the file provides for an empty one.
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
	b := boundTo(result)
	if !b.IsValid() {
		return false
	}
	name := b.Attrpath().LastName()
	for i, r := range fn.Tree().Records() {
		switch n := fn.Tree().Node(ast.NodeID(i)); r.Kind {
		case ast.Ident:
			if u, ok := names.Use(n); ok && n.Text() == name && u.Target == sema.ToBinding && isCompared(n.OutsideParens()) {
				return true
			}
		case ast.Select:
			if name != "" && (ast.SelectExpr{Node: n}).Attrpath().LastName() == name && isCompared(n.OutsideParens()) {
				return true
			}
		}
	}
	return false
}

// priorities are functions that give an option a value, with the number of their arguments.
var priorities = map[string]int{"mkDefault": 1, "mkForce": 1, "mkOptionDefault": 1, "mkOverride": 2, "mkIf": 2}

// boundTo returns the binding of a variable, or of an option, that has an expression as its value or default.
func boundTo(n ast.Node) (b ast.BindingNode) {
	for range maxAround {
		up := n.Parent()
		switch {
		case up.IsCall():
			fn, args := ast.Call(up)
			switch name := ast.LastName(fn); {
			case name != "" && len(args) == priorities[name] && (ast.ApplyExpr{Node: up}).Arg() == n:
			case name == "mkOption" && b.IsValid() && b.Attrpath().IsSingle("default"):
			default:
				return b
			}
		case up.Is(ast.Binding) && !b.IsValid():
			b = ast.BindingNode{Node: up}
			if !b.Attrpath().IsSingle("default") {
				return b
			}
			n = up.Parent().OutsideParens()
			continue
		case up.Is(ast.Binding):
			return ast.BindingNode{Node: up}
		default:
			return b
		}
		n = up.OutsideParens()
	}
	return b
}

// maxAround bounds how far around an expression what it is the value of is looked for.
const maxAround = 16

// isCompared reports whether an expression is an operand of == or !=, or an argument of a function that asks of its text.
func isCompared(n ast.Node) bool {
	switch up := n.Parent(); up.Form() {
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

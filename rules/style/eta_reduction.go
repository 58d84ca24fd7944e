package style

import (
	"path/filepath"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "eta-reduction", Family: family, Since: "0.1.0",
	Summary: "A function does nothing but call another with its own argument",
	Doc: "`map (x: double x) list` is `map double list`.\n" +
		"\n" +
		"The two are not always the same. `x: f x` is a function whatever `f` is, where `f` alone is evaluated; it hides the\n" +
		"formals of `f` from `callPackage` and the module system; and the `outputs` of a flake must be written as a function.\n" +
		"So the fix is safe only where `f` is a builtin, or is bound to a function of a plain parameter in the same file. For\n" +
		"other names, for selections (`lib.trim`) and calls (`f a`) the finding is a hint, and there is one only where the\n" +
		"function is given to a function that calls it with plain values, such as `map`. So it is for the last parameter of\n" +
		"several: `mapAttrs (_: v: f v)` is `mapAttrs (_: f)`.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.SameValue,
	Aliases: []string{"statix:W07", "statix:eta_reduction", "nix-linter:EtaReduce"},
	On:      []ast.Kind{ast.Lambda},
	Node: func(p *rules.Pass, n ast.Node) {
		f, ok := forwards(p.Names(), n)
		if !ok || mustBeLambda(p, n) || f.IsCall() && !forwardsAll(n, f) {
			return
		}
		names := p.Names()
		code := diag.Code(short(f.Text()))
		finding := diag.Finding{Span: n.Span(), Message: "function that only calls " + code, Help: "use " + code + " itself"}
		safety := diag.Safe
		switch evaluated(names, f, n) {
		case unfit:
			return
		case unknown:
			if !calledPlainly(names, n) {
				return
			}
			safety, finding.Severity = diag.Unsafe, diag.Hint
		}
		finding.Fixes = []diag.Fix{put("use "+code+" itself", safety, n, f)}
		p.Report(finding)
	},
})

// forwards returns f of a function x: f x, where f does not read x.
func forwards(names *sema.Info, n ast.Node) (f ast.Node, ok bool) {
	l := ast.LambdaExpr{Node: n}
	if !l.Param().Is(ast.Name) {
		return ast.Node{}, false
	}
	body := l.Body().Unparen()
	if !body.IsCall() {
		return ast.Node{}, false
	}
	a := ast.ApplyExpr{Node: body}
	f, x := a.Func().Unparen(), a.Arg().Unparen()
	name := l.Param().Text()
	if !x.Is(ast.Ident) || x.Text() != name || name == "or" || f.Span().Len() > maxCallee {
		return ast.Node{}, false
	}
	switch f.Form() {
	case ast.Ident:
		return f, f.Text() != name && f.Text() != "or" && f.Text() != "__curPos"
	case ast.Select:
		return f, !(ast.SelectExpr{Node: f}).Default().IsValid() && !nixlang.MentionsFree(names, f, name)
	case ast.Apply:
		return f, !nixlang.MentionsFree(names, f, name)
	}
	return ast.Node{}, false
}

// forwardsAll reports whether a function that calls f with its parameter is no inner one, or hands on both parameters
// of the two: in n: v: f (n + "x") v the names say more than n: f (n + "x").
func forwardsAll(n, f ast.Node) bool {
	outer, ok := ast.AsLambda(n.OutsideParens().Parent())
	if !ok {
		return true
	}
	call := ast.ApplyExpr{Node: f}
	callee := call.Func().Unparen()
	return (callee.Is(ast.Ident) || callee.Is(ast.Select)) && call.Arg().Unparen().Text() == outer.Param().Text()
}

// maxCallee is the size in bytes of what is called up to which a function is looked at.
const maxCallee = 200

// mustBeLambda reports whether a function stands where people or Nix want one written out: as the whole
// file, as the outputs of a flake, or as a __functor.
func mustBeLambda(p *rules.Pass, n ast.Node) bool {
	outer := n.OutsideParens().Parent()
	switch outer.Kind() {
	case ast.File:
		return true
	case ast.Lambda:
		return !calledPlainly(p.Names(), n)
	case ast.Binding:
		path := ast.BindingNode{Node: outer}.Attrpath()
		if path.IsSingle("outputs") {
			return filepath.Base(p.Path) == "flake.nix"
		}
		return path.IsSingle("__functor")
	}
	return false
}

type certainty uint8

const (
	unfit   certainty = iota // replacing the function would make another of it
	unknown                  // nothing is known of what is called
	sure                     // what is called is a value, without formals
)

// evaluated tells what is known of the variable f, or the selection or call, that the function n calls.
func evaluated(names *sema.Info, f, n ast.Node) certainty {
	if !f.Is(ast.Ident) {
		for _, u := range nixlang.UsesIn(names, f) {
			switch name := nixlang.Builtin(names, u.Node); {
			case u.Target == sema.ToNothing, name == "throw", name == "abort":
				return unfit
			case u.Target == sema.ToBinding && names.Binding(u.Binding).Value.IsValid() && names.Binding(u.Binding).Value.Encloses(n):
				return unfit // it would be defined by itself
			}
		}
		return unknown
	}
	u, ok := names.Use(f)
	if !ok {
		return unfit
	}
	switch u.Target {
	case sema.ToGlobal:
		switch f.Text() {
		case "builtins", "true", "false", "null":
			return unfit
		case "derivation":
			return unknown // no primop but a function with formals
		}
		return sure
	case sema.ToBinding:
	default:
		return unknown
	}
	b := names.Binding(u.Binding)
	if b.Kind != sema.LetBinding && b.Kind != sema.RecBinding {
		return unknown
	}
	value := b.Value.Unparen()
	if !value.Is(ast.Lambda) || b.More {
		if value.IsValid() && value.Encloses(n) {
			return unfit // it would be defined by itself
		}
		return unknown
	}
	if value == n {
		return unfit
	}
	if _, pattern := (ast.LambdaExpr{Node: value}).Pattern(); pattern {
		return unknown
	}
	if _, ok := forwards(names, value); ok || b.Kind == sema.RecBinding {
		return unknown // both could become names of each other; a rec set may override its own
	}
	return sure
}

// plainCallers are functions that call an argument with values that have nothing to do with formals: those that call
// it with one value or with two, by the number of arguments before it.
var plainCallers = [...]struct{ one, two string }{
	{
		" map filter all any concatMap genList sortOn partition groupBy concatMapStrings findFirst findSingle count mapNullable ",
		" mapAttrs foldl' foldl foldr sort zipAttrsWith concatMapAttrs filterAttrs mapAttrsToList mapAttrs' imap0 imap1 concatImapStrings ",
	},
	{" forEach genAttrs concatMapStringsSep ", " concatImapStringsSep "},
}

// calledPlainly reports whether a function is an argument of a function such as map, or the result of one that is for
// the first of two values.
func calledPlainly(names *sema.Info, n ast.Node) bool {
	arg, inner := n.OutsideParens(), false
	if up := arg.Parent(); up.Is(ast.Lambda) {
		arg, inner = up.OutsideParens(), true
	}
	a, ok := ast.AsApply(arg.Parent())
	if !ok || a.Arg() != arg {
		return false
	}
	fn, before := a.Func().Unparen(), 0
	if call, ok := ast.AsApply(fn); ok {
		fn, before = call.Func().Unparen(), 1
	}
	name := nixlang.Function(names, fn)
	callers := plainCallers[before]
	return name != "" && (hasWord(callers.two, name) || !inner && hasWord(callers.one, name))
}

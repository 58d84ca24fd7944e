package cost

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// mergeAttrsListSince is the first release of nixpkgs with lib.mergeAttrsList.
var mergeAttrsListSince = libtable.Release{Year: 23, Month: 5}

var _ = rules.Register(&rules.Rule{
	ID: "fold-update", Family: family, Since: "0.1.0",
	Summary: "Sets are merged one by one with a fold over `//`",
	Doc: "Each `//` makes a new set with all attributes so far, so that a fold over it takes time and memory with the square of\n" +
		"their number: 12,000 sets of one attribute take 0.78 s and 175 MB, with `lib.mergeAttrsList` 0.03 s. It merges in\n" +
		"pairs and gives the same set, the last one winning. Where names and values are made one by one,\n" +
		"`builtins.listToAttrs` is the direct way.\n" +
		"\n" +
		"The difference matters for long lists only; a list that is written out is not reported.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On:    []ast.Kind{ast.Apply},
	Names: append(nixlang.BuiltinNames("foldl'"), "foldl"),
	Node: func(p *rules.Pass, n ast.Node) {
		// n is the fold with its function and its start, with or without a list behind it.
		call := ast.ApplyExpr{Node: n}
		first, ok := ast.AsApply(call.Func().Unparen())
		if start := call.Arg().Unparen(); !ok || !start.Is(ast.AttrSet) || start.FirstChild().IsValid() || start.IsRec() {
			return
		}
		if !foldsLeft(p.Names(), first.Func()) {
			return
		}
		// A list that is written out is short.
		if whole, ok := ast.AsApply(n.OutsideParens().Parent()); ok && whole.Func() == n.OutsideParens() && whole.Arg().Unparen().Is(ast.List) {
			return
		}
		plain, ok := updates(p.Names(), first.Arg().Unparen())
		if !ok {
			return
		}
		f := diag.Finding{
			Span:    n.Span(),
			Message: "a fold over `//` copies all attributes so far for each set: time and memory grow with the square",
			Help:    "use `lib.mergeAttrsList`, on a list that is mapped first",
		}
		if plain {
			f.Help = "use `lib.mergeAttrsList`"
			if fix, ok := mergeAttrsList(p, first, n); ok {
				f.Fixes = []diag.Fix{fix}
			}
		}
		p.Report(f)
	},
})

// foldsLeft reports whether an expression is a fold from the left: foldl' of Nix, foldl and foldl' of lib.
func foldsLeft(names *sema.Info, n ast.Node) bool {
	switch nixlang.Lib(names, n) {
	case "foldl", "foldl'":
		return true
	}
	return nixlang.Builtin(names, n) == "foldl'"
}

// updates reports whether a function of two arguments updates the first: acc: x: acc // …, where … does not
// read acc. plain tells that … is x itself, or that the function is lib.mergeAttrs.
func updates(names *sema.Info, fn ast.Node) (plain, ok bool) {
	if nixlang.Lib(names, fn) == "mergeAttrs" {
		return true, true
	}
	if b := names.Resolve(fn); b != nil && b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() {
		fn = b.Value.Unparen()
	}
	outer, ok := ast.AsLambda(fn)
	if !ok || !outer.Param().Is(ast.Name) {
		return false, false
	}
	inner, ok := ast.AsLambda(outer.Body().Unparen())
	if !ok {
		return false, false
	}
	body := inner.Body().Unparen()
	for range maxLets {
		let, ok := ast.AsLet(body)
		if !ok {
			break
		}
		body = let.Body().Unparen()
	}
	acc, value, ok := merged(names, body)
	if !ok {
		return false, false
	}
	bound := names.Resolve(acc)
	if bound == nil || bound.Node != outer.Param() || readsBeside(names, inner.Body(), bound, acc) {
		return false, false
	}
	element := names.Resolve(value)
	return body == inner.Body().Unparen() && element != nil && element.Node == inner.Param(), true
}

// maxLets bounds the lets that are looked into.
const maxLets = 8

// merged returns the two sides of a // b, or of lib.mergeAttrs a b, without parentheses. The left one of a chain
// a // b // c, which Nix reads as a // (b // c), is a.
func merged(names *sema.Info, n ast.Node) (left, right ast.Node, ok bool) {
	if b, binary := ast.AsBinary(n); binary && n.Op() == ast.OpUpdate {
		return b.Left().Unparen(), b.Right().Unparen(), true
	}
	fn, args := ast.Call(n)
	if len(args) != 2 || nixlang.Lib(names, fn) != "mergeAttrs" {
		return left, right, false
	}
	return args[0].Unparen(), args[1].Unparen(), true
}

// readsBeside reports whether an expression reads a binding in another place than the one.
func readsBeside(names *sema.Info, n ast.Node, b *sema.Binding, one ast.Node) bool {
	for _, u := range nixlang.UsesIn(names, n) {
		if u.Node != one && u.Target == sema.ToBinding && names.Binding(u.Binding) == b {
			return true
		}
	}
	return false
}

// mergeAttrsList replaces lib.foldl' f { } by lib.mergeAttrsList.
func mergeAttrsList(p *rules.Pass, first ast.ApplyExpr, n ast.Node) (diag.Fix, bool) {
	s, ok := ast.AsSelect(first.Func())
	if !ok || p.Tree.HasComment(n.Span()) {
		return diag.Fix{}, false
	}
	path, last, ok := nixlang.LibPath(p.Names(), s.Node)
	if !ok || path != last.Text() {
		return diag.Fix{}, false
	}
	if pin, pinned := p.Project.Pin(); pinned && pin.Has.Compare(mergeAttrsListSince) < 0 {
		return diag.Fix{}, false
	}
	text := p.Tree.Source()[s.Start():last.Start()] + "mergeAttrsList"
	return rules.Replace("use `lib.mergeAttrsList`", diag.Unsafe, n.Span(), nixlang.Splice(p.Tree, n.Span(), text)), true
}

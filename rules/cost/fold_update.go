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
		"The difference matters for long lists only.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixSometimes,
	On:  []ast.Kind{ast.Apply},
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
	outer, ok := ast.AsLambda(fn)
	if !ok || !outer.Param().Is(ast.Name) {
		return false, false
	}
	inner, ok := ast.AsLambda(outer.Body().Unparen())
	if !ok {
		return false, false
	}
	body := inner.Body().Unparen()
	if !body.Is(ast.Binary) || body.Op() != ast.OpUpdate {
		return false, false
	}
	b := ast.BinaryExpr{Node: body}
	acc, value := b.Left().Unparen(), b.Right()
	bound := names.Resolve(acc)
	if bound == nil || bound.Node != outer.Param() {
		return false, false
	}
	if reads(names, value, bound) {
		return false, false
	}
	element := names.Resolve(value.Unparen())
	return element != nil && element.Node == inner.Param(), true
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
	if pin, pinned := libtable.PinOf(p.Project.Flake()); pinned && pin.Has.Compare(mergeAttrsListSince) < 0 {
		return diag.Fix{}, false
	}
	text := p.Tree.Source()[s.Start():last.Start()] + "mergeAttrsList"
	return rules.Replace("use `lib.mergeAttrsList`", diag.Unsafe, n.Span(), nixlang.Splice(p.Tree, n.Span(), text)), true
}

package project

import (
	"iter"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
)

var overlaid = declare(fact[string, map[string]int]{
	raises:  raisers{names: []string{"final", "_final", "prev", "_prev", "super", "_super"}},
	collect: overlayNames,
	index: func(files iter.Seq2[string, []string]) map[string]int {
		count := map[string]int{}
		for _, names := range files {
			for _, name := range names {
				count[name]++
			}
		}
		return count
	},
})

// ForOverlaysWith are the facts that OverlaysWith answers from.
var ForOverlaysWith = overlaid.facts()

// OverlaysWith returns how many overlays of the project define an attribute of the given name: functions of two
// that have the names of arguments that overlays have.
func (a *Answers) OverlaysWith(name string) int {
	if a.deps != nil {
		return noted(a.View, question{"overlays with", name, ""}, func(a *Answers) int { return a.OverlaysWith(name) })
	}
	return overlaid.in(a)[name]
}

// overlayNames returns the attributes that the overlays in a file define, each as often as there are overlays with it.
func overlayNames(t *ast.Tree) (names []string) {
	for i, r := range t.Records() {
		if r.Kind != ast.Lambda {
			continue
		}
		l := ast.LambdaExpr{Node: t.Node(ast.NodeID(i))}
		if body, ok := overlayBody(l); ok {
			found := map[string]bool{}
			outerSets(body, func(set ast.Node) { addNames(set, found) }, func(string) {})
			names = append(names, sortedNames(found)...)
		}
	}
	return names
}

// overlayBody returns what an overlay gives.
func overlayBody(l ast.LambdaExpr) (body ast.Node, ok bool) {
	if !l.Param().Is(ast.Name) {
		return ast.Node{}, false
	}
	inner := l.Body().Unparen()
	for inner.Is(ast.Let) || inner.Is(ast.With) || inner.Is(ast.Assert) {
		inner = inner.Child(1).Unparen()
	}
	if !inner.Is(ast.Lambda) || !(ast.LambdaExpr{Node: inner}).Param().Is(ast.Name) {
		return ast.Node{}, false
	}
	second := ast.LambdaExpr{Node: inner}
	return second.Body(), eval.NamedLikeOverlay(l.Param().Text(), second.Param().Text())
}

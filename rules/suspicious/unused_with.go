package suspicious

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unused-with", Family: family, Since: "0.1.0",
	Summary: "No name comes from a `with`",
	Doc: "Every name in the body is bound otherwise: by `let`, a parameter, a `rec` set, or as a builtin, all of which win over\n" +
		"`with`. The attrset is then never even evaluated, and the `with` only hides from readers and tools where names come\n" +
		"from.\n" +
		"\n" +
		"`with lib.maintainers; [ ]` is left alone: the list is there to be filled.\n" +
		"\n" +
		"The fix removes the `with`. It is safe where no comment goes with it.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Fix: rules.FixSometimes, SafeFix: rules.FewerTokens,
	Aliases: []string{"nixf:sema-extra-with", "nil:unused_with"},
	On:      []ast.Kind{ast.With},
	File: func(p *rules.Pass) {
		names := p.Names()
		var all, live []ast.NodeID // the names that may come from a with
		collected := false
		for i := range names.Scopes() {
			w, ok := ast.AsWith(names.Scope(sema.ScopeID(i)).Node)
			if !ok || w.HasError() {
				continue
			}
			if !collected {
				all, live = withNames(p)
				collected = true
			}
			if body := w.Body(); !anyIn(live, body) && !isEmptyList(body) && !p.Live().InDead(w.Node) {
				reportWith(p, w, !anyIn(all, body))
			}
		}
	},
})

// withNames returns the places of names that may come from a with, in order: all of them, and those in needed code.
func withNames(p *rules.Pass) (all, live []ast.NodeID) {
	for _, u := range p.Names().Uses() {
		if u.Target == sema.ToWith || u.Target == sema.ToGlobal && newGlobal(u.Node) {
			all = append(all, u.Node.ID())
		}
	}
	l := p.Live()
	if len(l.DeadRegions()) == 0 {
		return all, all
	}
	for _, id := range all {
		if !l.InDead(p.Tree.Node(id)) {
			live = append(live, id)
		}
	}
	return all, live
}

// newGlobal reports whether some Nix in use does not bind a global name, so that it may come from a with there.
func newGlobal(n ast.Node) bool {
	name, _ := ast.AttrName(n)
	return name == "break" || name == "fetchTree" || strings.HasPrefix(name, "__")
}

// anyIn reports whether one of the places lies in a node.
func anyIn(places []ast.NodeID, n ast.Node) bool {
	i, _ := slices.BinarySearch(places, n.ID())
	return i < len(places) && places[i] < n.SubtreeEnd()
}

func isEmptyList(n ast.Node) bool {
	n = n.Unparen()
	return n.Is(ast.List) && !n.FirstChild().IsValid()
}

func reportWith(p *rules.Pass, w ast.WithExpr, fixable bool) {
	semi := w.Body().FirstToken().PrevSignificant()
	with := "this `with`"
	if env := brief(w.Env()); env != "" {
		with = "`with " + env + "`"
	}
	f := diag.Finding{
		Span:    source.Span{Start: w.Start(), End: semi.Span().End},
		Message: "only unused bindings take names from " + with,
		Help:    "remove it with them",
	}
	if fixable {
		f.Message, f.Help = "no name comes from "+with, "remove it"
		edits := nixlang.Unwrap(w.Node, semi)
		f.Fixes = []diag.Fix{{Title: "remove the `with`", Safety: safety(p.Tree, edits), Edits: edits}}
	}
	p.Report(f)
}

package style

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "free-let-in-function", Family: family, Since: "0.1.0",
	Summary: "A `let` in a function does not depend on its arguments",
	Doc: "In `x: let y = work 1; in x + y` the value of `y` is computed for each call. Around the function, in\n" +
		"`let y = work 1; in x: x + y`, it is computed once.\n" +
		"\n" +
		"A function that is a whole file, and the `outputs` of a flake, are left alone; so are patterns, whose defaults could\n" +
		"see the names.",
	Severity: diag.Hint,
	Fix:      rules.FixAlways, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nix-linter:FreeLetInFunc"},
	On:      []ast.Kind{ast.Lambda},
	Node: func(p *rules.Pass, n ast.Node) {
		outer := n.OutsideParens().Parent()
		if outer.Is(ast.Lambda) || outer.Is(ast.File) {
			return
		}
		if outer.Is(ast.Binding) && (ast.BindingNode{Node: outer}).Attrpath().IsSingle("outputs") && filepath.Base(p.Path) == "flake.nix" {
			return
		}
		params := map[string]bool{}
		body := n
		for body.Is(ast.Lambda) {
			l := ast.LambdaExpr{Node: body}
			if !l.Param().Is(ast.Name) {
				return
			}
			params[l.Param().Text()] = true
			body = l.Body()
		}
		let, ok := ast.AsLet(body)
		if !ok || !let.Bindings().FirstChild().IsValid() || !freeOf(p.Names(), let, n, params) {
			return
		}
		in := let.Body().FirstToken().PrevSignificant()
		head := source.Span{Start: n.Start(), End: let.Start()}
		at := source.Span{Start: in.Span().End, End: in.Span().End}
		gap := " "
		if nixlang.StartsLine(let.FirstToken()) && nixlang.StartsLine(in) {
			gap = in.Prev().Text() // a line break and the indentation of in
			gap = nixlang.LineBreak(gap) + gap[nixlang.LastLine(gap):]
		}
		p.Report(diag.Finding{
			Span: let.FirstToken().Span(), Message: "`let` that does not depend on the arguments of the function around it",
			Help: "put it around the function",
			Fixes: []diag.Fix{{
				Title: "put the `let` around the function", Safety: diag.Unsafe,
				Edits: []diag.Edit{
					{Span: head, Text: nixlang.Splice(p.Tree, head, "")},
					{Span: at, Text: gap + strings.TrimRight(head.Of(p.Tree.Source()), " \t\r\n")},
				},
			}},
		})
	},
})

// freeOf reports whether the bindings of a let use none of the parameters, and none of them has the name of
// one.
func freeOf(names *sema.Info, let ast.LetExpr, fn ast.Node, params map[string]bool) bool {
	bound, ok := nixlang.AttrNames(let.Bindings())
	if !ok {
		return false
	}
	for name := range bound {
		if params[name] {
			return false
		}
	}
	for _, u := range nixlang.UsesIn(names, let.Bindings()) {
		if u.Target != sema.ToBinding {
			if name, _ := ast.AttrName(u.Node); u.Target == sema.ToWith && params[name] {
				return false
			}
			continue
		}
		b := names.Binding(u.Binding)
		if fn.Encloses(b.Node) && !let.Bindings().Encloses(b.Node) {
			return false
		}
	}
	return true
}

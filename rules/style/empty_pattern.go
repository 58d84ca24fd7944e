package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "empty-pattern", Family: family, Since: "0.1.0",
	Summary: "A function takes any attrset and uses nothing of it",
	Doc: "`{ ... }: e` ignores its argument, as `_: e` does, but fails for an argument that is no attrset.\n" +
		"\n" +
		"Modules, packages, the `outputs` of a flake and other functions that someone else calls with a set are written with\n" +
		"`{ ... }:` by convention. So nothing is said about a function that gives a set, nor about one that is a whole file, an\n" +
		"attribute, a default or an element of a list, unless its result is plainly something else, such as a string. What\n" +
		"`overrideAttrs` and its like are given is always called with the attributes that are there: `_:` says as much.",
	Severity: diag.Hint,
	Fix:      rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"statix:W10", "statix:empty_pattern", "nix-linter:EmptyVariadicParamSet"},
	On:      []ast.Kind{ast.Pattern},
	Node: func(p *rules.Pass, n ast.Node) {
		if only := n.FirstChild(); !only.Is(ast.Ellipsis) || only.NextSibling().IsValid() {
			return
		}
		l := ast.LambdaExpr{Node: n.Parent()}
		if !isOverride(l.Node) && (conventional(l) || p.Modules().ModuleOf(l.Node) != nil) {
			return
		}
		f := diag.Finding{Span: n.Span(), Message: "pattern that takes nothing from the argument", Help: "write `_:`"}
		if !nixlang.MentionsFree(p.Names(), l.Body(), "_") {
			f.Fixes = []diag.Fix{rename(n, "_")}
		}
		p.Report(f)
	},
})

// conventional reports whether a function with an open pattern looks like a module, a package or the
// outputs of a flake.
func conventional(l ast.LambdaExpr) bool {
	outer := l.OutsideParens().Parent()
	switch outer.Kind() {
	case ast.File, ast.List, ast.Binding, ast.Formal:
		if !isPlain(l.Body().Unparen()) {
			return true
		}
	}
	return givesSet(l.Body())
}

// isOverride reports whether a function is given to overrideAttrs or one of its like, which call it with a set.
func isOverride(fn ast.Node) bool {
	at := fn.OutsideParens()
	call, ok := ast.AsApply(at.Parent())
	if !ok || call.Arg() != at {
		return false
	}
	switch ast.LastName(call.Func()) {
	case "override", "overrideAttrs", "overrideDerivation", "overridePythonAttrs", "overrideScope":
		return true
	}
	return false
}

// isPlain reports whether an expression is a number, string or constant.
func isPlain(n ast.Node) bool {
	switch n.Kind() {
	case ast.Int, ast.Float, ast.String, ast.IndString, ast.URI:
		return true
	case ast.Ident:
		return n.Text() == "true" || n.Text() == "false" || n.Text() == "null"
	}
	return false
}

// givesSet reports whether a body is, behind functions, let and the like, an attrset or an update of one.
func givesSet(n ast.Node) bool {
	for range 64 {
		n = n.Unparen()
		switch n.Form() {
		case ast.AttrSet:
			return true
		case ast.Let, ast.With, ast.Assert, ast.Lambda, ast.If:
			n = n.Child(1)
		case ast.Binary:
			if n.Op() != ast.OpUpdate {
				return false
			}
			n = n.FirstChild()
		case ast.Apply:
			// mkIf c { … }, mkMerge [ … ] and their like end in what they take.
			n = (ast.ApplyExpr{Node: n}).Arg()
			if n.Is(ast.List) {
				return true
			}
		default:
			return false
		}
	}
	return true
}

// rename replaces the pattern of a function by a name.
func rename(pattern ast.Node, name string) diag.Fix {
	text := name
	if colon := pattern.LastToken().NextSignificant(); colon.Next().Kind() != ast.TokSpace {
		text += " " // x:y is a URL
	}
	return diag.Fix{Title: "write `" + name + ":`", Safety: diag.Unsafe, Edits: []diag.Edit{{Span: pattern.Span(), Text: text}}}
}

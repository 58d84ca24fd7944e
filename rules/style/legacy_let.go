package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "legacy-let", Family: family, Since: "0.1.0",
	Summary: "The old form of `let` is used, whose result is its attribute `body`",
	Doc: "`let { …; body = e; }` is a form from before `let … in e`. Nix reads it as `(rec { …; body = e; }).body`, and other\n" +
		"implementations have removed it or warn about it.\n" +
		"\n" +
		"The fix makes `let … in e` of it where `body` comes last and nothing refers to it. Elsewhere the `rec` set is only\n" +
		"shown: `body` is better put last, or given another name, by hand.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Deprecated,
	Fix: rules.FixAlways, SafeFix: rules.SameValue,
	Aliases: []string{
		"statix:W05", "statix:legacy_let_syntax", "nixf:deprecated-let", "nil:let_attrset", "lix:ancient-let", "tvix:W005",
	},
	On: []ast.Kind{ast.LegacyLet},
	Node: func(p *rules.Pass, n ast.Node) {
		let := n.FirstToken()
		f := diag.Finding{Span: let.Span(), Message: "old form of `let`", Help: "write `let … in …`"}
		if fix, ok := letIn(p.Names(), n); ok {
			f.Fixes = []diag.Fix{fix}
		} else {
			f.Fixes = []diag.Fix{recBody(n)}
		}
		p.Report(f)
	},
})

// letIn makes let … in e of an old let whose last binding is its body.
func letIn(names *sema.Info, n ast.Node) (diag.Fix, bool) {
	t := n.Tree()
	last, count := ast.Node{}, 0
	for c := range n.Children() {
		if c.Is(ast.Binding) {
			// let … in takes no dynamic names, and __overrides has no effect in it.
			name, ok := ast.AttrName(ast.BindingNode{Node: c}.Attrpath().FirstChild())
			if !ok || name == "__overrides" {
				return diag.Fix{}, false
			}
		}
		last = c
		count++
	}
	body, ok := ast.AsBinding(last)
	if !ok || count < 2 || !body.Attrpath().IsSingle("body") {
		return diag.Fix{}, false
	}
	scope, ok := names.ScopeOf(n)
	if !ok {
		return diag.Fix{}, false
	}
	for id := names.Scope(scope).First; id <= names.Scope(scope).Last; id++ {
		if b := names.Binding(id); b.Name == "body" && (b.More || names.IsUsed(id)) || b.Name == "__overrides" {
			return diag.Fix{}, false
		}
	}
	open, end := "", ""
	if nixlang.Place(n) > nixlang.LevelOpen {
		open, end = "(", ")"
	}
	brace := n.FirstToken().NextSignificant()
	semi, value := body.LastToken(), body.Value()
	// A comment in the tail would come to stand behind the value, where it can hide what follows.
	tail := source.Span{Start: value.End(), End: n.End()}
	head := source.Span{Start: body.Start(), End: value.Start()}
	if t.HasComment(tail) || t.HasComment(head) || !semi.IsValid() {
		return diag.Fix{}, false
	}
	let := n.FirstToken().Span()
	cut := brace.Span()
	edits := []diag.Edit{{Span: let, Text: strings.TrimRight(nixlang.Splice(t, let, open+"let"), " ")}}
	if t.HasComment(source.Span{Start: let.End, End: cut.Start}) {
		edits = append(edits, nixlang.Cut(t, cut))
	} else {
		cut.Start = let.End
		edits = append(edits, diag.Edit{Span: cut, Text: nixlang.Splice(t, cut, "")})
	}
	edits = append(edits, inEdits(n, body, head)...)
	edits = append(edits, diag.Edit{Span: tail, Text: nixlang.Splice(t, tail, end)})
	return diag.Fix{Title: "write `let … in …`", Safety: diag.Safe, Edits: edits}, true
}

// inEdits replaces the head of a body, up to its value, by `in`. Where the body has its own lines, `in` gets one.
func inEdits(n ast.Node, body ast.BindingNode, head source.Span) []diag.Edit {
	t, value := n.Tree(), body.Value()
	if !nixlang.StartsLine(body.FirstToken()) || !nixlang.Movable(value) {
		return []diag.Edit{{Span: head, Text: "in "}}
	}
	to, from := nixlang.Indent(t, n.Start()), nixlang.Indent(t, value.Start())
	// Blank lines before the body go.
	head.Start = body.FirstToken().Prev().Start()
	eol := nixlang.LineBreak(body.FirstToken().Prev().Text())
	edits := []diag.Edit{{Span: head, Text: eol + to + "in" + eol + to}}
	return append(edits, nixlang.Shift(value, value.Span(), from, to)...)
}

// recBody makes (rec { … }).body of an old let, which is how Nix reads it (parser.y).
func recBody(n ast.Node) diag.Fix {
	open, end := "(rec", ").body"
	if nixlang.Place(n) > nixlang.LevelSelect {
		open, end = "((rec", ").body)"
	}
	let := n.FirstToken()
	at := source.Span{Start: n.End(), End: n.End()}
	return diag.Fix{
		Title: "write `(rec { … }).body`", Safety: diag.Display,
		Edits: []diag.Edit{
			{Span: let.Span(), Text: nixlang.Splice(n.Tree(), let.Span(), open)},
			{Span: at, Text: nixlang.Splice(n.Tree(), at, end)},
		},
	}
}

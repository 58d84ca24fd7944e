package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var parensSingle = rules.NewSetting("single", "Leave parentheses around calls, selections, operations and functions alone.", false)

var _ = rules.Register(&rules.Rule{
	ID: "useless-parens", Family: family, Since: "0.1.0",
	Summary: "Parentheses group nothing",
	Doc: "Reported are parentheses that neither Nix nor a reader needs: around a whole value or the body of a `let`, around a\n" +
		"name, literal, list or set, and around what is in parentheses already.\n" +
		"\n" +
		"Not reported are those that only make precedence visible: around an operand (`a || (b && c)`), a condition, the\n" +
		"default of a formal, a call in the place of a function (`(import ./x.nix) { }`), a selection with a default\n" +
		"(`f (a.b or c)`), and around a set that is selected from. Nor those without which the code looks like something else:\n" +
		"around an element of a list with names (`[ (import) ./x.nix ]`, no call), a literal beside `++` or `//`, a `let` in the\n" +
		"body of another.\n" +
		"\n" +
		"The option `single` keeps the rule to parentheses around one name, literal, list, set or pair of parentheses, wherever\n" +
		"they stand, as nixf has it.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Unnecessary,
	Fix: rules.FixSometimes, SafeFix: rules.SameTokens,
	Aliases: []string{"statix:W08", "statix:useless_parens", "nixf:parse-redundant-paren", "tvix:W011"},
	Options: []*rules.Option{parensSingle.Option},
	On:      []ast.Kind{ast.Paren},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Parent().Is(ast.Paren) {
			return // the outermost pair speaks for all
		}
		inner := n.FirstChild()
		for inner.Is(ast.Paren) {
			inner = inner.FirstChild()
		}
		why := uselessParens(n, inner)
		if parensSingle.In(p) && (simple(inner) == "" || inner.Is(ast.Select)) {
			why = ""
		}
		// All pairs but the one that is needed are useless; without a reason, the first is the needed one.
		from := n
		if why == "" {
			if from = n.FirstChild(); !from.Is(ast.Paren) {
				return
			}
			why = "parentheses inside parentheses"
		}
		fix := diag.Fix{Title: "remove the parentheses", Safety: diag.Safe}
		commented := losesComment(p.Tree, from.Span(), inner)
		for paren := from; paren != inner; paren = paren.FirstChild() {
			fix.Edits = append(fix.Edits, openEdit(paren), closeEdit(paren))
		}
		// What moves up to the line of the parenthesis takes its other lines along.
		if open := from.FirstToken(); nixlang.StartsLine(open) && nixlang.Movable(from) {
			if first := open.Next().Next(); open.Next().Kind() == ast.TokSpace && nixlang.StartsLine(first) {
				lines := source.Span{Start: first.Start(), End: inner.End()}
				fix.Edits = append(fix.Edits, nixlang.Shift(from, lines, nixlang.Indent(p.Tree, first.Start()), nixlang.Indent(p.Tree, from.Start()))...)
			}
		}
		// Another fix may replace a string by something that needs the parentheses. One edit that covers both keeps
		// the two apart.
		covers := inner.Is(ast.String) || inner.Is(ast.IndString)
		f := diag.Finding{Span: from.Span(), Message: why, Help: "remove them"}
		switch {
		case covers && tooLong(from):
		case commented && from.FirstChild() != inner: // each comment may speak about another pair
		case covers:
			f.Fixes = []diag.Fix{replaced(fix.Title, diag.Safe, from, from, inner.Text(), inner)}
		default:
			f.Fixes = []diag.Fix{fix}
		}
		p.Report(f)
	},
})

// uselessParens says why the parentheses n around inner, with others in between or not, are useless. It
// is empty where they are not.
func uselessParens(n, inner ast.Node) string {
	p := n.Parent()
	switch p.Kind() {
	case ast.Binding:
		return "parentheses around a whole value"
	case ast.Let:
		if inner.Is(ast.Let) {
			return "" // they keep two apart that could be one
		}
		return "parentheses around the body of a `let`"
	case ast.Interpolation:
		return "parentheses around a whole interpolation"
	case ast.InheritFrom:
		return "parentheses inside parentheses"
	case ast.File:
		return "parentheses around a whole file"
	}
	what := simple(inner)
	if what == "" || p.Is(ast.Apply) && p.Child(1).Is(ast.Ident) && p.Child(1).Text() == "or" || readsOtherwise(p, n, inner) {
		return ""
	}
	if p.Is(ast.Select) && p.FirstChild() == n && !inner.Is(ast.Ident) {
		// (a.b).c or d fails where a has no b, a.b.c or d does not.
		if !inner.Is(ast.Select) || (ast.SelectExpr{Node: p}).Default().IsValid() {
			return "" // ({ … }).a reads better so
		}
	}
	return "parentheses around " + what
}

// readsOtherwise reports whether an expression in the parentheses n, which is in place in p, looks like something else
// without them: like the part of a call in a list, a run of literals that could be one, or a number that goes on.
func readsOtherwise(p, n, inner ast.Node) bool {
	number := inner.Is(ast.Int) || inner.Is(ast.Float)
	if next := n.LastToken().Next(); number && (next.Kind() == ast.TokFloat || next.Kind() == ast.TokInt) {
		return true // (1).5 is 1 and 0.5
	}
	switch p.Kind() {
	case ast.List:
		return hasCallee(p)
	case ast.Binary:
		return inner.Is(ast.List) && p.Op() == ast.OpConcat || inner.Is(ast.AttrSet) && p.Op() == ast.OpUpdate
	case ast.Apply:
		// f /2 looks like a quotient.
		return number && p.FirstChild() == n || inner.Is(ast.Path) && strings.HasPrefix(inner.Text(), "/")
	}
	return false
}

// maxElements bounds how many elements of a list are looked at for each of them.
const maxElements = 64

// hasCallee reports whether a list has several elements, one of which may be a function: the parentheses around
// another may be what keeps the two apart.
func hasCallee(list ast.Node) bool {
	if !list.FirstChild().NextSibling().IsValid() {
		return false
	}
	left := maxElements
	for c := range list.Children() {
		if c = c.Unparen(); c.Is(ast.Ident) || c.Is(ast.Select) {
			return true
		}
		if left--; left == 0 {
			return true
		}
	}
	return false
}

// simple names an expression that nobody takes for more than one thing, or is empty.
func simple(n ast.Node) string {
	switch n.Kind() {
	case ast.Ident:
		if n.Text() == "or" {
			return ""
		}
		return "a name"
	case ast.Int, ast.Float:
		return "a number"
	case ast.String, ast.IndString:
		return "a string"
	case ast.URI:
		if nixlang.IsURL(n.Text()) {
			return "a string" // x:x is hardly meant as one
		}
	case ast.Path, ast.SearchPath:
		if !nixlang.IsShortPath(n) {
			return "a path" // a/2 may be meant as a quotient
		}
	case ast.List:
		return "a list"
	case ast.AttrSet:
		return "an attrset"
	case ast.Select:
		if !(ast.SelectExpr{Node: n}).Default().IsValid() {
			return "a selection"
		}
	}
	return ""
}

// openEdit removes an opening parenthesis with the blanks behind it, or, where a line ends there, those
// before it.
func openEdit(paren ast.Node) diag.Edit {
	t := paren.Tree()
	s := paren.FirstToken().Span()
	next := paren.FirstToken().Next()
	if next.Kind() == ast.TokSpace {
		if !nixlang.HasBreak(next.Text()) {
			s.End = next.Span().End
		} else if prev := paren.FirstToken().Prev(); prev.IsValid() && prev.Kind() == ast.TokSpace {
			if nixlang.HasBreak(prev.Text()) {
				s.End = next.Span().End
			} else {
				s.Start = prev.Start()
			}
		}
	}
	return diag.Edit{Span: s, Text: nixlang.Splice(t, s, "")}
}

// closeEdit removes a closing parenthesis with the white space before it, unless a comment is there.
func closeEdit(paren ast.Node) diag.Edit {
	t := paren.Tree()
	s := paren.LastToken().Span()
	if prev := paren.LastToken().Prev(); prev.Kind() == ast.TokSpace && prev.Start() > paren.Start() {
		if prev.Prev().Kind().IsComment() {
			return nixlang.Cut(t, s)
		}
		s.Start = prev.Start()
	}
	return diag.Edit{Span: s, Text: glueBehind(t, s)}
}

// glueBehind returns the blank that keeps what stands before a removed span from what stands behind it.
func glueBehind(t *ast.Tree, s source.Span) string {
	src := t.Source()
	if s.Start == 0 || int(s.End) >= len(src) {
		return ""
	}
	switch src[s.End] {
	case ' ', '\n', '\t', '\r', ')', ']', '}', ';', ',':
		return ""
	case '.':
		if nixlang.Splice(t, s, "") == "" {
			return ""
		}
		// A dot may follow a name and what has an end, but x./a is one path.
		if t.TokenAt(s.End).Kind() == ast.TokDot {
			switch t.TokenAt(s.Start - 1).Kind() {
			case ast.TokIdent, ast.TokQuote, ast.TokIndQuote, ast.TokRBrace, ast.TokRBracket, ast.TokRParen:
				return ""
			}
		}
	}
	return " "
}

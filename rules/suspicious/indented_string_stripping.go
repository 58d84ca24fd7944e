package suspicious

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
	ID: "indented-string-stripping", Family: family, Since: "0.1.0",
	Summary: "An indented string loses blanks that matter, or keeps indentation that does not",
	Doc: "A `''` string loses the blanks that all its lines start with, on one line as well: `\"cmd\" + '' --verbose''` is\n" +
		"`cmd--verbose`. The rule reports it where the string is joined to another: behind `+`, in `${…}` behind other text,\n" +
		"and as a separator.\n" +
		"\n" +
		"Text on the first line, right behind the quotes, counts as a line without indentation: then nothing is removed from\n" +
		"the others. That is an info, for in many languages blanks do not matter.",
	Severity: diag.Warning, Presets: rules.Strict,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"lix:broken-string-indentation"},
	On:      []ast.Kind{ast.IndString},
	Node: func(p *rules.Pass, n ast.Node) {
		open := n.FirstToken()
		first := open.Next()
		if first.Kind() == ast.TokIndQuote {
			return
		}
		lead := 0 // the blanks in front of the first line's text
		if first.Kind() == ast.TokIndText {
			text := first.Text()
			lead = len(text) - len(strings.TrimLeft(text, " "))
			if lead < len(text) && text[lead] == '\n' {
				return // the common form
			}
		}
		if isOneLine(n) {
			if lead > 0 {
				checkLostBlanks(p, n, lead)
			}
			return
		}
		if !continues(n) && restIndentation(n) > lead {
			p.Report(diag.Finding{
				Span: source.Span{Start: open.Start(), End: first.Start() + uint32(lead)}, Severity: diag.Info,
				Message: "text on the first line keeps the indentation of the others in the string",
				Help:    "start the text on a line of its own, or write the others without indentation",
			})
		}
	},
})

// continues reports whether a string is the right operand of +, where its first line goes on with one.
func continues(n ast.Node) bool {
	up := n.Parent()
	return up.Is(ast.Binary) && up.Op() == ast.OpAdd && up.FirstChild() != n
}

// isOneLine reports whether no text of a string has a newline.
func isOneLine(n ast.Node) bool {
	src := n.Tree().Source()
	for part := range ast.Parts(n) {
		if part.IsText() && strings.IndexByte(part.Span.Of(src), '\n') >= 0 {
			return false
		}
	}
	return true
}

// restIndentation returns the indentation that all lines but the first have in common, blank ones left out; 0
// where there are none.
func restIndentation(n ast.Node) int {
	src := n.Tree().Source()
	least, cur := -1, -1 // cur counts the blanks at the start of a line, or is -1 within one
	mark := func() {
		if cur >= 0 && (least < 0 || cur < least) {
			least = cur
		}
		cur = -1
	}
	for part := range ast.Parts(n) {
		if !part.IsText() {
			mark()
			continue
		}
		for _, c := range []byte(part.Span.Of(src)) {
			switch {
			case c == '\n':
				cur = 0
			case cur >= 0 && c == ' ':
				cur++
			case cur >= 0:
				mark()
			}
		}
	}
	return max(least, 0)
}

// checkLostBlanks reports a string of one line that starts with blanks, where it is joined to something.
func checkLostBlanks(p *rules.Pass, n ast.Node, lead int) {
	if !joined(p.Names(), n) {
		return
	}
	f := diag.Finding{
		Span:    source.Span{Start: n.Start(), End: n.FirstToken().Span().End + uint32(lead)},
		Message: "the blanks at the start of this `''` string are removed",
		Help:    "write a `\"…\"` string to keep them",
	}
	if text, ok := plainText(n); ok {
		f.Fixes = []diag.Fix{rules.Replace("make it a `\"…\"` string", diag.Unsafe, n.Span(), text)}
	}
	p.Report(f)
}

// plainText returns an indented string of one line as a "…" string with the same text, blanks kept.
func plainText(n ast.Node) (string, bool) {
	src := n.Tree().Source()
	var b strings.Builder
	b.WriteByte('"')
	for part := range ast.Parts(n) {
		text := part.Span.Of(src)
		if part.IsText() {
			if strings.Contains(text, "''") || strings.HasSuffix(text, "$") || strings.HasSuffix(text, "'") {
				return "", false
			}
			text = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
		}
		b.WriteString(text)
	}
	b.WriteByte('"')
	return b.String(), true
}

// joined reports whether blanks at the start of a string's value stand between two texts.
func joined(names *sema.Info, n ast.Node) bool {
	for range 8 {
		n = n.OutsideParens()
		up := n.Parent()
		switch up.Form() {
		case ast.Binary:
			if up.Op() == ast.OpAdd && up.FirstChild() != n {
				return true
			}
			if up.Op() != ast.OpAdd {
				return false
			}
		case ast.Interpolation:
			return followsText(up)
		case ast.If:
			if up.FirstChild() == n {
				return false
			}
		case ast.Apply:
			if (ast.ApplyExpr{Node: up}).Func() == n {
				return false
			}
			switch fn, args := callee(up); nixlang.Function(names, fn) {
			case "concatStringsSep", "concatMapStringsSep", "concatImapStringsSep", "splitString":
				return args == 1
			case "optionalString":
				if args != 2 {
					return false
				}
			default:
				return false
			}
		default:
			return false
		}
		n = up
	}
	return false
}

// followsText reports whether text that does not end in blanks stands in front of an interpolation in its string.
func followsText(interp ast.Node) bool {
	prev := interp.FirstToken().Prev()
	switch prev.Kind() {
	case ast.TokText, ast.TokIndText:
		text := prev.Text()
		return strings.TrimRight(text, " \n\t") == text
	case ast.TokRBrace:
		return true
	}
	return false
}

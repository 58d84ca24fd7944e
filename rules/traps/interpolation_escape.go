package traps

import (
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "interpolation-escape", Family: family, Since: "0.1.0",
	Summary: "Two dollars, or the escape of the other kind of string, before a brace: no escape",
	Doc: "In strings `$$` is two characters, whatever follows: `\"$${name}\"` is the text `$${name}`, without the value. Meant is\n" +
		"mostly the escape of an interpolation, which Nix writes `\"\\${name}\"`, in indented strings `''${name}`. A dollar before a\n" +
		"value is `\"\\$${name}\"` and `''$${name}`.\n" +
		"\n" +
		"Shell, Make and udev have a `$${…}` of their own. So a warning is given only where the braces hold a selection from a\n" +
		"name in scope, `$${pkgs.system}`, or a call with such names, and an information where they hold just such a name.\n" +
		"\n" +
		"In an indented string a backslash escapes nothing either: `''\\${name}''` is a backslash and the value. That is an\n" +
		"information, since text may want a backslash there, and sed commands as `s\\a\\${name}\\g` are left alone. In other strings two quotes escape nothing: `\"''${name}\"` is two\n" +
		"quotes and the value. That is reported where no other quotes are in the string, which could belong to them.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.String, ast.IndString},
	Node: func(p *rules.Pass, n ast.Node) {
		if !n.FirstChild().IsValid() && !strings.Contains(n.Text(), "$${") {
			return // most strings
		}
		quotes, interp := 0, ast.Node{}
		for part := range ast.Parts(n) {
			if part.IsText() && strings.Contains(part.Span.Of(p.Tree.Source()), "$${") {
				findEscapes(p, n, part.Span, nixlang.ScopeAt(p.Names(), n))
			}
			if !part.IsText() && n.Is(ast.IndString) {
				findBackslash(p, part.Interp)
			}
			if part.IsText() {
				quotes += strings.Count(part.Span.Of(p.Tree.Source()), "'")
			} else if quotes == 2 && !interp.IsValid() && strings.HasSuffix(p.Tree.Source()[:part.Interp.Start()], "''") {
				interp = part.Interp
			}
		}
		if n.Is(ast.String) && quotes == 2 && interp.IsValid() && n.OutsideParens().Parent().Op() != ast.OpAdd {
			reportQuotes(p, interp)
		}
	},
})

// reportQuotes reports the two quotes before an interpolation of a string that is not indented.
func reportQuotes(p *rules.Pass, interp ast.Node) {
	quotes := source.Span{Start: interp.Start() - 2, End: interp.Start()}
	p.Report(diag.Finding{
		Span:    source.Span{Start: quotes.Start, End: interp.End()},
		Message: "the quotes escape nothing in this kind of string: it holds two quotes and the value",
		Help:    "write " + diag.Code(`\`+interp.Text()) + " for the text, " + diag.Code(interp.Text()) + " for the value",
		Fixes: []diag.Fix{
			rules.Replace("write a backslash for the quotes", diag.Display, quotes, `\`),
			rules.Delete("remove the quotes", diag.Display, quotes),
		},
	})
}

// findBackslash reports a backslash before an interpolated name of an indented string. Two of them are text that is
// meant.
func findBackslash(p *rules.Pass, interp ast.Node) {
	text, at := p.Tree.Source(), interp.Start()
	if expr := interp.FirstChild().Unparen(); !strings.HasSuffix(text[:at], `\`) || strings.HasSuffix(text[:at], `\\`) ||
		!expr.Is(ast.Ident) || p.Names().Resolve(expr) == nil || delimits(text, at-1, interp.End()) {
		return
	}
	inner := interp.Text()
	p.Report(diag.Finding{
		Span: source.Span{Start: at - 1, End: interp.End()}, Severity: diag.Info,
		Message: "the backslash escapes nothing: `\\" + inner + "` is a backslash and the value",
		Help:    "write `''" + inner + "` for the text",
		Fixes:   []diag.Fix{rules.Replace("write `''"+inner+"`", diag.Unsafe, source.Span{Start: at - 1, End: at}, "''")},
	})
}

// sedBefore and sedAfter match what stands around a backslash that delimits the parts of a sed command, s\a\b\g, by how many such
// stand before it.
var (
	sedBefore = [...]*regexp.Regexp{regexp.MustCompile(`(?:^|['"\s;{}/,0-9$])[sy]$`), regexp.MustCompile(`(?:^|['"\s;{}/,0-9$])[sy]\\[^\\]*$`)}
	sedAfter  = [...]*regexp.Regexp{regexp.MustCompile(`^[^\\\n]*\\[^\\\n]*\\[0-9gIiMmepw]*(?:['"\s;}]|$)`), regexp.MustCompile(`^[^\\\n]*\\[0-9gIiMmepw]*(?:['"\s;}]|$)`)}
)

// delimits reports whether the backslash at a position, with an interpolation behind it that ends at another, is a delimiter of a
// sed command.
func delimits(text string, at, end uint32) bool {
	before, after := text[max(0, int(at)-maxInner):at], text[end:min(len(text), int(end)+maxInner)]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	for i := range sedBefore {
		if sedBefore[i].MatchString(before) && sedAfter[i].MatchString(after) {
			return true
		}
	}
	return false
}

// findEscapes looks for $${ in a run of text: the lexer has left it there, so it does not interpolate.
func findEscapes(p *rules.Pass, n ast.Node, span source.Span, scope sema.ScopeID) {
	text := span.Of(p.Tree.Source())
	for at := 0; ; {
		i := strings.Index(text[at:], "$${")
		if i < 0 {
			return
		}
		at += i
		end := strings.IndexByte(text[at:], '}')
		if end < 0 {
			return
		}
		inner := text[at+3 : at+end]
		where := source.Span{Start: span.Start + uint32(at), End: span.Start + uint32(at+end+1)}
		at += 3
		name, ok := readsNames(p, scope, inner)
		if !ok {
			continue
		}
		escape, value := `\${`, `\$${`
		if n.Is(ast.IndString) {
			escape, value = "''${", "''$${"
		}
		open := source.Span{Start: where.Start, End: where.Start + 3}
		f := diag.Finding{
			Span:    where,
			Message: "`$${" + inner + "}` is text: two dollars do not interpolate",
			Help:    "write `" + escape + inner + "}` for the text with one dollar, `${" + inner + "}` for the value",
			Fixes: []diag.Fix{
				rules.Replace("write `"+escape+inner+"}`", diag.Unsafe, open, escape),
				rules.Replace("write `${"+inner+"}`", diag.Unsafe, open, "${"),
				rules.Replace("write a dollar and the value", diag.Unsafe, open, value),
			},
		}
		if name {
			f.Severity = diag.Info
		}
		p.Report(f)
	}
}

// maxInner is the length, in bytes, up to which the text in braces is read as an expression, and that around as a sed command.
const maxInner = 200

// readsNames reports whether text is a name, a selection or a call, with blanks between its parts, in which all
// names are bound, one of them in the file. name tells that it is just a name.
func readsNames(p *rules.Pass, scope sema.ScopeID, text string) (name, ok bool) {
	text = strings.TrimSpace(text)
	if root, simple := rootName(text); simple {
		return root == text, !sema.IsGlobal(root) && nixlang.Bound(p.Names(), scope, root) != nil
	}
	if len(text) > maxInner || strings.IndexByte(text, '.') < 0 && strings.IndexByte(text, ' ') < 0 {
		return false, false
	}
	tree := parser.Parse(text)
	expr := tree.Root().FirstChild()
	if len(tree.Errors()) > 0 {
		return false, false
	}
	if call, applies := ast.AsApply(expr); applies && call.Arg().FirstToken().Prev().Kind() != ast.TokSpace || !applies && !expr.Is(ast.Select) {
		return false, false
	}
	for n := range expr.Descendants() {
		switch n.Kind() {
		case ast.Ident:
			if nixlang.Bound(p.Names(), scope, n.Text()) != nil {
				ok = true
			} else if !sema.IsGlobal(n.Text()) {
				return false, false
			}
		case ast.Lambda, ast.Let, ast.With, ast.AttrSet, ast.LegacyLet:
			return false, false // these bind names of their own
		}
	}
	return false, ok
}

package traps

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "uri-like-lambda", Family: family, Since: "0.1.0",
	Summary: "A function is written without a blank behind the colon, which makes it a string",
	Doc: "An unquoted URL is a string, and a URL needs no more than a letter, a colon and another character: `x:x`, `x:x.name`\n" +
		"and `self:super:` are strings, not functions. A blank behind the colon makes the function.\n" +
		"\n" +
		"Where the part behind the colon reads no name in scope, `x:y` may be meant as a string; that is told as information.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.URI},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.Text()
		if nixlang.IsURL(text) || nixlang.ReadExpansion(n.Parent()) != "" || nixlang.ReadExpansion(n.Parent().Parent()) != "" {
			return
		}
		parts := strings.Split(text, ":")
		params, body := parts[:len(parts)-1], parts[len(parts)-1]
		for _, param := range params {
			if !ast.IsIdentifier(param) {
				return
			}
		}
		f := diag.Finding{
			Span:    n.Span(),
			Message: "`" + text + "` is a URL literal, which is a string and no function",
		}
		spaced := strings.TrimSpace(strings.Join(params, ": ") + ": " + body)
		switch root, ok := rootName(body); {
		case body == "" && calls(n), isKeyword(body):
		case slices.ContainsFunc(params, func(param string) bool { return startsWith(strings.TrimLeft(body, "!-"), param) }):
		case ok && isBound(p.Names(), n, root):
		default:
			f.Severity = diag.Info
			f.Help = "put it in quotes if it is a string; write `" + spaced + "` for a function"
			p.Report(f)
			return
		}
		f.Help = "write `" + spaced + "` for a function"
		if fix, ok := lambdaFix(n, spaced, body); ok {
			f.Fixes = []diag.Fix{fix}
		}
		p.Report(f)
	},
})

// startsWith reports whether text begins with an identifier.
func startsWith(text, name string) bool {
	rest, ok := strings.CutPrefix(text, name)
	return ok && (rest == "" || !ast.IsIdentifier("x"+rest[:1]))
}

// isKeyword reports whether text is a keyword that can stand before a set: x:rec { }.
func isKeyword(text string) bool { return text == "rec" || text == "let" }

// rootName returns the variable that text reads if it is one or a selection from one.
func rootName(text string) (string, bool) {
	root := ""
	for i, part := range strings.Split(text, ".") {
		if !ast.IsIdentifier(part) {
			return "", false
		}
		if i == 0 {
			root = part
		}
	}
	return root, true
}

// isBound reports whether a name is bound, by the file or by Nix, where a node stands.
func isBound(names *sema.Info, n ast.Node, name string) bool {
	return sema.IsGlobal(name) || nixlang.Bound(names, nixlang.ScopeAt(names, n), name) != nil
}

// calls reports whether a node is the function of a call: self:super: { } calls a string.
func calls(n ast.Node) bool {
	up := n.Parent()
	return up.Is(ast.Apply) && up.FirstChild() == n
}

// lambdaFix writes the function, with all that follows for its body.
func lambdaFix(n ast.Node, spaced, body string) (diag.Fix, bool) {
	title := "write `" + spaced + "`"
	whole := n
	for range maxSteps {
		up := whole.Parent()
		if up.FirstChild() != whole || up.Op() == ast.OpPipeInto || up.Op() == ast.OpPipeFrom ||
			!up.Is(ast.Apply) && !up.Is(ast.Binary) && !up.Is(ast.HasAttr) && !up.Is(ast.Select) {
			break
		}
		whole = up
	}
	switch {
	case whole != n && nixlang.Place(whole) == nixlang.LevelOpen, isKeyword(body):
		return rules.Replace(title, diag.Unsafe, n.Span(), nixlang.Splice(n.Tree(), n.Span(), spaced)), true
	case calls(n) || body == "":
		return diag.Fix{}, false
	}
	span, text := nixlang.InParens(n, nixlang.Wrap(spaced, nixlang.LevelOpen, n))
	return rules.Replace(title, diag.Unsafe, span, text), true
}

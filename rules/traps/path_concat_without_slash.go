package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-concat-without-slash", Family: family, Since: "0.1.0",
	Summary: "A name is appended to a folder without a slash between them",
	Doc: "A path never ends in a slash: `./. + \"file\"` names a sibling of the folder, `…/folderfile`. For the same reason\n" +
		"`./dir + \"/\" + name` goes wrong: the first `+` gives a path again, and the slash is gone. Start the text with the\n" +
		"slash, `./dir + \"/${name}\"`.\n" +
		"\n" +
		"Reported where the path surely is a folder: `./.`, `../.`, or one that exists. An extension, `./file + \".nix\"`, is fine.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpAdd {
			return
		}
		b := ast.BinaryExpr{Node: n}
		left := b.Left().Unparen()
		if left.Is(ast.Binary) && left.Op() == ast.OpAdd {
			lostSlash(p, n, ast.BinaryExpr{Node: left})
			return
		}
		text := leadingText(b.Right())
		if !text.IsValid() || !startsBare(text) {
			return
		}
		path := pathLiteral(p.Names(), left)
		if call, ok := ast.AsApply(left); ok && nixlang.Builtin(p.Names(), call.Func()) == "toString" {
			path = pathLiteral(p.Names(), call.Arg())
		}
		if !path.IsValid() || !isFolder(p, path, text) {
			return
		}
		at := text.Start() + 1
		if text.Is(ast.IndString) {
			at++
		}
		p.Report(diag.Finding{
			Span:    b.Right().Unparen().Span(),
			Message: "the text is appended to the folder's name: `" + short(left) + "` does not end in a slash",
			Help:    "start the text with `/`",
			Fixes:   []diag.Fix{rules.Insert("start the text with `/`", diag.Unsafe, at, "/")},
		})
	},
})

// pathLiteral returns the path literal that an expression is, directly or by a let binding, or an invalid node.
func pathLiteral(names *sema.Info, n ast.Node) ast.Node {
	n = n.Unparen()
	if n.Is(ast.Ident) {
		b := names.Resolve(n)
		if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
			return ast.Node{}
		}
		n = b.Value.Unparen()
	}
	if !n.Is(ast.Path) || n.HasError() {
		return ast.Node{}
	}
	return n
}

// leadingText returns the string that an expression begins with, "a" in "a" + b, or an invalid node.
func leadingText(n ast.Node) ast.Node {
	n = n.Unparen()
	for range maxSteps {
		if !n.Is(ast.Binary) || n.Op() != ast.OpAdd {
			break
		}
		n = n.FirstChild().Unparen()
	}
	if n.Is(ast.String) || n.Is(ast.IndString) {
		return n
	}
	return ast.Node{}
}

// maxAdded bounds the texts that are appended to one path.
const maxAdded = 8

// lostSlash examines path + "…/" + more.
func lostSlash(p *rules.Pass, n ast.Node, inner ast.BinaryExpr) {
	text := inner.Right().Unparen()
	if !text.Is(ast.String) || !strings.HasSuffix(text.Text(), "/\"") {
		return
	}
	first := inner.Left().Unparen()
	for range maxAdded {
		if !first.Is(ast.Binary) || first.Op() != ast.OpAdd {
			break
		}
		first = first.FirstChild().Unparen()
	}
	path := pathLiteral(p.Names(), first)
	if !path.IsValid() || path.Text() == "/." && text.Text() == `"/"` {
		return
	}
	right := ast.BinaryExpr{Node: n}.Right()
	if s := right.Unparen(); s.Is(ast.String) && (s.Text() == `""` || strings.HasPrefix(s.Text(), `"/`)) {
		return
	}
	p.Report(diag.Finding{
		Span:    text.Span(),
		Message: "the slash at the end is lost: `" + short(inner.Node) + "` is a path, and paths do not end in a slash",
		Help:    "put what is appended in parentheses, so that the texts are joined first",
		Fixes:   []diag.Fix{{Title: "join the texts first", Edits: parens(source.Span{Start: inner.Right().Start(), End: right.End()})}},
	})
}

// startsBare reports whether a string surely starts with text that neither separates nor extends a name.
func startsBare(n ast.Node) bool {
	for part := range ast.Parts(n) {
		if !part.IsText() {
			return false
		}
		c := n.Tree().Source()[part.Span.Start]
		return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	return false
}

// isFolder reports whether a path literal names a folder and nothing is there that it names with the text: by
// how it is written, or because there is a folder. With a digit or an underscore behind it, the name of a
// folder is rather extended.
func isFolder(p *rules.Pass, n, text ast.Node) bool {
	if n.FirstChild().IsValid() || n.Text() == "/." {
		return false
	}
	target, ok := project.Resolve(p.Path, n)
	if added, static := ast.StringValue(text); ok && static {
		if p.Project.Exists(target + added) {
			return false
		}
	}
	if strings.HasSuffix(n.Text(), "/.") || strings.HasSuffix(n.Text(), "/..") {
		return true
	}
	c := strings.TrimLeft(text.Text(), "\"'")[0]
	if !ok || n.Text()[0] == '/' || c == '_' || '0' <= c && c <= '9' {
		return false
	}
	return p.Project.Kind(target) == project.Folder
}

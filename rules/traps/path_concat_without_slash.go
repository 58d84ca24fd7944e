package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
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
	Fix: rules.FixAlways,
	On:  []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpAdd {
			return
		}
		b := ast.BinaryExpr{Node: n}
		left, right := b.Left().Unparen(), b.Right().Unparen()
		if left.Is(ast.Binary) && left.Op() == ast.OpAdd {
			lostSlash(p, n, ast.BinaryExpr{Node: left})
			return
		}
		if !left.Is(ast.Path) || !right.Is(ast.String) || !startsBare(right) || !isFolder(p, left) {
			return
		}
		p.Report(diag.Finding{
			Span:    right.Span(),
			Message: "the text is appended to the folder's name: `" + left.Text() + "` does not end in a slash",
			Help:    "start the text with `/`",
			Fixes:   []diag.Fix{rules.Insert("start the text with `/`", diag.Unsafe, right.Start()+1, "/")},
		})
	},
})

// lostSlash examines path + "…/" + more.
func lostSlash(p *rules.Pass, n ast.Node, inner ast.BinaryExpr) {
	path, text := inner.Left().Unparen(), inner.Right().Unparen()
	if !path.Is(ast.Path) || !text.Is(ast.String) || !strings.HasSuffix(text.Text(), "/\"") || path.Text() == "/." && text.Text() == `"/"` {
		return
	}
	right := ast.BinaryExpr{Node: n}.Right()
	if s := right.Unparen(); s.Is(ast.String) && s.Text() == `""` || s.Is(ast.String) && strings.HasPrefix(s.Text(), `"/`) {
		return
	}
	p.Report(diag.Finding{
		Span:    text.Span(),
		Message: "the slash at the end is lost: `" + short(inner.Node) + "` is a path, and paths do not end in a slash",
		Help:    "put what is appended in parentheses, so that the texts are joined first",
		Fixes: []diag.Fix{{Title: "join the texts first", Edits: []diag.Edit{
			{Span: source.Span{Start: inner.Right().Start(), End: inner.Right().Start()}, Text: "("},
			{Span: source.Span{Start: right.End(), End: right.End()}, Text: ")"},
		}}},
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

// isFolder reports whether a path literal names a folder: by its text, or because there is one.
func isFolder(p *rules.Pass, n ast.Node) bool {
	if n.FirstChild().IsValid() || n.Text() == "/." {
		return false
	}
	text := n.Text()
	if strings.HasSuffix(text, "/.") || strings.HasSuffix(text, "/..") {
		return true
	}
	target, ok := project.Resolve(p.Path, n)
	if !ok {
		return false
	}
	info, err := p.Project.FS().Stat(target)
	return err == nil && info.IsDir()
}

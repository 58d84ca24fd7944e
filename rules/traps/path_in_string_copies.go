package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-in-string-copies", Family: family, Since: "0.1.0",
	Summary: "A path literal becomes part of a string, which copies what it names to the store",
	Doc: "`\"${./file}\"` and `\"text\" + ./file` copy the file or folder to the world-readable store and hold the store path.\n" +
		"`toString ./file` and `./dir + \"/name\"` copy nothing.\n" +
		"\n" +
		"Mostly the copy is what is wanted, and it is needed wherever something else than the evaluation reads the file: a build\n" +
		"in a sandbox and another machine see the store only. So the rule proposes nothing, and is off in every preset, for those\n" +
		"who want to see each copy, because of secrets say.",
	Severity: diag.Info,
	On:       []ast.Kind{ast.Path},
	Node: func(p *rules.Pass, n ast.Node) {
		at := n.OutsideParens()
		// What is appended to a path gives a path: "${./dir + "/file"}".
		for range maxSteps {
			if up := at.Parent(); !up.Is(ast.Binary) || up.Op() != ast.OpAdd || up.FirstChild() != at {
				break
			}
			at = at.Parent().OutsideParens()
		}
		up := at.Parent()
		switch {
		case up.Is(ast.Interpolation) && (up.Parent().Is(ast.String) || up.Parent().Is(ast.IndString)):
		case up.Is(ast.Binary) && up.Op() == ast.OpAdd && up.FirstChild() != at && isText(up.FirstChild()):
		default:
			return
		}
		path := at.Unparen()
		p.Report(diag.Finding{
			Span:    path.Span(),
			Message: "`" + short(path) + "` is copied to the store to become part of a string",
			Help:    "everybody can read the store: keep secrets out of such files and folders",
		})
	},
})

// isText reports whether an expression surely is a string.
func isText(n ast.Node) bool {
	n = n.Unparen()
	for range maxSteps {
		if !n.Is(ast.Binary) || n.Op() != ast.OpAdd {
			break
		}
		n = n.FirstChild().Unparen()
	}
	return n.Is(ast.String) || n.Is(ast.IndString) || n.Is(ast.URI)
}

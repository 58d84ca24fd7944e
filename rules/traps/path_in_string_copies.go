package traps

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-in-string-copies", Family: family, Since: "0.1.0",
	Summary: "A path literal becomes part of a string, which copies what it names to the store",
	Doc: "`\"${./file}\"` and `\"text\" + ./file` copy the file or folder to the world-readable store and hold the store path.\n" +
		"`toString ./file` and `./dir + \"/name\"` copy nothing.\n" +
		"\n" +
		"Mostly the copy is what is wanted, and it is needed wherever something else than the evaluation reads the file: a build\n" +
		"in a sandbox and another machine see the store only. A single file is left alone, as in `\"cat ${./script.sh}\"`, unless its\n" +
		"name is that of a secret; told are folders, with all that lies in them, and paths that are not known. The rule proposes\n" +
		"nothing, and is off in every preset, for those who want to see what is copied.",
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
		if isOneFile(p, path) {
			return
		}
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

// isOneFile reports whether a path, or one with texts added, names a file that is there, and that no secret has the name of.
func isOneFile(p *rules.Pass, n ast.Node) bool {
	added := ""
	for range maxSteps {
		if !n.Is(ast.Binary) {
			break
		}
		text, ok := ast.StringValue(n.Child(1).Unparen())
		if !ok {
			return false
		}
		added, n = text+added, n.FirstChild().Unparen()
	}
	target, ok := project.Resolve(p.Path, n)
	if target += added; !ok || p.Project.Kind(target) != project.Regular {
		return false
	}
	base := filepath.Base(target)
	return !secret.IsName(base) && !secret.IsName(strings.TrimSuffix(base, filepath.Ext(base)))
}

package projectrules

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "missing-path", Family: family, Since: "0.1.0",
	Summary: "A path literal names a file that does not exist",
	Doc: "Nix reads the file when the expression is used, and fails then: often only on one host, or in CI. The commonest cause\n" +
		"is a name that changed, so a near name in the same folder is proposed.\n" +
		"\n" +
		"Nothing is said about paths that the file checks with `pathExists`, that are only turned into text or completed by\n" +
		"`+`, or that stand in an option's `example`; in templates, examples and test data, which others complete, only about\n" +
		"names that look misspelt.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes,
	On:  []ast.Kind{ast.Path},
	Node: func(p *rules.Pass, n ast.Node) {
		path, ok := target(p, n)
		if !ok {
			return
		}
		info := p.Project.Stat(path)
		if info != nil && (!info.IsDir() || p.Project.Stat(filepath.Join(path, "default.nix")) != nil) {
			return
		}
		l, ok := read(p, n, path)
		switch {
		case !ok || l.probe:
		case info == nil && !guarded(p, path):
			reportMissing(p, l)
		case info == nil:
		case l.folder && !p.Project.Sample(p.Path):
			p.Report(diag.Finding{
				Span:    n.Span(),
				Message: fmt.Sprintf("`%s` is a folder without a `default.nix`", p.Project.Rel(l.target)),
				Help:    "importing a folder reads its `default.nix`",
			})
		}
	},
})

func reportMissing(p *rules.Pass, l literal) {
	name := nearSibling(p, l)
	if name == "" && p.Project.Sample(p.Path) {
		return
	}
	rel := p.Project.Rel(l.target)
	f := diag.Finding{Span: l.node.Span(), Message: fmt.Sprintf("`%s` does not exist", rel)}
	if repo := p.Project.Repo(); repo != nil && p.Project.RepoError() == nil {
		if _, lost := repo.Submodule(rel); lost {
			return // a submodule that is not checked out
		}
		if e, tracked := repo.Tracked(rel); tracked {
			if e.SkipWorktree {
				return
			}
			f.Message = fmt.Sprintf("`%s` is tracked by Git, but deleted from the working tree", rel)
		} else if repo.HasBelow(rel) {
			return // a folder of a sparse checkout
		}
	}
	if name != "" {
		f.Help = fmt.Sprintf("did you mean `%s`?", name)
		f.Fixes = []diag.Fix{rules.Replace("name `"+name+"`", diag.Unsafe, l.node.Span(), name)}
	}
	p.Report(f)
}

// nearSibling returns the literal with its last part replaced by what is there: the same name with or
// without .nix, or a similar one.
func nearSibling(p *rules.Pass, l literal) string {
	dir, base := filepath.Split(l.target)
	entries, err := p.Project.FS().ReadDir(filepath.Clean(dir))
	if err != nil {
		return ""
	}
	text := l.node.Text()
	slash := strings.LastIndexByte(text, '/')
	bare, isNix := strings.CutSuffix(base, ".nix")
	var similar []string
	for _, e := range entries {
		name := e.Name()
		if name == bare+".nix" || isNix && name == bare && p.Project.Stat(filepath.Join(dir, name, "default.nix")) != nil {
			return text[:slash+1] + name
		}
		if strings.HasSuffix(name, ".nix") == isNix && name != filepath.Base(p.Path) {
			similar = append(similar, strings.TrimSuffix(name, ".nix"))
		}
	}
	guess := near.Find(bare, similar)
	if guess == "" {
		return ""
	}
	if isNix {
		guess += ".nix"
	}
	return text[:slash+1] + guess
}

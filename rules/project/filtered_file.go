package project

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "filtered-file", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A path names a file that Git keeps in another form: encrypted by git-crypt, or as a pointer of LFS",
	Doc: "Nix reads the working tree of a checkout as it lies there. Wherever else it takes the flake from, `github:`, `git+ssh:`, a\n" +
		"revision, an input of another flake, it reads what the commit has: for files under `filter=git-crypt` the encrypted text, for\n" +
		"files under `filter=lfs` the pointer (\"version https://git-lfs.github.com/spec/v1 …\"). Evaluation then fails, or the\n" +
		"pointer is taken for the file, and the hash of the source differs from that of a checkout. What git-crypt decrypts in a\n" +
		"checkout goes into the store as everybody can read it.\n" +
		"\n" +
		"For LFS, `inputs.self.lfs = true;` in `flake.nix` (Nix 2.27 and later) or `?lfs=1` in the reference has Nix fetch the files;\n" +
		"where the first stands nothing is reported. Looked at are files that a flake reaches and that the filters of `.gitattributes`\n" +
		"cover.",
	Severity: diag.Info, Presets: rules.Recommended,
	Placed: true,
	Asks:   project.ForReach,
	On:     []ast.Kind{ast.Path, ast.Ident},
	File: func(pass *rules.Pass) {
		if !pass.Project.InFlake() {
			return
		}
		p := &paths{Pass: pass}
		var found []diag.Finding
		check := func(l literal) {
			if f, ok := filtered(pass, l); ok {
				found = append(found, f)
			}
		}
		p.each(func(n ast.Node, path string) {
			if l, ok := p.read(n, path); ok {
				check(l)
			}
		})
		p.eachCompleted(check)
		p.eachMade(func(l literal, _ bool) { check(l) })
		if path := pass.Path; len(found) > 0 {
			pass.Ask(func(a *rules.Asked) {
				if a.Reach(path) == project.Unreached {
					return
				}
				for _, f := range found {
					a.Report(f)
				}
			})
		}
	},
})

// filtered returns what is told of a path whose file has a filter.
func filtered(p *rules.Pass, l literal) (f diag.Finding, ok bool) {
	if l.folder && p.Project.Kind(l.target) == project.Folder {
		l.target = filepath.Join(l.target, "default.nix")
	}
	if l.probe || p.Project.Kind(l.target) != project.Regular {
		return f, false
	}
	f = diag.Finding{Span: l.node.Span()}
	name := diag.Code(p.Project.Rel(l.target))
	switch p.Project.Filter(l.target) {
	case "git-crypt":
		f.Message = fmt.Sprintf("%s is encrypted by git-crypt: wherever the flake is fetched, Nix reads the encrypted text", name)
		f.Help = "use the flake from an unlocked checkout only, or sops-nix or agenix, which decrypt when the system is activated"
	case "lfs":
		if asksFor(p, "lfs") {
			return f, false
		}
		f.Message = fmt.Sprintf("%s lies in Git LFS: wherever the flake is fetched, Nix reads its pointer", name)
		f.Help = "set `inputs.self.lfs = true;` in `flake.nix` (Nix 2.27 and later)"
	default:
		return f, false
	}
	return f, true
}

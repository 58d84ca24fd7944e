package flake

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-path-escape", Family: family, Since: "0.1.0",
	Summary: "A flake input names a path outside the flake's source tree",
	Doc: "A relative path of an input is looked up in the source tree that Nix copied: the Git repository around the flake,\n" +
		"or, without one, the flake's own folder. What lies outside is not there: \"access to absolute path '…' is forbidden\n" +
		"in pure evaluation mode\". A path literal with an absolute path (`url = /srv/x;`) is refused wherever it lies:\n" +
		"\"must be in the same source tree\".\n" +
		"\n" +
		"Inside a repository a flake in a folder may name `path:../other`. Without a repository the finding is a warning,\n" +
		"since the flake may still be called as `path:/parent?dir=folder`; so it is in a Git submodule, which may be seen\n" +
		"through the repository around it, and for `flake = false`, where Nix fails only if the input is used.",
	Severity: diag.Error, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				escape(p, f, in)
			}
		}
	},
})

func escape(p *rules.Pass, f *flake.Flake, in *flake.Input) {
	if in.URLNode.Is(ast.Path) && in.Ref.IsLocal() && !in.Ref.IsRelative() {
		p.Report(diag.Finding{
			Span:    place(in),
			Message: fmt.Sprintf("input %s is an absolute path literal, which is never in the flake's source tree", diag.Code(strings.Join(in.Path, "/"))),
			Help:    "write a path relative to flake.nix",
		})
		return
	}
	if !in.Ref.IsRelative() || strings.HasPrefix(in.Ref.Path, "~") {
		return
	}
	target := filepath.Join(f.Dir, filepath.FromSlash(in.Ref.Path))
	tree, severity, ok := outside(p, target)
	if !ok {
		return
	}
	if !in.Flake {
		severity = diag.Warning
	}
	p.Report(diag.Finding{
		Span: place(in), Severity: severity,
		Message: fmt.Sprintf("input %s names %s, which is outside %s", diag.Code(strings.Join(in.Path, "/")), diag.Code(in.Ref.Path), tree),
		Help:    "Nix sees only what it copies with the flake: name the other by the URL of its repository, or move it in",
	})
}

// outside reports whether a path lies outside the source tree that Nix copies for the flake, and names
// the tree.
func outside(p *rules.Pass, target string) (tree string, severity diag.Severity, ok bool) {
	repo := p.Project.Repo()
	if repo == nil {
		// Without .git, what looks like one project may be the export of a repository.
		if p.Project.RepoError() != nil || p.Project.Within(target) {
			return "", diag.Off, false
		}
		if p.Project.InStore() {
			return "the source tree in the Nix store", diag.Warning, true // src of a check may be a part of it
		}
		return "the flake's folder, all that Nix copies without a Git repository", diag.Warning, true
	}
	if rel, inside := repo.Rel(target); inside && !strings.HasPrefix(rel, "..") {
		return "", diag.Off, false
	}
	severity = diag.Error
	if p.Project.Kind(filepath.Join(repo.Root(), ".git")) != project.Folder {
		severity = diag.Warning // a submodule, or a linked working tree
	}
	return "the flake's Git repository", severity, true
}

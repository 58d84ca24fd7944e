package flake

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// eachURL calls tell for the inputs and overrides of a flake that have a url as a string, without a type.
func eachURL(p *rules.Pass, f *flake.Flake, tell func(in *flake.Input) []diag.Finding) {
	var found []diag.Finding
	for _, root := range f.Nix.Inputs {
		for in := range root.All() {
			if _, typed := in.FetcherAttr("type"); !typed && in.URLNode.IsValid() && (in.Ref.Text != "" || in.URL == "" && in.Ref.Type == flake.TypePath) && !in.URLNode.Is(ast.Path) {
				found = append(found, tell(in)...)
			}
		}
	}
	tellFaults(p, f, found)
}

// eachTyped calls tell for the inputs and overrides of a flake that have a type, all of whose attributes are known and taken by Nix.
func eachTyped(p *rules.Pass, f *flake.Flake, tell func(in *flake.Input) []diag.Finding) {
	var found []diag.Finding
	for _, root := range f.Nix.Inputs {
		for in := range root.All() {
			if _, typed := in.FetcherAttr("type"); typed && in.Literal && len(in.Faults) == 0 && in.Ref.Type != "" {
				found = append(found, tell(in)...)
			}
		}
	}
	tellFaults(p, f, found)
}

// rewriteURL returns the fix that writes another reference.
func rewriteURL(in *flake.Input, text string) []diag.Fix {
	return []diag.Fix{rules.Replace("write "+diag.Code(text), diag.Unsafe, in.URLNode.Span(), ast.QuoteString(text))}
}

// target returns the path that a relative reference names in the project.
func target(f *flake.Flake, in *flake.Input) string {
	return filepath.Join(f.Dir, filepath.FromSlash(in.Ref.Path))
}

// exists reports whether something is at a path.
func exists(p *rules.Pass, path string) bool { return p.Project.Kind(path) != project.Nothing }

// hosts are the usual hosts of repositories, with the scheme that Nix has for them.
var hosts = map[string]string{"github.com": "github", "gitlab.com": "gitlab", "git.sr.ht": "sourcehut", "codeberg.org": "", "bitbucket.org": ""}

// atHost returns the reference to a repository of a host, with what follows it in a path: "owner/repo".
func atHost(host, path string) string {
	repo := strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if scheme := hosts[host]; scheme != "" && strings.Count(repo, "/") == 1 {
		return scheme + ":" + repo
	}
	return "git+https://" + host + "/" + strings.Trim(path, "/")
}

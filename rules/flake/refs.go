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
			if byURL(in) {
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
			if byType(in) {
				found = append(found, tell(in)...)
			}
		}
	}
	tellFaults(p, f, found)
}

// byURL reports whether an input has a URL that is known, and no type.
func byURL(in *flake.Input) bool {
	_, typed := in.FetcherAttr("type")
	return !typed && in.URLNode.IsValid() && (in.Ref.Text != "" || in.URL == "" && in.Ref.Type == flake.TypePath) && !in.URLNode.Is(ast.Path)
}

// byType reports whether an input has a type, and all its attributes are known and taken by Nix.
func byType(in *flake.Input) bool {
	_, typed := in.FetcherAttr("type")
	return typed && in.Literal && len(in.Faults) == 0 && in.Ref.Type != ""
}

// toldBroken reports whether another rule tells that what an input refers to is wrong as it is written: until that is mended, it says
// nothing that it differs from what is locked.
func toldBroken(p *rules.Pass, f *flake.Flake, in *flake.Input) bool {
	if to := in.Follows; to != nil {
		if !p.Runs("follows-undeclared-input") || len(to.Path) == 0 && to.Err == nil || to.Err == nil && f.Nix.Input(to.Path[0]) != nil {
			return false
		}
		if in.Parent == nil {
			return true
		}
		_, known := overridden(p, f, in)
		return known
	}
	switch {
	case !p.Runs("flake-input-bad-url"):
		return false
	case byURL(in):
		return len(urlFaults(p, f, in)) > 0
	}
	return byType(in) && len(badAttrURL(in)) > 0
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

package project

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "untracked-file", Family: family, Since: "0.1.0",
	Summary: "A path names a file that Git does not track, so the flake cannot see it",
	Doc: "Nix copies a flake from its Git repository to the store, and takes only what is in the index. A new file that nobody\n" +
		"added is not there: evaluation fails with \"is not tracked by Git\", in older versions with \"No such file or\n" +
		"directory\". `git add -N` is enough, nothing needs to be committed. A file that `.gitignore` covers needs `git add -f -N`.\n" +
		"\n" +
		"`pathExists` does not fail: it is silently false, which is reported more mildly.\n" +
		"\n" +
		"Looked at are path literals, and what puts text behind one or behind the flake itself: `./. + \"/x.nix\"`, `self + \"/x.nix\"`,\n" +
		"`\"${./.}/x\"`; strings only where they are read, or are the value of an attribute that names a file, as `sopsFile` and `source`\n" +
		"do: that is a warning, since Nix itself need not read it. What is put together of more,\n" +
		"`./hosts/${name}`, is looked at where evaluating the outputs of the flake reads it: for each element of a list that is known, of\n" +
		"a set, or of a folder that `readDir` lists.\n" +
		"\n" +
		"The repository is the innermost one around the file, and only a flake whose `flake.nix` it tracks is meant. Outside\n" +
		"of Git, and for `path:` references, everything is visible.",
	Severity: diag.Error, Presets: rules.Recommended,
	Placed: true,
	Asks:   project.ForReach,
	On:     []ast.Kind{ast.Path, ast.Ident},
	File: func(pass *rules.Pass) {
		if !pass.Project.InFlake() {
			return
		}
		p := &paths{Pass: pass}
		p.each(func(n ast.Node, path string) {
			if rel, ok := p.Project.Repo().Rel(path); ok {
				if e, tracked := p.Project.Repo().Tracked(rel); tracked && e.Mode != git.Symlink && e.Mode != git.Submodule {
					return
				}
			}
			if l, ok := p.read(n, path); ok && (l.probe || !p.guarded(l)) {
				checkTracked(pass, l)
			}
		})
		p.eachCompleted(func(l literal) {
			if l.probe || !p.guarded(l) {
				checkTracked(pass, l)
			}
		})
		p.eachMade(func(l literal, _ bool) {
			if l.probe || !p.guarded(l) {
				checkTracked(pass, l)
			}
		})
	},
})

func checkTracked(p *rules.Pass, l literal) {
	repo := p.Project.Repo()
	kind := p.Project.Kind(l.target)
	if kind == project.Nothing {
		return // missing-path
	}
	target := l.target
	if kind == project.Folder && (l.folder || l.listed) {
		file := filepath.Join(target, "default.nix")
		switch {
		case p.Project.Kind(file) != project.Nothing:
			target, kind = file, project.Regular
		case l.folder:
			return // missing-path
		}
	}
	isDir := kind == project.Folder
	rel, ok := repo.Rel(target)
	if !ok || rel == "" {
		return
	}
	if sub, inside := repo.Submodule(rel); inside {
		reportSubmodule(p, l, rel, sub)
		return
	}
	seen := visible(repo, rel, isDir)
	if seen && !isLink(repo, rel) {
		return
	}
	linked := ""
	if resolved, ok := p.Project.RealPath(target); ok && resolved != target {
		if r, ok := repo.Rel(resolved); ok {
			if link := untrackedLink(p, rel); link != "" {
				reportUntracked(p, l, link, "", false)
				return
			}
			linked, rel = rel, r
			seen = visible(repo, rel, isDir)
		}
	}
	if seen {
		return
	}
	reportUntracked(p, l, rel, linked, isDir)
}

// untrackedLink returns the first link on the way to a path of the repository that Git does not track, or "": Nix does not see
// it, whatever it leads to.
func untrackedLink(p *rules.Pass, rel string) string {
	repo := p.Project.Repo()
	at, ok := p.Project.RealPath(repo.Root())
	for end := 0; ok && end < len(rel); end++ {
		if i := strings.IndexByte(rel[end:], '/'); i >= 0 {
			end += i
		} else {
			end = len(rel)
		}
		prefix := rel[:end]
		var next string
		if next, ok = p.Project.RealPath(filepath.Join(repo.Root(), filepath.FromSlash(prefix))); !ok {
			break
		}
		if next != filepath.Join(at, filepath.Base(prefix)) && !isLink(repo, prefix) {
			if inside, ok := repo.Rel(filepath.Join(at, filepath.Base(prefix))); !ok || !isLink(repo, inside) {
				return prefix
			}
		}
		at = next
	}
	return ""
}

// visible reports whether the index has a file, or something below a folder.
func visible(repo *project.Repo, rel string, isDir bool) bool {
	if _, ok := repo.Tracked(rel); ok {
		return true
	}
	return isDir && repo.HasBelow(rel)
}

func isLink(repo *project.Repo, rel string) bool {
	e, ok := repo.Tracked(rel)
	return ok && e.Mode == git.Symlink
}

func reportUntracked(p *rules.Pass, l literal, rel, linked string, isDir bool) {
	f := diag.Finding{Span: l.node.Span()}
	what := diag.Code(rel) + " is not tracked by Git"
	if isDir {
		what = "nothing in the folder " + diag.Code(rel) + " is tracked by Git"
	}
	if linked != "" && linked != rel {
		what = fmt.Sprintf("%s is a link to %s, which is not tracked by Git", diag.Code(linked), diag.Code(rel))
	}
	add := "git add -N " + rel
	f.Untracked = filepath.Join(p.Project.Repo().Root(), filepath.FromSlash(rel))
	ignore, ignored := p.Project.Repo().Ignored(rel, isDir)
	if ignored {
		what += fmt.Sprintf(" (ignored by `%s` in %s:%d)", ignore.Pattern, p.Project.Rel(ignore.File), ignore.Line)
		add = "git add -f -N " + rel
		f.Untracked = "" // whoever ignores a file wants to be asked
	}
	if l.probe {
		f.Severity = diag.Warning
		if ignored {
			f.Severity = diag.Info
		}
		f.Message = what + ", so in the flake it does not exist"
		f.Help = "the test is false there although the file is here; if it is meant to be seen, run " + diag.Code(add)
	} else {
		f.Message = what + ", so the flake cannot see it"
		if l.named && l.text {
			f.Severity = diag.Warning
		}
		f.Help = "run " + diag.Code(add)
		if l.output != "" {
			f.Help += "; " + diag.Code(l.output) + " reads it"
		}
	}
	p.Report(f)
}

// reportSubmodule says that a submodule's files are invisible unless the flake asks for them.
func reportSubmodule(p *rules.Pass, l literal, rel, sub string) {
	if asksFor(p, "submodules") {
		return
	}
	f := diag.Finding{
		Severity: diag.Info,
		Span:     l.node.Span(),
		Message:  fmt.Sprintf("%s lies in the submodule %s, which the flake sees only when it is fetched with submodules", diag.Code(rel), diag.Code(sub)),
		Help:     "use the flake as `.?submodules=1`, or set `inputs.self.submodules = true;` (Nix 2.27 and later)",
	}
	path := p.Path
	p.Ask(func(a *rules.Asked) {
		if a.Reach(path) != project.Unreached && !l.probe {
			f.Severity = diag.Warning // unless whoever uses the flake asks for them
		}
		a.Report(f)
	})
}

// asksFor reports whether the flake sets an attribute of inputs.self, other than to false.
func asksFor(p *rules.Pass, name string) bool {
	f := p.Project.Flake()
	if f == nil || f.Nix == nil || f.Nix.Root == nil {
		return false
	}
	a := f.Nix.Root.Sub("inputs", "self", name)
	if a == nil {
		return false
	}
	value, ok := a.Value()
	return !ok || value.Unparen().Text() != "false"
}

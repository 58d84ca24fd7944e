package project

import "github.com/nixsift/nixsift/internal/git"

// Repo is a Git repository as the check of a file sees it. Paths inside it are relative to its root, with "/".
type Repo struct {
	git  *git.Repo
	view *View
}

// Root returns the root of the working tree.
func (r *Repo) Root() string { return r.git.Root() }

// Rel returns the path inside the repository of an absolute path, and false where it lies elsewhere.
func (r *Repo) Rel(path string) (string, bool) { return r.git.Rel(path) }

// tracked is what Tracked answers.
type tracked struct {
	entry git.Entry
	ok    bool
}

// Tracked returns the entry of a path in the index.
func (r *Repo) Tracked(rel string) (git.Entry, bool) {
	if r.view.deps == nil {
		return r.git.Tracked(rel)
	}
	t := noted(r.view, question{"tracked", rel, ""}, func(a *Answers) tracked {
		if repo := a.Repo(); repo != nil {
			e, ok := repo.Tracked(rel)
			return tracked{e, ok}
		}
		return tracked{}
	})
	return t.entry, t.ok
}

// HasBelow reports whether the index has something below a folder.
func (r *Repo) HasBelow(dir string) bool {
	if r.view.deps == nil {
		return r.git.HasBelow(dir)
	}
	return noted(r.view, question{"below", dir, ""}, func(a *Answers) bool {
		repo := a.Repo()
		return repo != nil && repo.HasBelow(dir)
	})
}

// submodule is what Submodule answers.
type submodule struct {
	path string
	ok   bool
}

// Submodule returns the submodule that a path is or lies in.
func (r *Repo) Submodule(rel string) (path string, ok bool) {
	if r.view.deps == nil {
		return r.git.Submodule(rel)
	}
	s := noted(r.view, question{"submodule", rel, ""}, func(a *Answers) submodule {
		if repo := a.Repo(); repo != nil {
			path, ok := repo.Submodule(rel)
			return submodule{path, ok}
		}
		return submodule{}
	})
	return s.path, s.ok
}

// ignored is what Ignored answers.
type ignored struct {
	by git.Ignore
	ok bool
}

// Ignored returns the pattern that makes Git ignore a path, which need not exist.
func (r *Repo) Ignored(rel string, isDir bool) (git.Ignore, bool) {
	if r.view.deps == nil {
		return r.git.Ignored(rel, isDir)
	}
	q := question{"ignored", rel, "file"}
	if isDir {
		q.more = "folder"
	}
	i := noted(r.view, q, func(a *Answers) ignored {
		if repo := a.Repo(); repo != nil {
			by, ok := repo.Ignored(rel, isDir)
			return ignored{by, ok}
		}
		return ignored{}
	})
	return i.by, i.ok
}

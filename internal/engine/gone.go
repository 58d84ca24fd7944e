package engine

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/workspace"
)

// bereft returns the files among paths that a change leaves as they are, though they name what it takes away.
func (e *Checker) bereft(paths []string, reported map[string]bool) (files []workspace.File) {
	if e.opts.Changes == nil {
		return nil
	}
	gone := e.opts.Changes.Gone()
	if len(gone) == 0 {
		return nil
	}
	repo := e.opts.Changes.Repo
	answers := e.snapshot.ViewOf(repo.Root()).Answers()
	seen := map[string]bool{}
	for _, path := range gone {
		for _, r := range answers.References(path) {
			if seen[r.From] {
				continue
			}
			seen[r.From] = true
			if file, ok := asGiven(repo, paths, r.From); ok && !reported[file] && (e.opts.NoExclude || !e.excluded(file)) {
				files = append(files, workspace.File{Path: file, Kind: workspace.Nix})
			}
		}
	}
	slices.SortFunc(files, func(a, b workspace.File) int { return strings.Compare(a.Path, b.Path) })
	return files
}

// asGiven returns a file of a repository as a run over paths spells it, which may name the repository by a link, and false
// where it is none of them and lies below none.
func asGiven(repo *git.Repo, paths []string, file string) (string, bool) {
	at, _ := repo.Rel(file)
	for _, path := range paths {
		top, ok := repo.Rel(path)
		if rel, err := filepath.Rel(filepath.FromSlash("/"+top), filepath.FromSlash("/"+at)); ok && err == nil && filepath.IsLocal(rel) {
			return filepath.Join(path, rel), true
		}
	}
	return "", false
}

// aboutGone reports whether a finding is about a path literal that leads to what a change takes away.
func (e *Checker) aboutGone(file string, at source.Span) bool {
	text, err := e.fs.ReadFile(file)
	if err != nil || int(at.End) > len(text) {
		return false
	}
	target, ok := project.ResolveText(file, string(text[at.Start:at.End]))
	if !ok {
		return false
	}
	gone := e.opts.Changes.Gone()
	_, ok = slices.BinarySearch(gone, target)
	if !ok { // a folder stands for its default.nix
		_, ok = slices.BinarySearch(gone, filepath.Join(target, "default.nix"))
	}
	return ok
}

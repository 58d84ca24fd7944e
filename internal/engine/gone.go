package engine

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/config"
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

// loadChanged reads the configurations and baselines that a change is about, of which no file that is checked may ask: those that
// hold for paths, and those below them that the change touches, or that name something it touches.
func (e *Checker) loadChanged(paths []string) {
	c := e.opts.Changes
	if c == nil {
		return
	}
	load := func(file string) {
		e.config(file)
		e.baseline(file)
	}
	for _, path := range paths {
		if info, err := e.fs.Stat(path); err == nil && info.IsDir() {
			path = filepath.Join(path, config.FileName)
		}
		load(path)
	}
	touched := map[string]bool{}
	var names []string // by which a configuration may name what is touched
	for _, path := range slices.Concat(c.Changed(), c.Gone()) {
		base := filepath.Base(path)
		if ext := filepath.Ext(base); ext != config.Ext && ext != filepath.Ext(baseline.FileName) {
			continue
		}
		if base == config.FileName || base == baseline.FileName {
			if file, ok := asGiven(c.Repo, paths, path); ok {
				load(file)
			}
		}
		touched[path] = true
		names = append(names, base)
		if base == config.FileName { // which the name of its folder stands for
			names = append(names, filepath.Base(filepath.Dir(path)))
		}
	}
	if e.opts.ConfigPath != "" {
		return
	}
	if c.Untracked() {
		e.loadUntracked(paths, load)
	}
	if len(touched) == 0 {
		return
	}
	for entry := range c.Repo.Files() {
		if path.Base(entry.Path) != config.FileName {
			continue
		}
		at := filepath.Join(c.Repo.Root(), filepath.FromSlash(entry.Path))
		file, ok := asGiven(c.Repo, paths, at)
		if !ok || touched[at] {
			continue
		}
		for _, src := range e.load(file).config.Sources() {
			if touched[src.Path] || slices.ContainsFunc(names, func(name string) bool { return strings.Contains(src.Text, name) }) {
				load(file)
				break
			}
		}
	}
}

// loadUntracked loads the configurations below paths that Git does not track and that lie beside what it tracks.
func (e *Checker) loadUntracked(paths []string, load func(file string)) {
	c := e.opts.Changes
	var tops []string
	for _, path := range paths {
		if top, ok := c.Repo.Rel(path); ok {
			tops = append(tops, top)
		}
	}
	last := "."
	for entry := range c.Repo.Files() {
		dir := path.Dir(entry.Path)
		if dir == last {
			continue
		}
		last = dir
		below := func(top string) bool { return top == "" || top == "." || strings.HasPrefix(dir+"/", top+"/") }
		at := filepath.Join(c.Repo.Root(), filepath.FromSlash(dir))
		if !slices.ContainsFunc(tops, below) || !workspace.Has(e.fs, at, config.FileName) {
			continue
		}
		at = filepath.Join(at, config.FileName)
		if file, ok := asGiven(c.Repo, paths, at); ok && c.Why(c.Repo, at) != "" {
			load(file)
		}
	}
}

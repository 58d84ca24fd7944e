package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/internal/workspace"
)

// ciFolders are folders whose scripts are there for CI.
var ciFolders = []string{"ci", ".ci", ".github", ".gitlab", ".forgejo", ".gitea", ".woodpecker"}

// RunByCI reports whether CI runs a script: a CI file of the project calls it, directly or through another
// script, or it lies in a folder that is there for CI. Of a Makefile or justfile, recipe is the one in question.
func (v *View) RunByCI(path, recipe string) bool {
	if v.deps != nil {
		return noted(v, question{"run by CI", path, recipe}, func(a *Answers) bool { return a.RunByCI(path, recipe) })
	}
	root := v.folder.root
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return false
	}
	for part := range strings.SplitSeq(filepath.ToSlash(filepath.Dir(rel)), "/") {
		if slices.Contains(ciFolders, part) {
			return true
		}
	}
	s := v.snapshot
	called := s.ciCalls.get(root, func() map[string]bool { return s.calledByCI(root) })
	return called[calledKey(filepath.ToSlash(rel), recipe)]
}

// calledKey names a script, or a recipe in a file of them.
func calledKey(path, recipe string) string {
	if recipe != "" {
		return path + "\x00" + recipe
	}
	return path
}

// calledByCI returns the scripts and recipes below root that its CI files run, by calledKey of their paths relative
// to it.
func (s *Snapshot) calledByCI(root string) map[string]bool {
	called := map[string]bool{}
	var todo []shell.Call
	add := func(calls []shell.Call) {
		for _, c := range calls {
			if key := calledKey(c.Path, strings.Join(c.Recipes, " ")); !c.Uses && !called[key+"\x00"] {
				called[key+"\x00"] = true // it is among todo
				todo = append(todo, c)
			}
		}
	}
	var candidates []string
	for _, folder := range ciFolders {
		candidates = append(candidates, filepath.Join(root, folder))
	}
	for _, name := range []string{".gitlab-ci.yml", ".woodpecker.yml", ".woodpecker.yaml"} {
		candidates = append(candidates, filepath.Join(root, name))
	}
	for _, c := range candidates {
		if _, err := s.fs.Stat(c); err != nil {
			continue
		}
		selection, _ := workspace.Select(s.fs, []string{c}, workspace.Options{Git: s.repos})
		for _, f := range selection.Files {
			if f.Kind != workspace.CI {
				continue
			}
			rel, err := filepath.Rel(root, f.Path)
			if err != nil {
				continue
			}
			if text, err := s.fs.ReadFile(f.Path); err == nil {
				add(shell.ReadCI(filepath.ToSlash(rel), string(text)).Calls)
			}
		}
	}
	for len(todo) > 0 {
		call := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		called[call.Path] = true
		text, err := s.fs.ReadFile(filepath.Join(root, filepath.FromSlash(call.Path)))
		if err != nil || !shell.IsScript(call.Path, string(text)) {
			continue
		}
		doc := shell.ReadScript(call.Path, string(text))
		if shell.RecipeTool(call.Path) != "" {
			for name := range doc.Run(call.Recipes) {
				called[calledKey(call.Path, name)] = true
			}
		}
		add(doc.Calls)
	}
	return called
}

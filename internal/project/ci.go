package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/internal/workspace"
)

// ciFolders are folders whose scripts are there for CI.
var ciFolders = []string{"ci", ".ci", ".github", ".gitlab", ".forgejo", ".gitea", ".woodpecker", ".circleci", ".buildkite", ".azure-pipelines",
	".azuredevops", ".builds"}

// ciFiles are the names of CI files at the project's root.
var ciFiles = []string{
	".gitlab-ci.yml", ".woodpecker.yml", ".woodpecker.yaml", ".drone.yml", ".travis.yml", ".cirrus.yml", "bitbucket-pipelines.yml",
	"azure-pipelines.yml", "azure-pipelines.yaml", ".build.yml", "Jenkinsfile",
}

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
	s.ciFiles(root, func(_ string, doc *shell.Doc) {
		if doc != nil {
			add(doc.Calls)
		}
	})
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

// ciFiles calls do for the CI files below root, in the order of their folders: with their path relative to it, and nil where they
// cannot be read.
func (s *Snapshot) ciFiles(root string, do func(rel string, doc *shell.Doc)) {
	var candidates []string
	for _, folder := range ciFolders {
		candidates = append(candidates, filepath.Join(root, folder))
	}
	for _, name := range ciFiles {
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
			rel = filepath.ToSlash(rel)
			if text, err := s.fs.ReadFile(f.Path); err == nil {
				do(rel, shell.ReadCI(rel, string(text)))
			} else {
				do(rel, nil)
			}
		}
	}
}

// Job is a job of a CI file.
type Job struct {
	File string // relative to the project's root, with slashes
	Name string // empty where the file names none
}

// Jobs returns the jobs of the project's CI files that run a command of some kind, themselves or by a script of the
// project, in the order of the files, and the CI files of which nothing, or not all, can be told.
func (v *View) Jobs(kind func(cmd *shell.Command) bool) (jobs []Job, unread []string) {
	root := v.folder.root
	search := scriptSearch{snapshot: v.snapshot, root: root, kind: kind, read: map[string]scriptFound{}}
	v.snapshot.ciFiles(root, func(rel string, doc *shell.Doc) {
		if doc == nil || len(doc.Problems) > 0 {
			unread = append(unread, rel)
		}
		if doc == nil {
			return
		}
		for _, script := range doc.Scripts {
			job := Job{doc.Path, script.Job}
			if slices.Contains(jobs, job) {
				continue
			}
			runs := slices.ContainsFunc(script.Commands, func(cmd shell.Command) bool { return kind(&cmd) })
			for _, call := range doc.Calls {
				runs = runs || !call.Uses && script.Span.Covers(call.Span) && search.runs(call)
			}
			if runs {
				jobs = append(jobs, job)
			}
		}
	})
	return jobs, unread
}

// scriptSearch looks for a command in scripts and in those that they call.
type scriptSearch struct {
	snapshot *Snapshot
	root     string
	kind     func(cmd *shell.Command) bool
	read     map[string]scriptFound // by calledKey
}

// scriptFound is what one script has of what is looked for, and what it calls.
type scriptFound struct {
	has   bool
	calls []shell.Call
}

// runs reports whether a script, or one that it calls, has the command.
func (s *scriptSearch) runs(call shell.Call) bool {
	todo, seen := []shell.Call{call}, map[string]bool{}
	for len(todo) > 0 {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		key := calledKey(c.Path, strings.Join(c.Recipes, " "))
		if c.Uses || seen[key] {
			continue
		}
		seen[key] = true
		found, ok := s.read[key]
		if !ok {
			found = s.look(c)
			s.read[key] = found
		}
		if found.has {
			return true
		}
		todo = append(todo, found.calls...)
	}
	return false
}

func (s *scriptSearch) look(call shell.Call) (found scriptFound) {
	text, err := s.snapshot.fs.ReadFile(filepath.Join(s.root, filepath.FromSlash(call.Path)))
	if err != nil || !shell.IsScript(call.Path, string(text)) {
		return found
	}
	doc := shell.ReadScript(call.Path, string(text))
	var recipes map[string]bool
	if shell.RecipeTool(call.Path) != "" {
		recipes = doc.Run(call.Recipes)
	}
	for script, cmd := range doc.Commands() {
		found.has = found.has || (recipes == nil || recipes[script.Job]) && s.kind(cmd)
	}
	found.calls = doc.Calls
	return found
}

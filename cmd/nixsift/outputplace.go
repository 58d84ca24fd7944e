package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/workspace"
)

// errRead is why a report does not go to a file.
const errRead = "a report would replace a file that nixsift reads"

// checkOutputs refuses files for reports that a report must not replace. What is checked may come from somebody else: a link
// in it never says where a report goes outside of it.
func (f *checkFlags) checkOutputs(wd string) error {
	taken := map[string]string{}
	for _, o := range f.files {
		path := absolute(wd, o.path)
		if why := f.refusesOutput(wd, path, nil); why != "" {
			return fmt.Errorf("--output \"%s=%s\": %s", o.format, o.path, why)
		}
		at, err := workspace.Resolve(workspace.OS, path)
		if err != nil || rewrite.IsOpen(path) {
			continue // which writing tells, or which takes one behind the other
		}
		if other := taken[at]; other != "" {
			return fmt.Errorf("--output \"%s=%s\": it is the file of \"%s\", which takes one report", o.format, o.path, other)
		}
		taken[at] = o.format + "=" + o.path
	}
	return nil
}

// refusesOutput returns why no report may go to a path, or "". read are files that a run has read.
func (f *checkFlags) refusesOutput(wd, path string, read []string) string {
	if rewrite.IsOpen(path) {
		return ""
	}
	at, err := workspace.Resolve(workspace.OS, path)
	if err != nil {
		return "" // which writing tells
	}
	if link, target := workspace.LeadsOut(workspace.OS, path, f.projects(wd, path)); link != "" {
		return fmt.Sprintf("the link %s leads to %s, outside of the project", shown(wd, link), target)
	}
	repo, err := git.Open(wd)
	if workspace.IsGits(at) || err == nil && repo != nil && repo.Owns(at) {
		return "a report would replace a file of Git"
	}
	if name := filepath.Base(at); name == config.FileName || name == baseline.FileName || workspace.KindOf(at) != workspace.Other {
		return errRead
	}
	for _, other := range append([]string{f.opts.ConfigPath, f.opts.Baseline}, read...) {
		if other == "" {
			continue
		}
		if there, err := workspace.Resolve(workspace.OS, other); err == nil && there == at {
			return errRead
		}
	}
	if filepath.Ext(at) == "" { // a script, perhaps
		if s, _ := workspace.Select(workspace.OS, []string{at}, workspace.Options{}); slices.ContainsFunc(s.Files, func(x workspace.File) bool { return x.Path == at }) {
			return errRead
		}
	}
	return ""
}

// refusalOf is refusesOutput when a run is over, whose configurations and baselines are known.
func (f *checkFlags) refusalOf(wd string, res *engine.Result) func(path string) string {
	read := res.SettingFiles()
	return func(path string) string { return f.refusesOutput(wd, path, read) }
}

// projects returns the roots, links resolved, of the projects of what is checked and around a folder, and of those within them
// that the way of an absolute path to write to leads through.
func (f *checkFlags) projects(wd, output string) (roots []string) {
	snapshot := project.New(workspace.OS)
	holds := func(path string) bool {
		return slices.ContainsFunc(roots, func(root string) bool { return workspace.Within(root, path) })
	}
	add := func(root string) {
		if !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	for _, path := range append([]string{filepath.Join(wd, config.FileName)}, f.opts.Paths...) {
		dir := ""
		if info, err := workspace.OS.Stat(path); err == nil && info.IsDir() {
			dir, path = path, filepath.Join(path, config.FileName)
		}
		root, err := workspace.OS.EvalSymlinks(snapshot.View(path).Root())
		if err == nil {
			add(root)
		}
		if dir == "" {
			continue
		}
		if at, failed := workspace.OS.EvalSymlinks(dir); failed == nil && (err != nil || !workspace.Within(root, at)) {
			add(at) // behind a link
		}
	}
	for dir := filepath.Dir(output); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		at, err := workspace.Resolve(workspace.OS, dir)
		if err != nil || !holds(at) {
			continue
		}
		v := snapshot.View(filepath.Join(at, config.FileName))
		if v.Repo() == nil && v.FlakeDir() == "" {
			continue // nothing bounds a project there
		}
		if root, err := workspace.OS.EvalSymlinks(v.Root()); err == nil && holds(root) {
			add(root)
		}
	}
	return roots
}

package project

import (
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/internal/workspace"
)

// Change is what happened since a snapshot.
type Change struct {
	// FS is the file system with the change.
	FS workspace.FS
	// Files are the absolute paths of regular files that have another text. They were regular files before.
	Files []string
	// Disk says that anything may have changed, too: files came and went, or the index of a repository did.
	Disk bool
}

// Next returns the snapshot after a change.
func (s *Snapshot) Next(c Change) *Snapshot {
	if c.Disk || slices.ContainsFunc(c.Files, ofGround) {
		return start(c.FS, s.facts.without(c.Files))
	}
	next := &Snapshot{
		fs: c.FS, ground: s.ground, flakes: s.flakes, locks: s.locks, ciCalls: s.ciCalls, sets: s.sets,
		outputs: outputsAfter(s.outputs, c.Files), hosts: hostsAfter(s.hosts, c.Files), failing: failingAfter(s.failing, c.Files), lists: s.lists.without(c.Files...),
		evaluated: evaluatedAfter(s.evaluated, c.Files), modules: evaluatedModulesAfter(s.modules, c.Files), inputs: new(memo[inputsKey, inputSources]), uses: s.uses,
		files: s.files.without(c.Files), facts: s.facts.without(c.Files), trees: new(memo[tableKey, *factTable]), inherited: map[tableKey]*inheritance{},
	}
	for _, path := range c.Files {
		dir, name := filepath.Split(path)
		dir = filepath.Clean(dir)
		switch {
		case name == "flake.lock":
			next.locks = next.locks.without(dir)
			next.flakes = next.flakes.without(dir)
		case name == "flake.nix":
			next.flakes = next.flakes.without(dir)
		case !isNix(path):
			next.ciCalls = new(memo[string, map[string]bool])
		}
		next.sets = next.sets.without(path, dir)
	}
	for key, old := range s.inherited {
		next.inherit(key, old.table, old.changed, c.Files)
	}
	for key, table := range s.trees.known() {
		next.inherit(key, table, nil, c.Files)
	}
	return next
}

// inherit takes over a table, but for those of files that changed before or just now.
func (s *Snapshot) inherit(key tableKey, t *factTable, before map[string]bool, now []string) {
	changed := make(map[string]bool, len(before)+len(now))
	for path := range before {
		changed[path] = true
	}
	for _, path := range now {
		changed[path] = true
	}
	s.inherited[key] = &inheritance{t, changed}
}

// ofGround reports whether the text of a file decides on what is known of others.
func ofGround(path string) bool {
	switch filepath.Base(path) {
	case ".gitattributes", ".gitignore", ".gitmodules":
		return true
	}
	return false
}

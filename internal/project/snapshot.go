// Package project answers what the files around a linted one say: the Git repository and what that tracks, the flake,
// what is on disk, who refers to a file, and which files are generated. A Snapshot is the project at one moment; a View
// is what the check of one file sees of it, Answers what needs all Nix files.
package project

import (
	"path/filepath"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Snapshot is what the disk and the buffers of an editor hold at one moment. What it tells does not change: each thing
// is read once, when it is asked for first. It may be used from several goroutines, has no one root, and answers for
// any folder. Next makes the snapshot after a change, which shares what did not change.
type Snapshot struct {
	fs workspace.FS
	*ground

	flakes  *memo[string, *flake.Flake]    // by folder
	locks   *memo[string, *flake.LockFile] // by folder
	ciCalls *memo[string, map[string]bool] // by root
	sets    *memo[string, map[string]bool] // what attributesOf returns
	outputs *memo[string, *Outputs]        // by folder
	failing *memo[string, *failingOutputs] // by folder
	hosts   *memo[string, *hostGraph]      // by folder
	lists   *memo[string, optionList]      // of options, by file
	// evaluated is what evaluating modules adds to what they say, modules what that of one does.
	evaluated *memo[*moduleIndex, *evaluatedOptions]
	modules   *memo[evaluatedKey, *evaluatedModule]
	uses      *memo[string, *usesMemory] // of options, by root

	// inputs are the sources of inputs, by what they are found out from.
	inputs *memo[inputsKey, inputSources]

	files *fileCache
	facts *factStore
	trees *memo[tableKey, *factTable]
	// spareFrom and spared are for SpareFrom.
	spareFrom int
	spared    *memo[string, bool] // by the root of the repository

	// inherited are the facts of roots that were known before, with the paths that have changed since.
	inherited map[tableKey]*inheritance
}

// New makes a snapshot of a file system, which must not change as long as it is used.
func New(fsys workspace.FS) *Snapshot { return start(fsys, &factStore{}) }

// NewLive is New for programs that live on while files change: Next keeps what files say as long as their size and their
// time of change are the same.
func NewLive(fsys workspace.FS) *Snapshot { return start(fsys, &factStore{stamped: true}) }

func start(fsys workspace.FS, facts *factStore) *Snapshot {
	s := &Snapshot{fs: fsys, ground: newGround(fsys), facts: facts}
	s.empty()
	return s
}

// empty forgets all that files say, but for the facts of single ones.
func (s *Snapshot) empty() {
	s.flakes, s.locks, s.ciCalls = new(memo[string, *flake.Flake]), new(memo[string, *flake.LockFile]), new(memo[string, map[string]bool])
	s.sets, s.outputs, s.failing = new(memo[string, map[string]bool]), new(memo[string, *Outputs]), new(memo[string, *failingOutputs])
	s.hosts, s.lists, s.inputs = new(memo[string, *hostGraph]), new(memo[string, optionList]), new(memo[inputsKey, inputSources])
	s.evaluated, s.modules = new(memo[*moduleIndex, *evaluatedOptions]), new(memo[evaluatedKey, *evaluatedModule])
	s.files, s.trees, s.uses = new(fileCache), new(memo[tableKey, *factTable]), new(memo[string, *usesMemory])
}

// Forget lets go of what files say, for who will hardly ask of the same projects again: then it is read anew. Nobody may ask meanwhile.
func (s *Snapshot) Forget() {
	s.empty()
	next := &factStore{stamped: s.facts.stamped}
	next.wanted.Store(s.facts.wanted.Load())
	s.facts = next
}

// Git returns the snapshot's memory of repositories.
func (s *Snapshot) Git() *git.Cache { return s.repos }

// View returns what the check of a file sees, given by its absolute path.
func (s *Snapshot) View(path string) *View { return s.ViewOf(filepath.Dir(path)) }

// ViewOf returns what the files of a folder see.
func (s *Snapshot) ViewOf(dir string) *View { return &View{snapshot: s, folder: s.folder(dir)} }

// Flake reads the flake in a folder; nil where its flake.nix cannot be read.
func (s *Snapshot) Flake(dir string) *flake.Flake {
	return s.flakes.get(dir, func() *flake.Flake {
		f := s.File(filepath.Join(dir, "flake.nix"))
		if f == nil {
			return nil
		}
		return flake.NewWith(dir, f.Tree(), s.LockFile(dir))
	})
}

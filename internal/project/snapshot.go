// Package project answers what the files around a linted one say: the Git repository and what that tracks, the flake,
// what is on disk, who refers to a file, and which files are generated. A Snapshot is the project at one moment; a View
// is what the check of one file sees of it, Answers what needs all Nix files.
package project

import (
	"path/filepath"
	"sync"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Snapshot is what the disk and the buffers of an editor hold at one moment. What it tells does not change: each thing
// is read once, when it is asked for first. It may be used from several goroutines, has no one root, and answers for
// any folder. Next makes the snapshot after a change, which shares what did not change.
type Snapshot struct {
	fs    workspace.FS
	repos *git.Cache

	folders    memo[string, *folder]
	flakes     memo[string, *flake.Flake]        // by folder
	locks      memo[string, *flake.LockFile]     // by folder
	attributes memo[string, *attributes]         // by folder
	entries    memo[string, []string]            // of a folder
	nixFiles   memo[string, []workspace.File]    // by root
	ends       memo[string, map[string][]string] // by root: its files by the last part of their paths
	ciCalls    memo[string, map[string]bool]     // by root
	sets       memo[string, map[string]bool]     // what attributesOf returns
	inKind     sync.Map                          // from folderKey to bool

	files fileCache
	facts factStore
	trees memo[string, *facts] // by root
}

// New makes a snapshot of a file system, which must not change as long as it is used.
func New(fsys workspace.FS) *Snapshot {
	return &Snapshot{fs: fsys, repos: &git.Cache{FS: fsys}}
}

// Git returns the snapshot's memory of repositories.
func (s *Snapshot) Git() *git.Cache { return s.repos }

// View returns what the check of a file sees, given by its absolute path.
func (s *Snapshot) View(path string) *View { return s.ViewOf(filepath.Dir(path)) }

// ViewOf returns what the files of a folder see.
func (s *Snapshot) ViewOf(dir string) *View { return &View{folder: s.folder(dir)} }

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

package project

import (
	"io/fs"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/workspace"
)

// View is what the check of one file sees of what is around it: all that is told without reading the other files of the
// project. What needs those is asked of Answers.
type View struct {
	folder *folder
}

// Answers answers questions about what all Nix files of a project say. The first needs all of them.
type Answers struct{ *View }

// Answers returns what answers for the project of the view.
func (v *View) Answers() *Answers { return &Answers{v} }

func (v *View) snapshot() *Snapshot { return v.folder.snapshot }

// Root returns the folder that bounds the project: the repository's root, else the outermost flake around the folder,
// else the folder itself.
func (v *View) Root() string { return v.folder.root }

// Repo returns the innermost Git repository around the folder, or nil where there is none or it cannot be
// read (RepoError).
func (v *View) Repo() *git.Repo { return v.folder.repo }

// RepoError tells why a repository that is there cannot be read.
func (v *View) RepoError() error { return v.folder.repoErr }

// FlakeDir returns the nearest folder, from this one upward and within the repository, that has a flake.nix,
// or "".
func (v *View) FlakeDir() string { return v.folder.flakeDir }

// Flake returns the flake of FlakeDir, or nil.
func (v *View) Flake() *flake.Flake {
	if v.folder.flakeDir == "" {
		return nil
	}
	return v.snapshot().Flake(v.folder.flakeDir)
}

// InFlake reports whether a flake whose flake.nix Git tracks lies in the folder or above it, within the
// repository: then Nix sees the folder's files through Git.
func (v *View) InFlake() bool { return v.folder.seenByFlake() }

// Rel returns path as messages name it: relative to the project's root, with slashes.
func (v *View) Rel(path string) string { return v.folder.rel(path) }

// Within reports whether a path lies below the project's root. Where nothing bounds the project, neither a
// repository nor a flake, it extends to the folders that are there.
func (v *View) Within(path string) bool { return v.folder.within(path) }

// Kind is what a path leads to.
type Kind uint8

// The kinds: nothing, or nothing that may be looked at; a regular file; a folder; a device, socket or FIFO.
const (
	Nothing Kind = iota
	Regular
	Folder
	Special
)

// Kind tells what is at a path, links resolved.
func (v *View) Kind(path string) Kind { return v.snapshot().kindOf(path) }

func (s *Snapshot) kindOf(path string) Kind {
	switch info, err := s.fs.Stat(path); {
	case err != nil:
		return Nothing
	case info.IsDir():
		return Folder
	case info.Mode().IsRegular():
		return Regular
	}
	return Special
}

// Exists reports whether something has a path, be it a link that leads nowhere.
func (v *View) Exists(path string) bool {
	_, err := v.snapshot().fs.Lstat(path)
	return err == nil
}

// IsLink reports whether a path is a symbolic link.
func (v *View) IsLink(path string) bool {
	info, err := v.snapshot().fs.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// RealPath returns a path with its links resolved, and false where nothing is there.
func (v *View) RealPath(path string) (string, bool) {
	resolved, err := workspace.EvalSymlinks(v.snapshot().fs, path)
	return resolved, err == nil
}

// Entries returns the names of what lies in a folder, sorted; nil where it cannot be listed. The names must not be
// changed.
func (v *View) Entries(dir string) []string { return v.snapshot().entriesOf(dir) }

// Elsewhere returns the one file of the project whose path ends as a path that names nothing does; for a folder, the one
// with a default.nix. ok is false where there are none or several.
func (v *View) Elsewhere(path string) (found string, ok bool) { return v.folder.elsewhere(path) }

// File returns a file, whether or not it lies in the project, by its absolute path; nil where nothing can be read. It is
// the one way to another file.
func (v *View) File(path string) *File { return v.snapshot().File(path) }

// Role returns the role of a file of the given shape.
func (a *Answers) Role(path string, shape role.Shape) role.Role {
	var refs role.Refs
	for _, r := range a.References(path) {
		switch r.Kind {
		case ImportWithArgs:
			refs |= role.ImportedWithArgs
		case CallPackage:
			refs |= role.Called
		case InList:
			refs |= role.Listed
		}
	}
	return shape.Role(refs)
}

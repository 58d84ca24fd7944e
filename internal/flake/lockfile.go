package flake

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
)

// LockFile is what lies under the name flake.lock.
type LockFile struct {
	Path  string
	State LockState
	Lock  *Lock        // nil unless the State is LockRead and the text is JSON
	Error *SyntaxError // why the text is no JSON
	// Ignored tells for LockUntracked which pattern keeps the file out of Git, and where that stands; or "".
	Ignored string
	// Unread is why the system does not give the file, for LockUnreadable.
	Unread error
}

// LockState says what Nix has of a lock file.
type LockState uint8

// The states: there is none; a file that Nix reads; a file, or a link, in a Git repository that does not track it, so
// that Nix does not read it; a symbolic link, a folder, and a FIFO, socket or device, which Nix refuses; a file that
// cannot be read.
const (
	LockNone LockState = iota
	LockRead
	LockUntracked
	LockLink
	LockFolder
	LockSpecial
	LockUnreadable
)

// Read reads the text of the file.
func (l *LockFile) Read(text string) {
	l.State = LockRead
	l.Lock, l.Error = ReadLock(text)
}

// Problems returns what Nix rejects in the file, by kinds; none where it is not read.
func (l *LockFile) Problems(kinds ...ProblemKind) []Problem {
	if l.Lock == nil {
		return nil
	}
	var out []Problem
	for _, p := range l.Lock.Problems {
		if slices.Contains(kinds, p.Kind) {
			out = append(out, p)
		}
	}
	return out
}

// NewAlone makes the model of a lock file whose flake.nix is not known: Nix is nil.
func NewAlone(dir string, lock *LockFile) *Flake {
	return &Flake{Dir: dir, Lock: lock.Lock, LockError: lock.Error}
}

// NewWith makes the model of a flake of the tree of its flake.nix and its lock file.
func NewWith(dir string, t *ast.Tree, lock *LockFile) *Flake {
	return &Flake{Dir: dir, Nix: ReadNix(t), Lock: lock.Lock, LockError: lock.Error}
}

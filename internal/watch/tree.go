// Package watch tells when something changed of what a run has read. A Tree is a file system that notes what it is asked; what
// nobody asked for is not watched, and what was asked is, wherever it lies: a configuration above the folder, a file that
// is not there yet.
package watch

import (
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/nixsift/nixsift/internal/workspace"
)

// Tree is a file system with notes of what was asked of it. Its methods as a file system may be called from several
// goroutines, the others from one.
type Tree struct {
	base    workspace.FS
	mu      sync.Mutex
	folders map[string]*folder
	fresh   []string            // folders with notes that are not watched yet
	links   map[string][]string // that were read, by the file that they lead to

	events *events // nil where the system tells nothing of changes, so that they are looked for
}

// folder is what was asked about a folder.
type folder struct {
	listed map[string]fs.FileMode // the types of its entries; nil where it was not listed
	asked  map[string]state       // by name
}

// state is what was at a path. The zero value is nothing.
type state struct {
	there bool
	kind  fs.FileMode // type, links followed where they lead somewhere
	raw   fs.FileMode // type, links not followed
	read  bool        // the content counts
	disk  bool        // the content says what there is, as that of a Git index does
	size  int64
	time  time.Time
}

// ignoreFiles are the names of files in a tree that Git's rules are read from, behind the file system.
var ignoreFiles = map[string]bool{".gitignore": true, ".gitattributes": true, ".gitmodules": true}

// New returns a tree over a file system. Where that is not the machine's, or the system does not tell of changes, they are
// looked for.
func New(base workspace.FS) *Tree {
	t := &Tree{base: base, folders: map[string]*folder{}, links: map[string][]string{}}
	if base == workspace.OS {
		t.events = newEvents()
	}
	return t
}

// Close ends the watching.
func (t *Tree) Close() {
	if t.events != nil {
		t.events.close()
	}
}

// Polls reports whether changes are looked for, since the system does not tell of them.
func (t *Tree) Polls() bool { return t.events == nil }

// look returns what is at a path.
func (t *Tree) look(path string) state {
	own, err := t.base.Lstat(path)
	if err != nil {
		return state{}
	}
	info := own
	if own.Mode()&fs.ModeSymlink != 0 {
		if target, err := t.base.Stat(path); err == nil {
			info = target
		}
	}
	return state{there: true, kind: info.Mode().Type(), raw: own.Mode().Type(), size: info.Size(), time: info.ModTime()}
}

// at returns the notes about a folder. The lock is held.
func (t *Tree) at(dir string) *folder {
	f := t.folders[dir]
	if f == nil {
		f = &folder{}
		t.folders[dir] = f
		t.fresh = append(t.fresh, dir)
	}
	return f
}

// note keeps what is at a path. What is known of it to count stays so.
func (t *Tree) note(path string, s state) {
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.at(dir)
	if f.asked == nil {
		f.asked = map[string]state{}
	}
	old := f.asked[name]
	s.read, s.disk = s.read || old.read, s.disk || old.disk
	f.asked[name] = s
}

// isNoted reports whether something was asked about a path.
func (t *Tree) isNoted(path string) bool {
	dir, name := filepath.Split(path)
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.folders[filepath.Clean(dir)]
	if f == nil {
		return false
	}
	_, ok := f.asked[name]
	return ok
}

// Depend notes a file that is read behind the file system and says what there is, such as a Git index.
func (t *Tree) Depend(path string) {
	s := t.look(path)
	s.read, s.disk = true, true
	t.note(path, s)
}

// ReadFile notes the state of a file before it is read: a change meanwhile shows later.
func (t *Tree) ReadFile(path string) ([]byte, error) {
	t.noteRead(path)
	return t.base.ReadFile(path)
}

// Head returns at most n bytes from the start of a file.
func (t *Tree) Head(path string, n int) ([]byte, error) {
	t.noteRead(path)
	return workspace.Head(t.base, path, n)
}

func (t *Tree) noteRead(path string) {
	s := t.look(path)
	s.read = true
	t.note(path, s)
	if s.raw&fs.ModeSymlink == 0 {
		return
	}
	if target, err := t.base.EvalSymlinks(path); err == nil && target != path {
		s.raw = s.kind
		t.note(target, s)
		t.mu.Lock()
		defer t.mu.Unlock()
		if !slices.Contains(t.links[target], path) {
			t.links[target] = append(t.links[target], path)
		}
	}
}

// Stat notes whether something is at a path, and what.
func (t *Tree) Stat(path string) (fs.FileInfo, error) {
	t.note(path, t.look(path))
	return t.base.Stat(path)
}

// Lstat notes whether something is at a path, and what.
func (t *Tree) Lstat(path string) (fs.FileInfo, error) {
	t.note(path, t.look(path))
	return t.base.Lstat(path)
}

// ReadDir notes what is in a folder.
func (t *Tree) ReadDir(path string) ([]fs.DirEntry, error) {
	entries, err := t.base.ReadDir(path)
	listed := listing(entries)
	path = filepath.Clean(path)
	t.mu.Lock()
	f := t.at(path)
	f.listed = listed
	t.mu.Unlock()
	for name := range ignoreFiles {
		if _, ok := listed[name]; ok {
			t.Depend(filepath.Join(path, name))
		}
	}
	return entries, err
}

func listing(entries []fs.DirEntry) map[string]fs.FileMode {
	listed := make(map[string]fs.FileMode, len(entries))
	for _, e := range entries {
		listed[e.Name()] = e.Type()
	}
	return listed
}

// EvalSymlinks resolves the links of a path.
func (t *Tree) EvalSymlinks(path string) (string, error) {
	t.note(path, t.look(path))
	return t.base.EvalSymlinks(path)
}

// Readlink returns what a link says.
func (t *Tree) Readlink(path string) (string, error) {
	t.note(path, t.look(path))
	return t.base.Readlink(path)
}

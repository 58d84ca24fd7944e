package git

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/internal/osfile"
)

// Mode says what git keeps under a path.
type Mode uint8

// The modes: a file (100644), an executable file (100755), a symbolic link (120000), a submodule (160000), a
// folder that a sparse index keeps as a whole (040000).
const (
	Regular Mode = iota
	Executable
	Symlink
	Submodule
	SparseFolder
)

// String returns the mode's name.
func (m Mode) String() string {
	return [...]string{"regular", "executable", "symlink", "submodule", "sparse-folder"}[m]
}

// Entry is one path of the index. A path in conflict (an unfinished merge) is one entry too.
type Entry struct {
	Path         string // relative to the root, with "/"; that of a SparseFolder ends in one
	Mode         Mode
	IntentToAdd  bool // `git add -N`: known to git and visible to Nix, content not staged
	SkipWorktree bool // left out of the working tree by a sparse checkout
}

// index is what decodeIndex keeps: about a tenth of the file.
type index struct {
	paths string      // one behind the other, in byte order
	ends  []uint32    // where each ends in paths
	about []indexInfo // what there is of each

	contents []content // of each, where they are kept
	written  stamp     // when the file was
}

// indexInfo holds a Mode and flags.
type indexInfo uint8

const (
	infoMode         indexInfo = 7
	infoIntentToAdd  indexInfo = 1 << 3
	infoSkipWorktree indexInfo = 1 << 4
	infoConflict     indexInfo = 1 << 5
)

func (x *index) path(i int) string {
	start := uint32(0)
	if i > 0 {
		start = x.ends[i-1]
	}
	return x.paths[start:x.ends[i]]
}

func (x *index) entry(i int) Entry {
	about := x.about[i]
	return Entry{x.path(i), Mode(about & infoMode), about&infoIntentToAdd != 0, about&infoSkipWorktree != 0}
}

// search returns where path is, or would be.
func (x *index) search(path string) (int, bool) {
	i := sort.Search(len(x.ends), func(i int) bool { return x.path(i) >= path })
	return i, i < len(x.ends) && x.path(i) == path
}

// sparse returns the entry for a path in a folder that the index keeps as a whole, where i is the path's place.
// The folder's tree would tell whether there is such a path: here it counts as one.
func (x *index) sparse(i int, path string) (Entry, bool) {
	if i == 0 {
		return Entry{}, false
	}
	up := x.entry(i - 1)
	if up.Mode != SparseFolder || !strings.HasPrefix(path, up.Path) {
		return Entry{}, false
	}
	return Entry{Path: path, SkipWorktree: true}, true
}

// Load reads the index unless that is done, and says why it, the configuration or an ignore file of the whole working tree
// cannot be read and what to do. The methods that look into the index know of no path where it cannot be read, so callers
// ask Load before they conclude anything from that.
func (r *Repo) Load() error {
	if _, err := r.index(); err != nil {
		return err
	}
	return r.ignores().err
}

// loaded returns the index, an empty one where it cannot be read.
func (r *Repo) loaded() *index {
	x, _ := r.index()
	return x
}

// Tracked returns the entry of a path of the index. Whether the file exists on disk is another question. Any
// path in a SparseFolder is a regular file that is left out of the working tree.
func (r *Repo) Tracked(rel string) (Entry, bool) {
	x := r.loaded()
	i, ok := x.search(rel)
	if ok {
		return x.entry(i), true
	}
	return x.sparse(i, rel)
}

// HasBelow reports whether the index has a path below the folder: git and Nix's fetchers know a folder
// only by what is in it. Submodules count as paths; what is in a submodule does not. "" is the root.
func (r *Repo) HasBelow(dir string) bool {
	x := r.loaded()
	if dir == "" || dir == "." {
		return len(x.ends) > 0
	}
	dir += "/"
	i, _ := x.search(dir)
	if i < len(x.ends) && strings.HasPrefix(x.path(i), dir) {
		return true
	}
	_, ok := x.sparse(i, dir)
	return ok
}

// Submodule returns the path of the submodule that rel is or lies in.
func (r *Repo) Submodule(rel string) (path string, ok bool) {
	x := r.loaded()
	for end := 0; end < len(rel); end++ {
		n := strings.IndexByte(rel[end:], '/')
		if n < 0 {
			n = len(rel) - end
		}
		end += n
		if i, ok := x.search(rel[:end]); ok {
			if x.entry(i).Mode == Submodule {
				return rel[:end], true
			}
			break
		}
	}
	return "", false
}

// Files yields the entries of the index in byte order of their paths.
func (r *Repo) Files() iter.Seq[Entry] {
	x := r.loaded()
	return func(yield func(Entry) bool) {
		for i := range x.ends {
			if !yield(x.entry(i)) {
				return
			}
		}
	}
}

// readIndex decodes the index. A repository without one tracks nothing.
func (r *Repo) readIndex() (*index, error) {
	none := &index{}
	if err := r.config().err; err != nil {
		return none, err
	}
	if format := r.config().objectFormat; format != "" && format != "sha1" {
		return none, fmt.Errorf("the repository has the object format %s, which neither nixsift nor Nix reads: use one with sha1", format)
	}
	path := r.IndexFile()
	x := none
	var written stamp
	if info, err := os.Stat(path); err == nil && r.contents { // before it is read: a file that changes meanwhile is newer
		written = stampOf(info.ModTime())
	}
	err := osfile.Stream(path, func(in io.Reader, size int64) (err error) {
		x, err = decodeWith(in, size, r.contents, r.staged)
		x.written = written
		return err
	})
	var at *fs.PathError
	var form formError
	switch {
	case err == nil:
		return x, nil
	case errors.Is(err, fs.ErrNotExist):
		return none, nil
	case errors.Is(err, fs.ErrPermission):
		return none, fmt.Errorf("the git index %s cannot be read: permission denied; make it readable for you", path)
	case errors.As(err, &form):
		return none, fmt.Errorf("the git index %s cannot be read: %w", path, err)
	case errors.As(err, &at):
		err = at.Err
	}
	return none, fmt.Errorf("the git index %s cannot be read: %w; remove it and run `git reset`, which makes it again", path, err)
}

package git

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// OpenContents opens the repository that git itself would use in a folder, as GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE
// say, which git sets for its hooks, or else as Open does. Of its index also Content is known. With staged, paths are not in
// the index that only `git add -N` named: there is no content of theirs. The result is nil where there is no working tree.
func OpenContents(dir string, staged bool) (*Repo, error) {
	found, err := Open(dir)
	if gitDir := os.Getenv("GIT_DIR"); gitDir != "" {
		found, err = openEnv(dir, joinUnlessAbs(dir, gitDir))
	}
	if found == nil || err != nil {
		return nil, err
	}
	r := &Repo{root: found.root, gitDir: found.gitDir, contents: true, staged: staged}
	if index := os.Getenv("GIT_INDEX_FILE"); index != "" {
		r.indexFile = joinUnlessAbs(r.root, index)
	}
	_, err = r.open()
	return r, err
}

// openEnv opens the repository in gitDir. Its working tree is GIT_WORK_TREE, or the folder.
func openEnv(dir, gitDir string) (*Repo, error) {
	root := dir
	if tree := os.Getenv("GIT_WORK_TREE"); tree != "" {
		root = joinUnlessAbs(dir, tree)
	} else if known, err := Open(dir); err == nil && known != nil && sameFile(known.gitDir, gitDir) {
		return known, nil // as of a hook, wherever in the working tree it is
	}
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, fmt.Errorf("finding the working tree that GIT_WORK_TREE names: %w", err)
	}
	r := &Repo{root: root, gitDir: gitDir}
	switch is, err := r.open(); {
	case err != nil:
		return nil, fmt.Errorf("reading the repository %s: %w", gitDir, err)
	case !is:
		return nil, fmt.Errorf("GIT_DIR is %s, which is no git repository", gitDir)
	}
	return r, nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// Dir returns the folder that holds HEAD and the index.
func (r *Repo) Dir() string { return r.gitDir }

// ReadIgnoresBy makes the .gitignore files those that read finds, by their absolute paths. It is called before the first
// use.
func (r *Repo) ReadIgnoresBy(read func(path string) ([]byte, error)) { r.plain = read }

// Shallow reports whether the history of the repository was cut off when it was cloned or fetched.
func (r *Repo) Shallow() bool {
	info, err := os.Stat(filepath.Join(r.commonDir, "shallow"))
	return err == nil && info.Size() > 0
}

// Entries calls yield with what lies right in a folder of the index, by name, in no particular order: files, submodules, and
// folders that something lies below. "" is the root.
func (r *Repo) Entries(dir string, yield func(name string, e Entry, isFolder bool)) {
	x := r.loaded()
	if dir != "" {
		dir += "/"
	}
	for i, _ := x.search(dir); i < len(x.ends) && strings.HasPrefix(x.path(i), dir); {
		name, _, isFolder := strings.Cut(x.path(i)[len(dir):], "/")
		yield(name, x.entry(i), isFolder)
		if i++; isFolder {
			i, _ = x.search(dir + name + "0") // what follows a slash
		}
	}
}

// Conflicts returns the paths of the index that an unfinished merge left in conflict.
func (r *Repo) Conflicts() (paths []string) {
	x := r.loaded()
	for i, about := range x.about {
		if about&infoConflict != 0 {
			paths = append(paths, x.path(i))
		}
	}
	return paths
}

// ID names a blob: the hash of its content.
type ID [sha1.Size]byte

// String returns the hash as git writes it.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// stamp is a time as an index has it.
type stamp struct{ seconds, nanoseconds uint32 }

func stampOf(t time.Time) stamp { return stamp{uint32(t.Unix()), uint32(t.Nanosecond())} }

// is reports whether two stamps are of one time, as far as both tell.
func (s stamp) is(o stamp) bool {
	return s.seconds == o.seconds && (s.nanoseconds == o.nanoseconds || s.nanoseconds == 0 || o.nanoseconds == 0)
}

// before reports whether a time is surely before another.
func (s stamp) before(o stamp) bool {
	return s.seconds < o.seconds || s.seconds == o.seconds && s.nanoseconds != 0 && s.nanoseconds < o.nanoseconds
}

// content is what an index says of the content of a file: its hash, and what the system said of the file of the working
// tree when they were the same (gitformat-index(5)).
type content struct {
	changed, modified stamp
	inode, size       uint32
	id                ID
}

// decode reads the fixed part of an entry.
func (c *content) decode(b []byte) {
	at := func(i int) uint32 { return binary.BigEndian.Uint32(b[i:]) }
	c.changed, c.modified = stamp{at(0), at(4)}, stamp{at(8), at(12)}
	c.inode, c.size = at(20), at(36)
	copy(c.id[:], b[40:])
}

// Content is what the index says of the content of a file.
type Content struct {
	Entry
	ID ID
	// Size is that of the file of the working tree as it was when it was the same as the content, in bytes; 0 is not known.
	Size    int64
	content content
	written stamp
}

// Content returns what the index says of the content of a path; a folder that a sparse index keeps as a whole has none.
func (r *Repo) Content(rel string) (Content, bool) {
	x := r.loaded()
	i, ok := x.search(rel)
	if !ok || x.contents == nil {
		return Content{}, false
	}
	c := x.contents[i]
	return Content{Entry: x.entry(i), ID: c.id, Size: int64(c.size), content: c, written: x.written}, true
}

// Unchanged reports whether a file of the working tree, as Lstat describes it, surely is what the index has: nothing that
// the system says of it differs from what the index says, and it is older than the index. A file that is not could have
// changed after the index was written without a trace ("racy git").
func (c *Content) Unchanged(info fs.FileInfo) bool {
	if info.Mode().Type() != c.Mode.Type() || uint32(info.Size()) != c.content.size {
		return false
	}
	modified := stampOf(info.ModTime())
	if !modified.is(c.content.modified) || !c.content.modified.before(c.written) {
		return false
	}
	changed, inode, ok := statOf(info)
	return !ok || changed.is(c.content.changed) && (c.content.inode == 0 || inode == c.content.inode)
}

// Is reports whether a text is the content.
func (c *Content) Is(text []byte) bool { return blobID(text) == c.ID }

func blobID(text []byte) (id ID) {
	h := sha1.New()
	h.Write([]byte("blob " + strconv.Itoa(len(text)) + "\x00"))
	h.Write(text)
	h.Sum(id[:0])
	return id
}

// Type returns the type of a file of the mode.
func (m Mode) Type() fs.FileMode {
	switch m {
	case Symlink:
		return fs.ModeSymlink
	case Submodule, SparseFolder:
		return fs.ModeDir
	}
	return 0
}

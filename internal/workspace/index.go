package workspace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/nixsift/nixsift/internal/git"
)

// Blobs reads contents from the object store of a repository.
type Blobs interface {
	// Blob returns a content. Nobody writes to it.
	Blob(id git.ID) ([]byte, error)
}

// Index is a file system in which the working tree of a repository is what the index has: what is not in it does not
// exist, and what is has the content that is staged. A file of the working tree that is the same is read in place of the
// object store. Outside of the working tree, in submodules and in .git, it is the file system behind.
type Index struct {
	base  FS
	repo  *git.Repo
	blobs Blobs
	links *remembered
}

// NewIndex returns the file system of the index of a repository that git.OpenContents opened.
func NewIndex(base FS, repo *git.Repo, blobs Blobs) *Index {
	x := &Index{base: base, repo: repo, blobs: blobs}
	x.links = &remembered{FS: x, dirs: map[string]*listing{}}
	return x
}

// errNotStaged is why a path of the working tree does not exist.
var errNotStaged error = notStaged{}

type notStaged struct{}

func (notStaged) Error() string        { return "it is not in the Git index; `git add` it to stage it" }
func (notStaged) Is(target error) bool { return target == fs.ErrNotExist }

// place is what a path of the working tree is in the index.
type place uint8

const (
	nowhere place = iota
	behind        // it is not the index that tells
	aFile         // or a link
	aFolder
)

// spot is what a path is in the index.
type spot struct {
	place
	rel  string // relative to the root
	path string // the same, absolute: without the links above it
	c    git.Content
	why  error // it is nowhere
}

// find tells what a path is, which the links above it are part of.
func (x *Index) find(path string) spot {
	s := spot{path: filepath.Clean(path), why: errNotStaged}
	rel, ok := x.repo.Rel(s.path)
	if s.rel = rel; !ok || rel == ".git" || strings.HasPrefix(rel, ".git/") {
		s.place = behind
		return s
	}
	if rel == "" {
		s.place = aFolder
		return s
	}
	if s.c, ok = x.repo.Content(rel); ok {
		if s.place = aFile; s.c.Mode == git.Submodule {
			s.place = behind
		}
		return s
	}
	if x.repo.HasBelow(rel) {
		s.place = aFolder
		return s
	}
	switch x.above(rel) {
	case git.Submodule:
		s.place = behind
	case git.Symlink:
		dir, err := x.EvalSymlinks(filepath.Dir(s.path)) // has no links above, so that this ends
		if err != nil {
			s.why = cause(err)
			return s
		}
		if dir != filepath.Dir(s.path) {
			return x.find(filepath.Join(dir, filepath.Base(s.path)))
		}
	}
	return s
}

// above returns the mode of the file that stands in the place of a folder above a path, or 0.
func (x *Index) above(rel string) git.Mode {
	for end := 0; ; end++ {
		n := strings.IndexByte(rel[end:], '/')
		if n < 0 {
			return 0
		}
		if end += n; end > 0 {
			if c, ok := x.repo.Content(rel[:end]); ok {
				return c.Mode
			}
		}
	}
}

// cause returns an error without the path that it speaks of.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// content returns what is staged under an absolute path, which the system is asked about only where it may have the same.
func (x *Index) content(path string, c git.Content, buf []byte) ([]byte, error) {
	info, err := x.base.Lstat(path)
	there := err == nil && info.Mode().Type() == c.Mode.Type() && info.Size() <= MaxFile
	if c.Mode == git.Symlink {
		if there {
			if target, err := x.base.Readlink(path); err == nil && (c.Unchanged(info) || c.Is([]byte(target))) {
				return []byte(target), nil
			}
		}
		return x.blobs.Blob(c.ID)
	}
	var text []byte
	if there {
		if text, err = ReadInto(x.base, path, buf); err == nil && (c.Unchanged(info) || c.Is(text)) {
			return text, nil
		}
	}
	blob, err := x.blobs.Blob(c.ID)
	if err != nil || !isPointer(blob) {
		return blob, err
	}
	if there && pointsTo(blob, text) {
		return text, nil
	}
	return nil, errPointer
}

// errPointer is why the content of a file that Git LFS keeps elsewhere is not known.
var errPointer = errors.New("what is staged is a pointer of Git LFS, whose content Git does not have")

// isPointer reports whether a blob stands for a content that Git LFS keeps (its specification, "The Pointer").
func isPointer(blob []byte) bool {
	return len(blob) < 1024 && bytes.HasPrefix(blob, []byte("version https://git-lfs.github.com/spec/v1\n"))
}

// pointsTo reports whether a text is what a pointer stands for.
func pointsTo(pointer, text []byte) bool {
	sum := sha256.Sum256(text)
	return bytes.Contains(pointer, []byte("\noid sha256:"+hex.EncodeToString(sum[:])+"\n"))
}

// ReadFile returns the content that is staged under a path.
func (x *Index) ReadFile(path string) ([]byte, error) { return x.ReadInto(path, nil) }

// ReadInto is ReadFile; what the working tree has may be read into buf.
func (x *Index) ReadInto(path string, buf []byte) ([]byte, error) {
	s := x.find(path)
	if s.place == aFile && s.c.Mode == git.Symlink {
		at, err := x.EvalSymlinks(path)
		if err != nil {
			return nil, err
		}
		s = x.find(at)
	}
	switch s.place {
	case behind:
		return ReadInto(x.base, s.path, buf)
	case aFolder:
		return nil, pathError("read", path, syscall.EISDIR)
	case nowhere:
		return nil, pathError("open", path, s.why)
	}
	text, err := x.content(s.path, s.c, buf)
	if err != nil {
		return nil, pathError("read", path, err)
	}
	return text, nil
}

// Lstat describes what a path is in the index.
func (x *Index) Lstat(path string) (fs.FileInfo, error) {
	s := x.find(path)
	switch s.place {
	case nowhere:
		return nil, pathError("lstat", path, s.why)
	case aFolder:
		return folderInfo(path), nil
	case aFile:
		return entryOf(s.c.Entry, filepath.Base(path), s.c.Size), nil
	}
	return x.base.Lstat(s.path)
}

// Stat describes what a path leads to in the index.
func (x *Index) Stat(path string) (fs.FileInfo, error) {
	info, err := x.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return info, err
	}
	at, err := x.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	if info, err = x.Lstat(at); err != nil {
		return nil, err
	}
	return namedInfo{info, filepath.Base(path)}, nil
}

// namedInfo describes a file under the name of a link to it, as the system does.
type namedInfo struct {
	fs.FileInfo
	name string
}

func (i namedInfo) Name() string { return i.name }

// entryOf describes a file of the index.
func entryOf(e git.Entry, name string, size int64) fs.FileInfo {
	mode := fs.FileMode(0o644)
	if e.Mode == git.Executable {
		mode = 0o755
	}
	return info{name: name, size: size, mode: mode | e.Mode.Type()}
}

// ReadDir returns what the index has in a folder, and .git.
func (x *Index) ReadDir(dir string) ([]fs.DirEntry, error) {
	at, err := x.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	s := x.find(at)
	switch s.place {
	case behind:
		return x.base.ReadDir(s.path)
	case aFile:
		return nil, pathError("open", dir, syscall.ENOTDIR)
	case nowhere:
		return nil, pathError("open", dir, s.why)
	}
	var entries []fs.DirEntry
	x.repo.Entries(s.rel, func(name string, e git.Entry, isFolder bool) {
		if isFolder {
			entries = append(entries, fs.FileInfoToDirEntry(folderInfo(name)))
			return
		}
		c, _ := x.repo.Content(path.Join(s.rel, name))
		entries = append(entries, fs.FileInfoToDirEntry(entryOf(e, name, c.Size)))
	})
	if s.rel == "" {
		if info, err := x.base.Lstat(filepath.Join(x.repo.Root(), ".git")); err == nil {
			entries = append(entries, fs.FileInfoToDirEntry(info))
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// Readlink returns what a link says.
func (x *Index) Readlink(path string) (string, error) {
	s := x.find(path)
	switch {
	case s.place == aFile && s.c.Mode == git.Symlink:
		target, err := x.content(s.path, s.c, nil)
		if err != nil {
			return "", pathError("readlink", path, err)
		}
		return string(target), nil
	case s.place == behind:
		return x.base.Readlink(s.path)
	case s.place == nowhere:
		return "", pathError("readlink", path, s.why)
	}
	return "", pathError("readlink", path, syscall.EINVAL)
}

// EvalSymlinks returns where a path leads to when its links are followed, those of the index in the working tree.
func (x *Index) EvalSymlinks(path string) (string, error) {
	if filepath.Separator != '/' {
		return path, nil
	}
	return x.links.resolve(filepath.Clean(path), new(int))
}

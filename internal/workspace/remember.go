package workspace

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Remember returns a file system that lists each folder once and answers from the lists what exists. It is
// for one run over files that do not change meanwhile: a walk lists all folders anyway, and asking the
// system again for every path costs more than parsing.
func Remember(base FS) FS { return &remembered{FS: base, dirs: map[string]*listing{}} }

type remembered struct {
	FS
	mu   sync.RWMutex
	dirs map[string]*listing
	real sync.Map // from folder to realPath
}

// listing is what a folder holds, sorted by name.
type listing struct {
	entries []fs.DirEntry
	err     error
}

// entry returns the entry of a name, or nil.
func (l *listing) entry(name string) fs.DirEntry {
	i, ok := slices.BinarySearchFunc(l.entries, name, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
	if !ok {
		return nil
	}
	return l.entries[i]
}

func (r *remembered) ReadDir(path string) ([]fs.DirEntry, error) {
	if l := r.known(path); l != nil {
		return l.entries, l.err
	}
	l := &listing{}
	l.entries, l.err = r.FS.ReadDir(path)
	r.mu.Lock()
	r.dirs[path] = l
	r.mu.Unlock()
	return l.entries, l.err
}

func (r *remembered) known(dir string) *listing {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.dirs[dir]
}

// entry looks a path up in the lists. known is false where they do not tell.
func (r *remembered) entry(path string) (e fs.DirEntry, known bool) {
	dir, name := cut(path)
	if l := r.known(dir); l != nil && l.err == nil {
		return l.entry(name), true
	}
	if dir == path {
		return nil, false
	}
	// A folder that is not there, or that is a file, holds nothing.
	if up, known := r.entry(dir); known && (up == nil || up.Type().IsRegular()) {
		return nil, true
	}
	return nil, false
}

// Has reports whether something in a folder, given by its absolute path, has a name, be it a link that leads nowhere.
func Has(fsys FS, dir, name string) bool {
	if r, ok := fsys.(*remembered); ok {
		if l := r.known(dir); l != nil && l.err == nil { // neither a path is made nor an error
			return l.entry(name) != nil
		}
	}
	_, err := fsys.Lstat(filepath.Join(dir, name))
	return err == nil
}

// cut splits a clean absolute path into its folder and its last part.
func cut(path string) (dir, name string) {
	i := strings.LastIndexByte(path, filepath.Separator)
	if i <= 0 || filepath.Separator != '/' {
		return filepath.Dir(path), filepath.Base(path)
	}
	return path[:i], path[i+1:]
}

func (r *remembered) Lstat(path string) (fs.FileInfo, error) {
	e, known := r.entry(path)
	switch {
	case !known:
		return r.FS.Lstat(path)
	case e == nil:
		return nil, pathError("lstat", path, fs.ErrNotExist)
	}
	return entryInfo{e}, nil
}

func (r *remembered) Stat(path string) (fs.FileInfo, error) {
	e, known := r.entry(path)
	switch {
	case !known || e != nil && e.Type()&fs.ModeSymlink != 0:
		return r.FS.Stat(path)
	case e == nil:
		return nil, pathError("stat", path, fs.ErrNotExist)
	}
	return entryInfo{e}, nil
}

func (r *remembered) ReadInto(path string, buf []byte) ([]byte, error) {
	return ReadInto(r.FS, path, buf)
}

func (r *remembered) Head(path string, n int) ([]byte, error) { return Head(r.FS, path, n) }

// EvalSymlinks resolves the links of a path. Each folder is resolved once, by way of the one above it, and most by
// the lists alone: resolving a path anew asks the system about each folder above it.
func (r *remembered) EvalSymlinks(path string) (string, error) {
	if filepath.Separator == '/' { // elsewhere paths have more to resolve: letters of a drive, short names
		return r.resolve(filepath.Clean(path), new(int))
	}
	return r.FS.EvalSymlinks(path)
}

// maxLinks bounds the links on the way of one path, as Linux does.
const maxLinks = 40

// resolve is EvalSymlinks where links have been followed on the way so far.
func (r *remembered) resolve(path string, links *int) (string, error) {
	dir, name := cut(path)
	if dir == path {
		return path, nil
	}
	at, ok := r.real.Load(dir)
	if !ok {
		resolved, err := r.resolve(dir, links)
		if errors.Is(err, errLinks) {
			return "", err // the path that led here has too many, not every one
		}
		at, _ = r.real.LoadOrStore(dir, realPath{resolved, err})
	}
	up := at.(realPath)
	if up.err != nil {
		return "", up.err
	}
	if up.path != dir {
		path = filepath.Join(up.path, name)
	}
	info, err := r.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, err
	}
	target, err := r.FS.Readlink(path)
	if err != nil {
		return "", err
	}
	if *links++; *links > maxLinks {
		return "", pathError("readlink", path, errLinks)
	}
	to := up.path
	if filepath.IsAbs(target) {
		to = "/"
	}
	// Part by part, since what is above a link is not what is above its target.
	folder := true // it is known that this is one
	for part := range strings.SplitSeq(target, "/") {
		if part != "" && part != "." && part != ".." {
			if to, err = r.resolve(filepath.Join(to, part), links); err != nil {
				return "", err
			}
			folder = false
			continue
		}
		if !folder {
			if info, err := r.Lstat(to); err != nil || !info.IsDir() {
				return "", pathError("lstat", to, cmp.Or(err, error(syscall.ENOTDIR)))
			}
			folder = true
		}
		if part == ".." {
			to = filepath.Dir(to)
		}
	}
	return to, nil
}

var errLinks = errors.New("too many links")

// realPath is where a folder really is.
type realPath struct {
	path string
	err  error
}

// entryInfo is a folder's entry as the description of a file. The mode has the type only.
type entryInfo struct{ e fs.DirEntry }

func (i entryInfo) Name() string      { return i.e.Name() }
func (i entryInfo) Mode() fs.FileMode { return i.e.Type() }
func (i entryInfo) IsDir() bool       { return i.e.IsDir() }
func (i entryInfo) Sys() any          { return nil }

func (i entryInfo) Size() int64 {
	info, err := i.e.Info()
	if err != nil {
		return 0
	}
	return info.Size()
}

func (i entryInfo) ModTime() time.Time {
	info, err := i.e.Info()
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

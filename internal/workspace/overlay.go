package workspace

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Overlay is a file system with editor buffers in front: a path with a buffer is a regular file of that
// content, whether the file system behind has the file or not, and the folders above it exist. It may be
// used from several goroutines.
type Overlay struct {
	base FS

	mu    sync.RWMutex
	files map[string]buffer
	below map[string]map[string]int // folder → name of an entry → number of buffers at or below it
}

type buffer struct {
	content []byte
	changed time.Time
}

// NewOverlay returns an overlay without buffers over base.
func NewOverlay(base FS) *Overlay {
	return &Overlay{base: base, files: map[string]buffer{}, below: map[string]map[string]int{}}
}

// Clone returns an overlay with the same buffers, which the changes of the one do not reach.
func (o *Overlay) Clone() *Overlay {
	o.mu.RLock()
	defer o.mu.RUnlock()
	c := &Overlay{base: o.base, files: maps.Clone(o.files), below: make(map[string]map[string]int, len(o.below))}
	for dir, names := range o.below {
		c.below[dir] = maps.Clone(names)
	}
	return c
}

// Set gives an absolute path a buffer, or its buffer another content. The overlay keeps content, which
// must not change any more.
func (o *Overlay) Set(path string, content []byte) {
	path = filepath.Clean(path)
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, had := o.files[path]; !had {
		o.count(path, 1)
	}
	o.files[path] = buffer{content, time.Now()}
}

// Delete drops the buffer of a path, so that the file behind shows again, if there is one.
func (o *Overlay) Delete(path string) {
	path = filepath.Clean(path)
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, had := o.files[path]; had {
		delete(o.files, path)
		o.count(path, -1)
	}
}

// count notes in every folder above path that a buffer came or went.
func (o *Overlay) count(path string, by int) {
	for dir := filepath.Dir(path); dir != path; path, dir = dir, filepath.Dir(dir) {
		names := o.below[dir]
		if names == nil {
			names = map[string]int{}
			o.below[dir] = names
		}
		name := filepath.Base(path)
		if names[name] += by; names[name] == 0 {
			delete(names, name)
		}
		if len(names) == 0 {
			delete(o.below, dir)
		}
	}
}

func (o *Overlay) buffer(path string) (buffer, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	b, ok := o.files[path]
	return b, ok
}

// ReadFile returns the buffer of a path, or the content of the file behind.
func (o *Overlay) ReadFile(path string) ([]byte, error) {
	path = filepath.Clean(path)
	if b, ok := o.buffer(path); ok {
		return b.content, nil
	}
	return o.base.ReadFile(path)
}

// ReadInto is ReadFile; what lies behind may be read into buf.
func (o *Overlay) ReadInto(path string, buf []byte) ([]byte, error) {
	path = filepath.Clean(path)
	if b, ok := o.buffer(path); ok {
		return b.content, nil
	}
	return ReadInto(o.base, path, buf)
}

// Head returns at most n bytes from the start of what ReadFile returns.
func (o *Overlay) Head(path string, n int) ([]byte, error) {
	path = filepath.Clean(path)
	if b, ok := o.buffer(path); ok {
		return b.content[:min(n, len(b.content))], nil
	}
	return Head(o.base, path, n)
}

// Stat describes the buffer of a path, or what the path leads to behind.
func (o *Overlay) Stat(path string) (fs.FileInfo, error) { return o.stat(path, o.base.Stat) }

// Lstat describes the buffer of a path, or what the path is behind.
func (o *Overlay) Lstat(path string) (fs.FileInfo, error) { return o.stat(path, o.base.Lstat) }

func (o *Overlay) stat(path string, behind func(string) (fs.FileInfo, error)) (fs.FileInfo, error) {
	path = filepath.Clean(path)
	o.mu.RLock()
	b, isFile := o.files[path]
	isDir := o.below[path] != nil
	o.mu.RUnlock()
	if isFile {
		return b.info(path), nil
	}
	info, err := behind(path)
	if isDir && errors.Is(err, fs.ErrNotExist) {
		return folderInfo(path), nil
	}
	return info, err
}

// ReadDir returns the entries of a folder, those of buffers among them.
func (o *Overlay) ReadDir(path string) ([]fs.DirEntry, error) {
	path = filepath.Clean(path)
	entries, err := o.base.ReadDir(path)
	o.mu.RLock()
	defer o.mu.RUnlock()
	names := o.below[path]
	if len(names) == 0 {
		return entries, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	entries = slices.Clone(entries)
	for name := range names {
		full := filepath.Join(path, name)
		i, there := slices.BinarySearchFunc(entries, name, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
		if b, ok := o.files[full]; ok {
			entry := fs.FileInfoToDirEntry(b.info(full))
			if there {
				entries[i] = entry
			} else {
				entries = slices.Insert(entries, i, entry)
			}
		} else if !there {
			entries = slices.Insert(entries, i, fs.FileInfoToDirEntry(folderInfo(full)))
		}
	}
	return entries, err
}

// EvalSymlinks resolves the links of a path. What only buffers make exist has none.
func (o *Overlay) EvalSymlinks(path string) (string, error) {
	path = filepath.Clean(path)
	resolved, err := o.base.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		o.mu.RLock()
		defer o.mu.RUnlock()
		if _, ok := o.files[path]; ok || o.below[path] != nil {
			return path, nil
		}
	}
	return resolved, err
}

// Readlink returns what a link of the file system behind says; a buffer is none.
func (o *Overlay) Readlink(path string) (string, error) {
	path = filepath.Clean(path)
	if _, ok := o.buffer(path); ok {
		return "", pathError("readlink", path, fs.ErrInvalid)
	}
	return o.base.Readlink(path)
}

// info describes what exists in memory only.
type info struct {
	name    string
	size    int64
	mode    fs.FileMode
	changed time.Time
}

func (b buffer) info(path string) fs.FileInfo {
	return info{filepath.Base(path), int64(len(b.content)), 0o644, b.changed}
}

func folderInfo(path string) fs.FileInfo {
	return info{name: filepath.Base(path), mode: fs.ModeDir | 0o755}
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.changed }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

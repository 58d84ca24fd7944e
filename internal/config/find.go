package config

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// FileName is the name of a configuration file.
const FileName = "nixsift.toml"

// Ext is how the names of configuration files end, those that others extend included.
const Ext = ".toml"

// Finder finds the files of some names that hold for a folder, as the configuration file: of each name the nearest one
// upward, not beyond the root of a repository. It remembers each folder it looked in, and is safe for concurrent use.
type Finder struct {
	names  []string
	has    func(dir, name string) bool
	isRoot func(dir string) bool
	mu     sync.Mutex
	found  map[string]*nearest
}

// nearest are the paths of the files that hold for a folder, by name, "" where there is none. Most folders have theirs from
// the folder above.
type nearest []string

// NewFinder returns a Finder of files of some names that asks has what lies in a folder, and isRoot whether a folder with
// .git in it is the root of a repository; nil means that the disk tells, and that it always is. A folder, a device or a link
// that leads nowhere counts, so that reading it fails instead of doing without.
func NewFinder(has func(dir, name string) bool, isRoot func(dir string) bool, names ...string) *Finder {
	if has == nil {
		has = func(dir, name string) bool {
			_, err := os.Lstat(filepath.Join(dir, name))
			return err == nil
		}
	}
	if isRoot == nil {
		isRoot = func(string) bool { return true }
	}
	return &Finder{names: names, has: has, isRoot: isRoot, found: map[string]*nearest{}}
}

// Find returns the path of the file of a name that holds for files in dir, an absolute path, or "". The name is one of the
// Finder's.
func (f *Finder) Find(dir, name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	near := f.found[dir]
	if near == nil {
		near = f.find(filepath.Clean(dir))
	}
	return (*near)[slices.Index(f.names, name)]
}

func (f *Finder) find(dir string) *nearest {
	near := f.found[dir]
	if near != nil {
		return near
	}
	if up := filepath.Dir(dir); dir != up && !(f.has(dir, ".git") && f.isRoot(dir)) {
		near = f.find(up)
	} else {
		none := make(nearest, len(f.names))
		near = &none
	}
	shared := true
	for i, name := range f.names {
		if !f.has(dir, name) {
			continue
		}
		if shared {
			own := slices.Clone(*near)
			near, shared = &own, false
		}
		(*near)[i] = filepath.Join(dir, name)
	}
	f.found[dir] = near
	return near
}

// Above returns the folder above one, or "" where that is the root of a repository or of the file system.
func (f *Finder) Above(dir string) string {
	up := filepath.Dir(dir)
	if up == dir || f.has(dir, ".git") && f.isRoot(dir) {
		return ""
	}
	return up
}

// Forget drops what the Finder remembers, for a language server that learns of a changed file.
func (f *Finder) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.found)
}

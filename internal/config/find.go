package config

import (
	"os"
	"path/filepath"
	"sync"
)

// FileName is the name of a configuration file.
const FileName = "nixsift.toml"

// Ext is how the names of configuration files end, those that others extend included.
const Ext = ".toml"

// Finder finds the configuration file that holds for a folder, or another file of one name: the nearest one upward, not
// beyond the root of a repository. It remembers each folder it looked in, and is safe for concurrent use.
type Finder struct {
	name   string
	has    func(dir, name string) bool
	isRoot func(dir string) bool
	mu     sync.Mutex
	found  map[string]string
}

// NewFinder returns a Finder of files of a name that asks has what lies in a folder, and isRoot whether a folder with .git
// in it is the root of a repository; nil means that the disk tells, and that it always is. A folder, a device or a link
// that leads nowhere counts, so that reading it fails instead of doing without.
func NewFinder(name string, has func(dir, name string) bool, isRoot func(dir string) bool) *Finder {
	if has == nil {
		has = func(dir, name string) bool {
			_, err := os.Lstat(filepath.Join(dir, name))
			return err == nil
		}
	}
	if isRoot == nil {
		isRoot = func(string) bool { return true }
	}
	return &Finder{name: name, has: has, isRoot: isRoot, found: map[string]string{}}
}

// Find returns the path of the file that holds for files in dir, an absolute path, or "".
func (f *Finder) Find(dir string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.find(filepath.Clean(dir))
}

func (f *Finder) find(dir string) (path string) {
	path, known := f.found[dir]
	if known {
		return path
	}
	up := filepath.Dir(dir)
	switch {
	case f.has(dir, f.name):
		path = filepath.Join(dir, f.name)
	case dir != up && !(f.has(dir, ".git") && f.isRoot(dir)):
		path = f.find(up)
	}
	f.found[dir] = path
	return path
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

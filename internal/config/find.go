package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
	lstat  func(path string) (fs.FileInfo, error)
	isRoot func(dir string) bool
	mu     sync.Mutex
	found  map[string]string
}

// NewFinder returns a Finder of files of a name that asks lstat what exists, and isRoot whether a folder with .git in it is the root
// of a repository; nil means os.Lstat and that it always is. A folder, a device or a link that leads nowhere counts,
// so that reading it fails instead of doing without.
func NewFinder(name string, lstat func(path string) (fs.FileInfo, error), isRoot func(dir string) bool) *Finder {
	if lstat == nil {
		lstat = os.Lstat
	}
	if isRoot == nil {
		isRoot = func(string) bool { return true }
	}
	return &Finder{name: name, lstat: lstat, isRoot: isRoot, found: map[string]string{}}
}

// Find returns the path of the file that holds for files in dir, an absolute path, or "".
func (f *Finder) Find(dir string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var passed []string
	path := ""
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		if known, ok := f.found[dir]; ok {
			path = known
			break
		}
		passed = append(passed, dir)
		inside := strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator)
		here := inside + f.name
		if _, err := f.lstat(here); err == nil {
			path = here
			break
		}
		if _, err := f.lstat(inside + ".git"); err == nil && f.isRoot(dir) || dir == filepath.Dir(dir) {
			break
		}
	}
	for _, d := range passed {
		f.found[d] = path
	}
	return path
}

// Forget drops what the Finder remembers, for a language server that learns of a changed file.
func (f *Finder) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.found)
}

package config

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/workspace"
)

// checkout returns the root of the repository around a folder, else the outermost folder above it, or itself, with a
// flake.nix; "" where there is neither.
func checkout(files workspace.FS, dir string) (root string) {
	has := func(name string) bool {
		_, err := files.Stat(filepath.Join(dir, name))
		return err == nil
	}
	for {
		if has(".git") {
			return dir
		}
		if has("flake.nix") {
			root = dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return root
		}
		dir = up
	}
}

// outside returns the root of the checkout that a configuration lies in where a file that it names lies outside of it, also by
// links, or would be made there; "" otherwise.
func (l *loader) outside(path string) (root string) {
	if l.root == nil {
		root := checkout(l.files, filepath.Dir(l.way[0]))
		resolved := ""
		if root != "" {
			resolved = l.resolve(root)
		}
		l.root = &[2]string{root, resolved}
	}
	root, resolved := l.root[0], l.root[1]
	if root == "" || workspace.Within(root, path) && workspace.Within(resolved, l.resolve(path)) {
		return ""
	}
	return root
}

// linkedOut returns the root of the checkout that the first file lies in by its usual name, where it is a link out of it; ""
// otherwise. A file of another name is one that the command line names, and what a development shell links there from the Nix
// store is what the flake of the checkout says.
func (l *loader) linkedOut() (root string) {
	path := l.way[0]
	if len(l.way) > 1 || filepath.Base(path) != FileName {
		return ""
	}
	if at := l.resolve(path); at == path || strings.HasPrefix(at, "/nix/store/") {
		return ""
	}
	return l.outside(path)
}

// resolve follows the links of a path; one that leads round and round, or may not be followed, stays as it is.
func (l *loader) resolve(path string) string {
	if at, err := workspace.Resolve(l.files, path); err == nil {
		return at
	}
	return path
}

package config

import (
	"path/filepath"
	"strings"
)

// checkout returns the root of the repository around a folder, else the outermost folder above it, or itself, with a
// flake.nix; "" where there is neither.
func checkout(files Files, dir string) (root string) {
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
// links; "" otherwise. What is not there lies where its path says.
func (l *loader) outside(path string) (root string) {
	root = checkout(l.files, filepath.Dir(l.way[0]))
	if root == "" || within(root, path) && within(l.resolve(root), l.resolve(path)) {
		return ""
	}
	return root
}

// linkedOut returns the root of the checkout that the first file lies in by its usual name, where it is a link out of it; ""
// otherwise. A file of another name is one that the command line names, and what a development shell links there from the Nix
// store is what the flake of the checkout says.
func (l *loader) linkedOut() (root string) {
	path := l.way[0]
	if strings.HasPrefix(l.resolve(path), "/nix/store/") {
		return ""
	}
	if len(l.way) > 1 || filepath.Base(path) != FileName || l.resolve(path) == path {
		return ""
	}
	return l.outside(path)
}

// resolve follows the links of a path, where its file system has some.
func (l *loader) resolve(path string) string {
	if r, ok := l.files.(interface {
		EvalSymlinks(path string) (string, error)
	}); ok {
		if target, err := r.EvalSymlinks(path); err == nil {
			return target
		}
	}
	return path
}

func within(root, path string) bool {
	rel, err := filepath.Rel(root, path)
	return err == nil && filepath.IsLocal(rel)
}

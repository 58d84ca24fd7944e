package project

import (
	"cmp"
	"hash/maphash"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// entriesOf returns the names of what lies in a folder, sorted; nil where it cannot be listed. A folder is listed once.
// The names must not be changed.
func (g *ground) entriesOf(dir string) []string {
	return g.entries.get(dir, func() []string {
		entries, err := g.disk.ReadDir(dir)
		if err != nil {
			return nil
		}
		names := make([]string, len(entries))
		for i, e := range entries {
			names[i] = e.Name()
		}
		return names
	})
}

// common are names that say nothing without the folder they stand in.
var common = map[string]bool{
	"default.nix": true, "flake.nix": true, "shell.nix": true, "package.nix": true, "configuration.nix": true, "home.nix": true, "module.nix": true,
	"options.nix": true, "config.nix": true, "hardware-configuration.nix": true, "hardware.nix": true, "overlay.nix": true, "disko.nix": true,
	"README.md": true, "LICENSE": true, "flake.lock": true, "Cargo.lock": true, "Cargo.toml": true, "package.json": true,
}

// elsewhere is Elsewhere of a View.
func (f *folder) elsewhere(from, path string, folders bool) (found string, ok bool) {
	var candidates []end
	for _, e := range f.ends().of(filepath.Base(path)) {
		if e.folder && !folders {
			continue
		}
		if e.shared = sharedEnd(e.path, path); e.shared > 1 || e.shared == 1 && !common[filepath.Base(path)] {
			candidates = append(candidates, e)
		}
	}
	slices.SortFunc(candidates, func(a, b end) int { return cmp.Compare(b.shared, a.shared) })
	best := 0
	for _, e := range candidates {
		switch {
		case e.shared < best:
			return found, f.along(from, path, found, best)
		case isIn(from, e.path) || f.ground.kindOf(e.file()) == Nothing: // Git tracks what is not there, too
		case best > 0:
			return "", false
		default:
			best, found = e.shared, e.path
		}
	}
	return found, best > 0 && f.along(from, path, found, best)
}

// along reports whether a path that shares its last parts with a missing one is the same way, but too short or too long.
func (f *folder) along(from, missing, found string, shared int) bool {
	if f.inKind(found, samples) && !f.inKind(from, samples) {
		return false
	}
	if shared == 1 && filepath.Dir(found) == filepath.Dir(from) {
		return true
	}
	for range shared {
		missing, found = filepath.Dir(missing), filepath.Dir(found)
	}
	return isIn(missing, found) || filepath.Dir(found) == missing
}

// isIn reports whether a path is a folder or lies in it.
func isIn(path, folder string) bool {
	rest, ok := strings.CutPrefix(path, folder)
	return ok && (rest == "" || rest[0] == filepath.Separator)
}

// sharedEnd returns the number of last parts that two paths have in common.
func sharedEnd(a, b string) int {
	n := 0
	for filepath.Base(a) == filepath.Base(b) && a != filepath.Dir(a) && b != filepath.Dir(b) {
		n++
		a, b = filepath.Dir(a), filepath.Dir(b)
	}
	return n
}

// end is a file of a project, or a folder with a default.nix.
type end struct {
	path   string
	folder bool
	shared int // last parts in common with the path that is looked for
}

// file returns the path of the file, or of the one that makes the folder count.
func (e end) file() string {
	if e.folder {
		return filepath.Join(e.path, "default.nix")
	}
	return e.path
}

// ends are the files of a project, by the last part of their paths.
type ends struct {
	root  string
	named []namedEnd // sorted by hash
}

// namedEnd is an end, as compact as it is kept.
type namedEnd struct {
	hash uint64
	path string // relative to the root, of the file
	up   bool   // the folder of the file is meant
}

// of yields those whose paths end in a part.
func (x *ends) of(name string) (found []end) {
	hash := maphash.String(targetSeed, name)
	i, _ := slices.BinarySearchFunc(x.named, hash, func(e namedEnd, hash uint64) int { return cmp.Compare(e.hash, hash) })
	for ; i < len(x.named) && x.named[i].hash == hash; i++ {
		path := filepath.Join(x.root, filepath.FromSlash(x.named[i].path))
		if x.named[i].up {
			path = filepath.Dir(path)
		}
		found = append(found, end{path: path, folder: x.named[i].up})
	}
	return found
}

// ends returns the files of the project, those that Git tracks, whether or not they are there, or else its Nix files.
func (f *folder) ends() *ends {
	g, root := f.ground, f.root
	return g.ends.get(root, func() *ends {
		x := &ends{root: root}
		add := func(rel string) {
			dir, name := path.Split(rel)
			x.named = append(x.named, namedEnd{maphash.String(targetSeed, name), rel, false})
			if name == "default.nix" && dir != "" {
				x.named = append(x.named, namedEnd{maphash.String(targetSeed, path.Base(dir)), rel, true})
			}
		}
		if f.repo != nil && f.repoErr == nil {
			for e := range f.repo.Files() {
				add(e.Path)
			}
		} else {
			for _, file := range g.nixFilesOf(root) {
				if rel, err := filepath.Rel(root, file.Path); err == nil {
					add(filepath.ToSlash(rel))
				}
			}
		}
		slices.SortFunc(x.named, func(a, b namedEnd) int { return cmp.Compare(a.hash, b.hash) })
		return x
	})
}

package project

import (
	"path/filepath"
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

// elsewhere returns the one file of the project whose path ends as a path does that a file names and that is not there;
// for a folder, the one with a default.nix. Unless code is asked for, which has names of its own, it must lie nearby where
// no more than the last name is shared: beside the naming file, above the place where it is missing, or in a folder right
// there. ok is false where there are none or several.
func (f *folder) elsewhere(from, path string, code bool) (found string, ok bool) {
	best, ties := 0, 0
	for _, candidate := range f.byName()[filepath.Base(path)] {
		if isIn(from, candidate) {
			continue
		}
		switch n := sharedEnd(candidate, path); {
		case n > best:
			best, ties, found = n, 1, candidate
		case n == best:
			ties++
		}
	}
	if best == 1 {
		dir, missing := filepath.Dir(found), filepath.Dir(path)
		nearby := code || dir == filepath.Dir(from) || isIn(missing, dir) || filepath.Dir(dir) == missing
		return found, ties == 1 && nearby && !common[filepath.Base(path)]
	}
	return found, ties == 1
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

// byName returns the files of the project, those that Git tracks or else its Nix files, and the folders with a
// default.nix, by the last part of their paths.
func (f *folder) byName() map[string][]string {
	g, root := f.ground, f.root
	return g.ends.get(root, func() map[string][]string {
		ends := map[string][]string{}
		add := func(path string) {
			dir, name := filepath.Dir(path), filepath.Base(path)
			ends[name] = append(ends[name], path)
			if name == "default.nix" && dir != root {
				ends[filepath.Base(dir)] = append(ends[filepath.Base(dir)], dir)
			}
		}
		if f.repo != nil && f.repoErr == nil {
			for e := range f.repo.Files() {
				if path := filepath.Join(root, filepath.FromSlash(e.Path)); g.kindOf(path) != Nothing {
					add(path)
				}
			}
			return ends
		}
		for _, file := range g.nixFilesOf(root) {
			add(file.Path)
		}
		return ends
	})
}

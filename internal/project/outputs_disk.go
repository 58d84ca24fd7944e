package project

import (
	"path/filepath"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/workspace"
)

// disk returns what an evaluation of the flake knows of the files around it.
func (r *outputsReader) disk() *eval.Disk {
	return &eval.Disk{List: r.listing, Exists: r.exists, Text: r.text, MaxFiles: maxHostFiles}
}

// sourceOf returns the root of the source that Nix sees of a flake.
func sourceOf(v *View, dir string) string {
	if repo := v.Repo(); repo != nil {
		return repo.Root()
	}
	return dir
}

// exists reports whether Nix sees something at a path below the root of the source; known is false for others.
func (r *outputsReader) exists(path string) (exists, known bool) {
	if !workspace.Within(r.source, path) {
		return false, false
	}
	kind := r.view.Kind(path)
	repo := r.view.Repo()
	if repo == nil || !r.view.InFlake() {
		return kind != Nothing, true
	}
	rel, ok := repo.Rel(path)
	if !ok {
		return false, false
	}
	if rel == "" || rel == "." {
		return true, true
	}
	if _, inside := repo.Submodule(rel); inside {
		return false, false
	}
	if _, tracked := repo.Tracked(rel); tracked {
		return kind != Nothing, kind != Nothing
	}
	return kind == Folder && repo.HasBelow(rel), true
}

// maxEntries is the number of entries of a folder that is listed.
const maxEntries = 20_000

// listing returns what Nix sees in a folder.
func (r *outputsReader) listing(dir string) (types map[string]string, ok bool) {
	if exists, known := r.exists(dir); !exists || !known || r.view.Kind(dir) != Folder {
		return nil, false
	}
	entries := r.view.Entries(dir)
	if len(entries) > maxEntries {
		return nil, false
	}
	types = make(map[string]string, len(entries))
	for _, name := range entries {
		path := filepath.Join(dir, name)
		switch exists, known := r.exists(path); {
		case !known:
			return nil, false
		case !exists:
			continue
		}
		types[name] = "regular"
		if kind := r.view.Kind(path); kind == Folder {
			types[name] = "directory"
		} else if kind != Regular {
			types[name] = "unknown"
		}
		if target, ok := r.view.RealPath(path); ok && filepath.Base(target) != name {
			types[name] = "symlink"
		}
	}
	return types, true
}

// maxText is the size, in bytes, of a file whose content is of interest.
const maxText = 1 << 20

// text returns what a file holds that Nix sees.
func (r *outputsReader) text(path string) (text string, ok bool) {
	if exists, known := r.exists(path); !exists || !known {
		return "", false
	}
	info, err := r.view.snapshot.fs.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxText {
		return "", false
	}
	r.files[path] = true
	content, err := r.view.snapshot.fs.ReadFile(path)
	return string(content), err == nil
}

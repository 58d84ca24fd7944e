package project

import (
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/git"
)

// folder is the surroundings of the files of one folder.
type folder struct {
	snapshot *Snapshot
	dir      string
	repo     *git.Repo
	repoErr  error
	flakeDir string
	root     string
	inFlake  lazy[bool]
}

func (s *Snapshot) folder(dir string) *folder {
	return s.folders.get(dir, func() *folder { return s.openFolder(dir) })
}

func (s *Snapshot) openFolder(dir string) *folder {
	f := &folder{snapshot: s, dir: dir}
	var up *folder
	if parent := filepath.Dir(dir); parent != dir {
		up = s.folder(parent)
	}
	if up != nil && !s.startsRepo(dir) {
		f.repo, f.repoErr = up.repo, up.repoErr
	} else if f.repo, f.repoErr = s.repos.Open(dir); f.repo != nil && f.repoErr == nil {
		f.repoErr = f.repo.Load()
	}
	switch info, err := s.fs.Stat(filepath.Join(dir, "flake.nix")); {
	case err == nil && info.Mode().IsRegular():
		f.flakeDir = dir
	case up != nil && up.repo == f.repo:
		f.flakeDir = up.flakeDir
	}
	f.root = bound(f, up)
	return f
}

// startsRepo reports whether a folder can lie in another repository than the folder above it.
func (s *Snapshot) startsRepo(dir string) bool {
	if info, err := s.fs.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return true
	}
	_, err := s.fs.Lstat(strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator) + ".git")
	return err == nil
}

// bound returns the root of a folder's project, up being the folder above.
func bound(f, up *folder) string {
	switch {
	case f.repo != nil:
		return f.repo.Root()
	case up != nil && up.repo == nil && up.flakeDir != "": // the outermost flake is the same
		return up.root
	}
	return f.dir
}

// unbound reports whether neither a repository nor a flake bounds the project.
func (f *folder) unbound() bool { return f.repo == nil && f.flakeDir == "" }

// tracked reports whether Git tracks a path of the folder's repository.
func (f *folder) tracked(path string) bool {
	rel, ok := f.repo.Rel(path)
	if ok {
		_, ok = f.repo.Tracked(rel)
	}
	return ok
}

// seenByFlake reports whether a flake whose flake.nix Git tracks lies in the folder or above it, within the repository.
func (f *folder) seenByFlake() bool {
	if f.repo == nil || f.repoErr != nil || f.flakeDir == "" {
		return false
	}
	return f.inFlake.get(func() bool {
		if f.tracked(filepath.Join(f.flakeDir, "flake.nix")) {
			return true
		}
		above := filepath.Dir(f.flakeDir)
		up := f.snapshot.folder(above)
		return above != f.flakeDir && up.repo == f.repo && up.seenByFlake()
	})
}

// rel returns a path relative to the project's root, with slashes.
func (f *folder) rel(path string) string {
	if f.repo != nil {
		if rel, ok := f.repo.Rel(path); ok && rel != "" {
			return rel
		}
	}
	rel, err := filepath.Rel(f.root, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// within reports whether a path lies below the project's root. Where nothing bounds the project it extends to the
// folders that are there.
func (f *folder) within(path string) bool {
	if f.unbound() {
		_, err := f.snapshot.fs.Stat(filepath.Dir(path))
		return err == nil
	}
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(f.root, string(filepath.Separator)))
	return ok && (rest == "" || rest[0] == filepath.Separator)
}

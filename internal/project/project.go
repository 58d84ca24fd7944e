// Package project knows the tree of files around a linted file: its Git repository and what that tracks,
// the flake it belongs to, who refers to it, and which files are generated. Everything is read at most once
// a run and only when asked for; a Store may be used from many goroutines.
package project

import (
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// Store caches what is known of the folders of one run.
type Store struct {
	fs workspace.FS

	mu       sync.Mutex
	projects map[string]*Project
	repos    *git.Cache
	flakes   map[string]*lazy[*flake.Flake]
	locks    map[string]*lazy[*flake.LockFile]
	files    map[string]*lazy[[]workspace.File]
	refs     map[string]*lazy[*referenceIndex]
	attrs    map[string]*lazy[*attributes]
	special  map[string]*lazy[map[string]bool]
	passed   map[string]*lazy[map[string]bool]
	libNames map[string]*lazy[map[string]bool]
	scopes   map[string]*lazy[[]scopedFrom]
	ciCalls  map[string]*lazy[map[string]bool]
	caches   map[string]*lazy[[]string]
	notes    map[string]noted // by absolute path

	plains map[string]*lazy[map[string]bool]
	sets   map[string]*lazy[map[string]bool] // what attributesOf returns
	reach  map[folderKey]*lazy[map[string]bool]
	names  map[string]*lazy[[]string]            // of the entries of a folder
	ends   map[string]*lazy[map[string][]string] // the files of a project by the last part of their paths

	kinds     sync.Map // from folderKey to bool
	gathering atomic.Bool
}

// lazy computes a value once.
type lazy[T any] struct {
	once  sync.Once
	value T
}

func (l *lazy[T]) get(compute func() T) T {
	l.once.Do(func() { l.value = compute() })
	return l.value
}

// NewStore makes the store of one run over a file system.
func NewStore(fsys workspace.FS) *Store {
	return &Store{
		fs: fsys, repos: &git.Cache{FS: fsys}, projects: map[string]*Project{},
		flakes: map[string]*lazy[*flake.Flake]{}, locks: map[string]*lazy[*flake.LockFile]{},
		notes: map[string]noted{}, files: map[string]*lazy[[]workspace.File]{},
		refs: map[string]*lazy[*referenceIndex]{}, attrs: map[string]*lazy[*attributes]{},
		special: map[string]*lazy[map[string]bool]{}, passed: map[string]*lazy[map[string]bool]{},
		libNames: map[string]*lazy[map[string]bool]{}, scopes: map[string]*lazy[[]scopedFrom]{},
		ciCalls: map[string]*lazy[map[string]bool]{}, caches: map[string]*lazy[[]string]{},
		plains: map[string]*lazy[map[string]bool]{}, sets: map[string]*lazy[map[string]bool]{},
		reach: map[folderKey]*lazy[map[string]bool]{}, names: map[string]*lazy[[]string]{}, ends: map[string]*lazy[map[string][]string]{},
	}
}

// FS returns the file system.
func (s *Store) FS() workspace.FS { return s.fs }

// startsRepo reports whether a folder can lie in another repository than the folder above it.
func (s *Store) startsRepo(dir string) bool {
	if info, err := s.fs.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return true
	}
	_, err := s.fs.Lstat(strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator) + ".git")
	return err == nil
}

// Git returns the store's memory of repositories.
func (s *Store) Git() *git.Cache { return s.repos }

// Project is the surroundings of the files of one folder.
type Project struct {
	store    *Store
	dir      string
	repo     *git.Repo
	repoErr  error
	flakeDir string
	root     string
	inFlake  lazy[bool]
}

// For returns the project of a file, given by its absolute path.
func (s *Store) For(path string) *Project { return s.Folder(filepath.Dir(path)) }

// Folder returns the project of a folder.
func (s *Store) Folder(dir string) *Project {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.folder(dir)
}

func (s *Store) folder(dir string) *Project {
	if p := s.projects[dir]; p != nil {
		return p
	}
	p := &Project{store: s, dir: dir}
	s.projects[dir] = p
	var up *Project
	if parent := filepath.Dir(dir); parent != dir {
		up = s.folder(parent)
	}
	if up != nil && !s.startsRepo(dir) {
		p.repo, p.repoErr = up.repo, up.repoErr
	} else if p.repo, p.repoErr = s.repos.Open(dir); p.repo != nil && p.repoErr == nil {
		p.repoErr = p.repo.Load()
	}
	switch info, err := s.fs.Stat(filepath.Join(dir, "flake.nix")); {
	case err == nil && info.Mode().IsRegular():
		p.flakeDir = dir
	case up != nil && up.repo == p.repo:
		p.flakeDir = up.flakeDir
	}
	p.root = bound(p, up)
	return p
}

// bound returns the root of a project, up being that of the folder above.
func bound(p, up *Project) string {
	switch {
	case p.repo != nil:
		return p.repo.Root()
	case up != nil && up.repo == nil && up.flakeDir != "": // the outermost flake is the same
		return up.root
	}
	return p.dir
}

// FS returns the file system.
func (p *Project) FS() workspace.FS { return p.store.fs }

// Repo returns the innermost Git repository around the folder, or nil where there is none or it cannot be
// read (RepoError).
func (p *Project) Repo() *git.Repo { return p.repo }

// RepoError tells why a repository that is there cannot be read.
func (p *Project) RepoError() error { return p.repoErr }

// FlakeDir returns the nearest folder, from this one upward and within the repository, that has a flake.nix,
// or "".
func (p *Project) FlakeDir() string { return p.flakeDir }

// Flake returns the flake of FlakeDir, or nil.
func (p *Project) Flake() *flake.Flake {
	if p.flakeDir == "" {
		return nil
	}
	return p.store.Flake(p.flakeDir)
}

// Root returns the folder that bounds the project: the repository's root, else the outermost flake around
// the folder, else the folder itself.
func (p *Project) Root() string { return p.root }

// Flake reads the flake in a folder; nil where its flake.nix cannot be read.
func (s *Store) Flake(dir string) *flake.Flake {
	s.mu.Lock()
	l := s.flakes[dir]
	if l == nil {
		l = &lazy[*flake.Flake]{}
		s.flakes[dir] = l
	}
	s.mu.Unlock()
	return l.get(func() *flake.Flake {
		text, err := s.fs.ReadFile(filepath.Join(dir, "flake.nix"))
		if err != nil {
			return nil
		}
		return flake.NewWith(dir, parser.Parse(string(text)), s.LockFile(dir))
	})
}

// InFlake reports whether a flake whose flake.nix Git tracks lies in the folder or above it, within the
// repository: then Nix sees the folder's files through Git.
func (p *Project) InFlake() bool {
	if p.repo == nil || p.repoErr != nil || p.flakeDir == "" {
		return false
	}
	return p.inFlake.get(func() bool {
		if rel, ok := p.repo.Rel(filepath.Join(p.flakeDir, "flake.nix")); ok {
			if _, tracked := p.repo.Tracked(rel); tracked {
				return true
			}
		}
		above := filepath.Dir(p.flakeDir)
		up := p.store.Folder(above)
		return above != p.flakeDir && up.repo == p.repo && up.InFlake()
	})
}

// Rel returns path as messages name it: relative to the project's root, with slashes.
func (p *Project) Rel(path string) string {
	if p.repo != nil {
		if rel, ok := p.repo.Rel(path); ok && rel != "" {
			return rel
		}
	}
	rel, err := filepath.Rel(p.Root(), path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// Within reports whether a path lies below the project's root. Where nothing bounds the project, neither a
// repository nor a flake, it extends to the folders that are there.
func (p *Project) Within(path string) bool {
	if p.repo == nil && p.flakeDir == "" {
		return p.Stat(filepath.Dir(path)) != nil
	}
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(p.root, string(filepath.Separator)))
	return ok && (rest == "" || rest[0] == filepath.Separator)
}

// RealPath returns a path with its links resolved, and false where nothing is there.
func (p *Project) RealPath(path string) (string, bool) {
	resolved, err := workspace.EvalSymlinks(p.store.fs, path)
	return resolved, err == nil
}

// Stat tells what is at a path, links resolved; nil where there is nothing.
func (p *Project) Stat(path string) fs.FileInfo {
	info, err := p.store.fs.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

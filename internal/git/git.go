// Package git tells what Nix's git fetcher sees: the repository that contains a folder, the paths in its
// index, its submodules, and the pattern that makes git ignore a path. It only reads: the index through
// go-git, or through `git ls-files` where the format is beyond go-git (split and sparse indexes, SHA-256
// repositories). Paths inside a repository are relative to its root and use "/", on every system.
package git

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Repo is one working tree of a repository: a main one, a linked one (git worktree) or a submodule. The
// index and the ignore files are read once, at first use, so a Repo is a snapshot; a long-running
// program opens the folder anew after a change. A Repo may be used by several goroutines.
type Repo struct {
	root      string // absolute, links resolved
	gitDir    string // holds HEAD and the index
	commonDir string // holds objects, configuration and info/exclude; gitDir outside linked worktrees

	config  func() settings
	index   func() ([]Entry, error)
	ignores func() *Ignores
	rules   sync.Map // folder relative to root → *Rules
	real    sync.Map // absolute folder → the same with links resolved
}

// Open returns the innermost repository whose working tree contains the folder dir, and nil where there
// is none: no .git upward, a bare repository, or a jj workspace that shares no working tree with git.
// Links in dir are resolved, as git and Nix do. It fails where a .git exists and cannot be read.
func Open(dir string) (*Repo, error) { return new(Cache).Open(dir) }

// Cache remembers which repository each folder lies in, so that every repository is opened and read once.
// The zero value is ready for use by several goroutines.
type Cache struct {
	mu   sync.Mutex
	dirs map[string]opened
}

type opened struct {
	repo *Repo
	err  error
}

// Open is like the function Open. The same repository is the same pointer, whatever folder led to it.
func (c *Cache) Open(dir string) (*Repo, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding the repository of %s: %w", dir, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dirs == nil {
		c.dirs = map[string]opened{}
	}
	var passed []string // the folders that turn out to lie in the same repository as dir
	var found opened
	for {
		var known bool
		if found, known = c.dirs[dir]; known {
			break
		}
		passed = append(passed, dir)
		if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			target, err := filepath.EvalSymlinks(dir)
			if err != nil {
				found.err = fmt.Errorf("finding the repository of %s: %w", dir, err)
				break
			}
			dir = target
			continue
		}
		repo, stop, err := openAt(dir)
		if stop || err != nil {
			found = c.canonical(repo, err)
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	for _, dir := range passed {
		c.dirs[dir] = found
	}
	return found.repo, found.err
}

// canonical resolves the links above a repository that was found on a path with links in it, so that
// one repository has one Repo.
func (c *Cache) canonical(repo *Repo, err error) opened {
	if repo == nil || err != nil {
		return opened{nil, err}
	}
	if resolved, err := filepath.EvalSymlinks(repo.root); err == nil && resolved != repo.root {
		if known, ok := c.dirs[resolved]; ok {
			return known
		}
		repo.root = resolved
		c.dirs[resolved] = opened{repo, nil}
	}
	return opened{repo, nil}
}

// openAt looks at dir/.git. stop reports that the search ends here, with or without a repository.
func openAt(dir string) (repo *Repo, stop bool, err error) {
	dot := filepath.Join(dir, ".git")
	info, err := os.Stat(dot)
	switch {
	case errors.Is(err, fs.ErrNotExist) || isNotDir(err):
		return nil, false, nil
	case err != nil:
		return nil, true, fmt.Errorf("reading the repository %s: %w", dir, err)
	case info.Mode().IsRegular():
		if dot, err = gitFile(dot); err != nil {
			return nil, true, err
		}
	case !info.IsDir():
		return nil, false, nil
	}
	r := &Repo{root: dir, gitDir: dot, commonDir: dot}
	if text, err := os.ReadFile(filepath.Join(dot, "commondir")); err == nil {
		r.commonDir = joinUnlessAbs(dot, strings.TrimRight(string(text), "\r\n"))
	}
	for _, part := range []string{filepath.Join(dot, "HEAD"), filepath.Join(r.commonDir, "objects")} {
		if _, err := os.Lstat(part); errors.Is(err, fs.ErrNotExist) {
			if info.IsDir() { // some folder of that name: git looks further up
				return nil, false, nil
			}
			return nil, true, fmt.Errorf("%s leads to %s, which is no git repository (worktree or submodule moved? try `git worktree repair`)",
				filepath.Join(dir, ".git"), dot)
		} else if err != nil {
			return nil, true, fmt.Errorf("reading the repository %s: %w", dir, err)
		}
	}
	r.config = sync.OnceValue(r.readConfig)
	r.index = sync.OnceValues(r.readIndex)
	r.ignores = sync.OnceValue(r.readIgnores)
	if r.gitDir == r.commonDir && r.config().bare {
		return nil, true, nil
	}
	return r, true, nil
}

// gitFile reads the .git file of a linked worktree or a submodule: "gitdir: " and a path, relative to
// the folder of the file (gitrepository-layout(5)).
func gitFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the repository %s: %w", filepath.Dir(path), err)
	}
	target, ok := strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), "gitdir: ")
	if !ok || target == "" {
		return "", fmt.Errorf("%s does not start with `gitdir: ` and a path, so it leads to no repository", path)
	}
	return joinUnlessAbs(filepath.Dir(path), target), nil
}

func joinUnlessAbs(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// Root returns the folder of the working tree: absolute, clean, links resolved.
func (r *Repo) Root() string { return r.root }

// IndexFile returns the path of the index, for programs that watch it. It need not exist.
func (r *Repo) IndexFile() string { return filepath.Join(r.gitDir, "index") }

// Rel returns path relative to the root, with "/"; the root itself is "". Links in the folder of path are
// resolved where the path as written is not below the root; the last component never is. It reports
// false for a path outside the working tree.
func (r *Repo) Rel(path string) (string, bool) {
	path = filepath.Clean(path)
	if rel, ok := below(r.root, path); ok {
		return rel, true
	}
	dir := filepath.Dir(path)
	resolved, ok := r.real.Load(dir)
	if !ok {
		target, err := filepath.EvalSymlinks(dir)
		if err != nil {
			target = dir
		}
		resolved, _ = r.real.LoadOrStore(dir, target)
	}
	return below(r.root, filepath.Join(resolved.(string), filepath.Base(path)))
}

func below(root, path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, root)
	if !ok {
		return "", false
	}
	if rest == "" {
		return "", true
	}
	if os.IsPathSeparator(rest[0]) {
		rest = rest[1:]
	} else if !os.IsPathSeparator(root[len(root)-1]) {
		return "", false
	}
	return filepath.ToSlash(rest), true
}

// Package git tells what Nix's git fetcher sees: the repository that contains a folder, the paths in its
// index, its submodules, and the pattern that makes git ignore a path. It only reads regular files of bounded
// size, and starts no program, so that a repository cannot make it wait, fill the memory or run code. Paths
// inside a repository are relative to its root and use "/", on every system.
package git

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/internal/osfile"
)

// Repo is one working tree of a repository: a main one, a linked one (git worktree) or a submodule. The
// index and the ignore files are read once, at first use, so a Repo is a snapshot; a long-running
// program opens the folder anew after a change. A Repo may be used by several goroutines.
type Repo struct {
	root      string // absolute, links resolved
	gitDir    string // holds HEAD and the index
	commonDir string // holds objects, configuration and info/exclude; gitDir outside linked worktrees
	indexFile string // another index than that of gitDir; "" for that
	contents  bool   // the index is kept with what it says of contents
	staged    bool   // and without paths of which no content is staged
	plain     func(path string) ([]byte, error)

	config  func() settings
	index   func() (*index, error)
	ignores func() *Ignores
	// farIgnores are the ignore files outside of the working tree.
	farIgnores func() ([]*list, error)
	rules      sync.Map // folder relative to root → *Rules
	real       sync.Map // absolute folder → the same with links resolved
}

// Open returns the innermost repository whose working tree contains the folder dir, and nil where there
// is none: no .git upward, a bare repository, or a jj workspace that shares no working tree with git.
// Links in dir are resolved, as git and Nix do. It fails where a .git exists and cannot be read, or is a folder of git's that is
// no repository, unless one around it tracks files in dir.
func Open(dir string) (*Repo, error) { return new(Cache).Open(dir) }

// FS tells what lies in a working tree, by absolute path. os.Stat and os.Lstat say what the methods do.
type FS interface {
	Stat(path string) (fs.FileInfo, error)
	Lstat(path string) (fs.FileInfo, error)
}

type osFS struct{}

func (osFS) Stat(path string) (fs.FileInfo, error)  { return os.Stat(path) }
func (osFS) Lstat(path string) (fs.FileInfo, error) { return os.Lstat(path) }

// Cache remembers which repository each folder lies in, so that every repository is opened and read once.
// The zero value is ready for use by several goroutines.
type Cache struct {
	// FS is asked where something called .git is; nil is the file system of the machine. What lies in
	// repositories is read from that in any case.
	FS FS

	known *Repo // of Know
	mu    sync.Mutex
	dirs  map[string]opened
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
	if c.FS == nil {
		c.FS = osFS{}
	}
	found := c.find(dir)
	return found.repo, found.err
}

// Know makes the cache take a repository for the one that has its root there, whether or not something called .git tells.
// It is called before the first use.
func (c *Cache) Know(r *Repo) {
	c.known, c.dirs = r, map[string]opened{r.root: {r, nil}}
}

// Knows reports whether a folder is the root of the repository that Know was called with.
func (c *Cache) Knows(dir string) bool { return c.known != nil && c.known.root == dir }

// Starts reports whether a repository has its root in a folder that has something called .git. Where that cannot
// be read, one may.
func (c *Cache) Starts(dir string) bool {
	repo, err := c.Open(dir)
	if repo == nil {
		return err != nil
	}
	rel, ok := repo.Rel(dir)
	return ok && rel == ""
}

// find looks from dir upward and remembers what it finds for each folder on the way.
func (c *Cache) find(dir string) (found opened) {
	var passed []string // the folders that turn out to lie in the same repository as dir
	for {
		var known bool
		if found, known = c.dirs[dir]; known {
			break
		}
		passed = append(passed, dir)
		if info, err := c.FS.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			target, err := filepath.EvalSymlinks(dir)
			if err != nil {
				found.err = fmt.Errorf("finding the repository of %s: %w", dir, err)
				break
			}
			dir = target
			continue
		}
		repo, stop, err := c.openAt(dir)
		if stop {
			found = c.canonical(repo, err)
			break
		}
		up := filepath.Dir(dir)
		if err != nil {
			found = opened{nil, err}
			if around := c.find(up); around.repo != nil && around.repo.holds(dir) {
				found = around
			}
			break
		}
		if up == dir {
			break
		}
		dir = up
	}
	for _, dir := range passed {
		c.dirs[dir] = found
	}
	return found
}

// holds reports whether the repository tracks files in a folder itself, not as those of a submodule, or cannot
// tell.
func (r *Repo) holds(dir string) bool {
	rel, ok := r.Rel(dir)
	if !ok {
		return false
	}
	return r.Load() != nil || r.HasBelow(rel)
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

// openAt looks at dir/.git. stop reports that the search ends here, with or without a repository. What is no
// repository by git's rules does not end it: git goes on upward from a folder of that name, and takes what
// lies around a file that leads to none for its own. An error without stop says that somebody must track files
// here for the search to go on.
func (c *Cache) openAt(dir string) (repo *Repo, stop bool, err error) {
	dot := filepath.Join(dir, ".git")
	info, err := c.FS.Stat(dot)
	switch {
	case osfile.IsMissing(err):
		return nil, false, nil
	case err != nil:
		return nil, true, fmt.Errorf("reading the repository %s: %w", dir, err)
	case info.Mode().IsRegular():
		if dot, err = gitFile(dot); err != nil {
			return nil, false, err
		}
	case !info.IsDir():
		return nil, false, nil
	}
	r := &Repo{root: dir, gitDir: dot}
	switch is, err := r.open(); {
	case err != nil:
		return nil, true, fmt.Errorf("reading the repository %s: %w", dir, err)
	case !is && info.IsDir():
		return nil, false, broken(dir, dot)
	case !is:
		return nil, false, fmt.Errorf("%s leads to %s, which is no git repository (worktree or submodule moved? try `git worktree repair`)",
			filepath.Join(dir, ".git"), dot)
	}
	if r.gitDir == r.commonDir && r.config().bare {
		return nil, true, nil
	}
	return r, true, nil
}

// ownFiles are what git keeps in a .git folder by which it is meant for a repository (gitrepository-layout(5)).
var ownFiles = []string{"HEAD", "objects", "refs", "config", "index", "packed-refs", "commondir"}

// broken says what is wrong with a .git folder that is no repository, nil where it is none of anybody's. Git goes on upward from each; Nix
// takes a folder with something called .git for a repository and refuses a flake in it, be it empty (flakeref.cc,
// parsePathFlakeRefWithFragment; Nix 2.34).
func broken(dir, dot string) error {
	lacks := func(folder, name string) bool {
		_, err := os.Lstat(filepath.Join(folder, name))
		return err != nil
	}
	var missing []string
	for _, name := range ownFiles {
		if lacks(dot, name) {
			missing = append(missing, name)
		}
	}
	what, mend := "", "put back what is missing from a clone"
	const newHead = "write `ref: refs/heads/BRANCH` into HEAD"
	switch {
	case len(missing) == len(ownFiles):
		if lacks(dir, "flake.nix") {
			return nil
		}
		what, mend = "has none of git's files", "run `git init`"
	case slices.Contains(missing, "HEAD"):
		what, mend = "has no HEAD", newHead
	case slices.Contains(missing, "objects"):
		what = "has no objects"
	case slices.Contains(missing, "refs"):
		what = "has no refs"
	default:
		what, mend = "has a HEAD that names neither a reference nor a commit", newHead
	}
	return fmt.Errorf("%s %s, so git takes it for no repository, and Nix refuses a flake there: %s, or remove the folder", dot, what, mend)
}

// open completes a repository of which root and gitDir are known. is says whether it is one.
func (r *Repo) open() (is bool, err error) {
	r.commonDir, r.plain = r.gitDir, readPlain
	switch text, err := osfile.Read(filepath.Join(r.gitDir, "commondir"), maxGitFile); {
	case err == nil:
		r.commonDir = joinUnlessAbs(r.gitDir, strings.TrimRight(string(text), "\r\n"))
	case !osfile.IsMissing(err):
		return false, err
	}
	r.config = sync.OnceValue(r.readConfig)
	r.index = sync.OnceValues(r.readIndex)
	r.farIgnores = sync.OnceValues(r.readFarIgnores)
	r.ignores = sync.OnceValue(r.readIgnores)
	return r.isRepository()
}

// isRepository tells by git's rules: a HEAD that names something, and folders objects and refs
// (gitrepository-layout(5)).
func (r *Repo) isRepository() (bool, error) {
	head := filepath.Join(r.gitDir, "HEAD")
	info, err := os.Lstat(head)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if target, _ := os.Readlink(head); !strings.HasPrefix(filepath.ToSlash(target), "refs/") {
			return false, nil
		}
	} else if err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return false, fmt.Errorf("HEAD: %w", osfile.ErrNotRegular) // git waits for it
	} else if err == nil {
		var text []byte
		if text, err = osfile.Head(head, maxHead); err == nil && !namesCommit(string(text)) {
			return false, nil
		}
	}
	for _, name := range []string{"objects", "refs"} {
		if err == nil {
			_, err = os.Stat(filepath.Join(r.commonDir, name))
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		return false, err
	}
	return err == nil, nil
}

// maxHead is how much of HEAD git looks at, maxGitFile how much of .git or commondir is read, in bytes.
const (
	maxHead    = 255
	maxGitFile = 1 << 20
)

// namesCommit reports whether the text of HEAD is a reference below refs or the hash of a commit.
func namesCommit(text string) bool {
	if ref, ok := strings.CutPrefix(text, "ref:"); ok && strings.HasPrefix(strings.TrimLeft(ref, " \t\r\n"), "refs/") {
		return true
	}
	const sha1Digits = 40
	digits := strings.IndexFunc(text, func(c rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", c) })
	return digits >= sha1Digits || digits < 0 && len(text) >= sha1Digits
}

// gitFile reads the .git file of a linked worktree or a submodule: "gitdir: " and a path, relative to
// the folder of the file (gitrepository-layout(5)).
func gitFile(path string) (string, error) {
	text, err := osfile.Read(path, maxGitFile)
	if err != nil {
		return "", fmt.Errorf("reading the repository %s: %w", filepath.Dir(path), err)
	}
	target, ok := strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), "gitdir: ")
	if !ok || target == "" {
		return "", fmt.Errorf("%s does not start with `gitdir: ` and a path, so it leads to no repository: remove it, or make it one", path)
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
func (r *Repo) IndexFile() string {
	if r.indexFile != "" {
		return r.indexFile
	}
	return filepath.Join(r.gitDir, "index")
}

// HooksDir returns the folder in which git looks for hooks (githooks(5), core.hooksPath), which need not exist. own tells that
// it belongs to this repository: it lies, links resolved, in the working tree or among git's own files of it.
func (r *Repo) HooksDir() (dir string, own bool) {
	if dir = r.config().hooksPath; dir == "" {
		dir = filepath.Join(r.commonDir, "hooks")
	}
	target := r.resolve(dir)
	if info, err := os.Lstat(target); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return dir, false // to nowhere
	}
	for _, root := range []string{r.root, r.commonDir, r.gitDir} {
		if _, ok := below(r.resolve(root), target); ok {
			return dir, true
		}
	}
	return dir, false
}

// Refused says why git refuses the configuration, and with it the repository, or would wait for ever for an ignore file that is its own or
// the user's; nil where it does neither. It looks at no file of the working tree, whose text may have to be asked of git.
func (r *Repo) Refused() error {
	_, err := r.farIgnores()
	return cmp.Or(r.config().err, err)
}

// Remotes returns the URLs of the remotes as the configuration has them.
func (r *Repo) Remotes() []string { return r.config().remotes }

// HooksUnsure returns why git looks for hooks elsewhere than in HooksDir, or nowhere; "" where it looks there.
func (r *Repo) HooksUnsure() string { return r.config().hooksUnsure }

// Owns reports whether a path, links resolved, lies among git's own files of the repository.
func (r *Repo) Owns(path string) bool {
	for _, dir := range []string{r.gitDir, r.commonDir} {
		if _, ok := below(r.resolve(dir), path); ok {
			return true
		}
	}
	return false
}

// Rel returns path relative to the root, with "/"; the root itself is "". Links in the folder of path are
// resolved where the path as written is not below the root; the last component never is. It reports
// false for a path outside the working tree.
func (r *Repo) Rel(path string) (string, bool) {
	path = filepath.Clean(path)
	if rel, ok := below(r.root, path); ok {
		return rel, true
	}
	return below(r.root, filepath.Join(r.resolve(filepath.Dir(path)), filepath.Base(path)))
}

// resolve resolves the links in the path of a folder, which is then known. It does so by way of the folder above, so
// that the system is asked once for each folder.
func (r *Repo) resolve(dir string) string {
	if known, ok := r.real.Load(dir); ok {
		return known.(string)
	}
	resolved := dir
	if up := filepath.Dir(dir); up != dir {
		resolved = filepath.Join(r.resolve(up), filepath.Base(dir))
		if info, err := os.Lstat(resolved); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			if target, err := filepath.EvalSymlinks(resolved); err == nil {
				resolved = target
			}
		}
	}
	r.real.Store(dir, resolved)
	return resolved
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

package workspace

import (
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/internal/git"
)

// walkers is the number of goroutines of one walk. The calls to the system wait for each other in the
// kernel, so more gain little.
const walkers = 2

// walker finds the files of one tree.
type walker struct {
	*selector
	root string

	mu       sync.Mutex
	wake     sync.Cond
	waiting  []folder
	busy     int
	folders  int // read
	failed   any // a panic
	badRepos map[*git.Repo]bool
}

// folder is a folder to walk through.
type folder struct {
	path    string
	repo    *git.Repo // nil for none
	rel     string    // relative to the root of repo, or of the rules
	up      *git.Rules
	rules   *git.Rules // nil until the folder is read, then those that hold in it
	tracked bool       // only what git tracks counts
	why     Skipped    // of what is in it and git does not track, where only that counts; its path does not count
}

func (f *folder) below(name string) string {
	if f.rel == "" {
		return name
	}
	return f.rel + "/" + name
}

// top returns the root with the rules that hold in it. That the root itself is ignored does not count:
// the user asked for it.
func (w *walker) top() (folder, error) {
	f := folder{path: w.root}
	resolved := w.root
	if target, err := w.fs.EvalSymlinks(w.root); err == nil {
		resolved = target
	}
	repo, err := w.opts.Git.Open(resolved)
	if repo != nil {
		if rel, ok := repo.Rel(resolved); ok {
			f.repo, f.rel = repo, rel
			f.rules = repo.Rules("")
		}
	}
	if f.rules == nil {
		base := w.workspaceRoot(resolved)
		f.rules = git.NewIgnores(base, PlainReader(w.fs)).Top()
		if rel, err := filepath.Rel(base, resolved); err == nil && rel != "." {
			f.rel = filepath.ToSlash(rel)
		}
	}
	for name := range strings.SplitSeq(f.rel, "/") {
		if name != "" {
			f.rules = f.rules.Sub(name, false, true)
		}
	}
	return f, err
}

// workspaceRoot returns the root of the jj workspace around dir, whose .gitignore files count as in
// a repository, or dir.
func (w *walker) workspaceRoot(dir string) string {
	for at := dir; ; {
		if info, err := w.fs.Lstat(filepath.Join(at, ".jj")); err == nil && info.IsDir() {
			return at
		}
		up := filepath.Dir(at)
		if up == at {
			return dir
		}
		at = up
	}
}

// run walks the tree of a folder.
func (w *walker) run(top folder) {
	w.wake.L = &w.mu
	w.waiting = []folder{top}
	var wg sync.WaitGroup
	for range walkers {
		wg.Go(func() {
			var r reading
			w.mu.Lock()
			defer w.mu.Unlock()
			for {
				for len(w.waiting) == 0 && w.busy > 0 {
					w.wake.Wait()
				}
				n := len(w.waiting)
				if n == 0 {
					break
				}
				next := w.waiting[n-1]
				w.waiting = w.waiting[:n-1]
				w.busy++
				w.mu.Unlock()
				r.folders = r.folders[:0]
				failed := contained(func() { w.read(&r, next) })
				w.mu.Lock()
				if failed != nil {
					w.failed = failed
				}
				w.busy--
				w.waiting = append(w.waiting, r.folders...)
				if w.folders++; w.opts.MaxFolders > 0 && w.folders >= w.opts.MaxFolders && len(w.waiting) > 0 {
					w.waiting, w.cut = w.waiting[:0], true
				}
				if len(r.folders) > 1 || w.busy == 0 {
					w.wake.Broadcast()
				}
			}
			w.files = append(w.files, r.files...)
			w.links = append(w.links, r.links...)
			w.problems = append(w.problems, r.problems...)
			w.skipped = append(w.skipped, r.skipped...)
			w.excluded += r.excluded
			w.passed += r.passed
		})
	}
	wg.Wait()
	if w.failed != nil {
		panic(w.failed)
	}
}

// contained runs f and returns what it panics with: a panic of another goroutine than the caller's would end the
// program.
func contained(f func()) (failed any) {
	defer func() { failed = recover() }()
	f()
	return nil
}

// reading is what one goroutine has found.
type reading struct {
	folders  []folder // below the folder read last
	files    []File
	links    []link
	problems []Problem
	skipped  []Skipped
	excluded int
	passed   int // what may be to analyse and is left out for another reason
}

// skip notes what is not selected, if that is asked for.
func (w *walker) skip(r *reading, path string, folder bool, why Skipped) {
	if w.opts.Skipped {
		why.Path, why.Folder = path, folder
		r.skipped = append(r.skipped, why)
	}
}

// read sorts the entries of a folder.
func (w *walker) read(r *reading, f folder) {
	// Asked here and not when the folder is met, since reading the index takes as long as a walk: the
	// other goroutine goes on with what needs no index.
	if f.tracked && !w.hasTracked(r, f.repo, f.rel) {
		r.passed++
		w.skip(r, f.path, true, f.why)
		return
	}
	entries, err := w.fs.ReadDir(f.path)
	if err != nil {
		p := problem(f.path, err)
		if (p.Kind != Missing || f.path == w.root) && !w.opts.excludes(f.path) {
			r.problems = append(r.problems, p)
		}
	}
	w.enter(r, &f, entries)
	before := len(r.files) + len(r.links)
	_, parent := split(filepath.ToSlash(f.path))
	scripts := scriptFolders[parent]
	prefix := f.path
	if prefix[len(prefix)-1] != filepath.Separator {
		prefix += string(filepath.Separator)
	}
	for _, e := range entries {
		name := e.Name()
		switch e.Type() {
		case fs.ModeDir:
			if name == lockFile {
				w.oddLock(r, &f, prefix, true)
			} else if mayMatter(name) && readAsFile(prefix+name) {
				w.oddFolder(r, &f, prefix, name)
			}
			w.folder(r, &f, prefix, name)
		case 0, fs.ModeSymlink:
			isLink := e.Type() != 0
			if isLink && name == lockFile {
				w.oddLock(r, &f, prefix, false)
				continue
			}
			script := scripts && !isLink && !strings.Contains(name, ".") // a link there leads to a program more often than not
			told := isLink && w.opts.Links
			if !script && !told && !mayMatter(name) {
				if w.opts.Skipped { // of most files no path is made
					w.skip(r, prefix+name, false, Skipped{Reason: OtherKind})
				}
				continue
			}
			path := prefix + name
			kind := KindOf(path)
			if kind == Other && !script && !told {
				w.skip(r, path, false, Skipped{Reason: OtherKind})
				continue
			}
			if ok, why := w.wants(r, &f, name); !ok {
				r.passed++
				w.skip(r, path, false, why)
				continue
			}
			if !w.opts.among(f.repo, path) {
				w.skip(r, path, false, Skipped{Reason: Unchanged})
				continue
			}
			if w.opts.excludes(path) {
				if kind != Other || script {
					r.excluded++
				}
				w.skip(r, path, false, Skipped{Reason: ByExclude})
				continue
			}
			if isLink {
				r.links = append(r.links, link{File{Path: path, Kind: kind}, w.root})
				continue
			}
			if kind == Other {
				text, err := Head(w.fs, path, headSize)
				if err != nil {
					r.problems = append(r.problems, problem(path, err))
				}
				if !isShellScript(text) {
					w.skip(r, path, false, Skipped{Reason: OtherKind})
					continue
				}
				kind = Shell
			}
			r.files = append(r.files, File{Path: path, Kind: kind})
		default:
			if name == lockFile {
				if !w.oddLock(r, &f, prefix, false) {
					w.skip(r, prefix+name, false, Skipped{Reason: Special})
				}
				continue
			}
			w.special(r, &f, prefix+name, name)
		}
	}
	if len(r.files)+len(r.links) > before {
		w.loads(r, f.repo)
	}
}

// oddLock selects what lies in f under the name of a lock file and is no regular file: Nix refuses it. It is false where the
// file is left out.
func (w *walker) oddLock(r *reading, f *folder, prefix string, isDir bool) bool {
	path := prefix + lockFile
	if w.opts.excludes(path) {
		r.excluded++
		return false
	}
	wanted := false
	if isDir {
		wanted = w.wantsFolder(r, f, lockFile)
	} else {
		wanted, _ = w.wants(r, f, lockFile)
	}
	if wanted = wanted && w.opts.among(f.repo, path); wanted {
		r.files = append(r.files, File{Path: path, Kind: FlakeLock})
	}
	return wanted
}

// oddFolder notes a folder that has the name of a file that is read by its name alone.
func (w *walker) oddFolder(r *reading, f *folder, prefix, name string) {
	path := prefix + name
	if !w.wantsFolder(r, f, name) || name == flakeFile && !w.isFlake(path, w.root) {
		return
	}
	if w.opts.excludes(path) {
		r.excluded++
		return
	}
	r.problems = append(r.problems, Problem{path, errFolder, NotRegular})
}

// special notes a device, a socket or a FIFO where a file to analyse would be.
func (w *walker) special(r *reading, f *folder, path, name string) {
	why := Skipped{Reason: Special}
	if mayMatter(name) && KindOf(path) != Other {
		if ok, reason := w.wants(r, f, name); !ok {
			why = reason
			r.passed++
		} else if w.opts.excludes(path) {
			why = Skipped{Reason: ByExclude}
			r.excluded++
		} else {
			r.problems = append(r.problems, problem(path, ErrNotRegular))
			return
		}
	}
	w.skip(r, path, false, why)
}

// mayMatter spares most other files the building of their path.
func mayMatter(name string) bool {
	switch filepath.Ext(name) {
	case ".nix", ".lock", ".sh", ".bash", ".yml", ".yaml", ".mk", ".just":
		return true
	case ".md", ".markdown", ".MD":
		return IsProse(name)
	}
	return isRecipes(name) || isJenkinsfile(name)
}

// enter completes a folder with what its entries tell: another repository, an ignore file.
func (w *walker) enter(r *reading, f *folder, entries []fs.DirEntry) {
	ignoreFile := false
	for _, e := range entries { // sorted, and few names are less than these
		name := e.Name()
		if name > ".gitignore" {
			break
		}
		switch name {
		case ".gitignore":
			ignoreFile = e.Type().IsRegular() || e.Type()&fs.ModeNamedPipe != 0
		case ".git":
			if f.path == w.root {
				continue // known already
			}
			repo, err := w.opts.Git.Open(f.path)
			if err != nil {
				if !w.opts.excludes(f.path) {
					r.problems = append(r.problems, Problem{f.path, err, BadRepository})
				}
				f.repo, f.rel, f.tracked = nil, "", false
				f.rules = git.NewIgnores(f.path, PlainReader(w.fs)).Top()
			} else if repo != nil && repo != f.repo {
				f.repo, f.rel, f.tracked = repo, "", false
				f.rules = repo.Rules("")
			}
		}
	}
	if f.rules == nil {
		_, name := split(f.rel)
		f.rules = f.up.Sub(name, false, ignoreFile && !f.tracked)
	}
	if err := f.rules.Unread(); err != nil && (f.up == nil || f.up.Unread() == nil) && !w.opts.excludes(f.path) {
		r.problems = append(r.problems, Problem{f.path, err, BadRepository})
	}
}

// folder decides about a folder in f.
func (w *walker) folder(r *reading, f *folder, prefix, name string) {
	tracked, why := f.tracked, f.why
	if name[0] == '.' {
		switch name {
		case ".git", ".jj", ".direnv":
			return
		}
		if !tracked && ciFolders[name] == NoProvider {
			tracked, why = true, Skipped{Reason: Hidden}
		}
	}
	if !tracked {
		var ignore git.Ignore
		if ignore, tracked = f.rules.Match(name, true); tracked {
			why = Skipped{Reason: ByGit, Ignore: ignore}
		}
	}
	path := prefix + name
	switch {
	case tracked && f.repo == nil:
		r.passed++
		w.skip(r, path, true, why)
	case w.opts.AmongFolder != nil && !w.opts.AmongFolder(path):
		w.skip(r, path, true, Skipped{Reason: Unchanged})
	case w.opts.excludesFolder(path):
		r.passed++
		w.skip(r, path, true, Skipped{Reason: ByExclude})
	default:
		r.folders = append(r.folders, folder{path: path, repo: f.repo, rel: f.below(name), up: f.rules, tracked: tracked, why: why})
	}
}

// wants reports whether git lets an entry of f count that is no folder, and else why not: tracked beats ignored.
func (w *walker) wants(r *reading, f *folder, name string) (bool, Skipped) {
	why := f.why
	if !f.tracked {
		ignore, ignored := f.rules.Match(name, false)
		if !ignored {
			return true, Skipped{}
		}
		why = Skipped{Reason: ByGit, Ignore: ignore}
	}
	if !w.loads(r, f.repo) {
		return false, why
	}
	_, ok := f.repo.Tracked(f.below(name))
	return ok, why
}

// wantsFolder is wants for a folder.
func (w *walker) wantsFolder(r *reading, f *folder, name string) bool {
	if _, ignored := f.rules.Match(name, true); f.tracked || ignored {
		return w.hasTracked(r, f.repo, f.below(name))
	}
	return true
}

// hasTracked reports whether git tracks something in a folder, or the folder as a submodule.
func (w *walker) hasTracked(r *reading, repo *git.Repo, rel string) bool {
	if !w.loads(r, repo) {
		return false
	}
	e, ok := repo.Tracked(rel)
	return ok && e.Mode == git.Submodule || repo.HasBelow(rel)
}

// loads reports whether there is an index, and notes once a repository where it cannot be read.
func (w *walker) loads(r *reading, repo *git.Repo) bool {
	if repo == nil {
		return false
	}
	err := repo.Load()
	if err == nil {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.badRepos[repo] {
		if w.badRepos == nil {
			w.badRepos = map[*git.Repo]bool{}
		}
		w.badRepos[repo] = true
		r.problems = append(r.problems, Problem{repo.Root(), err, BadRepository})
	}
	return false
}

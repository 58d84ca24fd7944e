package workspace

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/osfile"
)

// Options says how Select goes about it. The zero value is ready.
type Options struct {
	// Exclude reports whether a file, given by its absolute path, is left out, whether it was named or
	// met on a walk. ExcludeFolder may report that all files below a folder are, to spare the walk. Both
	// are called from several goroutines.
	Exclude       func(path string) bool
	ExcludeFolder func(path string) bool
	// Among narrows the selection to files of which it reports true; repo is the repository they lie in, or nil. AmongFolder
	// may report that it is true of no file below a folder. Both are called from several goroutines.
	Among       func(repo *git.Repo, path string) bool
	AmongFolder func(path string) bool
	// NoExclude selects what they leave out.
	NoExclude bool
	// Links fills Selection.LeftAlone, Skipped Selection.Skipped.
	Links, Skipped bool
	// MaxFolders ends the walk of each path behind so many folders; 0 is no bound. Selection.Cut says that it did.
	MaxFolders int
	// Git remembers the repositories; nil is a memory for this call.
	Git *git.Cache
}

func (o *Options) excludes(path string) bool {
	return !o.NoExclude && o.Exclude != nil && o.Exclude(path)
}

func (o *Options) excludesFolder(path string) bool {
	return !o.NoExclude && o.ExcludeFolder != nil && o.ExcludeFolder(path)
}

func (o *Options) among(repo *git.Repo, path string) bool {
	return o.Among == nil || o.Among(repo, path)
}

// File is one file to analyse.
type File struct {
	Path  string // absolute and clean; links are not resolved
	Kind  Kind
	Named bool // by the user, not met on a walk
}

// Selection is what the paths of one call mean. All lists are sorted by path and have every path once.
type Selection struct {
	Files []File
	// LeftAlone are the links met on walks, in places where a file would count, behind which something may be that
	// belongs to the project and is not selected: with Options.Links all, since each link must be looked into, else
	// those that are Lost.
	LeftAlone []LeftAlone
	// Skipped is what walks met and did not select, links apart. It is filled on request.
	Skipped []Skipped
	// Excluded are the files that were named but are left out by Options.Exclude.
	Excluded []string
	// Empty are the folders that were named and hold no file to analyse.
	Empty []EmptyFolder
	Cut   bool // by Options.MaxFolders, at a place that chance decides on
}

// LeftAlone is a link that was not followed.
type LeftAlone struct {
	Path string // absolute
	Why  string // "leads to …", in words
	Lost bool   // it has the name of a file to analyse, git tracks it, and it leads to nothing
}

// Reason says why a walk did not select what it met.
type Reason uint8

// The reasons: a pattern of Options.Exclude; a pattern by which git ignores it; it lies in a hidden folder, where only what git
// tracks counts; its Kind is Other; it is a device, a socket or a FIFO; it is a link to a
// file that is selected itself; Options.Among leaves it out.
const (
	ByExclude Reason = iota
	ByGit
	Hidden
	OtherKind
	Special
	Linked
	Unchanged
)

// String returns the reason as the JSON output spells it.
func (r Reason) String() string {
	return [...]string{"excluded", "ignored", "hidden", "unsupported", "not-regular", "linked", "unchanged"}[r]
}

// Skipped is a file, or a folder with all that is in it, that a walk did not select.
type Skipped struct {
	Path   string // absolute
	Folder bool
	Reason Reason
	Ignore git.Ignore // where the reason is ByGit
}

// EmptyFolder is a folder without a file to analyse.
type EmptyFolder struct {
	Path     string
	Excluded int // number of files in it that Options.Exclude leaves out
	// LeftOut tells that something else in it may be to analyse: what git ignores, hidden folders, links.
	LeftOut bool
}

// ProblemKind says why a path, or part of a tree, was not selected.
type ProblemKind uint8

// The kinds of problem: nothing there; there, but the system refuses; a device, socket or FIFO; git's
// files, which tell what belongs to a tree, cannot be read; a file that was named but is of kind Other.
const (
	Missing ProblemKind = iota
	Unreadable
	NotRegular
	BadRepository
	Unsupported
)

// String returns the kind as the JSON output spells it.
func (k ProblemKind) String() string {
	return [...]string{"missing", "unreadable", "not-regular", "repository", "unsupported"}[k]
}

// errUnsupported is the error of a file of kind Other.
var errUnsupported = errors.New("not a file that nixsift checks (Nix, flake.lock, CI files, shell scripts, Makefiles, justfiles)")

// errFolder is the error of a folder in the place of a file that is found by its name.
var errFolder = errors.New("a folder, where a file of this name is read: it is not checked")

// Problem is a path that was to be analysed and cannot be.
type Problem struct {
	Path string
	Err  error // without the path
	Kind ProblemKind
}

// Error returns the path and what is wrong with it.
func (p Problem) Error() string { return p.Path + ": " + p.Err.Error() }

// Unwrap returns Err.
func (p Problem) Unwrap() error { return p.Err }

// IsMissing reports whether an error says that nothing is at a path, be it that something above it is no folder.
func IsMissing(err error) bool { return osfile.IsMissing(err) }

func problem(path string, err error) Problem {
	kind := Unreadable
	switch {
	case IsMissing(err):
		kind = Missing
	case errors.Is(err, ErrNotRegular):
		kind = NotRegular
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return Problem{path, err, kind}
}

// Select returns the files that paths mean. A path of a file means that file, whatever git says of it, if its Kind is
// not Other.
// A path of a folder means the files of a Kind other than Other in its tree:
//
//   - in a repository, what git tracks and what is neither tracked nor ignored; in a repository inside it,
//     a submodule for one, the same by that one's rules;
//   - elsewhere, what the .gitignore files in the folder and below it do not ignore;
//   - in hidden folders, what git tracks, save those for CI files, which are like others;
//   - of links, those that lead to a regular file in the tree that is not selected itself, one for each;
//   - whatever has the name of a lock file, since Nix refuses what is no regular file.
//
// What has the name of a file to analyse and can be none is a problem: a device, a socket, a FIFO, a link to one; where
// the name alone makes a file count, a folder, too. A folder x.nix is one like others. A repository that cannot be read is a problem wherever a
// file of it is selected, since what is said of a file depends on what else git tracks. Both results are sorted by
// path.
func Select(fsys FS, paths []string, opts Options) (Selection, []Problem) {
	if opts.Git == nil {
		opts.Git = &git.Cache{FS: fsys}
	}
	s := &selector{fs: fsys, opts: opts}
	for _, path := range paths {
		s.add(path)
	}
	s.follow()
	slices.SortFunc(s.files, func(a, b File) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 || a.Named == b.Named {
			return c
		}
		if a.Named { // named comes first, and so is kept
			return -1
		}
		return 1
	})
	s.files = slices.CompactFunc(s.files, func(a, b File) bool { return a.Path == b.Path })
	slices.SortFunc(s.problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	s.problems = slices.CompactFunc(s.problems, func(a, b Problem) bool { return a.Path == b.Path && a.Kind == b.Kind })
	slices.SortFunc(s.left, func(a, b LeftAlone) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(s.named)
	slices.SortFunc(s.empty, func(a, b EmptyFolder) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(s.skipped, func(a, b Skipped) int { return strings.Compare(a.Path, b.Path) })
	s.skipped = slices.CompactFunc(s.skipped, func(a, b Skipped) bool { return a.Path == b.Path })
	return Selection{Files: s.files, LeftAlone: slices.Compact(s.left), Skipped: s.skipped, Excluded: slices.Compact(s.named), Empty: slices.Compact(s.empty), Cut: s.cut}, s.problems
}

type selector struct {
	fs       FS
	opts     Options
	files    []File
	problems []Problem
	links    []link
	left     []LeftAlone
	skipped  []Skipped
	named    []string // files that are excluded
	empty    []EmptyFolder
	excluded int // files that walks left out
	passed   int // what else they left out
	cut      bool
}

// link is a symbolic link met on the walk of root. One of Kind Other is there to be told of only.
type link struct {
	File
	root string
}

// add selects what one path means.
func (s *selector) add(path string) {
	abs, err := filepath.Abs(path)
	if err != nil {
		s.problems = append(s.problems, problem(path, err))
		return
	}
	info, err := s.fs.Stat(abs)
	switch {
	case err != nil:
		s.problems = append(s.problems, problem(abs, err))
	case info.IsDir() && KindOf(abs) != FlakeLock: // a folder may be called x.nix
		if readAsFile(abs) && !s.opts.excludes(abs) {
			s.problems = append(s.problems, Problem{abs, errFolder, NotRegular})
		}
		s.walk(abs)
	case !info.Mode().IsRegular():
		s.problems = append(s.problems, problem(abs, ErrNotRegular))
	case s.opts.excludes(abs):
		s.named = append(s.named, abs)
	default:
		kind := KindOf(abs)
		if kind == Other && filepath.Ext(abs) == "" {
			if text, err := Head(s.fs, abs, headSize); err != nil {
				s.problems = append(s.problems, problem(abs, err))
				return
			} else if isShellScript(text) {
				kind = Shell
			}
		}
		if kind == Other {
			s.problems = append(s.problems, Problem{abs, errUnsupported, Unsupported})
			return
		}
		repo := s.checkRepository(filepath.Dir(abs))
		if !s.opts.among(repo, abs) {
			s.skipped = append(s.skipped, Skipped{Path: abs, Reason: Unchanged})
			return
		}
		s.files = append(s.files, File{abs, kind, true})
	}
}

// checkRepository returns the repository around a folder with selected files, and notes one that cannot be read.
func (s *selector) checkRepository(dir string) *git.Repo {
	repo, err := s.opts.Git.Open(dir)
	if repo != nil {
		rel, ok := repo.Rel(dir)
		if dir, err = repo.Root(), repo.Load(); err == nil && ok {
			err = repo.Rules(rel).Unread()
		}
	}
	if err != nil {
		s.problems = append(s.problems, Problem{dir, err, BadRepository})
	}
	return repo
}

// walk selects what a folder means.
func (s *selector) walk(root string) {
	w := &walker{selector: s, root: root}
	top, err := w.top()
	if err != nil {
		s.problems = append(s.problems, Problem{root, err, BadRepository})
	}
	files, problems, links, excluded, passed := len(s.files), len(s.problems), len(s.links), s.excluded, s.passed
	w.run(top)
	if s.opts.Among == nil && len(s.files) == files && len(s.problems) == problems && err == nil {
		s.empty = append(s.empty, EmptyFolder{root, s.excluded - excluded, s.passed > passed || len(s.links) > links})
	}
}

// isFlake reports whether a flake.nix would be the flake of its folder in any case: at the top of a repository or of what is
// walked, or beside a lock file. Nix reads one wherever somebody names its folder.
func (s *selector) isFlake(path, root string) bool {
	dir := filepath.Dir(path)
	if dir == root || s.opts.Git.Starts(dir) {
		return true
	}
	return Has(s.fs, dir, lockFile)
}

// follow selects the links that lead to regular files in the tree they were met in which nothing else
// selects.
func (s *selector) follow() {
	if len(s.links) == 0 {
		return
	}
	found := make(map[string]bool, len(s.files))
	for _, f := range s.files {
		found[f.Path] = true
	}
	slices.SortFunc(s.links, func(a, b link) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.root, b.root))
	})
	for _, link := range s.links {
		root, err := s.fs.EvalSymlinks(link.root)
		if err != nil {
			continue
		}
		resolved, err := s.fs.EvalSymlinks(link.Path)
		if err != nil {
			s.lost(link, err)
			continue
		}
		rel, err := filepath.Rel(root, resolved)
		inside := err == nil && filepath.IsLocal(rel)
		target := resolved
		if inside {
			target = filepath.Join(link.root, rel)
		}
		info, err := s.fs.Stat(target)
		switch {
		case err != nil:
			s.leave(link, "leads to "+resolved+", which cannot be reached")
		case info.IsDir():
			if readAsFile(link.Path) && (link.Kind == CI || s.isFlake(link.Path, link.root)) {
				s.fail(link, errFolder)
			}
			s.leave(link, "leads to the folder "+resolved)
		case link.Kind != Other && !info.Mode().IsRegular():
			s.fail(link, ErrNotRegular)
		case !info.Mode().IsRegular() || link.Kind == Other && KindOf(target) == Other:
		case !inside:
			s.leave(link, "leads to "+resolved+", outside of the folder that is checked")
		case link.Kind != Other && !found[target] && !s.opts.excludes(target):
			found[target] = true
			s.files = append(s.files, link.File)
			s.empty = slices.DeleteFunc(s.empty, func(e EmptyFolder) bool { return e.Path == link.root })
		case link.Kind != Other && s.opts.Skipped:
			why := Linked
			if !found[target] {
				why = ByExclude
			}
			s.skipped = append(s.skipped, Skipped{Path: link.Path, Reason: why})
		}
	}
}

func (s *selector) leave(l link, why string) {
	if s.opts.Links {
		s.left = append(s.left, LeftAlone{Path: l.Path, Why: why})
	}
}

// fail notes a link that stands for a file to analyse and cannot.
func (s *selector) fail(l link, err error) {
	s.problems = append(s.problems, Problem{l.Path, err, NotRegular})
	s.empty = slices.DeleteFunc(s.empty, func(e EmptyFolder) bool { return e.Path == l.root })
}

// lost notes a link that leads round and round, to nowhere, or to what may not be read. Most are an editor's lock or
// a build's result; one that git tracks is missing in every checkout.
func (s *selector) lost(l link, err error) {
	why := "leads to nothing that is there"
	switch {
	case errors.Is(err, fs.ErrPermission):
		why = "leads to what may not be read"
	case !IsMissing(err):
		why = "leads to itself"
	}
	if filepath.Base(l.Path) == flakeFile && s.isFlake(l.Path, l.root) {
		s.fail(l, errors.New("a link that "+why))
		return
	}
	tracked := false
	if l.Kind != Other && !errors.Is(err, fs.ErrPermission) {
		if repo, err := s.opts.Git.Open(filepath.Dir(l.Path)); err == nil && repo != nil && repo.Load() == nil {
			if rel, ok := repo.Rel(l.Path); ok {
				_, tracked = repo.Tracked(rel)
			}
		}
	}
	if tracked || s.opts.Links {
		s.left = append(s.left, LeftAlone{l.Path, why, tracked})
	}
}

// Package changes tells which files of a working tree differ from a commit, or are staged. What the working tree has is
// compared with the index by nixsift itself; commits, trees and what is staged are asked of the git program, which knows
// all forms of repositories. Nothing that a repository's configuration names is run, and nothing is fetched.
package changes

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Set is the files that a change touches.
type Set struct {
	// Repo is the repository, FS the file system that has the files as they are to be checked.
	Repo *git.Repo
	FS   workspace.FS

	how       map[string]string // by path relative to the root: how a file differs, in words
	gone      map[string]bool   // files that are no more, and links that lead to nothing any more, likewise
	dropped   map[string]bool   // those of gone that are there, but not tracked any more
	folders   map[string]bool   // that have some of how; nil where untracked files count, which may be anywhere
	blobs     *blobs
	untracked bool // what git does not track counts

	goneOnce  sync.Once
	gonePaths []string
}

// Has reports whether a change touches a file, given by its absolute path and the repository that it lies in.
func (s *Set) Has(repo *git.Repo, path string) bool { return s.Why(repo, path) != "" }

// Why tells in words how a file differs, "" for one that does not.
func (s *Set) Why(repo *git.Repo, path string) string {
	if repo == nil || repo.Root() != s.Repo.Root() {
		return ""
	}
	rel, ok := s.Repo.Rel(path)
	if !ok {
		return ""
	}
	if how := s.how[rel]; how != "" || !s.untracked {
		return how
	}
	if _, tracked := s.Repo.Tracked(rel); !tracked {
		return "not tracked by Git"
	}
	return ""
}

// Untracked reports whether files that git does not track count as changed.
func (s *Set) Untracked() bool { return s.untracked }

// HasBelow reports whether a change may touch a file below a folder.
func (s *Set) HasBelow(dir string) bool {
	rel, ok := s.Repo.Rel(dir)
	return s.folders == nil || ok && (rel == "" || s.folders[rel])
}

// Gone returns the absolute paths that lead to nothing any more: of files, of links, and of folders of which no file is left; and
// those of files that are folders now. What is there but not tracked any more counts as well: Nix sees nothing of it in a flake.
// They are sorted, and must not be changed.
func (s *Set) Gone() []string {
	s.goneOnce.Do(func() {
		paths := map[string]bool{}
		for rel := range s.gone {
			for at := rel; at != "." && !paths[at]; at = path.Dir(at) {
				if !s.dropped[rel] || s.Repo.HasBelow(at) {
					info, err := s.FS.Stat(s.abs(at))
					if !workspace.IsMissing(err) && (at != rel || err != nil || !info.IsDir()) {
						break
					}
				}
				paths[at] = true
				s.gonePaths = append(s.gonePaths, s.abs(at))
			}
		}
		slices.Sort(s.gonePaths)
	})
	return s.gonePaths
}

func (s *Set) add(e git.Entry, how string) {
	if e.Mode == git.Submodule {
		return
	}
	s.how[e.Path] = how
	if s.folders == nil {
		return
	}
	for dir := path.Dir(e.Path); dir != "." && !s.folders[dir]; dir = path.Dir(dir) {
		s.folders[dir] = true
	}
}

// Changed returns the absolute paths of the tracked files that differ and are there, sorted.
func (s *Set) Changed() []string {
	list := slices.Sorted(maps.Keys(s.how))
	for i, rel := range list {
		list[i] = s.abs(rel)
	}
	return list
}

// Unread returns an error where something that is staged was asked for and could not be read.
func (s *Set) Unread() error {
	if s == nil || s.blobs == nil {
		return nil
	}
	if n, why := s.blobs.unread(); n > 0 {
		return fmt.Errorf("contents that are staged could not be read, %d so far: %w", n, why)
	}
	return nil
}

// Close ends what the set's file system needs, which must not be asked any more. A nil set has nothing to end.
func (s *Set) Close() {
	if s != nil && s.blobs != nil {
		s.blobs.close()
	}
}

func (s *Set) abs(rel string) string { return filepath.Join(s.Repo.Root(), filepath.FromSlash(rel)) }

// open opens the repository around a folder, with the index as git.OpenContents has it. flag is what needs it.
func open(dir, flag string, staged bool) (*git.Repo, error) {
	repo, err := git.OpenContents(dir, staged)
	switch {
	case err != nil:
		return nil, err
	case repo == nil:
		return nil, fmt.Errorf("%s needs the working tree of a Git repository, and %s lies in none (a bare repository has none): "+
			"run it in a clone, or name the files", flag, dir)
	}
	return repo, nil
}

// change is one line of git diff-index --raw.
type change struct {
	path   string
	status byte   // A, D, M, T or U, as git-diff-index(1) says
	link   git.ID // the object that has the text of the link that was there, zero where none was
}

// diff returns how the index differs from a commit, apart from submodules and from files of which only the mode does.
func (p *program) diff(ctx context.Context, args ...string) ([]change, error) {
	fixed := []string{"diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"}
	out, err := p.run(ctx, append(fixed, args...)...)
	if err != nil {
		return nil, err
	}
	var all []change
	for out != "" {
		// :100644 100755 HASH HASH M␀path␀
		head, rest, _ := strings.Cut(out, "\x00")
		name, rest, ok := strings.Cut(rest, "\x00")
		fields := strings.Fields(head)
		if !ok || len(fields) != 5 || fields[4] == "" {
			return nil, fmt.Errorf("git diff-index answers %q", head)
		}
		out = rest
		const submodule = "160000"
		from, to := strings.TrimPrefix(fields[0], ":"), fields[1]
		if status := fields[4][0]; status == 'M' && fields[2] == fields[3] || to == submodule || from == submodule && status == 'D' {
			continue
		}
		c := change{path: name, status: fields[4][0]}
		if from == "120000" {
			_, _ = hex.Decode(c.link[:], []byte(fields[2])[:min(len(fields[2]), hex.EncodedLen(len(c.link)))])
		}
		all = append(all, c)
	}
	return all, nil
}

package changes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/workspace"
)

// CheckRef refuses what names no one commit.
func CheckRef(ref string) error {
	switch {
	case ref == "":
		return errors.New("--changed-since is empty: name a branch, tag or commit to compare with")
	case strings.Contains(ref, "..") || ref[0] == '^':
		return fmt.Errorf("--changed-since %q: name one commit; it is the merge base with HEAD that is compared with", ref)
	case strings.ContainsAny(ref, "\x00\n"):
		return fmt.Errorf("--changed-since %q: no commit is called so", ref)
	}
	return nil
}

// Since returns the files around a folder that differ from the merge base of a commit and HEAD, be that committed, staged
// or neither, and those that git neither tracks nor ignores. The set's file system is base.
func Since(ctx context.Context, base workspace.FS, dir, ref string) (*Set, error) {
	if err := CheckRef(ref); err != nil {
		return nil, err
	}
	repo, err := open(dir, "--changed-since", false)
	if err != nil {
		return nil, err
	}
	s := &Set{Repo: repo, FS: base, how: map[string]string{}, gone: map[string]bool{}, dropped: map[string]bool{}, untracked: true}
	p := newProgram(repo)
	compared := make(chan error, 1)
	go func() {
		err := repo.Load()
		if err == nil {
			s.compare()
		}
		compared <- err
	}()
	all, err := p.since(ctx, ref)
	if loadErr := <-compared; loadErr != nil {
		return nil, loadErr
	}
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if _, tracked := repo.Tracked(c.path); !tracked {
			s.gone[c.path] = true
			if !s.belowFile(c.path) {
				s.dropped[c.path] = true
			}
		} else if !s.gone[c.path] && s.how[c.path] == "" {
			s.how[c.path] = "changed since " + ref
		}
	}
	s.followLinks(ctx, p, all)
	return s, nil
}

// belowFile reports whether what is tracked above a path is no folder any more.
func (s *Set) belowFile(rel string) bool {
	for dir := path.Dir(rel); dir != "."; dir = path.Dir(dir) {
		if _, tracked := s.Repo.Tracked(dir); tracked {
			return true
		}
	}
	return false
}

// since returns how the index differs from the merge base of a commit and HEAD.
func (p *program) since(ctx context.Context, ref string) ([]change, error) {
	all, err := p.diff(ctx, "--merge-base", "--end-of-options", ref, "--")
	var failed *failure
	if !errors.As(err, &failed) {
		return all, err
	}
	if !p.ok(ctx, "rev-parse", "-q", "--verify", "--end-of-options", ref+"^{commit}") {
		if p.repo.Shallow() {
			return nil, fmt.Errorf("--changed-since %s: the commit is not in this shallow clone: run `git fetch --unshallow` and fetch the branch, "+
				"or clone with the whole history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab)", ref)
		}
		return nil, fmt.Errorf("--changed-since %s: there is no such commit here: `git branch --all` lists the branches, `git fetch origin BRANCH` gets one, "+
			"which is called origin/BRANCH then", ref)
	}
	if !p.ok(ctx, "rev-parse", "-q", "--verify", "HEAD^{commit}") {
		return nil, fmt.Errorf("--changed-since %s: HEAD has no commit yet: use --staged, or check everything", ref)
	}
	base, err := p.run(ctx, "merge-base", "--end-of-options", ref, "HEAD")
	if errors.As(err, &failed) {
		if p.repo.Shallow() {
			return nil, fmt.Errorf("--changed-since %s: this shallow clone does not reach back to the merge base with HEAD: run `git fetch --unshallow`, "+
				"or clone with the whole history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab)", ref)
		}
		return nil, fmt.Errorf("--changed-since %s: the commit and HEAD have no common history: name another one", ref)
	}
	if err != nil {
		return nil, err
	}
	if all, err = p.diff(ctx, trimLine(base), "--"); errors.As(err, &failed) {
		return nil, fmt.Errorf("--changed-since %s: git cannot compare: %s (nothing is fetched: in a partial clone run `git diff --stat %s`, which gets what is missing)", ref, failed.says, ref)
	}
	return all, err
}

func trimLine(out string) string { return strings.TrimRight(out, "\r\n") }

// comparers is the number of goroutines that compare the working tree with the index: the calls to the system wait for
// each other in the kernel, so more gain little.
const comparers = 2

// compare notes the files of the working tree that are not as the index has them.
func (s *Set) compare() {
	var entries []git.Entry
	for e := range s.Repo.Files() {
		if !e.SkipWorktree && e.Mode != git.Submodule && e.Mode != git.SparseFolder {
			entries = append(entries, e)
		}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range comparers {
		part := entries[len(entries)*i/comparers : len(entries)*(i+1)/comparers]
		wg.Go(func() {
			for _, e := range part {
				there, same := s.same(e.Path)
				if there && same && !e.IntentToAdd {
					continue
				}
				mu.Lock()
				if there && e.IntentToAdd {
					s.how[e.Path] = "new and not staged"
				} else if there {
					s.how[e.Path] = "modified and not staged"
				} else {
					s.gone[e.Path] = true
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// same reports whether the working tree has a file, and whether it is the one of the index.
func (s *Set) same(rel string) (there, same bool) {
	c, _ := s.Repo.Content(rel)
	at := s.abs(rel)
	info, err := s.FS.Lstat(at)
	switch {
	case err != nil || info.IsDir():
		return false, false
	case c.Unchanged(info):
		return true, true
	case info.Mode().Type() != c.Mode.Type():
		return true, false
	}
	var text []byte
	if c.Mode == git.Symlink {
		var target string
		target, err = s.FS.Readlink(at)
		text = []byte(target)
	} else {
		text, err = s.FS.ReadFile(at)
	}
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist), false
	}
	// As core.autocrlf would store it.
	return true, c.Is(text) || bytes.Contains(text, []byte("\r\n")) && c.Is(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
}

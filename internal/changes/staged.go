package changes

import (
	"context"
	"errors"
	"fmt"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Staged returns the files that are staged in the repository around a folder: those of the index that differ from HEAD,
// all where there is no commit yet. The set's file system is the index over base.
func Staged(ctx context.Context, base workspace.FS, dir string) (*Set, error) {
	repo, err := open(dir, "--staged", true)
	if err != nil {
		return nil, err
	}
	s := &Set{Repo: repo, how: map[string]string{}, gone: map[string]bool{}, folders: map[string]bool{}}
	p := newProgram(repo)
	s.blobs = &blobs{ctx: ctx, program: p}
	s.FS = workspace.NewIndex(base, repo, s.blobs)
	repo.ReadIgnoresBy(workspace.PlainReader(s.FS))
	loaded := make(chan error, 1)
	go func() { loaded <- repo.Load() }()
	staged, err := p.staged(ctx)
	if loadErr := <-loaded; loadErr != nil {
		return nil, loadErr
	}
	var failed *failure
	switch {
	case errors.As(err, &failed):
		return nil, fmt.Errorf("git cannot tell what is staged: %s", failed.says)
	case err != nil:
		return nil, err
	}
	if paths := repo.Conflicts(); len(paths) > 0 {
		return nil, fmt.Errorf("the index has paths in conflict, %s the first of %d: resolve the merge and `git add` them, then check what is staged", paths[0], len(paths))
	}
	for e := range repo.Files() {
		if e.Mode == git.SparseFolder {
			return nil, fmt.Errorf("the index is sparse, so it does not say what is in %s: run `git sparse-checkout reapply --no-sparse-index`", e.Path)
		}
		if staged == nil {
			s.add(e, "staged: new")
		}
	}
	for _, c := range staged {
		if e, ok := repo.Tracked(c.path); !ok {
			s.gone[c.path] = true
		} else if c.status == 'A' {
			s.add(e, "staged: new")
		} else {
			s.add(e, "staged: modified")
		}
	}
	s.followLinks(ctx, p, staged)
	return s, nil
}

// staged returns how the index differs from HEAD, and nil where HEAD is a branch without a commit.
func (p *program) staged(ctx context.Context) ([]change, error) {
	all, err := p.diff(ctx, "HEAD", "--")
	var failed *failure
	if errors.As(err, &failed) && p.unborn(ctx) {
		return nil, nil
	}
	if all == nil {
		all = []change{}
	}
	return all, err
}

// unborn reports whether HEAD is a branch without a commit.
func (p *program) unborn(ctx context.Context) bool {
	branch, err := p.run(ctx, "symbolic-ref", "-q", "HEAD")
	return err == nil && !p.ok(ctx, "show-ref", "--verify", "-q", "--", trimLine(branch))
}

package changes

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/git"
)

// Track tells Git that a file, or what is in a folder, is meant to be added, as git add -N does: from then on a flake sees it.
// path is absolute. It fails where path is in no repository, is not there, or is ignored.
func Track(ctx context.Context, path string) error {
	repo, err := git.Open(filepath.Dir(path))
	switch {
	case err != nil:
		return err
	case repo == nil:
		return fmt.Errorf("%s lies in no Git repository", path)
	}
	p := newProgram(repo)
	if err := p.withoutFilters(ctx); err != nil {
		return err
	}
	_, err = p.run(ctx, "--literal-pathspecs", "add", "--intent-to-add", "--", path)
	return err
}

// withoutFilters takes away the programs through which contents go on their way into the index: where git writes that, it may
// compare files that changed in the moment in which it was written last (racy-git(5)).
func (p *program) withoutFilters(ctx context.Context) error {
	out, err := p.run(ctx, "config", "-z", "--name-only", "--get-regexp", `^filter\..*\.(clean|process|required)$`)
	var none *failure
	if err != nil && !errors.As(err, &none) {
		return err
	}
	names := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	if out == "" {
		names = nil
	}
	p.env = append(p.env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(names)))
	for i, name := range names {
		value := "" // for no program
		if strings.HasSuffix(name, ".required") {
			value = "false"
		}
		p.env = append(p.env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, name), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	return nil
}

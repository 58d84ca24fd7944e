package changes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/osfile"
)

// program is the git program in one repository. It is asked what only reads commits, trees, blobs and the index, and Track: no such
// command starts what a repository's configuration names, and what could do so all the same, or reach the network, is
// turned off.
type program struct {
	repo *git.Repo
	env  []string
}

// kept are the variables of git that reach it: where its own programs and the user's configuration are, and where objects
// are that a hook is to judge before they are taken over.
var kept = []string{
	"GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
}

func newProgram(repo *git.Repo) *program {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.HasPrefix(name, "GIT_") && !slices.Contains(kept, name)
	})
	env = append(env,
		"GIT_DIR="+repo.Dir(), "GIT_WORK_TREE="+repo.Root(), "GIT_INDEX_FILE="+repo.IndexFile(),
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", // older ones do not know the first
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE="+os.DevNull, // objects are what their hash says
		"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C",
	)
	return &program{repo, env}
}

// errNoProgram is the error where git is not installed.
var errNoProgram = errors.New("what changed is asked of the git program, which is not in PATH: install git, or name the files")

func (p *program) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	if err := p.repo.Refused(); err != nil {
		return nil, err // git would end, or wait for ever for a pipe that stands in its place
	}
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, errNoProgram
	}
	cmd := exec.CommandContext(ctx, path, append([]string{"-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull}, args...)...)
	cmd.Dir, cmd.Env = p.repo.Root(), p.env
	return cmd, nil
}

// failure is what git says when it fails.
type failure struct{ says string }

func (f *failure) Error() string { return f.says }

// run returns what git prints. Where git itself fails, the error is a *failure.
func (p *program) run(ctx context.Context, args ...string) (string, error) {
	within, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	cmd, err := p.command(within, args...)
	if err != nil {
		return "", err
	}
	out, errs := osfile.NewBounded(maxAnswer, cancel), osfile.NewBounded(maxComplaint, nil)
	cmd.Stdout, cmd.Stderr = out, errs
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case within.Err() != nil:
		return "", fmt.Errorf("git %s answers with more than %d MiB, or not within %s", args[0], maxAnswer>>20, maxWait)
	case errors.As(err, &exit):
		return "", &failure{firstLine(errs.String())}
	case err != nil:
		return "", fmt.Errorf("starting git: %w", err)
	}
	return out.String(), nil
}

// Bounds of what git says, in bytes, and of the time that an answer takes: trees may share parts, so that a small
// repository has files without end.
const (
	maxAnswer    = 128 << 20
	maxComplaint = 64 << 10
	maxWait      = 2 * time.Minute
)

// firstLine returns the first thing that git says is wrong.
func firstLine(says string) string {
	for line := range strings.Lines(says) {
		if line = strings.TrimSpace(line); line != "" {
			return strings.TrimPrefix(strings.TrimPrefix(line, "fatal: "), "error: ")
		}
	}
	return "it does not say why"
}

// ok reports whether git succeeds.
func (p *program) ok(ctx context.Context, args ...string) bool {
	_, err := p.run(ctx, args...)
	return err == nil
}

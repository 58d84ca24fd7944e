// Package formatter has a program lay out the text of a file: it gets the text on standard input and gives the new one on standard output.
package formatter

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/nixsift/nixsift/internal/osfile"
)

// Default is the program that is run where none is named.
const Default = "nixfmt"

// Bounds: how long a program may take, and how many bytes it may write beyond eight times the text.
const (
	Limit   = 20 * time.Second
	maxMore = 1 << 20
)

// Find returns the command with the path of its program. A program is a name that is looked for on the search path, or an absolute
// path: what lies in a repository is not found by chance. It fails where there is none.
func Find(command []string) ([]string, error) {
	if len(command) == 0 || command[0] == "" {
		return nil, errors.New("no program is named")
	}
	name := command[0]
	if strings.ContainsAny(name, `/\`) && !filepath.IsAbs(name) {
		return nil, fmt.Errorf("%s: the program is a name or an absolute path", name)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%s is not on the search path", name)
	}
	return append([]string{path}, command[1:]...), nil
}

// Run returns what a command that Find returned makes of the text of a file; {file} in an argument stands for the path of the file. It runs
// in a folder, "" for that of this process. It fails where the program does, writes too much or takes longer than Limit.
func Run(ctx context.Context, command []string, dir, file, text string) (string, error) {
	within, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	args := make([]string, 0, len(command))
	for _, a := range command[1:] {
		args = append(args, strings.ReplaceAll(a, "{file}", file))
	}
	cmd := exec.CommandContext(within, command[0], args...)
	most := 8*len(text) + maxMore
	out, errs := osfile.NewBounded(most, cancel), osfile.NewBounded(64<<10, nil)
	// The library writes and reads at the same time, each in a goroutine of its own.
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(text), out, errs
	cmd.WaitDelay = time.Second // for programs of its own that outlive it
	ownGroup(cmd)
	err := cmd.Run()
	name := filepath.Base(command[0])
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(within.Err(), context.DeadlineExceeded):
		return "", fmt.Errorf("%s takes longer than %s", name, Limit)
	case within.Err() != nil:
		return "", fmt.Errorf("%s writes more than %d bytes", name, most)
	case err != nil:
		if says := strings.TrimSpace(errs.String()); says != "" {
			return "", fmt.Errorf("%s: %s", name, says)
		}
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return out.String(), nil
}

// Package githook writes, recognises and removes the pre-commit hook of git (githooks(5)) that checks what is staged. A hook that
// somebody else wrote is never changed, nor anything outside of the repository.
package githook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Command is what the hook runs; a hook of another kind chains it.
const Command = "nixsift check --staged"

// marker is the line by which a hook is recognised.
const marker = "# Written by `nixsift hook install`; `nixsift hook uninstall` removes it."

// Hook is the place of the pre-commit hook of a repository.
type Hook struct {
	Path string // absolute
	Top  string // of the repository, where git starts the hook
	dir  string
}

// Find returns the place of the hook of the repository around a folder. The error is that there is none, that git refuses it, or
// that its hooks lie elsewhere, where other repositories may use them.
func Find(dir string) (*Hook, error) {
	repo, err := git.Open(dir)
	if err == nil && repo == nil {
		err = fmt.Errorf("%s lies in no git repository with a working tree: `git init` makes one", dir)
	}
	if err == nil {
		err = repo.Load()
	}
	if err != nil {
		return nil, err
	}
	if why := repo.HooksUnsure(); why != "" {
		return nil, fmt.Errorf("%s: unset it (`git config --unset core.hooksPath`), or add `%s` to the hook that is run", why, Command)
	}
	hooks, own := repo.HooksDir()
	if !own {
		return nil, fmt.Errorf("git takes hooks from %s, outside of this repository (core.hooksPath, or a link), where others may use them, too: "+
			"add `%s` to the pre-commit hook there, or unset core.hooksPath", hooks, Command)
	}
	return &Hook{filepath.Join(hooks, "pre-commit"), repo.Root(), hooks}, nil
}

// read returns the text of the hook, and whether it is one that Install wrote; "" where there is none.
func (h *Hook) read() (text string, ours bool, err error) {
	info, err := os.Lstat(h.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", false, nil
	case err != nil:
		return "", false, err
	case info.Mode()&fs.ModeSymlink != 0:
		target, _ := os.Readlink(h.Path)
		return "", false, h.foreign("a link to " + target)
	case info.IsDir():
		return "", false, fmt.Errorf("%s is a folder, where git looks for a hook: remove or rename it", h.Path)
	case !info.Mode().IsRegular():
		return "", false, fmt.Errorf("%s is no regular file, so git cannot run it as a hook: remove it", h.Path)
	}
	b, err := workspace.OS.ReadFile(h.Path)
	if err != nil {
		return "", false, fmt.Errorf("reading %s: %w", h.Path, err)
	}
	text = string(b)
	return text, written(text), nil
}

// written reports whether a text is exactly what Install writes for some program and arguments. A line that somebody added makes it
// a hook of theirs.
func written(text string) bool {
	_, args, ok := strings.Cut(text, "\n  exec "+Command)
	rest := args
	for strings.HasPrefix(rest, " ") {
		next := cutWord(rest[1:])
		if len(next) == len(rest)-1 {
			return false
		}
		rest = next
	}
	more := args[:len(args)-len(rest)]
	if !ok || text == hook(join(places), more) {
		return ok
	}
	_, list, _ := strings.Cut(rest, "\nfor nixsift in \\\n  ")
	program := list[:len(list)-len(cutWord(list))]
	return program != "" && text == hook(program+between+join(places), more)
}

// cutWord returns what stands behind a word that Quote wrote; the text itself where it starts with none.
func cutWord(text string) string {
	if !strings.HasPrefix(text, "'") {
		return strings.TrimLeftFunc(text, safe)
	}
	for rest := text; ; {
		_, behind, ok := strings.Cut(rest[1:], "'")
		if !ok {
			return text
		}
		if rest, ok = strings.CutPrefix(behind, `\'`); !ok {
			return behind
		}
		if !strings.HasPrefix(rest, "'") {
			return text
		}
	}
}

// foreign is the error of a hook that is not ours, with how to run the check from it.
func (h *Hook) foreign(what string) error {
	return fmt.Errorf("%s is %s, which is left alone: to run both, add the line `%s || exit` to it", h.Path, what, Command)
}

// owner returns the error of a hook by its text, which says who manages it.
func (h *Hook) owner(text string) error {
	switch {
	case strings.Contains(text, marker):
		return fmt.Errorf("%s is a hook of nixsift that was changed, which is left alone: move what was added to a hook of your own with the line "+
			"`%s || exit`, or remove the file and run `nixsift hook install`", h.Path, Command)
	case strings.Contains(text, "pre-commit.com"):
		return fmt.Errorf("%s is the hook of pre-commit, which is left alone: `nixsift init --pre-commit` adds nixsift to its configuration", h.Path)
	case strings.Contains(text, "lefthook"):
		return fmt.Errorf("%s is the hook of lefthook, which is left alone: add a command with `run: %s` to lefthook.yml", h.Path, Command)
	case strings.HasSuffix(filepath.ToSlash(h.dir), "/.husky/_"):
		return fmt.Errorf("%s is the hook of husky, which is left alone: add the line `%s` to .husky/pre-commit", h.Path, Command)
	}
	return h.foreign("a hook of another tool or of yours")
}

// Check returns the error that Install would return for a hook that is there already.
func (h *Hook) Check() error {
	text, ours, err := h.read()
	if err == nil && text != "" && !ours {
		err = h.owner(text)
	}
	return err
}

// Install writes the hook, or brings one that it wrote up to date. program is where nixsift lies, for a search path without it; ""
// is unknown. args are further arguments of the check. wrote tells that something changed.
func (h *Hook) Install(program string, args []string) (wrote bool, err error) {
	old, ours, err := h.read()
	if err != nil {
		return false, err
	}
	if old != "" && !ours {
		return false, h.owner(old)
	}
	text := script(program, args)
	if !ours {
		if err := os.MkdirAll(h.dir, 0o777); err != nil {
			return false, fmt.Errorf("writing %s: %w", h.Path, err)
		}
		if err = os.Remove(h.Path); err != nil && !errors.Is(err, fs.ErrNotExist) { // it is empty
			return false, err
		}
		err = rewrite.Create(h.Path, text)
	} else {
		err = (&rewrite.Writer{}).Replace(h.Path, old, text)
	}
	if err != nil {
		return false, fmt.Errorf("%s is not written: %w", h.Path, err)
	}
	info, err := os.Stat(h.Path)
	if err != nil {
		return false, err
	}
	mode := info.Mode().Perm()
	runnable := mode | mode&0o444>>2
	if runnable != mode {
		if err := os.Chmod(h.Path, runnable); err != nil {
			return false, fmt.Errorf("%s cannot be made executable: %w", h.Path, err)
		}
	}
	return old != text || runnable != mode, nil
}

// Uninstall removes a hook that Install wrote; removed is false where there is none.
func (h *Hook) Uninstall() (removed bool, err error) {
	text, ours, err := h.read()
	switch {
	case err != nil:
		return false, err
	case ours:
		return true, os.Remove(h.Path)
	case strings.Contains(text, marker):
		return false, h.owner(text)
	case text != "":
		return false, fmt.Errorf("%s was not written by `nixsift hook install` and is left alone", h.Path)
	}
	return false, nil
}

// places are where nixsift lies for those whose git is started without their search path, by editors and other programs.
var places = []string{
	`"$HOME/.nix-profile/bin/nixsift"`, `"$HOME/.local/state/nix/profile/bin/nixsift"`, `"/etc/profiles/per-user/${USER:-}/bin/nixsift"`,
	`/run/current-system/sw/bin/nixsift`, `/nix/var/nix/profiles/default/bin/nixsift`, `"$HOME/go/bin/nixsift"`, `"$HOME/.local/bin/nixsift"`,
	`/opt/homebrew/bin/nixsift`, `/usr/local/bin/nixsift`,
}

// script returns the text of the hook: for any POSIX shell.
func script(program string, args []string) string {
	list := places
	if program != "" {
		list = append([]string{Quote(program)}, places...)
	}
	var more strings.Builder
	for _, a := range args {
		more.WriteString(" " + Quote(a))
	}
	return hook(join(list), more.String())
}

// between stands between the places in the text of the hook.
const between = " \\\n  "

func join(places []string) string { return strings.Join(places, between) }

// hook returns the text of the hook with the places and the further arguments as they stand in it.
func hook(list, more string) string {
	return `#!/bin/sh
` + marker + `
# It checks what is about to be committed; ` + "`git commit --no-verify`" + ` leaves it out once.
if command -v nixsift >/dev/null 2>&1; then
  exec ` + Command + more + `
fi
HOME=${HOME:-}
for nixsift in \
  ` + list + `
do
  if [ -x "$nixsift" ]; then
    exec "$nixsift"` + strings.TrimPrefix(Command, "nixsift") + more + `
  fi
done
echo "nixsift: the pre-commit hook of this repository finds no nixsift, so nothing was checked and nothing is committed." >&2
echo "nixsift: install it, put it on the PATH that git is started with, or remove $0; git commit --no-verify commits without the check." >&2
exit 1
`
}

// Quote writes a word for a POSIX shell.
func Quote(word string) string {
	if word != "" && strings.TrimLeftFunc(word, safe) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// safe reports whether a character means itself in each place of a word of a shell.
func safe(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./=,:@%+", r)
}

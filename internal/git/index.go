package git

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// Mode says what git keeps under a path.
type Mode uint8

// The modes: a file (100644), an executable file (100755), a symbolic link (120000), a submodule (160000).
const (
	Regular Mode = iota
	Executable
	Symlink
	Submodule
)

// String returns the mode's name.
func (m Mode) String() string {
	return [...]string{"regular", "executable", "symlink", "submodule"}[m]
}

func modeOf(bits uint32) Mode {
	switch bits & 0o170000 {
	case 0o120000:
		return Symlink
	case 0o160000:
		return Submodule
	}
	if bits&0o111 != 0 {
		return Executable
	}
	return Regular
}

// Entry is one path of the index. A path in conflict (an unfinished merge) is one entry too.
type Entry struct {
	Path         string // relative to the root, with "/"
	Mode         Mode
	IntentToAdd  bool // `git add -N`: known to git and visible to Nix, content not staged
	SkipWorktree bool // left out of the working tree by a sparse checkout
}

// Load reads the index unless that is done, and says why it cannot be read. The methods that look into
// the index know of no path where Load fails, so callers ask it before they conclude anything from that.
func (r *Repo) Load() error {
	_, err := r.index()
	return err
}

// Tracked returns the entry of a path of the index. Whether the file exists on disk is another question.
func (r *Repo) Tracked(rel string) (Entry, bool) {
	entries, _ := r.index()
	if i, ok := search(entries, rel); ok {
		return entries[i], true
	}
	return Entry{}, false
}

// HasBelow reports whether the index has a path below the folder: git and Nix's fetchers know a folder
// only by what is in it. Submodules count as paths; what is in a submodule does not. "" is the root.
func (r *Repo) HasBelow(dir string) bool {
	entries, _ := r.index()
	if dir == "" || dir == "." {
		return len(entries) > 0
	}
	i, _ := search(entries, dir+"/")
	return i < len(entries) && strings.HasPrefix(entries[i].Path, dir+"/")
}

// Submodule returns the path of the submodule that rel is or lies in.
func (r *Repo) Submodule(rel string) (path string, ok bool) {
	entries, _ := r.index()
	for end := 0; end < len(rel); end++ {
		n := strings.IndexByte(rel[end:], '/')
		if n < 0 {
			n = len(rel) - end
		}
		end += n
		if i, ok := search(entries, rel[:end]); ok {
			if entries[i].Mode == Submodule {
				return rel[:end], true
			}
			break
		}
	}
	return "", false
}

// Files yields the entries of the index in byte order of their paths.
func (r *Repo) Files() iter.Seq[Entry] {
	entries, _ := r.index()
	return slices.Values(entries)
}

func search(entries []Entry, path string) (int, bool) {
	return slices.BinarySearchFunc(entries, path, func(e Entry, path string) int { return strings.Compare(e.Path, path) })
}

// readIndex decodes the index. A repository without one tracks nothing.
func (r *Repo) readIndex() ([]Entry, error) {
	data, err := os.ReadFile(r.IndexFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the git index: %w", err)
	}
	entries, err := r.decode(data)
	if isBeyond(err) {
		var gitErr error
		if entries, gitErr = r.listFiles(); gitErr != nil {
			return nil, fmt.Errorf("reading the git index %s: %w; %w", r.IndexFile(), err, gitErr)
		}
	} else if err != nil {
		return nil, fmt.Errorf("reading the git index %s: %w; if it is damaged, remove it and run `git reset`", r.IndexFile(), err)
	}
	return tidy(entries), nil
}

var (
	errSHA256 = errors.New("it belongs to a SHA-256 repository")
	errSparse = errors.New("it is sparse")
)

// isBeyond reports that an index is sound, but in a form that decode does not know. The git program must
// not be asked about damage: it reads past the end of a short file, and skips the checksum.
func isBeyond(err error) bool {
	for _, form := range []error{errSHA256, errSparse, index.ErrUnknownExtension, index.ErrUnsupportedVersion} {
		if errors.Is(err, form) {
			return true
		}
	}
	return false
}

// decode reads an index of version 2, 3 or 4 without required extensions (gitformat-index(5)).
func (r *Repo) decode(data []byte) ([]Entry, error) {
	if format := r.config().objectFormat; format != "" && format != "sha1" {
		return nil, errSHA256
	}
	seal(data)
	var idx index.Index
	if err := index.NewDecoder(bytes.NewReader(data)).Decode(&idx); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("it ends too early")
	} else if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(idx.Entries))
	for i, e := range idx.Entries {
		if e.Mode == filemode.Dir {
			return nil, errSparse
		}
		entries[i] = Entry{e.Name, modeOf(uint32(e.Mode)), e.IntentToAdd, e.SkipWorktree}
	}
	return entries, nil
}

// seal puts the checksum at the end of an index that was written without one: zeros, with
// index.skipHash (git-config(1)), which the decoder would take for damage.
func seal(data []byte) {
	if n := len(data) - sha1.Size; n > 0 && !slices.ContainsFunc(data[n:], func(b byte) bool { return b != 0 }) {
		sum := sha1.Sum(data[:n])
		copy(data[n:], sum[:])
	}
}

// tidy sorts by path and keeps one entry of a path in conflict.
func tidy(entries []Entry) []Entry {
	compare := func(a, b Entry) int { return strings.Compare(a.Path, b.Path) }
	if !slices.IsSortedFunc(entries, compare) {
		slices.SortStableFunc(entries, compare)
	}
	return slices.CompactFunc(entries, func(a, b Entry) bool { return a.Path == b.Path })
}

// listFiles asks the git program. --debug is the only listing that tells intent-to-add.
func (r *Repo) listFiles() ([]Entry, error) {
	out, err := r.git("ls-files", "-z", "--stage", "--debug")
	if err != nil {
		return nil, err
	}
	return parseListing(out)
}

// git runs the git program in the working tree, without the variables by which a hook points it to
// another repository or index, and without anything that would write or start other programs.
func (r *Repo) git(args ...string) ([]byte, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, errors.New("the git program could read it, but is not on the search path: install git")
	}
	cmd := exec.Command(path, append([]string{"-C", r.root, "-c", "core.fsmonitor=false", "--no-optional-locks"}, args...)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool {
		return strings.HasPrefix(s, "GIT_") && !strings.HasPrefix(s, "GIT_CONFIG_")
	})
	cmd.Env = append(cmd.Env, "LC_ALL=C", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && len(exit.Stderr) > 0 {
			err = errors.New(strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out, nil
}

// The flags in the listing are those of git's memory (read-cache.h), not those of the file.
const (
	flagIntentToAdd  = 1 << 29
	flagSkipWorktree = 1 << 30
)

// parseListing reads the output of `git ls-files -z --stage --debug`: for each entry
// "MODE HASH STAGE\tPATH\0", then indented lines on what stat said, the last with the flags.
func parseListing(out []byte) ([]Entry, error) {
	var entries []Entry
	for len(out) > 0 {
		for bytes.HasPrefix(out, []byte("  ")) {
			line, rest, _ := bytes.Cut(out, []byte("\n"))
			out = rest
			if _, hex, ok := bytes.Cut(line, []byte("flags: ")); ok && len(entries) > 0 {
				flags, _ := strconv.ParseUint(string(hex), 16, 64)
				last := &entries[len(entries)-1]
				last.IntentToAdd, last.SkipWorktree = flags&flagIntentToAdd != 0, flags&flagSkipWorktree != 0
			}
		}
		if len(out) == 0 {
			break
		}
		record, rest, ok := bytes.Cut(out, []byte{0})
		info, path, tab := bytes.Cut(record, []byte("\t"))
		mode, _, space := bytes.Cut(info, []byte(" "))
		bits, err := strconv.ParseUint(string(mode), 8, 32)
		if !ok || !tab || !space || err != nil {
			return nil, fmt.Errorf("git ls-files: cannot read its answer %q", record)
		}
		entries = append(entries, Entry{Path: string(path), Mode: modeOf(uint32(bits))})
		out = rest
	}
	return entries, nil
}

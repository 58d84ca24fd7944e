package git

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/osfile"
)

// settings are the variables of git-config(1) that say how to read a repository.
type settings struct {
	bare          bool
	objectFormat  string   // "" is sha1
	excludesFile  string   // absolute path; "" for none
	hooksPath     string   // absolute path; "" for none
	hooksUnsure   string   // why that is not where git looks for hooks; "" where it is
	worktree      bool     // config.worktree is read too
	defaultBranch string   // of init.defaultBranch; "" for none
	remotes       []string // the URLs of the remotes, as they are written
	err           error    // why git refuses the configuration, and with it the repository
}

// Bounds of a configuration: the size of a file in bytes, git's own bound of the depth of includes, and that
// of all files together, since a file may be included many times.
const (
	maxConfig      = 4 << 20
	maxIncludes    = 10
	maxConfigFiles = 200
)

// readConfig reads the files of git-config(1), "FILES", the later ones winning, and their includes. Git goes on without a
// file of the user that it may not read, and ends where anything else is there and cannot be read.
func (r *Repo) readConfig() settings {
	var s settings
	home, _ := os.UserHomeDir()
	x := &configReader{repo: r, home: home, out: &s}
	xdg := os.Getenv("XDG_CONFIG_HOME")
	if xdg == "" && home != "" {
		xdg = filepath.Join(home, ".config")
	}
	if xdg != "" {
		s.excludesFile = filepath.Join(xdg, "git", "ignore")
	}
	system, files := "", []string{}
	if v := os.Getenv("GIT_CONFIG_SYSTEM"); v != "" {
		system = v
	} else if v := os.Getenv("GIT_CONFIG_NOSYSTEM"); v == "" || isFalse(v) {
		system = "/etc/gitconfig"
	}
	if global, ok := os.LookupEnv("GIT_CONFIG_GLOBAL"); ok {
		files = append(files, global)
	} else {
		if xdg != "" {
			files = append(files, filepath.Join(xdg, "git", "config"))
		}
		if home != "" {
			files = append(files, filepath.Join(home, ".gitconfig"))
		}
	}
	outside := x.read(system, 0)
	for _, file := range files {
		if _, err := osfile.Head(file, 1); !errors.Is(err, fs.ErrPermission) {
			outside = cmp.Or(outside, x.read(file, 0))
		}
	}
	x.own, x.files = true, 0
	s.err = x.read(filepath.Join(r.commonDir, "config"), 0)
	if s.worktree && s.err == nil {
		s.err = x.read(filepath.Join(r.gitDir, "config.worktree"), 0)
	}
	x.setFromEnvironment()
	switch {
	case s.err != nil:
		s.err = fmt.Errorf("%w, so git and Nix refuse the repository; mend it with `git config --edit`", s.err)
	case outside != nil:
		s.err = fmt.Errorf("%w, so git refuses every repository; mend that file", outside)
	}
	return s
}

// configReader reads files of a configuration into out.
type configReader struct {
	repo  *Repo
	home  string
	out   *settings
	own   bool // the files are the repository's
	files int  // read so far
}

// read reads a file and what it includes. A missing file is no error.
func (x *configReader) read(path string, depth int) error {
	if path == "" {
		return nil
	}
	if x.files++; depth > maxIncludes || x.files > maxConfigFiles {
		return fmt.Errorf("the git configuration includes too many files, %s among them", path)
	}
	text, err := osfile.Read(path, maxConfig)
	if osfile.IsMissing(err) || err != nil && isNull(path) {
		return nil
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if err != nil {
		return fmt.Errorf("the git configuration %s cannot be read: %w", path, err)
	}
	p := configParser{text: text, line: 1}
	return p.parse(path, func(name, value string, blank bool) error {
		return x.set(path, depth, name, value, blank)
	})
}

// isNull reports whether a path leads to the device that stands for no file, as in GIT_CONFIG_GLOBAL=/dev/null.
func isNull(path string) bool {
	null, err := os.Stat(os.DevNull)
	if err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && os.SameFile(info, null)
}

func (x *configReader) set(file string, depth int, name, value string, blank bool) error {
	if condition, ok := strings.CutPrefix(name, "includeif."); ok {
		if condition, ok = strings.CutSuffix(condition, ".path"); !ok || !x.holds(condition, filepath.Dir(file)) {
			return nil
		}
		name = "include.path"
	}
	switch name {
	case "include.path":
		return x.read(joinUnlessAbs(filepath.Dir(file), x.expand(value)), depth+1)
	case "core.excludesfile":
		if value = x.expand(value); value != "" {
			value = joinUnlessAbs(x.repo.root, value)
		}
		x.out.excludesFile = value
	case "init.defaultbranch":
		x.out.defaultBranch = value
	case "core.hookspath":
		x.setHooksPath(value)
	default:
		if strings.HasPrefix(name, "remote.") && strings.HasSuffix(name, ".url") && value != "" {
			x.out.remotes = append(x.out.remotes, value)
		}
	}
	if !x.own || depth > 0 { // what makes the format git reads from the repository's file itself
		return nil
	}
	switch name {
	case "core.repositoryformatversion":
		if why := refusedVersion(value, blank); why != "" {
			return fmt.Errorf("%s: core.repositoryformatversion is %s", file, why)
		}
	case "core.bare":
		x.out.bare = blank || !isFalse(value)
	case "extensions.objectformat":
		x.out.objectFormat = strings.ToLower(value)
	case "extensions.worktreeconfig":
		x.out.worktree = blank || !isFalse(value)
	}
	return nil
}

// refusedVersion says why git does not read a repository of some version (gitrepository-layout(5), "Git Repository Format Versions"); "" where
// it does.
func refusedVersion(value string, blank bool) string {
	const newest = 1
	if blank {
		return "no number"
	}
	n, err := strconv.ParseInt(strings.TrimRight(strings.ToLower(value), "kmg"), 0, 64)
	switch {
	case err != nil:
		return "no number: " + strconv.Quote(value)
	case n > newest, n == newest && strings.TrimRight(strings.ToLower(value), "kmg") != strings.ToLower(value):
		return value + ", and git knows versions up to " + strconv.Itoa(newest)
	}
	return ""
}

// setHooksPath notes where hooks lie. Git runs none where the path is empty, and puts the folder it was built for in the place of
// %(prefix)/ (git-config(1), "Values", "pathname"), which is not known here.
func (x *configReader) setHooksPath(value string) {
	x.out.hooksPath, x.out.hooksUnsure = "", ""
	path := x.expand(strings.TrimPrefix(value, ":(optional)"))
	switch {
	case value == "":
		x.out.hooksUnsure = "core.hooksPath is empty, so that git runs none of the hooks of this repository"
	case strings.HasPrefix(value, ":(optional)") || strings.HasPrefix(value, "%(prefix)/") || strings.HasPrefix(path, "~"):
		x.out.hooksUnsure = "where core.hooksPath leads to, `" + value + "`, only git knows"
	default:
		x.out.hooksPath = joinUnlessAbs(x.repo.root, path)
	}
}

// setFromEnvironment notes what the environment says of a configuration (git-config(1), GIT_CONFIG_COUNT; `git -c` passes on
// GIT_CONFIG_PARAMETERS), which has the last word.
func (x *configReader) setFromEnvironment() {
	n, err := strconv.Atoi(os.Getenv("GIT_CONFIG_COUNT"))
	for i := 0; err == nil && i < min(n, maxEnvironment); i++ {
		if strings.EqualFold(os.Getenv("GIT_CONFIG_KEY_"+strconv.Itoa(i)), "core.hooksPath") {
			x.setHooksPath(os.Getenv("GIT_CONFIG_VALUE_" + strconv.Itoa(i)))
		}
	}
	if strings.Contains(strings.ToLower(os.Getenv("GIT_CONFIG_PARAMETERS")), "core.hookspath") {
		x.out.hooksUnsure = "core.hooksPath is set for this call alone (GIT_CONFIG_PARAMETERS)"
	}
}

// maxEnvironment bounds the variables of the environment that are looked at.
const maxEnvironment = 1000

// expand replaces a leading ~ or ~user.
func (x *configReader) expand(path string) string {
	if !strings.HasPrefix(path, "~") {
		return path
	}
	name, rest, _ := strings.Cut(path[1:], "/")
	dir := x.home
	if name != "" {
		u, err := user.Lookup(name)
		if err != nil {
			return path
		}
		dir = u.HomeDir
	}
	return filepath.Join(dir, rest)
}

// holds evaluates the conditions on the place of the repository (git-config(1), "Conditional includes").
func (x *configReader) holds(condition, dir string) bool {
	keyword, pattern, _ := strings.Cut(condition, ":")
	fold := keyword == "gitdir/i"
	if keyword != "gitdir" && !fold {
		return false
	}
	pattern = x.expand(pattern)
	if rest, ok := strings.CutPrefix(pattern, "./"); ok {
		pattern = filepath.ToSlash(dir) + "/" + rest
	} else if !filepath.IsAbs(pattern) {
		pattern = "**/" + pattern
	}
	if strings.HasSuffix(condition, "/") {
		pattern = strings.TrimSuffix(pattern, "/") + "/**"
	}
	path := x.repo.gitDir
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if fold {
		pattern, path = strings.ToLower(pattern), strings.ToLower(path)
	}
	return glob(pattern, filepath.ToSlash(path))
}

// isFalse tells git's spellings of false from those of true.
func isFalse(value string) bool {
	switch strings.ToLower(value) {
	case "", "false", "no", "off", "0":
		return true
	}
	return false
}

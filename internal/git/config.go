package git

import (
	"bytes"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/go-git/gcfg"
)

// settings are the variables of git-config(1) that say how to read a repository.
type settings struct {
	bare         bool
	objectFormat string // "" is sha1
	excludesFile string // absolute path; "" for none
	worktree     bool   // config.worktree is read too
}

// readConfig reads the files of git-config(1), "FILES", the later ones winning, and their includes.
// What cannot be read says nothing: git itself refuses such a repository where it matters.
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
	if system := os.Getenv("GIT_CONFIG_SYSTEM"); system != "" {
		x.read(system, 0)
	} else if v := os.Getenv("GIT_CONFIG_NOSYSTEM"); v == "" || isFalse(v) {
		x.read("/etc/gitconfig", 0)
	}
	if global, ok := os.LookupEnv("GIT_CONFIG_GLOBAL"); ok {
		x.read(global, 0)
	} else {
		if xdg != "" {
			x.read(filepath.Join(xdg, "git", "config"), 0)
		}
		if home != "" {
			x.read(filepath.Join(home, ".gitconfig"), 0)
		}
	}
	s.bare = false // the user's own files do not make a repository bare
	x.read(filepath.Join(r.commonDir, "config"), 0)
	if s.worktree {
		x.read(filepath.Join(r.gitDir, "config.worktree"), 0)
	}
	return s
}

type configReader struct {
	repo *Repo
	home string
	out  *settings
}

const maxIncludes = 10 // git's own bound of the depth

func (x *configReader) read(path string, depth int) {
	if path == "" || depth > maxIncludes {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	// The library's callback may fail; this one has nothing to complain of.
	set := func(section, subsection, key, value string, blank bool) error { //nolint:unparam // the library's signature
		if key != "" {
			x.set(path, depth, strings.ToLower(section), subsection, strings.ToLower(key), value, blank)
		}
		return nil
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if gcfg.FatalOnly(gcfg.ReadWithCallback(bytes.NewReader(text), set)) == nil {
		return
	}
	// Git's own parser takes more, such as a section and a variable on one line.
	out, err := x.repo.git("config", "--file", path, "--null", "--list")
	if err != nil {
		return
	}
	for record := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		name, value, hasValue := strings.Cut(record, "\n")
		first, last := strings.IndexByte(name, '.'), strings.LastIndexByte(name, '.')
		if first < 0 {
			continue
		}
		subsection := ""
		if last > first {
			subsection = name[first+1 : last]
		}
		_ = set(name[:first], subsection, name[last+1:], value, !hasValue)
	}
}

func (x *configReader) set(file string, depth int, section, subsection, key, value string, blank bool) {
	switch {
	case section == "include" && subsection == "" && key == "path",
		section == "includeif" && key == "path" && x.holds(subsection, filepath.Dir(file)):
		x.read(joinUnlessAbs(filepath.Dir(file), x.expand(value)), depth+1)
	case subsection != "":
	case section == "core" && key == "bare":
		x.out.bare = blank || !isFalse(value)
	case section == "core" && key == "excludesfile":
		if value = x.expand(value); value != "" {
			value = joinUnlessAbs(x.repo.root, value)
		}
		x.out.excludesFile = value
	case section == "extensions" && key == "objectformat":
		x.out.objectFormat = strings.ToLower(value)
	case section == "extensions" && key == "worktreeconfig":
		x.out.worktree = blank || !isFalse(value)
	}
}

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

package git

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/osfile"
)

// Ignore names the pattern that makes git ignore a path.
type Ignore struct {
	Pattern string // as the file has it, without trailing white space
	File    string // absolute path of the .gitignore, info/exclude or core.excludesFile
	Line    int    // from 1
}

// Ignored reports whether the ignore rules exclude a path, and by which pattern. The last pattern that
// matches decides, nearer files before farther ones, and what lies in an excluded folder is excluded
// (gitignore(5)). isDir says whether the path is a folder; a link to a folder is none. Whether git tracks
// the path does not enter: tracked beats ignored, so callers ask Tracked first.
func (r *Repo) Ignored(rel string, isDir bool) (Ignore, bool) {
	if rel == "" || rel == "." {
		return Ignore{}, false
	}
	dir, name := split(rel)
	return r.Rules(dir).Match(name, isDir)
}

// Rules returns the ignore rules that hold in a folder of the working tree; "" is the root.
func (r *Repo) Rules(dir string) *Rules {
	if dir == "." {
		dir = ""
	}
	var missing []string
	rules := r.ignores().top
	for at := dir; at != ""; {
		if known, ok := r.rules.Load(at); ok {
			rules = known.(*Rules)
			break
		}
		missing = append(missing, at)
		at, _ = split(at)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		_, name := split(missing[i])
		_, out := rules.Match(name, true)
		known, _ := r.rules.LoadOrStore(missing[i], rules.Sub(name, out, true))
		rules = known.(*Rules)
	}
	return rules
}

func split(rel string) (dir, name string) {
	if i := strings.LastIndexByte(rel, '/'); i >= 0 {
		return rel[:i], rel[i+1:]
	}
	return "", rel
}

// readIgnores reads what holds in the whole working tree.
func (r *Repo) readIgnores() *Ignores {
	x := NewIgnores(r.root, r.plain)
	x.far, x.err = r.farIgnores()
	for _, list := range x.far {
		x.top.path = x.top.path || list.path
	}
	return x
}

// readFarIgnores reads the ignore files outside of the working tree, the strongest first: info/exclude beats core.excludesFile. Git goes on
// without those that it may not open, and ends where one is there and has no text.
func (r *Repo) readFarIgnores() (far []*list, err error) {
	for _, path := range []string{filepath.Join(r.commonDir, "info", "exclude"), r.config().excludesFile} {
		if path == "" {
			continue
		}
		info, statErr := os.Stat(path)
		if statErr != nil || info.Mode()&fs.ModeCharDevice != 0 { // a device has the size 0, and so no pattern
			continue
		}
		text, readErr := osfile.Read(path, maxIgnore)
		switch {
		case errors.Is(readErr, fs.ErrPermission):
		case readErr != nil:
			err = cmp.Or(err, unreadIgnore(path, readErr))
		default:
			if list := parseIgnore(path, text); list != nil {
				far = append(far, list)
			}
		}
	}
	return far, err
}

// unreadIgnore says why an ignore file cannot be read.
func unreadIgnore(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("the ignore file %s cannot be read: %w; so it is not known what git ignores", path, err)
}

// readPlain reads a file that is no link: git follows none to a .gitignore, since what lies in a
// repository could lead out of it. It takes neither a folder nor a device for one, and would wait for a FIFO.
func readPlain(path string) ([]byte, error) {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() && info.Mode()&fs.ModeNamedPipe == 0 {
		return nil, os.ErrNotExist
	}
	return osfile.Read(path, maxIgnore)
}

// maxIgnore is the size of an ignore file in bytes up to which it counts.
const maxIgnore = 16 << 20

// Ignores are the ignore rules of one tree of folders.
type Ignores struct {
	root string
	read func(path string) ([]byte, error)
	far  []*list // behind all .gitignore files, the strongest first
	err  error   // why one of those cannot be read
	top  *Rules
}

// NewIgnores returns the rules of the .gitignore files in and below root, an absolute path, whether it is
// a repository or not. read returns the content of a file. Where there is none, or it may not be read, no rules are in it;
// see Rules.Unread for other errors.
func NewIgnores(root string, read func(path string) ([]byte, error)) *Ignores {
	x := &Ignores{root: root, read: read}
	x.top = &Rules{all: x}
	x.top.load()
	return x
}

// Top returns the rules that hold in the root.
func (x *Ignores) Top() *Rules { return x.top }

// Rules are the ignore rules as they hold in one folder. They do not change.
type Rules struct {
	all  *Ignores
	up   *Rules // of the folder above; nil in the root
	dir  string // relative to the root, "" for the root
	list *list  // of the folder's own .gitignore; nil for none
	next *Rules // the nearest ones above that have a list; nil for none
	out  bool   // the folder, or one above it, is excluded
	path bool   // some list here, above or behind has a pattern with a slash
	err  error  // why the .gitignore of the folder, or of one above it, cannot be read
}

// Unread says why a .gitignore that holds in the folder cannot be read, and which.
func (r *Rules) Unread() error { return r.err }

// Sub returns the rules of the folder name in this folder. out says that the folder counts as excluded,
// which callers take from Match unless somebody asked for that very folder; read that it may have
// a .gitignore.
func (r *Rules) Sub(name string, out, read bool) *Rules {
	s := &Rules{all: r.all, up: r, dir: name, out: r.out || out, path: r.path, err: r.err}
	if r.dir != "" {
		s.dir = r.dir + "/" + name
	}
	if s.next = r; r.list == nil {
		s.next = r.next
	}
	if read && !s.out {
		s.load()
	}
	return s
}

func (r *Rules) load() {
	path := filepath.Join(r.all.root, filepath.FromSlash(r.dir), ".gitignore")
	text, err := r.all.read(path)
	switch {
	case err == nil:
		r.list = parseIgnore(path, text)
		r.path = r.path || r.list != nil && r.list.path
	case !osfile.IsMissing(err) && !errors.Is(err, fs.ErrPermission):
		r.err = cmp.Or(r.err, unreadIgnore(path, err))
	}
}

// Match reports whether the rules exclude name, an entry of the folder, and by which pattern.
func (r *Rules) Match(name string, isDir bool) (Ignore, bool) {
	if r.out {
		up := r // the pattern that excludes the outermost excluded folder
		for up.up != nil && up.up.out {
			up = up.up
		}
		if up.up == nil {
			return Ignore{}, true
		}
		_, name = split(up.dir)
		return up.up.Match(name, true)
	}
	rel := name
	if r.path && r.dir != "" {
		rel = r.dir + "/" + name
	}
	for at := r; at != nil; at = at.next {
		if at.list == nil { // r itself
			continue
		}
		below := rel
		if at.list.path && at.dir != "" {
			below = rel[len(at.dir)+1:]
		}
		if p := at.list.match(name, below, isDir); p != nil {
			return p.ignore(at.list), !p.negated
		}
	}
	for _, far := range r.all.far {
		if p := far.match(name, rel, isDir); p != nil {
			return p.ignore(far), !p.negated
		}
	}
	return Ignore{}, false
}

// list is one ignore file.
type list struct {
	file     string
	patterns []pattern
	path     bool // some pattern has a slash
}

// pattern is one line of an ignore file.
type pattern struct {
	source  string // as the file has it
	text    string // without `!`, the slash in front and the slash behind
	literal int    // how many bytes at the start of text match only themselves
	line    int
	negated bool
	dirOnly bool
	path    bool // has a slash, so it speaks of a path from the folder of the file, not of a name
	suffix  bool // `*` and then only literal bytes
}

func (p *pattern) ignore(l *list) Ignore {
	return Ignore{Pattern: p.source, File: l.file, Line: p.line}
}

// match returns the last pattern that matches, negated or not. name is the last component of rel, which
// is relative to the folder of the file.
func (l *list) match(name, rel string, isDir bool) *pattern {
	for i := len(l.patterns) - 1; i >= 0; i-- {
		p := &l.patterns[i]
		if p.dirOnly && !isDir {
			continue
		}
		text := name
		if p.path {
			text = rel
		}
		switch {
		case p.literal == len(p.text):
			if p.text == text {
				return p
			}
		case p.suffix:
			if strings.HasSuffix(text, p.text[1:]) {
				return p
			}
		case !p.path:
			if glob(p.text, text) {
				return p
			}
		// The literal start is compared apart because git does: a `**` right behind it counts as
		// one at the start of a pattern.
		case strings.HasPrefix(text, p.text[:p.literal]) && glob(p.text[p.literal:], text[p.literal:]):
			return p
		}
	}
	return nil
}

// parseIgnore reads an ignore file; nil where it has no pattern.
func parseIgnore(file string, text []byte) *list {
	l := &list{file: file}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	line := 0
	for raw := range bytes.Lines(text) {
		line++
		raw = bytes.TrimSuffix(raw, []byte("\n"))
		if len(raw) == 0 || raw[0] == '#' {
			continue
		}
		raw = bytes.TrimSuffix(raw, []byte("\r"))
		raw, _, _ = bytes.Cut(raw, []byte{0})
		if p, ok := parsePattern(trimSpaces(string(raw))); ok {
			p.line = line
			l.patterns = append(l.patterns, p)
			l.path = l.path || p.path
		}
	}
	if l.patterns == nil {
		return nil
	}
	return l
}

// trimSpaces cuts spaces at the end, save one that a backslash protects.
func trimSpaces(s string) string {
	end := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ':
			continue
		case '\\':
			if i++; i == len(s) {
				return s
			}
		}
		end = i + 1
	}
	return s[:end]
}

// parsePattern reports false for a line that can match nothing.
func parsePattern(s string) (pattern, bool) {
	p := pattern{source: s}
	s, p.negated = strings.CutPrefix(s, "!")
	s, p.dirOnly = strings.CutSuffix(s, "/")
	if s == "" {
		return p, false
	}
	p.path = strings.Contains(s, "/")
	p.text = strings.TrimPrefix(s, "/")
	p.literal = strings.IndexAny(p.text, `*?[\`)
	if p.literal < 0 {
		p.literal = len(p.text)
	}
	p.suffix = !p.path && p.text[0] == '*' && !strings.ContainsAny(p.text[1:], `*?[\`)
	return p, true
}

package lsp

import (
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
)

// maxWatched bounds the paths that are remembered, those that exist and those that do not each. An engine asks for few,
// but a file may name many, and some questions are about all files of a project.
const maxWatched = 1000

// watchedFS is a file system that notes what the findings of open documents depend on and editors do not tell of: which
// paths exist, and the state of Nix files, locks and configurations.
type watchedFS struct {
	workspace.FS
	mu    sync.Mutex
	notes map[string]note
	count map[bool]int // of notes by whether there is something
}

// note is what was at a path when an engine asked. Of most paths no more is noted than whether there is something.
type note struct {
	exists  bool
	content bool // size and changed count, too
	size    int64
	changed time.Time
}

func newWatchedFS(base workspace.FS) *watchedFS {
	return &watchedFS{FS: base, notes: map[string]note{}, count: map[bool]int{}}
}

// watchedFiles are the names of files that are noted in any case, beside configurations and what those extend.
var watchedFiles = map[string]bool{"flake.nix": true, "flake.lock": true, "index": true, baseline.FileName: true}

// always reports whether a file is noted, however many are.
func always(path string) bool {
	return watchedFiles[filepath.Base(path)] || filepath.Ext(path) == config.Ext
}

// hasContent reports whether what a file says is noted.
func hasContent(path string) bool {
	switch filepath.Ext(path) {
	case ".nix", ".json":
		return true
	}
	return always(path) || workspace.KindOf(path) != workspace.Other
}

func (w *watchedFS) Stat(path string) (fs.FileInfo, error) {
	info, err := w.FS.Stat(path)
	w.note(path, noteOf(info, err, hasContent(path) && err == nil && info.Mode().IsRegular()))
	return info, err
}

func (w *watchedFS) Lstat(path string) (fs.FileInfo, error) {
	info, err := w.FS.Lstat(path)
	w.note(path, noteOf(info, err, false))
	return info, err
}

func (w *watchedFS) ReadFile(path string) ([]byte, error) {
	w.noteContent(path)
	return w.FS.ReadFile(path)
}

// Head returns at most n bytes from the start of a file.
func (w *watchedFS) Head(path string, n int) ([]byte, error) {
	return workspace.Head(w.FS, path, n)
}

// noteContent notes the state of a file before it is read, if its content counts.
func (w *watchedFS) noteContent(path string) {
	if hasContent(path) {
		info, err := w.FS.Stat(path)
		w.note(path, noteOf(info, err, true))
	}
}

func noteOf(info fs.FileInfo, err error, content bool) note {
	n := note{exists: err == nil, content: content}
	if n.exists && content {
		n.size, n.changed = info.Size(), info.ModTime()
	}
	return n
}

// note keeps the first note of a path, and the one that says most.
func (w *watchedFS) note(path string, n note) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, known := w.notes[path]
	if known && (before.content || !n.content) || !known && !always(path) && w.count[n.exists] >= maxWatched {
		return
	}
	if !known {
		w.count[n.exists]++
	}
	w.notes[path] = n
}

// forget drops all notes, for an engine that will make them anew.
func (w *watchedFS) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.notes)
	clear(w.count)
}

// changed reports whether something is not any more as it was noted, among the paths to look at.
func (w *watchedFS) changed(look func(path string) bool) bool {
	w.mu.Lock()
	notes := make(map[string]note, len(w.notes))
	for path, n := range w.notes {
		if look(path) {
			notes[path] = n
		}
	}
	w.mu.Unlock()
	for path, n := range notes {
		info, err := w.FS.Stat(path)
		if err != nil && n.exists && !n.content {
			info, err = w.FS.Lstat(path) // a link that leads nowhere exists
		}
		if noteOf(info, err, n.content) != n {
			return true
		}
	}
	return false
}

// polling is the state of looking at the files around open documents.
type polling struct {
	client bool // the client watches files, so that only those outside of its folders are looked at
	timer  *time.Timer
}

// slowness is the share of the time that looking at files may take: one part in so many.
const slowness = 50

// keepPolling looks at the files around open documents after a while, and on. The lock is held.
func (s *Server) keepPolling() { s.pollAfter(s.opts.Poll) }

func (s *Server) pollAfter(wait time.Duration) {
	if s.polling.timer == nil && len(s.open) > 0 && s.phase == running {
		s.polling.timer = time.AfterFunc(wait, s.poll)
	}
}

// poll renews the engine if something around the open documents changed.
func (s *Server) poll() {
	s.mu.Lock()
	s.polling.timer = nil
	if len(s.open) == 0 || s.phase != running {
		s.mu.Unlock()
		return
	}
	s.begin()
	s.mu.Unlock()
	defer s.done()
	begin := time.Now()
	changed := false
	err := s.contained("looking for changed files", func() error {
		changed = s.watched.changed(s.looksAt())
		return nil
	})
	if err != nil {
		s.log.Print(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if changed {
		s.renew()
	}
	s.pollAfter(max(s.opts.Poll, slowness*time.Since(begin)))
}

// noteIndex notes the state of the Git index around a document as an engine knows it. What reads an index does so
// behind the file system.
func (s *Server) noteIndex(c *engine.Checker, doc *document) {
	if !doc.onDisk {
		return
	}
	if index := c.Snapshot().View(doc.path).IndexFile(); index != "" {
		info, err := s.disk.Stat(index)
		s.watched.note(index, noteOf(info, err, true))
	}
}

// clientWatches reports whether a client that watches files tells when there is something at a path, or no more: of folders it tells by what
// is in them.
func clientWatches(path string) bool {
	switch filepath.Ext(path) {
	case "":
		return true
	case ".nix", config.Ext, ".git", ".gitignore", ".gitattributes":
		return true
	}
	return always(path) || workspace.KindOf(path) != workspace.Other
}

// looksAt returns which of the noted paths the server has to look at itself: all, or, for a client that watches files
// below its folders, those that lie elsewhere, and files of kinds that it does not watch. Without a folder, such a client watches nothing.
func (s *Server) looksAt() func(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.polling.client || len(s.folders) == 0 {
		return func(string) bool { return true }
	}
	var folders []string
	for _, dir := range s.folders {
		folders = append(folders, dir)
		if resolved, err := filepath.EvalSymlinks(dir); err == nil {
			folders = append(folders, resolved)
		}
	}
	return func(path string) bool {
		for _, dir := range folders {
			if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))); ok && rest[:min(1, len(rest))] == string(filepath.Separator) {
				return !clientWatches(path)
			}
		}
		return true
	}
}

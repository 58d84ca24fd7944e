package watch

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/nixsift/nixsift/internal/workspace"
)

// A change is told when nothing has happened for settle, or at the latest after most: what writes files, writes several.
const (
	settle = 10 * time.Millisecond
	most   = 60 * time.Millisecond
)

// Where changes are looked for, that is done every pollEvery, and takes at most one part in pollShare of the time.
const (
	pollEvery = 300 * time.Millisecond
	pollShare = 10
)

// events are what the system tells about folders.
type events struct {
	watcher *fsnotify.Watcher
	// folders are those that are watched, by where they really are, with the names under which they were noted: the system
	// tells of a folder once, whatever way was taken to it.
	folders map[string][]string
	real    map[string]string // the other way round
}

func newEvents() *events {
	w, err := fsnotify.NewBufferedWatcher(256)
	if err != nil {
		return nil
	}
	return &events{watcher: w, folders: map[string][]string{}, real: map[string]string{}}
}

func (e *events) close() { _ = e.watcher.Close() }

// add watches folders, but for those that are not there. It fails where the system allows no more.
func (e *events) add(dirs []string) error {
	links := workspace.Remember(workspace.OS)
	for _, dir := range dirs {
		resolved, err := links.EvalSymlinks(dir)
		if err != nil {
			continue
		}
		if names := e.folders[resolved]; len(names) == 0 {
			if err := e.watcher.Add(resolved); err != nil {
				if info, gone := workspace.OS.Stat(resolved); gone != nil || !info.IsDir() {
					continue
				}
				return err
			}
		}
		if !slices.Contains(e.folders[resolved], dir) {
			e.folders[resolved] = append(e.folders[resolved], dir)
		}
		e.real[dir] = resolved
	}
	return nil
}

// drop ends the watching of a folder that was noted under a name. It fails where the folder has other names, too.
func (e *events) drop(dir string) bool {
	resolved, ok := e.real[dir]
	if !ok {
		return true
	}
	if len(e.folders[resolved]) > 1 {
		return false
	}
	_ = e.watcher.Remove(resolved) // which the system may have done
	delete(e.folders, resolved)
	delete(e.real, dir)
	return true
}

// paths returns the paths under which something was noted that an event is about.
func (e *events) paths(path string) []string {
	dir, name := filepath.Split(path)
	var out []string
	for _, noted := range e.folders[filepath.Clean(dir)] {
		out = append(out, filepath.Join(noted, name))
	}
	return out
}

// Wait returns what changed since the notes were made, as soon as something did that matters. The error is that of the context.
func (t *Tree) Wait(ctx context.Context) (Change, error) {
	for {
		touched, unsure, err := t.touched(ctx)
		if err != nil {
			return Change{}, err
		}
		c := t.judge(touched)
		if c.Everything = c.Everything || unsure; c.Everything {
			t.forget()
		}
		if !c.none() {
			return c, nil
		}
	}
}

// forget drops all notes, and what is watched: of a folder that was moved the system goes on telling under its old name.
func (t *Tree) forget() {
	t.mu.Lock()
	t.folders, t.fresh, t.links = map[string]*folder{}, nil, map[string][]string{}
	t.mu.Unlock()
	if t.events != nil {
		t.events.close()
		t.events = newEvents()
	}
}

// touched returns paths at which something happened, each with whether what was there has gone.
func (t *Tree) touched(ctx context.Context) (touched map[string]bool, unsure bool, err error) {
	touched = map[string]bool{}
	for fresh := t.takeFresh(); len(fresh) > 0; fresh = t.takeFresh() {
		if t.events != nil && t.events.add(fresh) != nil {
			t.Close()
			t.events = nil
		}
		for _, dir := range fresh {
			if !t.isNoted(dir) {
				t.note(dir, t.look(dir)) // so that the folder above it tells when it comes or goes
			}
		}
		maps.Copy(touched, t.differing(fresh)) // what changed before it was watched
	}
	if t.events == nil {
		if len(touched) == 0 {
			touched, err = t.poll(ctx)
		}
		return touched, false, err
	}
	var quiet, end <-chan time.Time
	if len(touched) > 0 {
		quiet, end = time.After(settle), time.After(most)
	}
	for {
		select {
		case <-ctx.Done():
			return nil, false, ctx.Err()
		case <-quiet:
			return touched, unsure, nil
		case <-end:
			return touched, unsure, nil
		case e, ok := <-t.events.watcher.Events:
			if !ok {
				return nil, true, context.Canceled
			}
			paths := t.events.paths(e.Name)
			for _, path := range paths {
				touched[path] = touched[path] || e.Has(fsnotify.Create|fsnotify.Remove|fsnotify.Rename)
			}
			if len(paths) == 0 {
				if !e.Has(fsnotify.Remove|fsnotify.Rename) || t.events.folders[e.Name] == nil {
					continue
				}
				unsure = true // a folder that was watched is gone, and none above it is watched
			}
		case lost := <-t.events.watcher.Errors:
			unsure = unsure || lost != nil // events were lost
		}
		quiet = time.After(settle)
		if end == nil {
			end = time.After(most)
		}
	}
}

// takeFresh returns the folders that are to be watched.
func (t *Tree) takeFresh() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	fresh := t.fresh
	t.fresh = nil
	return fresh
}

// poll looks at everything again and again until something is not as it was.
func (t *Tree) poll(ctx context.Context) (map[string]bool, error) {
	for {
		begin := time.Now()
		if touched := t.differing(t.noted()); len(touched) > 0 {
			time.Sleep(settle)
			maps.Copy(touched, t.differing(t.noted()))
			return touched, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(max(pollEvery, pollShare*time.Since(begin))):
		}
	}
}

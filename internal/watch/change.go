package watch

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Change is what happened since it was told last.
type Change struct {
	// Files are files that were read and have another text, or that came or went; sorted.
	Files []string
	// Disk says that files came or went, or that what Git tracks changed.
	Disk bool
	// Everything says that it is not known what happened.
	Everything bool
}

func (c *Change) none() bool { return len(c.Files) == 0 && !c.Disk && !c.Everything }

// judge tells what it means that something happened at some paths, and notes how they are. Replaced says of a path that what
// was there has gone, be there something again.
func (t *Tree) judge(touched map[string]bool) Change {
	var c Change
	for path, replaced := range touched {
		t.judgeOne(&c, path, replaced)
	}
	slices.Sort(c.Files)
	c.Files = slices.Compact(c.Files)
	return c
}

func (t *Tree) judgeOne(c *Change, path string, replaced bool) {
	now := t.look(path)
	dir, name := filepath.Split(path)
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.folders[filepath.Clean(dir)]
	if f == nil {
		return
	}
	before, asked := f.asked[name]
	if !asked {
		if f.listed == nil {
			return
		}
		before.raw, before.there = f.listed[name]
		before.kind = before.raw
	}
	now.read, now.disk = before.read, before.disk
	if asked {
		f.asked[name] = now
	}
	if f.listed != nil {
		delete(f.listed, name)
		if now.there {
			f.listed[name] = now.raw
		}
	}
	switch {
	case before.there != now.there, before.raw != now.raw, asked && before.kind != now.kind:
		c.Files = append(c.Files, path)
		c.Disk = true
		if before.kind.IsDir() {
			t.gone(c, path)
		}
		if now.kind.IsDir() {
			t.came(path)
		}
	case !now.there: // a file of an editor that has come and gone
	case now.kind.IsDir():
		c.Everything = c.Everything || replaced
	case now.read:
		c.Files = append(append(c.Files, path), t.links[path]...)
		c.Disk = c.Disk || now.disk
	}
}

// came notes that a folder has come in which something was asked for before. The lock is held.
func (t *Tree) came(dir string) {
	inside := dir + string(filepath.Separator)
	for path := range t.folders {
		if (path == dir || strings.HasPrefix(path, inside)) && !slices.Contains(t.fresh, path) {
			t.fresh = append(t.fresh, path)
		}
	}
}

// gone notes that a folder has gone: with it all that was noted of what is in it. Of a folder that was moved the system goes
// on telling under its old name, so that it is watched no more. The lock is held.
func (t *Tree) gone(c *Change, dir string) {
	inside := dir + string(filepath.Separator)
	for path, f := range t.folders {
		if path != dir && !strings.HasPrefix(path, inside) {
			continue
		}
		for name, s := range f.asked {
			if s.read {
				c.Files = append(c.Files, filepath.Join(path, name))
			}
		}
		delete(t.folders, path)
		t.fresh = slices.DeleteFunc(t.fresh, func(fresh string) bool { return fresh == path })
		if t.events != nil && !t.events.drop(path) {
			c.Everything = true
		}
	}
}

// Known takes what is at a path as it is: nothing that happened there so far is a change. So a run may write files itself.
func (t *Tree) Known(path string) { t.judgeOne(new(Change), path, false) }

// differing returns the paths in some folders that are not any more as they were noted.
func (t *Tree) differing(dirs []string) map[string]bool {
	touched := map[string]bool{}
	for _, dir := range dirs {
		t.mu.Lock()
		f := t.folders[dir]
		listed, asked := maps.Clone(f.listed), maps.Clone(f.asked)
		t.mu.Unlock()
		if listed != nil {
			entries, _ := t.base.ReadDir(dir) // those that could be read before are noted, no more
			now := listing(entries)
			for name := range now {
				if _, ok := listed[name]; !ok {
					touched[filepath.Join(dir, name)] = false
				}
			}
			for name := range listed {
				if _, ok := now[name]; !ok {
					touched[filepath.Join(dir, name)] = true
				}
			}
		}
		for name, before := range asked {
			path := filepath.Join(dir, name)
			now := t.look(path)
			if now.there != before.there || now.kind != before.kind || now.raw != before.raw || before.read && (now.size != before.size || !now.time.Equal(before.time)) {
				touched[path] = touched[path] || !now.there
			}
		}
	}
	return touched
}

// noted returns the folders with notes, sorted.
func (t *Tree) noted() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.folders))
}

// Package rewrite replaces files of the user: in one step, only where they still are what was read, and with all
// that belongs to them but the text.
//
// A new file takes the place of the old one (rename), with its mode, owner, group and extended attributes (access
// lists and security labels among them). Where that would lose something, the file is written in place instead, with
// a copy of the old text beside it until that is done: where it has several hard links, or an owner or attributes
// that this user cannot give. GNU sed keeps the former; Vim (backupcopy=auto) decides like this. Nothing is synced:
// that a program is killed at any time loses nothing; a machine that loses power may.
package rewrite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/workspace"
)

// What keeps a file from being replaced.
var (
	ErrChanged  = errors.New("it changed after it was read")
	ErrReadOnly = errors.New("it is read-only")
)

// OutsideError is the error of a link that leads out of where files may be changed.
type OutsideError struct{ Target string }

func (e *OutsideError) Error() string {
	return "the link leads to " + e.Target + ", outside of the project"
}

// The names of temporary files, beside those that they are for. They are no names of Nix files.
const (
	tempPrefix   = ".nixsift-new-"
	backupPrefix = ".nixsift-old-"
)

// Writer replaces files. It is for one goroutine.
type Writer struct {
	// Within says whether the target of a link, links resolved, may be changed. Nil allows none.
	Within func(link, target string) bool
	// Leftover is told of the copies of old texts that killed runs have left and that differ from their files.
	Leftover func(backup, path string)

	cleaned map[string]bool
}

// Replace gives a file another text, where its text still is before. A link stays a link: what it leads to is
// replaced. A file that has the new text already, as where two links lead to it, is left alone.
func (w *Writer) Replace(path, before, after string) error {
	target, info, err := w.target(path)
	if err != nil {
		return err
	}
	w.clean(filepath.Dir(target))
	if compare(target, after) == nil {
		return nil
	}
	if linked(info) {
		return inPlace(target, before, after)
	}
	temp, err := create(target, tempPrefix, after)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // after the rename there is none
	defer func() { _ = temp.Close() }()
	if !keep(temp, target, info) {
		return inPlace(target, before, after)
	}
	if err := compare(target, before); err != nil {
		return err
	}
	settle(temp)
	return plain(os.Rename(temp.Name(), target))
}

// Check returns the error that Replace would return without writing, as far as that can be told.
func (w *Writer) Check(path, before string) error {
	target, _, err := w.target(path)
	if err != nil {
		return err
	}
	return compare(target, before)
}

// Create writes a file that is to be new, where it can in one step. It fails where there is something of that name.
func Create(path, text string) error {
	temp, err := fresh(filepath.Dir(path))
	if err != nil {
		return plain(err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	defer func() { _ = temp.Close() }()
	lock(temp)
	if _, err := temp.WriteString(text); err != nil {
		return plain(err)
	}
	settle(temp)
	if err = os.Link(temp.Name(), path); err == nil || errors.Is(err, fs.ErrExist) {
		return plain(err)
	}
	return createPlainly(path, text) // a file system without hard links
}

func createPlainly(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return plain(err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return plain(err)
}

// target returns the file that a path leads to, if it may be written.
func (w *Writer) target(path string) (string, fs.FileInfo, error) {
	target := path
	info, err := os.Lstat(path)
	if err != nil {
		return "", nil, plain(err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return "", nil, plain(err)
		}
		if w.Within == nil || !w.Within(path, target) {
			return "", nil, &OutsideError{target}
		}
		if info, err = os.Lstat(target); err != nil {
			return "", nil, plain(err)
		}
	}
	if !info.Mode().IsRegular() {
		return "", nil, workspace.ErrNotRegular
	}
	if info.Mode().Perm()&0o222 == 0 || !writable(target) {
		return "", nil, ErrReadOnly
	}
	return target, info, nil
}

// compare fails where the text of a file is another.
func compare(path, text string) error {
	b, err := workspace.OS.ReadFile(path)
	if err != nil {
		return plain(err)
	}
	if string(b) != text {
		return ErrChanged
	}
	return nil
}

// create writes a temporary file beside another, and locks it for as long as it is open.
func create(target, prefix, text string) (*os.File, error) {
	name := prefix
	if prefix == backupPrefix {
		name += filepath.Base(target) + "-"
	}
	f, err := os.CreateTemp(filepath.Dir(target), name+"*")
	if err != nil {
		return nil, plain(err)
	}
	lock(f)
	if _, err = f.WriteString(text); err != nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return nil, plain(err)
	}
	return f, nil
}

// inPlace writes into the file itself. Where that fails or is cut short, the old text is put back or stays in a copy.
func inPlace(target, before, after string) error {
	backup, err := create(target, backupPrefix, before)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		_ = backup.Close()
		if done {
			_ = os.Remove(backup.Name())
		}
	}()
	f, err := os.OpenFile(target, os.O_RDWR, 0)
	if err != nil {
		done = true
		return plain(err)
	}
	defer func() { _ = f.Close() }()
	if old, err := io.ReadAll(f); err != nil || string(old) != before {
		done = true
		if err == nil {
			err = ErrChanged
		}
		return plain(err)
	}
	err = overwrite(f, after)
	if err == nil {
		done = true
		return nil
	}
	if again := overwrite(f, before); again != nil {
		return fmt.Errorf("%w; %s has the text that it had", plain(err), backup.Name())
	}
	done = true
	return plain(err)
}

func overwrite(f *os.File, text string) error {
	if _, err := f.WriteAt([]byte(text), 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(text)))
}

// clean removes what killed runs have left in a folder. A copy of an old text is kept where its file has another.
func (w *Writer) clean(dir string) {
	if w.cleaned[dir] {
		return
	}
	if w.cleaned == nil {
		w.cleaned = map[string]bool{}
	}
	w.cleaned[dir] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		name := e.Name()
		rest, backup := strings.CutPrefix(name, backupPrefix)
		if !backup && !strings.HasPrefix(name, tempPrefix) || !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, name)
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		if free(f) {
			if backup {
				file := filepath.Join(dir, rest[:max(strings.LastIndexByte(rest, '-'), 0)])
				if text, err := io.ReadAll(f); err != nil || compare(file, string(text)) != nil {
					if w.Leftover != nil {
						w.Leftover(path, file)
					}
					_ = f.Close()
					continue
				}
			}
			_ = os.Remove(path)
		}
		_ = f.Close()
	}
}

// plain takes the path, which is known, from an error of the system.
func plain(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

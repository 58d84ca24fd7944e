package workspace

import (
	"path/filepath"
	"strings"
)

// Resolve returns where a file at an absolute path is, or would be made: with all links followed, those to what is not there
// among them. It fails where links lead round and round or a folder may not be read.
func Resolve(fsys FS, path string) (string, error) {
	for range maxLinks {
		resolved, err := fsys.EvalSymlinks(path)
		if err == nil || !IsMissing(err) {
			return resolved, err
		}
		dir := filepath.Dir(path)
		if dir == path {
			return path, nil
		}
		if dir, err = Resolve(fsys, dir); err != nil {
			return "", err
		}
		at := filepath.Join(dir, filepath.Base(path))
		target, err := fsys.Readlink(at)
		if err != nil {
			return at, nil //nolint:nilerr // no link, or nothing
		}
		if path = target; !filepath.IsAbs(path) {
			path = filepath.Join(dir, target)
		}
	}
	return "", pathError("readlink", path, errLinks)
}

// Within reports whether an absolute path is a folder or lies in it, by the paths alone.
func Within(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// LeadsOut returns the first link on the way of an absolute path that lies in one of some folders and leads out of the innermost
// of those around it, and where to; "" for none. The folders have no links.
func LeadsOut(fsys FS, path string, roots []string) (link, target string) {
	up := filepath.Dir(path)
	if up == path {
		return "", ""
	}
	if link, target = LeadsOut(fsys, up, roots); link != "" {
		return link, target
	}
	dir, err := Resolve(fsys, up)
	if err != nil {
		return "", ""
	}
	own := ""
	for _, root := range roots {
		if len(root) > len(own) && Within(root, dir) {
			own = root
		}
	}
	if own == "" {
		return "", ""
	}
	if at, err := Resolve(fsys, path); err == nil && !Within(own, at) {
		return path, at
	}
	return "", ""
}

// IsGits reports whether a path, links resolved, is one that git gives a meaning: in a folder .git, or a file of a working tree
// with rules.
func IsGits(path string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if strings.EqualFold(part, ".git") {
			return true
		}
	}
	switch strings.ToLower(filepath.Base(path)) {
	case ".gitignore", ".gitattributes", ".gitmodules":
		return true
	}
	return false
}

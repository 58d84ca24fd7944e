package engine

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/workspace"
)

// misplaced returns why no baseline may lie at a path, or "". One that the project names itself lies in it, links resolved; the
// command line may name any place but those of files that have another meaning. by is the configuration that names it, if one does.
func (e *Checker) misplaced(path string, by *config.Config) string {
	at, err := workspace.Resolve(e.settings.fs, path)
	if err != nil {
		return "" // which reading tells
	}
	switch name := filepath.Base(at); {
	case workspace.IsGits(at):
		return "is one of Git's own files: name another"
	case filepath.Ext(name) == config.Ext || workspace.KindOf(at) != workspace.Other || workspace.KindOf(path) != workspace.Other:
		return "is a file that nixsift reads for something else: name another"
	case path == e.opts.Baseline:
		return ""
	}
	from := path
	if by != nil {
		from = by.Path
	}
	root := e.snapshot.View(from).Root()
	if root, err = e.settings.fs.EvalSymlinks(root); err != nil {
		return ""
	}
	if !workspace.Within(root, at) {
		return fmt.Sprintf("leads out of %s, to %s: name a file in the project, or give it by --baseline", root, filepath.Dir(at))
	}
	return ""
}

package project

import (
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/internal/workspace"
)

// maxUnbound is the number of folders up to which a folder that nothing bounds, neither a repository nor a flake, is
// taken for a project with all that lies below it. A file in somebody's home folder is none of a project.
const maxUnbound = 1000

// nixFiles are the Nix files of a project, sorted by path. They are cut where only those of the root itself count.
type nixFiles struct {
	files []workspace.File
	cut   bool
}

// nixFilesOf returns the Nix files of a project, by its root, sorted by path: in a repository those that a run over the
// root checks, which are what Git tracks and what it neither tracks nor ignores, and the buffers. They are looked for once.
func (g *ground) nixFilesOf(root string) []workspace.File { return g.selected(root).files }

// isCut reports whether there are more folders below an unbound root than are looked into.
func (g *ground) isCut(root string) bool { return g.selected(root).cut }

func (g *ground) selected(root string) nixFiles {
	return g.nixFiles.get(root, func() nixFiles {
		opts := workspace.Options{Git: g.repos}
		if g.folder(root).unbound() {
			opts.MaxFolders = maxUnbound
		}
		selection, _ := workspace.Select(g.disk, []string{root}, opts)
		return nixFiles{slices.DeleteFunc(selection.Files, func(f workspace.File) bool {
			return f.Kind != workspace.Nix || selection.Cut && filepath.Dir(f.Path) != root
		}), selection.Cut}
	})
}

package project

import (
	"path/filepath"

	"github.com/bmatcuk/doublestar/v4"
)

// filterLine says which filter the files of a pattern have, "" for none.
type filterLine struct{ glob, name string }

// Filter returns the filter that .gitattributes files of the project give a file, "git-crypt" or "lfs", or "": Git then keeps
// something else than what lies in the working tree.
func (v *View) Filter(path string) string {
	if v.deps != nil {
		return noted(v, question{"filter", path, ""}, func(a *Answers) string { return a.Filter(path) })
	}
	for a := v.folder.ground.folder(filepath.Dir(path)).gitattributes(); a != nil; a = a.up {
		rel, err := filepath.Rel(a.dir, path)
		if err != nil {
			return ""
		}
		for i := len(a.filters) - 1; i >= 0; i-- {
			if ok, _ := doublestar.Match(a.filters[i].glob, filepath.ToSlash(rel)); ok {
				return a.filters[i].name
			}
		}
	}
	return ""
}

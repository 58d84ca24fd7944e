package project

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// lstats counts which paths are looked at.
type lstats struct {
	workspace.FS
	of map[string]int
}

func (l lstats) Lstat(path string) (os.FileInfo, error) {
	l.of[filepath.Base(path)]++
	return l.FS.Lstat(path)
}

// TestDepth asks of files in deeper and deeper folders what tells of each folder above, and looks at each folder once.
func TestDepth(t *testing.T) {
	for _, depth := range []int{20, 40} {
		files := map[string]string{
			"flake.nix": "{ templates.a.path = ./d; outputs = _: { }; }", ".gitattributes": "made.nix linguist-generated\n",
			"d/d/.gitattributes": "*.nix -linguist-generated\n",
		}
		var paths []string
		for i := 1; i <= depth; i++ {
			paths = append(paths, strings.Repeat("d/", i)+"made.nix")
			files[paths[i-1]] = strconv.Itoa(i)
		}
		dir := testenv.Tree(t, files)
		fsys := lstats{workspace.OS, map[string]int{}}
		s := New(fsys)
		var answers *Answers
		for i, path := range paths {
			path = filepath.Join(dir, path)
			v := s.View(path)
			require.Equal(t, dir, v.folder.root)
			assert.Equal(t, i == 0, v.folder.linguistGenerated(path), path)
			answers = v.Answers()
			assert.True(t, answers.Copied(path), path)
			assert.False(t, answers.Copied(filepath.Join(dir, "flake.nix")))
		}
		assert.Equal(t, depth+1, fsys.of[".gitattributes"])
		assert.Len(t, answers.references().standing.values, 2*depth+1, "files, folders, and the flake")
	}
}

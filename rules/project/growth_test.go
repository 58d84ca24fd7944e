package project_test

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// countingFS counts the folders that are listed and the paths that are asked for.
type countingFS struct {
	workspace.FS
	listed, asked atomic.Int64
}

func (c *countingFS) ReadDir(path string) ([]fs.DirEntry, error) {
	c.listed.Add(1)
	return c.FS.ReadDir(path)
}

func (c *countingFS) Stat(path string) (fs.FileInfo, error) {
	c.asked.Add(1)
	return c.FS.Stat(path)
}

// TestManyMissingPaths doubles the paths of a file that name nothing: the folders that are listed stay the same, and the
// questions about paths grow no faster than the paths.
func TestManyMissingPaths(t *testing.T) {
	listed, asked := map[int]int64{}, map[int]int64{}
	for _, n := range []int{300, 600, 1200} {
		var text strings.Builder
		text.WriteString("[\n")
		for i := range n {
			fmt.Fprintf(&text, "  ./data/missing-%c-%d.txt\n", 'a'+i%26, i)
		}
		text.WriteString("]\n")
		files := map[string]string{"flake.nix": "{ outputs = _: { }; }", "many.nix": text.String()}
		for i := range 50 {
			files[fmt.Sprintf("data/file-%d.txt", i)] = ""
		}
		dir := testenv.Tree(t, files)
		fsys := &countingFS{FS: workspace.OS}
		res, err := engine.Check(context.Background(), engine.Options{FS: fsys, Paths: []string{filepath.Join(dir, "many.nix")}, Only: []string{"missing-path"}, Changing: true})
		require.NoError(t, err)
		require.Len(t, res.Findings, n)
		listed[n], asked[n] = fsys.listed.Load(), fsys.asked.Load()
	}
	assert.Equal(t, listed[300], listed[600])
	assert.Equal(t, listed[300], listed[1200])
	assert.LessOrEqual(t, asked[1200]-asked[600], 2*(asked[600]-asked[300])+16)
}

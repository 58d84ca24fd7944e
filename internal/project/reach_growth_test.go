package project

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestReachListsOnce lets many files hand on the same folders: each is gone through once.
func TestReachListsOnce(t *testing.T) {
	const n = 60
	files := map[string]string{}
	var imports strings.Builder
	for i := range n {
		fmt.Fprintf(&imports, " ./a%d.nix", i)
		files[fmt.Sprintf("a%d.nix", i)] = "[ (f ./data) (f ./data/.) (map (n: ./data/${n}) g) ./${h}.nix ]"
		files[fmt.Sprintf("data/d%d.nix", i)] = "1"
	}
	files["flake.nix"] = "{ outputs = _: { imports = [" + imports.String() + " ]; }; }"
	dir := testenv.Tree(t, files)
	a := New(workspace.OS).View(filepath.Join(dir, "flake.nix")).Answers()
	w := a.walk()
	w.run()
	assert.Len(t, w.listed, 2, "data, and what lies beside the files")
	assert.Equal(t, MaybeReached, w.of(filepath.Join(dir, "data/d7.nix")))
	assert.Equal(t, Reached, w.of(filepath.Join(dir, "a7.nix")))
}

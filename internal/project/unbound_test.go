package project_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestUnbound asks about the project of a file in a folder that nothing bounds: a small one is a project, of a large
// one only the folder itself counts.
func TestUnbound(t *testing.T) {
	for _, c := range []struct {
		folders int
		flake   bool
		want    int
	}{{10, false, 2}, {1200, false, 1}, {1200, true, 2}} {
		files := map[string]string{"a.nix": "1", "b.nix": "[ ./a.nix ]", "f0/c.nix": "[ ../a.nix ]"}
		for i := range c.folders {
			files[fmt.Sprintf("f%d/x.txt", i)] = ""
		}
		if c.flake {
			files["flake.nix"] = "{ outputs = _: { }; }"
		}
		dir := testenv.Tree(t, files)
		path := filepath.Join(dir, "a.nix")
		assert.Len(t, project.New(workspace.OS).View(path).Answers().References(path), c.want, "%+v", c)
	}
}

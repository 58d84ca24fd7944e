package project_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestInStore asks about files of what Nix copied to a store: the project is the whole of that, and nothing beside it.
func TestInStore(t *testing.T) {
	const digest = "0123456789abcdfghijklmnpqrsvwxyz"
	dir := testenv.Tree(t, map[string]string{
		"nix/store/" + digest + "-source/a.nix":           "1",
		"nix/store/" + digest + "-source/b/c/d.nix":       "../../a.nix",
		"nix/store/" + digest + "-source/b/c/tests/e.nix": "1",
		"nix/store/" + digest + "-source/f/flake.nix":     "{ outputs = _: { }; }",
		"nix/store/" + digest + "-other/a.nix":            "1",
		"nix/store/" + digest + "/a.nix":                  "1",
		"nix/store/" + digest[1:] + "-source/a.nix":       "1",
		"nix/store/" + digest[1:] + "e-source/a.nix":      "1",
		"store/" + digest + "-source/a.nix":               "1",
		"store/nix/store.d/" + digest + "-source/a.nix":   "1",
	})
	object := filepath.Join(dir, "nix/store", digest+"-source")
	view := func(path string) *project.View { return project.New(workspace.OS).View(path) }
	for _, name := range []string{"a.nix", "b/c/d.nix", "f/flake.nix"} {
		v := view(filepath.Join(object, name))
		assert.Equal(t, object, v.Root(), name)
		assert.True(t, v.InStore(), name)
		assert.Nil(t, v.Repo(), name)
		assert.True(t, v.Within(filepath.Join(object, "b")), name)
		assert.False(t, v.Within(filepath.Join(dir, "nix/store", digest+"-other/a.nix")), name)
		assert.Len(t, v.Answers().References(filepath.Join(object, "a.nix")), 1, name)
	}
	assert.True(t, view(filepath.Join(object, "b/c/tests/e.nix")).InAside(filepath.Join(object, "b/c/tests")))
	for _, name := range []string{"nix/store/" + digest, "nix/store/" + digest[1:] + "-source", "nix/store/" + digest[1:] + "e-source", "store/" + digest + "-source", "store/nix/store.d/" + digest + "-source"} {
		v := view(filepath.Join(dir, name, "a.nix"))
		assert.False(t, v.InStore(), name)
		assert.Equal(t, filepath.Join(dir, name), v.Root(), name)
	}
	gittest.Isolate(t)
	repo := gittest.Init(t, filepath.Join(dir, "nix/store"), digest+"-cloned")
	gittest.Write(t, repo, "b/a.nix", "1")
	v := view(filepath.Join(repo, "b/a.nix"))
	assert.Equal(t, repo, v.Root())
	assert.NotNil(t, v.Repo())
	assert.False(t, v.InStore())
}

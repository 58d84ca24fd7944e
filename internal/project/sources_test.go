package project_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// sourceOf is the narHash of an empty folder, and the store path that follows from it.
const (
	emptyHash = "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo="
	emptyPath = "nix/store/0ccnxa25whszw7mgbgyzdm4nqc0zwnm8-source"
)

const sourcesFlake = `{
  inputs = {
    beside.url = "path:./sub";
    deep.url = "./sub?dir=in";
    literal.url = ./sub;
    tree = { url = "./tree"; flake = false; };
    gone.url = "path:./none";
    file.url = "path:./flake.nix";
    linked.url = "path:./link";
    out.url = "path:../core";
    core.url = "github:me/Core";
    sibling.url = "git+file:../core";
    absolute.url = "path:ROOT/core";
    locked.url = "github:me/locked";
    follow.follows = "core";
    unhashed.url = "github:me/unhashed";
  };
  outputs = _: { };
}`

const sourcesLock = `{
  "nodes": {
    "root": { "inputs": { "locked": "locked", "unhashed": "unhashed" } },
    "locked": {
      "locked": { "type": "github", "owner": "me", "repo": "locked", "rev": "0123456789012345678901234567890123456789", "narHash": "` + emptyHash + `" },
      "original": { "type": "github", "owner": "me", "repo": "locked" }
    },
    "unhashed": {
      "locked": { "type": "github", "owner": "me", "repo": "unhashed", "rev": "0123456789012345678901234567890123456789" },
      "original": { "type": "github", "owner": "me", "repo": "unhashed" }
    }
  },
  "root": "root", "version": 7
}`

// sources makes a flake with inputs of all kinds, and what is around it.
func sources(t *testing.T) (root string) {
	gittest.Isolate(t)
	root = testenv.Tree(t, map[string]string{
		"app/sub/flake.nix": "{ outputs = _: { }; }", "app/sub/in/flake.nix": "{ outputs = _: { }; }", "app/tree/x.nix": "1",
		"core/flake.nix": "{ inputs.n.url = \"github:o/n\"; outputs = _: { }; }", "fork/flake.nix": "{ outputs = _: { }; }", emptyPath + "/flake.nix": "{ outputs = _: { }; }",
	})
	gittest.Init(t, root, "app")
	gittest.Init(t, root, "core")
	gittest.Run(t, filepath.Join(root, "core"), "remote", "add", "upstream", "git@github.com:me/core.git")
	gittest.Init(t, root, "fork")
	gittest.Run(t, filepath.Join(root, "fork"), "remote", "add", "origin", "https://github.com/other/core")
	gittest.Write(t, filepath.Join(root, "app"), "flake.nix", strings.ReplaceAll(sourcesFlake, "ROOT", root))
	gittest.Write(t, filepath.Join(root, "app"), "flake.lock", sourcesLock)
	require.NoError(t, os.Symlink("sub", filepath.Join(root, "app/link")))
	gittest.Run(t, filepath.Join(root, "app"), "add", "-A")
	return root
}

func TestInputSource(t *testing.T) {
	root := sources(t)
	app := filepath.Join(root, "app")
	for _, c := range []struct {
		what    string
		sources *project.Sources
		want    map[string]string // of the inputs at hand, the folder and the origin
	}{
		{"nothing allowed", nil, map[string]string{}},
		{"a place", &project.Sources{Places: map[string]string{"core": filepath.Join(root, "fork"), "follow": filepath.Join(root, "fork"), "locked": filepath.Join(root, "none")}}, map[string]string{"core": "fork"}},
		{"a place before the folder beside", &project.Sources{Places: map[string]string{"beside": filepath.Join(root, "fork")}}, map[string]string{"beside": "fork"}},
		{"one path", &project.Sources{Given: []string{root}}, map[string]string{"out": "core", "sibling": "core", "absolute": "core"}},
		{"several paths", &project.Sources{Given: []string{app, filepath.Join(root, "core")}}, map[string]string{"out": "core", "sibling": "core", "absolute": "core", "core": "core"}},
		{"another path", &project.Sources{Given: []string{app, filepath.Join(root, "fork")}}, map[string]string{}},
		{"the store", &project.Sources{Store: true, StoreRoot: root}, map[string]string{"locked": emptyPath}},
		{"an empty store", &project.Sources{Store: true, StoreRoot: app}, map[string]string{}},
	} {
		want := map[string]string{"beside": "app/sub", "deep": "app/sub/in", "literal": "app/sub", "tree": "app/tree"}
		for name, dir := range c.want {
			want[name] = dir
		}
		v := project.New(workspace.OS).ViewOf(app).With(c.sources)
		for _, name := range []string{"beside", "deep", "literal", "tree", "gone", "file", "linked", "out", "core", "sibling", "absolute", "locked", "follow", "unhashed", "stranger"} {
			s, ok := v.InputSource(app, name)
			assert.Equal(t, want[name] != "", ok, "%s: %s", c.what, name)
			if ok && want[name] != "" {
				assert.Equal(t, filepath.Join(root, want[name]), s.Dir, "%s: %s", c.what, name)
			}
		}
	}
}

// TestInputFlakeVanishes asks for flakes of sources that are broken, too large to be read, no files, or gone the next moment.
func TestInputFlakeVanishes(t *testing.T) {
	root := sources(t)
	app, core := filepath.Join(root, "app"), filepath.Join(root, "core")
	s := &project.Sources{Places: map[string]string{"core": core}}
	ask := func() bool {
		_, _, ok := project.New(workspace.OS).ViewOf(app).With(s).InputFlake(app, "core")
		return ok
	}
	require.True(t, ask())
	file := filepath.Join(core, "flake.nix")
	require.NoError(t, os.WriteFile(file, []byte("{ outputs = "), 0o644))
	assert.False(t, ask(), "broken")
	require.NoError(t, os.Truncate(file, workspace.MaxFile+1))
	assert.False(t, ask(), "too large")
	require.NoError(t, os.Remove(file))
	assert.False(t, ask(), "gone")
	require.NoError(t, os.Symlink("flake.nix", file))
	assert.False(t, ask(), "a loop")
	require.NoError(t, os.Remove(file))
	require.NoError(t, os.Mkdir(file, 0o755))
	assert.False(t, ask(), "a folder")

	view := project.New(workspace.OS).ViewOf(app).With(s)
	_, ok := view.InputSource(app, "core")
	require.True(t, ok)
	require.NoError(t, os.RemoveAll(core))
	_, _, ok = view.InputFlake(app, "core")
	assert.False(t, ok, "gone after it was found")
}

// TestInputSourceDeps holds that findings which rest on a source do so as long as that says the same.
func TestInputSourceDeps(t *testing.T) {
	root := sources(t)
	app := filepath.Join(root, "app")
	overlay := workspace.NewOverlay(workspace.OS)
	s := project.NewLive(overlay)
	deps := project.NewDeps()
	v := s.View(filepath.Join(app, "flake.nix")).With(&project.Sources{Places: map[string]string{"core": filepath.Join(root, "core")}}).Recording(deps)
	_, _, ok := v.InputFlake(app, "core")
	require.True(t, ok)
	require.True(t, deps.Hold(s))
	for file, holds := range map[string]bool{"app/sub/flake.nix": true, "core/flake.nix": false} {
		overlay = overlay.Clone()
		overlay.Set(filepath.Join(root, file), []byte("{ outputs = _: { x = 1; }; }"))
		assert.Equal(t, holds, deps.Hold(s.Next(project.Change{FS: overlay, Files: []string{filepath.Join(root, file)}})), file)
	}
	require.NoError(t, os.RemoveAll(filepath.Join(root, "core")))
	assert.False(t, deps.Hold(s.Next(project.Change{FS: workspace.NewOverlay(workspace.OS), Disk: true})))
}

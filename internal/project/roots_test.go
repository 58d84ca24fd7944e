package project_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// beside makes two repositories side by side, one with a third inside it, a folder like one of the Nix store, and a file
// above them all.
func beside(t *testing.T) (dir string) {
	dir = testenv.Tree(t, map[string]string{
		"above.nix":         "{ above }: above",
		"one/flake.nix":     "{ inputs.two.url = \"path:../two\"; outputs = _: { }; }",
		"one/a.nix":         "import ../two/lib.nix { x = 1; }",
		"one/lib.nix":       "{ one }: one",
		"one/host.nix":      "{ specialArgs = { inherit ofOne; }; }",
		"one/in/flake.nix":  "{ outputs = _: { }; }",
		"one/in/lib.nix":    "{ inner }: inner",
		"one/in/host.nix":   "{ specialArgs = { inherit ofInner; }; x = ./lib.nix; }",
		"two/flake.nix":     "{ inputs.far.url = \"github:o/r\"; outputs = _: { }; }",
		"two/lib.nix":       "{ two }: two",
		"two/host.nix":      "{ specialArgs = { inherit ofTwo; }; x = import ./lib.nix { }; }",
		"store/0-src/a.nix": "{ stored }: stored",
		"store/0-src/b.nix": "[ ./a.nix ]",
	})
	for _, repo := range []string{"one", "one/in", "two"} {
		git(t, filepath.Join(dir, repo), "init", "-q")
		git(t, filepath.Join(dir, repo), "add", ".")
	}
	return dir
}

// TestRoots asks one view about files of other roots: each answers for its own project, in the same words.
func TestRoots(t *testing.T) {
	dir := beside(t)
	s := project.New(workspace.OS)
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	v := s.View(at("one/a.nix"))
	for name, formal := range map[string]string{
		"one/lib.nix": "one", "two/lib.nix": "two", "one/in/lib.nix": "inner", "store/0-src/a.nix": "stored", "above.nix": "above",
	} {
		require.NotNil(t, v.File(at(name)), name)
		assert.Contains(t, v.File(at(name)).Text(), formal)
		assert.Same(t, v.File(at(name)), v.Of(at(name)).File(at(name)), "whoever asks")
	}
	// What lies in a project belongs to it, though it be a project of its own.
	for name, want := range map[string]struct{ root, args string }{
		"one/a.nix": {"one", "ofOne ofInner"}, "one/in/lib.nix": {"one/in", "ofInner"}, "two/lib.nix": {"two", "ofTwo"},
		"store/0-src/a.nix": {"store/0-src", ""}, "above.nix": {"", "ofOne ofInner ofTwo"},
	} {
		other := v.Of(at(name))
		assert.Equal(t, filepath.Clean(at(want.root)), other.Root(), name)
		assert.Equal(t, s.View(at(name)).Root(), other.Root(), name)
		for _, arg := range []string{"ofOne", "ofInner", "ofTwo"} {
			assert.Equal(t, slices.Contains(strings.Fields(want.args), arg), other.Answers().SpecialArg(arg), "%s: %s", name, arg)
		}
	}
	assert.Len(t, v.Of(at("two/lib.nix")).Answers().References(at("two/lib.nix")), 1, "of its own project")
	assert.Len(t, v.Of(at("store/0-src/a.nix")).Answers().References(at("store/0-src/a.nix")), 1)
	assert.Len(t, v.Of(at("one/in/lib.nix")).Answers().References(at("one/in/lib.nix")), 1)
	require.NotNil(t, v.FlakeIn(at("two")))
	assert.NotNil(t, v.FlakeIn(at("two")).Nix.Input("far"))
	assert.Equal(t, at("one"), v.Flake().Dir)
	assert.Equal(t, at("two"), v.Of(at("two/lib.nix")).Flake().Dir)
	_, tracked := v.Of(at("two/lib.nix")).Repo().Tracked("lib.nix")
	assert.True(t, tracked)
	assert.Equal(t, "lib.nix", v.Of(at("two/lib.nix")).Rel(at("two/lib.nix")))
	assert.Equal(t, "../two/lib.nix", v.Rel(at("two/lib.nix")))
}

// TestDepsOfRoots holds that what was asked of other roots is asked of them again.
func TestDepsOfRoots(t *testing.T) {
	type ask = func(dir string, v *project.View)
	in := func(dir, name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, c := range []struct {
		what       string
		ask        ask
		file, text string
		lost       bool
	}{
		{"import beside", func(dir string, v *project.View) { v.Imported(in(dir, "two/lib.nix")) }, "two/lib.nix", "{ two, more }: two", true},
		{"import beside", func(dir string, v *project.View) { v.Imported(in(dir, "two/lib.nix")) }, "one/lib.nix", "1", false},
		{"import in the store", func(dir string, v *project.View) { v.Imported(in(dir, "store/0-src/a.nix")) }, "store/0-src/a.nix", "1", true},
		{"import above", func(dir string, v *project.View) { v.Imported(in(dir, "above.nix")) }, "above.nix", "{ above, b }: b", true},
		{"argument beside", func(dir string, v *project.View) { v.Of(in(dir, "two/x.nix")).Answers().SpecialArg("ofTwo") }, "two/host.nix", "1", true},
		{"argument beside", func(dir string, v *project.View) { v.Of(in(dir, "two/x.nix")).Answers().SpecialArg("ofTwo") }, "one/host.nix", "1", false},
		{"argument here", func(_ string, v *project.View) { v.Answers().SpecialArg("ofOne") }, "two/host.nix", "1", false},
		{"both", func(dir string, v *project.View) {
			v.Answers().SpecialArg("ofTwo")
			v.Of(in(dir, "two/x.nix")).Answers().SpecialArg("ofTwo")
		}, "two/host.nix", "1", true},
		{"flake beside", func(dir string, v *project.View) { v.FlakeIn(in(dir, "two")) }, "two/flake.nix", "{ outputs = _: { }; }", true},
		{"flake around", func(dir string, v *project.View) { v.Of(in(dir, "two/x.nix")).Flake() }, "two/flake.nix", "{ outputs = _: { }; }", true},
	} {
		dir := beside(t)
		overlay := workspace.NewOverlay(workspace.OS)
		s := project.NewLive(overlay)
		deps := project.NewDeps()
		c.ask(dir, s.View(in(dir, "one/a.nix")).Recording(deps))
		require.True(t, deps.Hold(s), c.what)
		overlay = overlay.Clone()
		overlay.Set(in(dir, c.file), []byte(c.text))
		next := s.Next(project.Change{FS: overlay, Files: []string{in(dir, c.file)}})
		assert.Equal(t, !c.lost, deps.Hold(next), "%s after %s says %q", c.what, c.file, c.text)
	}
}

package project_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	out, err := gittest.Command(t, dir, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func TestFolders(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": "{ outputs = _: { }; }", "hosts/a.nix": "1", "dev/flake.nix": "{ outputs = _: { }; }", "dev/shell.nix": "1",
		"other/x.nix": "1",
	})
	git(t, dir, "init", "-q")
	git(t, dir, "add", "flake.nix")
	git(t, filepath.Join(dir, "other"), "init", "-q")
	s := project.New(workspace.OS)
	for _, c := range []struct {
		file, flake, root, rel string
		inFlake                bool
	}{
		{"hosts/a.nix", ".", ".", "hosts/a.nix", true},
		{"dev/shell.nix", "dev", ".", "dev/shell.nix", true},
		{"other/x.nix", "", "other", "x.nix", false},
	} {
		p := s.View(filepath.Join(dir, c.file))
		flakeDir := ""
		if c.flake != "" {
			flakeDir = filepath.Join(dir, c.flake)
		}
		assert.Equal(t, flakeDir, p.FlakeDir(), c.file)
		assert.Equal(t, filepath.Join(dir, c.root), p.Root(), c.file)
		assert.Equal(t, c.rel, p.Rel(filepath.Join(dir, c.file)), c.file)
		assert.Equal(t, c.inFlake, p.InFlake(), c.file)
		assert.Equal(t, flakeDir != "", p.Flake() != nil)
	}
	p := s.View(filepath.Join(dir, "hosts/a.nix"))
	assert.True(t, p.Within(filepath.Join(dir, "dev/none")))
	assert.False(t, p.Within(filepath.Dir(dir)))
}

func TestWithoutGit(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a/b.nix": "1", "flakes/flake.nix": "{ }", "flakes/sub/flake.nix": "{ }", "flakes/sub/x.nix": "1"})
	s := project.New(workspace.OS)
	p := s.View(filepath.Join(dir, "a/b.nix"))
	assert.Nil(t, p.Repo())
	assert.False(t, p.InFlake())
	assert.Equal(t, filepath.Join(dir, "a"), p.Root())
	assert.Equal(t, filepath.Join(dir, "flakes"), s.View(filepath.Join(dir, "flakes/sub/x.nix")).Root(), "the outermost flake bounds")
}

func TestReferences(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": "{ outputs = _: { }; }",
		"a.nix": `{ pkgs, ... }: {
  imports = [ ./m.nix (import ./n.nix) ] ++ [ ./dir ];
  x = import ./m.nix { inherit pkgs; };
  y = pkgs.callPackage ./p.nix { };
  z = ./m.nix;
  w = import ./p.nix;
}`,
		"m.nix": "1", "n.nix": "1", "p.nix": "1", "dir/default.nix": "1",
	})
	p := project.New(workspace.OS).View(filepath.Join(dir, "a.nix"))
	kinds := func(name string) (out []project.RefKind) {
		for _, r := range p.Answers().References(filepath.Join(dir, name)) {
			assert.Equal(t, filepath.Join(dir, "a.nix"), r.From)
			out = append(out, r.Kind)
		}
		return out
	}
	assert.Equal(t, []project.RefKind{project.InList, project.ImportWithArgs, project.Other}, kinds("m.nix"))
	assert.Equal(t, []project.RefKind{project.InList}, kinds("n.nix"))
	assert.Equal(t, []project.RefKind{project.CallPackage, project.Import}, kinds("p.nix"))
	assert.Equal(t, []project.RefKind{project.InList}, kinds("dir/default.nix"))
	assert.Empty(t, kinds("a.nix"))
}

// TestGathering compares what a run notes with what is read when nobody has noted it.
func TestNote(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": "{ outputs = _: { }; }",
		"a.nix":     "{ imports = [ ./b ../x/b/default.nix ./c/. b/../c/../b ]; args = ~/b; no = ./${\"b\"}; }",
		"b/x.nix":   "{ y = import ./. { }; z = nixosSystem { specialArgs = { inherit pkgs; }; }; c = callPackage c { one = 1; }; }",
	})
	target := filepath.Join(dir, "b/default.nix")
	fresh := project.New(workspace.OS).View(target)
	want := fresh.Answers().References(target)
	require.Len(t, want, 3)
	assert.Equal(t, filepath.Join(dir, "b/x.nix"), want[2].From)
	assert.True(t, fresh.Answers().SpecialArg("pkgs"))
	assert.True(t, fresh.Answers().MayPass(target, "one"))

	s := project.New(workspace.OS)
	s.Want(project.Everything)
	for _, name := range []string{"a.nix", "b/x.nix"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		note(s, filepath.Join(dir, name), string(text))
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o666))
	}
	p := s.View(target)
	assert.Equal(t, want, p.Answers().References(target), "without reading the files again")
	assert.True(t, p.Answers().SpecialArg("pkgs"))
	assert.True(t, p.Answers().MayPass(target, "one"))
	assert.False(t, p.Answers().MayPass(target, "two"))
	assert.False(t, p.Answers().SpecialArg("lib"))
}

// note parses a text for a snapshot, as a run does.
func note(s *project.Snapshot, path, text string) {
	tree := parser.Parse(text)
	s.Note(path, tree, func() *module.File { return module.AnalyzeFile(tree, sema.Resolve(tree)) })
}

// TestWant holds that answers do not depend on what was wanted when files were noted, nor when: what was not is read again,
// in later snapshots, too.
func TestWant(t *testing.T) {
	files := map[string]string{
		"flake.nix": "{ outputs = _: import ./a.nix; }", "a.nix": "{ lib }: { lib = lib.extend ./b.nix; specialArgs = { x = 1; }; }", "b.nix": "final: prev: { f = 1; }",
	}
	dir := testenv.Tree(t, files)
	path := filepath.Join(dir, "b.nix")
	type answers struct {
		refs       int
		reach      project.Reach
		extends, x bool
		overlays   int
	}
	ask := func(s *project.Snapshot) answers {
		a := s.View(path).Answers()
		return answers{len(a.References(path)), a.Reach(path), a.ExtendsLib(), a.SpecialArg("x"), a.OverlaysWith("f")}
	}
	want := ask(project.New(workspace.OS))
	require.Equal(t, answers{1, project.MaybeReached, true, true, 1}, want)
	for _, wanted := range []project.Facts{0, project.ForReferences, project.ForReach | project.ForExtendsLib, project.Everything} {
		for _, before := range []bool{false, true} { // whether something was asked before more was wanted
			s := project.New(workspace.OS)
			s.Want(wanted)
			for name, text := range files {
				note(s, filepath.Join(dir, name), text)
			}
			if before {
				s.View(path).Answers().References(path)
			}
			s.Want(project.ForSpecialArg)
			assert.Equal(t, want, ask(s), "%b", wanted)

			overlay := workspace.NewOverlay(workspace.OS)
			changed := filepath.Join(dir, "a.nix")
			overlay.Set(changed, []byte("{ specialArgs = { y = 1; }; }"))
			next := s.Next(project.Change{FS: overlay, Files: []string{changed}})
			assert.Equal(t, answers{0, project.Unreached, false, false, 1}, ask(next), "%b", wanted)
			assert.Equal(t, want, ask(next.Next(project.Change{FS: workspace.OS, Files: []string{changed}})), "%b", wanted)
		}
	}
}

// TestAnswersFrom holds that a rule is not answered from facts that it does not say it asks for.
func TestAnswersFrom(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "1"})
	path := filepath.Join(dir, "a.nix")
	a := project.New(workspace.OS).View(path).AnswersFrom(project.ForSpecialArg)
	assert.False(t, a.SpecialArg("x"))
	assert.Empty(t, a.References(path))
	assert.Panics(t, func() { a.ExtendsLib() })
}

func TestSpecialArgs(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": "{ outputs = _: { }; }",
		"a.nix":     "let more = { one = 1; }; in f { specialArgs = more // { inherit two; }; extraSpecialArgs.three = 3; }",
		"b.nix":     "import ./eval-config.nix { extraArgs = { inherit four; }; }",
		"c.nix": "[ (import <nixpkgs/nixos/lib/eval-config.nix> { extraArgs = { five = 5; }; })\n" +
			"(import (nixpkgs + \"/nixos/lib/eval-config.nix\") { extraArgs.six = 6; }) (lib.nixosSystem { extraArgs = { seven = 7; }; }) ]",
	})
	p := project.New(workspace.OS).View(filepath.Join(dir, "a.nix"))
	for _, name := range []string{"one", "two", "three", "four"} {
		assert.True(t, p.Answers().SpecialArg(name), name)
	}
	for _, name := range []string{"more", "five", "six", "seven", "extraArgs"} {
		assert.False(t, p.Answers().SpecialArg(name), name)
	}
}

func TestResolve(t *testing.T) {
	for text, want := range map[string]string{
		"./a": "/d/a", "../a/./b": "/a/b", "a/b": "/d/a/b", "/x/../y": "/y", "~/a": "", "./a/${\"b\"}": "",
	} {
		n := parser.Parse(text).Expr()
		require.True(t, n.Is(ast.Path), text)
		got, ok := project.Resolve("/d/f.nix", n)
		assert.Equal(t, want, filepath.ToSlash(got), text)
		assert.Equal(t, want != "", ok)
	}
}

func TestGenerated(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": "{ }", ".gitattributes": "*.gen.nix linguist-generated\nsub/** linguist-generated=true\nsub/mine.nix -linguist-generated\n",
		"a.gen.nix": "1", "sub/x.nix": "1", "sub/mine.nix": "1", "b.nix": "1",
	})
	s := project.New(workspace.OS)
	for name, want := range map[string]bool{"a.gen.nix": true, "sub/x.nix": true, "sub/mine.nix": false, "b.nix": false} {
		path := filepath.Join(dir, name)
		assert.Equal(t, want, s.View(path).Generated(path, parser.Parse("1")), name)
	}
	path := filepath.Join(dir, "b.nix")
	for text, want := range map[string]bool{
		"# This file was generated by node2nix 1.9. Do not edit!\n1": true, "/* @generated */ 1": true, "# Do not modify this file!\n1": true,
		"# autogenerated\n{ }": true, "# How passwords are generated.\n1": false, "1 # @generated\n": false, "# edit me\n1": false,
		"# Automatically generated from Cargo.lock\n1": true, "/* Nix expressions\n * generated with cabal2nix */ 1": true, "# This is a generated file.\n1": true,
		"# Package set generated by a tool\n1": true, "# Patches generated by a forge change from day to day.\n1": false,
		"# Each case compares the generated file with what is expected.\n1": false, "# The keys are generated by another module.\n1": false,
	} {
		assert.Equal(t, want, s.View(path).Generated(path, parser.Parse(text)), text)
	}
}

func TestRunByCI(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": "{ }", ".github/workflows/b.yml": "on: push\njobs:\n  b:\n    runs-on: x\n    steps:\n      - run: ./scripts/build.sh\n      - run: make -C sub check\n",
		"sub/Makefile": "all:\n\techo\ncheck: more\n\techo\nmore:\n\t../scripts/made.sh\n", "scripts/made.sh": "true\n",
		"scripts/build.sh": "#!/bin/sh\nbash scripts/inner.sh\n", "scripts/inner.sh": "true\n", "scripts/mine.sh": "true\n", "ci/x.sh": "true\n",
	})
	s := project.New(workspace.OS)
	for name, want := range map[string]bool{"scripts/build.sh": true, "scripts/inner.sh": true, "scripts/mine.sh": false, "ci/x.sh": true} {
		path := filepath.Join(dir, name)
		assert.Equal(t, want, s.View(path).RunByCI(path, ""), name)
	}
	for name, want := range map[string]bool{"all": false, "check": true, "more": true} {
		path := filepath.Join(dir, "sub/Makefile")
		assert.Equal(t, want, s.View(path).RunByCI(path, name), name)
	}
}

func TestAside(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"flake.nix": "{ }", "examples/mine/nixsift.toml": "", "examples/mine/a.nix": "1", "examples/b.nix": "1"})
	s := project.New(workspace.OS)
	for name, want := range map[string][2]bool{ // Sample, Aside
		"examples/b.nix": {true, true}, "examples/mine/a.nix": {false, false}, "examples/mine/tests/x.nix": {true, true},
		"hosts/a.nix": {false, false}, "dev/shell.nix": {false, true}, "vm-tests/a.nix": {true, true}, "ci/x.nix": {false, true},
		"modules/flake-template.nix": {true, true}, "modules/test.nix": {true, true}, "latest/a.nix": {false, false}, "flake.nix": {false, false},
	} {
		path := filepath.Join(dir, name)
		p := s.View(path)
		assert.Equal(t, want, [2]bool{p.Answers().Sample(path), p.InAside(path)}, name)
	}
	assert.True(t, project.AsidePath("a/tests/b"))
}

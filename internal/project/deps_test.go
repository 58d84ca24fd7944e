package project_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/comes"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// recorded is a project whose files ask about each other.
func recorded(t testing.TB) (dir string, overlay *workspace.Overlay, s *project.Snapshot) {
	dir = testenv.Tree(t, map[string]string{
		"flake.nix": "{ outputs = _: { }; }", "a.nix": "{ callPackage }: callPackage ./b.nix { x = 1; }", "b.nix": "{ x, y }: x",
		"host.nix": "{ specialArgs = { inherit tools; }; }", "tests/t.nix": "1",
	})
	overlay = workspace.NewOverlay(workspace.OS)
	return dir, overlay, project.NewLive(overlay)
}

// TestDeps holds that findings which hang on answers outlive what does not change those, and nothing else.
func TestDeps(t *testing.T) {
	one, two := module.Value{Kinds: eval.Int, Literal: "1", Exact: true}, module.Value{Kinds: eval.Int, Literal: "2", Exact: true}
	ask := map[string]func(dir string, a *project.Answers){
		"references":  func(dir string, a *project.Answers) { a.References(filepath.Join(dir, "b.nix")) },
		"may pass":    func(dir string, a *project.Answers) { a.MayPass(filepath.Join(dir, "b.nix"), "y") },
		"special arg": func(_ string, a *project.Answers) { a.SpecialArg("tools") },
		"module arg":  func(_ string, a *project.Answers) { a.ModuleArg("tools") },
		"given":       func(dir string, a *project.Answers) { a.Given(filepath.Join(dir, "b.nix"), []string{"z"}) },
		"sample":      func(dir string, a *project.Answers) { a.Sample(filepath.Join(dir, "tests/t.nix")) },
		"file":        func(dir string, a *project.Answers) { a.File(filepath.Join(dir, "host.nix")) },
		"overlays":    func(_ string, a *project.Answers) { a.OverlaysWith("o") },
		"builder":     func(_ string, a *project.Answers) { a.DefinesBuilder("writeText") },
		"callPackage": func(_ string, a *project.Answers) { a.DefinesCallPackage() },
		"imported":    func(dir string, a *project.Answers) { a.Imported(filepath.Join(dir, "b.nix")) },
		"reach":       func(dir string, a *project.Answers) { a.Reach(filepath.Join(dir, "b.nix")) },
		"attribute":   func(dir string, a *project.Answers) { a.ReachAttr(filepath.Join(dir, "b.nix"), "q") },
		"golden":      func(dir string, a *project.Answers) { a.Golden(filepath.Join(dir, "tests/t.nix")) },
		"reach under": func(dir string, a *project.Answers) {
			a.ReachUnder(filepath.Join(dir, "b.nix"), "", []comes.Guard{{Formal: "x", Is: comes.True}})
		},
		"leaving":      func(dir string, a *project.Answers) { a.Leaving(filepath.Join(dir, "b.nix"), "y") },
		"flake":        func(_ string, a *project.Answers) { a.Flake() },
		"extends lib":  func(_ string, a *project.Answers) { a.ExtendsLib() },
		"keyless":      func(_ string, a *project.Answers) { a.JobsWithoutKey("all", func(*shell.Command) bool { return true }) },
		"outputs":      func(dir string, a *project.Answers) { a.Outputs(dir) },
		"attributes":   func(dir string, a *project.Answers) { a.FileOutputs(filepath.Join(dir, "host.nix")) },
		"rebound":      func(_ string, a *project.Answers) { a.Rebound("inputs") },
		"handed":       func(dir string, a *project.Answers) { a.Handed(filepath.Join(dir, "b.nix"), "y") },
		"flakes":       func(_ string, a *project.Answers) { a.Flakes() },
		"image":        func(_ string, a *project.Answers) { a.MayProvideImage("docker.io/own", "1") },
		"option":       func(_ string, a *project.Answers) { a.Option([]string{"my", "port"}) },
		"disagree":     func(_ string, a *project.Answers) { a.Disagree([]string{"my", "port"}, module.PlainPriority, one, two) },
		"clashes":      func(dir string, a *project.Answers) { a.Clashes(filepath.Join(dir, "b.nix")) },
		"cycle":        func(dir string, a *project.Answers) { a.Cycle(filepath.Join(dir, "a.nix")) },
		"use":          func(_ string, a *project.Answers) { a.UseOfOption([]string{"my", "port"}) },
		"installs":     func(_ string, a *project.Answers) { a.Installs("fzf") },
		"nothing":      func(string, *project.Answers) {},
		"replaces lib": func(_ string, a *project.Answers) { a.ReplacesLib() },
		"hosts":        func(dir string, a *project.Answers) { a.HostsOf(filepath.Join(dir, "b.nix")) },
		"passed to": func(dir string, a *project.Answers) {
			a.PassedTo(filepath.Join(dir, "host.nix"), []string{"my", "password"}, false)
		},
		"image of":     func(dir string, a *project.Answers) { a.ImageOf(filepath.Join(dir, "b.nix")) },
		"any option":   func(_ string, a *project.Answers) { a.AnyOption() },
		"any image of": func(dir string, a *project.Answers) { a.AnyImageOf(filepath.Join(dir, "a.nix")) },
		"made paths":   func(dir string, a *project.Answers) { a.MadePaths(filepath.Join(dir, "flake.nix")) },
		"failing": func(dir string, a *project.Answers) {
			a.FailingOutput(dir, []eval.Spot{{Reason: eval.MissingAttr, File: filepath.Join(dir, "flake.nix"), Start: 25, End: 30}}, eval.Passage{})
		},
		"filter": func(dir string, a *project.Answers) { a.Filter(filepath.Join(dir, "b.nix")) },
	}
	for _, c := range []struct {
		file, text string
		lost       []string // the questions that have another answer then
	}{
		{"a.nix", "# moved\n{ callPackage }:\ncallPackage ./b.nix { x = 1; }", nil},
		{"a.nix", "{ callPackage }: callPackage ./b.nix { x = 1; y = 2; }", []string{"references"}},
		{"a.nix", "{ callPackage }: callPackage (f ./b.nix) { y = 2; }", []string{"references", "may pass"}},
		{"a.nix", "self: super: { o = 1; }", []string{"references", "overlays"}},
		{"a.nix", "self: super: { p = 1; q.o = 2; }", []string{"references"}},
		{"a.nix", "{ callPackage = path: args: import path args; }", []string{"references", "callPackage"}},
		{"a.nix", "import ./tests/t.nix", []string{"references", "sample"}},
		{"host.nix", "{ specialArgs = { inherit tools; more = 1; }; }", []string{"file"}},
		{"host.nix", "{ specialArgs = { }; }", []string{"file", "special arg", "module arg", "attributes"}},
		{"host.nix", "builtins.scopedImport { z = 1; } ./b.nix", []string{"file", "special arg", "module arg", "given", "references"}},
		{"flake.nix", "{ outputs = _: { }; } ", []string{"flake"}},
		{"flake.nix", "{ outputs = _: import ./a.nix; }", []string{"flake", "reach", "reach under", "attribute", "outputs"}},
		{"flake.nix", "{ outputs = _: (import ./b.nix { x = 1; y = 1; }).q; }", []string{"flake", "reach", "reach under", "attribute", "references", "outputs", "handed"}},
		{"flake.nix", "{ outputs = _: (import ./b.nix { x = 1; y = 1; }).p; }", []string{"flake", "reach", "reach under", "references", "outputs", "handed"}},
		{"flake.nix", "{ outputs = _: import ./b.nix { x = 1; }; }", []string{"flake", "reach", "reach under", "attribute", "leaving", "references", "outputs"}},
		{"flake.nix", "{ outputs = _: import ./b.nix { x = false; y = 1; }; }", []string{"flake", "reach", "attribute", "references", "outputs", "handed"}},
		{"flake.nix", "{ outputs = _: import ./b.nix { y = 1; }; }", []string{"flake", "reach", "reach under", "attribute", "references", "outputs", "handed"}},
		{"a.nix", "{ callPackage, lib }: callPackage ./b.nix { x = 1; y = lib.id; }", []string{"references"}},
		{"a.nix", "{ callPackage, lib }: callPackage ./b.nix { x = lib.extend (f: p: { }); }", []string{"references", "extends lib"}},
		{"a.nix", "{ callPackage, lib }: callPackage ./b.nix { x = final: prev: { inherit (prev) lib; y.lib = final.lib; }; }", []string{"references"}},
		{"flake.nix", "{ outputs = _: { lib = { f = 1; }; }; }", []string{"flake", "outputs"}},
		{"flake.nix", "{ outputs = { lib, ... }: { lib.f = 1; x = g { lib = { f = 1; }; }; }; }", []string{"flake", "extends lib", "outputs"}},
		{"host.nix", "{ specialArgs = { inherit tools; inputs = f inputs; }; }", []string{"file", "rebound"}},
		{"a.nix", "{ callPackage, t }: callPackage ./b.nix { x = 1; y = t.buildImage { name = \"own\"; tag = \"2\"; }; }", []string{"references"}},
		{"a.nix", "{ callPackage, t }: callPackage ./b.nix { x = 1; y = t.buildImage { name = \"own\"; tag = \"1\"; }; }", []string{"references", "image"}},
		{"host.nix", "{ specialArgs = { inherit tools; }; environment.systemPackages = [ pkgs.fzf ]; }", []string{"file", "installs"}},
		{".gitlab-ci.yml", "build:\n  script: nix build", []string{"keyless"}},
		{".gitlab-ci.yml", "build:\n  script: ssh-add k; nix build", nil},
		{"b.nix", "1", []string{"imported"}},
		{"a.nix", "{ lib, ... }: { options.my.port = lib.mkOption { }; }", []string{"references", "option"}},
		{"a.nix", "{ lib, ... }: { options.my.port = lib.mkOption { type = lib.types.int; }; }", []string{"references", "option", "disagree"}},
		{"a.nix", "{ lib, ... }: { my.prt = 1; }", []string{"references"}},
		{"a.nix", "{ lib, ... }: { imports = [ ./a.nix ]; }", []string{"references", "cycle"}},
		{
			"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ./${\"a\"}.nix ]; }; }; }",
			[]string{"flake", "hosts", "made paths", "outputs", "reach", "reach under", "attribute", "references"},
		},
		{
			"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./b.nix { isoImage.x = 1; } ]; }; }; }",
			[]string{"flake", "hosts", "image of", "outputs", "reach", "reach under", "attribute", "references"},
		},
		{
			"a.nix", "{ config, lib, ... }: { imports = [ ./host.nix ]; options.my.password = lib.mkOption { }; config.services.k3s.token = config.my.password; }",
			[]string{"references", "option", "passed to"},
		},
		{"a.nix", "{ ... }: { imports = [ ./b.nix ]; sdImage.x = 1; }", []string{"references", "any image of"}},
		{"flake.nix", "{ outputs = _: { nixosConfigurations = { }; nixosModules = { }; }; }", []string{"flake", "outputs"}},
		{"flake.nix", "{ outputs = _: { lib.x = { }.a; }; }", []string{"flake", "outputs", "failing"}},
		{"b.nix", "{ x, y }: [ x y ]", []string{"imported"}},
	} {
		for name, question := range ask {
			dir, overlay, s := recorded(t)
			path := filepath.Join(dir, "b.nix")
			deps := project.NewDeps()
			question(dir, s.View(path).Recording(deps).Answers())
			require.True(t, deps.Hold(s), name)
			overlay = overlay.Clone()
			changed := filepath.Join(dir, c.file)
			overlay.Set(changed, []byte(c.text))
			next := s.Next(project.Change{FS: overlay, Files: []string{changed}})
			lost := false
			for _, l := range c.lost {
				lost = lost || l == name
			}
			assert.Equal(t, !lost, deps.Hold(next), "%s after %q", name, c.text)
			assert.True(t, deps.Hold(s), "the snapshot before is as it was: %s after %q", name, c.text)
			again := next.Next(project.Change{FS: workspace.NewOverlay(workspace.OS), Disk: true})
			if name != "flake" { // which is read again, and told by its text elsewhere
				assert.True(t, deps.Hold(again), "%s when %q is taken back", name, c.text)
			}
		}
	}
}

// TestNextIsApart holds that what is asked of a snapshot when there is a later one already does not come up in that.
func TestNextIsApart(t *testing.T) {
	dir, overlay, s := recorded(t)
	overlay = overlay.Clone()
	for name, text := range map[string]string{"flake.nix": "{ inputs.x.url = \"github:o/r\"; outputs = _: { }; }", "flake.lock": "{ }"} {
		overlay.Set(filepath.Join(dir, name), []byte(text))
	}
	before := s.Next(project.Change{FS: overlay.Clone(), Disk: true})
	for name, text := range map[string]string{"flake.nix": "{ inputs.y.url = \"github:o/r\"; outputs = _: { }; }", "flake.lock": "{", "b.nix": "{ x, q }: x"} {
		overlay.Set(filepath.Join(dir, name), []byte(text))
	}
	after := before.Next(project.Change{FS: overlay, Files: []string{filepath.Join(dir, "flake.nix"), filepath.Join(dir, "flake.lock"), filepath.Join(dir, "b.nix")}})
	for _, c := range []struct {
		s             *project.Snapshot
		input, formal string
		broken        bool
	}{{before, "x", "y", false}, {after, "y", "q", true}} {
		require.NotNil(t, c.s.Flake(dir))
		assert.NotNil(t, c.s.Flake(dir).Nix.Input(c.input))
		assert.Equal(t, c.broken, c.s.LockFile(dir).Error != nil)
		assert.Contains(t, c.s.ViewOf(dir).File(filepath.Join(dir, "b.nix")).Text(), c.formal)
	}
}

// TestRecordingIsFree holds that a view which does not record allocates nothing for its answers.
func TestRecordingIsFree(t *testing.T) {
	dir, _, s := recorded(t)
	path := filepath.Join(dir, "b.nix")
	v := s.View(path)
	a := v.Answers()
	a.SpecialArg("x")
	v.Flake()
	assert.Zero(t, growth.Allocated(func() {
		a.SpecialArg("tools")
		v.Flake()
		v.Within(path)
		v.Entries(dir)
		v.InFlake()
	}))
}

func BenchmarkView(b *testing.B) {
	dir, _, s := recorded(b)
	path := filepath.Join(dir, "b.nix")
	for name, v := range map[string]*project.View{"plain": s.View(path), "recording": s.View(path).Recording(project.NewDeps())} {
		a := v.Answers()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.SpecialArg("tools")
				v.Entries(dir)
			}
		})
	}
}

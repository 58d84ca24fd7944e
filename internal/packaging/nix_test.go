package packaging

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/version"
)

// eval evaluates an attribute of a flake to JSON.
func (s *scratch) eval(t *testing.T, into any, args ...string) {
	t.Helper()
	out := s.must(t, append([]string{"eval", "--json"}, args...)...)
	require.NoError(t, json.Unmarshal([]byte(out), into), out)
}

// TestFlake evaluates all outputs for all systems, then builds the checks for this one: the package, and this repository
// as nixsift finds it in the sandbox, without .git.
func TestFlake(t *testing.T) {
	s := newScratch(t)
	s.must(t, append([]string{"flake", "check", "--no-build", "--all-systems", s.url("repo")}, s.overrides("nixpkgs")...)...)
	s.must(t, append([]string{"flake", "check", "--print-build-logs", s.url("repo")}, s.overrides("nixpkgs")...)...)
	s.must(t, append([]string{"build", "--no-link", s.url("repo") + "#devShells." + system(t) + ".default"}, s.overrides("nixpkgs")...)...)
	// nix run does the same, but for the folder that the store lies in.
	var program string
	s.eval(t, &program, append([]string{s.url("repo") + "#apps." + system(t) + ".default.program"}, s.overrides("nixpkgs")...)...)
	out, err := exec.Command(filepath.Join(s.dir, "store", program), "--version").Output()
	require.NoError(t, err)
	assert.Contains(t, string(out), version.Number)
}

// TestLock holds the lock file against flake.nix, as Nix does where it may not change it.
func TestLock(t *testing.T) {
	s := newScratch(t)
	var lock struct {
		Locks struct {
			Nodes map[string]struct{ Original, Locked map[string]any }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(s.must(t, "flake", "metadata", "--json", "--no-update-lock-file", s.url("repo"))), &lock))
	node := lock.Locks.Nodes["nixpkgs"]
	assert.Equal(t, map[string]any{"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-unstable"}, node.Original)
	assert.NotEmpty(t, node.Locked["narHash"])
}

// TestPackage reads what the package asks of buildGoModule.
func TestPackage(t *testing.T) {
	s := newScratch(t)
	read := `p: { inherit (p) pname version vendorHash subPackages env ldflags; src = "${p.src}"; main = p.meta.mainProgram; license = p.meta.license.spdxId; }`
	var p struct {
		Pname, Version, VendorHash, Src, Main, License string
		SubPackages, Ldflags                           []string
		Env                                            map[string]any
	}
	s.eval(t, &p, append([]string{s.url("repo") + "#packages." + system(t) + ".default", "--apply", read}, s.overrides("nixpkgs")...)...)
	assert.Equal(t, "nixsift", p.Pname)
	assert.Equal(t, version.Number, p.Version)
	assert.Equal(t, []string{"cmd/nixsift"}, p.SubPackages)
	assert.Equal(t, []string{"-s", "-w"}, p.Ldflags, "there is no commit outside of Git")
	assert.Equal(t, map[string]any{"CGO_ENABLED": 0.0}, p.Env)
	assert.Equal(t, "nixsift MIT", p.Main+" "+p.License)

	// The source has no less than the program needs, and what it imports has the hash that the package names.
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(s.dir, "store", p.Src))))
	assert.NoDirExists(t, filepath.Join(dir, "docs"))
	for _, args := range [][]string{{"build", "-o", filepath.Join(dir, "program"), "./cmd/nixsift"}, {"run", "./scripts/vendorhash", "-root", dir, "-check"}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		if args[0] == "run" {
			cmd.Dir = testenv.Root(t)
			require.NoError(t, os.MkdirAll(filepath.Join(dir, "nix"), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "nix/package.nix"), []byte("{\n  vendorHash = \""+p.VendorHash+"\";\n}\n"), 0o644))
		}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%v: %s", args, out)
	}
}

// TestRevision evaluates the flake in Git: clean, and with changes.
func TestRevision(t *testing.T) {
	s := newScratch(t)
	gittest.Isolate(t)
	root := gittest.Init(t, s.dir, "revision")
	for _, name := range []string{"flake.nix", "flake.lock", "nix", "internal/version"} {
		out, err := exec.Command("cp", "-r", "--", filepath.Join(s.dir, "repo", name), root).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	gittest.Write(t, root, "internal/version/version.go", "package version\n\nconst Number = \"9.8.7\"\n")
	// With another input than the lock file has, Nix takes the tree for one that has changed.
	text := string(must(os.ReadFile(filepath.Join(root, "flake.nix"))))
	require.Contains(t, text, "github:NixOS/nixpkgs/nixos-unstable")
	gittest.Write(t, root, "flake.nix", strings.ReplaceAll(text, "github:NixOS/nixpkgs/nixos-unstable", s.url("nixpkgs")))
	gittest.Run(t, root, "add", "-A")
	s.must(t, "flake", "lock", "git+file://"+root)
	gittest.Run(t, root, "add", "-A")
	gittest.Run(t, root, "commit", "-q", "-m", "a")
	commit := gittest.Run(t, root, "rev-parse", "HEAD")[:12]
	attr := "git+file://" + root + "#packages." + system(t) + ".default"
	for _, dirty := range []string{"", ".dirty"} {
		var flags []string
		s.eval(t, &flags, attr+".ldflags")
		require.Len(t, flags, 3)
		assert.Equal(t, "-X github.com/nixsift/nixsift/internal/version.commit="+commit+dirty, flags[2])
		gittest.Write(t, root, "flake.lock", string(must(os.ReadFile(filepath.Join(root, "flake.lock"))))+"\n")
	}
	var number string
	s.eval(t, &number, attr+".version")
	assert.Equal(t, "9.8.7", number)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestGoOfNixpkgs takes another builder where the Go of nixpkgs is too old, and says so where there is none.
func TestGoOfNixpkgs(t *testing.T) {
	s := newScratch(t)
	eval := func(goVersion, more string) (string, error) {
		cmd := exec.Command(testenv.Nix234(t), "--eval", "--expr", `let
			pkgs = import ./nixpkgs/pkgs.nix { lib = import ./nixpkgs/lib; system = "`+system(t)+`"; go = "`+goVersion+`"; };
			in ((pkgs.extend or pkgs.callPackage) ./repo/nix/package.nix { `+more+` }).pname`)
		cmd.Dir, cmd.Env = s.dir, slices.Concat(s.env, []string{"NIX_REMOTE=dummy://"})
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, good := range []string{"1.26", "1.26.4", "1.27.1", "2.0"} {
		out, err := eval(good, `buildGo126Module = throw "not this one";`)
		assert.NoError(t, err, out)
	}
	out, err := eval("1.25.9", `buildGoModule = throw "not this one"; buildGo126Module = args: args;`)
	assert.NoError(t, err, out)
	out, err = eval("1.25.9", "")
	assert.Error(t, err)
	assert.Contains(t, out, "this nixpkgs has no Go 1.26")
}

const useFlake = `{
  inputs.nixpkgs.url = "nixpkgs";
  inputs.nixsift.url = "nixsift";
  inputs.nixsift.inputs.nixpkgs.follows = "nixpkgs";
  outputs = { self, nixpkgs, nixsift }: let
    inherit (nixpkgs) lib;
    pkgs = nixpkgs.legacyPackages.SYSTEM;
    check = args: nixsift.lib.mkCheck ({ inherit pkgs; } // args);
    install = module: option: settings: (lib.evalModules {
      modules = [
        module
        { options = lib.setAttrByPath option (lib.mkOption { type = lib.types.listOf lib.types.package; default = [ ]; }); }
        { _module.args = { inherit pkgs; }; }
        { programs.nixsift = settings; }
      ];
    }).config;
    names = map (p: p.name);
    system = settings: names (install nixsift.nixosModules.default [ "environment" "systemPackages" ] settings).environment.systemPackages;
    home = settings: names (install nixsift.homeModules.default [ "home" "packages" ] settings).home.packages;
  in {
    clean = check { src = ./clean; };
    whole = check { src = self; args = [ "--exclude" "faulty" ]; };
    faulty = check { src = ./faulty; };
    tolerant = check { src = ./faulty; args = [ "--ignore" "missing-path" ]; };
    quoted = check { src = ./faulty; args = [ "it's $HOME.nix" ]; name = "quoted"; };
    part = check { src = ./clean + "/sub"; };
    other = check { src = ./clean; package = pkgs.runCommand "other" { } "mkdir -p $out/bin; echo 'echo other >&2; exit 7' > $out/bin/nixsift; chmod +x $out/bin/nixsift"; };
    modules = {
      off = [ (system { }) (home { }) ];
      on = [ (system { enable = true; }) (home { enable = true; }) ];
      own = [ (system { enable = true; package = pkgs.go; }) (home { enable = true; package = pkgs.go; }) ];
      darwin = names (install nixsift.darwinModules.default [ "environment" "systemPackages" ] { enable = true; }).environment.systemPackages;
      overlay = (nixsift.overlays.default pkgs pkgs).nixsift.name;
    };
  };
}
`

// TestMkCheck builds checks for real: in the sandbox, where there is no repository and no home.
func TestMkCheck(t *testing.T) {
	s := newScratch(t)
	s.write(t, "use", map[string]string{
		"flake.nix":               strings.ReplaceAll(useFlake, "SYSTEM", system(t)),
		"nixsift.toml":            "exclude = [\"flake.nix\"]\n",
		"clean/.gitignore":        "ignored.nix\n",
		"clean/flake.nix":         "{ outputs = { self }: { a = import ./a.nix; b = import ./ignored.nix; }; }\n",
		"clean/flake.lock":        "{\"nodes\":{\"root\":{}},\"root\":\"root\",\"version\":7}\n",
		"clean/a.nix":             "[ ./sub/b.nix ]\n",
		"clean/ignored.nix":       "1\n",
		"clean/sub/b.nix":         "[ ../a.nix ]\n",
		"faulty/a.nix":            "[ ./gone.nix ]\n",
		"faulty/it's $HOME.nix":   "1\n",
		"faulty/nixsift.toml":     "[rules]\nmissing-path = \"error\"\n",
		"faulty/sub/nixsift.toml": "",
	})
	build := func(attr string) (string, error) {
		_, errs, err := s.run(append([]string{"build", "--no-link", "--print-build-logs", s.url("use") + "#" + attr}, s.overrides("nixpkgs", "nixsift")...)...)
		return errs, err
	}
	for _, attr := range []string{"clean", "whole", "tolerant", "quoted", "part"} {
		errs, err := build(attr)
		assert.NoError(t, err, "%s: %s", attr, errs)
		assert.Contains(t, errs, "no findings in", attr)
		assert.NotContains(t, errs, "warning: nixsift", attr)
	}
	errs, err := build("faulty")
	assert.Error(t, err)
	assert.Contains(t, errs, "error[missing-path]: `gone.nix` does not exist")
	assert.Contains(t, errs, "--> a.nix:1:3")
	errs, err = build("other")
	assert.Error(t, err)
	assert.Contains(t, errs, "nixsift> other")
}

// TestModules evaluates the modules for NixOS, nix-darwin and home-manager with the real module system.
func TestModules(t *testing.T) {
	s := newScratch(t)
	s.write(t, "use-modules", map[string]string{"flake.nix": strings.ReplaceAll(useFlake, "SYSTEM", system(t))})
	var got struct {
		Off, On, Own [][]string
		Darwin       []string
		Overlay      string
	}
	s.eval(t, &got, append([]string{s.url("use-modules") + "#modules"}, s.overrides("nixpkgs", "nixsift")...)...)
	name := "nixsift-" + version.Number
	assert.Equal(t, [][]string{{}, {}}, got.Off)
	assert.Equal(t, [][]string{{name}, {name}}, got.On)
	assert.Equal(t, [][]string{{"go-1.26.4"}, {"go-1.26.4"}}, got.Own)
	assert.Equal(t, []string{name}, got.Darwin)
	assert.Equal(t, name, got.Overlay)
}

// TestTemplates checks flakes that are made from the templates, clean and with a fault.
func TestTemplates(t *testing.T) {
	s := newScratch(t)
	for template, inputs := range map[string][]string{"default": {"nixpkgs", "nixsift"}, "flake-parts": {"nixpkgs", "nixsift", "flake-parts"}} {
		dir := "from-" + template
		require.NoError(t, os.MkdirAll(filepath.Join(s.dir, dir), 0o755))
		cmd := exec.Command(s.nix, "--offline", "--store", filepath.Join(s.dir, "store"), "flake", "init", "-t", s.url("repo")+"#"+template)
		cmd.Dir, cmd.Env = filepath.Join(s.dir, dir), s.env
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		check := func() (string, error) {
			_, errs, err := s.run(append([]string{"flake", "check", "--print-build-logs", s.url(dir)}, s.overrides(inputs...)...)...)
			return errs, err
		}
		errs, err := check()
		assert.NoError(t, err, "%s: %s", template, errs)
		assert.Contains(t, errs, " in 1 file", template)
		s.write(t, dir, map[string]string{"a.nix": "import ./gone.nix\n"})
		errs, err = check()
		assert.Error(t, err, template)
		assert.Contains(t, errs, "`gone.nix` does not exist", template)
	}
}

// TestFlakeParts sets the options of the module for flake-parts.
func TestFlakeParts(t *testing.T) {
	s := newScratch(t)
	text := string(must(os.ReadFile(filepath.Join(s.dir, "repo/nix/templates/flake-parts/flake.nix"))))
	require.Contains(t, text, "perSystem.nixsift.enable = true;")
	for settings, want := range map[string]map[string]string{
		"enable = false;":                        {},
		"enable = true;":                         {"nixsift": "nixsift"},
		`enable = true; checkName = "lint nix";`: nil, // no name of a derivation
		`enable = true; checkName = "lint"; args = [ "--quiet" ]; src = ./sub;`: {"lint": "lint"},
		`enable = true; arg = [ ];`: nil,
	} {
		s.write(t, "parts", map[string]string{"sub/a.nix": "1\n",
			"flake.nix": strings.ReplaceAll(text, "perSystem.nixsift.enable = true;", "perSystem.nixsift = { "+settings+" };")})
		args := append([]string{"eval", "--json", s.url("parts") + "#checks." + system(t), "--apply", "builtins.mapAttrs (_: c: builtins.seq c.drvPath c.name)"},
			s.overrides("nixpkgs", "nixsift", "flake-parts")...)
		out, errs, err := s.run(args...)
		if want == nil {
			assert.Error(t, err, settings)
			continue
		}
		require.NoError(t, err, "%s: %s", settings, errs)
		var got map[string]string
		require.NoError(t, json.Unmarshal([]byte(out), &got))
		assert.Equal(t, want, got, settings)
	}
}

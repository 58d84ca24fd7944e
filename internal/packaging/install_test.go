package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/version"
	"github.com/nixsift/nixsift/parser"
)

// blocks returns the fenced blocks of a language of docs/install.md.
func blocks(t *testing.T, language string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testenv.Root(t), "docs/install.md"))
	require.NoError(t, err)
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	require.NotEmpty(t, all)
	return all
}

// TestInstallNix checks the Nix of the page with nixsift itself, evaluates the flakes as they stand, and the modules with
// what their text before says of them.
func TestInstallNix(t *testing.T) {
	s := newScratch(t)
	nixsift := program(t)
	name := "nixsift-" + version.Number
	modules := 0
	for _, block := range blocks(t, "nix") {
		assert.Empty(t, parser.Parse(block).Errors(), block)
		s.write(t, "page", map[string]string{"a.nix": block, "nixsift/.keep": ""})
		out, err := exec.Command(nixsift, "check", filepath.Join(s.dir, "page/a.nix")).CombinedOutput()
		assert.NoError(t, err, "%s%s", block, out)
		if strings.Contains(block, "outputs =") {
			dir := "page-flake"
			inputs := []string{"nixpkgs", "nixsift"}
			if strings.Contains(block, "flake-parts") {
				inputs = append(inputs, "flake-parts")
			}
			s.write(t, dir, map[string]string{"flake.nix": strings.ReplaceAll(block, `"x86_64-linux"`, `"`+system(t)+`"`)})
			_, errs, err := s.run(append([]string{"flake", "check", "--print-build-logs", s.url(dir)}, s.overrides(inputs...)...)...)
			assert.NoError(t, err, "%s%s", block, errs)
			continue
		}
		modules++
		s.write(t, "page-module", map[string]string{"module.nix": strings.ReplaceAll(block, "./nixsift;", "../repo;"), "flake.nix": `{
			inputs.nixpkgs.url = "nixpkgs";
			inputs.nixsift.url = "nixsift";
			inputs.nixsift.inputs.nixpkgs.follows = "nixpkgs";
			outputs = { nixpkgs, nixsift, ... }@inputs: let
				inherit (nixpkgs) lib;
				base = nixpkgs.legacyPackages.` + system(t) + `;
				packages = lib.mkOption { type = lib.types.listOf lib.types.package; default = [ ]; };
				c = (lib.evalModules {
					specialArgs = { inherit inputs; };
					modules = [ ./module.nix ({ config, ... }: {
						options = { environment.systemPackages = packages; home.packages = packages; nixpkgs.overlays = lib.mkOption { default = [ ]; }; };
						config._module.args.pkgs = base // lib.foldr (o: all: all // o (base // all) base) { } config.nixpkgs.overlays;
					}) ];
				}).config;
			in { names = map (p: p.name) (c.environment.systemPackages ++ c.home.packages); };
		}`})
		var names []string
		if strings.Contains(block, "./nixsift;") {
			// The checkout is beside the flake, which sees only itself: without flakes it is there.
			cmd := exec.Command(testenv.Nix234(t), "--eval", "--strict", "--expr", `let pkgs = import ./nixpkgs/pkgs.nix { lib = import ./nixpkgs/lib; system = "`+system(t)+`"; };
				in (builtins.head (import ./page-module/module.nix { inherit pkgs; }).environment.systemPackages).pname`)
			cmd.Dir, cmd.Env = s.dir, slices.Concat(s.env, []string{"NIX_REMOTE=dummy://"})
			out, err := cmd.CombinedOutput()
			assert.NoError(t, err, string(out))
			assert.Contains(t, string(out), `"nixsift"`)
			continue
		}
		s.eval(t, &names, append([]string{s.url("page-module") + "#names"}, s.overrides("nixpkgs", "nixsift")...)...)
		assert.Equal(t, []string{name}, names, block)
	}
	assert.Equal(t, 4, modules)
}

// TestInstallShell parses the commands of the page and runs those that need neither a network nor another system: completions,
// the build from vendored modules, the vendor hash. What others fetch has the names that the page says (TestReleases,
// TestDockerfile).
func TestInstallShell(t *testing.T) {
	root := testenv.Root(t)
	nixsift := program(t)
	ran := 0
	for _, block := range blocks(t, "sh") {
		file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(block), "")
		require.NoError(t, err, block)
		require.NotEmpty(t, file.Stmts)
		dir := root
		switch {
		case strings.HasPrefix(block, "nixsift completion"), strings.HasPrefix(block, "go run ./scripts/vendorhash\n"):
		case strings.HasPrefix(block, "go mod vendor"):
			dir = t.TempDir()
			require.NoError(t, copyRepository(root, dir))
		default:
			assert.Regexp(t, `github\.com[:/]nixsift/nixsift|github:nixsift/nixsift|docker build|goModules`, block)
			continue
		}
		ran++
		before := must(os.ReadFile(filepath.Join(root, "nix/package.nix")))
		cmd := exec.Command("/bin/sh", "-euc", block)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+filepath.Dir(nixsift)+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, "%s%s", block, out)
		assert.Equal(t, before, must(os.ReadFile(filepath.Join(root, "nix/package.nix"))), "the hash is right already")
	}
	assert.Equal(t, 3, ran)
}

package ci

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestLookups compares where a name is looked for with Nix: what surely is missing, nix eval does not find, and the other way round.
func TestLookups(t *testing.T) {
	const system = "x86_64-linux"
	dir := testenv.Tree(t, map[string]string{"flake.nix": `{
  outputs = { self }: {
    packages.` + system + ` = { a = "a"; "d.e" = "de"; default = "default"; };
    legacyPackages.` + system + ` = { b.c = "bc"; };
    devShells.` + system + `.s = "s";
    lib.x = "x";
    nixosConfigurations.h.config = "h";
  };
}`})
	nix := testenv.NewNix(t)
	outputs := project.New(workspace.OS).ViewOf(dir).Outputs(dir)
	for _, name := range []string{
		"a", "d", `"d.e"`, "b", "b.c", "e.f", "s", "devShells." + system + ".s", "devShells." + system + ".t", "lib.x", "lib.y", "x", ".lib.x", ".a",
		"nixosConfigurations.h", "nixosConfigurations.i", "packages." + system + ".a", "packages.aarch64-linux.a", "default", "",
	} {
		names := outputNames(strings.TrimPrefix(name, "."))
		missing := true
		paths := defaultPackage
		if name != "" {
			paths = nil
			for _, prefix := range packagesFirst {
				if len(prefix) == 0 || !strings.HasPrefix(name, ".") {
					paths = append(paths, slices.Concat(prefix, names))
				}
			}
		}
		for _, path := range paths {
			_, _, none := outputs.Missing(path)
			missing = missing && none
		}
		out, err := nix.Run(dir, "eval", "--json", "--system", system, "path:"+filepath.ToSlash(dir)+"#"+name)
		assert.Equal(t, missing, err != nil, "%s: %s", name, out)
		if missing {
			assert.Contains(t, out, "does not provide attribute", name)
		}
	}
}

// TestFileLookups compares which attributes of a file are missing with Nix.
func TestFileLookups(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"default.nix": `{ x ? 1, y ? x }: rec { a = "a"; b = { c = y; "d.e" = 2; }; f = { z ? 1 }: { g = z; }; }`})
	nix := testenv.NewNix(t)
	outputs := []*project.Outputs{project.New(workspace.OS).ViewOf(dir).FileOutputs(filepath.Join(dir, "default.nix"))}
	for _, name := range []string{"a", "c", "b", "b.c", "b.d", `b."d.e"`, "b.f", "f.g", "x"} {
		names := outputNames(name)
		m := missing("", outputs, attribute{[][]string{names}, len(names)})
		out, err := nix.Run(dir, "eval", "--json", "--file", filepath.Join(dir, "default.nix"), name)
		assert.Equal(t, m != nil, err != nil, "%s: %s", name, out)
	}
}

package packaging

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// program builds nixsift.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nixsift")
	build := exec.Command("go", "build", "-o", path, "./cmd/nixsift")
	build.Dir = testenv.Root(t)
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// TestOwnFiles checks the Nix, CI and shell files of this repository with every rule but those about an order and about
// quotes: here, the order of bindings says what belongs together.
func TestOwnFiles(t *testing.T) {
	cmd := exec.Command(program(t), "check", "--preset", "all", "--ignore", "unsorted-args,unsorted-bindings,unquoted-splice", "--exclude", "corpus/**")
	cmd.Dir = testenv.Root(t)
	out, err := cmd.CombinedOutput()
	assert.NoError(t, err, string(out))
	assert.Contains(t, string(out), "no findings in")
}

// TestStoreSaysWhatGitSays checks a project in Git, and what Nix copies of it, without Git: what is not tracked is
// missing there, of which the rules that ask Git say more. Else the findings are the same.
func TestStoreSaysWhatGitSays(t *testing.T) {
	nixsift := program(t) // with the cache of the real home
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root,
		".gitignore", "secret.nix\n",
		"flakes/a/flake.nix", "{ inputs.b.url = \"path:../b\"; inputs.out.url = \"path:../../../out\"; outputs = { self, b, out }: { x = import ../../lib/x.nix; y = ../../../beside.nix; }; }\n",
		"flakes/b/flake.nix", "{ outputs = { self }: { }; }\n",
		"lib/x.nix", "{ a, b }: [ a ./gone.nix ./deep/y.nix ]\n",
		"lib/deep/y.nix", "(import ../x.nix) { a = 1; c = 2; }\n",
		"lib/tests/z.nix", "[ ./absent.nix ]\n",
		"secret.nix", "1\n", "untracked.nix", "1\n",
		"default.nix", "[ ./secret.nix ./untracked.nix (import ./lib/x.nix { a = 1; b = 2; }) ]\n")
	gittest.Run(t, root, "add", "--", ".", ":!untracked.nix")
	store := filepath.Join(gittest.Real(t, t.TempDir()), "nix/store", strings.Repeat("a", 32)+"-source")
	for name := range strings.SplitSeq(gittest.Run(t, root, "ls-files"), "\n") {
		gittest.Write(t, store, name, string(must(exec.Command("cat", filepath.Join(root, name)).Output())))
	}
	check := func(dir string) []string {
		cmd := exec.Command(nixsift, "check", "--exit-zero", "--preset", "all", "--format", "short")
		cmd.Dir, cmd.Env = dir, []string{"HOME=/homeless-shelter"}
		out, err := cmd.Output()
		require.NoError(t, err)
		return strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	inGit, inStore := check(root), check(store)
	only := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(line string) bool { return slices.Contains(b, line) })
	}
	assert.Equal(t, []string{
		"default.nix:1:3: hint: `secret.nix` does not exist [missing-path]",
		"default.nix:1:16: warning: `untracked.nix` does not exist [missing-path]",
		"flakes/a/flake.nix:1:48: warning: input `out` names `../../../out`, which is outside the source tree in the Nix store [flake-input-path-escape]",
		"flakes/a/flake.nix:1:131: warning: `../../../beside.nix` lies outside of the flake, which is all that Nix copies: reading it fails [path-escapes-repository]",
	}, only(inStore, inGit))
	assert.Equal(t, []string{
		"flakes/a/flake.nix:1:48: error: input `out` names `../../../out`, which is outside the flake's Git repository [flake-input-path-escape]",
		"flakes/a/flake.nix:1:131: warning: `../../../beside.nix` lies outside of the repository, which is all that Nix copies: reading it fails [path-escapes-repository]",
	}, only(inGit, inStore))
	assert.Greater(t, len(inGit), 1, "there is something that both say")
}

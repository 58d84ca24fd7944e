package corpus

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/testenv"
)

// copyFixed copies a folder with all safe fixes applied and returns the copy and the files that differ, relative to it.
// Files named in keep stay as they are.
func copyFixed(t *testing.T, from string, keep ...string) (to string, changed []string) {
	t.Helper()
	to, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	var files []string
	require.NoError(t, filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".nix" {
			files = append(files, path)
		}
		return err
	}))
	var f faults
	_, after, _ := fixing{t: t, level: fix.OnlySafe}.run(&f, files)
	f.report(t)
	for file, text := range after {
		name, err := filepath.Rel(from, file)
		require.NoError(t, err)
		if slices.Contains(keep, filepath.Base(name)) {
			continue
		}
		require.NoError(t, os.WriteFile(filepath.Join(to, name), []byte(text), 0o644))
		changed = append(changed, name)
	}
	return to, changed
}

// evaluate returns what Nix says of a file in a folder, whose own path is taken out. Warnings and positions may change
// with a fix, the value or the error may not.
func evaluate(t *testing.T, nix, dir, name string) string {
	t.Helper()
	cmd := exec.Command(nix, "--extra-experimental-features", "pipe-operators flakes fetch-tree parse-toml-timestamps",
		"--store", "dummy://", "--eval", "--strict", filepath.Join(dir, name))
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err == nil {
		return strings.ReplaceAll(out.String(), dir, "")
	}
	message := errs.String()
	message, _, _ = strings.Cut(strings.TrimSpace(message[strings.LastIndex(message, "error:")+len("error:"):]), "\n")
	return "error: " + strings.ReplaceAll(message, dir, "")
}

// TestFixedLanguageTests evaluates Nix's own tests before and after fixing.
func TestFixedLanguageTests(t *testing.T) {
	nix := testenv.Nix234(t)
	was := testenv.Shared(t, "corpus", "nix-lang-tests")
	is, changed := copyFixed(t, was)
	inParallel(sample(changed, 4), 4, func(piece []string) {
		for _, name := range piece {
			src, err := os.ReadFile(filepath.Join(was, name))
			// Fixing may mend what Nix rejects, and a file that tells where its code stands has another value after each edit.
			if err != nil || len(rejections(string(src))) > 0 || bytes.Contains(src, []byte("Pos")) {
				continue
			}
			assert.Equal(t, evaluate(t, nix, was, name), evaluate(t, nix, is, name), name)
		}
	})
	t.Logf("%d files changed", len(changed))
}

// TestFixedLibrary runs the tests of nixpkgs' library over that library, fixed.
func TestFixedLibrary(t *testing.T) {
	nix := testenv.Nix234(t)
	// One of the tests is about the lines that options stand on.
	dir, changed := copyFixed(t, testenv.Shared(t, "corpus", "nixpkgs-lib"), "declaration-positions.nix")
	require.NotEmpty(t, changed)
	tests := filepath.Join(dir, "lib", "tests")
	for _, name := range []string{"misc.nix", "fetchers.nix", "systems.nix"} {
		assert.Equal(t, "[ ]\n", evaluate(t, nix, tests, name), name)
	}
	if takeAll() {
		cmd := exec.Command("bash", "modules.sh")
		cmd.Dir = tests
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(nix)+":"+os.Getenv("PATH"), "NIX_STORE_DIR="+filepath.Join(dir, "store"),
			"NIX_STATE_DIR="+filepath.Join(dir, "state"), "NIX_REMOTE=")
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, "%s", out)
		assert.Contains(t, string(out), "\n0 Fail\n")
	}
	t.Logf("%d files changed", len(changed))
}

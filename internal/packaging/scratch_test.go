package packaging

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// scratch is a folder with a Nix store of its own, a stub of nixpkgs in nixpkgs, one of flake-parts in flake-parts, and
// this repository without .git in repo.
type scratch struct {
	dir, nix string
	env      []string
}

var shared struct {
	once sync.Once
	scratch
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.dir != "" {
		// Folders of a store may not be written to.
		_ = filepath.WalkDir(shared.dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				err = os.Chmod(path, 0o755)
			}
			return err
		})
		_ = os.RemoveAll(shared.dir)
	}
	os.Exit(code)
}

// system is the name that Nix has for this machine.
func system(t *testing.T) string {
	t.Helper()
	arch, ok := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	if !ok || runtime.GOOS != "linux" {
		testenv.Missing(t, "a system that the flake and the stub of nixpkgs have")
	}
	return arch + "-linux"
}

// newScratch returns the folder that the tests share; each test has the names of its own files in it.
func newScratch(t *testing.T) *scratch {
	t.Helper()
	system(t)
	nix := filepath.Join(filepath.Dir(testenv.Nix234(t)), "nix")
	lib, root := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib"), testenv.Root(t)
	shared.once.Do(func() { shared.err = shared.fill(nix, lib, root) })
	require.NoError(t, shared.err)
	return &shared.scratch
}

func (s *scratch) fill(nix, lib, root string) (err error) {
	s.nix = nix
	if s.dir, err = os.MkdirTemp("", "nixsift-packaging"); err != nil {
		return err
	}
	if s.dir, err = filepath.EvalSymlinks(s.dir); err != nil {
		return err
	}
	sandbox := slices.DeleteFunc([]string{"/bin", "/lib", "/lib64", "/usr"}, func(path string) bool {
		_, err := os.Stat(path)
		return err != nil
	})
	s.env = append(os.Environ(), "HOME="+filepath.Join(s.dir, "home"), "NIX_CONF_DIR="+filepath.Join(s.dir, "conf"),
		"NIX_STATE_DIR="+filepath.Join(s.dir, "state"), "NIX_PATH=", "NIX_REMOTE=", "NIX_CONFIG="+strings.Join([]string{
			"experimental-features = nix-command flakes", "substituters =", "flake-registry =", "build-hook =", "build-users-group =",
			"sandbox = true", "sandbox-paths = " + strings.Join(sandbox, " "),
		}, "\n"))
	for from, to := range map[string]string{
		filepath.Join(root, "internal/packaging/testdata/nixpkgs"):     "nixpkgs",
		filepath.Join(root, "internal/packaging/testdata/flake-parts"): "flake-parts",
		lib: "nixpkgs/lib",
	} {
		if err := os.CopyFS(filepath.Join(s.dir, to), os.DirFS(from)); err != nil {
			return err
		}
	}
	if err := copyRepository(root, filepath.Join(s.dir, "repo")); err != nil {
		return err
	}
	build := exec.Command("go", "build", "-o", filepath.Join(s.dir, "nixpkgs/nixsift"), "./cmd/nixsift")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// copyRepository copies what Git tracks or would track, or all of a tree without Git, but for .git.
func copyRepository(root, to string) error {
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return os.CopyFS(to, os.DirFS(root))
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed, and not yet from the index
		}
		if err != nil {
			return err
		}
		path := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// url is the flake reference of a folder in the scratch folder.
func (s *scratch) url(name string) string { return "path:" + filepath.Join(s.dir, name) }

// write puts files, by their names, into a folder of the scratch folder.
func (s *scratch) write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(s.dir, folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
}

// run runs nix with some arguments, without a network and with the stubs in place of what they stand for.
func (s *scratch) run(args ...string) (out, errs string, err error) {
	cmd := exec.Command(s.nix, append([]string{"--offline", "--store", filepath.Join(s.dir, "store")}, args...)...)
	cmd.Dir, cmd.Env = s.dir, s.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	return stdout.String(), stderr.String(), err
}

// overrides let the inputs of a flake, given by their names, be the stubs and this repository.
func (s *scratch) overrides(inputs ...string) []string {
	args := []string{"--no-write-lock-file"}
	for _, in := range inputs {
		folder := in
		if in == "nixsift" {
			folder = "repo"
		}
		args = append(args, "--override-input", in, s.url(folder))
	}
	return args
}

// must is run for what has to succeed.
func (s *scratch) must(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, err := s.run(args...)
	require.NoError(t, err, "nix %s\n%s", strings.Join(args, " "), errs)
	return out
}

// Package gittest makes real repositories for tests with the git program, apart from the configuration
// of whoever runs them.
package gittest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nixsift/nixsift/internal/testenv"
)

// Isolate gives the test a home of its own without git configuration, and returns it. Tests that use it
// cannot run in parallel.
func Isolate(t testing.TB) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "GIT_") {
			continue
		}
		t.Setenv(name, "")
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	return home
}

// Command returns a command of git in dir that nothing of whoever runs the test reaches.
func Command(t testing.TB, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(Program(t), args...)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, "GIT_") })
	cmd.Env = append(cmd.Env, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	return cmd
}

// Program returns the path of git, or skips the test.
func Program(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("git")
	if err != nil {
		testenv.Missing(t, "the git program")
	}
	return path
}

// Run runs git in dir and returns its output without the last newline.
func Run(t testing.TB, dir string, args ...string) string {
	t.Helper()
	fixed := []string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always", "-c", "commit.gpgSign=false"}
	out, err := exec.Command(Program(t), append(fixed, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// Init makes a repository in a folder below parent and returns the path of its root, links resolved.
func Init(t testing.TB, parent, name string, args ...string) string {
	t.Helper()
	root := filepath.Join(Real(t, parent), filepath.FromSlash(name))
	if err := os.MkdirAll(root, 0o777); err != nil {
		t.Fatal(err)
	}
	Run(t, root, append([]string{"init", "-q", "--template="}, args...)...)
	return root
}

// Write writes files, given as pairs of a path below dir and the content, and their folders.
func Write(t testing.TB, dir string, files ...string) {
	t.Helper()
	for i := 0; i+1 < len(files); i += 2 {
		path := filepath.Join(dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Real returns path with its links resolved.
func Real(t testing.TB, path string) string {
	t.Helper()
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

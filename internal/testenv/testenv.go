// Package testenv finds what some tests need beside Go: the shared reference data and the oracles. What
// is missing skips a test with a word on what it is, or fails it where NIXSIFT_REQUIRE_ORACLES=1 is set.
package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Missing skips the test, or fails it where oracles are required. It does not return.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("NIXSIFT_REQUIRE_ORACLES") == "1" {
		t.Fatalf("%s is missing, and NIXSIFT_REQUIRE_ORACLES=1 asks for it", what)
	}
	t.Skipf("%s is missing", what)
}

// Root returns the root of the repository: the nearest folder above the test with a go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}

// Shared returns the path of a file or folder in the reference data that lies beside the repository, in
// ../shared. NIXSIFT_SHARED names another place.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	base := os.Getenv("NIXSIFT_SHARED")
	if base == "" {
		base = filepath.Join(Root(t), "..", "shared")
	}
	path := filepath.Join(append([]string{base}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		Missing(t, "the reference data "+filepath.Join(append([]string{"../shared"}, elem...)...))
	}
	// Nix gives no lines for files that it reaches through links.
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	return path
}

// Nix234 returns the path of nix-instantiate of Nix 2.34, from the folder that NIXSIFT_NIX234 names; the
// program nix lies beside it.
func Nix234(t testing.TB) string { return nix(t, "NIXSIFT_NIX234", "2.34") }

// Nix28 returns the path of nix-instantiate of Nix 2.8, from NIXSIFT_NIX28 or the search path.
func Nix28(t testing.TB) string { return nix(t, "NIXSIFT_NIX28", "2.8") }

func nix(t testing.TB, env, version string) string {
	t.Helper()
	path := ""
	if dir := os.Getenv(env); dir != "" {
		path = filepath.Join(dir, "nix-instantiate")
	} else if p, err := exec.LookPath("nix-instantiate"); err == nil {
		path = p
	}
	if path == "" {
		Missing(t, "Nix "+version+" ("+env+")")
	}
	out, err := exec.Command(path, "--version").Output()
	if err != nil || !strings.Contains(string(out), ") "+version) {
		Missing(t, "Nix "+version+" ("+env+")")
	}
	return path
}

// Tool returns the path of a program that tests drive, such as pre-commit: from the folders bin and python/bin of the one that
// NIXSIFT_TOOLS names, where .ci/run installs them, or from the search path.
func Tool(t testing.TB, name string) string {
	t.Helper()
	if tools := os.Getenv("NIXSIFT_TOOLS"); tools != "" {
		for _, dir := range []string{"bin", "python/bin"} {
			path := filepath.Join(tools, dir, name)
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, "the program "+name+", which .ci/run installs (NIXSIFT_TOOLS names its folder),")
	}
	return path
}

// Tree writes files, by their slash-separated names, to a temporary folder and returns it, links resolved.
func Tree(t testing.TB, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

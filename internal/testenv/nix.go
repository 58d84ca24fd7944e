package testenv

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Nix runs Nix 2.34 without a network, with a store and a home of its own below a temporary folder.
type Nix struct {
	Base    string // that folder
	t       testing.TB
	program string
}

// NewNix makes a store.
func NewNix(t testing.TB) *Nix {
	t.Helper()
	program := filepath.Join(filepath.Dir(Nix234(t)), "nix")
	if _, err := os.Stat(program); err != nil {
		Missing(t, "nix beside nix-instantiate")
	}
	return &Nix{Base: Tree(t, nil), t: t, program: program}
}

// Run runs nix in a folder with a limit of processor time and memory, and returns what it prints: of a lock file whose
// node contains itself it makes copies without end.
func (n *Nix) Run(dir string, args ...string) (out string, err error) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	script := `ulimit -t 10; ulimit -v 3000000; exec "$0" "$@"`
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", script, n.program, "--extra-experimental-features", "nix-command flakes",
		"--store", filepath.Join(n.Base, "store"), "--offline", "--option", "warn-dirty", "false", "--option", "flake-registry", ""}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "HOME="+n.Base, "GC_INITIAL_HEAP_SIZE=100000000")
	b, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		n.t.Fatal("Nix does not end")
	}
	return string(b), err
}

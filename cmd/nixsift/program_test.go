//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// helper names what TestMain does instead of running tests, in a process of its own.
const helper = "NIXSIFT_TEST_HELPER"

var built struct {
	once sync.Once
	dir  string
	err  error
}

// environment is that of the start: the cache of go lies in a home that tests may change.
var environment = os.Environ()

func TestMain(m *testing.M) {
	syscall.Umask(0o022) // other users run the program in folders that tests make
	switch os.Getenv(helper) {
	case "overflow":
		abortOnFatal()
		debug.SetMaxStack(1 << 20)
		fmt.Fprintln(os.Stderr, overflow(1))
	case "rules":
		registerStages()
		main()
	case "progress":
		progressAfter, progressEvery = 0, time.Millisecond
		main()
	case "memory":
		memory(os.Args[1:])
	case "slow": // the program, in which a signal comes long before the end of many files
		beforeWriting = func(string) { time.Sleep(200 * time.Millisecond) }
		main()
	default:
		for _, name := range []string{jobSummary, "GITHUB_ACTIONS", "GITLAB_CI"} { // tests run in CI, too
			_ = os.Unsetenv(name)
		}
		code := m.Run()
		if built.dir != "" {
			_ = os.RemoveAll(built.dir)
		}
		os.Exit(code)
	}
}

// overflow needs more stack than there is.
func overflow(n int) int {
	if n < 0 {
		return 0
	}
	return n + overflow(n+1)
}

// memory runs a program and prints its peak of resident memory in KiB. A large process cannot ask for it: the peak
// counts what the child shares with it before it runs the program.
func memory(args []string) {
	cmd := exec.Command(args[0], args[1:]...)
	err := cmd.Run()
	fmt.Println(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss, err)
}

// program returns the path of the real program, which every user of the machine may run.
func program(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "nixsift-cli"); built.err != nil {
			return
		}
		if built.err = os.Chmod(built.dir, 0o755); built.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-o", filepath.Join(built.dir, "nixsift"), ".")
		cmd.Env = environment
		cmd.Stderr = os.Stderr
		built.err = cmd.Run()
	})
	require.NoError(t, built.err)
	return filepath.Join(built.dir, "nixsift")
}

// outcome is what a run of the real program ended with.
type outcome struct {
	status      int // -1 for the end by a signal
	signal      syscall.Signal
	out, errors string
}

// start runs the real program in a folder and fails where it does not end. set may change the command.
func start(t *testing.T, dir string, set func(*exec.Cmd), args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t), args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if set != nil {
		set(cmd)
	}
	err := cmd.Run()
	require.NoError(t, ctx.Err(), "%v does not end", args)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	o := outcome{status: cmd.ProcessState.ExitCode(), out: out.String(), errors: errs.String()}
	if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		o.signal = w.Signal()
	}
	return o
}

// asNobody makes a command run as a user whom modes of files bind.
func asNobody(t *testing.T) func(*exec.Cmd) {
	if os.Getuid() != 0 {
		return nil
	}
	return func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		cmd.Env = append(os.Environ(), "HOME=/nonexistent")
	}
}

// reachable lets every user pass the folders above a test's.
func reachable(t *testing.T, dir string) {
	t.Helper()
	for up := filepath.Dir(dir); strings.HasPrefix(up, filepath.Clean(os.TempDir())+"/"); up = filepath.Dir(up) {
		require.NoError(t, os.Chmod(up, 0o755))
	}
}

func TestBrokenPipe(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "{ a = b; }\n"})
	closed := func(cmd *exec.Cmd) {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		require.NoError(t, r.Close())
		t.Cleanup(func() { _ = w.Close() })
		cmd.Stdout = w
	}
	for _, args := range [][]string{{"rules"}, {"check", "a.nix"}, {"check", "--format", "json", "a.nix"}, {"version"}} {
		o := start(t, dir, closed, args...)
		assert.Equal(t, syscall.SIGPIPE, o.signal, "%v ends as other tools do", args)
		assert.Empty(t, o.errors)
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		testenv.Missing(t, "/dev/full")
	}
	defer func() { _ = full.Close() }()
	dir := testenv.Tree(t, map[string]string{"a.nix": "1\n"})
	for _, args := range [][]string{{"rules"}, {"check", "a.nix"}, {"check", "--format", "json", "a.nix"}, {"parse", "a.nix"}, {"version"}} {
		o := start(t, dir, func(cmd *exec.Cmd) { cmd.Stdout = full }, args...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Equal(t, 1, strings.Count(o.errors, "no space left"), "%v: %s", args, o.errors)
	}
}

// TestInternal holds that what goes wrong inside never looks like a wrong call.
func TestInternal(t *testing.T) {
	var out, errs bytes.Buffer
	status := run([]string{"parse", "-"}, streams{in: panicking{}, out: &out, direct: &out, err: &errs})
	assert.Equal(t, exitInternal, status)
	assert.Contains(t, errs.String(), "internal error, please report it: on purpose\n")

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helper+"=overflow")
	text, err := cmd.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(text), "stack overflow")
	w := cmd.ProcessState.Sys().(syscall.WaitStatus)
	assert.True(t, w.Signaled() && w.Signal() == syscall.SIGABRT, "status %d", w.ExitStatus())
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("on purpose") }

// TestMemory bounds the resident memory of a run of one small file, however many processors there are.
func TestMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems count in other units")
	}
	dir := testenv.Tree(t, map[string]string{"flake.nix": "{ outputs = { self }: { a = 1; }; }\n", "a.nix": "{ a = 1; }\n"})
	for _, procs := range []string{"1", "64"} {
		for _, args := range [][]string{{"check", "a.nix"}, {"check", "flake.nix"}, {"parse", "a.nix"}} {
			cmd := exec.Command(os.Args[0], append([]string{program(t)}, args...)...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), helper+"=memory", "GOMAXPROCS="+procs)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			require.NoError(t, err)
			size, result, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
			assert.Equal(t, "<nil>", result)
			kib, err := strconv.Atoi(size)
			require.NoError(t, err)
			t.Logf("%v with %s processors: %d KiB", args, procs, kib)
			assert.Less(t, kib, 60<<10)
		}
	}
}

// endless is a stream without an end that counts what is taken from it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

var _ io.Reader = (*endless)(nil)

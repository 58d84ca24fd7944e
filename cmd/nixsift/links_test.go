//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/watch"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestFixLooksBehindLinks holds that a run that may fix, has nothing to fix and watches tells what a check tells, whatever links there are.
func TestFixLooksBehindLinks(t *testing.T) {
	gittest.Isolate(t)
	const flake = "{ outputs = { self }: { }; }\n"
	for _, c := range []struct {
		name   string
		files  []string
		links  map[string]string
		status int
		text   string // in what is told
	}{
		{"workflow", []string{"ci/w.yml", "jobs: ["}, map[string]string{".github/workflows/a.yml": "../../ci/w.yml"}, exitUsage, "the YAML does not parse"},
		{"file of another name", []string{"a.txt", "{ a=1; a=2; }\n"}, map[string]string{"a.nix": "a.txt"}, exitFindings, "a.nix:"},
		{"chain", []string{"a.txt", "{ a=1; a=2; }\n"}, map[string]string{"a.nix": "b", "b": "c", "c": "a.txt"}, exitFindings, "a.nix:"},
		{"device", nil, map[string]string{"z.nix": "/dev/zero"}, exitUsage, "not a regular file"},
		{"FIFO", nil, map[string]string{"z.nix": "fifo"}, exitUsage, "not a regular file"},
		{"folder", []string{"real/x.nix", "{ x = 1; }\n", "m.nix", "let l = import ./lib/x.nix; in l.x\n"}, map[string]string{"lib": "real"}, exitClean, ""},
		{"folder with a mistake", []string{"real/x.nix", "1\n", "m.nix", "import ./lib/gone.nix\n"}, map[string]string{"lib": "real"}, exitFindings, "gone.nix"},
		{"absolute", []string{"real/x.nix", "1\n", "m.nix", "import ./lib/x.nix\n"}, map[string]string{"lib": "/ROOT/real"}, exitClean, ""},
		{"flake", []string{"nix/flake.nix", "{ outputs = { self }: { a=1; a=2; }; }\n"}, map[string]string{"flake.nix": "nix/flake.nix"}, exitFindings, "flake.nix:"},
		{"flake to nowhere", nil, map[string]string{"flake.nix": "gone"}, exitUsage, "leads to nothing"},
		{"flake in a circle", nil, map[string]string{"flake.nix": "flake.nix"}, exitUsage, "leads to itself"},
		{"lock file", []string{"l.json", "{"}, map[string]string{"flake.lock": "l.json"}, exitFindings, "flake.lock"},
		{"to nowhere", nil, map[string]string{"a.nix": "gone"}, exitClean, "leads to nothing"},
		{"out of the tree", nil, map[string]string{"a.nix": "/etc/passwd"}, exitClean, ""},
		{"folder that leads up", []string{"a.nix", "import ./sub/up/b.nix\n", "b.nix", "1\n"}, map[string]string{"sub/up": ".."}, exitClean, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := gittest.Init(t, t.TempDir(), "repo")
			gittest.Write(t, dir, "flake.nix", flake)
			gittest.Write(t, dir, c.files...)
			for link, target := range c.links {
				path := filepath.Join(dir, link)
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
				_ = os.Remove(path)
				require.NoError(t, os.Symlink(strings.Replace(target, "/ROOT", dir, 1), path))
				if target == "fifo" {
					require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o666))
				}
			}
			gittest.Run(t, dir, "add", "-A")
			status, out, errs := nixsift(t, dir, "", "check", "--format=short")
			assert.Contains(t, out+errs, c.text)
			assert.Equal(t, c.status, status, "%s%s", out, errs)
			for _, args := range [][]string{{"fix"}, {"fix", "--unsafe-fixes"}, {"fix", "-i"}, {"check", "--fix"}, {"check", "--unsafe-fixes"}} {
				fixStatus, fixOut, fixErrs := nixsift(t, dir, "q\n", append(args, "--format=short")...)
				assert.Equal(t, status, fixStatus, args)
				assert.Equal(t, out, fixOut, args)
				assert.Equal(t, errs, fixErrs, args)
			}
			diffStatus, _, diffErrs := nixsift(t, dir, "", "fix", "--diff")
			if status == exitFindings { // which no fix mends
				status = exitClean
			}
			assert.Equal(t, status, diffStatus, "--diff: %s", diffErrs)

			opts := engine.Options{Paths: []string{dir}, Dir: dir}
			want, err := engine.Check(context.Background(), opts)
			require.NoError(t, err)
			tree := watch.New(workspace.OS)
			defer tree.Close()
			opts.FS = tree
			e, err := engine.New(opts)
			require.NoError(t, err)
			again := e.Repeat()
			for range 2 {
				got, err := again.Run(context.Background(), engine.Changed{Disk: true})
				require.NoError(t, err)
				assert.Equal(t, want.Findings, got.Findings, "watching")
				assert.Equal(t, want.Errors, got.Errors, "watching")
			}
		})
	}
}

// TestClearMessages holds what is said where the folder one stands in is gone, or a configuration cannot be replaced.
func TestClearMessages(t *testing.T) {
	dir := gittest.Init(t, t.TempDir(), "repo")
	status, out, errs := nixsift(t, dir, "", "check", "/dev/null", "gone")
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, out+errs, "/dev/null: error: not a regular file")
	assert.Contains(t, out+errs, "\ngone: error: no such file or directory")

	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "nixsift.toml")))
	status, _, errs = nixsift(t, dir, "", "init", "--force")
	assert.Equal(t, exitUsage, status)
	assert.Equal(t, "nixsift: nixsift.toml is a link that leads to nothing: remove it\n", errs)
	assert.NoFileExists(t, filepath.Join(dir, "nowhere"))

	for _, args := range [][]string{{"check"}, {"fix"}, {"init"}, {"init", "--hook"}, {"hook", "install"}, {"baseline"}, {"files"}} {
		gone := filepath.Join(t.TempDir(), "gone")
		require.NoError(t, os.Mkdir(gone, 0o777))
		t.Chdir(gone)
		require.NoError(t, os.Remove(gone))
		var said bytes.Buffer
		assert.Equal(t, exitUsage, run(args, streams{in: strings.NewReader(""), out: &said, direct: &said, err: &said}), args)
		assert.Equal(t, "nixsift: the folder you stand in is not there any more: change to another\n", said.String(), args)
	}
}

// TestDiffOnTerminal shows the diff of a file with an escape sequence: a terminal gets it escaped, a pipe as it is.
func TestDiffOnTerminal(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "{\n  # \x1b[31mred\t\u202e\n  a = ./x//y;\n}\n"})
	args := []string{"fix", "--diff", onlySlashes, "a.nix"}
	assert.Contains(t, inPlain(t, dir, nil, args...).out, "\n   # \x1b[31mred\t\u202e\n")
	_, shown := onTerminal(t, dir, 80, nil, args...)
	assert.NotContains(t, shown, "\x1b[31m")
	assert.Contains(t, shown, `# \x1b[31mred`+"\t"+`\u202e`)
}

//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// process returns the command that runs the real program in a folder, and what it says on standard error.
func process(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	cmd, stderr = exec.Command(program(t), args...), new(bytes.Buffer)
	cmd.Dir, cmd.Stderr = dir, stderr
	return cmd, stderr
}

// changing runs f before each file is written.
func changing(t *testing.T, f func(name string)) {
	t.Helper()
	beforeWriting = func(path string) { f(filepath.Base(path)) }
	t.Cleanup(func() { beforeWriting = func(string) {} })
}

func TestFix(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": unfixed})
	path := filepath.Join(dir, "a.nix")
	require.NoError(t, os.Chmod(path, 0o640))
	require.NoError(t, os.Symlink("a.nix", filepath.Join(dir, "link.nix")))

	status, _, errs := nixsift(t, dir, "", "check", onlySlashes, "--fix", "link.nix")
	assert.Equal(t, exitClean, status)
	assert.Equal(t, "nixsift: applied 1 fix in 1 file: path-double-slash 1\n", errs)
	assert.Equal(t, refixed, read(t, path))
	info, err := os.Lstat(filepath.Join(dir, "link.nix"))
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "the link stays a link")
	info, err = os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm(), "the mode stays")
	status, _, errs = nixsift(t, dir, "", "check", onlySlashes, "--fix", ".")
	assert.Equal(t, exitClean, status)
	assert.Empty(t, errs, "nothing is left to do")
}

// TestFixKeepsWhatIsNew leaves files alone that are not what was read, and tells what became of each.
func TestFixKeepsWhatIsNew(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": unfixed, "b.nix": unfixed, "c.nix": unfixed, "d.nix": unfixed, "sub/e.nix": unfixed, "f.nix": unfixed})
	at := func(name string) string { return filepath.Join(dir, name) }
	changing(t, func(name string) {
		switch name {
		case "b.nix":
			require.NoError(t, os.WriteFile(at("b.nix"), []byte("[ ./mine//now ]\n"), 0o644))
		case "c.nix":
			require.NoError(t, os.Remove(at("c.nix")))
		case "d.nix":
			require.NoError(t, os.Remove(at("d.nix")))
			require.NoError(t, os.Mkdir(at("d.nix"), 0o755))
		case "e.nix":
			require.NoError(t, os.RemoveAll(at("sub")))
		case "f.nix":
			require.NoError(t, os.Chmod(at("f.nix"), 0o444))
		}
	})
	status, out, errs := nixsift(t, dir, "", "check", onlySlashes, "--fix", "--format", "short", "a.nix", "b.nix", "f.nix", "c.nix", "d.nix", "sub")
	assert.Equal(t, exitUsage, status)
	assert.Equal(t, refixed, read(t, at("a.nix")))
	assert.Equal(t, "[ ./mine//now ]\n", read(t, at("b.nix")))
	assert.Equal(t, unfixed, read(t, at("f.nix")))
	for _, line := range []string{
		"a.nix: applied 1 fix", "b.nix: not fixed: it changed after it was read", "c.nix: not fixed: no such file or directory",
		"d.nix: not fixed: not a regular file", filepath.Join("sub", "e.nix") + ": not fixed: no such file or directory", "f.nix: not fixed: it is read-only",
	} {
		assert.Contains(t, errs, "nixsift: "+line+"\n")
	}
	assert.Contains(t, out, "b.nix:1:10:", "findings are those of the files as they are")
	assert.Contains(t, out, "f.nix:2:11:")
	assert.NotContains(t, out, "a.nix")
}

// TestFixLinks writes to what links lead to in the project, and never to what is outside.
func TestFixLinks(t *testing.T) {
	outside := testenv.Tree(t, map[string]string{"theirs.nix": unfixed})
	dir := testenv.Tree(t, map[string]string{"flake.nix": "{ outputs = _: { }; }\n", "real/a.nix": unfixed, "sub/x": ""})
	require.NoError(t, os.Symlink(filepath.Join(outside, "theirs.nix"), filepath.Join(dir, "sub", "out.nix")))
	require.NoError(t, os.Symlink(filepath.Join("..", "real", "a.nix"), filepath.Join(dir, "sub", "in.nix")))
	status, _, errs := nixsift(t, dir, "", "check", onlySlashes, "--fix", "sub/out.nix", "sub/in.nix")
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, errs, "out.nix: not fixed: the link leads to "+filepath.Join(outside, "theirs.nix")+", outside of the project\n")
	assert.Equal(t, unfixed, read(t, filepath.Join(outside, "theirs.nix")))
	assert.Equal(t, refixed, read(t, filepath.Join(dir, "real", "a.nix")))
	status, _, errs = nixsift(t, dir, "", "check", onlySlashes, "--fix", "sub/out.nix", outside)
	assert.Equal(t, exitClean, status, "what is named may be changed, whatever else leads to it")
	assert.Equal(t, "nixsift: applied 2 fixes in 2 files: path-double-slash 2\n", errs)
	assert.Equal(t, refixed, read(t, filepath.Join(outside, "theirs.nix")))
}

// many makes a folder of files to fix.
func many(t *testing.T, n int) string {
	t.Helper()
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("f%05d.nix", i)] = unfixed
	}
	return testenv.Tree(t, files)
}

// once waits until the program writes, and then sends it a signal.
func once(t *testing.T, cmd *exec.Cmd, sig os.Signal) {
	t.Helper()
	require.NoError(t, cmd.Start())
	first := filepath.Join(cmd.Dir, "f00000.nix")
	for read(t, first) == unfixed {
		time.Sleep(time.Millisecond)
	}
	require.NoError(t, cmd.Process.Signal(sig))
}

// TestFixKilled kills the program while it writes: every file has the old text or the new, and the next run does the
// rest and cleans up.
func TestFixKilled(t *testing.T) {
	dir := many(t, 3000)
	cmd, _ := process(t, dir, "check", onlySlashes, "--fix")
	once(t, cmd, os.Kill)
	_ = cmd.Wait()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".nix" {
			assert.Contains(t, []string{unfixed, refixed}, read(t, filepath.Join(dir, e.Name())))
		}
	}
	// Whether or not the kill came between making a temporary file and its taking the place of the old one.
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".nixsift-new-123"), []byte("{ a = ./x//"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f00000.nix"), []byte(unfixed), 0o600))
	cmd, errs := process(t, dir, "check", onlySlashes, "--fix")
	require.NoError(t, cmd.Run(), errs)
	entries, err = os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 3000)
	for _, e := range entries {
		assert.Equal(t, refixed, read(t, filepath.Join(dir, e.Name())))
	}
}

// TestFixStopped stops the program between two files: it says which it has written.
func TestFixStopped(t *testing.T) {
	const n = 300
	for sig, want := range map[os.Signal]int{os.Interrupt: exitInterrupted, syscall.SIGTERM: exitTerminated} {
		dir := many(t, n)
		cmd, errs := exec.Command(os.Args[0], "check", onlySlashes, "--fix"), new(bytes.Buffer)
		cmd.Dir, cmd.Stderr, cmd.Env = dir, errs, append(os.Environ(), helper+"=slow")
		once(t, cmd, sig)
		var exit *exec.ExitError
		require.ErrorAs(t, cmd.Wait(), &exit)
		require.Equal(t, want, exit.ExitCode(), errs)
		said := regexp.MustCompile(`(?m)^nixsift: (f\d+\.nix): applied 1 fix$`).FindAllStringSubmatch(errs.String(), -1)
		require.NotEmpty(t, said)
		for i := range n {
			name := fmt.Sprintf("f%05d.nix", i)
			text := unfixed
			if i < len(said) {
				require.Equal(t, name, said[i][1])
				text = refixed
			}
			require.Equal(t, text, read(t, filepath.Join(dir, name)))
		}
		assert.Contains(t, errs.String(), fmt.Sprintf("nixsift: %d files left as they were\n", n-len(said)))
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, n, "no temporary file")
	}
}

// TestFixWithoutPermission goes on where folders are read-only.
func TestFixWithoutPermission(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a/a.nix": unfixed, "b/b.nix": unfixed, "c/c.nix": unfixed})
	require.NoError(t, os.Chmod(filepath.Join(dir, "b"), 0o555))
	defer func() { _ = os.Chmod(filepath.Join(dir, "b"), 0o755) }()
	reachable(t, dir)
	if os.Getuid() == 0 {
		require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			return errors.Join(err, os.Chown(path, 65534, 65534))
		}))
	}
	o := start(t, dir, asNobody(t), "check", onlySlashes, "--fix")
	assert.Equal(t, exitUsage, o.status)
	assert.Equal(t, "nixsift: b/b.nix: not fixed: permission denied\nnixsift: a/a.nix: applied 1 fix\nnixsift: c/c.nix: applied 1 fix\n", o.errors)
	assert.Equal(t, unfixed, read(t, filepath.Join(dir, "b", "b.nix")))
	assert.Equal(t, refixed, read(t, filepath.Join(dir, "c", "c.nix")))
}

// TestFixSaysWhatIsLeftOut tells why fixes are not applied, and applies the others.
func TestFixSaysWhatIsLeftOut(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"a.nix": "rec { any = builtins.any; f = xs: any (x: builtins.elem x xs); b = ./x//y; }\n", "m.nix": "{\n  a = ''\n<<<<<<< HEAD\n=======\n>>>>>>> other\n  ''; b = ./x//y;\n}\n",
	})
	status, _, errs := nixsift(t, dir, "", "check", "--fix", "--only", "manual-inherit-from,builtins-elem-in-loop,path-double-slash")
	assert.Equal(t, exitFindings, status)
	assert.Contains(t, errs, "nixsift: a.nix:1:7: left out a fix of `manual-inherit-from` (write `inherit (builtins) any;`): there would be a finding of `builtins-elem-in-loop`: ")
	assert.Contains(t, errs, "nixsift: m.nix: left out all fixes: the file has the markers of a merge\n")
	assert.Contains(t, errs, "nixsift: applied 1 fix in 1 file: path-double-slash 1\n")
	assert.Equal(t, "rec { any = builtins.any; f = xs: any (x: builtins.elem x xs); b = ./x/y; }\n", read(t, filepath.Join(dir, "a.nix")))
	assert.Contains(t, read(t, filepath.Join(dir, "m.nix")), "./x//y")
}

// gitIn runs the git program without the user's settings.
func gitIn(t *testing.T, dir, stdin string, args ...string) (string, error) {
	t.Helper()
	cmd := gittest.Command(t, dir, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestDiff shows changes as git apply takes them, at the top of a repository, in its folders, and outside of any.
func TestDiff(t *testing.T) {
	gittest.Isolate(t)
	texts := map[string]string{
		"plain.nix": unfixed, "sub/plain.nix": unfixed, "sub/sub/again.nix": unfixed, "sub/a b.nix": unfixed, "sub/é\"\\.nix": unfixed, "sub/t\tab.nix": unfixed,
		"sub/noeol.nix": "{ a = ./x//y; }", "sub/crlf.nix": "{\r\n  a = ./x//y;\r\n}\r\n", "sub/cr.nix": "{\r  a = ./x//y;\r}\r", "sub/mixed.nix": "{\r\n a = ./x//y;\n\r}",
	}
	for _, repo := range []bool{true, false} {
		for _, from := range []string{".", "sub"} {
			dir := testenv.Tree(t, texts)
			if repo {
				_, err := gitIn(t, dir, "", "init", "-q")
				require.NoError(t, err)
			}
			here := filepath.Join(dir, from)
			status, diff, errs := nixsift(t, here, "", "check", onlySlashes, "--diff")
			assert.Equal(t, exitFindings, status)
			assert.Contains(t, errs, "would apply ")
			assert.Equal(t, unfixed, read(t, filepath.Join(dir, "sub", "plain.nix")), "nothing is written")
			out, err := gitIn(t, here, diff, "apply", "--whitespace=nowarn", "-")
			require.NoError(t, err, "%s\n%s", out, diff)
			for name, text := range texts {
				if strings.HasPrefix(name, "sub/") || from == "." {
					text = strings.ReplaceAll(text, "x//y", "x/y")
				}
				assert.Equal(t, text, read(t, filepath.Join(dir, filepath.FromSlash(name))), name)
			}
		}
	}
	dir := testenv.Tree(t, map[string]string{"a.nix": unfixed, "ok.nix": refixed, "unused.nix": "let a = 1; in 2\n", "sub/x": ""})
	for _, c := range []struct {
		args   []string
		status int
		text   string
	}{
		{[]string{"a.nix"}, exitFindings, "diff --git a/a.nix b/a.nix\nindex 86ef2a0..9b9abd7 100644\n--- a/a.nix\n+++ b/a.nix\n@@ -1,3 +1,3 @@\n {\n-  a = ./x//y;\n+  a = ./x/y;\n }\n"},
		{[]string{"--fail-on", "error", "--only", "unused-let-binding", "unused.nix"}, exitFindings, "-let a = 1; in 2\n"},
		{[]string{"--exit-zero", "a.nix"}, exitClean, "+  a = ./x/y;"},
		{[]string{"--fix", "a.nix"}, exitFindings, "+  a = ./x/y;"},
		{[]string{"ok.nix"}, exitClean, ""},
		{[]string{"--format", "json", "a.nix"}, exitUsage, ""},
		{[]string{"a.nix", "gone.nix"}, exitUsage, "+  a = ./x/y;"},
	} {
		status, out, errs := nixsift(t, dir, "", append([]string{"check", onlySlashes, "--diff"}, c.args...)...)
		assert.Equal(t, c.status, status, "%v: %s", c.args, errs)
		assert.Contains(t, out, c.text)
		if status == exitUsage {
			assert.NotEmpty(t, errs)
		}
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "a.nix"), 0o755))
	_, out, _ := nixsift(t, filepath.Join(dir, "sub"), "", "check", onlySlashes, "--diff", "../a.nix")
	assert.Contains(t, out, "\nindex 86ef2a0..9b9abd7 100755\n")
	assert.Contains(t, out, "--- a/../a.nix\n")
	status, out, _ := nixsift(t, dir, "{ a = ./x//y; }", "check", onlySlashes, "--diff", "--stdin-path", "sub/i.nix", "-")
	assert.Equal(t, exitFindings, status)
	assert.Contains(t, out, "--- a/sub/i.nix\n+++ b/sub/i.nix\n@@ -1 +1 @@\n-{ a = ./x//y; }\n\\ No newline at end of file\n")
}

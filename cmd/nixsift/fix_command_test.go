//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestFixCommand fixes as check does.
func TestFixCommand(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": unfixed, "b.nix": "{\n  a = ./x//y;\n  b = ({ });\n}\n"})
	status, _, errs := nixsift(t, dir, "", "fix", "--diff", "a.nix")
	assert.Equal(t, exitFindings, status, "fixes are pending")
	assert.Equal(t, "nixsift: would apply 1 fix in 1 file: path-double-slash 1\n", errs)
	status, _, errs = nixsift(t, dir, "", "fix", "--select", "path-double-slash,useless-parens")
	assert.Equal(t, exitClean, status)
	assert.Equal(t, "nixsift: applied 3 fixes in 2 files: path-double-slash 2, useless-parens 1\n", errs)
	assert.Equal(t, refixed, read(t, filepath.Join(dir, "a.nix")))
	assert.Equal(t, "{\n  a = ./x/y;\n  b = { };\n}\n", read(t, filepath.Join(dir, "b.nix")))

	status, _, errs = nixsift(t, dir, unfixed, "fix", "-")
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, errs, "standard input cannot be fixed in place")
	status, _, errs = nixsift(t, dir, unfixed, "fix", "--interactive", "-")
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, errs, "name the file")
}

// TestInteractive applies what is answered with yes, of all that is asked in order.
func TestInteractive(t *testing.T) {
	const before = "# one\n{\n  a = ({ });\n  b = ({ });\n\n\n\n\n  c = ({ });\n  d = rec { };\n}\n"
	for _, c := range []struct {
		name, answers, want string
		asked               int
		status              int
	}{
		{"each", "y\nn\nyes\nn\n", "# one\n{\n  a = { };\n  b = ({ });\n\n\n\n\n  c = { };\n  d = rec { };\n}\n", 4, exitFindings},
		{"a declined one stays declined when others change the text before it", "n\ny\nn\ny\n", "# one\n{\n  a = ({ });\n  b = { };\n\n\n\n\n  c = ({ });\n  d = { };\n}\n", 4, exitFindings},
		{"all of a rule", "a\ny\n", "# one\n{\n  a = { };\n  b = { };\n\n\n\n\n  c = { };\n  d = { };\n}\n", 2, exitClean},
		{"none of a rule", "y\nd\ny\n", "# one\n{\n  a = { };\n  b = ({ });\n\n\n\n\n  c = ({ });\n  d = { };\n}\n", 3, exitFindings},
		{"quit keeps what was approved", "y\nq\n", "# one\n{\n  a = { };\n  b = ({ });\n\n\n\n\n  c = ({ });\n  d = rec { };\n}\n", 2, exitFindings},
		{"the end of the answers is to quit", "y\n", "# one\n{\n  a = { };\n  b = ({ });\n\n\n\n\n  c = ({ });\n  d = rec { };\n}\n", 2, exitFindings},
		{"what is no answer is explained", "what\n?\nq\n", before, 3, exitFindings},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := testenv.Tree(t, map[string]string{"a.nix": before})
			status, _, errs := nixsift(t, dir, c.answers, "fix", "-i", "--select", "useless-parens,unused-rec", "--fail-on", "info")
			assert.Equal(t, c.want, read(t, filepath.Join(dir, "a.nix")))
			assert.Equal(t, c.asked, strings.Count(errs, "[y,n,a,d,q,?]"), errs)
			assert.Equal(t, c.status, status, errs)
		})
	}

	dir := testenv.Tree(t, map[string]string{"a.nix": before, "b.nix": "\t({ })\n"})
	_, _, errs := nixsift(t, dir, "n\nn\nn\nn\nn\n", "fix", "-i", "--only", "useless-parens", "--color", "never")
	assert.Contains(t, errs, "\na.nix:3:7: info: parentheses around a whole value [useless-parens]\n--- a/a.nix\n+++ b/a.nix\n@@ -1,6 +1,6 @@\n # one\n {\n-  a = ({ });\n+  a = { };\n")
	assert.Contains(t, errs, "\n-\t({ })\n+\t{ }\n")
}

// TestInteractiveAsksAboutUnsafeFixes shows those that need an eye: it looks at them.
func TestInteractiveAsksAboutUnsafeFixes(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "let a = 1; in 2\n"})
	_, _, errs := nixsift(t, dir, "n\n", "check", "-i", "--only", "unused-let-binding")
	if !strings.Contains(errs, "[unused-let-binding]") {
		t.Fatal(errs)
	}
}

// TestInteractiveStops ends at the first signal while it waits, and writes nothing.
func TestInteractiveStops(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "{\n  a = ({ });\n  b = ({ });\n}\n"})
	cmd, _ := process(t, dir, "fix", "-i", "--select", "useless-parens")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	cmd.Stderr = nil
	said, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = io.WriteString(in, "y\n")
	require.NoError(t, err)
	var text strings.Builder
	for buf := make([]byte, 1024); strings.Count(text.String(), "[y,n,a,d,q,?]") < 2; {
		n, err := said.Read(buf)
		require.NoError(t, err, text.String())
		text.Write(buf[:n])
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	_, _ = io.Copy(&text, said)
	_ = cmd.Wait()
	assert.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode(), text.String())
	b, err := os.ReadFile(filepath.Join(dir, "a.nix"))
	require.NoError(t, err)
	assert.Equal(t, "{\n  a = ({ });\n  b = ({ });\n}\n", string(b))
}

//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestSuppressFile holds that one comment for the file reaches what no comment beside it does, and that messages name the way.
func TestSuppressFile(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"nixsift.toml": "",
		"a.nix":        "{\n  a = \"\n    \\- one\n    ${./gone.nix} two\n    \\- three\n  \";\n}\n",
		"b.nix":        "# nixsift: ignore-file[unused-let-binding] kept\n\n./gone.nix\n",
	})
	const rules = "useless-string-escape,missing-path"
	o := start(t, dir, nil, "check", "--select", rules, "--format", "short")
	require.Contains(t, o.out, "a.nix:3")
	o = start(t, dir, nil, "suppress", "--select", rules, "--reason", "for awk")
	assert.Equal(t, exitFindings, o.status)
	assert.Contains(t, o.errors, "nixsift: a.nix:3:")
	assert.Contains(t, o.errors, "no comment can stand there: write `# nixsift: ignore-file[")
	assert.Contains(t, o.errors, "`nixsift suppress --file`")
	assert.Contains(t, read(t, filepath.Join(dir, "a.nix")), "\n    ${./gone.nix /* nixsift: ignore[missing-path] for awk */} two\n")
	o = start(t, dir, nil, "suppress", "--select", rules, "--reason", "for awk", "--file")
	assert.Equal(t, exitClean, o.status, o.errors)
	assert.True(t, strings.HasPrefix(read(t, filepath.Join(dir, "a.nix")), "# nixsift: ignore-file["))
	assert.Contains(t, read(t, filepath.Join(dir, "b.nix")), "# nixsift: ignore[missing-path] for awk\n./gone.nix\n")
	o = start(t, dir, nil, "check", "--select", rules, "--fail-on", "hint")
	assert.Equal(t, exitClean, o.status, o.out)
}

// TestSuppressLineEnds holds that a file with CR LF takes a comment with its line ends, which the rule about these then speaks about.
func TestSuppressLineEnds(t *testing.T) {
	const text = "let\r\n  x = 1;\r\nin\r\n2\r\n"
	for _, test := range []struct{ rules, want string }{
		{"unused-let-binding", "# nixsift: ignore-file[unused-let-binding] why\r\n" + text},
		{"crlf-in-source", "# nixsift: ignore-file[crlf-in-source] why\r\n" + text},
		{"crlf-in-source,unused-let-binding", "# nixsift: ignore-file[crlf-in-source, unused-let-binding] why\r\n" + text},
	} {
		dir := testenv.Tree(t, map[string]string{"nixsift.toml": "", "a.nix": text})
		o := start(t, dir, nil, "suppress", "--select", test.rules, "--reason", "why", "--file")
		assert.Equal(t, exitClean, o.status, o.errors)
		assert.Equal(t, test.want, read(t, filepath.Join(dir, "a.nix")))
		o = start(t, dir, nil, "check", "--select", test.rules, "--fail-on", "hint")
		assert.Equal(t, exitClean, o.status, o.out)
	}
}

// TestSuppressStatus holds that the status is about what was asked for.
func TestSuppressStatus(t *testing.T) {
	for _, c := range []struct {
		name, rules, text, message string
		status                     int
	}{
		{"another file is broken", "missing-path", "{ a = ; }", ": what rules would find in the file may not be seen", exitClean},
		{"so by its name", "missing-path,syntax-error", "{ a = ; }", "`syntax-error` is not silenced: Nix itself refuses the file", exitFindings},
		{"so by a family", "missing-path,correctness/*", "{ a = ; }", ": what rules would find in the file may not be seen", exitClean},
		{"not read", "missing-path", "", "b.nix", exitUsage},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := testenv.Tree(t, map[string]string{"nixsift.toml": "", "a.nix": "./gone.nix\n"})
			path := filepath.Join(dir, "b.nix")
			if c.text == "" {
				require.NoError(t, os.Symlink("b.nix", path))
			} else {
				require.NoError(t, os.WriteFile(path, []byte(c.text), 0o644))
			}
			o := start(t, dir, nil, "suppress", "--select", c.rules, "--reason", "why", "a.nix", "b.nix")
			assert.Equal(t, c.status, o.status, o.errors)
			assert.Contains(t, o.errors, c.message)
			assert.Equal(t, "# nixsift: ignore[missing-path] why\n./gone.nix\n", read(t, filepath.Join(dir, "a.nix")))
		})
	}
}

// TestSuppressNothing holds that nothing to silence and nothing that can be silenced are told apart.
func TestSuppressNothing(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"nixsift.toml": "", "clean.nix": "1\n", "merge.nix": "{\n  a = ./gone.nix;\n<<<<<<< HEAD\n  b = 1;\n=======\n  b = 2;\n>>>>>>> theirs\n}\n",
	})
	o := start(t, dir, nil, "suppress", "--select", "missing-path", "--reason", "why", "clean.nix")
	assert.Equal(t, "there is nothing to silence\n", o.out)
	assert.Equal(t, exitClean, o.status)
	o = start(t, dir, nil, "suppress", "--select", "missing-path", "--reason", "why")
	assert.Equal(t, "nothing is silenced\n", o.out)
	assert.Contains(t, o.errors, "merge.nix:2:7: `missing-path` is not silenced: the file has the markers of a merge\n")
	assert.Equal(t, exitFindings, o.status)
}

//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestAdopt takes nixsift up in an old repository: the first run fails, a baseline makes the gate green, editing and moving files keeps
// it so, a new fault is caught, and mending an old one makes the baseline shrink.
func TestAdopt(t *testing.T) {
	gittest.Isolate(t)
	from := testenv.Shared(t, "corpus", "repos", "jordanisaacs+dotfiles")
	dir := gittest.Init(t, t.TempDir(), "repo")
	require.NoError(t, os.CopyFS(dir, os.DirFS(from)))
	commit := func() { gittest.Run(t, dir, "add", "-A"); gittest.Run(t, dir, "commit", "-qm", "x") }
	commit()
	o := start(t, dir, nil, "check", "--format", "json")
	require.Equal(t, exitFindings, o.status, o.errors)
	var first struct {
		Findings []struct {
			File, Rule string
			Fixes      []struct{ Safety string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &first))
	require.Greater(t, len(first.Findings), 20)

	o = start(t, dir, nil, "baseline")
	require.Equal(t, exitClean, o.status, o.errors)
	commit()
	gate(t, dir, exitClean, "", "")
	before := read(t, filepath.Join(dir, "nixsift-baseline.json"))

	// One file is edited at its top, another one moves.
	mended := ""
	for _, f := range first.Findings {
		if len(f.Fixes) > 0 && f.Fixes[0].Safety == "safe" && strings.HasSuffix(f.File, ".nix") {
			mended = f.File
		}
	}
	require.NotEmpty(t, mended)
	write(t, "# edited\n\n"+read(t, filepath.Join(dir, mended)), dir, mended)
	gate(t, dir, exitClean, "", "")
	gate(t, dir, exitClean, "", "", mended)

	// A new fault, in a file that has old ones and in a new one.
	write(t, "let nobody = 1; in ./not/there.nix\n", dir, "new.nix")
	gittest.Run(t, dir, "add", "-A")
	gate(t, dir, exitFindings, "new.nix:1:5: warning: `nobody` is never used", "")
	o = start(t, dir, nil, "baseline")
	assert.Contains(t, o.errors, "not in it and not accepted")
	assert.Equal(t, before, read(t, filepath.Join(dir, "nixsift-baseline.json")))
	gate(t, dir, exitFindings, "new.nix", "")
	require.NoError(t, os.Remove(filepath.Join(dir, "new.nix")))
	gittest.Run(t, dir, "add", "-A")

	// An old fault is mended.
	o = start(t, dir, nil, "check", "--fix", mended)
	require.Equal(t, exitClean, o.status, o.errors)
	gate(t, dir, exitClean, "", "fixed: run `nixsift baseline`")
	o = start(t, dir, nil, "baseline", "--check")
	assert.Equal(t, exitFindings, o.status)
	assert.Contains(t, o.out, "fixed: "+mended+": ")
	o = start(t, dir, nil, "baseline")
	assert.Equal(t, exitClean, o.status, o.errors)
	after := read(t, filepath.Join(dir, "nixsift-baseline.json"))
	assert.Less(t, strings.Count(after, "\n"), strings.Count(before, "\n"))
	for line := range strings.Lines(after) {
		assert.Contains(t, strings.ReplaceAll(before, ",\n", "\n"), strings.ReplaceAll(line, ",\n", "\n"), "nothing comes and nothing changes")
	}
	gate(t, dir, exitClean, "", "")
	o = start(t, dir, nil, "baseline", "--check")
	assert.Equal(t, exitClean, o.status, o.out)
}

// TestSuppressCommand holds where comments come to stand, and that a second run changes nothing.
func TestSuppressCommand(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"nixsift.toml": "", "a.nix": "{\n  a = ./gone.nix;\n  # nixsift: ignore[missing-path] known\n  b = let unused = ./gone2.nix; in 1;\n  c = ''\n    ${let u = 1; in \"x\"}\n  '';\n  /**\n    words\n  */\n  d = let u = 1; in 2;\r\n}\n",
		"b.nix": "{ a = ; }\n",
	})
	args := []string{"suppress", "--select", "missing-path,unused-let-binding", "--reason", "older than the rule"}
	o := start(t, dir, nil, append(args, "--diff")...)
	assert.Equal(t, exitFindings, o.status, o.errors)
	assert.Contains(t, o.out, "+  # nixsift: ignore[missing-path] older than the rule\n")
	o = start(t, dir, nil, args...)
	assert.Equal(t, exitClean, o.status, "all that the rules find is silenced")
	assert.Contains(t, o.errors, "nixsift: b.nix:1:7: expected an expression")
	assert.Contains(t, o.errors, ": what rules would find in the file may not be seen\n")
	const want = "{\n  # nixsift: ignore[missing-path] older than the rule\n  a = ./gone.nix;\n  # nixsift: ignore[missing-path, unused-let-binding] known; older than the rule\n  b = let unused = ./gone2.nix; in 1;\n  c = ''\n    ${let u = 1; in \"x\" /* nixsift: ignore[unused-let-binding] older than the rule */}\n  '';\n  # nixsift: ignore[unused-let-binding] older than the rule\n  /**\n    words\n  */\n  d = let u = 1; in 2;\r\n}\n"
	assert.Equal(t, want, read(t, filepath.Join(dir, "a.nix")))
	o = start(t, dir, nil, args...)
	assert.Contains(t, o.out, "there is nothing to silence")
	assert.Equal(t, want, read(t, filepath.Join(dir, "a.nix")))
	for args, message := range map[string]string{
		"suppress --reason x": "name the rules", "suppress --select missing-path": "say why with --reason",
		"suppress --select missing-path --reason x --no-reason": "contradict",
	} {
		o := start(t, dir, nil, strings.Fields(args)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.errors, message)
	}
}

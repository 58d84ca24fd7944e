//go:build unix

package main

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestWhereOthersPass has each way in which a linter of Nix code, or the hook that runs it, is known to end with 0 though something is wrong
// or was not looked at. (That a rule finds nothing at all, the last such way, is what ruletest refuses.)
func TestWhereOthersPass(t *testing.T) {
	gittest.Isolate(t)
	files := map[string]string{
		"broken.nix": "{ a = ; }\n", "good.nix": "{ a = 1; }\n", "fixable.nix": "{ a = ({ }); b = ; }\n",
		"sub/nixsift.toml": "[rules]\nuseless-parens = \"error\"\n", "sub/a.nix": "{ a = ({ }); }\n",
	}
	for _, c := range []struct {
		name, from string
		args       []string
		status     int
		says       string
	}{
		{"a path that is not there", ".", []string{"check", "nonexist"}, exitUsage, "nonexist: error: no such file or directory"},
		{"one among others", ".", []string{"check", "good.nix", "nonexist", "good.nix"}, exitUsage, "nonexist: error: no such file or directory"},
		{"fixing what does not parse", ".", []string{"fix", "broken.nix"}, exitFindings, "syntax-error"},
		{"fixing it beside what does", ".", []string{"fix", "fixable.nix", "good.nix"}, exitFindings, "syntax-error"},
		{"a syntax error under a rule of another kind", ".", []string{"check", "--only", "unused-let-binding", "broken.nix"}, exitFindings, "syntax-error"},
		{"the configuration of the folder that is checked, from elsewhere", ".", []string{"check", "sub"}, exitFindings, "error[useless-parens]"},
		{"from within", "sub", []string{"check"}, exitFindings, "error[useless-parens]"},
		{"from beside", "other", []string{"check", "../sub/a.nix"}, exitFindings, "error[useless-parens]"},
		{"errors of the first file only", ".", []string{"check", "broken.nix", "good.nix"}, exitFindings, "syntax-error"},
		{"errors of the last", ".", []string{"check", "good.nix", "broken.nix"}, exitFindings, "syntax-error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := testenv.Tree(t, files)
			gittest.Write(t, dir, "other/x", "")
			o := start(t, filepath.Join(dir, c.from), nil, c.args...)
			assert.Equal(t, c.status, o.status, "%s%s", o.out, o.errors)
			assert.Contains(t, o.out+o.errors, c.says)
		})
	}

	t.Run("a hook that is handed several files", func(t *testing.T) {
		repo := gittest.Init(t, t.TempDir(), "repo")
		assert.Equal(t, exitClean, start(t, repo, nil, "hook", "install").status)
		gittest.Write(t, repo, "a.nix", "{ a = ; }\n", "z.nix", "{ a = 1; }\n")
		gittest.Run(t, repo, "add", "-A")
		out, err := gittest.Command(t, repo, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "bad").CombinedOutput()
		assert.Error(t, err)
		assert.Contains(t, string(out), "syntax-error")
	})
}

// TestRunsAtOnce fixes the same files by several programs: each file ends with one whole text, and every run says so or tells
// which files others changed under its hands.
func TestRunsAtOnce(t *testing.T) {
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("f%d.nix", i)] = unfixed
	}
	dir := testenv.Tree(t, files)
	program(t) // is built once
	outcomes := make([]outcome, 4)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() { outcomes[i] = start(t, dir, nil, "check", onlySlashes, "--fix") })
	}
	wg.Wait()
	for name := range files {
		assert.Equal(t, refixed, read(t, filepath.Join(dir, name)), name)
	}
	for _, o := range outcomes {
		if o.status != exitClean {
			assert.Equal(t, exitUsage, o.status, "%s%s", o.out, o.errors)
			assert.Contains(t, o.errors, "not fixed")
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".nixsift-*"))
	assert.NoError(t, err)
	assert.Empty(t, left)
}

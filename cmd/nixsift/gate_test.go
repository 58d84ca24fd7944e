//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
)

const baselineName = "nixsift-baseline.json"

// adoptedRepo returns a repository with findings, all of them in its baseline, which is committed on main.
func adoptedRepo(t *testing.T) string {
	t.Helper()
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo", "-b", "main")
	for name, text := range old {
		gittest.Write(t, root, name, text)
	}
	gittest.Run(t, root, "add", "-A")
	o := start(t, root, nil, "baseline")
	require.Equal(t, exitClean, o.status, o.errors)
	commit(t, root)
	return root
}

// edit replaces something in a file, which must be there.
func edit(t *testing.T, from, to string, path ...string) {
	t.Helper()
	text := read(t, filepath.Join(path...))
	require.Contains(t, text, from)
	write(t, strings.Replace(text, from, to, 1), path...)
}

// without takes the lines of a file out of a baseline.
func without(t *testing.T, root, file string) {
	t.Helper()
	var kept []string
	for line := range strings.Lines(read(t, filepath.Join(root, baselineName))) {
		if !strings.Contains(line, `"file": "`+file+`"`) {
			kept = append(kept, line)
		}
	}
	text := strings.Join(kept, "")
	write(t, strings.Replace(text, "},\n  ]", "}\n  ]", 1), root, baselineName)
}

// TestBaselineStaged holds that --staged takes the baseline as the index has it, as everything else.
func TestBaselineStaged(t *testing.T) {
	root := adoptedRepo(t)
	edit(t, "y = 1", "y = 2", root, "hosts", "b.nix")
	gittest.Run(t, root, "add", "-A")
	gate(t, root, exitClean, "", "", "--staged")
	gate(t, filepath.Join(root, "hosts"), exitClean, "", "", "--staged", ".")
	gate(t, root, exitFindings, "hosts/b.nix:2:7", "", "--staged", "--no-baseline")

	t.Run("the working tree's does not count", func(t *testing.T) {
		before := read(t, filepath.Join(root, baselineName))
		for _, text := range []string{"{", ""} {
			write(t, text, root, baselineName)
			gate(t, root, exitClean, "", "", "--staged")
			gate(t, root, exitUsage, "the baseline is damaged", "")
		}
		require.NoError(t, os.Remove(filepath.Join(root, baselineName)))
		gate(t, root, exitClean, "", "", "--staged")
		write(t, before, root, baselineName)
	})

	t.Run("a staged change of it counts", func(t *testing.T) {
		without(t, root, "hosts/b.nix")
		gate(t, root, exitClean, "", "", "--staged")
		gittest.Run(t, root, "add", baselineName)
		gate(t, root, exitFindings, "hosts/b.nix:2:7", "", "--staged")
		gittest.Run(t, root, "checkout", "-q", "HEAD", "--", baselineName)
		write(t, "{", root, baselineName)
		gittest.Run(t, root, "add", baselineName)
		gate(t, root, exitUsage, "nixsift-baseline.json:1:2: error: the baseline is damaged", "", "--staged")
		gittest.Run(t, root, "rm", "-q", "--cached", baselineName)
		gate(t, root, exitFindings, "hosts/b.nix:2:7", "nixsift: nixsift-baseline.json changed, too, which bears on files that did not: `nixsift check` without --staged checks those\n"+
			"nixsift: nixsift-baseline.json is there, but not staged: `git add` it\n", "--staged")
		gittest.Run(t, root, "checkout", "-q", "HEAD", "--", baselineName)
		gate(t, root, exitClean, "", "", "--staged")
	})

	t.Run("accepted, but not staged", func(t *testing.T) {
		edit(t, "y = 2", "y = ./also-gone.nix", root, "hosts", "b.nix")
		gittest.Run(t, root, "add", "hosts")
		o := start(t, root, nil, "baseline", "--accept-new")
		require.Contains(t, o.out, "6 findings (1 new)")
		gate(t, root, exitFindings, "hosts/b.nix:3:7", "nixsift: nixsift-baseline.json has changes that are not staged: `git add` it\n", "--staged")
		gittest.Run(t, root, "add", baselineName)
		gate(t, root, exitClean, "", "", "--staged")
	})

	t.Run("a rename is known", func(t *testing.T) {
		commit(t, root)
		gittest.Run(t, root, "mv", "hosts", "machines")
		gate(t, root, exitClean, "", "", "--staged")
		o := start(t, root, nil, "baseline")
		assert.Contains(t, o.out, "(4 in files that have another name)")
		gittest.Run(t, root, "add", "-A")
		gate(t, root, exitClean, "", "", "--staged")
		commit(t, root)
	})

	t.Run("what is mended is told", func(t *testing.T) {
		write(t, "import ./gone.nix\n", root, "a.nix")
		gittest.Run(t, root, "add", "-A")
		gate(t, root, exitClean, "", "nixsift: 1 finding of nixsift-baseline.json is fixed: run `nixsift baseline`, which takes it out\n", "--staged")
		o := start(t, root, nil, "baseline")
		assert.Contains(t, o.out, "(1 fixed)")
		gate(t, root, exitClean, "", "nixsift: nixsift-baseline.json has changes that are not staged: `git add` it\n", "--staged")
		gittest.Run(t, root, "add", "-A")
		gate(t, root, exitClean, "", "", "--staged")
	})
}

// TestBaselineStagedFirst holds what --staged says where the index has no baseline yet.
func TestBaselineStagedFirst(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "deep/er/a.nix", "import ./gone.nix\n")
	gittest.Run(t, root, "add", "-A")
	start(t, root, nil, "baseline")
	gate(t, root, exitFindings, "deep/er/a.nix:1:8", "nixsift: nixsift-baseline.json is there, but not staged: `git add` it\n", "--staged")
	gate(t, filepath.Join(root, "deep"), exitFindings, "er/a.nix:1:8", "nixsift: ../nixsift-baseline.json is there, but not staged: `git add` it\n", "--staged")
	gittest.Run(t, root, "add", "-A")
	gate(t, root, exitClean, "", "", "--staged")

	gittest.Write(t, root, "nixsift.toml", "baseline = \"lint/known.json\"\n", "lint/known.json", read(t, filepath.Join(root, baselineName)))
	gittest.Run(t, root, "add", "nixsift.toml")
	o := start(t, root, nil, "check", "--staged")
	assert.Equal(t, exitUsage, o.status)
	assert.Contains(t, o.out, "lint/known.json: error: the baseline is there, but not staged: `git add` it")
	edit(t, `"deep`, `"../deep`, root, "lint", "known.json")
	gittest.Run(t, root, "add", "lint")
	gate(t, root, exitClean, "", "nixsift.toml changed, too", "--staged")
}

// TestBaselineTakenAway holds that what a deletion leads to in files that did not change can be accepted with it.
func TestBaselineTakenAway(t *testing.T) {
	root := adoptedRepo(t)
	gittest.Write(t, root, "there.nix", "1\n", "uses.nix", "[ ./there.nix ./gone.nix ]\n")
	gittest.Run(t, root, "add", "-A")
	start(t, root, nil, "baseline", "--accept-new")
	commit(t, root)
	gittest.Run(t, root, "rm", "-q", "there.nix")
	for _, flag := range []string{"--staged", "--changed-since=HEAD"} {
		gate(t, root, exitFindings, "uses.nix:1:3", "", flag)
	}
	start(t, root, nil, "baseline", "--accept-new")
	gate(t, root, exitFindings, "uses.nix:1:3", "not staged", "--staged")
	gittest.Run(t, root, "add", "-A")
	for _, flag := range []string{"--staged", "--changed-since=HEAD"} {
		gate(t, root, exitClean, "", "", flag)
	}
}

// TestBaselineChangedSince holds that a run over a change tells nothing of what it did not look at.
func TestBaselineChangedSince(t *testing.T) {
	root := adoptedRepo(t)
	// On main, one file is mended and another one renamed, and nobody runs `nixsift baseline`.
	write(t, "import ./gone.nix\n", root, "a.nix")
	gittest.Run(t, root, "mv", "hosts", "machines")
	commit(t, root)
	gittest.Run(t, root, "checkout", "-q", "-b", "topic")
	gittest.Write(t, root, "c.nix", sound)
	gate(t, root, exitClean, "", "", "--changed-since", "main")
	gittest.Run(t, root, "add", "-A")
	gate(t, root, exitClean, "", "", "--staged")
	gate(t, root, exitClean, "", "1 finding of nixsift-baseline.json is fixed")

	// What the change itself mends or deletes is told, what it brings fails.
	start(t, root, nil, "baseline")
	write(t, "let u = 1; in 2\n", root, "c.nix")
	gate(t, root, exitFindings, "c.nix:1:5", "", "--changed-since", "main")
	write(t, sound, root, "c.nix")
	edit(t, "x = ./gone.nix;", "", root, "machines", "b.nix")
	gate(t, root, exitClean, "", "1 finding of nixsift-baseline.json is fixed", "--changed-since", "main")
	gate(t, root, exitClean, "", "", "--changed-since", "main", "c.nix")
	start(t, root, nil, "baseline")
	commit(t, root)
	require.NoError(t, os.Remove(filepath.Join(root, "machines", "b.nix")))
	gate(t, root, exitClean, "", "2 findings of nixsift-baseline.json are fixed", "--changed-since", "HEAD")
	gate(t, root, exitClean, "", "0 files to check", "--changed-since", "HEAD", "c.nix")

	for _, args := range [][]string{{"--staged"}, {"--changed-since", "main"}, {"--check", "--staged"}} {
		o := start(t, root, nil, append([]string{"baseline"}, args...)...)
		assert.Equal(t, exitUsage, o.status, "a baseline is about everything")
		assert.Contains(t, o.errors, "unknown flag")
	}
}

// TestBaselineFix holds that fixing mends what is in the baseline, tells what is fixed there, and leaves the baseline itself.
func TestBaselineFix(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		stdin  string
		status int
		fixed  string // of the baseline; a diff fixes nothing yet
		asked  int
	}{
		"fix":             {[]string{"fix"}, "", exitClean, "3 findings of", 0},
		"check --fix":     {[]string{"check", "--fix"}, "", exitClean, "3 findings of", 0},
		"staged":          {[]string{"check", "--staged", "--diff"}, "", exitFindings, "", 0},
		"diff":            {[]string{"fix", "--diff"}, "", exitFindings, "", 0},
		"one file":        {[]string{"fix", "a.nix"}, "", exitClean, "1 finding of", 0},
		"since":           {[]string{"fix", "--changed-since", "HEAD"}, "", exitClean, "2 findings of", 0},
		"interactive, y":  {[]string{"fix", "--interactive"}, "y\nn\nn\n", exitClean, "1 finding of", 3},
		"interactive, no": {[]string{"fix", "-i"}, "q\n", exitClean, "", 1},
	} {
		root := adoptedRepo(t)
		edit(t, "y = 1", "y = 2", root, "hosts", "b.nix")
		gittest.Run(t, root, "add", "-A")
		before := read(t, filepath.Join(root, baselineName))
		o := start(t, root, func(cmd *exec.Cmd) { cmd.Stdin = strings.NewReader(c.stdin) }, c.args...)
		assert.Equal(t, c.status, o.status, "%s: %s%s", name, o.out, o.errors)
		if c.fixed == "" {
			assert.NotContains(t, o.errors, "fixed: run", name)
		} else {
			assert.Contains(t, o.errors, "nixsift: "+c.fixed+" nixsift-baseline.json", name)
		}
		assert.Equal(t, c.asked, strings.Count(o.errors, "[y,n,a,d,q,?]"), "%s: %s", name, o.errors)
		assert.Equal(t, before, read(t, filepath.Join(root, baselineName)), name)
		if c.status == exitFindings {
			assert.Contains(t, o.out, "-    (let u = 1; in 2)\n", name)
		} else {
			gate(t, root, exitClean, "", c.fixed)
		}
	}
	root := adoptedRepo(t)
	for _, args := range []string{"fix --staged", "fix --staged --interactive", "check --staged -i"} {
		o := start(t, root, nil, strings.Fields(args)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.errors, "--staged checks the index", args)
	}
}

// TestBaselineTold holds what reports tell of a baseline.
func TestBaselineTold(t *testing.T) {
	root := adoptedRepo(t)
	write(t, "import ./gone.nix\n", root, "a.nix")
	gittest.Write(t, root, "new.nix", "[\n"+strings.Repeat("  (let u = 1; in 2)\n", 60)+"]\n")
	gittest.Run(t, root, "add", "-A")
	const fixed = "nixsift: 1 finding of nixsift-baseline.json is fixed: run `nixsift baseline`, which takes it out\n"

	o := start(t, root, nil, "check", "--format", "short", "--max-findings", "2")
	assert.Equal(t, exitFindings, o.status)
	assert.Equal(t, 2, strings.Count(o.out, "new.nix:"), "those of the baseline take no place")
	assert.NotContains(t, o.out, "b.nix")
	assert.Contains(t, o.errors, fixed)
	assert.Contains(t, o.errors, "58 more findings not printed")
	o = start(t, root, nil, "check", "--statistics")
	assert.Contains(t, o.out, "60  warning  unused-let-binding")
	assert.Contains(t, o.out, "; 4 findings are in the baseline\n")
	o = start(t, root, nil, "check", "--statistics", "--format", "json")
	var got struct {
		Statistics []struct {
			Rule     string
			Findings int
		}
		Summary struct{ Baseline struct{ Findings, Fixed int } }
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &got))
	for _, c := range got.Statistics {
		assert.Equal(t, 60, c.Findings, c.Rule)
	}
	assert.Equal(t, 4, got.Summary.Baseline.Findings)
	assert.Equal(t, 1, got.Summary.Baseline.Fixed)
	o = start(t, root, nil, "check", "--quiet", "hosts", "a.nix")
	assert.Equal(t, exitClean, o.status)
	assert.Empty(t, o.out+o.errors, "nothing to tell")

	page := filepath.Join(t.TempDir(), "page.md")
	inPlain(t, root, []string{"GITHUB_STEP_SUMMARY=" + page}, "check")
	assert.Contains(t, read(t, page), "; 4 findings are in the baseline\n\n1 finding of the baseline is fixed: <code>nixsift baseline</code> takes out what is.\n")
	assert.NotContains(t, read(t, page), "b.nix")

	_, screen := onTerminal(t, root, 100, nil, "check")
	assert.Contains(t, screen, "nixsift baseline --accept-new")
	assert.Contains(t, screen, "What was found, by rule")
	start(t, root, nil, "baseline", "--accept-new")
	_, screen = onTerminal(t, root, 100, nil, "check")
	assert.Contains(t, screen, "64 findings are in the baseline")
}

// TestSuppressBeside holds that comments and a baseline leave each other alone.
func TestSuppressBeside(t *testing.T) {
	root := adoptedRepo(t)
	gittest.Write(t, root, "c.nix", "[\n  (let u = 1; in ./none.nix)\n  ''\n    ${let v = 1; in \"\"}\n  '' # words\n]\n")
	gittest.Run(t, root, "add", "-A")
	o := start(t, root, nil, "baseline", "--accept-new", "--select", "missing-path")
	require.Contains(t, o.out, "(1 new)")
	o = start(t, root, nil, "suppress", "--select", "*", "--reason", "made by the installer")
	assert.Equal(t, exitClean, o.status, o.errors)
	assert.Contains(t, o.out, "silenced 2 findings in 1 file\n", "what is in the baseline is left")
	gate(t, root, exitClean, "", "")
	o = start(t, root, nil, "suppress", "--no-baseline", "--select", "missing-path,unused-let-binding", "--reason", "old")
	assert.Contains(t, o.out, "silenced ")
	gate(t, root, exitClean, "", "", "--no-baseline")
	gate(t, root, exitClean, "", "6 findings of nixsift-baseline.json are fixed")
	o = start(t, root, nil, "baseline")
	assert.Contains(t, o.out, "fixed: a.nix: missing-path\n")
	gate(t, root, exitClean, "", "")

	// A comment at the end of a line leaves what else stands there in the baseline.
	gittest.Write(t, root, "d.nix", "x: x.a or (let u = 1; in ./none.nix)\n")
	gittest.Run(t, root, "add", "-A")
	start(t, root, nil, "baseline", "--accept-new", "--select", "missing-path")
	write(t, "x: x.a or (let u = 1; in ./none.nix) # nixsift: ignore[unused-let-binding] by hand\n", root, "d.nix")
	gate(t, root, exitClean, "", "")
}

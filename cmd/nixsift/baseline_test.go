//go:build unix

package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// old is a project with findings: unused-let-binding and missing-path, two of them equal.
var old = map[string]string{
	"nixsift.toml": "", "a.nix": "let\n  unused = 1;\nin\nimport ./gone.nix\n", "hosts/b.nix": "{\n  x = ./gone.nix;\n  y = 1;\n  z = [\n    (let u = 1; in 2)\n    (let u = 1; in 2)\n  ];\n}\n",
}

// write writes a text into a file, given by the parts of its path.
func write(t *testing.T, text string, path ...string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(path...), []byte(text), 0o644))
}

// adopted returns the project with its baseline.
func adopted(t *testing.T, more map[string]string) string {
	t.Helper()
	files := maps.Clone(old)
	maps.Copy(files, more)
	dir := testenv.Tree(t, files)
	o := start(t, dir, nil, "baseline")
	require.Equal(t, exitClean, o.status, o.errors)
	require.Contains(t, o.out, "wrote nixsift-baseline.json: 5 findings\n")
	return dir
}

// gate holds what a check tells: its status, what it prints, and what it says on standard error.
func gate(t *testing.T, dir string, status int, out, errors string, args ...string) {
	t.Helper()
	o := start(t, dir, nil, append([]string{"check", "--format", "short"}, args...)...)
	assert.Equal(t, status, o.status, "%s%s", o.out, o.errors)
	if out == "" {
		assert.Empty(t, o.out)
	}
	assert.Contains(t, o.out, out)
	if errors == "" {
		assert.Empty(t, o.errors)
	}
	assert.Contains(t, o.errors, errors)
}

func TestBaseline(t *testing.T) {
	dir := adopted(t, nil)
	text := read(t, filepath.Join(dir, "nixsift-baseline.json"))
	assert.Equal(t, 5, strings.Count(text, "\n    {"), text)
	gate(t, dir, exitClean, "", "")
	gate(t, filepath.Join(dir, "hosts"), exitClean, "", "", ".")
	gate(t, dir, exitClean, "", "", "hosts/b.nix")
	gate(t, dir, exitFindings, "a.nix:4:8", "", "--no-baseline")
	o := start(t, dir, nil, "check")
	assert.Equal(t, "no findings in 2 files; 5 findings are in the baseline\n", o.out)
	o = start(t, dir, nil, "check", "--statistics", "--max-findings", "1")
	assert.Equal(t, "no findings in 2 files; 5 findings are in the baseline\n", o.out+o.errors)

	// Edits around what is known.
	write(t, "# words\n\n"+strings.Replace(read(t, filepath.Join(dir, "hosts", "b.nix")), "y = 1", "y = 2", 1), dir, "hosts", "b.nix")
	gate(t, dir, exitClean, "", "")
	write(t, strings.ReplaceAll(read(t, filepath.Join(dir, "hosts", "b.nix")), "[\n    (let u = 1; in 2)\n    (let u = 1; in 2)\n  ]", "[ (let u = 1; in 2) (let u = 1; in 2) ]"), dir, "hosts", "b.nix")
	gate(t, dir, exitClean, "", "")
	o = start(t, dir, nil, "baseline")
	assert.Equal(t, exitClean, o.status)
	assert.Contains(t, o.out, "wrote nixsift-baseline.json: 5 findings\n")

	// A third one like the two that are known.
	write(t, strings.Replace(read(t, filepath.Join(dir, "hosts", "b.nix")), "  y = 2", "  w = (let u = 1; in 2);\n  y = 2", 1), dir, "hosts", "b.nix")
	gate(t, dir, exitFindings, "unused-let-binding", "")
	gate(t, dir, exitFindings, "unused-let-binding", "", "hosts/b.nix")
	o = start(t, dir, nil, "baseline")
	assert.Contains(t, o.errors, "1 finding is not in it and not accepted")
	gate(t, dir, exitFindings, "unused-let-binding", "")
	o = start(t, dir, nil, "baseline", "--accept-new")
	assert.Contains(t, o.out, "wrote nixsift-baseline.json: 6 findings (1 new)\n")
	gate(t, dir, exitClean, "", "")

	// A file that has another name, and one that goes.
	require.NoError(t, os.Rename(filepath.Join(dir, "hosts"), filepath.Join(dir, "machines")))
	gate(t, dir, exitClean, "", "")
	o = start(t, dir, nil, "baseline")
	assert.Contains(t, o.out, "wrote nixsift-baseline.json: 6 findings (4 in files that have another name)\n")
	assert.NotContains(t, read(t, filepath.Join(dir, "nixsift-baseline.json")), "hosts")
	require.NoError(t, os.Remove(filepath.Join(dir, "machines", "b.nix")))
	gate(t, dir, exitClean, "", "", "a.nix")
	const fixed = "nixsift: 4 findings of nixsift-baseline.json are fixed: run `nixsift baseline`, which takes them out\n"
	gate(t, dir, exitClean, "", fixed)
	o = start(t, dir, nil, "baseline", "--check")
	assert.Equal(t, exitFindings, o.status)
	assert.Equal(t, "fixed: machines/b.nix: missing-path\nfixed: machines/b.nix: unused-let-binding (3)\n"+strings.TrimPrefix(fixed, "nixsift: "), o.out)
	o = start(t, dir, nil, "baseline")
	assert.Equal(t, "fixed: machines/b.nix: missing-path\nfixed: machines/b.nix: unused-let-binding (3)\nwrote nixsift-baseline.json: 2 findings (4 fixed)\n", o.out)
	o = start(t, dir, nil, "baseline", "--check")
	assert.Equal(t, exitClean, o.status, o.out)
	gate(t, dir, exitClean, "", "")
}

// TestBaselinePartial holds that runs which look at a part tell nothing of the rest and leave it.
func TestBaselinePartial(t *testing.T) {
	for name, args := range map[string]string{
		"other file": "hosts", "other rule": "--select missing-path", "only": "--only missing-path", "ignored": "--ignore unused-*",
		"rule off": "--rule unused-let-binding=off", "preset": "--preset none", "left out": "--exclude a.nix", "other named": "hosts/b.nix",
	} {
		dir := adopted(t, nil)
		write(t, "import ./gone.nix\n", dir, "a.nix")
		before := read(t, filepath.Join(dir, "nixsift-baseline.json"))
		gate(t, dir, exitClean, "", "", strings.Fields(args)...)
		o := start(t, dir, nil, append([]string{"baseline", "--check"}, strings.Fields(args)...)...)
		assert.Equal(t, exitClean, o.status, "%s: %s", name, o.out)
		o = start(t, dir, nil, append([]string{"baseline"}, strings.Fields(args)...)...)
		assert.Equal(t, exitClean, o.status, name)
		assert.Equal(t, before, read(t, filepath.Join(dir, "nixsift-baseline.json")), name)
		o = start(t, dir, nil, "baseline", "--check")
		assert.Equal(t, exitFindings, o.status, name)
	}
	dir := adopted(t, nil)
	require.NoError(t, os.Remove(filepath.Join(dir, "a.nix")))
	o := start(t, dir, nil, "baseline", "--check", "hosts")
	assert.Equal(t, exitClean, o.status, "a file that is gone elsewhere")
	write(t, "ignore = [\"unused-let-binding\"]\nexclude = [\"hosts\"]\n", dir, "nixsift.toml")
	write(t, old["a.nix"], dir, "a.nix")
	o = start(t, dir, nil, "baseline")
	assert.Equal(t, "nixsift-baseline.json stays as it is: 5 findings\n", o.out, "what the configuration turns off may be there")
	const idle = "nixsift: 4 findings of nixsift-baseline.json are of rules that are off or of files that are left out, and may be there: `missing-path` and `unused-let-binding`; they stay accepted for when that changes (`nixsift baseline --prune` would take them out)\n"
	assert.Equal(t, idle, o.errors)
	gate(t, dir, exitClean, "", "")
	o = start(t, dir, nil, "baseline", "--check")
	assert.Equal(t, exitClean, o.status)
	assert.Equal(t, idle, o.errors)
	o = start(t, dir, nil, "baseline", "--prune")
	assert.Equal(t, "wrote nixsift-baseline.json: 1 finding (4 left out by the configuration)\n", o.out)
}

// TestBaselineFailsClosed holds that a baseline hides nothing that keeps a file from being analysed, and that one that cannot be used
// hides nothing at all.
func TestBaselineFailsClosed(t *testing.T) {
	dir := adopted(t, map[string]string{"broken.nix": "{ a = ; }\n", "c.nix": "{ a = nowhere; }\n"})
	text := read(t, filepath.Join(dir, "nixsift-baseline.json"))
	assert.NotContains(t, text, "broken.nix")
	assert.NotContains(t, text, "c.nix")
	gate(t, dir, exitFindings, "broken.nix:1:7: error", "")
	gate(t, dir, exitFindings, "undefined-variable", "")
	o := start(t, dir, nil, "baseline", "--accept-new")
	assert.Equal(t, exitClean, o.status)
	assert.Contains(t, o.errors, "broken.nix:1:7: `syntax-error` cannot be accepted, since Nix itself refuses the file")
	assert.Equal(t, text, read(t, filepath.Join(dir, "nixsift-baseline.json")))
	// Nor does an entry by hand.
	at := strings.Index(text, "    {")
	for _, rule := range []string{"syntax-error", "undefined-variable"} {
		for _, file := range []string{"broken.nix", "c.nix"} {
			entry := `    {"file": "` + file + `", "rule": "` + rule + `", "severity": "error", "fingerprint": "0000000000000000-0000000000000000-0000000000000000", "count": 9},` + "\n"
			write(t, text[:at]+entry+text[at:], dir, "nixsift-baseline.json")
			gate(t, dir, exitFindings, "broken.nix:1:7: error", "")
			gate(t, dir, exitFindings, "undefined-variable", "")
		}
	}
	write(t, text, dir, "nixsift-baseline.json")
	require.NoError(t, os.Remove(filepath.Join(dir, "broken.nix")))
	require.NoError(t, os.Remove(filepath.Join(dir, "c.nix")))

	path := filepath.Join(dir, "nixsift-baseline.json")
	for name, c := range map[string]struct {
		make    func()
		message string
	}{
		"damaged":       {func() { write(t, text[:len(text)-20], path) }, "nixsift-baseline.json:"},
		"empty":         {func() { write(t, "", path) }, "nixsift-baseline.json:1:1: the baseline is damaged: it ends too early"},
		"merge":         {func() { write(t, "<<<<<<< HEAD\n"+text, path) }, "nixsift-baseline.json:1:1: the baseline has the markers of a merge"},
		"version":       {func() { write(t, strings.Replace(text, "1,", "7,", 1), path) }, "nixsift-baseline.json:2:14: the baseline has version 7"},
		"FIFO":          {func() { require.NoError(t, syscall.Mkfifo(path, 0o644)) }, "not a regular file"},
		"folder":        {func() { require.NoError(t, os.Mkdir(path, 0o755)) }, "nixsift-baseline.json: the baseline cannot be read"},
		"link":          {func() { require.NoError(t, os.Symlink("nowhere", path)) }, "nixsift-baseline.json: the baseline cannot be read"},
		"named, absent": {func() { write(t, "baseline = \"no.json\"\n", dir, "nixsift.toml") }, "nixsift.toml:1:12: the baseline that `baseline` names is not there"},
	} {
		require.NoError(t, os.RemoveAll(path))
		write(t, "", dir, "nixsift.toml")
		c.make()
		o := start(t, dir, nil, "check", "--format", "short")
		assert.Equal(t, exitUsage, o.status, name)
		assert.Contains(t, strings.ReplaceAll(o.out, ": error: ", ": "), c.message, name)
		assert.Contains(t, o.out, "unused-let-binding", "%s: everything is shown", name)
		if name != "named, absent" {
			before, _ := workspace.OS.ReadFile(path)
			o = start(t, dir, nil, "baseline", "--accept-new")
			assert.Equal(t, exitUsage, o.status, name)
			assert.Contains(t, o.errors, c.message, name)
			assert.Contains(t, o.errors, "no baseline is written", name)
			after, _ := workspace.OS.ReadFile(path)
			assert.Equal(t, string(before), string(after), name)
		}
		o = start(t, dir, nil, "baseline", "--check")
		assert.Equal(t, exitUsage, o.status, name)
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "nixsift.toml")))
	for args, message := range map[string]string{
		"baseline --check --prune":                    "--prune has no use",
		"check --baseline no.json":                    "no.json: the baseline is not there",
		"check --baseline=":                           "--baseline is empty",
		"check --baseline x --no-baseline":            "contradict",
		"baseline --check --accept-new":               "--accept-new has no use",
		"baseline --check --baseline no.json":         "the baseline is not there",
		"baseline --baseline=":                        "--baseline is empty",
		"check --output json=x/nixsift-baseline.json": "a file that nixsift reads",
	} {
		o := start(t, dir, nil, strings.Fields(args)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, strings.ReplaceAll(o.out+o.errors, ": error: ", ": "), message, args)
	}
}

// TestBaselineUnreadable holds that what cannot be analysed keeps its entries.
func TestBaselineUnreadable(t *testing.T) {
	dir := adopted(t, nil)
	require.NoError(t, os.Remove(filepath.Join(dir, "a.nix")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "a.nix"), 0o644))
	before := read(t, filepath.Join(dir, "nixsift-baseline.json"))
	o := start(t, dir, nil, "baseline", ".", "a.nix")
	assert.Equal(t, exitUsage, o.status)
	assert.Equal(t, before, read(t, filepath.Join(dir, "nixsift-baseline.json")))
}

// TestBaselinePlaces holds where a baseline lies: beside the configuration of a file, where that says, or at the top.
func TestBaselinePlaces(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"nixsift.toml": "baseline = \"lint/known.json\"\n", "a.nix": "./gone.nix\n", "lint/x.nix": "1\n",
		"sub/nixsift.toml": "", "sub/a.nix": "./gone.nix\n", "sub/deep/b.nix": "./gone.nix\n",
	})
	o := start(t, dir, nil, "check", "--format", "short")
	assert.Contains(t, o.out, "the baseline that `baseline` names is not there: `nixsift baseline` writes it")
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "lint")))
	o = start(t, filepath.Join(dir, "sub"), nil, "baseline", "..")
	assert.Equal(t, "wrote ../lint/known.json: 3 findings\n", o.out, o.errors)
	text := read(t, filepath.Join(dir, "lint", "known.json"))
	assert.Contains(t, text, `"file": "../a.nix"`)
	assert.Contains(t, text, `"file": "../sub/deep/b.nix"`)
	gate(t, dir, exitClean, "", "")
	gate(t, filepath.Join(dir, "sub", "deep"), exitClean, "", "", "b.nix")
	// A configuration that names its own takes its files out of that.
	write(t, "baseline = \"nixsift-baseline.json\"\n", dir, "sub", "nixsift.toml")
	gate(t, dir, exitUsage, "sub/nixsift.toml:1:12: error: the baseline that `baseline` names is not there", "")
	o = start(t, dir, nil, "baseline")
	assert.Equal(t, "lint/known.json stays as it is: 3 findings\nwrote sub/nixsift-baseline.json: 2 findings\n", o.out)
	assert.Contains(t, o.errors, "2 findings of lint/known.json are of rules that are off or of files that are left out")
	assert.Contains(t, read(t, filepath.Join(dir, "sub", "nixsift-baseline.json")), `"file": "deep/b.nix"`)
	gate(t, dir, exitClean, "", "")
	o = start(t, dir, nil, "baseline", "--prune")
	assert.Contains(t, o.out, "wrote lint/known.json: 1 finding (2 left out by the configuration)\n")
	o = start(t, dir, nil, "baseline", "--baseline", "all.json")
	assert.Equal(t, "wrote all.json: 3 findings\n", o.out)
	require.NoError(t, os.Remove(filepath.Join(dir, "sub", "nixsift-baseline.json")))
	write(t, "", dir, "sub", "nixsift.toml")
	gate(t, dir, exitFindings, "sub/a.nix", "")
	gate(t, dir, exitClean, "", "", "--baseline", "all.json")
	require.NoError(t, os.Remove(filepath.Join(dir, "a.nix")))
	gate(t, dir, exitClean, "", "run `nixsift baseline --baseline all.json`", "--baseline", "all.json")

	bare := testenv.Tree(t, map[string]string{"x/a.nix": "./gone.nix\n", "x/y/b.nix": "./gone.nix\n"})
	o = start(t, bare, nil, "baseline", "x/y")
	assert.Equal(t, "wrote nixsift-baseline.json: 1 finding\n", o.out, o.errors)
	gate(t, filepath.Join(bare, "x", "y"), exitClean, "", "")
	gate(t, bare, exitFindings, "x/a.nix", "")
	// A configuration that comes later below a baseline leaves it as it is.
	write(t, "", bare, "x", "nixsift.toml")
	gate(t, bare, exitFindings, "x/a.nix", "")
	gate(t, filepath.Join(bare, "x", "y"), exitClean, "", "")
	nested := testenv.Tree(t, map[string]string{"a.nix": "./gone.nix\n", "x/a.nix": "./gone.nix\n"})
	o = start(t, nested, nil, "baseline")
	assert.Equal(t, "wrote nixsift-baseline.json: 2 findings\n", o.out, o.errors)
	write(t, "", nested, "x", "nixsift.toml")
	gate(t, nested, exitClean, "", "")
	gate(t, filepath.Join(nested, "x"), exitClean, "", "")
	o = start(t, nested, nil, "baseline", "--check")
	assert.Equal(t, "nixsift-baseline.json holds nothing that is fixed\n", o.out+o.errors)
	empty := testenv.Tree(t, map[string]string{"a.nix": "1\n"})
	o = start(t, empty, nil, "baseline")
	assert.Equal(t, "nixsift-baseline.json is not written: there are no findings to accept\n", o.out)
	assert.NoFileExists(t, filepath.Join(empty, "nixsift-baseline.json"))
}

// TestBaselineAndOthers holds how a baseline goes with suppressions, fixes and reports.
func TestBaselineAndOthers(t *testing.T) {
	dir := adopted(t, nil)
	// A comment comes before the baseline, and is not idle since the baseline has the finding.
	write(t, strings.TrimSuffix(old["a.nix"], "\n")+" # nixsift: ignore[missing-path] made later\n", dir, "a.nix")
	gate(t, dir, exitClean, "", "1 finding of nixsift-baseline.json is fixed")
	// What is in the baseline is fixed like everything else.
	o := start(t, dir, nil, "check", "--diff")
	assert.Equal(t, exitFindings, o.status)
	assert.Contains(t, o.out, "-  unused = 1;")
	o = start(t, dir, nil, "check", "--fix", "a.nix")
	assert.Equal(t, exitClean, o.status)
	assert.Contains(t, o.errors, "2 findings of nixsift-baseline.json are fixed")
	assert.NotContains(t, read(t, filepath.Join(dir, "a.nix")), "unused")

	o = start(t, dir, nil, "check", "--format", "json")
	var got struct {
		Findings []any
		Summary  struct {
			Findings, Suppressed int
			Baseline             struct{ Findings, Fixed int }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &got))
	assert.Empty(t, got.Findings)
	assert.Equal(t, 4, got.Summary.Suppressed, "one by the comment")
	assert.Equal(t, 3, got.Summary.Baseline.Findings)
	assert.Equal(t, 2, got.Summary.Baseline.Fixed)

	o = start(t, dir, nil, "check", "--format", "sarif")
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID       string
				Suppressions []struct{ Kind, Status, Justification string }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &log))
	kinds := map[string]int{}
	for _, r := range log.Runs[0].Results {
		require.Len(t, r.Suppressions, 1)
		kinds[r.Suppressions[0].Kind]++
	}
	assert.Equal(t, map[string]int{"inSource": 1, "external": 3}, kinds)
	o = start(t, dir, func(cmd *exec.Cmd) { cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=true") }, "check", "--format", "sarif")
	require.NoError(t, json.Unmarshal([]byte(o.out), &log))
	assert.Empty(t, log.Runs[0].Results, "GitHub would raise alerts")
	o = start(t, dir, nil, "config")
	assert.NotContains(t, o.out, "baseline")
	write(t, "baseline = \"nixsift-baseline.json\"\n", dir, "nixsift.toml")
	o = start(t, dir, nil, "config")
	assert.Contains(t, o.out, "baseline = 'nixsift-baseline.json' # nixsift.toml:1\n")
}

// TestBaselineTogether holds that runs at once leave a whole file.
func TestBaselineTogether(t *testing.T) {
	dir := adopted(t, nil)
	path := filepath.Join(dir, "nixsift-baseline.json")
	for range 3 {
		require.NoError(t, os.Remove(path))
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				o := start(t, dir, nil, "baseline", []string{".", "hosts", "a.nix"}[i%3], "--accept-new")
				if o.status != exitClean {
					assert.Equal(t, exitUsage, o.status)
					assert.Contains(t, o.errors, "another program wrote it meanwhile")
				}
			})
		}
		wg.Wait()
		b, mistake := baseline.Read(read(t, path))
		require.Nil(t, mistake)
		assert.Positive(t, b.Count())
	}
	o := start(t, dir, nil, "baseline", "--accept-new")
	assert.Contains(t, o.out, "5 findings")
	left, err := filepath.Glob(filepath.Join(dir, ".nixsift-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

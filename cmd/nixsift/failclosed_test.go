//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// A workflow whose first step rules find something in, and whose other lines are to come.
const workflow = "on: push\njobs:\n  a:\n    steps:\n      - run: nix build --override-input lib path:../lib\n"

// oddTree writes a folder with whatever may keep a file from being checked.
func oddTree(t *testing.T) string {
	t.Helper()
	dir := testenv.Tree(t, map[string]string{
		"ok.nix": "1\n", "b.nix": "2\n", "broken.nix": "{ a = ; }\n", "undefined.nix": "nowhere\n", "empty.nix": "", "latin.nix": "\"caf\xe9\"\n",
		"NOTES.md": "text\n", "shell.nix.in": "1\n", "BAD.NIX": "1\n", "noext": "text\n", "run": "#!/bin/sh\ntrue\n", "data.yml": "a: [\n",
		"none/NOTES.md": "text\n", "folder/x.nix/a.txt": "text\n", "inner/x.nix/a.nix": "1\n",
		"excluded/nixsift.toml": "exclude = [\"*.nix\"]\n", "excluded/a.nix": "{ a = ; }\n", "excluded/b.nix": "1\n",
		"presets/nixsift.toml": "preset = \"none\"\n", "presets/broken.nix": "{ a = ; }\n", "presets/.github/workflows/a.yml": workflow + "\t- x\n",
		"asfolder/nixsift.toml/keep": "", "nothing/nixsift.toml": "wrong = 1\n", "asfolder/a.nix": "1\n", "asfifo/a.nix": "1\n", "aslink/a.nix": "1\n",
		"walked/a.nix": "1\n", "secret/a.nix": "1\n", "secret/folder/a.nix": "1\n", "lock/flake.lock": "",

		"ci/tab/.github/workflows/a.yml":      workflow + "\t- run: a\n      - run: nix build --override-input lib path:../other\n",
		"ci/brackets/.github/workflows/a.yml": workflow + "    env: [\n",
		"ci/utf16/.github/workflows/a.yml":    "\xff\xfeo\x00n\x00",
		"ci/latin/.github/workflows/a.yml":    workflow + "# caf\xe9\n",
		"ci/conflict/.github/workflows/a.yml": workflow + "<<<<<<< HEAD\n      - run: a\n=======\n      - run: b\n>>>>>>> x\n",
		"ci/twice/.github/workflows/a.yml":    workflow + "        run: a\n",
		"ci/twice/.gitlab-ci.yml":             "a:\n  script: a\n  script: b\n",
		"ci/empty/.github/workflows/a.yml":    "",
		"ci/marker/.gitlab-ci.yml":            "---\n",
		"ci/behind/.gitlab-ci.yml":            "---\n# a header to come\n---\na:\n  script: nix build --override-input lib path:../lib\n",
		"ci/bomb/.gitlab-ci.yml":              bomb(),
		"ci/steps/.github/workflows/a.yml":    "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      run: nix build --override-input a path:../b\n",
		"ci/job/.gitlab-ci.yml":               "a:\n  - script: nix build --override-input a path:../b\n",

		"sh/template.sh": "export A_@b@=1\necho @path@\n# nix build path:../x\n", "sh/torn.sh": "true\nfi\nnix build path:../x\n",
		"sh/zsh.sh": "#!/usr/bin/env zsh\necho ${(@f)x}\n", "sh/Makefile": "define X\nnix build path:../x\nendef\n",
		"sh/wide.sh": "n\x00i\x00x\x00", "sh/doubled.sh": "x0='--override-input a path:../b'\n" + doubled(16) + "nix build $x16\necho $x16\n",
		"sh/echo.sh":  "x0='--override-input a path:../b'\n" + doubled(16) + "echo $x16\n",
		"sh/justfile": "x := \"a\" + \"b\"\nall:\n    true\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"fifo.nix", "walked/fifo.nix", "asfifo/nixsift.toml"} {
		require.NoError(t, testenv.MakeFIFO(at(name)))
	}
	for name, target := range map[string]string{"dangling.nix": "gone", "walked/dangling.nix": "gone", "loop.nix": "loop.nix", "walked/loop.nix": "loop.nix",
		"tofifo.nix": "fifo.nix", "tofolder.nix": "walked", "tozero.nix": "/dev/zero", "walked/tozero.nix": "/dev/zero", "aslink/nixsift.toml": "gone"} {
		require.NoError(t, os.Symlink(target, at(name)))
	}
	t.Chdir(dir) // names of sockets are short
	for _, name := range []string{"socket.nix", "walked/socket.nix"} {
		l, err := net.Listen("unix", name)
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
	}
	require.NoError(t, os.Mkdir(at("large"), 0o755))
	for _, name := range []string{"large/large.nix", "large/.gitlab-ci.yml", "large/large.sh"} {
		f, err := os.Create(at(name))
		require.NoError(t, err)
		require.NoError(t, f.Truncate(workspace.MaxFile+1))
		require.NoError(t, f.Close())
	}
	require.NoError(t, os.Chmod(at("secret/a.nix"), 0))
	require.NoError(t, os.Chmod(at("secret/folder"), 0))
	t.Cleanup(func() { _ = os.Chmod(at("secret/folder"), 0o755) })
	reachable(t, dir)
	return dir
}

func bomb() string {
	var b strings.Builder
	b.WriteString(".a: &a [x, x, x, x, x, x, x, x, x, x]\n")
	for c := 'b'; c < 'l'; c++ {
		fmt.Fprintf(&b, ".%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 10), ", "))
	}
	return b.String() + "job:\n  script: *k\n"
}

// TestFailClosed holds that whatever was to be checked and was not is an error, and what is left alone on purpose is
// told, or none of anybody's business.
func TestFailClosed(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(testenv.Root(t), "docs/schema/findings-v1.schema.json"))
	require.NoError(t, err)
	program(t)
	dir := oddTree(t)
	const unsupported = "not a file that nixsift checks"
	for _, c := range []struct {
		args   string // separated by spaces
		status int
		files  int
		// findings are "file: rule", errors "file: kind: part of the message".
		findings, errors []string
		stderr           string // part of it; empty where nothing is said
	}{
		{"ok.nix", exitClean, 1, nil, nil, ""},
		{"ok.nix b.nix ok.nix", exitClean, 2, nil, nil, ""},
		{"latin.nix", exitClean, 1, nil, nil, ""},
		{"empty.nix", exitFindings, 1, []string{"empty.nix: empty-file"}, nil, ""},
		{"broken.nix", exitFindings, 1, []string{"broken.nix: syntax-error"}, nil, ""},
		{"--exit-zero broken.nix", exitClean, 1, []string{"broken.nix: syntax-error"}, nil, ""},
		{"--exit-zero broken.nix gone", exitUsage, 1, []string{"broken.nix: syntax-error"}, []string{"gone: unreadable: no such file"}, ""},
		{"ok.nix gone b.nix", exitUsage, 2, nil, []string{"gone: unreadable: no such file"}, ""},
		{"ok.nix/below", exitUsage, 0, nil, []string{"ok.nix/below: unreadable: not a directory"}, ""},

		// Files of no kind that is known.
		{"NOTES.md", exitUsage, 0, nil, []string{"NOTES.md: unsupported: " + unsupported}, ""},
		{"ok.nix NOTES.md shell.nix.in", exitUsage, 1, nil, []string{"NOTES.md: unsupported: " + unsupported, "shell.nix.in: unsupported: " + unsupported}, ""},
		{"BAD.NIX", exitUsage, 0, nil, []string{"BAD.NIX: unsupported: " + unsupported}, ""},
		{"noext", exitUsage, 0, nil, []string{"noext: unsupported: " + unsupported}, ""},
		{"data.yml", exitUsage, 0, nil, []string{"data.yml: unsupported: " + unsupported}, ""},
		{"--exit-zero --only missing-path NOTES.md", exitUsage, 0, nil, []string{"NOTES.md: unsupported: " + unsupported}, ""},
		{"run", exitClean, 1, nil, nil, ""},
		{"--stdin-path foo.txt -", exitUsage, 0, nil, []string{"foo.txt: unsupported: " + unsupported}, ""},
		{"--stdin-path foo.nix - ok.nix -", exitFindings, 2, []string{"foo.nix: empty-file"}, nil, ""},

		// Nothing to check, and what the configuration excludes.
		{"none", exitClean, 0, nil, nil, "nothing to check in none: it has no Nix files"},
		{"folder", exitClean, 0, nil, nil, "nothing to check in folder: it has"},
		{"folder/x.nix", exitClean, 0, nil, nil, "nothing to check in folder/x.nix: it has"},
		{"inner inner/x.nix", exitClean, 1, nil, nil, ""},
		{"excluded/a.nix ok.nix", exitClean, 1, nil, nil, "excluded/a.nix is not checked: the configuration excludes it"},
		{"excluded", exitClean, 0, nil, nil, "nothing to check in excluded: the configuration excludes what is there (2 files"},
		{"--no-exclude excluded", exitFindings, 2, []string{"excluded/a.nix: syntax-error"}, nil, ""},

		// Configurations.
		{"asfolder", exitUsage, 1, nil, []string{"asfolder/nixsift.toml: config: is a directory"}, ""},
		{"asfifo", exitUsage, 1, nil, []string{"asfifo/nixsift.toml: config: not a regular file"}, ""},
		{"aslink", exitUsage, 1, nil, []string{"aslink/nixsift.toml: config: no such file"}, ""},
		{"nothing", exitUsage, 0, nil, []string{"nothing/nixsift.toml: config: 1:1: "}, "nothing to check in nothing"},

		// What is no regular file.
		{"fifo.nix", exitUsage, 0, nil, []string{"fifo.nix: unreadable: not a regular file"}, ""},
		{"socket.nix", exitUsage, 0, nil, []string{"socket.nix: unreadable: not a regular file"}, ""},
		{"tofifo.nix tozero.nix", exitUsage, 0, nil, []string{"tofifo.nix: unreadable: not a regular file", "tozero.nix: unreadable: not a regular file"}, ""},
		{"dangling.nix loop.nix", exitUsage, 0, nil, []string{"dangling.nix: unreadable: no such file", "loop.nix: unreadable: too many levels"}, ""},
		{"walked", exitUsage, 1, nil, []string{"walked/fifo.nix: unreadable: not a regular file", "walked/socket.nix: unreadable: not a regular file", "walked/tozero.nix: unreadable: not a regular file"}, ""},
		{"--exclude **/*o*.nix walked", exitClean, 1, nil, nil, ""},
		{"tofolder.nix", exitUsage, 1, nil, []string{"tofolder.nix/fifo.nix: unreadable: not", "tofolder.nix/socket.nix: unreadable: not", "tofolder.nix/tozero.nix: unreadable: not"}, ""},
		{"large", exitUsage, 0, nil, []string{"large/.gitlab-ci.yml: too-large: more than", "large/large.nix: too-large: more than", "large/large.sh: too-large: more than"}, ""},
		{"large/large.nix ok.nix", exitUsage, 1, nil, []string{"large/large.nix: too-large: exclude it in nixsift.toml"}, ""},
		{"secret/a.nix", exitUsage, 0, nil, []string{"secret/a.nix: unreadable: permission denied"}, ""},
		{"secret", exitUsage, 0, nil, []string{"secret/a.nix: unreadable: permission denied", "secret/folder: unreadable: permission denied"}, ""},

		// CI files that are not what the service reads.
		{"ci/tab", exitUsage, 1, []string{"ci/tab/.github/workflows/a.yml: path-override-input", "ci/tab/.github/workflows/a.yml: path-override-input"},
			[]string{"ci/tab/.github/workflows/a.yml: unparsed: 6:1: the YAML does not parse: a tab is part of the indentation"}, ""},
		{"ci/brackets", exitUsage, 1, []string{"ci/brackets/.github/workflows/a.yml: path-override-input"},
			[]string{"ci/brackets/.github/workflows/a.yml: unparsed: 6:10: the YAML does not parse"}, ""},
		{"ci/utf16", exitUsage, 1, nil, []string{"ci/utf16/.github/workflows/a.yml: unparsed: 1:1: the file is UTF-16: save it as UTF-8"}, ""},
		{"ci/latin", exitUsage, 1, []string{"ci/latin/.github/workflows/a.yml: path-override-input"},
			[]string{"ci/latin/.github/workflows/a.yml: unparsed: 6:6: the file is not UTF-8"}, ""},
		{"ci/conflict", exitUsage, 1, []string{"ci/conflict/.github/workflows/a.yml: path-override-input"},
			[]string{"ci/conflict/.github/workflows/a.yml: unparsed: 6:1: the YAML does not parse: a merge conflict is not resolved"}, ""},
		{"ci/twice", exitUsage, 2, []string{"ci/twice/.github/workflows/a.yml: path-override-input"}, []string{"ci/twice/.github/workflows/a.yml: unparsed: 6:9: the key `run` is there already, on line 5"}, ""},
		{"ci/twice/.gitlab-ci.yml", exitClean, 1, nil, nil, ""},
		{"ci/empty ci/marker", exitUsage, 2, nil, []string{"ci/empty/.github/workflows/a.yml: unparsed: 1:1: the file is empty", "ci/marker/.gitlab-ci.yml: unparsed: 1:1: the file is empty"}, ""},
		{"ci/behind", exitFindings, 1, []string{"ci/behind/.gitlab-ci.yml: path-override-input"}, nil, ""},
		{"ci/bomb", exitUsage, 1, nil, []string{"ci/bomb/.gitlab-ci.yml: unparsed: 2:13: the YAML has too many aliases to follow"}, ""},
		{"ci/steps", exitUsage, 1, []string{"ci/steps/.github/workflows/a.yml: path-override-input"},
			[]string{"ci/steps/.github/workflows/a.yml: unparsed: 5:5: `steps` is a mapping, where a list of steps is needed: the CI service refuses the file"}, ""},
		{"ci/job", exitUsage, 1, []string{"ci/job/.gitlab-ci.yml: path-override-input"},
			[]string{"ci/job/.gitlab-ci.yml: unparsed: 1:1: `a` is a list, where the mapping of a job is needed: the CI service refuses the file"}, ""},
		{"--only missing-path ci/brackets", exitUsage, 1, nil, []string{"ci/brackets/.github/workflows/a.yml: unparsed: 6:10: the YAML does not parse"}, ""},

		// Scripts: what does not parse may be right, and counts where a rule would look at it.
		{"sh/template.sh sh/zsh.sh sh/justfile", exitClean, 3, nil, nil, ""},
		{"sh/torn.sh", exitUsage, 1, nil, []string{"sh/torn.sh: unparsed: 2:1: the shell text does not parse: `fi` can only be used to end an `if`; so `path:.` on line 3 is not checked"}, ""},
		{"sh/wide.sh", exitUsage, 1, nil, []string{"sh/wide.sh: unparsed: 1:1: the file is UTF-16: save it as UTF-8"}, ""},
		{"sh/doubled.sh", exitUsage, 1, nil, []string{"sh/doubled.sh: unparsed: 18:1: the variables of the command are not wholly read: they lead too far or have too many values; so `--override-input` on line 1 is not checked"}, ""},
		{"sh/echo.sh", exitClean, 1, nil, nil, ""},
		{"--only missing-path sh/torn.sh", exitClean, 1, nil, nil, ""},
		{"sh/Makefile", exitUsage, 1, nil, []string{"sh/Makefile: unparsed: 2:11: `path:.` stands in a part of the file that is not read"}, ""},

		// Only some rules.
		{"--only missing-path broken.nix undefined.nix", exitFindings, 2, []string{"broken.nix: syntax-error"}, nil, ""},
		{"presets", exitUsage, 2, []string{"presets/broken.nix: syntax-error"}, []string{"presets/.github/workflows/a.yml: unparsed: 6:1: the YAML does not parse"}, ""},
	} {
		t.Run(c.args, func(t *testing.T) {
			o := start(t, dir, asNobody(t), append([]string{"check", "--format", "json"}, strings.Fields(c.args)...)...)
			assert.Equal(t, c.status, o.status, "%s%s", o.out, o.errors)
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(o.out))
			require.NoError(t, err, o.out)
			require.NoError(t, schema.Validate(value), o.out)
			var got struct {
				Findings []struct{ File, Rule string }
				Errors   []struct {
					File, Kind, Message string
					Line, Column        int
				}
				Summary struct{ Files int }
			}
			require.NoError(t, json.Unmarshal([]byte(o.out), &got))
			assert.Equal(t, c.files, got.Summary.Files, "files checked")
			var findings []string
			for _, f := range got.Findings {
				findings = append(findings, f.File+": "+f.Rule)
			}
			assert.Equal(t, c.findings, findings)
			if assert.Len(t, got.Errors, len(c.errors), "%v", got.Errors) {
				for i, e := range got.Errors {
					head, part, _ := strings.Cut(c.errors[i], ": "+e.Kind+": ")
					assert.Equal(t, head, e.File)
					assert.Contains(t, e.Message, part)
					if e.Line > 0 {
						assert.True(t, strings.HasPrefix(e.Message, fmt.Sprintf("%d:%d: ", e.Line, e.Column)), e.Message)
					}
				}
			}
			if c.stderr == "" {
				assert.Empty(t, o.errors)
			}
			assert.Contains(t, o.errors, c.stderr)
		})
	}
	for file, want := range map[string]string{
		"none": "is a directory", "fifo.nix": "not a regular file", "tozero.nix": "not a regular file", "large/large.nix": "the file has 64 MiB, more than", "gone": "no such file",
	} {
		o := start(t, dir, asNobody(t), "check", "--format", "json", "--config", file, "ok.nix")
		assert.Equal(t, exitUsage, o.status, file)
		assert.Empty(t, o.out, file)
		assert.Contains(t, o.errors, "nixsift: --config "+file+": cannot be read: "+want)
	}
}

// TestGenerated holds that what is left out of generated files is counted, and how to have it all the same.
func TestGenerated(t *testing.T) {
	const lambda, mark = "let a = 1; in 2\n", "# This file was generated by a tool\n"
	dir := testenv.Tree(t, map[string]string{
		"plain.nix": lambda, "header.nix": mark + lambda, "error.nix": mark + "nowhere\n", "attributes.nix": lambda,
		".gitattributes":             "attributes.nix linguist-generated\nflake.lock linguist-generated\n",
		"ci/.github/workflows/a.yml": mark + workflow, "set/nixsift.toml": "generated = true\n", "set/a.nix": mark + lambda,
		"flake/flake.nix": mark + "{ inputs.c.url = \"github:a/c\"; inputs.a = { url = \"github:a/b\"; flake = false; inputs.b.follows = \"c\"; }; outputs = { self, ... }: { }; }\n",
	})
	for _, c := range []struct {
		args                string
		findings, generated int
	}{
		{"plain.nix", 1, 0}, {"header.nix", 0, 1}, {"attributes.nix", 0, 1}, {"error.nix", 1, 0}, {"ci", 0, 1}, {"set", 1, 0},
		{"--only unused-let-binding .", 2, 2}, {"--only unused-let-binding --generated .", 4, 0}, {"--generated ci", 1, 0},
		{"--only missing-path header.nix", 0, 0}, {"--only follows-on-non-flake flake", 0, 1},
		{"--only follows-on-non-flake --generated flake/flake.nix", 1, 0},
	} {
		o := start(t, dir, nil, append([]string{"check", "--format", "json"}, strings.Fields(c.args)...)...)
		var got struct {
			Summary struct{ Findings, Generated int }
		}
		if !assert.NoError(t, json.Unmarshal([]byte(o.out), &got), "%s: %s", c.args, o.errors) {
			continue
		}
		assert.Equal(t, c.findings, got.Summary.Findings, c.args)
		assert.Equal(t, c.generated, got.Summary.Generated, c.args)
	}
	o := start(t, dir, nil, "check", "header.nix")
	assert.Equal(t, "no findings in 1 file; 1 in generated files left out\n", o.out)
}

// TestOnlyFixesThose holds that what --only tells beyond its rules is not mended.
func TestOnlyFixesThose(t *testing.T) {
	const text = "\ufeffimport ./x//y\n"
	dir := testenv.Tree(t, map[string]string{"a.nix": text, "x/y": ""})
	o := start(t, dir, nil, "check", "--only", "path-double-slash", "--fix", "--format", "short", "a.nix")
	assert.Equal(t, exitFindings, o.status)
	assert.Contains(t, o.out, "[stray-byte]")
	got, err := os.ReadFile(filepath.Join(dir, "a.nix"))
	require.NoError(t, err)
	assert.Equal(t, "\ufeffimport ./x/y\n", string(got))
}

// TestWrongCalls holds that values that mean nothing are refused, with a word on what to do.
func TestWrongCalls(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "1\n"})
	for _, c := range []struct {
		args []string
		text string
	}{
		{[]string{"check", "-j", "-5"}, "use a positive number, or 0"},
		{[]string{"check", "-j", "x"}, "invalid argument"},
		{[]string{"check", ""}, "a path is empty"},
		{[]string{"check", "a.nix", ""}, "a path is empty"},
		{[]string{"check", "--only", ""}, "name rules"},
		{[]string{"check", "--only", "missing-path,,"}, "name rules"},
		{[]string{"check", "--config", ""}, "name a configuration file"},
		{[]string{"check", "--preset", ""}, "name a preset"},
		{[]string{"check", "--rule", ""}, "write rule=severity"},
		{[]string{"check", "--rule", "missing-path"}, "write rule=severity"},
		{[]string{"check", "--rule", "missing-path=loud"}, "loud"},
		{[]string{"check", "--fail-on", "off"}, "use hint, info, warning or error"},
		{[]string{"check", "--fail-on", ""}, "use hint, info, warning or error"},
		{[]string{"check", "--format", ""}, "use text, short, json"},
		{[]string{"check", "--color", ""}, "use auto, always or never"},
		{[]string{"check", "--stdin-path", "a.nix", "a.nix"}, "give `-` as a path"},
		{[]string{"check", "--stdin-path", "", "-"}, "name the file that standard input stands for"},
		{[]string{"check", "--stdin-path", "dir/", "-"}, "name the file that standard input stands for"},
		{[]string{"check", "--fix=maybe"}, "invalid argument"},
		{[]string{"parse"}, "needs"},
		{[]string{"parse", "--format", "", "a.nix"}, "use tree, json or nix"},
		{[]string{"parse", "--format", "xml", "a.nix"}, "use tree, json or nix"},
		{[]string{"rules", "--format", ""}, "use text or json"},
		{[]string{"rules", "extra"}, "extra"},
		{[]string{"lsp", "--only", ""}, "name rules"},
		{[]string{"lsp", "extra"}, "extra"},
		{[]string{"help", "nonsense"}, "`nixsift help` lists the commands"},
		{[]string{"help", "check", "nonsense"}, "`nixsift help` lists the commands"},
		{[]string{"completion", "nonsense"}, "nonsense"},
		{[]string{"version", "extra"}, "extra"},
	} {
		status, out, errs := nixsift(t, dir, "", c.args...)
		assert.Equal(t, exitUsage, status, "%v: %s", c.args, out)
		assert.Empty(t, out, c.args)
		assert.Contains(t, errs, c.text, c.args)
	}
}

// TestMessagesEscaped holds that no message hands a terminal what a name of a file has in it.
func TestMessagesEscaped(t *testing.T) {
	const odd = "a\x1b[2Jb\n"
	dir := testenv.Tree(t, map[string]string{odd + "/nixsift.toml": "exclude = [\"*.nix\"]\n", odd + "/a.nix": "1\n", odd + ".nix": "{ a = ; }\n", odd + ".sh": "fi\nnix path:./x\n", "empty" + odd + "/x": ""})
	require.NoError(t, os.Symlink("../empty"+odd, filepath.Join(dir, odd, odd+".nix")))
	for _, args := range [][]string{
		{"check", "--verbose", odd}, {"check", odd + "/a.nix"}, {"check", odd}, {"check", "empty" + odd}, {"check", odd + "gone"}, {"check", odd + ".sh"}, {"check", "--diff", odd + ".sh"},
		{"check", "--only", odd}, {"check", "--config", odd, odd + ".nix"}, {"parse", odd + ".nix"}, {"parse", odd}, {"parse", "--format", odd, odd}, {"help", odd}, {odd}, {"explain", odd},
	} {
		o := start(t, dir, nil, args...)
		assert.NotEmpty(t, o.errors+o.out, args)
		assert.NotContains(t, o.errors+o.out, "\x1b", args)
	}
}

// TestParseBounded holds that parse waits for nothing and reads no more than check.
func TestParseBounded(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "1\n", "folder/default.nix": "1\n", "odd/default.nix/x": ""})
	require.NoError(t, testenv.MakeFIFO(filepath.Join(dir, "fifo.nix")))
	large := filepath.Join(dir, "large.nix")
	require.NoError(t, os.WriteFile(large, nil, 0o644))
	require.NoError(t, os.Truncate(large, workspace.MaxFile+1))
	for name, want := range map[string]string{
		"a.nix": "", "folder": "", "odd": "is a directory", "fifo.nix": "not a regular file; `-` reads standard input", "/dev/zero": "not a regular file",
		"/dev/null": "not a regular file", "large.nix": "more than the 64 that are analysed", "gone.nix": "no such file", "": "no such file",
	} {
		o := start(t, dir, nil, "parse", name)
		if want == "" {
			assert.Equal(t, exitClean, o.status, name)
			continue
		}
		assert.Equal(t, exitUsage, o.status, name)
		assert.Contains(t, o.errors, want, name)
	}
}

// TestInputBounded holds that standard input is not read for ever.
func TestInputBounded(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"ok.nix": "1\n"})
	for _, args := range [][]string{{"parse", "-"}, {"check", "-", "ok.nix"}, {"check", "--diff", "-"}} {
		zero, err := os.Open("/dev/zero")
		require.NoError(t, err)
		o := start(t, dir, func(cmd *exec.Cmd) { cmd.Stdin = zero }, args...)
		require.NoError(t, zero.Close())
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.out+o.errors, "more than the 64 MiB that are analysed", args)
	}
	in := &endless{}
	_, err := workspace.ReadAll(in)
	require.Error(t, err)
	assert.LessOrEqual(t, in.read, 2*workspace.MaxFile)
}

// doubled returns shell assignments of variables x1 to xn, each of twice the text of the one before.
func doubled(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%d=\"$x%[2]d $x%[2]d\"\n", i+1, i)
	}
	return b.String()
}

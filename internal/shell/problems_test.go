package shell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/testenv"
)

// places returns the problems of a document as "line:column: message".
func places(d *Doc) []string {
	lines := source.NewLineIndex(d.Text)
	out := []string{}
	for _, p := range d.Problems {
		at := lines.Position(p.Span.Start)
		out = append(out, fmt.Sprintf("%d:%d: %s", at.Line, at.Column, p.Msg))
	}
	return out
}

// programs returns the first words of the commands.
func programs(d *Doc) []string {
	out := []string{}
	for _, c := range d.Commands() {
		out = append(out, c.Word.Text)
	}
	return out
}

const (
	jobHead = "on: push\njobs:\n  a:\n    steps:\n      - run: one\n" // five lines
	jobTail = "      - run: last\n"
)

// TestProblems holds what is told of files that are not what the CI system reads, and what is read all the same.
func TestProblems(t *testing.T) {
	const github, gitlab, forgejo, woodpecker = ".github/workflows/a.yml", ".gitlab-ci.yml", ".forgejo/workflows/a.yml", ".woodpecker.yml"
	nothing := []string{"1:1: the file is empty, comments and markers apart: the CI service refuses it"}
	for _, c := range []struct {
		name, file, text string
		problems         []string
		programs         string
	}{
		{"fine", github, jobHead + jobTail, nil, "one last"},
		{"empty", github, "", nothing, ""},
		{"empty, Forgejo", forgejo, "\n\n", nothing, ""},
		{"empty, GitLab", gitlab, "\ufeff", nothing, ""},
		{"empty, Woodpecker", woodpecker, "   \n", nothing, ""},
		{"empty, action", ".github/actions/a/action.yml", "# nothing\n---\n# nothing\n...\n", nothing, ""},
		{"comment only", github, "# nothing\n", nothing, ""},
		{"marker only", gitlab, "---\n", nothing, ""},
		{"markers only", gitlab, "--- # a\n---\n", nothing, ""},
		{"null", github, "---\n~\n", nothing, ""},
		{"null in words", woodpecker, "null\n", nothing, ""},
		{"empty document", gitlab, "---\n---\na:\n  script: one\n", nil, "one"},
		{"empty mapping", gitlab, "{}\n", nil, ""},
		{"BOM", github, "\ufeff" + jobHead + jobTail, nil, "one last"},
		{"CRLF", github, strings.ReplaceAll(jobHead+jobTail, "\n", "\r\n"), nil, "one last"},
		{"tab in a line", github, jobHead + "      - run:\ttwo\t# c\n" + jobTail, nil, "one two last"},
		{"tab before a comment", github, jobHead + "\t# c\n\t\t# d\n" + jobTail, nil, "one last"},
		{"tab in a block", github, jobHead + "      - run: |\n          two\n          \tthree\n" + jobTail, nil, "one two three last"},
		{"tab", github, jobHead + "\t- run: two\n" + jobTail, []string{"6:1: the YAML does not parse: a tab is part of the indentation"}, "one last"},
		{"tab behind the dash", github, jobHead + "      -\trun: two\n" + jobTail, []string{"6:8: the YAML does not parse: a tab is part of the indentation"}, "one two last"},
		{"tab behind spaces", github, jobHead + "    \t  - run: two\n" + jobTail, []string{"6:5: the YAML does not parse: a tab is part of the indentation"}, "one last"},
		{"no colon", github, jobHead + "        env:\n        name\n" + jobTail, []string{"7:9: the YAML does not parse: neither a key, for want of a colon, nor indented as the value of the key before"}, "one last"},
		{"half a conflict", github, "on: push\njobs:\n  a:\n    steps:\n=======\n      - run: one\n",
			[]string{"5:1: the YAML does not parse: neither a key, for want of a colon, nor indented as the value of the key before"}, "======="},
		{"value on the next line", github, jobHead + "      - run:\n          two\n" + jobTail, nil, "one two last"},
		{"nothing on the next line", github, jobHead + "      - env:\n        run: two\n" + jobTail, nil, "one two last"},
		{"brackets", github, jobHead + "      - run: two\n        env: [a\n" + jobTail, []string{"8:7: the YAML does not parse: ',' or ']' must be specified"}, "one two last"},
		{"quote", github, jobHead + "      - run: \"two\n" + jobTail, []string{"6:14: the YAML does not parse: could not find end character of double-quoted text"}, "one last"},
		{"merge markers", github, jobHead + "<<<<<<< HEAD\n      - run: two\n=======\n      - run: three\n>>>>>>> main\n" + jobTail,
			[]string{"6:1: the YAML does not parse: a merge conflict is not resolved"}, "one two three last"},
		{"conflict in a key", github, jobHead + "<<<<<<< HEAD\n        name: x\n||||||| base\n        name: y\n=======\n        name: z\n>>>>>>> main\n" + jobTail,
			[]string{"6:1: the YAML does not parse: a merge conflict is not resolved",
				"9:9: the key `name` is there already, on line 7: the CI service refuses the file",
				"11:9: the key `name` is there already, on line 7: the CI service refuses the file"}, "one last"},
		{"markers in a string", github, jobHead + "      - name: \"a\n<<<<<<< a\n>>>>>>> a\n\"\n        run: two\n" + jobTail, nil, "one two last"},
		{"indentation", github, jobHead + "     - run: two\n" + jobTail, []string{"6:6: the YAML does not parse: value is not allowed in this context"}, "one last"},
		{"no alias", github, jobHead + "      - run: *two\n" + jobTail, []string{"6:15: the YAML does not parse: `*two` has no anchor `&two` before it"}, "one last"},
		{"UTF-16", github, "\xff\xfeo\x00n\x00:\x00", []string{"1:1: the file is UTF-16: save it as UTF-8"}, ""},
		{"UTF-16 without a mark", github, "\x00o\x00n\x00:\x00 \x00a", []string{"1:1: the file is UTF-16: save it as UTF-8"}, ""},
		{"Latin-1", github, jobHead + "      - run: two # caf\xe9\n" + jobTail, []string{"6:23: the file is not UTF-8"}, "one two last"},
		{"Latin-1 in a value", github, jobHead + "      - run: caf\xe9\n      - run: two\n" + jobTail, []string{"6:17: the file is not UTF-8"}, "one caf? two last"},
		{"control character", github, jobHead + "      - run: two\x01\n" + jobTail, []string{"6:17: the YAML does not parse: it has the control character U+0001"}, "one two\x01 last"},
		{"a list", github, "- run: one\n", []string{"1:1: the file is no mapping of keys to values"}, "one"},
		{"text", gitlab, "Not found\n", []string{"1:1: the file is no mapping of keys to values"}, ""},

		{"key twice", github, jobHead + "        name: x\n        name: y\n" + jobTail, []string{"7:9: the key `name` is there already, on line 6: the CI service refuses the file"}, "one last"},
		{"key twice in case", github, jobHead + "        env: {a: x, A: y}\n" + jobTail, []string{"6:21: the key `A` is there already, on line 6: the CI service refuses the file"}, "one last"},
		{"expression twice", github, jobHead + "        env: {'${{ insert }}': x, '${{ insert }}': y}\n" + jobTail, nil, "one last"},
		{"the same key elsewhere", github, jobHead + "        env: {run: x, name: {run: y}}\n" + jobTail, nil, "one last"},
		{"key twice in case, Forgejo", forgejo, jobHead + "        env: {a: x, A: y}\n" + jobTail, nil, "one last"},
		{"key twice, Forgejo", forgejo, jobHead + "        env: {a: x, a: y}\n" + jobTail, []string{"6:21: the key `a` is there already, on line 6: the CI service refuses the file"}, "one last"},
		{"key twice, Woodpecker", woodpecker, "steps:\n  a:\n    commands: [one]\n  a:\n    commands: [two]\n",
			[]string{"4:3: the key `a` is there already, on line 2: the CI service refuses the file"}, "one two"},
		{"key twice, GitLab", gitlab, "a:\n  script: one\n  script: two\n", nil, "two"},
		{"merge keys twice", gitlab, ".x: &x {a: b}\n.y: &y {c: d}\na:\n  <<: *x\n  <<: *y\n  script: one\n", nil, "one"},
		{"alias bomb", gitlab, ".a: &a [x, x, x, x, x, x, x, x, x, x]\n" + laughs(), []string{"3:17: the YAML has too many aliases to follow"}, ""},
		{"lists within lists", gitlab, "a:\n  script: " + strings.Repeat("[", 30) + "one" + strings.Repeat("]", 30) + "\n",
			[]string{"1:1: the YAML has a script of lists nested too deeply"}, ""},
		{"too deep", github, "a: " + strings.Repeat("[", 600) + "\n", []string{"1:503: the YAML is nested too deeply"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := ReadCI(c.file, c.text)
			assert.Equal(t, append([]string{}, c.problems...), places(d))
			if c.name != "alias bomb" {
				assert.Equal(t, c.programs, strings.Join(programs(d), " "))
			}
		})
	}
}

// TestUnread holds which parts of scripts are told as not read.
func TestUnread(t *testing.T) {
	words := []string{"path:."}
	for _, c := range []struct {
		name, file, text string
		line             int // of the word that is not read, 0 for none
	}{
		{"fine", "a.sh", "nix build path:./x\n", 0},
		{"before the error", "a.sh", "nix build path:./x\nfi\n", 0},
		{"behind the error", "a.sh", "nix build\nfi\nnix build path:./x\n", 3},
		{"within the statement", "a.sh", "f() {\n  nix build path:./x\n  fi\n}\n", 2},
		{"in a comment", "a.sh", "fi\n# nix build path:./x\n", 0},
		{"in another word", "a.sh", "fi\nnix build ./x\n", 0},
		{"here-document", "a.sh", "cat <<E\nnix build path:./x\n", 2},
		{"another shell", "a.sh", "#!/usr/bin/env python3\nfi = 'path:./x'\n", 0},
		{"shells in shells", "a.sh", "bash -c \"bash -c \\\"fi\\\"\"; nix build path:./x\n", 0},
		{"recipe", "Makefile", "all:\n\tnix build path:./x\n", 0},
		{"torn recipe", "Makefile", "all:\n\tif true; nix build path:./x\n", 2},
		{"assignment", "Makefile", "X = path:./x\n", 0},
		{"define", "Makefile", "define X\nnix build path:./x\nendef\n", 2},
		{"other prefix", "Makefile", ".RECIPEPREFIX = >\nall:\n> nix build path:./x\n", 3},
		{"computed", "justfile", "x := \"path:./x\" + \"y\"\n", 0},
		{"default of a parameter", "justfile", "build x=\"path:./x\":\n    nix build {{x}}\n", 0},
		{"torn expression", "justfile", "x := (\"path:./x\"\n", 1},
		{"no item", "justfile", "{ path:./x }\n", 1},
		{"just recipe", "justfile", "build:\n    nix build path:./x\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := ReadScript(c.file, c.text)
			parts := d.Unread
			for _, s := range d.Scripts {
				assert.Equal(t, s.Err == nil, len(s.Unread) == 0)
				parts = append(parts, s.Unread...)
			}
			_, at, ok := d.Mention(parts, words)
			line := 0
			if ok {
				line = source.NewLineIndex(c.text).Line(at)
			}
			assert.Equal(t, c.line, line)
		})
	}
}

// peer returns what go-yaml says of a text: it reads the files of Forgejo, Gitea and Woodpecker, and follows libyaml, as
// the parsers of GitHub and GitLab do.
func peer(text string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	for d := yaml.NewDecoder(strings.NewReader(text)); ; {
		var n yaml.Node
		switch err := d.Decode(&n); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// mutant returns a text with one mistake that people and merges make, or that is none.
func mutant(r *rand.Rand, text string) string {
	at := r.IntN(len(text))
	lines := strings.SplitAfter(text, "\n")
	i := r.IntN(len(lines))
	switch r.IntN(10) {
	case 0:
		return text[:at] + text[at+1:]
	case 1, 2:
		pieces := []string{"\t", "\"", "'", "[", "]", "{", "}", ":", ": ", "- ", "#", " ", "\n", "&a ", "*a ", "|", ">", "@", ",", "\\", "\x00", "\xff"}
		return text[:at] + pieces[r.IntN(len(pieces))] + text[at:]
	case 3:
		return text[:at]
	case 4, 5:
		lines[i] = " " + lines[i]
	case 6:
		lines[i] = strings.TrimPrefix(lines[i], " ")
	case 7:
		lines[i] = strings.Replace(lines[i], "  ", "\t", 1)
	case 8:
		lines[i] += lines[i]
	case 9:
		lines[i] = []string{"<<<<<<< a\n", "=======\n", ">>>>>>> b\n"}[r.IntN(3)] + lines[i]
	}
	return strings.Join(lines, "")
}

// TestVerdict compares what is refused here with what go-yaml refuses, on the CI files of real repositories and mutants
// of them. To refuse what a CI service reads is the worse mistake.
func TestVerdict(t *testing.T) {
	root := testenv.Shared(t, "corpus", "repos")
	r := rand.New(rand.NewPCG(1, 2))
	texts, strict, lax := 0, 0, 0
	compare := func(text string) {
		y, err := parseYAML(text), peer(text)
		texts++
		switch {
		case len(y.problems) > 0 && err == nil:
			strict++
			p := y.problems[0]
			t.Logf("refused here only: %s: %q", p.Msg, text[max(0, int(p.Span.Start)-60):min(len(text), int(p.Span.Start)+60)])
		case len(y.problems) == 0 && err != nil:
			lax++
		}
	}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(file); err != nil || !d.Type().IsRegular() || ext != ".yml" && ext != ".yaml" {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil || len(data) == 0 || len(data) > 10_000 {
			return err
		}
		before := strict
		compare(string(data))
		assert.Equal(t, before, strict, "%s is a file that works", file)
		for range 10 {
			compare(mutant(r, string(data)))
		}
		return nil
	})
	require.NoError(t, err)
	t.Logf("%d texts; %d are refused here only, %d there only", texts, strict, lax)
	assert.LessOrEqual(t, strict, texts/1000)
	assert.LessOrEqual(t, lax, texts/200)
}

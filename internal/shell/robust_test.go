package shell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/growth"
)

// repeater makes texts of a size in bytes.
type repeater int

// big repeats text to the size.
func (r repeater) big(text string) string { return strings.Repeat(text, int(r)/len(text)) }

// bounded are texts that take more than their size allows, up to a bound: the YAML library copies what it has read of a
// mapping at each key, up to maxYAMLWork.
var bounded = map[string]bool{"keys": true}

// holdsToSize reads texts of two sizes and holds what that allocates to the size, or to what texts may take in all.
func holdsToSize(t *testing.T, texts func(r repeater) map[string]string, read func(t *testing.T, text string)) {
	t.Helper()
	const size, most = 1 << 13, 2 << 30
	small, large := texts(size), texts(growth.Factor*size)
	for name := range large {
		t.Run(name, func(t *testing.T) {
			if bounded[name] {
				assert.Less(t, growth.AllocatedOnce(func() { read(t, large[name]) }).Bytes, uint64(most))
				return
			}
			growth.Memory(t, name, size, func(n int) func() {
				text := small[name]
				if n > size {
					text = large[name]
				}
				return func() { read(t, text) }
			})
		})
	}
}

func TestLargeYAML(t *testing.T) {
	holdsToSize(t, largeYAML, func(t *testing.T, text string) {
		for _, file := range []string{".github/workflows/x.yml", ".gitlab-ci.yml"} {
			for _, p := range ReadCI(file, text).Problems {
				assert.NotContains(t, p.Msg, "runtime error")
			}
		}
	})
}

func largeYAML(r repeater) map[string]string {
	var jobs, scripts, keys strings.Builder
	jobs.WriteString("jobs:\n")
	for i := 0; jobs.Len() < int(r); i++ {
		fmt.Fprintf(&jobs, "  j%d:\n    env: { A: '--b' }\n    steps:\n    - run: |\n        nix build $A\n    - run: nix flake check\n", i)
	}
	scripts.WriteString("jobs:\n  a:\n    steps:\n")
	for i := 0; scripts.Len() < int(r); i++ {
		fmt.Fprintf(&scripts, "    - name: s%d\n      run: |\n        nix build .#x --override-input a path:../a\n        echo done\n", i)
	}
	for i := 0; keys.Len() < int(r); i++ {
		fmt.Fprintf(&keys, "k%d: v\n", i)
	}
	step := "jobs:\n  a:\n    steps:\n    - run: "
	return map[string]string{
		"jobs": jobs.String(), "steps": scripts.String(), "keys": keys.String(),
		"literal": step + "|\n" + r.big("        nix build .#x --foo\n"),
		"folded":  step + ">\n" + r.big("        nix build .#x --foo\n"),
		"plain":   step + "nix\n" + r.big("        build\n"),
		"double":  step + "\"" + r.big("nix \\\"a\\\"\t") + "\"",
		"single":  step + "'" + r.big("nix ''a''\n\n        ") + "'",
		"flow":    "jobs: [" + r.big("a, ") + "b]",
		"json":    "{\"jobs\": {" + r.big("\"a\": {\"steps\": [{\"run\": \"nix build\"}]}, ") + "}}",
		"nulls":   r.big("a:\n"), "dashes": r.big("-\n"), "docs": r.big("---\na: 1\n"), "deep flow": r.big("["), "deep map": r.big("{a: "),
		"deep seq": r.big("- "), "keys in keys": r.big("? "), "anchors": r.big("&a "), "tags": r.big("! "), "aliases": r.big("*a "),
		"less": r.big("<"), "quotes": r.big("'\""), "tabs": r.big("\t"), "at": r.big("@"), "comments": r.big("# a\n"), "crs": r.big("\r"),
		"broken": step + "\"\n" + r.big("      - run: [\n"),
		"laughs": ".a: &a [x, x, x, x, x, x, x, x, x, x]\n" + laughs(),
	}
}

// laughs nests aliases, so that a script has ten times the lines of the one before.
func laughs() string {
	var b strings.Builder
	for c := 'b'; c < 'l'; c++ {
		fmt.Fprintf(&b, ".%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 10), ", "))
	}
	b.WriteString("job:\n  script: *k\n.other:\n  steps: *k\n")
	return b.String()
}

func TestLargeShell(t *testing.T) {
	holdsToSize(t, largeShell, func(_ *testing.T, text string) {
		for range ReadScript("x.sh", text).Commands() {
			continue
		}
	})
}

// TestExpansionFuel holds that expansions take some tens of megabytes at most for a text of this size, and that what was not
// expanded is told.
func TestExpansionFuel(t *testing.T) {
	const size, most = 1 << 16, 128 << 20
	for name, text := range manyValues(size) {
		d := new(Doc)
		took := growth.AllocatedOnce(func() { d = ReadScript("x.sh", text) })
		assert.Less(t, took.Bytes, uint64(most), name)
		if assert.NotEmpty(t, d.Scripts[0].Cuts, name) {
			assert.Equal(t, "nix", d.Scripts[0].Cuts[0].Program, name)
		}
	}
	values, with := strings.Repeat("a ", 2000), strings.Builder{}
	for i := range 200 {
		fmt.Fprintf(&with, "          i%d: --x ${{ env.A }}\n", i)
	}
	text := "on: push\nenv:\n  A: " + values + "\njobs:\n  a:\n    steps:\n      - uses: a/b@v1\n        with:\n" + with.String()
	took := growth.AllocatedOnce(func() {
		assert.NotEmpty(t, ReadCI(".github/workflows/a.yml", text).Problems, "inputs take of the same fuel")
	})
	assert.Less(t, took.Bytes, uint64(most))
}

// manyValues are texts of a size whose expansions would yield far more words than they have.
func manyValues(r repeater) map[string]string {
	var nested strings.Builder
	for i := 0; nested.Len() < int(r); i++ {
		fmt.Fprintf(&nested, "for a%d in $a%d $a%d $a%d; do nix $a%d; done\n", i%50, (i+1)%50, (i+2)%50, (i+3)%50, i%50)
	}
	return map[string]string{
		"loops": r.big("for x in a b; do nix $x; done\n"), "loops in loops": r.big("for x in a b c d; do for y in $x $x; do nix $x $y; done; done\n"),
		"loops over loops": nested.String(), "array": "a=(" + (r / 2).big("x y ") + ")\n" + (r / 2).big("nix \"${a[@]}\"\n"),
		"assignments": (r / 2).big("x=a\n") + (r / 2).big("nix $x $x $x $x\n"), "words": "x='" + (r / 2).big("a b ") + "'\n" + (r / 2).big("nix $x\n"),
		"appended words": "x='" + (r / 2).big("a b ") + "'\n" + (r / 4).big("x+=a\n") + (r / 4).big("nix $x\n"),
	}
}

func largeShell(r repeater) map[string]string {
	return map[string]string{
		"commands": r.big("nix build .#x --override-input a \"path:../$b\"\n"),
		"one line": r.big("nix build .#x "),
		"and":      "a" + r.big(" && a"), "pipe": "a" + r.big(" | a"), "arithmetic": "echo $((1" + r.big("+1") + "))",
		"test": "[[ a" + r.big(" && a") + " ]]", "elif": "if a; then b\n" + r.big("elif a; then b\n") + "fi",
		"case": "case x in\n" + r.big("a) b;;\n") + "esac", "heredocs": r.big("cat <<E\na\nE\n"),
		"heredoc": "bash <<E\n" + r.big("nix build $x\n") + "E\n", "assigns": r.big("A=\"$A --x\"\n") + "nix $A",
		"array":   "a=(" + r.big("x y ") + ")\n" + strings.Repeat("nix \"${a[@]}\"\n", 100),
		"appends": r.big("a+=(x)\n") + "nix \"${a[@]}\"", "functions": r.big("f() { nix \"$@\"; }; f a\n"),
		"nested bash": r.big("bash -c 'nix a'\n"), "parens": r.big("( "), "substitutions": r.big("$( "), "braces": r.big("{ "),
		"backquotes": r.big("`"), "expansions": r.big("${a:-"), "quotes": r.big("\"$("), "unclosed": r.big("echo \"a\n") + "\"",
		"errors": r.big("foo )\n"), "errors in blocks": r.big("if a; then )\n"), "dollars": r.big("$"), "nul": r.big("\x00"),
		"continued": "nix " + r.big("a \\\n"), "expressions": r.big("${{ a }} "), "loops": r.big("for x in a b; do nix $x; done\n"),
		"exec": "find " + r.big("-exec a ; "), "wrappers": r.big("sudo "), "not": r.big("! "), "redirects": "a" + r.big(" <a"),
	}
}

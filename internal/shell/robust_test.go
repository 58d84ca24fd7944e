package shell

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// big repeats text to half a megabyte.
func big(text string) string { return strings.Repeat(text, 1<<19/len(text)) }

func TestLargeYAML(t *testing.T) {
	var jobs, scripts, keys strings.Builder
	jobs.WriteString("jobs:\n")
	for i := 0; jobs.Len() < 1<<19; i++ {
		fmt.Fprintf(&jobs, "  j%d:\n    env: { A: '--b' }\n    steps:\n    - run: |\n        nix build $A\n    - run: nix flake check\n", i)
	}
	scripts.WriteString("jobs:\n  a:\n    steps:\n")
	for i := 0; scripts.Len() < 1<<19; i++ {
		fmt.Fprintf(&scripts, "    - name: s%d\n      run: |\n        nix build .#x --override-input a path:../a\n        echo done\n", i)
	}
	for i := 0; keys.Len() < 1<<19; i++ {
		fmt.Fprintf(&keys, "k%d: v\n", i)
	}
	step := "jobs:\n  a:\n    steps:\n    - run: "
	for name, text := range map[string]string{
		"jobs": jobs.String(), "steps": scripts.String(), "keys": keys.String(),
		"literal": step + "|\n" + big("        nix build .#x --foo\n"),
		"folded":  step + ">\n" + big("        nix build .#x --foo\n"),
		"plain":   step + "nix\n" + big("        build\n"),
		"double":  step + "\"" + big("nix \\\"a\\\"\t") + "\"",
		"single":  step + "'" + big("nix ''a''\n\n        ") + "'",
		"flow":    "jobs: [" + big("a, ") + "b]",
		"json":    "{\"jobs\": {" + big("\"a\": {\"steps\": [{\"run\": \"nix build\"}]}, ") + "}}",
		"nulls":   big("a:\n"), "dashes": big("-\n"), "docs": big("---\na: 1\n"), "deep flow": big("["), "deep map": big("{a: "),
		"deep seq": big("- "), "keys in keys": big("? "), "anchors": big("&a "), "tags": big("! "), "aliases": big("*a "),
		"less": big("<"), "quotes": big("'\""), "tabs": big("\t"), "at": big("@"), "comments": big("# a\n"), "crs": big("\r"),
		"broken": step + "\"\n" + strings.Repeat("      - run: [\n", 10000),
		"laughs": "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + laughs(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			for _, file := range []string{".github/workflows/x.yml", ".gitlab-ci.yml"} {
				d := ReadCI(file, text)
				for _, p := range d.Problems {
					assert.NotContains(t, p.Msg, "runtime error")
				}
			}
			t.Log(time.Since(start))
			assert.Less(t, time.Since(start), 20*time.Second)
		})
	}
}

// laughs nests aliases, so that a script has ten times the lines of the one before.
func laughs() string {
	var b strings.Builder
	for c := 'b'; c < 'l'; c++ {
		fmt.Fprintf(&b, "%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 10), ", "))
	}
	b.WriteString("job:\n  script: *k\nother:\n  steps: *k\n")
	return b.String()
}

func TestLargeShell(t *testing.T) {
	for name, text := range map[string]string{
		"commands": big("nix build .#x --override-input a \"path:../$b\"\n"),
		"one line": big("nix build .#x "),
		"and":      "a" + big(" && a"), "pipe": "a" + big(" | a"), "arithmetic": "echo $((1" + big("+1") + "))",
		"test": "[[ a" + big(" && a") + " ]]", "elif": "if a; then b\n" + big("elif a; then b\n") + "fi",
		"case": "case x in\n" + big("a) b;;\n") + "esac", "heredocs": big("cat <<E\na\nE\n"),
		"heredoc": "bash <<E\n" + big("nix build $x\n") + "E\n", "assigns": big("A=\"$A --x\"\n") + "nix $A",
		"array":   "a=(" + big("x y ") + ")\n" + strings.Repeat("nix \"${a[@]}\"\n", 1000),
		"appends": big("a+=(x)\n") + "nix \"${a[@]}\"", "functions": big("f() { nix \"$@\"; }; f a\n"),
		"nested bash": big("bash -c 'nix a'\n"), "parens": big("( "), "substitutions": big("$( "), "braces": big("{ "),
		"backquotes": big("`"), "expansions": big("${a:-"), "quotes": big("\"$("), "unclosed": big("echo \"a\n") + "\"",
		"errors": big("foo )\n"), "errors in blocks": big("if a; then )\n"), "dollars": big("$"), "nul": big("\x00"),
		"continued": "nix " + big("a \\\n"), "expressions": big("${{ a }} "), "loops": big("for x in a b; do nix $x; done\n"),
		"exec": "find " + big("-exec a ; "), "wrappers": big("sudo "), "not": big("! "), "redirects": "a" + big(" <a"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			d := ReadScript("x.sh", text)
			n := 0
			for range d.Commands() {
				n++
			}
			t.Log(time.Since(start), n)
			assert.Less(t, time.Since(start), 20*time.Second)
		})
	}
}

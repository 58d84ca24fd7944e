//go:build unix

package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestExhausted: files that take more to evaluate than one question, or all, may are named with the statistics, whether or not
// anything is found; where nothing is evaluated, none is.
func TestExhausted(t *testing.T) {
	many := "{\n"
	for i := range 100 {
		many += fmt.Sprintf("  a%d = builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 20000);\n", i)
	}
	dir := testenv.Tree(t, map[string]string{
		"question.nix": "{ a = builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 100000); b = \"${[ ]}\"; }\n",
		"all.nix":      many + "}\n",
		"cheap.nix":    "let a = 1; in { b = a; }\n",
	})
	rules := []string{"--preset", "none", "--select", "values", "--preview", "--exit-zero"}
	o := start(t, dir, nil, append([]string{"check", "--stats"}, rules...)...)
	assert.Equal(t, "1  warning  uncoercible-interpolation  1 by hand\n\n"+
		"in 2 files, following what expressions evaluate to was given up at its limit, so that findings may be missing:\n  all.nix\n  question.nix\n\n1 warning in 3 files\n", o.out, o.errors)
	o = start(t, dir, nil, append([]string{"check", "--statistics", "--format", "json"}, rules...)...)
	validJSON(t, "findings-v1.schema.json", o.out)
	assert.Contains(t, o.out, `"exhausted":{"count":2,"files":["all.nix","question.nix"]}`)
	o = start(t, dir, nil, append([]string{"check", "--statistics", "cheap.nix"}, rules...)...)
	assert.Equal(t, "no findings in 1 file\n", o.out)
	o = start(t, dir, nil, append([]string{"check", "question.nix"}, rules...)...)
	assert.NotContains(t, o.out, "given up")
	o = start(t, dir, nil, "check", "--statistics", "--exit-zero", "--only", "style,cost")
	assert.NotContains(t, o.out, "given up", "no rule asks")
}

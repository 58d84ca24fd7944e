//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

var queryProject = map[string]string{
	"a.nix":      "{ lib, ... }:\n{\n  a = lib.mkForce 1; # why\n  b = with lib; mkForce (2 + 3);\n}\n",
	"b/b.nix":    "{ lib, pkgs, ... }: with lib; with pkgs; { c = mkForce [ 1 2 ]; }\n",
	"broken.nix": "{ mkForce = ; }\n",
	"list.nix":   "[ (f /* c */ 1) (f\n  2) ]\n",
}

func TestQuery(t *testing.T) {
	dir := testenv.Tree(t, queryProject)
	for _, c := range []struct {
		args      []string
		status    int
		out, errs string
	}{
		{[]string{"lib.mkForce $x"}, 0, "a.nix:3:7: lib.mkForce 1\n    $x = 1\na.nix:4:17: mkForce (2 + 3)\n    $x = 2 + 3\n",
			"nixsift: 2 matches in 1 file; 1 more may match, by one of several `with` (--possible shows them); 1 file with syntax errors, in whose place nothing is found\n"},
		{[]string{"lib.mkForce $x", "b", "--possible"}, 0, "b/b.nix:1:48: mkForce [ 1 2 ]  (possible)\n    $x = [ 1 2 ]\n", "nixsift: 1 match in 1 file\n"},
		{[]string{"f $$$args", "list.nix", "--check"}, 1, "list.nix:1:4: f /* c */ 1\n    $$$args = 1\nlist.nix:1:18: f …\n    $$$args = 2\n", "nixsift: 2 matches in 1 file\n"},
		{[]string{"g $x", "list.nix", "--check"}, 0, "", "nixsift: 0 matches in 0 files\n"},
		{[]string{"lib.mkForce $x", "a.nix", "--replace", "lib.mkDefault $x", "--diff"}, 0, "diff --git a/a.nix b/a.nix\nindex a51b55a..4ac718f 100644\n--- a/a.nix\n+++ b/a.nix\n@@ -1,5 +1,5 @@\n { lib, ... }:\n {\n-  a = lib.mkForce 1; # why\n-  b = with lib; mkForce (2 + 3);\n" +
			"+  a = lib.mkDefault 1; # why\n+  b = with lib; lib.mkDefault (2 + 3);\n }\n", "nixsift: 2 matches in 1 file\n"},
		{[]string{"f $x", "list.nix", "--replace", "$x", "--diff"}, 0, "diff --git a/list.nix b/list.nix\nindex b5e4072..4c526df 100644\n--- a/list.nix\n+++ b/list.nix\n@@ -1,2 +1 @@\n-[ (f /* c */ 1) (f\n-  2) ]\n+[ (f /* c */ 1) 2 ]\n",
			"nixsift: list.nix:1:4: left as it is: a comment in it would be lost\nnixsift: 2 matches in 1 file\n"},
		{[]string{"f $"}, 2, "", "nixsift: the pattern:1:3: a metavariable has a name behind its $: a letter or _, then letters, digits and _\nnixsift:   f $\nnixsift:     ^\n"},
		{[]string{"f $x", "--replace", "$y", "--diff"}, 2, "", "nixsift: --replace:1:1: the pattern has no metavariable $y\nnixsift:   $y\nnixsift:   ^\n"},
		{[]string{"lib.mkForce $x", "--where", "$x is int and path ~ 'a.*'"}, 0, "a.nix:3:7: lib.mkForce 1\n    $x = 1\na.nix:4:17: mkForce (2 + 3)\n    $x = 2 + 3\n", ""},
		{[]string{"lib.mkForce $x", "--where", "value($x) == 5"}, 0, "a.nix:4:17: mkForce (2 + 3)\n    $x = 2 + 3\n", ""},
		{[]string{"lib.mkForce $x", "--where", "$x is lst"}, 2, "", "nixsift: --where:1:7: unknown kind `lst`; did you mean `list`?\nnixsift:   $x is lst\nnixsift:         ^\n"},
		{[]string{}, 2, "", "nixsift: `nixsift query` needs a pattern, such as 'lib.mkForce $x'; in quotes, since shells read the $\n"},
		{[]string{"f $x", "gone.nix"}, 2, "", ""},
		{[]string{"f", "--format", "xml"}, 2, "", "nixsift: unknown format \"xml\": use text or json\n"},
		{[]string{"f", "--diff"}, 2, "", "nixsift: --diff and --write are for --replace: say what a match is to become\n"},
	} {
		o := start(t, dir, nil, append([]string{"query"}, c.args...)...)
		assert.Equal(t, c.status, o.status, "%q %s", c.args, o.errors)
		assert.Equal(t, c.out, o.out, "%q", c.args)
		if c.errs != "" {
			assert.Equal(t, c.errs, o.errors, "%q", c.args)
		}
	}
}

// TestQueryHidesSecrets looks for a secret in all that the command writes about matches.
func TestQueryHidesSecrets(t *testing.T) {
	const password, token = "hunter2hunter2", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
	dir := testenv.Tree(t, map[string]string{"a.nix": "{\n  services.k3s = { token = \"" + password + "\"; };\n  url = f \"https://bob:" + password + "@example.org/\";\n  x = f \"" + token + "\";\n}\n"})
	for _, args := range [][]string{
		{"{ $n = $v; $$$rest }"}, {"{ $$$all }"}, {"f $x"}, {"{ $n = $v; $$$rest }", "--format", "json"}, {"{ services.k3s.token = $v; $$$rest }"},
		{"f $x", "--replace", "g $x", "--diff"}, {"f $x", "--replace", "g $x", "--write"},
	} {
		o := start(t, dir, nil, append([]string{"query"}, args...)...)
		assert.Equal(t, 0, o.status, "%q %s", args, o.errors)
		assert.NotContains(t, o.out+o.errors, password, "%q", args)
		assert.NotContains(t, o.out+o.errors, token[4:], "%q", args)
	}
	b, err := os.ReadFile(filepath.Join(dir, "a.nix"))
	require.NoError(t, err)
	assert.Contains(t, string(b), "x = g \""+token+"\"", "what is written is not masked")
}

func TestQueryWrites(t *testing.T) {
	dir := testenv.Tree(t, queryProject)
	require.NoError(t, os.Chmod(filepath.Join(dir, "a.nix"), 0o640))
	o := start(t, dir, nil, "query", "lib.mkForce $x", "--replace", "lib.mkOverride 10 $x", "--write")
	assert.Equal(t, 0, o.status, o.errors)
	assert.Contains(t, o.errors, "rewrote 2 matches in 1 file")
	assert.Equal(t, "{ lib, ... }:\n{\n  a = lib.mkOverride 10 1; # why\n  b = with lib; lib.mkOverride 10 (2 + 3);\n}\n", read(t, filepath.Join(dir, "a.nix")))
	assert.Equal(t, queryProject["b/b.nix"], read(t, filepath.Join(dir, "b/b.nix")), "what is only possible is not rewritten")
	info, err := os.Stat(filepath.Join(dir, "a.nix"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
}

func TestQueryJSON(t *testing.T) {
	dir := testenv.Tree(t, queryProject)
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(testenv.Root(t), "docs/schema/query-v1.schema.json"))
	require.NoError(t, err)
	for pattern, count := range map[string]int{"lib.mkForce $x": 2, "{ $$$rest }": 2, "[ $$$a ]": 2, "{ a = $x; }": 1} {
		o := start(t, dir, nil, "query", pattern, "--format", "json")
		assert.Equal(t, 0, o.status, o.errors)
		var value map[string]any
		require.NoError(t, json.Unmarshal([]byte(o.out), &value))
		assert.NoError(t, schema.Validate(value), pattern)
		assert.Len(t, value["matches"], count, pattern)
	}
}

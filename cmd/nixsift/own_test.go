//go:build unix

package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/testenv"
)

const ownConfig = `preset = "none"

[[rule]]
id = "no-force"
pattern = "lib.mkForce $x"
message = "` + "`$x`" + ` is forced"
help = "say why, for $$5"
fix = "lib.mkDefault $x"
fix-safety = "safe"
severity = "error"
bad = ["lib.mkForce 1"]
good = ["lib.mkDefault 1"]

[[rule]]
id = "open-ssh"
pattern = "{ networking.firewall.allowedTCPPorts = [ $$$a 22 $$$b ]; }"
message = "port 22 is open"
paths = ["hosts/**"]
bad = ["networking.firewall.allowedTCPPorts = [ 80 22 ];"]
good = ["networking.firewall.allowedTCPPorts = [ 80 ];"]

[[rule]]
id = "sleepy"
pattern = "1"
severity = "off"
message = "a one"
bad = ["1"]
good = ["2"]
`

var ownProject = map[string]string{
	"nixsift.toml": ownConfig,
	"hosts/a.nix":  "{ lib, ... }: with lib; {\n  networking.firewall.allowedTCPPorts = [ 22 ];\n  a = mkForce 1;\n}\n",
	"b.nix":        "{ lib, ... }: {\n  networking.firewall.allowedTCPPorts = [ 22 ];\n  a = lib.mkForce (1 + 2); # nixsift: ignore[no-force] it has to be\n}\n",
}

// TestOwnRules does with rules that a configuration defines what is done with those of the program.
func TestOwnRules(t *testing.T) {
	for _, c := range []struct {
		args      []string
		status    int
		out, errs string
	}{
		{[]string{"check", "--format", "short"}, 1, "hosts/a.nix:2:3: warning: port 22 is open [open-ssh]\nhosts/a.nix:3:7: error: `1` is forced [no-force]\n", ""},
		{[]string{"check", "--format", "short", "--only", "open-ssh"}, 1, "hosts/a.nix:2:3: warning: port 22 is open [open-ssh]\n", ""},
		{[]string{"check", "--format", "short", "--only", "sleepy"}, 1, "sleepy", ""},
		{[]string{"check", "--format", "short", "--ignore", "custom", "--exit-zero"}, 0, "", ""},
		{[]string{"check", "--format", "short", "--rule", "no-force=off", "--rule", "open-ssh=hint"}, 0, "hosts/a.nix:2:3: hint: port 22 is open [open-ssh]\n", ""},
		{[]string{"check", "--only", "open-shh"}, 2, "", "did you mean `open-ssh`?"},
		{[]string{"check", "--statistics"}, 1, "1  error    no-force  1 with --fix\n", ""},
		{[]string{"check"}, 1, "= help: say why, for $5\n  = fix available: write `lib.mkDefault 1`\n", ""},
		{[]string{"fix", "--diff"}, 1, "-  a = mkForce 1;\n+  a = lib.mkDefault 1;\n", ""},
		{[]string{"explain", "no-force"}, 0, "lib.mkForce $x\n", ""},
		{[]string{"explain", "no-force"}, 0, "no-force (custom, error)\n\nIt says: `$x` is forced\n\nsay why, for $$5\n", ""},
		{[]string{"explain", "sleepy"}, 0, "sleepy (custom, off unless it is named, then warning)\n\nIt says: a one\n", ""},
		{[]string{"explain", "open-shh"}, 2, "", "did you mean `open-ssh`?"},
		{[]string{"explain", "custom"}, 0, "  open-ssh  warning  port 22 is open\n", ""},
		{[]string{"rules"}, 0, "custom", ""},
		{[]string{"config", "hosts/a.nix"}, 0, "no-force = 'error' # nixsift.toml:3, [[rule]]\n", ""},
		{[]string{"check", "b.nix", "--format", "short"}, 0, "", ""},
	} {
		dir := testenv.Tree(t, ownProject)
		o := start(t, dir, nil, c.args...)
		assert.Equal(t, c.status, o.status, "%q %s%s", c.args, o.out, o.errors)
		assert.Contains(t, o.out, c.out, "%q", c.args)
		assert.Contains(t, o.errors, c.errs, "%q", c.args)
	}
}

// TestOwnFormats writes their findings in all formats.
func TestOwnFormats(t *testing.T) {
	dir := testenv.Tree(t, ownProject)
	for _, format := range report.Formats() {
		o := start(t, dir, nil, "check", "--format", format)
		assert.Equal(t, 1, o.status, format)
		assert.Contains(t, o.out, "open-ssh", format)
		assert.NotContains(t, o.out, "docs/rules/open-ssh", "%s: there is no such page", format)
	}
	o := start(t, dir, nil, "rules", "--format", "json")
	var list []ruleJSON
	require.NoError(t, json.Unmarshal([]byte(o.out), &list))
	found := 0
	for _, r := range list {
		if r.Family == "custom" {
			found++
		}
	}
	assert.Equal(t, 3, found)
}

// TestOwnBaseline accepts their findings and silences them with comments.
func TestOwnBaseline(t *testing.T) {
	dir := testenv.Tree(t, ownProject)
	o := start(t, dir, nil, "baseline")
	require.Equal(t, 0, o.status, o.errors)
	assert.Contains(t, read(t, filepath.Join(dir, "nixsift-baseline.json")), "open-ssh")
	assert.Equal(t, 0, start(t, dir, nil, "check").status)

	dir = testenv.Tree(t, ownProject)
	o = start(t, dir, nil, "suppress", "--select", "custom", "--reason", "for a while")
	require.Equal(t, 0, o.status, o.errors)
	assert.Contains(t, read(t, filepath.Join(dir, "hosts/a.nix")), "nixsift: ignore[open-ssh] for a while")
	o = start(t, dir, nil, "check")
	assert.Equal(t, 0, o.status, o.out)
}

// TestOwnMistakes ends with 2 where a rule is wrong, and says where.
func TestOwnMistakes(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"nixsift.toml": "[[rule]]\nid = \"a\"\npattern = \"f (\"\nmessage = \"m\"\nbad = [\"f 1\"]\ngood = [\"1\"]\n", "a.nix": "1\n"})
	o := start(t, dir, nil, "check")
	assert.Equal(t, 2, o.status)
	assert.Contains(t, o.errors+o.out, "nixsift.toml")
	assert.Contains(t, o.errors+o.out, "3:15: error: the pattern of `a`: this is no Nix code")
	o = start(t, dir, nil, "config")
	assert.Equal(t, 2, o.status)
	o = start(t, dir, nil, "explain", "a")
	assert.Equal(t, 2, o.status)
	assert.Contains(t, o.errors, "the definition of `a` has mistakes")
	o = start(t, dir, nil, "check", "--only", "a")
	assert.Equal(t, 2, o.status)
	assert.Contains(t, o.errors+o.out, "3:15: error: the pattern of `a`: this is no Nix code")
}

// TestTestRules runs the examples, and shows what the rules find in files.
func TestTestRules(t *testing.T) {
	dir := testenv.Tree(t, ownProject)
	o := start(t, dir, nil, "test-rules")
	assert.Equal(t, 0, o.status, o.errors)
	assert.Equal(t, "ok  no-force (nixsift.toml:3): 1 bad example and 1 good one hold\nok  open-ssh (nixsift.toml:14): 1 bad example and 1 good one hold\n"+
		"ok  sleepy (nixsift.toml:22): 1 bad example and 1 good one hold\n3 rules, 0 mistakes\n", o.out)
	o = start(t, dir, nil, "test-rules", "hosts")
	assert.Equal(t, 0, o.status, o.errors)
	assert.Contains(t, o.out, "    hosts/a.nix:3:7: `1` is forced\n")
	assert.Contains(t, o.out, "sleepy (nixsift.toml:22): 1 bad example and 1 good one hold\n    hosts/a.nix:3:15: a one\n")
	o = start(t, dir, nil, "test-rules", "b.nix", "--format", "json")
	validJSON(t, "test-rules-v1.schema.json", o.out)
	var out testedJSON
	require.NoError(t, json.Unmarshal([]byte(o.out), &out))
	require.Len(t, out.Rules, 3)
	assert.Empty(t, out.Rules[1].Matches, "hosts only")
	assert.Empty(t, out.Errors)
	assert.Equal(t, 2, start(t, dir, nil, "test-rules", "gone.nix").status)

	dir = testenv.Tree(t, map[string]string{"nixsift.toml": "[[rule]]\nid = \"a\"\npattern = \"f $x\"\nmessage = \"m\"\nbad = [\"f 1\", \"g 1\"]\ngood = [\"1\"]\n", "none/nixsift.toml": "", "a.nix": "1\n"})
	o = start(t, dir, nil, "test-rules")
	assert.Equal(t, 1, o.status)
	assert.Contains(t, o.errors, "nixsift.toml:5:15: `bad` of `a`: the rule finds nothing in this example: the pattern does not match")
	o = start(t, dir, nil, "test-rules", "--format", "json")
	validJSON(t, "test-rules-v1.schema.json", o.out)
	o = start(t, dir, nil, "test-rules", ".")
	assert.Equal(t, 1, o.status)
	assert.NotContains(t, o.out, "without any", "nothing is searched")
	o = start(t, filepath.Join(dir, "none"), nil, "test-rules")
	assert.Equal(t, 2, o.status)
	assert.Contains(t, o.errors, "no rules are defined here")
}

// TestTestRulesHidesSecrets holds that neither form shows a token that a rule matches.
func TestTestRulesHidesSecrets(t *testing.T) {
	const token = "ghp_DjJpz6ZFkn7XvgKJWSKhK7EGYfwzy9zMTI18"
	dir := testenv.Tree(t, map[string]string{
		"nixsift.toml": "[[rule]]\nid = \"tokens\"\npattern = \"{ token = $x; }\"\nmessage = \"the token $x\"\nbad = [\"token = 1;\"]\ngood = [\"a = 1;\"]\n",
		"a.nix":        "{ token = \"" + token + "\"; }\n",
	})
	for _, format := range []string{"text", "json"} {
		o := start(t, dir, nil, "test-rules", ".", "--format", format)
		assert.Equal(t, 0, o.status, o.errors)
		assert.Contains(t, o.out, "the token ", format)
		assert.NotContains(t, o.out, token, format)
	}
}

// TestOwnRulesOfProject asks in conditions what the project says of a file: what is open is told once, also where other patterns match the same.
func TestOwnRulesOfProject(t *testing.T) {
	config := `preset = "none"
[[rule]]
id = "hosts"
pattern = "lib.mkForce $x"
where = "file reached by host ~ 'nixosConfigurations.a' or $x == 3"
message = "reached"
bad = ["lib.mkForce 3", { code = "lib.mkForce 1", host = "nixosConfigurations.a" }]
good = ["lib.mkForce 1", { code = "lib.mkForce 1", host = "nixosConfigurations.b" }]

[[rule]]
id = "not-tests"
patterns = ["lib.mkForce $x", "lib.$n $x"]
where = "file is module and not file is test and priority < 100"
message = "no test"
fix = "lib.mkDefault $x"
bad = ["{ lib, config, ... }: { config.x = lib.mkForce 1; }"]
good = [{ code = "{ lib, config, ... }: { config.x = lib.mkForce 1; }", path = "tests/a.nix" }, "lib: lib.mkForce 1"]
`
	module := "{ lib, ... }: {\n  x = lib.mkForce 1;\n}\n"
	files := map[string]string{
		"nixsift.toml": config, "a.nix": module, "b.nix": module, "tests/c.nix": module, "free.nix": "lib: [\n  (lib.mkForce 3)\n]\n",
		"flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; }; }; }\n",
	}
	o := start(t, testenv.Tree(t, files), nil, "check", "--format", "short")
	assert.Equal(t, "a.nix:2:7: warning: reached [hosts]\na.nix:2:7: warning: no test [not-tests]\nb.nix:2:7: warning: no test [not-tests]\nfree.nix:2:4: warning: reached [hosts]\n", o.out, o.errors)
	dir := testenv.Tree(t, files)
	o = start(t, dir, nil, "fix", "--only", "not-tests", "--unsafe-fixes")
	assert.Equal(t, 0, o.status, o.out)
	assert.Equal(t, "{ lib, ... }: {\n  x = lib.mkDefault 1;\n}\n", read(t, filepath.Join(dir, "b.nix")))
	assert.Equal(t, module, read(t, filepath.Join(dir, "tests/c.nix")))
	o = start(t, dir, nil, "query", "lib.mkForce $x", "--where", "file is test", "--format", "json")
	assert.Contains(t, o.out, "tests/c.nix")
}

// TestExtendedRules takes rules from other files and from packs; where files extend each other in a circle, it is told.
func TestExtendedRules(t *testing.T) {
	house := "[[rule]]\nid = \"no-with\"\npattern = \"with $x; $y\"\nmessage = \"with $x\"\npaths = [\"hosts/**\"]\nbad = [\"with a; b\"]\ngood = [\"a.b\"]\n"
	dir := testenv.Tree(t, map[string]string{
		"nixsift.toml": "preset = \"none\"\nextends = [\"./rules/house.toml\", \"nixsift:nixos\"]\n[rules]\nno-with = \"error\"\nnixos-ssh-root = \"off\"\n", "rules/house.toml": house,
		"hosts/a.nix": "{ pkgs, ... }: { x = with pkgs; [ git ]; networking.firewall.enable = false; services.openssh.settings.PermitRootLogin = \"yes\"; }\n", "b.nix": "x: with x; y\n",
	})
	o := start(t, dir, nil, "check", "--format", "short")
	assert.Equal(t, "hosts/a.nix:1:22: error: with pkgs [no-with]\nhosts/a.nix:1:42: warning: the firewall is off: each port that a service opens can be reached [nixos-firewall-off]\n", o.out)
	dir = testenv.Tree(t, map[string]string{"nixsift.toml": "extends = \"a.toml\"\n" + house, "a.toml": "extends = \"b.toml\"\n" + house, "b.toml": "extends = \"nixsift.toml\"\n", "a.nix": "1\n"})
	o = start(t, dir, nil, "check")
	assert.Equal(t, 2, o.status)
	assert.Contains(t, o.out, "`nixsift.toml` leads back to this file: `nixsift.toml` extends `a.toml` extends `b.toml` extends `nixsift.toml`")
	assert.Contains(t, o.out, "3:6: error: `no-with` is defined twice, first in a.toml on line 2: give one of them another id")
}

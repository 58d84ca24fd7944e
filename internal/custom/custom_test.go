package custom_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/custom"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/workspace"
)

// load reads a configuration, and returns its mistakes as line:column: message.
func load(text string) (*config.Config, []string) {
	c := config.NewCatalogue([]string{"recommended", "none"}, []config.Rule{
		{ID: "empty-let", Family: "style", Summary: "x", Severity: diag.Hint, Aliases: []string{"statix:useless_let"}},
	}).Making(custom.Make)
	conf, problems := config.Load("/p/nixsift.toml", text, c, workspace.NewOverlay(workspace.OS))
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%d:%d: %s", p.Pos.Line, p.Pos.Column, p.Message))
	}
	return conf, out
}

// rule is a rule that is right, with some lines in the place of its own.
func rule(lines ...string) string {
	text := map[string]string{"id": `'no-force'`, "pattern": `'lib.mkForce $x'`, "message": `'$x is forced'`, "bad": `['lib.mkForce 1']`, "good": `['1']`}
	for _, l := range lines {
		key, value, _ := strings.Cut(l, "=")
		text[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	out := "[[rule]]\n"
	for _, key := range []string{"id", "pattern", "patterns", "where", "message", "help", "url", "severity", "fix", "fix-safety", "paths", "exclude", "bad", "good", "pattrn"} {
		if v := text[key]; v != "" {
			out += key + " = " + v + "\n"
		}
	}
	return out
}

func TestRules(t *testing.T) {
	for _, text := range []string{
		rule(),
		rule("severity = 'off'", "url = 'https://example.org'", "help = 'of $x, for $$5'"),
		rule("pattern =", "patterns = ['lib.mkForce $x', 'lib.mkOverride 50 $x']", "bad = ['lib.mkForce 1', 'lib.mkOverride 50 2']"),
		rule("fix = '$x'", "fix-safety = 'safe'", "bad = [{ code = 'a = lib.mkForce 1;', fixed = 'a = 1;' }]"),
		rule("where = 'path ~ \"hosts/**\"'", "bad = [{ code = 'lib.mkForce 1', path = 'hosts/a.nix' }]", "good = ['lib.mkForce 1']"),
		rule("where = 'value($x) == 3'", "bad = ['lib.mkForce (1 + 2)']", "good = ['lib.mkForce 2']"),
		rule("where = '$x is list'", "bad = ['let l = [ ]; in lib.mkForce l']", "good = ['l: lib.mkForce l']"),
		rule("bad = ['{ lib, ... }: with lib; mkForce 1']", "good = ['{ lib, pkgs, ... }: with lib; with pkgs; mkForce 1']"),
		rule("message = \"\"\"\n$x\n\"\"\"", "bad = ['''\nlib.mkForce\n1''']"),
	} {
		c, problems := load(text)
		assert.Empty(t, problems, text)
		assert.Len(t, custom.Of(c), 1, text)
	}
}

func TestMistakes(t *testing.T) {
	long := strings.Repeat("[a-z]{1,900}", 6)
	for _, c := range []struct{ text, problem string }{
		{rule("id ="), "1:3: a rule needs `id`: a name in lower case with hyphens, by which comments and [rules] call it"},
		{rule("id = 'No Force'"), "2:6: `No Force` is no id of a rule: write lower-case letters and digits with single hyphens between them, as no-mkforce"},
		{rule("id = 'empty-let'"), "2:6: nixsift has a rule `empty-let`: give this one another id"},
		{rule("id = 'useless'") + rule("id = 'useless'"), "8:6: `useless` is defined twice, first in nixsift.toml on line 1: give one of them another id"},
		{rule("id = 'style'"), "2:6: `style` is the name of a family of rules: give this one another id"},
		{rule("id = 'custom'"), "2:6: `custom` is the name of a family of rules: give this one another id"},
		{rule("id = 3"), "2:6: `id` must be a string, not an integer"},
		{rule("pattern ="), "1:3: a rule needs `pattern`: Nix code in which $x stands for any expression"},
		{rule("patterns = ['a']"), "4:1: a rule has `pattern` or `patterns`, not both"},
		{rule("pattern =", "patterns = []"), "3:1: `patterns` has no pattern"},
		{rule("pattern = 'lib.mkForce ('"), "3:25: the pattern of `no-force`: this is no Nix code: expected an expression"},
		{rule("pattern = \"lib.mkForce \\\"$x\\\" )\""), "3:31: the pattern of `no-force`: this is no Nix code"},
		{rule("pattern = ''"), "3:12: the pattern of `no-force`: the pattern is empty"},
		{rule("message = '$y is forced'"), "4:12: the message of `no-force`: the pattern has no metavariable $y; a dollar sign is written $$"},
		{rule("pattern = 'f $value'", "bad = ['f 1']", "message = 'the $vaule'"), "4:16: the message of `no-force`: the pattern has no metavariable $vaule; did you mean $value?"},
		{rule("pattern =", "patterns = ['lib.mkForce $x', 'lib.mkOverride $p $y']"), "4:12: the message of `no-force`: the pattern `lib.mkOverride $p $y` has no metavariable $x"},
		{rule("message = ''"), "4:11: `message` says nothing"},
		{rule("fix = '$y'"), "5:8: `fix` of `no-force`: the pattern has no metavariable $y"},
		{rule("fix = '$x )'"), "5:11: `fix` of `no-force`: this is no Nix code"},
		{rule("fix = 'lib.mkForce $x'"), "5:7: `fix` of `no-force`: the rule finds `lib.mkForce 1` in what it makes of the example on line 6"},
		{rule("fix = '$x'", "bad = ['lib.mkForce 1', 'lib.mkForce']", "pattern = 'lib.mkForce'", "message = 'm'"), "5:8: `fix` of `no-force`: the pattern has no metavariable $x"},
		{rule("fix = '$x'", "bad = ['lib.mkForce /* why */ 1']"), "5:7: `fix` of `no-force`: it changes none of the examples in `bad`"},
		{rule("fix = 'lib.mkForce (f $x)'"), "5:7: `fix` of `no-force`: the rule finds `lib.mkForce (f 1)` in what it makes of the example on line 6, and would fix that again and again"},
		{rule("fix = '$x'", "bad = [{ code = 'lib.mkForce 1', fixed = '2' }]"), "6:42: `fixed` of `no-force`: fixing the example gives `1`"},
		{rule("fix-safety = 'safe'"), "5:1: `fix-safety` says how safe `fix` is, and there is none"},
		{rule("fix = '$x'", "fix-safety = 'save'"), "6:14: unknown safety `save`; did you mean `safe`?"},
		{rule("severity = 'waring'"), "5:12: unknown severity `waring`; did you mean `warning`?"},
		{rule("pattrn = 'x'"), "7:1: unknown key of a rule `pattrn`; did you mean `pattern`?"},
		{rule("bad ="), "1:3: a rule needs `bad`"},
		{rule("good ="), "1:3: a rule needs `good`"},
		{rule("bad = []"), "5:1: `bad` has no example: write one at least"},
		{rule("bad = ['lib.mkDefault 1']"), "5:8: `bad` of `no-force`: the rule finds nothing in this example: the pattern does not match"},
		{rule("bad = ['{ lib, pkgs, ... }: with lib; with pkgs; mkForce 1']"), "5:8: `bad` of `no-force`: the rule finds nothing in this example: several `with` may give the name, so that it may mean something else"},
		{rule("where = '$x is list'"), "6:8: `bad` of `no-force`: the rule finds nothing in this example: the pattern matches, but `where` does not hold"},
		{rule("good = ['1', '[ (lib.mkForce 2) ]']"), "6:18: `good` of `no-force`: the rule finds `lib.mkForce 2` in this example, which is to be right"},
		{rule("good = ['a = lib.mkForce 2;']"), "6:14: `good` of `no-force`: the rule finds `lib.mkForce 2` in this example"},
		{rule("good = ['a = 1']"), "6:15: an example of `no-force`: a `;` is missing behind the attribute"},
		{rule("good = ['{ a = ']"), "6:16: an example of `no-force`: it is neither an expression nor attributes of a set"},
		{rule("good = [{ path = 'a.nix' }]"), "6:8: an example needs `code`"},
		{rule("good = [{ code = '1', fixed = '2' }]"), "6:23: `fixed` belongs to an example in `bad`"},
		{rule("where = '$x is lst'"), "4:16: `where` of `no-force`: unknown kind `lst`; did you mean `list`?"},
		{rule("where = 'text($x) =~ \"(\"'"), "4:22: `where` of `no-force`: missing closing ): `(`"},
		{rule("where = 'text($x) =~ \"(?=a)\"'"), "4:22: `where` of `no-force`: invalid or unsupported Perl syntax: `(?=`: RE2 has neither look-around nor references to groups"},
		{rule("where = 'text($x) =~ \"" + long + "\"'"), "4:22: `where` of `no-force`: the regular expression is too large: with its repetitions written out it has more than 5000 parts"},
		{rule("where = 'text($x) =~ \"" + strings.Repeat("a", 1001) + "\"'"), "4:22: `where` of `no-force`: the regular expression has 1001 bytes; at most 1000 are read"},
		{rule("paths = ['/a']"), "5:10: pattern `/a` must be relative to"},
		{"rule = 3", "1:8: `rule` must be an array of tables, not an integer: write [[rule]]"},
	} {
		conf, problems := load(c.text)
		if !assert.NotEmpty(t, problems, c.text) {
			continue
		}
		found := false
		for _, p := range problems {
			found = found || strings.HasPrefix(p, c.problem)
		}
		assert.True(t, found, "%s\nwanted %s\nfound  %s", c.text, c.problem, strings.Join(problems, "\n       "))
		if !strings.Contains(c.problem, "defined twice") {
			assert.Empty(t, custom.Of(conf), c.text)
		}
	}
}

// TestPlaces takes an error at each byte of a pattern to the place in the file, however the string is written.
func TestPlaces(t *testing.T) {
	for _, quoted := range []string{`'f $x )'`, `"f $x )"`, `"f \u0024x )"`, `"f\t\u0024x\u0020)"`, `"f \"\u00e9\U0001F600\" )"`, `'''f $x )'''`, `"""f $x )"""`, `"""f \
   $x )"""`} {
		text := "[[rule]]\nid = 'a'\nmessage = 'm'\nbad = ['1']\ngood = ['1']\npattern = " + quoted + "\n"
		_, problems := load(text)
		require.Len(t, problems, 1, quoted)
		var line, column int
		_, err := fmt.Sscanf(problems[0], "%d:%d:", &line, &column)
		require.NoError(t, err)
		assert.Equal(t, ")", strings.Split(text, "\n")[line-1][column-1:column], "%s: %s", quoted, problems[0])
	}
}

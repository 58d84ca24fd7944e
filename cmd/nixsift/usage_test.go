package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestUsage says what was meant by an unknown word, and what is missing.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"chek"}, "unknown command \"chek\"; did you mean `nixsift check`?"},
		{[]string{"hosts.nix"}, "unknown command \"hosts.nix\": `nixsift --help` lists the commands"},
		{[]string{"hook", "instal"}, "unknown command \"instal\"; did you mean `nixsift hook install`?"},
		{[]string{"hook", "nope"}, "unknown command \"nope\": `nixsift hook --help` lists the commands"},
		{[]string{"check", "--since", "HEAD"}, "unknown flag: --since; did you mean --changed-since?"},
		{[]string{"check", "--excludes", "x"}, "unknown flag: --excludes; did you mean --exclude?"},
		{[]string{"fix", "--unsafe"}, "unknown flag: --unsafe; did you mean --unsafe-fixes?"},
		{[]string{"check", "--nothing-like-it"}, "unknown flag: --nothing-like-it\n"},
		{[]string{"parse"}, "`nixsift parse` needs a file: name one, or `-` for standard input"},
		{[]string{"parse", "a", "b"}, "`nixsift parse` takes one argument, not 2: `a`, `b`"},
		{[]string{"explain"}, "`nixsift explain` needs the name of a rule: `nixsift rules` lists them"},
		{[]string{"explain", "nope"}, "unknown rule `nope`"},
	} {
		status, out, errs := nixsift(t, dir, "", c.args...)
		assert.Equal(t, exitUsage, status, c.args)
		assert.Empty(t, out, c.args)
		assert.Contains(t, errs, c.says, c.args)
	}
	_, out, _ := nixsift(t, dir, "", "--help")
	assert.Contains(t, out, "\n  completion ")
	for name, head := range map[string]string{"lock-*": "lock-* stands for ", "style": "style stands for ", "style/*": "style/* stands for ", "ALL": "ALL stands for "} {
		status, out, errs := nixsift(t, dir, "", "explain", name)
		assert.Equal(t, exitClean, status, errs)
		assert.Contains(t, out, head)
		assert.Contains(t, out, map[bool]string{true: "useless-parens", false: "lock-stale-entry"}[name != "lock-*"])
	}
}

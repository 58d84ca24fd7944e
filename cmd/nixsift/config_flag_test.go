package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestConfigFlag ends at once where --config names no configuration that holds: nothing is checked by another one.
func TestConfigFlag(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"a.nix": "{ a = import ./gone.nix; }\n", "broken.toml": "preset = 'nope'\nprest = 1\n", "leads.toml": "extends = 'broken.toml'\n", "good.toml": "ignore = ['ALL']\n",
		"unparsed.toml": "preset = \n",
	})
	for _, command := range []string{"check", "fix", "files", "config", "baseline"} {
		for file, want := range map[string]string{
			"nope.toml":     "nixsift: --config nope.toml: cannot be read: no such file or directory\n",
			".":             "nixsift: --config .: cannot be read: ",
			"broken.toml":   "nixsift: broken.toml:1:10: unknown preset `nope`; did you mean `none`?\nnixsift: broken.toml:2:1: unknown key `prest`; did you mean `preset`?\n",
			"leads.toml":    "nixsift: broken.toml:1:10: unknown preset `nope`",
			"unparsed.toml": "nixsift: unparsed.toml:1:",
		} {
			status, out, errs := nixsift(t, dir, "", command, "--config", file)
			assert.Equal(t, exitUsage, status, "%s --config %s", command, file)
			assert.Empty(t, out, "%s --config %s", command, file)
			assert.Contains(t, errs, want, "%s --config %s", command, file)
		}
	}
	status, out, _ := nixsift(t, dir, "", "check", "--config", "good.toml", "a.nix")
	assert.Equal(t, exitClean, status, out)
}

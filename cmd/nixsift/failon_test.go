package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestFailOn takes the gate from the configuration of each file, unless the flag says it.
func TestFailOn(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"strict/nixsift.toml": "fail-on = \"info\"\nselect = [\"useless-parens\"]\n", "strict/info.nix": "{ a = ({ }); }\n",
		"lax/nixsift.toml": "extends = \"base.toml\"\nrules = { useless-parens = \"warning\" }\n", "lax/base.toml": "fail-on = \"error\"\nselect = [\"useless-parens\"]\n", "lax/a.nix": "{ a = ({ }); }\n",
		"plain/a.nix":        "{ a = ({ }); }\n",
		"wrong/nixsift.toml": "fail-on = \"off\"\n", "wrong/a.nix": "1\n", "wrong/sub/nixsift.toml": "[[override]]\npaths = [\"**\"]\nfail-on = \"error\"\nignore = [\"style\"]\n",
	})
	for _, c := range []struct {
		args   []string
		status int
	}{
		{[]string{"strict"}, exitFindings},
		{[]string{"strict", "--fail-on", "warning"}, exitClean},
		{[]string{"strict", "--exit-zero"}, exitClean},
		{[]string{"lax"}, exitClean},
		{[]string{"lax", "--fail-on", "warning"}, exitFindings},
		{[]string{"lax", "strict"}, exitFindings},
		{[]string{"plain", "--select", "useless-parens"}, exitClean},
		{[]string{"plain", "--rule", "useless-parens=warning"}, exitFindings},
		{[]string{"plain", "lax", "--select", "useless-parens"}, exitClean},
	} {
		status, out, errs := nixsift(t, dir, "", append([]string{"check"}, c.args...)...)
		assert.Equal(t, c.status, status, "%v: %s%s", c.args, out, errs)
	}
	_, out, _ := nixsift(t, filepath.Join(dir, "lax"), "", "config")
	assert.Contains(t, out, "fail-on = 'error' # base.toml:1\n")
	_, out, _ = nixsift(t, dir, "", "config")
	assert.Contains(t, out, "fail-on = 'warning' # default\n")
	status, out, errs := nixsift(t, dir, "", "check", "wrong/a.nix")
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, out+errs, "wrong/nixsift.toml:1:11: error: `off` is no severity that a finding has: use `hint`, `info`, `warning`, `error`")
	_, _, errs = nixsift(t, dir, "", "config", "wrong/sub")
	assert.Contains(t, errs, "unknown key of an override `fail-on`")
}

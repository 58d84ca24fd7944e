//go:build unix

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/git/gittest"
)

// TestChangedConfigurations has changes of nothing but configurations and baselines, whose mistakes count though no file is checked.
func TestChangedConfigurations(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after []string
		says          string
	}{
		{"an unknown key", nil, []string{"nixsift.toml", "nope = 1\n"}, "nope"},
		{"no TOML", nil, []string{"nixsift.toml", "[[[\n"}, "nixsift.toml"},
		{"extends what is outside", nil, []string{"nixsift.toml", "extends = \"../x.toml\"\n"}, "../x.toml"},
		{"names no baseline", nil, []string{"nixsift.toml", "baseline = \"nope.json\"\n"}, "is not there"},
		{"requires another version", nil, []string{"nixsift.toml", "required-version = \">=99\"\n"}, "99"},
		{"a baseline", nil, []string{"nixsift-baseline.json", "{ nope\n"}, "nixsift-baseline.json"},
		{"in a folder", nil, []string{"sub/nixsift.toml", "nope = 1\n"}, "sub/nixsift.toml"},
		{"a baseline in a folder", nil, []string{"sub/nixsift-baseline.json", "{ nope\n"}, "sub/nixsift-baseline.json"},
		{"what one extends", []string{"nixsift.toml", "extends = \"base.toml\"\n", "base.toml", ""}, []string{"base.toml", "nope = 1\n"}, "base.toml"},
		{"what one in a folder extends", []string{"sub/nixsift.toml", "extends = \"../base.toml\"\n", "base.toml", ""}, []string{"base.toml", "nope = 1\n"}, "base.toml"},
		{"what one in a folder names", []string{"sub/nixsift.toml", "baseline = \"b.json\"\n", "sub/b.json", "{}"}, []string{"sub/b.json", "{ nope\n"}, "b.json"},
		{"sound", nil, []string{"nixsift.toml", "preset = \"strict\"\n"}, ""},
		{"a wrong one that nothing changed about", []string{"sub/nixsift.toml", "nope = 1\n"}, []string{"package.json", "{ nope\n"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := repository(t, append([]string{"a.nix", sound, "sub/b.nix", sound}, c.before...)...)
			gittest.Write(t, root, c.after...)
			status, out, errs := nixsift(t, root, "", "check", "--changed-since", "HEAD")
			if c.says != "" && strings.HasSuffix(c.after[0], "nixsift.toml") {
				assert.Equal(t, exitUsage, status, "not staged: %s%s", out, errs)
				assert.Contains(t, out+errs, c.says)
			}
			gittest.Run(t, root, "add", "-A")
			for _, args := range [][]string{{"--staged"}, {"--changed-since", "HEAD"}} {
				status, out, errs := nixsift(t, root, "", append([]string{"check"}, args...)...)
				if c.says == "" {
					assert.Equal(t, exitClean, status, "%v %s%s", args, out, errs)
					continue
				}
				assert.Equal(t, exitUsage, status, "%v %s%s", args, out, errs)
				assert.Contains(t, out+errs, c.says, args)
			}
		})
	}
}

//go:build unix

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
)

// inPreview is what the summary says of the rules in preview where all files have the default preset.
func inPreview() string {
	n := 0
	for _, r := range rules.All() {
		if r.Stage == rules.Preview && r.Presets&rules.Recommended == rules.Recommended {
			n++
		}
	}
	return fmt.Sprintf("%d rules in preview did not run (--preview)\n", n)
}

// TestPreviews holds what the summary says of the rules in preview against which of them a call can run.
func TestPreviews(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "1\n", "on/nixsift.toml": "preview = true\n", "on/a.nix": "1\n"})
	const said = "in preview did not run (--preview)"
	shownAt := func(args string) string {
		_, shown := onTerminal(t, dir, 120, nil, append([]string{"check"}, strings.Fields(args)...)...)
		return escapes.ReplaceAllString(shown, "")
	}
	assert.True(t, strings.HasSuffix(shownAt("a.nix"), "no findings in 1 file\n"+inPreview()))
	assert.Equal(t, "no findings in 1 file\n", start(t, dir, nil, "check", "a.nix").out, "hooks, CI and pipes are told nothing")
	for _, args := range []string{
		"--preview a.nix", "--quiet a.nix", "--only missing-path a.nix", "--select missing-path a.nix", "--preset none a.nix", "on/a.nix",
		". on/a.nix", "--format short a.nix", "--format json a.nix", "--format github a.nix", "--staged",
	} {
		assert.NotContains(t, shownAt(args), said, args)
	}
	for _, args := range []string{"--preset all a.nix", "--ignore flake a.nix", "--rule unread-enable=error a.nix"} {
		shown := shownAt(args)
		assert.Contains(t, shown, said, args)
		assert.NotContains(t, shown, inPreview(), args)
	}
}

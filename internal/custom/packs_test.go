package custom_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/custom"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	_ "github.com/nixsift/nixsift/rules/all"
)

// packsTurnOn are the rules that packs turn on, with their severities, as docs/stability.md promises: a rule that is added to a pack is off.
var packsTurnOn = map[string]string{
	"nixos-docker-group":            "nixsift:nixos info",
	"nixos-everybody-trusted":       "nixsift:nixos error",
	"nixos-firewall-off":            "nixsift:nixos warning",
	"nixos-insecure-packages":       "nixsift:nixos info",
	"nixos-sandbox-off":             "nixsift:nixos warning",
	"nixos-ssh-password":            "nixsift:nixos warning",
	"nixos-ssh-root":                "nixsift:nixos warning",
	"nixos-state-version-moves":     "nixsift:nixos info",
	"nixos-sudo-without-password":   "nixsift:nixos info",
	"nixos-unsigned-paths":          "nixsift:nixos warning",
	"pkgs-description-style":        "nixsift:nixpkgs info",
	"pkgs-flag-outside-env":         "nixsift:nixpkgs warning",
	"pkgs-flags-not-list":           "nixsift:nixpkgs warning",
	"pkgs-homepage-computed":        "nixsift:nixpkgs info",
	"pkgs-meta-with-lib":            "nixsift:nixpkgs info",
	"pkgs-name-and-version":         "nixsift:nixpkgs info",
	"pkgs-parallel-is-default":      "nixsift:nixpkgs info",
	"pkgs-patch-without-full-index": "nixsift:nixpkgs warning",
	"pkgs-pname-in-repo":            "nixsift:nixpkgs info",
	"pkgs-python-propagated":        "nixsift:nixpkgs info",
	"pkgs-version-with-v":           "nixsift:nixpkgs warning",
	"pkgs-whole-phase":              "nixsift:nixpkgs warning",
}

// TestPacksAreKept holds that packs turn on what they did, as strictly or less.
func TestPacksAreKept(t *testing.T) {
	for _, name := range config.Packs() {
		c, problems := config.Load("/p/nixsift.toml", fmt.Sprintf("extends = %q\n", name), engine.Catalogue(), workspace.NewOverlay(workspace.OS))
		assert.Empty(t, problems)
		found := map[string]bool{}
		for _, r := range custom.Of(c) {
			found[r.ID] = true
			d := r.Definition()
			if d.Severity == diag.Off {
				continue
			}
			severity, ok := strings.CutPrefix(packsTurnOn[r.ID], name+" ")
			most, _ := diag.ParseSeverity(severity)
			assert.True(t, ok && d.Severity <= most, "%s: `%s` is on, as %s: a rule that is added to a pack is off", name, r.ID, d.Severity)
		}
		for id, is := range packsTurnOn {
			assert.True(t, found[id] || !strings.HasPrefix(is, name+" "), "%s had the rule `%s`", name, id)
		}
	}
}

// TestPacks runs the examples of the packs of the program, whose ids no rule of it has.
func TestPacks(t *testing.T) {
	assert.Equal(t, []string{"nixsift:nixos", "nixsift:nixpkgs"}, config.Packs())
	for _, name := range config.Packs() {
		c, problems := config.Load("/p/nixsift.toml", fmt.Sprintf("extends = %q\n", name), engine.Catalogue(), workspace.NewOverlay(workspace.OS))
		assert.Empty(t, problems)
		assert.Greater(t, len(custom.Of(c)), 9, name)
	}
	_, problems := load("extends = ['nixsift:nixpgks', 'nixsift:../x']")
	assert.Equal(t, []string{
		"1:12: there is no pack `nixsift:nixpgks`; did you mean `nixsift:nixpkgs`?",
		"1:31: there is no pack `nixsift:../x`; nixsift brings `nixsift:nixos`, `nixsift:nixpkgs`",
	}, problems)
}

package custom_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/custom"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	_ "github.com/nixsift/nixsift/rules/all"
)

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

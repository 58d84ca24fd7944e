package sandbox

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// TestUnreadScripts: what is too long to be read is told, and no clean bill.
func TestUnreadScripts(t *testing.T) {
	long := strings.Repeat("echo a line of the script\n", 1<<16)
	build := func(hash, script string) string {
		return "{ pkgs }: pkgs.stdenv.mkDerivation { name = \"a\"; " + hash + " buildPhase = ''\n" + script + "''; installPhase = ''\n" + script + "''; }"
	}
	found := ruletest.Findings(t, "network-in-builder", "a.nix", build("", long))
	require.Len(t, found, 1)
	assert.Equal(t, diag.Info, found[0].Severity)
	assert.Contains(t, found[0].Message, "too long to be read")
	assert.Empty(t, ruletest.Findings(t, "network-in-builder", "a.nix", build(`outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";`, long)), "fixed output")
	assert.Empty(t, ruletest.Findings(t, "network-in-builder", "a.nix", build("", long[:1<<10])))
}

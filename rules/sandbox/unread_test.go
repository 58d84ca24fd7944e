package sandbox

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
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

// TestUnreadTools is TestUnreadScripts for the scripts of services.
func TestUnreadTools(t *testing.T) {
	long := strings.Repeat("echo a line of the script\n", 1<<16) + "yq . x\n"
	service := func(script string) string {
		return "{ systemd.services.a = { wantedBy = [ ]; script = ''\n" + script + "''; }; }"
	}
	found := ruletest.Findings(t, "script-tool-not-in-closure", "a.nix", service(long))
	require.Len(t, found, 1)
	assert.Equal(t, diag.Info, found[0].Severity)
	assert.Contains(t, found[0].Message, "too long to be read")
	assert.Equal(t, 2, found[0].Span.Len())
	found = ruletest.Findings(t, "script-tool-not-in-closure", "a.nix", service(long[len(long)-1<<10:]))
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Message, "`yq`")
}

// TestUnreadManifests is TestUnreadScripts for files of manifests: one of the rules about images tells of one.
func TestUnreadManifests(t *testing.T) {
	manifest := "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a:latest\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"long":  {manifest + strings.Repeat("# more\n", 1<<18), []string{"too long to be read"}},
		"short": {manifest, []string{"`a:latest`"}},
		"none":  {strings.Repeat("# more\n", 1<<18), nil},
	} {
		dir := testenv.Tree(t, map[string]string{
			"nixsift.toml": "[rules]\nk8s-latest-image = { airgapped = true }\nk8s-image-not-in-closure = { airgapped = true }\n",
			"a.nix":        "{ services.k3s.manifests.a.source = ./a.yaml; }", "a.yaml": c.text,
		})
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: []string{"k8s-latest-image", "k8s-image-not-in-closure"}})
		require.NoError(t, err)
		require.Len(t, res.Findings, len(c.want), name)
		for i, f := range res.Findings {
			assert.Contains(t, f.Message, c.want[i], name)
		}
	}
}

package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

var localPath = regexp.MustCompile(`\./[\w./-]+`)

// fixedLabelled are the labelled derivations whose output is fixed; one more is made by the builtin derivation, which takes no label.
var fixedLabelled = []string{
	"fine/finalattrs-pinned.nix", "fine/image-pinned.nix", "fine/optional-hash.nix", "fine/override-fetcher.nix", "fine/override-pinned-later.nix", "fine/override-pinned.nix",
	"fine/update-pinned.nix", "fine/wget-pinned-below.nix", "fine/wrapper-hash.nix", "fine/wrapper-open.nix",
}

// TestFixedOutputs asks Nix which of the labelled derivations have an output that is fixed: those that the rule is to find have
// none, also where an attribute of the name is there.
func TestFixedOutputs(t *testing.T) {
	nix := testenv.NewNix(t)
	root, names := labelled(t, "network.txtar")
	stub, err := filepath.Abs("testdata/labelled/nixpkgs.nix")
	require.NoError(t, err)
	var all strings.Builder
	all.WriteString("{\n")
	asked := map[string]bool{}
	for _, name := range names {
		file := filepath.Join(root, name)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, path := range localPath.FindAllString(string(text), -1) { // what the archive does not have
			if to := filepath.Join(filepath.Dir(file), path); filepath.Ext(to) == "" {
				require.NoError(t, os.MkdirAll(to, 0o755))
			} else if _, err := os.Stat(to); err != nil {
				require.NoError(t, os.WriteFile(to, nil, 0o600))
			}
		}
		switch name {
		case "fine/service.nix", "fine/vm-test.nix", "fine/effect.nix": // no derivations
			continue
		}
		asked[name] = true
		fmt.Fprintf(&all, "  d%d = let pkgs = import %s %q; in import %s (pkgs // { inherit pkgs; });\n", len(asked), stub, name, file)
	}
	all.WriteString("}\n")
	expr := filepath.Join(root, "all.nix")
	require.NoError(t, os.WriteFile(expr, []byte(all.String()), 0o600))
	out, err := nix.Run(root, "--extra-experimental-features", "impure-derivations ca-derivations", "derivation", "show", "--impure", "--file", expr)
	require.NoError(t, err, out)
	var shown struct {
		Derivations map[string]struct {
			Env     map[string]string
			Outputs map[string]struct{ Hash string }
		}
	}
	_, fields, _ := strings.Cut(out, "{") // behind what Nix says on its own
	require.NoError(t, json.Unmarshal([]byte("{"+fields), &shown), out)
	var fixed []string
	seen := map[string]bool{}
	raw, rawFixed := 0, 0
	for _, d := range shown.Derivations {
		name := d.Env["label"]
		isFixed := d.Outputs["out"].Hash != ""
		if name == "" {
			raw++
			if isFixed {
				rawFixed++
			}
			continue
		}
		seen[name] = true
		if isFixed {
			fixed = append(fixed, name)
		}
	}
	assert.Greater(t, len(seen), len(asked)*9/10)
	for _, name := range fixed {
		assert.NotContains(t, name, "needs/")
		assert.NotContains(t, name, "unsandboxed/")
	}
	assert.Equal(t, []int{4, 1}, []int{raw, rawFixed})
	assert.ElementsMatch(t, fixedLabelled, fixed)
}

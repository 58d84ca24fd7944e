package lsp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestActionsOfOtherDocuments holds that findings in lock files, CI files and scripts have their actions there, and that these do what they
// say.
func TestActionsOfOtherDocuments(t *testing.T) {
	for name, test := range map[string]struct {
		language, text, rule string
		titles               []string // that are among those of the first finding of the rule
		after                map[string]string
	}{
		"flake.lock": {
			"json", strings.Replace(followable, `"root": { "inputs"`, `"stray": { "locked": { "owner": "o", "repo": "s", "rev": "0000000000000000000000000000000000000009", "type": "github", "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "lastModified": 1 } }, "root": { "inputs"`, 1),
			"lock-orphan-node", []string{"explain `lock-orphan-node`"}, nil,
		},
		".github/workflows/ci.yml": {
			"yaml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: nix flake lock --update-input nixpkgs\n", "update-input-flag",
			[]string{"use `nix flake update` with the names (unsafe)", "ignore `update-input-flag` on this line", "ignore `update-input-flag` in this file", "explain `update-input-flag`"},
			map[string]string{
				"ignore `update-input-flag` on this line": "# nixsift: ignore[update-input-flag] ", "ignore `update-input-flag` in this file": "# nixsift: ignore-file[update-input-flag] \non: push\n",
			},
		},
		"update.sh": {
			"shellscript", "#!/bin/sh\nnix flake lock --update-input nixpkgs\n", "update-input-flag",
			[]string{"use `nix flake update` with the names (unsafe)", "ignore `update-input-flag` on this line", "ignore `update-input-flag` in this file"},
			map[string]string{
				"ignore `update-input-flag` on this line": "# nixsift: ignore[update-input-flag] ", "ignore `update-input-flag` in this file": "#!/bin/sh\n# nixsift: ignore-file[update-input-flag] \n",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			lsptest.WriteFile(t, dir, "flake.nix", "{\n  inputs.nixpkgs.url = \"github:NixOS/nixpkgs\";\n  inputs.a.url = \"github:o/a\";\n  inputs.b.url = \"github:o/b\";\n  outputs = { self, nixpkgs, a, b }: { x = [ nixpkgs a b ]; };\n}\n")
			lsptest.WriteFile(t, dir, "flake.lock", followable)
			uri := lsptest.URI(lsptest.WriteFile(t, dir, name, test.text))
			c := lsptest.Start(t, lsp.Options{})
			c.Initialize(dir, commanding)
			c.Open(uri, test.language, 1, test.text)
			var at lsptest.Range
			c.DiagnosticsThat(uri, func(p lsptest.Published) bool {
				i := slices.Index(p.Codes(), test.rule)
				if i >= 0 {
					at = p.Diagnostics[i].Range
				}
				return i >= 0
			})
			actions := c.Actions(uri, at, "quickfix")
			for _, title := range test.titles {
				assert.Contains(t, titles(actions), title)
			}
			for _, a := range actions {
				require.NotEmpty(t, a.Diagnostics, a.Title)
			}
			for title, text := range test.after {
				after := apply(test.text, find(t, actions, title).Edit.Changes[uri])
				assert.Contains(t, after, text)
				c.Edit(uri, 2, lsptest.Change{Text: after})
				assert.NotContains(t, c.Diagnostics(uri, 2).Codes(), test.rule)
				c.Edit(uri, 2, lsptest.Change{Text: test.text})
			}
			for _, a := range c.Actions(uri, at, "refactor") {
				assert.Fail(t, "a refactoring of what is no Nix", a.Title)
			}
		})
	}
}

//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// docBlock is a fenced block of a page.
type docBlock struct{ language, text string }

func docBlocks(text string) []docBlock {
	var all []docBlock
	var open *docBlock
	for line := range strings.Lines(text) {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && open == nil:
			open = &docBlock{language: fence}
		case isFence:
			all, open = append(all, *open), nil
		case open != nil:
			open.text += line
		}
	}
	return all
}

// TestDocBlocks holds what the pages on configuration show: every configuration loads without a mistake and fits the schema, every
// command line runs in a scratch project and is understood, every piece of Nix is as quiet as it says.
func TestDocBlocks(t *testing.T) {
	root := testenv.Root(t)
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(root, "docs/schema/nixsift.schema.json"))
	require.NoError(t, err)
	for page, shells := range map[string]bool{"README.md": false, "docs/configuration.md": true, "docs/stability.md": true} {
		text, err := os.ReadFile(filepath.Join(root, page))
		require.NoError(t, err)
		dir := testenv.Tree(t, map[string]string{
			"project/flake.nix": "{ outputs = { self }: import ./gone.nix; }\n", "project/hosts/atlas.nix": "let unused = 1; in 2\n",
			"nixsift.toml": "", "lint/strict.toml": "",
		})
		project := filepath.Join(dir, "project")
		counts := map[string]int{}
		for _, b := range docBlocks(string(text)) {
			counts[b.language]++
			switch b.language {
			case "toml":
				_, problems := config.Load(filepath.Join(project, "nixsift.toml"), b.text, engine.Catalogue(), nil)
				assert.Empty(t, problems, "%s: %s", page, b.text)
				var value map[string]any
				require.NoError(t, toml.Unmarshal([]byte(b.text), &value))
				assert.NoError(t, schema.Validate(value), "%s: %s", page, b.text)
			case "sh":
				if !shells {
					continue
				}
				for line := range strings.Lines(b.text) {
					o := start(t, project, func(cmd *exec.Cmd) {
						cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", line}
						cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program(t))+":"+os.Getenv("PATH"))
					})
					assert.LessOrEqual(t, o.status, exitFindings, "%s: %s%s", page, line, o.errors)
					assert.NotEmpty(t, o.out, "%s: %s", page, line)
					assert.NotContains(t, o.errors, "unknown", "%s: %s", page, line)
				}
			case "nix":
				if shells {
					got, _ := checked(t, testenv.Tree(t, map[string]string{"a.nix": b.text}))
					assert.Empty(t, got, "%s: %s", page, b.text)
				}
			}
		}
		assert.Positive(t, counts["toml"], page)
	}
}

package lsp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// settings returns the blocks of code of one language under a heading of docs/editors.md.
func settings(t *testing.T, heading, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testenv.Root(t), "docs", "editors.md"))
	require.NoError(t, err)
	_, section, ok := bytes.Cut(text, []byte("\n## "+heading+"\n"))
	require.True(t, ok, heading)
	section, _, _ = bytes.Cut(section, []byte("\n## "))
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(section, -1) {
		blocks = append(blocks, string(m[1]))
	}
	require.NotEmpty(t, blocks, "%s has no %s", heading, language)
	return blocks
}

// TestEmacs runs both clients of Emacs by the settings that the docs give.
func TestEmacs(t *testing.T) {
	editor, err := exec.LookPath("emacs")
	if err != nil {
		testenv.Missing(t, "Emacs with eglot and lsp-mode")
	}
	script, err := filepath.Abs("testdata/emacs.el")
	require.NoError(t, err)
	blocks := settings(t, "Emacs", "elisp")
	require.Len(t, blocks, 2)
	for i, client := range []string{"eglot", "lsp-mode"} {
		t.Run(client, func(t *testing.T) {
			dir, home := t.TempDir(), t.TempDir()
			lsptest.WriteFile(t, dir, "a.nix", "{\n  a. = 1; p = import ./not-there.nix;\n}\n")
			lsptest.WriteFile(t, home, "settings.el", blocks[i])
			require.NoError(t, exec.Command("git", "-C", dir, "init", "-q").Run())
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, editor, "--batch", "--no-init-file", "--load", script)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "HOME="+home, "NIXSIFT_CLIENT="+client, "NIXSIFT_SETTINGS="+filepath.Join(home, "settings.el"),
				"PATH="+filepath.Dir(program(t))+string(os.PathListSeparator)+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
		})
	}
}

// TestEditorSettings reads the settings of editors that the tests do not start: their form, and what they run.
func TestEditorSettings(t *testing.T) {
	var helix struct {
		Server map[string]struct {
			Command string
			Args    []string
		} `toml:"language-server"`
		Language []struct {
			Name    string
			Servers []string `toml:"language-servers"`
		}
	}
	require.NoError(t, toml.Unmarshal([]byte(settings(t, "Helix", "toml")[0]), &helix))
	assert.Equal(t, "nixsift", helix.Server["nixsift"].Command)
	assert.Equal(t, []string{"lsp"}, helix.Server["nixsift"].Args)
	require.Len(t, helix.Language, 1)
	assert.Contains(t, helix.Language[0].Servers, "nixsift")

	var zed struct {
		LSP map[string]struct {
			Binary struct {
				Path      string
				Arguments []string
			}
		} `json:"lsp"`
	}
	require.NoError(t, json.Unmarshal([]byte(settings(t, "Zed", "json")[0]), &zed))
	assert.Equal(t, "nixsift", zed.LSP["nil"].Binary.Path)
	assert.Equal(t, []string{"lsp"}, zed.LSP["nil"].Binary.Arguments)

	kakoune := settings(t, "Kakoune", "text")[0]
	_, inner, ok := strings.Cut(kakoune, "lsp_servers %{")
	require.True(t, ok)
	inner, _, _ = strings.Cut(inner, "}")
	var servers map[string]struct {
		Command string
		Args    []string
		Roots   []string `toml:"root_globs"`
	}
	require.NoError(t, toml.Unmarshal([]byte(inner), &servers))
	assert.Equal(t, "nixsift", servers["nixsift"].Command)
	assert.Equal(t, []string{"lsp"}, servers["nixsift"].Args)
	assert.Contains(t, servers["nixsift"].Roots, "flake.nix")
}

// TestNeovimSettings loads the settings of the docs that this Neovim is new enough for.
func TestNeovimSettings(t *testing.T) {
	editor, err := exec.LookPath("nvim")
	if err != nil {
		testenv.Missing(t, "Neovim")
	}
	for _, block := range settings(t, "Neovim", "lua") {
		script := lsptest.WriteFile(t, t.TempDir(), "settings.lua", block)
		// What the version lacks is left out: the syntax of the block is checked by every one.
		check := `lua local f, err = loadfile([[` + script + `]]); if not f then io.stderr:write(err); vim.cmd("cquit 1") end; ` +
			`if vim.lsp.enable or (vim.lsp.start and not [[` + block + `]]:find("lsp.enable", 1, true)) then f() end`
		cmd := exec.Command(editor, "--headless", "--clean", "-n", "-c", strings.ReplaceAll(check, "\n", " "), "-c", "quit")
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
}

package lsp_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// commanding are the capabilities of a client that has the server execute commands.
const commanding = `{"workspace":{"executeCommand":{},"applyEdit":true},"window":{"showDocument":{"support":true}},` + lsptest.Capable + `}`

// execute executes the command of an action.
func execute(t *testing.T, c *lsptest.Client, a lsptest.Action) lsptest.Message {
	t.Helper()
	require.NotNil(t, a.Command)
	return c.Reply(c.Send("workspace/executeCommand", map[string]any{"command": a.Command.Command, "arguments": a.Command.Arguments}))
}

func TestTrack(t *testing.T) {
	dir := t.TempDir()
	text := "{ outputs = _: { x = import ./new.nix; y = ./ignored.nix; }; }\n"
	lsptest.WriteFile(t, dir, "new.nix", "1\n")
	lsptest.WriteFile(t, dir, "ignored.nix", "1\n")
	lsptest.WriteFile(t, dir, ".gitignore", "ignored.nix\n")
	uri := lsptest.URI(lsptest.WriteFile(t, dir, "flake.nix", text))
	git := repository(t, dir)
	git("add", "flake.nix", ".gitignore")
	// What a repository names is not run.
	for _, name := range []string{"filter.x.clean", "filter.x.smudge", "core.fsmonitor"} {
		git("config", name, "touch pwned; cat")
	}
	lsptest.WriteFile(t, dir, ".git/info/attributes", "*.nix filter=x\n")
	lsptest.WriteFile(t, dir, ".git/hooks/post-index-change", "#!/bin/sh\ntouch pwned\n")
	require.NoError(t, os.Chmod(filepath.Join(dir, ".git/hooks/post-index-change"), 0o755))
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize(dir, commanding)
	c.Open(uri, "nix", 1, text)
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) > 1 })
	actions := c.Actions(uri, lsptest.At(0, 0, 0, 60), "quickfix")
	a := find(t, actions, "run `git add -N` for `new.nix`")
	assert.NotContains(t, titles(actions), "run `git add -N` for `ignored.nix`")
	assert.Equal(t, "untracked-file", a.Diagnostics[0].Code)
	require.Nil(t, execute(t, c, a).Error)
	assert.NoFileExists(t, filepath.Join(dir, "pwned"))
	assert.Equal(t, ".gitignore\nflake.nix\nnew.nix", gittest.Run(t, dir, "-c", "core.fsmonitor=false", "ls-files"))
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	gone := c.Reply(c.Send("workspace/executeCommand", map[string]any{"command": "nixsift.track", "arguments": []any{lsptest.URI(filepath.Join(dir, "none.nix"))}}))
	require.NotNil(t, gone.Error)
	assert.Equal(t, -32803, gone.Error.Code)
	assert.Contains(t, gone.Error.Message, "none.nix")
}

func TestExplain(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize("", commanding)
	const uri = "untitled:a"
	c.Open(uri, "nix", 1, "let in 1")
	c.Diagnostics(uri, 1)
	a := find(t, c.Actions(uri, lsptest.At(0, 0, 0, 1)), "explain `empty-let`")
	require.Nil(t, execute(t, c, a).Error)
	m := c.Wait(func(m lsptest.Message) bool { return m.Method == "window/showDocument" })
	assert.JSONEq(t, `{"uri":"https://github.com/nixsift/nixsift/blob/main/docs/rules/empty-let.md","external":true}`, string(m.Params))

	plain := lsptest.Start(t, lsp.Options{})
	plain.Initialize("", `{"workspace":{"executeCommand":{}},`+lsptest.Capable+`}`)
	plain.Open(uri, "nix", 1, "let in 1")
	plain.Diagnostics(uri, 1)
	require.Nil(t, execute(t, plain, find(t, plain.Actions(uri, lsptest.At(0, 0, 0, 1)), "explain `empty-let`")).Error)
	m = plain.Wait(func(m lsptest.Message) bool { return m.Method == "window/showMessage" })
	assert.Contains(t, string(m.Params), "empty-let: ")

	none := lsptest.Start(t, lsp.Options{})
	none.Initialize("", "")
	none.Open(uri, "nix", 1, "let in 1")
	for _, a := range none.Actions(uri, lsptest.At(0, 0, 0, 1)) {
		assert.Nil(t, a.Command, a.Title)
	}
	for name, params := range map[string]any{
		"unknown": map[string]any{"command": "rm"}, "no argument": map[string]any{"command": "nixsift.explain"},
		"no rule":  map[string]any{"command": "nixsift.explain", "arguments": []any{"none"}},
		"no text":  map[string]any{"command": "nixsift.explain", "arguments": []any{5}},
		"no file":  map[string]any{"command": "nixsift.track", "arguments": []any{"untitled:a"}},
		"not open": map[string]any{"command": "nixsift.addFollows", "arguments": []any{"file:///none/flake.nix"}},
	} {
		m := c.Reply(c.Send("workspace/executeCommand", params))
		require.NotNil(t, m.Error, name)
		assert.Equal(t, -32602, m.Error.Code, name)
	}
}

const followable = `{ "nodes": {
	"a": { "inputs": { "nixpkgs": "nixpkgs_2" }, "locked": { "owner": "o", "repo": "a", "rev": "0000000000000000000000000000000000000001", "type": "github", "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "lastModified": 1 }, "original": { "owner": "o", "repo": "a", "type": "github" } },
	"b": { "inputs": { "nixpkgs": "nixpkgs_3" }, "locked": { "owner": "o", "repo": "b", "rev": "0000000000000000000000000000000000000002", "type": "github", "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "lastModified": 1 }, "original": { "owner": "o", "repo": "b", "type": "github" } },
	"nixpkgs": { "locked": { "owner": "NixOS", "repo": "nixpkgs", "rev": "0000000000000000000000000000000000000003", "type": "github", "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "lastModified": 1 }, "original": { "owner": "NixOS", "repo": "nixpkgs", "type": "github" } },
	"nixpkgs_2": { "locked": { "owner": "NixOS", "repo": "nixpkgs", "rev": "0000000000000000000000000000000000000004", "type": "github", "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "lastModified": 1 }, "original": { "owner": "NixOS", "repo": "nixpkgs", "type": "github" } },
	"nixpkgs_3": { "locked": { "owner": "NixOS", "repo": "nixpkgs", "rev": "0000000000000000000000000000000000000005", "type": "github", "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "lastModified": 1 }, "original": { "owner": "NixOS", "repo": "nixpkgs", "type": "github" } },
	"root": { "inputs": { "a": "a", "b": "b", "nixpkgs": "nixpkgs" } } }, "root": "root", "version": 7 }
`

func TestAddFollows(t *testing.T) {
	dir := t.TempDir()
	text := "{\n  inputs.nixpkgs.url = \"github:NixOS/nixpkgs\";\n  inputs.a.url = \"github:o/a\";\n  inputs.b.url = \"github:o/b\";\n  outputs = { self, nixpkgs, a, b }: { x = [ nixpkgs a b ]; };\n}\n"
	uri := lsptest.URI(lsptest.WriteFile(t, dir, "flake.nix", text))
	lsptest.WriteFile(t, dir, "flake.lock", followable)
	c := lsptest.Start(t, lsp.Options{})
	c.Answer("workspace/applyEdit", map[string]any{"applied": true})
	c.Initialize(dir, commanding)
	c.Open(uri, "nix", 1, text)
	c.Diagnostics(uri, 1)
	a := find(t, c.Actions(uri, lsptest.At(0, 0, 9, 0), "quickfix"), "add all missing `follows` (unsafe)")
	assert.False(t, a.IsPreferred)
	require.Nil(t, execute(t, c, a).Error)
	m := c.Wait(func(m lsptest.Message) bool { return m.Method == "workspace/applyEdit" })
	var params lsptest.Action
	require.NoError(t, json.Unmarshal(m.Params, &params))
	after := apply(text, params.Edit.Changes[uri])
	assert.Contains(t, after, "inputs.a.inputs.nixpkgs.follows = \"nixpkgs\";")
	assert.Contains(t, after, "inputs.b.inputs.nixpkgs.follows = \"nixpkgs\";")
	c.Answer("workspace/applyEdit", map[string]any{"applied": false, "failureReason": "no"})
	refused := execute(t, c, a)
	require.NotNil(t, refused.Error)
	assert.Equal(t, "the editor did not make the change: no", refused.Error.Message)
}

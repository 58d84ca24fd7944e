package lsp_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// built is the real program, built once for all tests that run it.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// environment is that of the start: the cache of go lies in a home that tests may change.
var environment = os.Environ()

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// program returns the path of the real program.
func program(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "nixsift-lsp"); built.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-o", filepath.Join(built.dir, "nixsift"), "./cmd/nixsift")
		cmd.Dir, cmd.Env = testenv.Root(t), environment
		cmd.Stderr = os.Stderr
		built.err = cmd.Run()
	})
	require.NoError(t, built.err)
	return filepath.Join(built.dir, "nixsift")
}

func TestProgram(t *testing.T) {
	dir := t.TempDir()
	text := "{ a. = 1; }\n"
	uri := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", text))
	for _, shutdown := range []bool{true, false} {
		cmd := exec.Command(program(t), "lsp", "--stdio")
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		c := lsptest.Connect(t, out, in)
		c.Initialize(dir, "")
		c.Write("Content-Length: 5\r\n\r\nhello")
		c.Wait(func(m lsptest.Message) bool { return m.Error != nil && m.Error.Code == -32700 })
		c.Open(uri, "nix", 1, text)
		p := c.Diagnostics(uri, 1)
		assert.Equal(t, []string{"attrpath-extra-dot"}, p.Codes())
		require.NotEmpty(t, c.Actions(uri, p.Diagnostics[0].Range, "quickfix"))
		if shutdown {
			c.Shutdown()
		} else {
			c.Exit()
		}
		err = cmd.Wait()
		if shutdown {
			require.NoError(t, err)
		} else {
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			assert.Equal(t, 1, exit.ExitCode())
		}
	}
}

// nvim runs the session of testdata/nvim.lua with a server.
func nvim(t *testing.T, server ...string) {
	t.Helper()
	editor, err := exec.LookPath("nvim")
	if err != nil {
		testenv.Missing(t, "Neovim")
	}
	script, err := filepath.Abs("testdata/nvim.lua")
	require.NoError(t, err)
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "a b.nix", "{\n  s = \"😀\"; a. = 1; p = import ./not-there.nix;\n}\n")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, editor, "--headless", "--clean", "-n", "-c", "luafile "+script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NIXSIFT_LSP="+strings.Join(server, "\n"), "XDG_STATE_HOME="+t.TempDir(), "XDG_CACHE_HOME="+t.TempDir(), "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestNeovim(t *testing.T) { nvim(t, program(t), "lsp") }

// checker returns the command of a proxy that holds every message against the protocol's meta model, and
// a function that judges its report.
func checker(t *testing.T) (command []string, judge func()) {
	t.Helper()
	check := testenv.Shared(t, "tools", "lsp", "lspcheck.py")
	model := testenv.Shared(t, "tools", "lsp", "metaModel-3.17.json")
	python, err := exec.LookPath("python3")
	if err != nil {
		testenv.Missing(t, "python3")
	}
	report := filepath.Join(t.TempDir(), "report")
	return []string{python, check, model, report, "--", program(t), "lsp"}, func() {
		b, err := os.ReadFile(report)
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSpace(string(b)), "\n")
		for _, line := range lines {
			assert.False(t, strings.HasPrefix(line, "SERVER") || strings.HasPrefix(line, "!!"), line)
		}
		last := lines[len(lines)-1]
		t.Log(last)
		assert.Contains(t, last, "unanswered={} server_rc=0")
	}
}

// TestMetaModel checks the messages of sessions with Neovim and with our own client.
func TestMetaModel(t *testing.T) {
	t.Run("Neovim", func(t *testing.T) {
		command, judge := checker(t)
		nvim(t, command...)
		judge()
	})
	for name, capabilities := range map[string]string{
		"rich": `{"general":{"positionEncodings":["utf-8","utf-16"]},"workspace":{"workspaceEdit":{"documentChanges":true},"didChangeWatchedFiles":{"dynamicRegistration":true},
			"executeCommand":{},"applyEdit":true},"window":{"showDocument":{"support":true}},` + lsptest.Capable + `}`,
		"poor":      "",
		"resolving": resolving,
	} {
		t.Run(name, func(t *testing.T) {
			command, judge := checker(t)
			dir := t.TempDir()
			lsptest.WriteFile(t, dir, "nixsift.toml", "preset = \"all\"\n[rules]\nno-such-rule = 5\n")
			lsptest.WriteFile(t, dir, "flake.lock", "{}")
			text := "{ inputs.a.url = \"github:a/b\"; outputs = { self, a }: let x = 1; a. = 2; x = 3; in with a; [ ./none (import ./a.nix) ]; } # 😀\n"
			flake := lsptest.URI(lsptest.WriteFile(t, dir, "flake.nix", text))
			cmd := exec.Command(command[0], command[1:]...)
			cmd.Stderr = os.Stderr
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			c := lsptest.Connect(t, out, in)
			c.Initialize(dir, capabilities)
			c.Open(flake, "nix", 1, text)
			found := c.Diagnostics(flake, 1)
			require.Greater(t, len(found.Diagnostics), 2)
			actions := c.Actions(flake, lsptest.At(0, 0, 9, 0))
			assert.Greater(t, len(actions), 1)
			for _, a := range actions {
				if a.Command != nil {
					execute(t, c, a)
				}
				if a.Data != nil {
					c.Call("codeAction/resolve", map[string]any{"title": a.Title, "kind": a.Kind, "data": a.Data}, nil)
				}
			}
			outside := lsptest.At(7, 0, 7, 0)
			c.Edit(flake, 2, lsptest.Change{Range: &outside, Text: "x"})
			c.Wait(func(m lsptest.Message) bool { return m.Method == "window/logMessage" })
			c.Open("untitled:x", "nix", 0, "let x = 1; in y")
			c.Diagnostics("untitled:x", 0)
			c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{}})
			c.DiagnosticsThat(lsptest.URI(filepath.Join(dir, "nixsift.toml")), func(p lsptest.Published) bool { return len(p.Diagnostics) > 0 })
			m := c.Reply(c.Send("textDocument/moniker", map[string]any{"textDocument": map[string]any{"uri": flake}, "position": lsptest.Position{}}))
			require.NotNil(t, m.Error)
			c.Close(flake)
			c.DiagnosticsThat(flake, func(p lsptest.Published) bool { return p.Version == nil })
			c.Call("shutdown", nil, nil)
			c.Exit()
			require.NoError(t, cmd.Wait())
			judge()
		})
	}
}

// TestMetaModelOfFeatures checks the messages of all features at all marks of the fixtures, with a client of each kind.
func TestMetaModelOfFeatures(t *testing.T) {
	for name, capabilities := range map[string]string{"rich": capable, "links": linked} {
		t.Run(name, func(t *testing.T) {
			command, judge := checker(t)
			programs(t, map[string]string{"nixfmt": squeeze})
			cmd := exec.Command(command[0], command[1:]...)
			cmd.Stderr = os.Stderr
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			c := lsptest.Connect(t, out, in)
			dir := t.TempDir()
			c.Initialize(dir, capabilities)
			for _, file := range markerFiles(t) {
				archive, err := txtar.ParseFile(file)
				require.NoError(t, err)
				s := &session{Client: c, t: t, dir: filepath.Join(dir, strings.TrimSuffix(file, ".txtar")), texts: map[string]string{}}
				s.load(archive)
				for n, m := range s.all {
					if n == 0 {
						r := lsptest.At(0, 0, m.at.Line, m.at.Character)
						format(c, s.uri(m.file), nil)
						format(c, s.uri(m.file), &r)
					}
					for _, method := range asked {
						if (method == "textDocument/completion" || method == "workspace/diagnostic" || method == "workspace/willRenameFiles") && n%8 != 0 {
							continue // the answers are long
						}
						params := s.here(m)
						params["context"], params["newName"] = map[string]any{"includeDeclaration": true, "diagnostics": []any{}}, "another"
						params["range"], params["positions"], params["previousResultId"] = lsptest.At(0, 0, m.at.Line, m.at.Character), []any{m.at}, "1"
						if !strings.HasPrefix(method, "textDocument/") {
							params = map[string]any{"query": "a", "previousResultIds": []any{}, "files": []any{map[string]any{"oldUri": s.uri(m.file), "newUri": s.uri("moved/" + m.file)}}}
						}
						reply := c.Reply(c.Send(method, params))
						if method == "textDocument/completion" {
							resolveFirst(c, reply)
						}
						var items []json.RawMessage
						if method == "textDocument/prepareCallHierarchy" && json.Unmarshal(reply.Result, &items) == nil && len(items) > 0 {
							for _, further := range []string{"callHierarchy/incomingCalls", "callHierarchy/outgoingCalls"} {
								c.Reply(c.Send(further, map[string]any{"item": items[0]}))
							}
						}
					}
				}
			}
			if name == "rich" { // which is told to ask again
				lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
				a := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", "{ n = 1 + import ./b.nix; }"))
				b := lsptest.URI(lsptest.WriteFile(t, dir, "b.nix", "2"))
				c.Open(a, "nix", 1, "{ n = 1 + import ./b.nix; }")
				c.Open(b, "nix", 1, "2")
				pull(c, a, "")
				c.Edit(b, 2, lsptest.Change{Text: "[ ]"})
				c.Wait(func(m lsptest.Message) bool { return m.Method == "workspace/diagnostic/refresh" })
			}
			c.Shutdown()
			require.NoError(t, cmd.Wait())
			judge()
		})
	}
}

// resolveFirst asks for the documentation of the first proposal that has some.
func resolveFirst(c *lsptest.Client, reply lsptest.Message) {
	var list struct{ Items []map[string]any }
	if json.Unmarshal(reply.Result, &list) != nil {
		return
	}
	for _, i := range list.Items {
		if i["data"] != nil {
			c.Reply(c.Send("completionItem/resolve", i))
			return
		}
	}
}

// linked are the capabilities of a client that takes links, and nothing but plain text.
const linked = `{"textDocument":{"hover":{"contentFormat":["plaintext"]},"definition":{"linkSupport":true},"declaration":{"linkSupport":true},
	"implementation":{"linkSupport":true},"typeDefinition":{"linkSupport":true}}}`

// asked are the requests about code that the server answers.
var asked = []string{"textDocument/hover", "textDocument/definition", "textDocument/declaration", "textDocument/completion",
	"textDocument/documentSymbol", "textDocument/foldingRange", "workspace/symbol", "textDocument/references", "textDocument/documentHighlight", "textDocument/prepareRename",
	"textDocument/rename", "textDocument/codeAction", "workspace/willRenameFiles", "textDocument/diagnostic", "workspace/diagnostic",
	"textDocument/signatureHelp", "textDocument/inlayHint", "textDocument/documentLink",
	"textDocument/semanticTokens/full", "textDocument/semanticTokens/full/delta", "textDocument/semanticTokens/range",
	"textDocument/selectionRange", "textDocument/linkedEditingRange", "textDocument/prepareCallHierarchy",
	"textDocument/implementation", "textDocument/typeDefinition"}

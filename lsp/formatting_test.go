package lsp_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// programs writes shell scripts into a folder that is alone on the search path but for the system's.
func programs(t *testing.T, scripts map[string]string) (dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	dir = t.TempDir()
	for name, script := range scripts {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return dir
}

// format asks for a document, or the lines of a range, to be laid out.
func format(c *lsptest.Client, uri string, r *lsptest.Range) lsptest.Message {
	params := map[string]any{"textDocument": map[string]any{"uri": uri}, "options": map[string]any{"tabSize": 2, "insertSpaces": true}}
	method := "textDocument/formatting"
	if r != nil {
		method, params["range"] = "textDocument/rangeFormatting", *r
	}
	return c.Reply(c.Send(method, params))
}

func edits(t *testing.T, m lsptest.Message) (out []lsptest.Edit) {
	t.Helper()
	require.Nil(t, m.Error)
	require.NoError(t, json.Unmarshal(m.Result, &out))
	return out
}

// squeeze makes one blank of several within lines.
const squeeze = `exec sed 's/\([^ ]\)  */\1 /g'`

func TestFormatting(t *testing.T) {
	dir := programs(t, map[string]string{
		"nixfmt": squeeze, "mine": `test "$1" = --name && printf '# %s\n' "$2" && exec cat`, "fails": "echo why >&2; exit 3", "wipes": "cat >/dev/null",
		"breaks": "cat; echo '}'", "treefmt": `test "$1" = --tree-root && printf '# tree\n' && exec cat`, "chatty": "exec yes",
	})
	project := t.TempDir()
	text := "{\n  a  = 1;\n  b = 2;\n  s = \"😀\";  c  =   3;\n}\n"
	uri := lsptest.URI(lsptest.WriteFile(t, project, "a.nix", text))
	lsptest.WriteFile(t, project, "treefmt.toml", "")
	lsptest.WriteFile(t, project, "myfmt", "#!/bin/sh\ntouch "+dir+"/pwned\n")
	require.NoError(t, os.Chmod(filepath.Join(project, "myfmt"), 0o755))
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize(project, "")
	c.Open(uri, "nix", 1, text)
	set := func(settings map[string]any) {
		c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"nixsift": settings}})
	}
	command := func(words ...string) { set(map[string]any{"formatting": map[string]any{"command": words}}) }

	list := edits(t, format(c, uri, nil))
	assert.Equal(t, []lsptest.Edit{{Range: lsptest.At(1, 4, 1, 5)}, {Range: lsptest.At(3, 12, 3, 19), NewText: "c ="}}, list)
	assert.Equal(t, "{\n  a = 1;\n  b = 2;\n  s = \"😀\"; c = 3;\n}\n", apply(text, list))
	second := lsptest.At(1, 0, 2, 0)
	assert.Equal(t, list[:1], edits(t, format(c, uri, &second)))

	command("mine", "--name", "{file}")
	assert.Equal(t, []lsptest.Edit{{Range: lsptest.At(0, 0, 0, 0), NewText: "# " + filepath.Join(project, "a.nix") + "\n"}}, edits(t, format(c, uri, nil)))
	for name, message := range map[string]string{"fails": "fails: why", "wipes": "what the formatter makes has syntax errors", "breaks": "what the formatter makes has syntax errors"} {
		command(name)
		m := format(c, uri, nil)
		require.NotNil(t, m.Error, name)
		assert.Equal(t, message, m.Error.Message)
	}
	command("chatty")
	m := format(c, uri, nil)
	require.NotNil(t, m.Error)
	assert.Contains(t, m.Error.Message, "writes more than")
	for _, program := range []string{"none", "./myfmt", "myfmt", ""} { // nothing pops up
		command(program)
		m := format(c, uri, nil)
		require.Nil(t, m.Error, program)
		assert.Equal(t, "null", string(m.Result), program)
	}
	assert.NoFileExists(t, filepath.Join(dir, "pwned"))

	set(map[string]any{"workspaceTrusted": true})
	assert.Equal(t, "# tree\n", edits(t, format(c, uri, nil))[0].NewText)
	set(map[string]any{"workspaceTrusted": false})
	assert.Len(t, edits(t, format(c, uri, nil)), 2, "what the project names is not run")

	c.Edit(uri, 2, lsptest.Change{Text: "{ a  = "})
	assert.Equal(t, "null", string(format(c, uri, nil).Result))
	large := "[" + strings.Repeat(" 1  2\n", 100_000) + "]"
	c.Edit(uri, 3, lsptest.Change{Text: large})
	assert.Equal(t, strings.ReplaceAll(large, "  ", " "), apply(large, edits(t, format(c, uri, nil))))
}

func TestSlowFormatter(t *testing.T) {
	dir := programs(t, map[string]string{"nixfmt": "sleep 300 & echo $! > \"$(dirname \"$0\")/child\"; wait"})
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize("", "")
	const uri = "untitled:a"
	c.Open(uri, "nix", 1, "{ a  = 1; }")
	params := map[string]any{"textDocument": map[string]any{"uri": uri}, "options": map[string]any{}}
	runs := func() {
		assert.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(dir, "child")); return err == nil }, lsptest.Timeout, time.Millisecond)
	}
	id := c.Send("textDocument/formatting", params)
	runs()
	c.Notify("$/cancelRequest", map[string]any{"id": id})
	m := c.Reply(id)
	require.NotNil(t, m.Error)
	assert.Equal(t, -32800, m.Error.Code)
	require.NoError(t, os.Remove(filepath.Join(dir, "child")))
	id = c.Send("textDocument/formatting", params)
	runs()
	c.Edit(uri, 2, lsptest.Change{Text: "{ a = 1; }"})
	m = c.Reply(id)
	require.NotNil(t, m.Error)
	assert.Equal(t, -32801, m.Error.Code)
}

package module

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestOptionLists holds that a list of options that cannot be used is a mistake in the configuration, told once, and that one which is
// there for some of the files is none.
func TestOptionLists(t *testing.T) {
	const list = `{ "services.web.enable": { "type": "boolean" }, "services.web.port": { "type": "signed integer" } }`
	for _, c := range []struct{ what, lists, message string }{
		{"there", `"good.json"`, ""},
		{"there for some", `"hosts.json"`, ""},
		{"not there", `"gone.json"`, "`gone.json` that `lists` of unknown-option names is not there"},
		{"not there, absolute", `"/nonexistent/gone.json"`, "`/nonexistent/gone.json` that `lists` of unknown-option names is not there"},
		{"no JSON", `"good.json", "broken.json"`, "`broken.json` that `lists` of unknown-option names is no list of options as options.json has them"},
		{"another shape", `"shape.json"`, "`shape.json` that `lists` of unknown-option names is no list of options as options.json has them"},
		{"too large", `"large.json"`, "`large.json` that `lists` of unknown-option names cannot be read: the file has 64 MiB"},
	} {
		dir := testenv.Tree(t, map[string]string{
			"nixsift.toml": "[rules]\nunknown-option = { lists = [" + c.lists + "] }\n", "good.json": list, "hosts/hosts.json": list, "broken.json": "{", "shape.json": "{ \"a\": 1 }", "large.json": "",
			"a.nix": "{ ... }: { services.web.prot = 1; }\n", "hosts/b.nix": "{ ... }: { services.web.prot = 1; }\n",
		})
		require.NoError(t, os.Truncate(filepath.Join(dir, "large.json"), workspace.MaxFile+1))
		e, err := engine.New(engine.Options{Paths: []string{dir}, Only: []string{"unknown-option"}})
		require.NoError(t, err)
		repeat := e.Repeat()
		for _, changed := range []engine.Changed{{Everything: true}, {Files: []string{filepath.Join(dir, "a.nix")}}} {
			res, err := repeat.Run(context.Background(), changed)
			require.NoError(t, err)
			if c.message == "" {
				assert.Empty(t, res.Errors, c.what)
				assert.NotEmpty(t, res.Findings, c.what)
				continue
			}
			require.Len(t, res.Errors, 1, c.what)
			e := res.Errors[0]
			assert.Equal(t, engine.BadConfig, e.Kind, c.what)
			assert.Equal(t, filepath.Join(dir, "nixsift.toml"), e.File, c.what)
			assert.Equal(t, 2, e.Line, c.what)
			assert.Contains(t, e.Message, c.message, c.what)
		}
	}
}

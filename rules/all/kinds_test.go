package all_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// silent is a host that fails the test where a rule finds or asks something.
type silent struct {
	t    *testing.T
	path string
}

func (s silent) Report(r *rules.Rule, f diag.Finding) {
	assert.Fail(s.t, "a rule finds something without the nodes that it asks for", "%s in %s: %s", r.ID, s.path, f.Message)
}

func (s silent) Option(*rules.Rule, string) any { return nil }

func (silent) Runs(*rules.Rule) bool { return true }

func (silent) Named(*rules.Rule, string, string, bool, string) {}

func (s silent) Later(r *rules.Rule, _ func(rules.Host)) {
	assert.Fail(s.t, "a rule asks something without the nodes that it asks for", "%s in %s", r.ID, s.path)
}

// TestKindsOfFileRules calls the file rules for files without the nodes that they ask for: they have nothing to say.
func TestKindsOfFileRules(t *testing.T) {
	spared, called := map[string]int{}, map[string]int{}
	look := func(path, text string) {
		var tree *ast.Tree
		var pass *rules.Pass
		for _, r := range rules.All() {
			switch {
			case r.File == nil || len(r.On) == 0:
				continue
			case tree == nil:
				fsys := workspace.NewOverlay(workspace.OS)
				fsys.Set(path, []byte(text))
				tree = parser.Parse(text)
				pass = rules.NewPass(silent{t, path}, path, tree, project.New(fsys).View(path), config.Version{}, new(sema.Resolver))
			}
			if r.MayFind(tree) {
				called[r.ID]++
				continue
			}
			spared[r.ID]++
			pass.SetRule(r)
			r.File(pass)
		}
	}
	archives, err := filepath.Glob(filepath.Join(testenv.Root(t), "rules", "*", "testdata", "*.txtar"))
	require.NoError(t, err)
	dir := t.TempDir()
	for _, archive := range archives {
		data, err := os.ReadFile(archive)
		require.NoError(t, err)
		x, err := fixture.Parse(data)
		require.NoError(t, err, archive)
		for _, file := range x.Files {
			if filepath.Ext(file.Name) == ".nix" {
				look(filepath.Join(dir, filepath.FromSlash(file.Name)), file.Text)
			}
		}
	}
	tree := testenv.Shared(t, "corpus", "bench")
	require.NoError(t, filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != ".nix" {
			return err
		}
		text, err := os.ReadFile(path)
		look(path, string(text))
		return err
	}))
	for id := range called {
		assert.Positive(t, spared[id], "each file has the nodes that %s asks for: On spares nothing", id)
	}
}

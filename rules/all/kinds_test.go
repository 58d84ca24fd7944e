package all_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	assert.Fail(s.t, "a rule finds something without what it asks for", "%s in %s: %s", r.ID, s.path, f.Message)
}

func (s silent) Option(*rules.Rule, string) any { return nil }

func (silent) Runs(*rules.Rule) bool { return true }

func (silent) Named(*rules.Rule, string, string, bool, string) {}

func (s silent) Later(r *rules.Rule, _ func(rules.Host)) {
	assert.Fail(s.t, "a rule asks something without what it asks for", "%s in %s", r.ID, s.path)
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
				tree, pass = silentPass(t, path, text)
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
	eachFile(t, look)
	for id := range called {
		assert.Positive(t, spared[id], "each file has the nodes that %s asks for: On spares nothing", id)
	}
}

// TestNamesOfNodeRules calls the node rules for nodes of other names than those that they ask for: they have nothing to say.
func TestNamesOfNodeRules(t *testing.T) {
	spared, called := map[string]int{}, map[string]int{}
	var named []*rules.Rule
	has := map[*rules.Rule]map[string]bool{}
	for _, r := range rules.All() {
		if len(r.Names) == 0 {
			continue
		}
		named = append(named, r)
		has[r] = map[string]bool{}
		for _, name := range r.Names {
			has[r][name] = true
		}
		assert.True(t, slices.ContainsFunc(r.On, rules.HasHead), "%s asks for nodes without names", r.ID)
	}
	require.NotEmpty(t, named)
	eachFile(t, func(path, text string) {
		tree, pass := silentPass(t, path, text)
		for i, rec := range tree.Records() {
			if !rules.HasHead(rec.Kind) {
				continue
			}
			n := tree.Node(ast.NodeID(i))
			name := rules.HeadName(n)
			for _, r := range named {
				switch {
				case !slices.Contains(r.On, rec.Kind) || rec.Flags&ast.HasError != 0 && !r.Broken:
				case has[r][name]:
					called[r.ID]++
				default:
					spared[r.ID]++
					pass.SetRule(r)
					r.Node(pass, n)
				}
			}
		}
	})
	for _, r := range named {
		assert.Positive(t, called[r.ID], r.ID)
		assert.Greater(t, spared[r.ID], called[r.ID], "the names that %s asks for spare little", r.ID)
	}
}

// silentPass parses a text and makes a pass over it that fails the test where a rule finds or asks something.
func silentPass(t *testing.T, path, text string) (*ast.Tree, *rules.Pass) {
	fsys := workspace.NewOverlay(workspace.OS)
	fsys.Set(path, []byte(text))
	tree := parser.Parse(text)
	return tree, rules.NewPass(silent{t, path}, path, tree, project.New(fsys).View(path), config.Version{}, new(sema.Resolver))
}

// eachFile yields the Nix files of all fixtures and of the benchmark tree.
func eachFile(t *testing.T, look func(path, text string)) {
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
}

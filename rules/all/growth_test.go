package all_test

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
	_ "github.com/nixsift/nixsift/rules/all"
)

// counter is a host that counts findings.
type counter struct{ findings int }

func (c *counter) Report(diag.Finding)            { c.findings++ }
func (c *counter) Option(*rules.Rule, string) any { return nil }

func (c *counter) Later(_ *rules.Rule, then func(rules.Host)) { then(c) }

// allocated returns how many bytes a piece of work allocates.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// costs returns what each rule, and each analysis that rules share, costs on a text.
func costs(t *testing.T, dir, name, text string) map[string]uint64 {
	out := map[string]uint64{}
	path := filepath.Join(dir, name)
	fsys := workspace.NewOverlay(workspace.OS)
	fsys.Set(path, []byte(text))
	p := project.New(fsys).View(path)
	var tree *ast.Tree
	out["(parser)"] = allocated(func() { tree = new(parser.Parser).Parse(text) })
	resolver := new(sema.Resolver)
	out["(names)"] = allocated(func() { resolver.Resolve(tree) })
	out["(attributes)"] = allocated(func() {
		for i, r := range tree.Records() {
			if r.Kind == ast.AttrSet {
				attrs.Merge(tree.Node(ast.NodeID(i)))
			}
		}
	})
	out["(suppressions)"] = allocated(func() { suppress.Parse(tree, engine.Catalogue()) })
	// What rules share is made for the first that asks.
	pass := rules.NewPass(&counter{}, path, tree, p, config.Version{}, resolver)
	pass.Names()
	out["(uses)"] = allocated(func() { pass.Live() })
	for _, r := range rules.All() {
		pass.SetRule(r)
		var work func()
		switch {
		case r.File != nil:
			work = func() { r.File(pass) }
		case r.Node != nil:
			var nodes []ast.Node
			for i, rec := range tree.Records() {
				for _, k := range r.On {
					if rec.Kind == k && (rec.Flags&ast.HasError == 0 || r.Broken) {
						nodes = append(nodes, tree.Node(ast.NodeID(i)))
					}
				}
			}
			work = func() {
				for _, n := range nodes {
					r.Node(pass, n)
				}
			}
		case r.Flake != nil && name == "flake.nix":
			f := project.New(fsys).Flake(dir)
			if f == nil || f.Nix == nil {
				t.Fatal("no flake")
			}
			work = func() { r.Flake(pass, f) }
		default:
			continue
		}
		out[r.ID] = allocated(func() {
			work()
		})
	}
	return out
}

// TestGrowth holds what rules, and the analyses that they share, allocate to the size of a file: four times the pieces
// may cost a little more than four times as much.
func TestGrowth(t *testing.T) {
	const n, factor, slack = 500, 2.5 * 2.5, 256 << 10
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := "module.nix"
			if strings.HasPrefix(name, "flake ") {
				file = "flake.nix"
			}
			small, large := costs(t, dir, file, shape(n)), costs(t, dir, file, shape(4*n))
			require.NotEmpty(t, small)
			for id, bytes := range large {
				assert.LessOrEqual(t, float64(bytes), factor*float64(small[id])+slack, "%s: %d bytes, then %d", id, small[id], bytes)
			}
		})
	}
}

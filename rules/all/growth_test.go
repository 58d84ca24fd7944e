package all_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/growth"
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

func (c *counter) Report(*rules.Rule, diag.Finding) { c.findings++ }
func (c *counter) Option(*rules.Rule, string) any   { return nil }

func (*counter) Runs(*rules.Rule) bool { return true }

func (*counter) Named(*rules.Rule, string, string, bool, string) {}

func (c *counter) Later(_ *rules.Rule, then func(rules.Host)) { then(c) }

// costs returns what each rule, and each analysis that rules share, costs on a text.
func costs(t *testing.T, dir, name, text string) map[string]growth.Size {
	out := map[string]growth.Size{}
	path := filepath.Join(dir, name)
	fsys := workspace.NewOverlay(workspace.OS)
	fsys.Set(path, []byte(text))
	p := project.New(fsys).View(path)
	var tree *ast.Tree
	out["(parser)"] = growth.AllocatedOnce(func() { tree = new(parser.Parser).Parse(text) })
	resolver := new(sema.Resolver)
	out["(names)"] = growth.AllocatedOnce(func() { resolver.Resolve(tree) })
	out["(attributes)"] = growth.AllocatedOnce(func() {
		for i, r := range tree.Records() {
			if r.Kind == ast.AttrSet {
				attrs.Merge(tree.Node(ast.NodeID(i)))
			}
		}
	})
	out["(suppressions)"] = growth.AllocatedOnce(func() { suppress.Parse(tree, engine.Catalogue()) })
	// What rules share is made for the first that asks.
	pass := rules.NewPass(&counter{}, path, tree, p, config.Version{}, resolver)
	pass.Names()
	out["(uses)"] = growth.AllocatedOnce(func() { pass.Live() })
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
		out[r.ID] = growth.AllocatedOnce(func() {
			work()
		})
	}
	return out
}

// TestGrowth holds what rules, and the analyses that they share, allocate to the size of a file.
func TestGrowth(t *testing.T) {
	const n = 250
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := "module.nix"
			if strings.HasPrefix(name, "flake ") {
				file = "flake.nix"
			}
			costs(t, dir, file, shape(n)) // fills what is kept for the next time
			small, large := costs(t, dir, file, shape(n)), costs(t, dir, file, shape(growth.Factor*n))
			require.NotEmpty(t, small)
			for id := range large {
				growth.InMemory(t, id, small[id], large[id])
			}
		})
	}
}

package flake

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// sized is a flake that can be made of any size.
type sized struct {
	inputs func(n int) string // what stands in inputs = { … }
	nodes  func(n int) string // the nodes of the lock file, with root
}

func lockedNode(name, repo, inputs string) string {
	return fmt.Sprintf(`"%s": {"inputs": {%s}, "locked": {"lastModified": 1, "owner": "o", "repo": "%s", "rev": "%040d", "type": "github"}, "original": {"owner": "o", "repo": "%s", "type": "github"}}`,
		name, inputs, repo, 1, repo)
}

// times writes a text for each number below n, with commas or spaces between.
func times(n int, sep string, text func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = text(i)
	}
	return strings.Join(parts, sep)
}

func rootNode(inputs string) string { return `"root": {"inputs": {` + inputs + `}}` }

func oneInput(int) string { return `a.url = "github:o/a";` }

var sizes = map[string]sized{
	"inputs of one input": {oneInput, func(n int) string {
		return rootNode(`"a": "a"`) + "," + lockedNode("a", "a", times(n, ",", func(i int) string { return fmt.Sprintf(`"x%d": "x%d"`, i, i) })) + "," +
			times(n, ",", func(i int) string { return lockedNode(fmt.Sprint("x", i), fmt.Sprint("x", i%7), "") })
	}},
	"a chain of nodes": {oneInput, func(n int) string {
		return rootNode(`"a": "a"`) + "," + lockedNode("a", "a", `"x": "x0"`) + "," + times(n, ",", func(i int) string {
			return lockedNode(fmt.Sprint("x", i), fmt.Sprint("x", i), fmt.Sprintf(`"x": "x%d"`, i+1))
		}) + "," + lockedNode(fmt.Sprint("x", n), "end", "")
	}},
	"a chain of follows": {oneInput, func(n int) string {
		return rootNode(`"a": "a"`) + "," + lockedNode("a", "a", `"b": "b"`) + "," + lockedNode("b", "b", times(n, ",", func(i int) string { return fmt.Sprintf(`"x%d": ["a", "b", "x%d"]`, i, i+1) })+
			fmt.Sprintf(`,"x%d": []`, n))
	}},
	"a circle of follows": {oneInput, func(n int) string {
		return rootNode(`"a": "a"`) + "," + lockedNode("a", "a", `"b": "b"`) + "," + lockedNode("b", "b", times(n, ",", func(i int) string { return fmt.Sprintf(`"x%d": ["a", "b", "x%d"]`, i, (i+1)%n) }))
	}},
	"nodes that nothing leads to": {oneInput, func(n int) string {
		return rootNode(`"a": "a"`) + "," + lockedNode("a", "a", "") + "," + times(n, ",", func(i int) string { return lockedNode(fmt.Sprint("x", i), "x", "") })
	}},
	"names that no node has": {oneInput, func(n int) string {
		return rootNode(`"a": "a"`) + "," + lockedNode("a", "a", times(n, ",", func(i int) string { return fmt.Sprintf(`"x%d": "y%d"`, i, i) }))
	}},
	"one node twice": {oneInput, func(n int) string {
		return rootNode(`"a": "a"`) + "," + times(n, ",", func(i int) string { return lockedNode("a", "a", "") })
	}},
	"a diamond of nodes": {oneInput, func(n int) string {
		return rootNode(`"a": "x0"`) + "," + times(n, ",", func(i int) string {
			return lockedNode(fmt.Sprint("x", i), "a", fmt.Sprintf(`"l": "x%d", "r": "x%d"`, i+1, i+1))
		}) + "," + lockedNode(fmt.Sprint("x", n), "end", "")
	}},
	"inputs of one repository": {
		func(n int) string {
			return times(n, "\n", func(i int) string { return fmt.Sprintf(`i%d.url = "github:o/r";`, i) })
		},
		func(n int) string {
			return rootNode(times(n, ",", func(i int) string { return fmt.Sprintf(`"i%d": "i%d"`, i, i) })) + "," + times(n, ",", func(i int) string {
				return lockedNode(fmt.Sprint("i", i), "r", fmt.Sprintf(`"x": "x%d"`, i))
			}) + "," + times(n, ",", func(i int) string { return lockedNode(fmt.Sprint("x", i), "r", "") })
		},
	},
	"inputs": {
		func(n int) string {
			return times(n, "\n", func(i int) string { return fmt.Sprintf(`i%d.url = "github:o/i%d";`, i, i) })
		},
		func(n int) string {
			return rootNode(times(n, ",", func(i int) string { return fmt.Sprintf(`"i%d": "i%d"`, i, i) })) + "," + times(n, ",", func(i int) string {
				return lockedNode(fmt.Sprint("i", i), fmt.Sprint("i", i), fmt.Sprintf(`"x": "x%d"`, i))
			}) + "," + times(n, ",", func(i int) string { return lockedNode(fmt.Sprint("x", i), fmt.Sprint("i", (i+1)%n), "") })
		},
	},
	"inputs that are not locked": {
		func(n int) string {
			return times(n, "\n", func(i int) string { return fmt.Sprintf(`i%d.url = "github:o/i%d";`, i, i) })
		},
		func(int) string { return rootNode("") },
	},
	"inputs that follow each other": {
		func(n int) string {
			return times(n, "\n", func(i int) string { return fmt.Sprintf(`i%d.follows = "i%d";`, i, i+1) }) + fmt.Sprintf(`i%d.url = "github:o/a";`, n)
		},
		func(n int) string {
			return lockedNode("a", "a", "") + "," + rootNode(times(n, ",", func(i int) string { return fmt.Sprintf(`"i%d": ["i%d"]`, i, i+1) })+fmt.Sprintf(`, "i%d": "a"`, n))
		},
	},
	"inputs in a circle": {
		func(n int) string {
			return times(n, "\n", func(i int) string { return fmt.Sprintf(`i%d.follows = "i%d";`, i, (i+1)%n) })
		},
		func(int) string { return rootNode("") },
	},
	"inputs that follow nothing": {
		func(n int) string {
			return times(n, "\n", func(i int) string { return fmt.Sprintf(`i%d.follows = "z%d";`, i, i) })
		},
		func(int) string { return rootNode("") },
	},
	"overrides of one input": {
		func(n int) string {
			return `b.url = "github:o/b"; a = { url = "github:o/a"; inputs = { ` + times(n, "\n", func(i int) string { return fmt.Sprintf(`x%d.follows = "b";`, i) }) + ` }; };`
		},
		func(n int) string {
			return rootNode(`"a": "a", "b": "b"`) + "," + lockedNode("b", "b", "") + "," + lockedNode("a", "a", times(n, ",", func(i int) string { return fmt.Sprintf(`"x%d": ["b"]`, i) }))
		},
	},
	"comments at inputs": {
		func(n int) string {
			return times(n, "\n", func(i int) string {
				return fmt.Sprintf("# these must not follow nixpkgs\ni%d.url = \"github:o/i%d\"; # nor follow i%d", i, i, i+1)
			})
		},
		func(int) string { return rootNode("") },
	},
	"a long comment": {
		func(n int) string {
			return times(n, "\n", func(i int) string { return fmt.Sprintf("# line %d", i) }) + "\n" + oneInput(n)
		},
		func(int) string { return rootNode("") },
	},
	"comments at overrides": {
		func(n int) string {
			return `b.url = "github:o/b"; a = { url = "github:o/a"; inputs = { ` + times(n, "\n", func(i int) string { return fmt.Sprintf(`y%d.follows = "b"; # x%d must not follow b`, i, i) }) + ` }; };`
		},
		func(n int) string {
			return rootNode(`"a": "a", "b": "b"`) + "," + lockedNode("b", "b", "") + "," +
				times(n, ",", func(i int) string { return lockedNode(fmt.Sprint("x", i), "b", "") }) + "," +
				lockedNode("a", "a", times(n, ",", func(i int) string { return fmt.Sprintf(`"x%d": "x%d", "y%d": ["b"]`, i, i, i) }))
		},
	},
	"inputs that Nix refuses": {
		func(n int) string {
			return times(n, "\n", func(i int) string {
				return fmt.Sprintf(`i%d = "x"; j%d = { url = "git@h:o/%d"; folow = "a"; ref = "r"; nixpkgs.follows = "a"; }; k%d = { type = "gihub"; dir = 1; }; l.m%d.url = x;`, i, i, i, i, i)
			})
		},
		func(int) string { return rootNode("") },
	},
	"references of all kinds": {
		func(n int) string {
			return times(n, "\n", func(i int) string {
				return fmt.Sprintf(`i%d.url = "github:o/r?tag=%d"; j%d.url = "git://h/r?submodules=true"; k%d.url = "o/r%d"; l%d.url = "path:./x?ref=%d#y";`, i, i, i, i, i, i, i)
			})
		},
		func(int) string { return rootNode("") },
	},
	"overrides that are gone": {
		func(n int) string {
			return times(n, "\n", func(i int) string { return fmt.Sprintf(`i%d.url = "github:o/i%d";`, i, i) })
		},
		func(n int) string {
			return rootNode(times(n, ",", func(i int) string { return fmt.Sprintf(`"i%d": "i%d"`, i, i) })) + "," + times(n, ",", func(i int) string {
				return lockedNode(fmt.Sprint("i", i), fmt.Sprint("i", i), `"x": ["i0"]`)
			})
		},
	},
}

// TestGrowth holds what all rules of the family allocate to the size of flakes and their lock files.
func TestGrowth(t *testing.T) {
	var only []string
	for _, r := range rules.All() {
		if r.Family == family {
			only = append(only, r.ID)
		}
	}
	const n = maxNodes/growth.Factor + 100 // the larger one has more than maxNodes
	for name, s := range sizes {
		growth.Memory(t, name, n, func(n int) func() {
			dir := t.TempDir()
			fsys := workspace.NewOverlay(workspace.OS)
			path := filepath.Join(dir, "flake.nix")
			fsys.Set(path, []byte("{\n inputs = {\n"+s.inputs(n)+"\n };\n outputs = _: { };\n}\n"))
			lock := filepath.Join(dir, "flake.lock")
			fsys.Set(lock, []byte(`{"nodes": {`+s.nodes(n)+`}, "root": "root", "version": 7}`))
			return func() {
				res, err := engine.Check(context.Background(), engine.Options{FS: fsys, Paths: []string{path, lock}, Only: only, Jobs: 1})
				require.NoError(t, err)
				require.Empty(t, res.Errors)
			}
		})
	}
}

// TestGrowthOfOutputs holds what all rules of the family allocate to the size of outputs.
func TestGrowthOfOutputs(t *testing.T) {
	var only []string
	for _, r := range rules.All() {
		if r.Family == family {
			only = append(only, r.ID)
		}
	}
	each := func(format string) func(n int) string {
		return func(n int) string {
			return times(n, "\n", func(i int) string { return strings.ReplaceAll(format, "N", fmt.Sprint(i)) })
		}
	}
	for name, outputs := range map[string]func(n int) string{
		"formals": func(n int) string {
			return "{ self" + times(n, "", func(i int) string { return fmt.Sprint(", inputs", i) }) + " }: { }"
		},
		"outputs": func(n int) string {
			return "_: { " + each("overlaN = 1; packages.x86_64-linN = { }; overlays.oN = self: super: { }; templates.tN = { patth = ./.; };")(n) + " }"
		},
		"apps": func(n int) string {
			return "_: { " + each(`apps.x86_64-linux.aN = { program = "x"; foo = 1; };`)(n) + " }"
		},
		"sets":     func(n int) string { return "_: { }" + each(" // { aN = 1; }")(n) },
		"selected": func(n int) string { return "inputs: [ " + each("inputs.inputN inputs.self.xN")(n) + " ]" },
	} {
		growth.Memory(t, name, 200, func(n int) func() {
			fsys := workspace.NewOverlay(workspace.OS)
			path := filepath.Join(t.TempDir(), "flake.nix")
			fsys.Set(path, []byte("{\n"+each(`inputs.inputN.url = "github:o/N";`)(n)+"\n outputs = "+outputs(n)+";\n}\n"))
			return func() {
				res, err := engine.Check(context.Background(), engine.Options{FS: fsys, Paths: []string{path}, Only: only, Jobs: 1})
				require.NoError(t, err)
				require.Empty(t, res.Errors)
			}
		})
	}
}

// TestGrowthOfCopies holds what missing-follows allocates to the number of inputs that have a copy of a package set, and of others like it.
func TestGrowthOfCopies(t *testing.T) {
	growth.Memory(t, "copies of package sets", maxRoots+10, func(n int) func() {
		inputs := `nixpkgs.url = "github:NixOS/nixpkgs";` + times(n, "", func(i int) string {
			return fmt.Sprintf(`i%d.url = "github:o/i%d"; p%d.url = "github:q%d/nixpkgs";`, i, i, i, i)
		})
		nodes := rootNode(`"nixpkgs": "nixpkgs",`+times(n, ",", func(i int) string { return fmt.Sprintf(`"i%d": "i%d", "p%d": "p%d"`, i, i, i, i) })) +
			"," + lockedNode("nixpkgs", "nixpkgs", "") + "," + times(n, ",", func(i int) string {
			return lockedNode(fmt.Sprint("i", i), fmt.Sprint("i", i), fmt.Sprintf(`"nixpkgs": "n%d"`, i)) + "," +
				lockedNode(fmt.Sprint("n", i), "nixpkgs", "") + "," + lockedNode(fmt.Sprint("p", i), "nixpkgs", "")
		})
		dir := t.TempDir()
		fsys := workspace.NewOverlay(workspace.OS)
		path := filepath.Join(dir, "flake.nix")
		fsys.Set(path, []byte("{ inputs = { "+inputs+" }; outputs = _: { }; }"))
		fsys.Set(filepath.Join(dir, "flake.lock"), []byte(`{"nodes": {`+nodes+`}, "root": "root", "version": 7}`))
		return func() {
			res, err := engine.Check(context.Background(), engine.Options{FS: fsys, Paths: []string{path}, Only: []string{"missing-follows"}, Jobs: 1})
			require.NoError(t, err)
			require.Greater(t, len(res.Findings), n/2)
		}
	})
}

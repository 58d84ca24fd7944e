package flake

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestGeneratedFlake gets errors only from a flake.nix that a tool writes, however that is known, in a run and in an
// editor. What lies in its lock file is found all the same.
func TestGeneratedFlake(t *testing.T) {
	const text = `{
  inputs.a.url = "github:o/a";
  inputs.a.inputs.gone.follows = "b";
  inputs.b.url = "/home/me/b";
  oops = 1;
  outputs = _: { };
}
`
	lock := `{"nodes": {` + rootNode(`"a": "a", "b": "b", "c": "b"`) + "," + lockedNode("a", "a", "") + "," + lockedNode("b", "b", "") + `}, "root": "root", "version": 7}`
	for name, files := range map[string]map[string]string{
		"header":     {"flake.nix": "# DO-NOT-EDIT. This file was auto-generated using github:vic/flake-file.\n" + text, "flake.lock": lock},
		"attributes": {"flake.nix": text, ".gitattributes": "flake.nix linguist-generated\n", "flake.lock": lock},
		"folder":     {"flake.nix": "{ outputs = _: { }; }\n", "_generated/flake.nix": text, "_generated/flake.lock": lock},
	} {
		t.Run(name, func(t *testing.T) {
			dir := testenv.Tree(t, files)
			at := dir
			if name == "folder" {
				at = filepath.Join(dir, "_generated")
			}
			for _, all := range []bool{false, true} {
				opts := engine.Options{Paths: []string{dir}, Preset: "all", Generated: all}
				res, err := engine.Check(context.Background(), opts)
				require.NoError(t, err)
				e, err := engine.New(opts)
				require.NoError(t, err)
				inEditor, err := e.Start().CheckFlake(context.Background(), at, 0)
				require.NoError(t, err)
				assert.Equal(t, res.Findings, inEditor.Findings)
				errors, milder, inLock := 0, 0, 0
				for _, f := range res.Findings {
					switch {
					case filepath.Base(f.File) == "flake.lock":
						inLock++
					case f.Severity == diag.Error:
						errors++
					default:
						milder++
					}
				}
				assert.Equal(t, 1, errors, "%v", res.Findings)
				assert.Equal(t, all, milder > 1, "%v", res.Findings)
				assert.Positive(t, inLock, "%v", res.Findings)
			}
		})
	}
}

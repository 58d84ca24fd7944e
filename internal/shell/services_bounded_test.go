package shell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/growth"
)

// TestServicesBounded: what is malformed, or made to be large, costs what its size does, and is no problem of the user's.
func TestServicesBounded(t *testing.T) {
	paths := []string{".circleci/config.yml", ".buildkite/pipeline.yml", "azure-pipelines.yml", ".travis.yml", ".cirrus.yml", "bitbucket-pipelines.yml",
		".builds/x.yml", "Jenkinsfile", "Taskfile.yml", "Dockerfile"}
	read := func(path, text string) *Doc {
		if IsCI(path) {
			return ReadCI(path, text)
		}
		return ReadScript(path, text)
	}
	shapes := map[string]func(n int) string{
		"aliases": func(n int) string {
			return "a0: &a0 [nix a]\n" + strings.Repeat("b: [*a0, *a0, *a0]\n", n) + "steps:\n" + strings.Repeat("  - run: *a0\n    command: *a0\n", n)
		},
		"bomb":      func(n int) string { return "a: &a [x, x]\n" + laughs() + strings.Repeat("c: d\n", n) },
		"depth":     func(n int) string { return strings.Repeat("[", n) },
		"scripts":   func(n int) string { return strings.Repeat("- run: 'nix build ((\"'\n- script: |\n    nix a $(\n", n) },
		"quotes":    func(n int) string { return strings.Repeat("sh '''\nRUN <<EOF\n", n) },
		"comments":  func(n int) string { return strings.Repeat("/* sh \"", n) },
		"continued": func(n int) string { return strings.Repeat("RUN nix a \\\n# b\n", n) },
		"expression": func(n int) string {
			return "steps: [{script: \"" + strings.Repeat("$(a) << x.y >> {{.Z}} ${{ ", n) + "\"}]"
		},
		"variables": func(n int) string { return strings.Repeat("ENV A=$A B=\"$A$B\"\nRUN nix $A $B\n", n) },
	}
	for _, path := range paths {
		for name, shape := range shapes {
			t.Run(path+" "+name, func(t *testing.T) {
				doc := read(path, shape(50))
				assert.Empty(t, doc.Problems)
				growth.Memory(t, name, 200, func(n int) func() {
					text := shape(n)
					return func() { read(path, text) }
				})
			})
		}
	}
}

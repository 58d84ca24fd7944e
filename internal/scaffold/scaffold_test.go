package scaffold_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/scaffold"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestCI holds each file to lie where its service looks, and to name the version that it comes with.
func TestCI(t *testing.T) {
	none := func(string) bool { return false }
	empty := func(string) string { return "" }
	for _, name := range scaffold.Services() {
		f, err := scaffold.CI(name, "trunk", none, empty)
		require.NoError(t, err)
		assert.Equal(t, name, workspace.ProviderOf(f.Path).String())
		assert.Contains(t, f.Text, "@"+scaffold.Release()+"\n", name)
		assert.Empty(t, f.Notes)
		assert.NotContains(t, f.Text, "master")
		unknown, err := scaffold.CI(name, "", none, empty)
		require.NoError(t, err)
		odd, err := scaffold.CI(name, "a, b", none, empty)
		require.NoError(t, err)
		if strings.Contains(f.Text, "branches:") {
			assert.Contains(t, f.Text, "    branches: [trunk]\n")
			assert.Contains(t, unknown.Text, "    branches: [main, master]\n")
			assert.Equal(t, []string{"which branch is the default one is not known here: " + f.Path + " names main and master"}, unknown.Notes)
			assert.Contains(t, odd.Text, "    branches: [\"a, b\"]\n")
		}
		assert.True(t, f.IsOf(unknown.Text) && unknown.IsOf(f.Text) && odd.IsOf(f.Text), "whatever the branch")
		assert.False(t, f.IsOf(f.Text+"#\n"))
	}
	there := func(paths ...string) func(string) bool {
		return func(path string) bool { return slices.Contains(paths, path) }
	}
	f, err := scaffold.CI("gitlab", "trunk", there(".gitlab-ci.yml"), empty)
	require.NoError(t, err)
	assert.Equal(t, ".gitlab/ci/nixsift.yml", f.Path)
	assert.NotEmpty(t, f.Text)
	assert.Contains(t, f.Notes[0], "local: .gitlab/ci/nixsift.yml")
	f, err = scaffold.CI("gitlab", "trunk", there(".gitlab-ci.yml"), func(string) string { return f.Text })
	require.NoError(t, err)
	assert.Equal(t, ".gitlab-ci.yml", f.Path, "the file that was written before")
	f, err = scaffold.CI("forgejo", "trunk", there(".github/workflows"), empty)
	require.NoError(t, err)
	assert.Contains(t, f.Notes[0], "does not look at .github/workflows any more")
	for _, paths := range [][]string{{".github/workflows", ".forgejo/workflows"}, {".gitlab-ci.yml"}} {
		f, err = scaffold.CI("forgejo", "trunk", there(paths...), empty)
		require.NoError(t, err)
		assert.Empty(t, f.Notes)
	}
	_, err = scaffold.CI("woodpecker", "trunk", there(".woodpecker.yaml"), empty)
	assert.ErrorContains(t, err, "move it into one first")
	_, err = scaffold.CI("woodpecker", "trunk", there(".woodpecker.yaml", ".woodpecker"), empty)
	assert.NoError(t, err)
	_, err = scaffold.CI("jenkins", "trunk", none, empty)
	assert.ErrorContains(t, err, "`jenkins` is none of github, gitlab")
}

func TestPreCommit(t *testing.T) {
	entry := "- repo: https://github.com/nixsift/nixsift\n  rev: " + scaffold.Release() + "\n  hooks:\n    - id: nixsift\n"
	deep := "  " + strings.ReplaceAll(strings.TrimSuffix(entry, "\n"), "\n", "\n  ") + "\n"
	for name, c := range map[string]struct{ before, after string }{
		"none":          {"", "repos:\n" + deep},
		"comments only": {"\n", "\nrepos:\n" + deep},
		"at the end": {
			"# ours\nrepos:\n  - repo: local # this\n    hooks:\n      - id: x # and that\n        # the last word\n",
			"# ours\nrepos:\n  - repo: local # this\n    hooks:\n      - id: x # and that\n        # the last word\n" + deep,
		},
		"no newline":   {"repos:\n- repo: meta\n  hooks: [{id: identity}]", "repos:\n- repo: meta\n  hooks: [{id: identity}]\n" + entry},
		"more behind":  {"repos:\n- repo: meta\n  hooks:\n  - id: x\n\n# about ci\nci:\n  skip: [x]\n", "repos:\n- repo: meta\n  hooks:\n  - id: x\n" + entry + "\n# about ci\nci:\n  skip: [x]\n"},
		"first key":    {"---\nexclude: ^x/\nrepos:\n  - repo: meta\n    hooks:\n      - id: x\nfail_fast: true\n...\n", "---\nexclude: ^x/\nrepos:\n  - repo: meta\n    hooks:\n      - id: x\n" + deep + "fail_fast: true\n...\n"},
		"end mark":     {"repos:\n  - repo: meta\n    hooks: []\n...\n", "repos:\n  - repo: meta\n    hooks: []\n" + deep + "...\n"},
		"CRLF":         {"repos:\r\n- repo: meta\r\n  hooks: []\r\n", "repos:\r\n- repo: meta\r\n  hooks: []\r\n" + strings.ReplaceAll(entry, "\n", "\r\n")},
		"block scalar": {"repos:\n- repo: local\n  hooks:\n  - id: x\n    exclude: |\n      (?x)a\n\n      # b\n", "repos:\n- repo: local\n  hooks:\n  - id: x\n    exclude: |\n      (?x)a\n\n      # b\n" + entry},
	} {
		got, err := scaffold.PreCommit(c.before)
		require.NoError(t, err, name)
		assert.Equal(t, c.after, got, name)
		var v any
		assert.NoError(t, yaml.Unmarshal([]byte(got), &v), name)
		_, err = scaffold.PreCommit(got)
		assert.ErrorIs(t, err, scaffold.ErrThere, name)
	}
	for name, c := range map[string]struct{ before, says string }{
		"flow":      {"{repos: [{repo: meta, hooks: [{id: x}]}]}\n", "by hand:\n  - repo: https://github.com/nixsift"},
		"empty":     {"repos: []\n", "by hand"},
		"no list":   {"repos: x\n", "by hand"},
		"none":      {"exclude: x\n", "by hand"},
		"alias":     {"x: &x\n- repo: meta\n  hooks: []\nrepos: *x\n", "by hand"},
		"two texts": {"repos:\n- repo: meta\n  hooks: []\n---\nrepos:\n- repo: meta\n", ""},
		"broken":    {"repos: [\n", "it is not read"},
		"a list":    {"- repo: x\n", "it is not read"},
	} {
		_, err := scaffold.PreCommit(c.before)
		assert.ErrorContains(t, err, c.says, name)
	}
}

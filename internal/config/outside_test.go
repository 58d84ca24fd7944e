//go:build unix

package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestOutside refuses files outside of the repository or flake that a configuration lies in, whatever way leads there.
func TestOutside(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		marks []string // what makes folders roots
		wrong string   // the path that is refused, and the root
		root  string
	}{
		"a folder above the repository":       {"extends = '../..'", []string{"out/repo/.git/HEAD"}, "../..", "out/repo"},
		"a file above the repository":         {"extends = ['in.toml', '../../lint.toml']", []string{"out/repo/.git/HEAD"}, "../../lint.toml", "out/repo"},
		"a .git file, as of a worktree":       {"extends = '../../lint.toml'", []string{"out/repo/.git"}, "../../lint.toml", "out/repo"},
		"by what is extended":                 {"extends = 'leads.toml'", []string{"out/repo/.git/HEAD"}, "../../lint.toml", "out/repo"},
		"a link to a file":                    {"extends = 'link.toml'", []string{"out/repo/.git/HEAD"}, "link.toml", "out/repo"},
		"a link to a folder":                  {"extends = 'away/lint.toml'", []string{"out/repo/.git/HEAD"}, "away/lint.toml", "out/repo"},
		"out and in again":                    {"extends = '../../repo/sub/in.toml'", []string{"out/repo/.git/HEAD"}, "", ""},
		"a link that stays inside":            {"extends = 'inner.toml'", []string{"out/repo/.git/HEAD"}, "", ""},
		"another file of the repository":      {"extends = '../top.toml'", []string{"out/repo/.git/HEAD"}, "", ""},
		"above a flake":                       {"extends = '../../lint.toml'", []string{"out/repo/flake.nix"}, "../../lint.toml", "out/repo"},
		"above a flake in a flake":            {"extends = '../../lint.toml'", []string{"out/repo/flake.nix", "out/flake.nix"}, "", ""},
		"a flake in a repository":             {"extends = '../top.toml'", []string{"out/repo/sub/flake.nix", "out/repo/.git/HEAD"}, "", ""},
		"neither repository nor flake":        {"extends = '../../lint.toml'", nil, "", ""},
		"a baseline outside":                  {"baseline = '../../b.json'", []string{"out/repo/.git/HEAD"}, "../../b.json", "out/repo"},
		"a baseline by a link":                {"baseline = 'away/b.json'", []string{"out/repo/.git/HEAD"}, "away/b.json", "out/repo"},
		"a baseline inside that is not there": {"baseline = '../b.json'", []string{"out/repo/.git/HEAD"}, "", ""},
		"a baseline by a link to nothing":     {"baseline = 'lost.json'", []string{"out/repo/.git/HEAD"}, "lost.json", "out/repo"},
		"a baseline of no repository":         {"baseline = '../../b.json'", nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tree := map[string]string{
				"out/nixsift.toml": "", "out/lint.toml": "", "out/b.json": "", "out/repo/top.toml": "", "out/repo/sub/in.toml": "",
				"out/repo/sub/leads.toml": "extends = '../../lint.toml'\n", "out/repo/sub/nixsift.toml": c.text + "\n",
			}
			for _, m := range c.marks {
				tree[m] = ""
			}
			dir := testenv.Tree(t, tree)
			sub := filepath.Join(dir, "out/repo/sub")
			for link, to := range map[string]string{"link.toml": "../../lint.toml", "away": "../..", "inner.toml": "../top.toml", "lost.json": "../../none.json"} {
				require.NoError(t, os.Symlink(to, filepath.Join(sub, link)))
			}
			_, problems := Load(filepath.Join(sub, FileName), c.text+"\n", familiesCatalogue(), nil)
			if c.wrong == "" {
				assert.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			assert.Contains(t, problems[0].Message, "`"+c.wrong+"` leads out of "+filepath.Join(dir, c.root)+", ")
			assert.Contains(t, problems[0].Message, "copy the file into it")
			assert.Equal(t, 1, problems[0].Pos.Line)
		})
	}

	// A repository that is reached by a link is itself.
	dir := testenv.Tree(t, map[string]string{"repo/.git/HEAD": "", "repo/sub/a.toml": "", "repo/top.toml": ""})
	require.NoError(t, os.Symlink("repo", filepath.Join(dir, "link")))
	_, problems := Load(filepath.Join(dir, "link/sub", FileName), "extends = ['a.toml', '../top.toml']\nbaseline = '../none/b.json'\n", familiesCatalogue(), nil)
	assert.Empty(t, problems, "what is not there lies where it would be made")
}

// TestLinkedOut refuses a configuration that is a link out of the repository or flake it lies in, and takes nothing from it.
func TestLinkedOut(t *testing.T) {
	const text = "preset = 'all'\n"
	for name, c := range map[string]struct {
		mark, to string
		wrong    bool
	}{
		"out of a repository":  {"repo/.git/HEAD", "../../theirs.toml", true},
		"out of a flake":       {"repo/flake.nix", "../../theirs.toml", true},
		"within it":            {"repo/.git/HEAD", "../ours.toml", false},
		"nothing bounds it":    {"repo/x", "../../theirs.toml", false},
		"by links within it":   {"repo/.git/HEAD", "../link.toml", true},
		"what is not there":    {"repo/.git/HEAD", "../none.toml", false},
		"another repository's": {"repo/.git/HEAD", "../../other/nixsift.toml", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := testenv.Tree(t, map[string]string{"theirs.toml": text, "other/nixsift.toml": text, "other/.git/HEAD": "", "repo/ours.toml": text, "repo/sub/x": "", c.mark: ""})
			path := filepath.Join(dir, "repo/sub", FileName)
			require.NoError(t, os.Symlink("../theirs.toml", filepath.Join(dir, "repo/link.toml")))
			require.NoError(t, os.Symlink(c.to, path))
			got, problems := Load(path, text, familiesCatalogue(), nil)
			require.Len(t, got.Sources(), 1)
			if !c.wrong {
				assert.Empty(t, problems)
				assert.Equal(t, "all", got.Preset)
				return
			}
			require.Len(t, problems, 1)
			assert.Contains(t, problems[0].Message, "`nixsift.toml` leads out of "+filepath.Join(dir, "repo")+", ")
			assert.Contains(t, problems[0].Message, "copy the file into it")
			assert.NotEqual(t, "all", got.Preset)
		})
	}
}

// TestLinkedToStore takes what a development shell links from the Nix store.
func TestLinkedToStore(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"repo/.git/HEAD": "", "repo/nixsift.toml": ""})
	got, problems := Load(filepath.Join(dir, "repo", FileName), "preset = 'all'\n", familiesCatalogue(), storeLink{workspace.OS})
	assert.Empty(t, problems)
	assert.Equal(t, "all", got.Preset)
}

// storeLink is the disk, where configurations are links to the Nix store.
type storeLink struct{ workspace.FS }

func (storeLink) EvalSymlinks(path string) (string, error) {
	if filepath.Base(path) == FileName {
		return "/nix/store/00000000000000000000000000000000-nixsift.toml", nil
	}
	return filepath.EvalSymlinks(path)
}

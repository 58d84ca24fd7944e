package config

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/version"
	"github.com/nixsift/nixsift/internal/workspace"
)

// memory holds files by their absolute paths and counts the reads.
type memory struct {
	workspace.FS // nothing else is asked
	files        fstest.MapFS
	reads        int
}

func (m *memory) ReadFile(name string) ([]byte, error) {
	m.reads++
	return m.files.ReadFile(strings.TrimPrefix(name, "/"))
}

func (m *memory) Stat(name string) (fs.FileInfo, error) {
	return m.files.Stat(strings.TrimPrefix(path.Clean(name), "/"))
}

func (m *memory) EvalSymlinks(name string) (string, error) { return name, nil }

func files(texts map[string]string) *memory {
	m := &memory{files: fstest.MapFS{}}
	for name, text := range texts {
		m.files[strings.TrimPrefix(name, "/")] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// loadFrom reads /p/sub/nixsift.toml.
func loadFrom(m *memory) (*Config, []string) {
	text := m.files["p/sub/nixsift.toml"].Data
	c, problems := Load("/p/sub/nixsift.toml", string(text), familiesCatalogue(), m)
	var got []string
	for _, p := range problems {
		got = append(got, p.Error())
	}
	return c, got
}

func TestExtends(t *testing.T) {
	m := files(map[string]string{
		"/p/nixsift.toml": "preset = 'strict'\nminimum-nix-version = '2.18'\ngenerated = true\nexclude = ['vendor/**']\nignore = ['missing-path']\n" +
			"[rules]\nlock-drift = 'error'\n[[override]]\npaths = ['sub/hosts/**']\nrules = { empty-let = 'off' }\n",
		"/p/lint/base.toml":      "minimum-nix-version = '2.4'\nexclude = ['gen']\nselect = ['useless-parens']\n[rules]\nmissing-follows = { allow = ['a'] }\n",
		"/p/sub/nixsift.toml":    "extends = ['..', '../lint/base.toml']\nexclude = ['x/*.nix']\nselect = ['missing-path']\n[rules]\nmissing-follows = 'info'\n",
		"/p/sub/hosts/readme.md": "",
	})
	c, problems := loadFrom(m)
	require.Empty(t, problems)
	assert.Equal(t, "/p/sub", c.Dir)
	assert.Equal(t, "strict", c.Preset)
	assert.Equal(t, Origin{"/p/nixsift.toml", 1, "preset"}, c.Origin("preset"))
	assert.Equal(t, "2.4", c.MinimumNix.String(), "the later of two wins")
	assert.True(t, c.Generated)
	assert.Equal(t, "missing-follows missing-path lock-drift empty-let useless-parens "+always, on(c, "/p/sub/a.nix"))
	assert.Equal(t, diag.Error, severityOf(c, "/p/sub/a.nix", "lock-drift"))
	assert.Equal(t, diag.Info, severityOf(c, "/p/sub/a.nix", "missing-follows"))
	assert.Equal(t, []string{"a"}, c.For("/p/sub/a.nix").Options("missing-follows")["allow"])
	assert.Equal(t, diag.Off, severityOf(c, "/p/sub/hosts/a.nix", "empty-let"), "paths belong to the file they stand in")
	for path, want := range map[string]bool{
		"/p/vendor/a.nix": true, "/p/lint/gen/a.nix": true, "/p/sub/x/a.nix": true, "/p/sub/vendor/a.nix": false, "/p/sub/gen/a.nix": false, "/p/x/a.nix": false,
	} {
		assert.Equal(t, want, c.Excluded(path), path)
	}
	var paths []string
	for _, s := range c.Sources() {
		paths = append(paths, s.Path)
	}
	assert.Equal(t, []string{"/p/nixsift.toml", "/p/lint/base.toml", "/p/sub/nixsift.toml"}, paths)
}

func TestExtendsShared(t *testing.T) {
	m := files(map[string]string{
		"/p/sub/nixsift.toml": "extends = ['b.toml', 'c.toml']", "/p/sub/b.toml": "extends = 'd.toml'\npreset = 'strict'",
		"/p/sub/c.toml": "extends = './d.toml'", "/p/sub/d.toml": "preset = 'none'",
	})
	c, problems := loadFrom(m)
	require.Empty(t, problems)
	assert.Equal(t, "strict", c.Preset, "what two files extend comes before both")
	assert.Equal(t, 3, m.reads)
}

func TestExtendsProblems(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"missing", map[string]string{"/p/sub/nixsift.toml": "# x\nextends = '../gone.toml'"}, []string{"/p/sub/nixsift.toml:2:11: `../gone.toml` cannot be read: file does not exist"}},
		{"folder without one", map[string]string{"/p/sub/nixsift.toml": "extends = ['../lib']", "/p/lib/a.nix": ""}, []string{"/p/sub/nixsift.toml:1:12: `../lib` cannot be read: file does not exist"}},
		{"itself", map[string]string{"/p/sub/nixsift.toml": "extends = '.'"}, []string{"/p/sub/nixsift.toml:1:11: `.` leads back to this file: it extends itself"}},
		{"circle", map[string]string{"/p/sub/nixsift.toml": "extends = 'a.toml'", "/p/sub/a.toml": "extends = 'b.toml'", "/p/sub/b.toml": "\nextends = ['a.toml']"},
			[]string{"/p/sub/b.toml:2:12: `a.toml` leads back to this file: `a.toml` extends `b.toml` extends `a.toml`"}},
		{"mistakes in it", map[string]string{"/p/sub/nixsift.toml": "extends = 'a.toml'\nprest = 1", "/p/sub/a.toml": "ignore = ['mising-path']"},
			[]string{"/p/sub/a.toml:1:11: unknown rule or family `mising-path`; did you mean `missing-path`?", "/p/sub/nixsift.toml:2:1: unknown key `prest`; did you mean `preset`?"}},
		{"address", map[string]string{"/p/sub/nixsift.toml": "extends = 'https://x.org/nixsift.toml'"}, []string{"/p/sub/nixsift.toml:1:11: `https://x.org/nixsift.toml` is an address"}},
		{"absolute", map[string]string{"/p/sub/nixsift.toml": "extends = ['/etc/nixsift.toml', '~/nixsift.toml']"}, []string{
			"/p/sub/nixsift.toml:1:12: `/etc/nixsift.toml` must be relative to this file", "/p/sub/nixsift.toml:1:33: `~/nixsift.toml` must be relative to this file"}},
		{"other kind", map[string]string{"/p/sub/nixsift.toml": "extends = '../flake.nix'", "/p/flake.nix": "{ }"}, []string{"/p/sub/nixsift.toml:1:11: `../flake.nix` is neither a folder nor a file whose name ends in .toml"}},
		{"empty", map[string]string{"/p/sub/nixsift.toml": "extends = ''"}, []string{"/p/sub/nixsift.toml:1:11: `extends` names no file"}},
		{"type", map[string]string{"/p/sub/nixsift.toml": "extends = 3"}, []string{"/p/sub/nixsift.toml:1:11: `extends` must be a string or an array of strings, not an integer"}},
		{"elements", map[string]string{"/p/sub/nixsift.toml": "extends = [3]"}, []string{"/p/sub/nixsift.toml:1:12: `extends` must be an array of strings; this is an integer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, got := loadFrom(files(c.files))
			require.NotNil(t, config)
			require.Len(t, got, len(c.want), "%q", got)
			for i, want := range c.want {
				assert.Contains(t, got[i], want)
			}
		})
	}
}

// TestExtendsBounded holds that a chain without an end has one.
func TestExtendsBounded(t *testing.T) {
	texts := map[string]string{"/p/sub/nixsift.toml": "extends = '0.toml'"}
	for i := range 2 * maxExtended {
		texts[fmt.Sprintf("/p/sub/%d.toml", i)] = fmt.Sprintf("extends = '%d.toml'", i+1)
	}
	m := files(texts)
	_, problems := loadFrom(m)
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0], "more than 64 files are extended")
	assert.LessOrEqual(t, m.reads, maxExtended+1)
}

func TestRequiredVersion(t *testing.T) {
	for text, want := range map[string]string{
		">=0.1": "", version.Number: "", "=" + version.Number: "", ">=0.0.1, <1000": "", "0.1.x": "", "*": "", "^0.1": "", "~0.1.0": "",
		">=1000": "this is nixsift " + version.Number + ", and the configuration is for >=1000", "<0.0.1": "this is nixsift", "999.x": "this is nixsift",
		"latest": "bad version requirement `latest`", "": "bad version requirement", ">=": "bad version requirement", "0.1 or so": "bad version requirement",
	} {
		_, problems := Load("/p/nixsift.toml", fmt.Sprintf("required-version = %q", text), familiesCatalogue(), nil)
		if want == "" {
			assert.Empty(t, problems, text)
			continue
		}
		if assert.Len(t, problems, 1, text) {
			assert.Contains(t, problems[0].Error(), "/p/nixsift.toml:1:20: "+want)
		}
	}
	_, problems := Load("/p/nixsift.toml", "future = 1\nrequired-version = '>=1000'\n[rules]\nunheard-of = 'off'", familiesCatalogue(), nil)
	require.Len(t, problems, 1, "what only the other version knows is no mistake")
	assert.Equal(t, 2, problems[0].Pos.Line)
	_, problems = Load("/p/nixsift.toml", "required-version = 0.1", familiesCatalogue(), nil)
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0].Message, `must be a string, not a float: write "0.1"`)
}

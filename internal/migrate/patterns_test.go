package migrate

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
)

// nixPaths are paths that patterns are tried on.
var nixPaths = []string{
	"flake.nix", "default.nix", "vendor/a.nix", "vendor/deep/b.nix", "sub/vendor/a.nix", "my-vendor/a.nix", "vendor-old/a.nix", "pkgs/generated.nix",
	"pkgs/generated/x.nix", "pkgs/x/generated.nix", "pkgs/a/b/c.nix", "a/b.nix", "a/c/b.nix", "a/b/c/b.nix", "gen.nix", "x.gen.nix", "hosts/h1/hardware-configuration.nix",
	"hosts/hardware-configuration.nix", "hardware-configuration.nix", ".hidden/a.nix", "x/.hidden/a.nix", "_a.nix", "x/_a.nix", "dir_/a.nix", "foo1/a.nix", "foo2/bar.nix",
	"foo/bar/baz.nix", "foobar.nix", "foo/xbar.nix", "[odd]/a.nix", "ünï/ä.nix",
}

// left returns the paths that patterns of nixsift.toml leave out.
func left(t *testing.T, patterns []string) []string {
	t.Helper()
	text := "exclude = [" + quotedList(patterns) + "]\n"
	c, problems := config.Load("/p/nixsift.toml", text, config.NewCatalogue([]string{"recommended"}, []config.Rule{{ID: "x", Severity: diag.Warning}}), nil)
	require.Empty(t, problems, text)
	out := []string{}
	for _, p := range nixPaths {
		if c.Excluded("/p/" + p) {
			out = append(out, p)
		}
	}
	return out
}

func matching(matches func(path string) bool) []string {
	out := []string{}
	for _, p := range nixPaths {
		if matches(p) {
			out = append(out, p)
		}
	}
	return out
}

// TestRegexps holds the patterns against the expressions themselves.
func TestRegexps(t *testing.T) {
	for _, expr := range []string{
		`^vendor/`, `vendor/`, `vendor`, `(^|/)vendor/`, `^(vendor|pkgs)/`, `\.gen\.nix$`, `^pkgs/generated\.nix$`, `^pkgs/generated.nix$`, `generated`, `^a/.*b\.nix$`,
		`a/.*/b.nix`, `hardware-configuration\.nix$`, `^hosts/.*/hardware-configuration\.nix$`, `^hosts/[^/]+/hardware-configuration\.nix$`, `/_[^/]*$`, `^foo[12]/`, `^foo\d/`,
		`^(?:foo/bar/|vendor/deep/).*$`, `.*\.gen\.nix`, `^(foo(/bar)?)/`, `(?:^|/)_a\.nix$`, `^flake\.nix$|^default\.nix$`, `^a(/c)?/b.nix`, `/$`, `^\.hidden/`, `(^|/)\.`, `ünï`,
		`foo.*bar`, `^foo.*bar\.nix$`, `^.+/generated/`,
	} {
		got, ok := fromRegexp(expr)
		if assert.True(t, ok, expr) {
			assert.Equal(t, matching(regexp.MustCompile(expr).MatchString), left(t, got), "%s: %q", expr, got)
		}
	}
	got, ok := fromRegexp("(?x)^(\n  vendor/.* | # not ours\n  pkgs/generated\\.nix\n)$")
	assert.True(t, ok)
	assert.Equal(t, []string{"pkgs/generated.nix", "vendor/**"}, slices.Sorted(slices.Values(got)))
	got, ok = fromRegexp(`\.lock$`)
	assert.True(t, ok)
	assert.Empty(t, got, "no Nix file is meant")
	for _, expr := range []string{`^(?!vendor)`, `(`, `(?i)vendor`, `^(ab)*/`, `[a-z]{3}/x`, `(aa|bb|cc|dd|ee)/(ff|gg|hh|ii|jj)`} {
		_, ok := fromRegexp(expr)
		assert.False(t, ok, expr)
	}
}

// TestTreefmtGlobs holds the patterns against the meaning of gobwas/glob without separators.
func TestTreefmtGlobs(t *testing.T) {
	for _, c := range []struct{ glob, expr string }{
		{"*.nix", `^.*\.nix$`}, {"vendor/*", `^vendor/.*$`}, {"vendor/**", `^vendor/.*$`}, {"vendor/**.nix", `^vendor/.*\.nix$`}, {"**/vendor/**", `^.*/vendor/.*$`},
		{"*/generated/*", `^.*/generated/.*$`}, {"pkgs/generated.nix", `^pkgs/generated\.nix$`}, {"*generated*", `^.*generated.*$`}, {"foo[12]/*", `^foo[12]/.*$`},
		{"{vendor,a}/*", `^(vendor|a)/.*$`}, {"foo?/*", `^foo./.*$`}, {"a/*/b.nix", `^a/.*/b\.nix$`}, {"hosts/*hardware*.nix", `^hosts/.*hardware.*\.nix$`},
		{"*.{nix,md}", `^.*\.(nix|md)$`}, {"\\[odd\\]/*", `^\[odd\]/.*$`}, {"**", `^.*$`}, {"ünï/*", `^ünï/.*$`}, {"foo*bar.nix", `^foo.*bar\.nix$`},
	} {
		got, ok := fromTreefmt(c.glob)
		if assert.True(t, ok, c.glob) {
			assert.Equal(t, matching(regexp.MustCompile(c.expr).MatchString), left(t, got), "%s: %q", c.glob, got)
		}
	}
	for _, glob := range []string{"*.lock", "LICENSE", "*.{md,txt}", "flake.lock"} {
		got, ok := fromTreefmt(glob)
		assert.True(t, ok, glob)
		assert.Empty(t, got, "%s means no Nix file", glob)
	}
	for _, glob := range []string{"[", "{a", "{a,{b}", "[/]", "{a,b}{a,b}{a,b}{a,b}{a,b}/*"} {
		_, ok := fromTreefmt(glob)
		assert.False(t, ok, glob)
	}
}

func TestGitignorePatterns(t *testing.T) {
	for pattern, want := range map[string][]string{
		"vendor":                     {"vendor/a.nix", "vendor/deep/b.nix", "sub/vendor/a.nix"},
		"/vendor":                    {"vendor/a.nix", "vendor/deep/b.nix"},
		"vendor/":                    {"vendor/a.nix", "vendor/deep/b.nix", "sub/vendor/a.nix"},
		"pkgs/generated.nix":         {"pkgs/generated.nix"},
		"hardware-configuration.nix": {"hosts/h1/hardware-configuration.nix", "hosts/hardware-configuration.nix", "hardware-configuration.nix"},
		"*.gen.nix":                  {"x.gen.nix"},
		"_*":                         {"_a.nix", "x/_a.nix"},
		"a/**":                       {"a/b.nix", "a/c/b.nix", "a/b/c/b.nix"},
	} {
		got, ok := fromGitignore(pattern)
		require.True(t, ok, pattern)
		assert.Equal(t, want, left(t, got), pattern)
	}
	for _, pattern := range []string{"!vendor", "", "./vendor", "[", "/"} {
		_, ok := fromGitignore(pattern)
		assert.False(t, ok, pattern)
	}
}

func TestPaths(t *testing.T) {
	for path, want := range map[string][]string{
		"vendor": {"vendor/a.nix", "vendor/deep/b.nix"}, "./vendor/": {"vendor/a.nix", "vendor/deep/b.nix"}, "[odd]": {"[odd]/a.nix"}, "*.nix": {},
	} {
		got, ok := fromPath(path)
		require.True(t, ok, path)
		assert.Equal(t, want, left(t, got), path)
	}
	for _, path := range []string{".", "", "/etc", "../x", "a/../../x"} {
		_, ok := fromPath(path)
		assert.False(t, ok, path)
	}
}

package config

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
)

func testCatalogue() *Catalogue {
	return NewCatalogue([]string{"recommended", "strict", "all", "none"}, []Rule{
		{ID: "missing-follows", Severity: diag.Warning, Presets: []string{"recommended", "strict"}, Aliases: []string{"lost-follows"},
			Options: []Option{{"allow", []string{"nixpkgs-stable"}, ""}, {"depth", int64(3), ""}, {"deep", false, ""}, {"note", "x", ""}}},
		{ID: "unused-let-binding", Severity: diag.Warning, Presets: []string{"recommended", "strict"},
			Aliases: []string{"nixf:sema-unused-def-let", "deadnix:let"}},
		{ID: "unused-lambda-arg", Severity: diag.Info, Presets: []string{"strict"}, Aliases: []string{"deadnix:let"}},
		{ID: "missing-mkif", Severity: diag.Warning, Presets: []string{"recommended"}},
		{ID: "double-negation", Severity: diag.Hint},
		{ID: "unterminated-string", Severity: diag.Error, Mandatory: true},
	})
}

// load reads a configuration that must be free of mistakes.
func load(t *testing.T, text string) *Config {
	t.Helper()
	c, problems := Load("/p/nixsift.toml", text, testCatalogue(), nil)
	require.Empty(t, problems)
	return c
}

func severityOf(c *Config, path, rule string) diag.Severity {
	s, _ := c.For(path).Severity(rule)
	return s
}

func TestDefault(t *testing.T) {
	c := Default(testCatalogue())
	r := c.For("/anything.nix")
	s, configured := r.Severity("missing-follows")
	assert.Equal(t, diag.Warning, s)
	assert.False(t, configured)
	s, _ = r.Severity("unused-lambda-arg")
	assert.Equal(t, diag.Off, s)
	s, _ = r.Severity("unterminated-string")
	assert.Equal(t, diag.Error, s)
	s, _ = r.Severity("no-such-rule")
	assert.Equal(t, diag.Off, s)
	assert.Equal(t, map[string]any{"allow": []string{"nixpkgs-stable"}, "depth": int64(3), "deep": false, "note": "x"}, r.Options("missing-follows"))
	assert.Nil(t, r.Options("missing-mkif"))
	assert.Equal(t, DefaultMinimumNix, c.MinimumNix)
	assert.False(t, c.Excluded("/anything.nix"))
}

func TestPresets(t *testing.T) {
	on := map[string][]diag.Severity{ // missing-follows, unused-lambda-arg, double-negation, unterminated-string
		"recommended": {diag.Warning, diag.Off, diag.Off, diag.Error},
		"strict":      {diag.Warning, diag.Info, diag.Off, diag.Error},
		"all":         {diag.Warning, diag.Info, diag.Hint, diag.Error},
		"none":        {diag.Off, diag.Off, diag.Off, diag.Error},
	}
	for preset, want := range on {
		c := load(t, `preset = "`+preset+`"`)
		for i, rule := range []string{"missing-follows", "unused-lambda-arg", "double-negation", "unterminated-string"} {
			assert.Equal(t, want[i], severityOf(c, "/p/a.nix", rule), "%s %s", preset, rule)
		}
	}
}

func TestWholeFile(t *testing.T) {
	c := load(t, `
exclude = ["vendor/**", "./old/", "*.gen.nix"]
minimum-nix-version = "2.4"
generated = true
rules.unused-let-binding = "error" # dotted
[rules.missing-follows]
severity = "info"
allow = [ "a",
  # a comment
  'b', ]
depth = 0x10
[[override]]
paths = ["hosts/**"]
rules = { missing-mkif = "off", "nixf:sema-unused-def-let" = "hint" }
[[override]]
paths = ["hosts/a", "lib/*.nix"]
[override.rules]
missing-mkif = "error"
missing-follows = { deep = true }
`)
	assert.Equal(t, Version{2, 4, 0}, c.MinimumNix)
	assert.True(t, c.Generated)
	assert.Equal(t, "/p/nixsift.toml", c.Path)
	assert.Equal(t, "/p", c.Dir)

	s, configured := c.For("/p/x.nix").Severity("unused-let-binding")
	assert.Equal(t, diag.Error, s)
	assert.True(t, configured)
	assert.Equal(t, diag.Warning, severityOf(c, "/p/x.nix", "missing-mkif"))
	assert.Equal(t, diag.Off, severityOf(c, "/p/hosts/b/x.nix", "missing-mkif"))
	assert.Equal(t, diag.Hint, severityOf(c, "/p/hosts/b/x.nix", "unused-let-binding"))
	assert.Equal(t, diag.Error, severityOf(c, "/p/hosts/a/deep/x.nix", "missing-mkif"), "the later override wins")
	assert.Equal(t, diag.Error, severityOf(c, "/p/lib/x.nix", "missing-mkif"))
	assert.Equal(t, diag.Warning, severityOf(c, "/p/lib/deep/x.nix", "missing-mkif"))
	assert.Equal(t, diag.Warning, severityOf(c, "/q/lib/x.nix", "missing-mkif"), "patterns hold below the folder only")
	assert.Equal(t, diag.Warning, severityOf(c, "/p2/lib/x.nix", "missing-mkif"))

	options := c.For("/p/lib/x.nix").Options("missing-follows")
	assert.Equal(t, map[string]any{"allow": []string{"a", "b"}, "depth": int64(16), "deep": true, "note": "x"}, options)
	assert.Equal(t, false, c.For("/p/x.nix").Options("missing-follows")["deep"])

	assert.Same(t, c.For("/p/lib/x.nix"), c.For("/p/lib/y.nix"))
	assert.NotSame(t, c.For("/p/lib/x.nix"), c.For("/p/hosts/y.nix"))

	for path, want := range map[string]bool{
		"/p/vendor/a.nix": true, "/p/vendor": true, "/p/vendor/b/c/d.nix": true, "/p/x/vendor/a.nix": false,
		"/p/old/a/b.nix": true, "/p/old": true, "/p/older/a.nix": false, "/p/a.gen.nix": true, "/p/x/a.gen.nix": false,
		"/p/a.gen.nix/inside.nix": true, "/p/a.nix": false, "/p": false, "/vendor/a.nix": false,
	} {
		assert.Equal(t, want, c.Excluded(path), path)
		assert.Equal(t, want, c.Excluded(path), path)
	}
}

// problemCases are configurations with the mistakes that are told of them.
var problemCases = []struct {
	name, text string
	want       []string
}{
	{"empty", "", nil},
	{"comments only, CRLF, byte order mark", "\uFEFF# x\r\npreset = \"strict\"\r\n", nil},
	{"syntax", "preset = \n", []string{"1:10: not valid TOML: "}},
	{"byte order mark", "\uFEFFprest = 1", []string{"1:2: unknown key `prest`; did you mean `preset`?"}},
	{"mistakes before the syntax error count", "prest = 1\n[rules\n", []string{
		"1:1: unknown key `prest`; did you mean `preset`?", "2:7: not valid TOML: "}},
	{"not UTF-8", "preset = \"\xff\"", []string{"1:11: not valid TOML: "}},
	{"key twice", "preset = \"all\"\npreset = \"all\"", []string{"2:1: `preset` is set twice, first on line 1"}},
	{"table twice", "[rules]\n[rules]", []string{"2:2: `rules` is set twice, first on line 1"}},
	{"table and value", "rules = 1\n[rules.x]", []string{
		"1:9: `rules` must be a table, not an integer", "2:2: `rules` is set twice, first on line 1"}},
	{"inline table extended", "rules = {}\n[rules.missing-mkif]", []string{"2:"}},
	{"impossible date", "[rules]\nmissing-mkif = 1979-13-01", []string{
		"2:16: `missing-mkif` must be a severity in quotes or a table, not a date", "2:"}},
	{"unknown keys", "exlude = []\nwhatever = 1\nmissing-mkif = \"off\"", []string{
		"1:1: unknown key `exlude`; did you mean `exclude`?",
		"2:1: unknown key `whatever`; known here: `extends`, `required-version`, `preset`, `edition`, `preview`, `select`, `ignore`, `exclude`, `minimum-nix-version`, `generated`, `fail-on`, `baseline`, `inputs`, `rules`, `override`, `rule`, `policy`",
		"3:1: unknown key `missing-mkif`: rules are set in [rules]"}},
	{"preset", "preset = \"recomended\"", []string{"1:10: unknown preset `recomended`; did you mean `recommended`?"}},
	{"far preset", "preset = \"xyz\"", []string{"1:10: unknown preset `xyz`; presets are `recommended`, `strict`, `all`, `none`"}},
	{"preset type", "preset = [\"all\"]", []string{"1:10: `preset` must be a string, not an array"}},
	{"exclude type", "exclude = \"vendor\"", []string{"1:11: `exclude` must be an array of strings, not a string"}},
	{"exclude elements", "exclude = [\n  1, 'ok', true,\n  [\"a\"]]", []string{
		"1:11: `exclude` must be an array of strings; this is an array",
		"2:3: `exclude` must be an array of strings; this is an integer",
		"2:12: `exclude` must be an array of strings; this is a boolean"}},
	{"globs", `exclude = ["a[", "/x", "../y", "", "!z", "a/{b", "ok/**"]`, []string{
		"1:12: bad pattern `a[`: a bracket or brace is not closed",
		"1:18: pattern `/x` must be relative to the folder of nixsift.toml",
		"1:24: pattern `../y` leaves the folder of nixsift.toml",
		"1:32: an empty pattern matches nothing",
		"1:36: pattern `!z` cannot be negated",
		"1:42: bad pattern `a/{b`: a bracket or brace is not closed"}},
	{"generated", `generated = "yes"`, []string{"1:13: `generated` must be true or false, not a string"}},
	{"version", `minimum-nix-version = "2.x"`, []string{"1:23: bad Nix version \"2.x\": write it as \"2.18\" or \"2.34.8\""}},
	{"version as number", `minimum-nix-version = 2.20`, []string{"1:23: `minimum-nix-version` must be a string, not a float: write \"2.20\""}},
	{"unknown rule", "[rules]\nmising-follows = \"off\"\nzzz = 'off'", []string{
		"2:1: unknown rule `mising-follows`; did you mean `missing-follows`?",
		"3:1: unknown rule `zzz`; `nixsift rules` lists them"}},
	{"unknown severity", "[rules]\nmissing-mkif = \"warn\"\nmissing-follows = \"eror\"", []string{
		"2:16: unknown severity `warn`; use `off`, `hint`, `info`, `warning`, `error`",
		"3:19: unknown severity `eror`; did you mean `error`?"}},
	{"rule type", "[rules]\nmissing-mkif = false", []string{"2:16: `missing-mkif` must be a severity in quotes or a table, not a boolean"}},
	{"ambiguous alias", "[rules]\n\"deadnix:let\" = \"off\"", []string{"2:1: `deadnix:let` names several rules: `unused-let-binding`, `unused-lambda-arg`"}},
	{"same rule", "[rules]\nmissing-follows = \"off\"\nlost-follows = \"off\"", []string{
		"3:1: `missing-follows` and `lost-follows` are the same rule: set it once"}},
	{"fixed", "[rules]\nunterminated-string = \"warning\"", []string{
		"2:23: the severity of `unterminated-string` is always error, as Nix itself refuses such a file; exclude the file instead"}},
	{"fixed, as it is", "[rules]\nunterminated-string = \"error\"", nil},
	{"option", "[rules]\nmissing-follows = { alow = [], severity = 3, depth = \"x\", allow = [1] }", []string{
		"2:21: unknown option of `missing-follows`: `alow`; did you mean `allow`?",
		"2:43: `severity` must be a string, not an integer",
		"2:54: `depth` must be an integer, not a string",
		"2:68: `allow` must be an array of strings; this is an integer"}},
	{"no options", "[rules.missing-mkif]\nallow = 1", []string{"2:1: unknown option of `missing-mkif`: `allow`; known here: `severity`"}},
	{"override as table", "[override]\npaths = []", []string{"1:2: `override` must be an array of tables, not a table: write [[override]]"}},
	{"override of nothing", "[[override]]\npaths = []\nselect = ['missing-mkif']", []string{"2:9: `paths` is empty, so the override is about no file: name some, or leave it out"}},
	{"override", "[[override]]\npath = ['x']\n[override.rules]\nmissing-mkif = 'wraning'", []string{
		"1:3: an override needs `paths`",
		"2:1: unknown key of an override `path`; did you mean `paths`?",
		"4:16: unknown severity `wraning`; did you mean `warning`?"}},
	{"columns are code points", "exclude = [\"ä€😀\", 1]", []string{"1:19: `exclude` must be an array of strings; this is an integer"}},
}

func TestProblems(t *testing.T) {
	for _, test := range problemCases {
		t.Run(test.name, func(t *testing.T) {
			c, problems := Load("/p/nixsift.toml", test.text, testCatalogue(), nil)
			require.NotNil(t, c)
			var got []string
			for _, p := range problems {
				got = append(got, p.Error())
				assert.LessOrEqual(t, p.Span.Start, p.Span.End)
				assert.LessOrEqual(t, int(p.Span.End), len(test.text))
			}
			require.Len(t, got, len(test.want), "%q", got)
			for i, want := range test.want {
				full := "/p/nixsift.toml:" + want
				if len(want) > 0 && want[len(want)-1] == ' ' || len(want) < 4 {
					assert.Contains(t, got[i], full)
				} else {
					assert.Equal(t, full, got[i])
				}
			}
		})
	}
}

func TestSoundPartsHold(t *testing.T) {
	c, problems := Load("/p/nixsift.toml", "prest = 1\nexclude = [3, 'a']\n[rules]\nmissing-mkif = 'off'\nnope = 'off'", testCatalogue(), nil)
	assert.Len(t, problems, 3)
	assert.True(t, c.Excluded("/p/a"))
	assert.Equal(t, diag.Off, severityOf(c, "/p/b", "missing-mkif"))
}

func TestWith(t *testing.T) {
	base := load(t, "[rules]\nmissing-mkif = 'info'\n[[override]]\npaths = ['a']\nrules = { missing-follows = 'off' }")
	c, err := base.With(Flags{Preset: "none", Rules: []string{"missing-follows=error", " lost-follows = hint "}})
	require.NoError(t, err)
	assert.Equal(t, diag.Hint, severityOf(c, "/p/a", "missing-follows"), "the last one wins, over overrides too")
	assert.Equal(t, diag.Info, severityOf(c, "/p/a", "missing-mkif"), "[rules] still holds")
	assert.Equal(t, diag.Off, severityOf(c, "/p/a", "unused-let-binding"))
	assert.Equal(t, diag.Warning, severityOf(base, "/p/b", "missing-follows"), "the original is as it was")

	_, err = base.With(Flags{Preset: "sstrict", Rules: []string{"missing-mkif", "missing-mkif=loud", "mising-mkif=off", "unterminated-string=off"}})
	require.Error(t, err)
	for _, part := range []string{"did you mean `strict`?", `"missing-mkif" sets no severity`, "unknown severity `loud`",
		"did you mean `missing-mkif`?", "is always error"} {
		assert.ErrorContains(t, err, part)
	}
}

func TestRootFolder(t *testing.T) {
	c, problems := Load("/nixsift.toml", "exclude = ['etc']", testCatalogue(), nil)
	require.Empty(t, problems)
	assert.True(t, c.Excluded("/etc/x.nix"))
	assert.False(t, c.Excluded("/usr/x.nix"))
}

func TestVersion(t *testing.T) {
	parse := func(s string) Version {
		v, err := ParseVersion(s)
		require.NoError(t, err)
		return v
	}
	assert.True(t, parse("2.18").Before(parse("2.26")))
	assert.True(t, parse("2.26").Before(parse("2.34.8")))
	assert.True(t, parse("2.4").Before(parse("2.18")))
	assert.False(t, parse("2.18.0").Before(parse("2.18")))
	assert.Equal(t, "2.34.8", parse("2.34.8").String())
	assert.Equal(t, "2.18", parse("2.18.0").String())
	for _, bad := range []string{"", "2", "2.", ".2", "2.18pre", "2.18.1.1", "-1.2", "2.+3", "99999999999.1", " 2.18"} {
		_, err := ParseVersion(bad)
		assert.Error(t, err, bad)
	}
}

func TestCatalogue(t *testing.T) {
	c := testCatalogue()
	assert.Equal(t, []string{"unused-let-binding"}, c.Find("sema-unused-def-let"))
	assert.Equal(t, []string{"unused-let-binding"}, c.Find("NIXF:sema-unused-def-let"))
	assert.Equal(t, []string{"unused-let-binding", "unused-lambda-arg"}, c.Find("let"))
	assert.Nil(t, c.Find("nope"))
	assert.Equal(t, "missing-mkif", c.Nearest("mising-mkfi"))
	assert.Equal(t, "missing-mkif", c.Nearest("Missing-mkIf"))
	assert.Empty(t, c.Nearest("x"))
	assert.True(t, c.Mandatory("unterminated-string"))
	assert.False(t, c.Mandatory("missing-mkif"))
	assert.Panics(t, func() { NewCatalogue(nil, []Rule{{ID: "a", Options: []Option{{"n", 3, ""}}}}) })
}

func FuzzLoad(f *testing.F) {
	f.Add("preset = \"all\"\n[rules]\nx = { a.b = 1 }\n[[override]]\npaths = ['a/**']")
	f.Add("[a]\n[a.b]\n[[a.b]]\na.b.c = [[1], {x = 2}]\n")
	f.Add("[[override]]\n[override.rules.missing-follows]\nallow = []\n[override]\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, problems := Load("/p/nixsift.toml", text, testCatalogue(), nil)
		c.For("/p/a/b.nix")
		for _, p := range problems {
			if p.Span.Start > p.Span.End || int(p.Span.End) > len(text) {
				t.Fatalf("%v: bad span %v", p, p.Span)
			}
		}
	})
}

func BenchmarkFor(b *testing.B) {
	c, _ := Load("/p/nixsift.toml", "exclude = ['vendor/**', '**/gen/*.nix', 'a', 'b']\n[[override]]\npaths = ['hosts/**', 'x']\nrules = {}", testCatalogue(), nil)
	var paths []string
	for i := range 1000 {
		paths = append(paths, filepath.Join("/p/modules/programs", string(rune('a'+i%26)), "default.nix"))
	}
	for b.Loop() {
		for _, p := range paths {
			if !c.Excluded(p) {
				c.For(p)
			}
		}
	}
}

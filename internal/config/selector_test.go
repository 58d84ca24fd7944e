package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/version"
)

// familiesCatalogue has rules of all the sorts that lists of rules tell apart.
func familiesCatalogue() *Catalogue {
	recommended := []string{"recommended", "strict"}
	return NewCatalogue([]string{"recommended", "strict", "all", "none"}, []Rule{
		{ID: "missing-follows", Family: "flake", Severity: diag.Warning, Presets: recommended, Options: []Option{{"allow", []string{}, "Names"}}},
		{ID: "missing-path", Family: "project", Severity: diag.Warning, Presets: recommended},
		{ID: "lock-drift", Family: "flake", Severity: diag.Warning, Presets: recommended, Formerly: []string{"lock-drifts"}},
		{ID: "empty-let", Family: "style", Severity: diag.Hint, Presets: []string{"strict"}, Aliases: []string{"statix:empty_let", "deadnix:lets"}},
		{ID: "useless-parens", Family: "style", Severity: diag.Hint, Aliases: []string{"statix:W08", "deadnix:lets"}},
		{ID: "new-idea", Family: "style", Severity: diag.Warning, Presets: recommended, Preview: true},
		{ID: "late-comer", Family: "flake", Severity: diag.Warning, Presets: recommended, Edition: "2027"},
		{ID: "syntax-error", Family: "correctness", Severity: diag.Error, Mandatory: true, Blocks: true},
		{ID: "bad-escape", Family: "correctness", Severity: diag.Error, Presets: recommended, Blocks: true},
		{ID: "undefined-variable", Family: "correctness", Severity: diag.Error, Mandatory: true},
	})
}

// on returns the rules that are on for a file, in the order of the catalogue.
func on(c *Config, path string) string {
	var ids []string
	for _, r := range c.cat.rules {
		if s, _ := c.For(path).Severity(r.ID); s != diag.Off {
			ids = append(ids, r.ID)
		}
	}
	return strings.Join(ids, " ")
}

const (
	always      = "syntax-error bad-escape undefined-variable"
	recommended = "missing-follows missing-path lock-drift " + always
)

// selectCases are configurations with the rules that they turn on below a.
var selectCases = []struct{ name, text, want string }{
	{"nothing said", "", recommended},
	{"names alone", `select = ["empty-let"]`, "empty-let " + always},
	{"names beside a preset", "preset = 'recommended'\nselect = ['empty-let']", "missing-follows missing-path lock-drift empty-let " + always},
	{"names beside no preset", "preset = 'none'\nselect = ['empty-let']", "empty-let syntax-error undefined-variable"},
	{"nothing selected", "select = []", recommended},
	{"a family", "select = ['flake']", "missing-follows lock-drift " + always},
	{"a family as a pattern", "select = ['flake/*']", "missing-follows lock-drift " + always},
	{"a pattern of names", "select = ['missing-*']", "missing-follows missing-path " + always},
	{"a pattern in a family", "select = ['flake/missing-*']", "missing-follows " + always},
	{"braces", "select = ['{empty,late}-*']", "empty-let " + always},
	{"a name with its family", "select = ['flake/late-comer']", "late-comer " + always},
	{"a name of another tool", "select = ['statix:w08']", "useless-parens " + always},
	{"a name of several rules", "select = ['deadnix:lets']\nignore = ['empty-let']", "useless-parens " + always},
	{"everything", "select = ['ALL']", "missing-follows missing-path lock-drift empty-let useless-parens " + always},
	{"all but", "select = ['*']\nignore = ['style', 'flake/*']", "missing-path " + always},
	{"ignored", "ignore = ['missing-*']", "lock-drift " + always},
	{"a name beats a family", "ignore = ['flake/*']\nselect = ['missing-follows']", "missing-follows " + always},
	{"a family beats everything", "select = ['style']\nignore = ['ALL']", "empty-let useless-parens syntax-error undefined-variable"},
	{"of equals the one to ignore", "select = ['missing-*']\nignore = ['flake/*']", "missing-path " + always},
	{"[rules] has the last word", "ignore = ['flake/*']\n[rules]\nlock-drift = 'hint'", "missing-path lock-drift " + always},
	{"options alone turn nothing on", "preset = 'none'\n[rules]\nmissing-follows = { allow = ['x'] }", "syntax-error undefined-variable"},
	{"preview by its name", "preset = 'none'\nselect = ['new-idea']", "new-idea syntax-error undefined-variable"},
	{"preview by [rules]", "preset = 'none'\n[rules]\nnew-idea = 'info'", "new-idea syntax-error undefined-variable"},
	{"preview by a pattern", "preset = 'none'\nselect = ['{new,missing}-*']", "missing-follows missing-path syntax-error undefined-variable"},
	{"preview", "preview = true", "missing-follows missing-path lock-drift new-idea " + always},
	{"preview and a pattern", "preview = true\npreset = 'none'\nselect = ['new-*']", "new-idea syntax-error undefined-variable"},
	{"all presets", "preset = 'all'", "missing-follows missing-path lock-drift empty-let useless-parens " + always},
	{"the first edition", "edition = '2026'", recommended},
	{"the next edition", "edition = '2027'", "missing-follows missing-path lock-drift late-comer " + always},
	{"the next edition and a family", "edition = '2027'\nselect = ['flake']", "missing-follows lock-drift late-comer " + always},
	{"the next edition and all presets", "edition = '2027'\npreset = 'all'\nignore = ['style']", "missing-follows missing-path lock-drift late-comer " + always},
	{"override", "[[override]]\npaths = ['a/**']\nselect = ['style/*']\nignore = ['flake']", "missing-path empty-let useless-parens " + always},
	{"later overrides win", "[[override]]\npaths = ['a/**']\nignore = ['missing-*']\n[[override]]\npaths = ['a']\nselect = ['missing-path']", "missing-path lock-drift " + always},
}

func TestSelect(t *testing.T) {
	for _, c := range selectCases {
		t.Run(c.name, func(t *testing.T) {
			config, problems := Load("/p/nixsift.toml", c.text, familiesCatalogue(), nil)
			require.Empty(t, problems)
			assert.Equal(t, c.want, on(config, "/p/a/x.nix"))
		})
	}
}

// selectProblems are mistakes in lists of rules by the configurations that make them.
var selectProblems = map[string][]string{
	"select = ['mising-path']": {"1:11: unknown rule or family `mising-path`; did you mean `missing-path`?"},
	"ignore = ['flke']":        {"1:11: unknown rule or family `flke`; did you mean `flake`?"},
	"ignore = ['flke/*']":      {"1:11: no rule matches `flke/*`; did you mean `flake/*`?"},
	"ignore = ['flake/missing-path']": {
		"1:11: unknown rule or family `flake/missing-path`; did you mean `project/missing-path`?"},
	"ignore = ['flake/mising-follows']": {"1:11: unknown rule or family `flake/mising-follows`; did you mean `flake/missing-follows`?"},
	"select = ['zzz-*', '']":            {"1:11: no rule matches `zzz-*`; `nixsift rules` lists them", "1:20: an empty name selects nothing"},
	"select = ['x[']":                   {"1:11: bad pattern `x[`: a bracket or brace is not closed"},
	"select = 'flake'":                  {"1:10: `select` must be an array of strings, not a string"},
	"ignore = ['syntax-error']": {
		"1:11: the severity of `syntax-error` is always error, as Nix itself refuses such a file; exclude the file instead"},
	"ignore = ['correctness/*']":                            nil,
	"select = ['empty-let']\nignore = ['statix:empty_let']": {"2:1: `empty-let` stands both in `select` and in `ignore`: name it once"},
	"select = ['empty-let']\n[rules]\nempty-let = 'off'":    {"3:1: `empty-let` is off, and `select` names it: leave one of them out"},
	"ignore = ['empty-let']\n[rules]\nempty-let = 'info'":   {"3:1: `empty-let` has a severity, and `ignore` names it: leave one of them out"},
	"ignore = ['empty-let']\n[rules]\nempty-let = 'off'":    nil,
	"edition = '2025'":                                 {"1:11: unknown edition `2025`; nixsift " + version.Number + " has `2026`, `2027`"},
	"edition = 2026":                                   {"1:11: `edition` must be a string, not an integer: write \"2026\""},
	"preview = 'yes'":                                  {"1:11: `preview` must be true or false, not a string"},
	"select = ['new-*', 'missing-path']":               {"1:11: `new-*` stands for rules in preview only: set `preview = true`, or name them one by one"},
	"[[override]]\npaths = ['a']\nselect = ['late-*']": {"3:11: `late-*` stands for rules of later editions than 2026 only: set `edition`, or name them one by one"},
	"[[override]]\npaths = ['a']":                      {"1:3: an override needs `rules`, `select` or `ignore`"},
}

func TestSelectProblems(t *testing.T) {
	for text, want := range selectProblems {
		_, problems := Load("/p/nixsift.toml", text, familiesCatalogue(), nil)
		var got []string
		for _, p := range problems {
			got = append(got, strings.TrimPrefix(p.Error(), "/p/nixsift.toml:"))
		}
		assert.Equal(t, want, got, text)
	}
}

func TestFlags(t *testing.T) {
	const file = "preset = 'strict'\nignore = ['missing-follows']\n[rules]\nuseless-parens = 'info'\nlock-drift = 'error'\n"
	for _, c := range []struct {
		name  string
		flags Flags
		want  string
	}{
		{"none", Flags{}, "missing-path lock-drift empty-let useless-parens " + always},
		{"these only", Flags{Select: []string{"missing-path"}}, "missing-path " + always},
		{"by commas and repeated", Flags{Select: []string{"missing-path, empty-let", "late-comer"}}, "missing-path empty-let late-comer " + always},
		{"a pattern leaves off what the file turns off", Flags{Select: []string{"flake/*"}}, "lock-drift " + always},
		{"a name does not", Flags{Select: []string{"missing-follows"}}, "missing-follows " + always},
		{"narrower to ignore", Flags{Select: []string{"flake/*"}, Ignore: []string{"lock-drift"}}, always},
		{"narrower to select", Flags{Select: []string{"lock-drift"}, Ignore: []string{"flake"}}, "lock-drift " + always},
		{"ignored", Flags{Ignore: []string{"style/*", "missing-*"}}, "lock-drift " + always},
		{"beside a preset", Flags{Preset: "none", Select: []string{"empty-let"}}, "lock-drift empty-let useless-parens syntax-error undefined-variable"},
		{"only", Flags{Only: []string{"flake/*"}}, "missing-follows lock-drift syntax-error bad-escape"},
		{"only, but", Flags{Only: []string{"flake/*,empty-let"}, Ignore: []string{"lock-drift"}}, "missing-follows empty-let syntax-error bad-escape"},
		{"only a name, but its family", Flags{Only: []string{"lock-drift"}, Ignore: []string{"flake/*"}}, "lock-drift syntax-error bad-escape"},
		{"preview", Flags{Preset: "recommended", Preview: true}, "missing-path lock-drift useless-parens new-idea " + always},
		{"preview by a pattern", Flags{Select: []string{"new-*", "empty-let"}}, "empty-let " + always},
		{"preview by a pattern, wanted", Flags{Select: []string{"new-*"}, Preview: true}, "new-idea " + always},
		{"preview by its name", Flags{Only: []string{"new-idea"}}, "new-idea syntax-error bad-escape"},
		{"severity beside the selected", Flags{Select: []string{"missing-path"}, Rules: []string{"late-comer=hint"}}, "missing-path late-comer " + always},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, problems := Load("/p/nixsift.toml", file, familiesCatalogue(), nil)
			require.Empty(t, problems)
			config, err := base.With(c.flags)
			require.NoError(t, err)
			want := c.want
			if len(c.flags.Select)+len(c.flags.Only) > 0 && c.flags.Preset == "" {
				want = strings.TrimSuffix(want, " undefined-variable") // it keeps no file from being analysed
				assert.NotNil(t, config.Narrow())
			} else {
				assert.Nil(t, config.Narrow())
			}
			assert.Equal(t, want, on(config, "/p/x.nix"))
			if s, _ := config.For("/p/x.nix").Severity("lock-drift"); s != diag.Off {
				assert.Equal(t, diag.Error, s, "the file's severity holds for what is selected")
			}
		})
	}
}

func TestFlagProblems(t *testing.T) {
	for want, f := range map[string]Flags{
		"--select: unknown rule or family `mising-path`; did you mean `missing-path`?": {Select: []string{"missing-path,mising-path"}},
		"--ignore: no rule matches `zz*`; `nixsift rules` lists them":                  {Ignore: []string{"zz*"}},
		"--only: an empty name selects nothing":                                        {Only: []string{"missing-path,"}},
		"--ignore: the severity of `syntax-error` is always error":                     {Ignore: []string{"syntax-error"}},
		"--only and --select both say which rules run":                                 {Only: []string{"flake"}, Select: []string{"flake"}},
		"`missing-path` is both to run and to ignore":                                  {Select: []string{"missing-path"}, Ignore: []string{"missing-path"}},
		"`missing-path` is to run, and --rule turns it off":                            {Only: []string{"missing-path"}, Rules: []string{"missing-path=off"}},
		"`missing-path` is to be ignored, and --rule sets its severity":                {Ignore: []string{"missing-path"}, Rules: []string{"missing-path=error"}},
		"--exclude: pattern `../x` leaves the working directory":                       {Exclude: []string{"../x"}},
		"--exclude: pattern `/x` must be relative to the working directory":            {Exclude: []string{"/x"}},
	} {
		_, err := Default(familiesCatalogue()).With(f)
		assert.ErrorContains(t, err, want)
	}
}

func TestExcludeFlag(t *testing.T) {
	base, problems := Load("/p/nixsift.toml", "exclude = ['vendor']", familiesCatalogue(), nil)
	require.Empty(t, problems)
	c, err := base.With(Flags{Exclude: []string{"gen/**", "./*.tmp.nix"}, Dir: "/p/sub"})
	require.NoError(t, err)
	for path, want := range map[string]string{
		"/p/vendor/a.nix": "vendor", "/p/sub/gen/a.nix": "gen/**", "/p/sub/x.tmp.nix": "*.tmp.nix", "/p/gen/a.nix": "", "/p/sub/a.nix": "",
	} {
		p, ok := c.ExcludedBy(path)
		assert.Equal(t, want, p.Text, path)
		assert.Equal(t, want != "", ok, path)
		assert.Equal(t, ok, c.Excluded(path), path)
	}
}

func TestRenamed(t *testing.T) {
	base, problems := Load("/p/nixsift.toml", "select = ['lock-drifts']\n[rules]\nlock-drifts = 'info'", familiesCatalogue(), nil)
	require.Empty(t, problems)
	c, err := base.With(Flags{Rules: []string{"lock-drifts=hint"}})
	require.NoError(t, err)
	assert.Equal(t, diag.Hint, severityOf(c, "/p/x.nix", "lock-drift"))
	assert.Equal(t, []Notice{
		{"lock-drifts", "lock-drift", Origin{"/p/nixsift.toml", 1, "select `lock-drifts`"}},
		{"lock-drifts", "lock-drift", Origin{"/p/nixsift.toml", 3, "lock-drifts"}},
		{"lock-drifts", "lock-drift", Origin{"", 0, "--rule"}},
	}, c.Notices())
	assert.Panics(t, func() { NewCatalogue(nil, []Rule{{ID: "a"}, {ID: "b", Formerly: []string{"a"}}}) })
	assert.Panics(t, func() { NewCatalogue(nil, []Rule{{ID: "a"}, {ID: "b", Family: "a"}}) })
}

func TestOrigins(t *testing.T) {
	base, problems := Load("/p/nixsift.toml", "preset = 'strict'\nignore = ['style/*']\n[rules]\nmissing-follows = { severity = 'info', allow = ['x'] }\n", familiesCatalogue(), nil)
	require.Empty(t, problems)
	c, err := base.With(Flags{Ignore: []string{"missing-path"}})
	require.NoError(t, err)
	r := c.For("/p/x.nix")
	assert.Equal(t, Origin{"/p/nixsift.toml", 1, "preset `strict`"}, r.Origin("lock-drift"))
	assert.Equal(t, Origin{"/p/nixsift.toml", 2, "ignore `style/*`"}, r.Origin("empty-let"))
	assert.Equal(t, Origin{"/p/nixsift.toml", 4, "[rules]"}, r.Origin("missing-follows"))
	assert.Equal(t, Origin{What: "--ignore `missing-path`"}, r.Origin("missing-path"))
	assert.Equal(t, Origin{What: "always on"}, r.Origin("syntax-error"))
	at, ok := r.OptionOrigin("missing-follows", "allow")
	assert.True(t, ok)
	assert.Equal(t, 4, at.Line)
	assert.True(t, r.Off("empty-let"), "the file says so")
	assert.False(t, r.Off("missing-path"), "the command line says so")
	assert.Equal(t, Origin{What: "default"}, c.Origin("edition"))
}

func TestSplitNames(t *testing.T) {
	assert.Equal(t, []string{"a", "b-{c,d}", "[x,y]*", ""}, SplitNames("a, b-{c,d},[x,y]*,"))
}

//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
)

// selecting has findings of several families: unused-let-binding (deadcode by other names), missing-path, and a syntax error in a
// file of its own.
var selecting = map[string]string{
	"a.nix": "let unused = 1; in import ./gone.nix\n", "hosts/b.nix": "let unused = 1; in import ./gone.nix\n",
	"vendor/c.nix": "import ./gone.nix\n", "broken.nix": "{ a = ; }\n",
}

// checked runs check over a tree, and returns the findings as "file: rule", and the whole outcome.
func checked(t *testing.T, dir string, args ...string) (string, outcome) {
	t.Helper()
	o := start(t, dir, nil, append([]string{"check", "--format", "json"}, args...)...)
	var got struct {
		Findings []struct{ File, Rule string }
	}
	if o.out == "" {
		return "", o
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &got), "%s%s", o.out, o.errors)
	var list []string
	for _, f := range got.Findings {
		list = append(list, f.File+": "+f.Rule)
	}
	return strings.Join(list, ", "), o
}

// TestSelectFlags drives the program through every flag that says which rules run on which files.
func TestSelectFlags(t *testing.T) {
	const all = "a.nix: unused-let-binding, a.nix: missing-path, hosts/b.nix: unused-let-binding, hosts/b.nix: missing-path, vendor/c.nix: missing-path"
	dir := testenv.Tree(t, selecting)
	require.NoError(t, os.Remove(filepath.Join(dir, "broken.nix")))
	family := rules.Lookup("unused-let-binding").Family
	require.NotEqual(t, family, rules.Lookup("missing-path").Family)
	for args, want := range map[string]string{
		"":                            all,
		"--select unused-let-binding": "a.nix: unused-let-binding, hosts/b.nix: unused-let-binding",
		"--select unused-*":           "a.nix: unused-let-binding, hosts/b.nix: unused-let-binding",
		"--select " + family + "/*":   "a.nix: unused-let-binding, hosts/b.nix: unused-let-binding",
		"--select " + family:          "a.nix: unused-let-binding, hosts/b.nix: unused-let-binding",
		"--select missing-path,unused-let-binding":            all,
		"--select missing-path --select unused-let-binding":   all,
		"--select ALL --ignore missing-*":                     "a.nix: unused-let-binding, hosts/b.nix: unused-let-binding",
		"--ignore unused-let-binding,missing-path":            "",
		"--ignore unused-let-binding --ignore missing-path":   "",
		"--ignore " + family:                                  "a.nix: missing-path, hosts/b.nix: missing-path, vendor/c.nix: missing-path",
		"--preset none --select unused-let-binding":           "a.nix: unused-let-binding, hosts/b.nix: unused-let-binding",
		"--preset recommended --select unused-let-binding":    all,
		"--preset none --rule missing-path=error":             "a.nix: missing-path, hosts/b.nix: missing-path, vendor/c.nix: missing-path",
		"--only missing-*":                                    "a.nix: missing-path, hosts/b.nix: missing-path, vendor/c.nix: missing-path",
		"--only ALL --ignore missing-path,unused-let-binding": "",
		"--exclude vendor/** --exclude hosts":                 "a.nix: unused-let-binding, a.nix: missing-path",
		"--exclude {vendor,hosts}/**,a.*":                     "",
	} {
		got, o := checked(t, dir, strings.Fields(args)...)
		assert.Equal(t, want, got, args)
		status := exitFindings
		if want == "" {
			status = exitClean
		}
		assert.Equal(t, status, o.status, "%s: %s", args, o.errors)
	}
	got, _ := checked(t, filepath.Join(dir, "hosts"), "--exclude", "b.nix", "..")
	assert.NotContains(t, got, "b.nix", "patterns of the command line are relative to the folder one stands in")
	o := start(t, dir, nil, "check", "--exclude", "a.nix", "a.nix")
	assert.Equal(t, exitClean, o.status)
	assert.Equal(t, "nixsift: a.nix is not checked: `a.nix` excludes it (--exclude)\n", o.errors)
}

// TestSelectKeepsSyntaxErrors holds that narrowing a run hides nothing that keeps a file from being analysed, and mends nothing else.
func TestSelectKeepsSyntaxErrors(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"broken.nix": "{ a = ; }\n", "a.nix": "\ufeffimport ./x//y\n", "x/y": ""})
	got, o := checked(t, dir, "--select", "path-double-slash", "--fix")
	assert.Equal(t, "a.nix: stray-byte, broken.nix: syntax-error", got)
	assert.Equal(t, exitFindings, o.status)
	text, err := os.ReadFile(filepath.Join(dir, "a.nix"))
	require.NoError(t, err)
	assert.Equal(t, "\ufeffimport ./x/y\n", string(text))
	got, _ = checked(t, dir, "--ignore", "ALL")
	assert.Contains(t, got, "broken.nix: syntax-error")
}

func TestSelectWrongCalls(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "1\n"})
	for _, command := range []string{"check", "files", "config", "lsp"} {
		for args, want := range map[string]string{
			"--select mising-path":                          "--select: unknown rule or family `mising-path`; did you mean `missing-path`?",
			"--ignore zz-*":                                 "--ignore: no rule matches `zz-*`",
			"--ignore flke/*":                               "did you mean `flake/*`?",
			"--only missing-path,missing-":                  "--only: unknown rule or family `missing-`",
			"--select missing-path,":                        "--select is empty, or a name in it is",
			"--ignore=":                                     "--ignore is empty, or a name in it is",
			"--select flake --only flake":                   "both say which rules run",
			"--select missing-path --rule missing-path=off": "--rule turns it off",
			"--ignore syntax-error":                         "is always error",
			"--exclude x --no-exclude":                      "contradict each other",
			"--exclude /x":                                  "must be relative to the working directory",
			"--exclude ../x":                                "leaves the working directory",
			"--exclude=":                                    "an empty pattern matches nothing",
		} {
			o := start(t, dir, nil, append([]string{command}, strings.Fields(args)...)...)
			assert.Equal(t, exitUsage, o.status, "%s %s", command, args)
			assert.Empty(t, o.out, "%s %s", command, args)
			assert.Contains(t, o.errors, want, "%s %s", command, args)
		}
	}
	for args, want := range map[string]string{"--max-findings -1": "use a positive number", "--max-findings 0": "leave the flag out for all; --statistics counts", "--max-findings x": "invalid argument", "--preview=x": "invalid argument"} {
		o := start(t, dir, nil, append([]string{"check"}, strings.Fields(args)...)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.errors, want, args)
	}
}

// TestMaxFindings prints the most severe findings, says how many more there are, and counts all.
func TestMaxFindings(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": strings.Repeat("let unused = 1; in ", 5) + "import ./gone.nix\n", "b.nix": "{ a = ; }\n"})
	o := start(t, dir, nil, "check", "--format", "short", "--max-findings", "2")
	assert.Equal(t, exitFindings, o.status)
	assert.Equal(t, 1, strings.Count(o.out, "a.nix:"), o.out)
	assert.Contains(t, o.out, "b.nix:1:7: error")
	assert.Equal(t, "nixsift: 5 more findings not printed (--max-findings 2)\n", o.errors)
	o = start(t, dir, nil, "check", "--max-findings", "1")
	assert.Contains(t, o.out, "1 error, 6 warnings in 2 files")
	got, o := checked(t, dir, "--max-findings", "1")
	assert.Equal(t, "b.nix: syntax-error", got)
	assert.Equal(t, exitFindings, o.status)
	assert.Contains(t, o.out, `"findings":7`)
	o = start(t, dir, nil, "check", "--max-findings", "7")
	assert.Empty(t, o.errors)
}

// TestSelectSettings drives the program through every setting of nixsift.toml that says which rules run on which files.
func TestSelectSettings(t *testing.T) {
	const missing = "a.nix: missing-path, hosts/b.nix: missing-path, vendor/c.nix: missing-path"
	const also = "a.nix: missing-path, hosts/b.nix: missing-path, lint/x.nix: missing-path, vendor/c.nix: missing-path"
	for _, c := range []struct {
		name, toml string
		status     int
		want, text string
	}{
		{"select", "select = ['missing-*']\n", exitFindings, also, ""},
		{"select beside a preset", "preset = 'none'\nselect = ['project/*']\n", exitFindings, also, ""},
		{"ignore", "ignore = ['unused-*']\n", exitFindings, also, ""},
		{"override", "select = ['missing-path']\n[[override]]\npaths = ['hosts/**', 'vendor']\nignore = ['project']\nselect = ['unused-let-binding']\n", exitFindings,
			"a.nix: missing-path, hosts/b.nix: unused-let-binding, lint/x.nix: missing-path", ""},
		{"extends", "extends = 'lint/base.toml'\nselect = ['missing-path']\n", exitFindings, missing, ""},
		{"extends a folder", "extends = ['lint', './lint/base.toml']\nselect = ['missing-path']\n", exitUsage, "", "`lint` cannot be read"},
		{"extends a file that is not there", "extends = 'lint/gone.toml'\nignore = ['ALL']\n", exitUsage, "", "nixsift.toml:1:11: error: `lint/gone.toml` cannot be read"},
		{"extends itself", "ignore = ['ALL']\nextends = 'nixsift.toml'\n", exitUsage, "", "nixsift.toml:2:11: error: `nixsift.toml` leads back to this file"},
		{"a mistake in what is extended", "extends = 'lint/bad.toml'\nignore = ['ALL']\n", exitUsage, "", "lint/bad.toml:1:1: error: unknown key `prest`"},
		{"unknown name", "ignore = ['ALL', 'mising-path']\n", exitUsage, "", "did you mean `missing-path`?"},
		{"unknown pattern", "ignore = ['ALL', 'mising-*']\n", exitUsage, "", "no rule matches `mising-*`"},
		{"required-version", "required-version = '>=0.0.1'\nselect = ['missing-path']\n", exitFindings, also, ""},
		{"required-version of another", "required-version = '>=1000'\nfuture = true\nignore = ['ALL']\n", exitUsage, "", "nixsift.toml:1:20: error: this is nixsift "},
		{"edition", "edition = '2026'\nselect = ['missing-path']\n", exitFindings, also, ""},
		{"unknown edition", "edition = '1999'\nignore = ['ALL']\n", exitUsage, "", "unknown edition `1999`"},
	} {
		files := map[string]string{"nixsift.toml": c.toml, "lint/base.toml": "exclude = ['x.nix']\n", "lint/bad.toml": "prest = 1\n", "lint/x.nix": "import ./gone.nix\n"}
		maps.Copy(files, selecting)
		delete(files, "broken.nix")
		dir := testenv.Tree(t, files)
		got, o := checked(t, dir)
		assert.Equal(t, c.status, o.status, "%s: %s", c.name, o.errors)
		if c.status != exitUsage {
			assert.Equal(t, c.want, got, c.name)
			continue
		}
		o = start(t, dir, nil, "check", "--format", "short", "--exit-zero")
		assert.Equal(t, exitUsage, o.status, c.name)
		assert.Contains(t, o.out+o.errors, c.text, c.name)
	}
}

// TestWideSuppressions holds that comments take families and patterns, and not everything.
func TestWideSuppressions(t *testing.T) {
	for text, want := range map[string]string{
		"import ./gone.nix # nixsift: ignore[missing-*] made by the build\n":    "",
		"import ./gone.nix # nixsift: ignore[project/*] made by the build\n":    "",
		"import ./gone.nix # nixsift: ignore[project] made by the build\n":      "",
		"import ./gone.nix # nixsift: ignore[*] made by the build\n":            "a.nix: missing-path, a.nix: malformed-suppression",
		"import ./gone.nix # nixsift: ignore[mising-*] made by the build\n":     "a.nix: missing-path, a.nix: unknown-suppression",
		"1 # nixsift: ignore[missing-p*] made by the build\n":                   "a.nix: unused-suppression",
		"{ a = ; } # nixsift: ignore[correctness/*] no way\n":                   "a.nix: syntax-error",
		"# nixsift: ignore-file[missing-*] made by the build\nimport ./g.nix\n": "",
	} {
		got, _ := checked(t, testenv.Tree(t, map[string]string{"a.nix": text}))
		assert.Equal(t, want, got, text)
	}
	dir := testenv.Tree(t, map[string]string{"a.nix": "1 # nixsift: ignore[missing-p*] made by the build\n"})
	got, _ := checked(t, dir, "--ignore", "missing-path")
	assert.Empty(t, got, "what the command line turns off makes no comment idle")
}

// registerStages adds rules in all stages of their lives.
func registerStages() {
	on := func(id string, set func(*rules.Rule)) {
		r := &rules.Rule{
			ID: id, Family: "test", Summary: "A number", Doc: "For tests.", Since: "0.1.0", Severity: diag.Warning, Presets: rules.Recommended,
			On: []ast.Kind{ast.Int}, Node: func(p *rules.Pass, n ast.Node) { p.Report(diag.Finding{Span: n.Span(), Message: "a number"}) },
		}
		set(r)
		rules.Register(r)
	}
	on("number-preview", func(r *rules.Rule) { r.Stage = rules.Preview })
	on("number-late", func(r *rules.Rule) { r.Edition = "2027" })
	on("number-new-name", func(r *rules.Rule) { r.Formerly = []string{"number-old-name"} })
}

// TestStages drives a program with rules in preview, of a later edition and with an earlier id.
func TestStages(t *testing.T) {
	asRules := func(cmd *exec.Cmd) {
		cmd.Path, cmd.Err = os.Args[0], nil
		cmd.Env = append(os.Environ(), helper+"=rules")
	}
	const notice = "nixsift: the rule `number-old-name` is called `number-new-name` now; the old name goes on to work"
	for _, c := range []struct{ name, toml, comment, args, want, stderr string }{
		{name: "an upgrade finds no more", want: "number-new-name"},
		{name: "preview by its name", toml: "select = ['number-preview']", want: "number-preview"},
		{name: "preview by [rules]", toml: "[rules]\nnumber-preview = 'error'", want: "number-new-name number-preview"},
		{name: "preview by a flag's name", args: "--rule number-preview=error", want: "number-new-name number-preview"},
		{name: "preview by a pattern", toml: "select = ['test/*']", want: "number-new-name"},
		{name: "preview by a preset", args: "--preset all", want: "number-new-name"},
		{name: "preview", toml: "preview = true", want: "number-new-name number-preview"},
		{name: "preview by a flag", args: "--preview", want: "number-new-name number-preview"},
		{name: "preview and a pattern", args: "--preview --only number-p*", want: "number-preview"},
		{name: "first edition", toml: "edition = '2026'", want: "number-new-name"},
		{name: "later edition", toml: "edition = '2027'", want: "number-late number-new-name"},
		{name: "later edition by flag", toml: "edition = '2026'", args: "--edition 2027", want: "number-late number-new-name"},
		{name: "later edition by name", args: "--select number-late", want: "number-late"},
		{name: "an earlier id in a list", toml: "select = ['number-old-name']", want: "number-new-name", stderr: notice + " (nixsift.toml:1, select `number-old-name`)\n"},
		{name: "an earlier id in [rules]", toml: "[rules]\nnumber-old-name = 'off'", stderr: notice + " (nixsift.toml:2, number-old-name)\n"},
		{name: "an earlier id in a flag", args: "--only number-old-name", want: "number-new-name", stderr: notice + " (--only `number-old-name`)\n"},
		{name: "an earlier id everywhere", args: "--ignore number-old-name", toml: "[rules]\nnumber-old-name = 'error'", comment: "# nixsift: ignore[number-old-name] why\n", stderr: notice + " (--ignore `number-old-name`)\n"},
		{name: "an earlier id in a comment", comment: "# nixsift: ignore[number-old-name] why\n", stderr: notice + " (a.nix:1, suppression)\n"},
	} {
		dir := testenv.Tree(t, map[string]string{"nixsift.toml": c.toml + "\n", "a.nix": c.comment + "1\n"})
		o := start(t, dir, asRules, append([]string{"check", "--format", "short"}, strings.Fields(c.args)...)...)
		var got []string
		for line := range strings.Lines(o.out) {
			if _, rule, ok := strings.Cut(line, " ["); ok {
				got = append(got, strings.TrimSuffix(strings.TrimSpace(rule), "]"))
			}
		}
		assert.Equal(t, c.want, strings.Join(got, " "), "%s: %s%s", c.name, o.out, o.errors)
		assert.Equal(t, c.stderr, o.errors, c.name)
		assert.LessOrEqual(t, o.status, exitFindings, c.name)
	}
	dir := testenv.Tree(t, map[string]string{"a.nix": "1\n", "set/nixsift.toml": "preview = true\n", "set/a.nix": "1\n"})
	o := start(t, dir, asRules, "check", "--format", "short", "--select", "number-p*", "a.nix")
	assert.Equal(t, exitUsage, o.status, "a gate that checks nothing is no gate")
	assert.Contains(t, o.out, "the command line: `number-p*` stands for rules in preview only")
	o = start(t, dir, asRules, "check", "--format", "short", "--select", "number-p*", "set")
	assert.Equal(t, exitFindings, o.status, o.out)
	o = start(t, dir, asRules, "explain", "number-old-name")
	assert.Equal(t, exitClean, o.status)
	assert.Contains(t, o.out, "Earlier:  number-old-name\n")
	assert.Contains(t, o.errors, notice)
	o = start(t, dir, asRules, "explain", "number-preview")
	assert.Contains(t, o.out, "Stage:    preview")
	o = start(t, dir, asRules, "rules")
	assert.Regexp(t, `number-preview +preview +test`, o.out)
	o = start(t, dir, asRules, "rules", "--format", "json")
	assert.Contains(t, o.out, `"edition": "2027"`)
	assert.Contains(t, o.out, `"stage": "preview"`)
	o = start(t, dir, asRules, "init")
	assert.Equal(t, exitClean, o.status, o.errors)
	text, err := os.ReadFile(filepath.Join(dir, "nixsift.toml"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "edition = \"2027\"\n", "a new configuration has the newest edition")
	o = start(t, dir, asRules, "check", "--format", "short")
	assert.Contains(t, o.out, "number-late")
}

// validJSON holds an output against one of the published schemas.
func validJSON(t *testing.T, schema, text string) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join(testenv.Root(t), "docs/schema", schema))
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err, text)
	assert.NoError(t, s.Validate(value), text)
}

func TestConfigCommand(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"base.toml":    "preset = 'strict'\nexclude = ['gen/**']\nignore = ['style/*']\n",
		"nixsift.toml": "extends = 'base.toml'\nrequired-version = '>=0.0.1'\n[rules]\nmissing-follows = { severity = 'error', allow = ['a', 'it\"s'] }\n[[override]]\npaths = ['hosts/**']\nignore = ['missing-path']\n",
		"hosts/a.nix":  "1\n", "gen/b.nix": "1\n", "bad/nixsift.toml": "prest = 1\n", "bad/a.nix": "1\n",
	})
	o := start(t, dir, nil, "config", "hosts/a.nix")
	require.Equal(t, exitClean, o.status, o.errors)
	for _, line := range []string{
		"# What holds for hosts/a.nix, and where it comes from.", "# Read: base.toml, nixsift.toml.",
		"required-version = '>=0.0.1' # nixsift.toml:2", "preset = 'strict' # base.toml:1", "edition = '2026' # default", "  'gen/**', # base.toml:2",
		"missing-path = 'off' # nixsift.toml:7, ignore `missing-path`", "bool-comparison = 'off' # base.toml:3, ignore `style/*`",
		"missing-follows = { severity = 'error', allow = ['a', 'it\"s'] } # nixsift.toml:4; allow: nixsift.toml:4",
	} {
		assert.Contains(t, o.out, line+"\n")
	}
	c, problems := config.Load(filepath.Join(dir, "nixsift.toml"), o.out, engine.Catalogue(), nil)
	require.Empty(t, problems, "what it prints is a configuration")
	was, problems := config.Load(filepath.Join(dir, "nixsift.toml"), read(t, filepath.Join(dir, "nixsift.toml")), engine.Catalogue(), nil)
	require.Empty(t, problems)
	for _, r := range rules.All() {
		want, _ := was.For(filepath.Join(dir, "hosts/a.nix")).Severity(r.ID)
		got, _ := c.For(filepath.Join(dir, "x.nix")).Severity(r.ID)
		assert.Equal(t, want, got, r.ID)
		assert.Equal(t, was.For(dir).Options(r.ID), c.For(dir).Options(r.ID), r.ID)
	}

	o = start(t, dir, nil, "config", "gen/b.nix")
	assert.Contains(t, o.out, "# It is not checked: `gen/**` excludes it (base.toml:2, exclude).\n")
	o = start(t, dir, nil, "config")
	assert.Contains(t, o.out, "# What holds for ., and")
	assert.NotContains(t, o.out, "\nmissing-path = 'off'")
	o = start(t, dir, nil, "config", "--preset", "none", "--select", "missing-path", "--exclude", "x", "--rule", "empty-let=hint", "--preview")
	for _, line := range []string{"preset = 'none' # --preset", "preview = true # --preview", "  'x', # --exclude", "missing-path = 'warning' # --select `missing-path`", "empty-let = 'hint' # --rule"} {
		assert.Contains(t, o.out, line+"\n")
	}
	o = start(t, t.TempDir(), nil, "config")
	assert.Contains(t, o.out, "# There is no nixsift.toml for it.\n")
	assert.Contains(t, o.out, "preset = 'recommended' # default\n")

	for _, args := range [][]string{{"config", "--format", "json", "hosts/a.nix"}, {"config", "--format", "json", "gen/b.nix"}, {"config", "-f", "json", "bad/a.nix"}} {
		o = start(t, dir, nil, args...)
		validJSON(t, "config-v1.schema.json", o.out)
	}
	assert.Equal(t, exitUsage, o.status)
	assert.Contains(t, o.out, "did you mean `preset`?")
	o = start(t, dir, nil, "config", "bad")
	assert.Equal(t, exitUsage, o.status)
	assert.Equal(t, "nixsift: bad/nixsift.toml:1:1: unknown key `prest`; did you mean `preset`?\n", o.errors)
	for args, want := range map[string]string{"gone.nix": "no such file", "a b": "accepts at most 1 arg", "--format xml": "use text or json", "--config none.toml": "none.toml: cannot be read"} {
		o = start(t, dir, nil, append([]string{"config"}, strings.Fields(args)...)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.errors, want, args)
	}
}

// TestFilesCommand lists every sort of file with the reason why it is checked or not, and agrees with check.
func TestFilesCommand(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		".gitignore": "# made by tools\n/out/\n*.tmp.nix\n", "out/a.nix": "1\n", "b.tmp.nix": "1\n", "kept.tmp.nix": "1\n", "flake.nix": "{ outputs = _: { }; }\n",
		"nixsift.toml": "exclude = ['vendor/**']\n", "vendor/c.nix": "1\n", "gen.nix": "# This file was generated by a tool\n1\n", "NOTES.md": "text\n",
		".github/workflows/ci.yml": workflow, ".cache/d.nix": "1\n", "build.sh": "true\n", "elsewhere/e.nix": "1\n",
	})
	require.NoError(t, os.Symlink("flake.nix", filepath.Join(dir, "link.nix")))
	require.NoError(t, os.Symlink("elsewhere", filepath.Join(dir, "folder.nix")))
	git := func(args ...string) {
		out, err := gittest.Command(t, dir, args...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	git("init", "-q")
	git("add", "-f", "kept.tmp.nix", "flake.nix")
	o := start(t, dir, nil, "files")
	require.Equal(t, exitClean, o.status, o.errors)
	assert.Empty(t, o.errors)
	var lines []string
	for line := range strings.Lines(o.out) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		".cache/ not checked: in a hidden folder, where only what Git tracks is checked",
		".github/workflows/ci.yml ci",
		"b.tmp.nix not checked: ignored by Git: `*.tmp.nix` (.gitignore:3)",
		"build.sh shell", "elsewhere/e.nix nix", "flake.nix nix",
		"folder.nix not checked: a link that leads to the folder " + dir + "/elsewhere",
		"gen.nix nix, generated: errors only", "kept.tmp.nix nix",
		"link.nix not checked: a link to a file that is checked itself",
		"out/ not checked: ignored by Git: `/out/` (.gitignore:2)",
		"vendor/c.nix not checked: excluded by `vendor/**` (nixsift.toml:1)",
		"6 files checked, 6 left out, 3 of no kind that nixsift checks",
	}
	assert.Equal(t, want, lines)

	o = start(t, dir, nil, "files", "--format", "json")
	validJSON(t, "files-v1.schema.json", o.out)
	var got struct {
		Files []struct {
			Path, Reason string
			Checked      bool
		}
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &got))
	n := 0
	for _, f := range got.Files {
		if f.Checked {
			n++
		}
		if f.Path == "NOTES.md" {
			assert.Equal(t, "unsupported", f.Reason)
		}
	}
	o = start(t, dir, nil, "check", "--format", "json")
	assert.Contains(t, o.out, fmt.Sprintf(`"summary":{"files":%d,`, n), "files lists what check checks")

	o = start(t, dir, nil, "files", "--exclude", "*.nix", "--generated", "gen.nix", "vendor")
	assert.Contains(t, o.out, "excluded by `*.nix` (--exclude)")
	assert.Contains(t, o.out, "0 files checked")
	o = start(t, dir, nil, "files", "--no-exclude", "--generated", "vendor", "gen.nix")
	assert.Contains(t, o.out, "2 files checked, 0 left out")
	assert.NotContains(t, o.out, "generated")
	for args, text := range map[string]string{"gone.nix": "gone.nix: no such file", "NOTES.md": "NOTES.md: not a file that nixsift checks", "--format xml": "use text or json", "--config none.toml": "none.toml: cannot be read"} {
		o = start(t, dir, nil, append([]string{"files"}, strings.Fields(args)...)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.errors, text, args)
	}
	o = start(t, dir, nil, "files", "--format", "json", "gone.nix")
	assert.Equal(t, exitUsage, o.status)
	validJSON(t, "files-v1.schema.json", o.out)
}

// TestInitSchema holds what init writes against the schema that it names.
func TestInitSchema(t *testing.T) {
	for _, args := range [][]string{nil, {"--from", "statix"}, {"--from", "deadnix"}, {"--from", "nixpkgs"}} {
		dir := t.TempDir()
		o := start(t, dir, nil, append([]string{"init"}, args...)...)
		require.Equal(t, exitClean, o.status, o.errors)
		text := read(t, filepath.Join(dir, "nixsift.toml"))
		first, _, _ := strings.Cut(text, "\n")
		name, ok := strings.CutPrefix(first, "#:schema https://raw.githubusercontent.com/nixsift/nixsift/main/docs/schema/")
		require.True(t, ok, first)
		var value map[string]any
		require.NoError(t, toml.Unmarshal([]byte(text), &value))
		raw, err := json.Marshal(value)
		require.NoError(t, err)
		validJSON(t, name, string(raw))
	}
}

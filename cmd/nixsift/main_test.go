package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// A file with a safe fix, and what it becomes.
const unfixed, refixed = "{\n  a = ./x//y;\n}\n", "{\n  a = ./x/y;\n}\n"

const onlySlashes = "--only=path-double-slash"

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

// nixsift runs a command line in a folder.
func nixsift(t *testing.T, dir, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	t.Chdir(dir)
	var out, errs bytes.Buffer
	status = run(args, streams{in: strings.NewReader(stdin), out: &out, direct: &out, err: &errs})
	return status, out.String(), errs.String()
}

func TestExitStatus(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"ok.nix": "{ a = 1; }\n", "broken.nix": "{ a = ; }\n", "warn.nix": "import ./gone.nix\n", "unused.nix": "let a = 1; in 2\n",
		"config/nixsift.toml": "[rules]\nmising-path = \"off\"\n", "config/a.nix": "1\n",
		"excluded/nixsift.toml": "exclude = [\"*.nix\"]\n", "excluded/a.nix": "{ a = ; }\n",
	})
	for _, c := range []struct {
		name   string
		args   []string
		status int
		text   string // in one of the outputs
	}{
		{"clean", []string{"check", "ok.nix"}, exitClean, "no findings"},
		{"syntax error", []string{"check", "broken.nix"}, exitFindings, "syntax-error"},
		{"exit zero", []string{"check", "--exit-zero", "broken.nix"}, exitClean, "syntax-error"},
		{"below the gate", []string{"check", "--fail-on", "error", "warn.nix"}, exitClean, "missing-path"},
		{"at the gate", []string{"check", "warn.nix"}, exitFindings, "missing-path"},
		{"missing path", []string{"check", "no-such"}, exitUsage, "no-such"},
		{"missing path beats findings", []string{"check", "broken.nix", "no-such"}, exitUsage, "syntax-error"},
		{"exit zero is for findings only", []string{"check", "--exit-zero", "no-such"}, exitUsage, "no-such"},
		{"broken configuration", []string{"check", "config/a.nix"}, exitUsage, "did you mean `missing-path`"},
		{"missing configuration", []string{"check", "--config", "none.toml", "ok.nix"}, exitUsage, "none.toml"},
		{"unknown rule", []string{"check", "--only", "mising-path", "ok.nix"}, exitUsage, "did you mean `missing-path`"},
		{"unknown rule to set", []string{"check", "--rule", "nope=off", "ok.nix"}, exitUsage, "nope"},
		{"unknown preset", []string{"check", "--preset", "nope", "ok.nix"}, exitUsage, "nope"},
		{"unknown format", []string{"check", "--format", "nope", "ok.nix"}, exitUsage, "nope"},
		{"unknown flag", []string{"check", "--nope"}, exitUsage, "nope"},
		{"unknown command", []string{"nope"}, exitUsage, "nope"},
		{"excluded", []string{"check", "excluded/a.nix"}, exitClean, "no findings"},
		{"not excluded", []string{"check", "--no-exclude", "excluded/a.nix"}, exitFindings, "syntax-error"},
		{"explain", []string{"explain", "missing-path"}, exitClean, "does not exist"},
		{"explain an alias", []string{"explain", "w08"}, exitClean, "useless-parens ("},
		{"explain another id", []string{"explain", "large-toplevel-with-pkgs"}, exitClean, "toplevel-with ("},
		{"explain an alias of several rules", []string{"explain", "unused_binding"}, exitClean, "  unused-lambda-formal  warning  A name of"},
		{"explain an alias with its tool", []string{"explain", "nil:unused_binding"}, exitClean, "  unused-at-binding     warning  "},
		{"only an alias of several rules", []string{"check", "--only", "unused_binding", "unused.nix"}, exitFindings, "unused-let-binding"},
		{"explain a typo", []string{"explain", "missing-pth"}, exitUsage, "did you mean `missing-path`"},
		{"rules", []string{"rules"}, exitClean, "undefined-variable"},
		{"version", []string{"version"}, exitClean, "nixsift 0."},
		{"parse", []string{"parse", "ok.nix"}, exitClean, "AttrSet@0..10"},
		{"parse rejects", []string{"parse", "broken.nix"}, exitFindings, "expected an expression"},
		{"parse nothing", []string{"parse", "no-such"}, exitUsage, "no-such"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, out, errs := nixsift(t, dir, "", c.args...)
			assert.Equal(t, c.status, status, "%s%s", out, errs)
			assert.Contains(t, out+errs, c.text)
		})
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		src    string
		status int
		out    string
	}{
		{"{ b = 1; a.c = 2; a.d = 3; }", exitClean, "{ a = { c = 2; d = 3; }; b = 1; }\n"},
		{"x: x + y", exitFindings, ""},
		{"{ a = 1; a = 2; }", exitFindings, ""},
		{"{ a, a }: a", exitFindings, ""},
		{"let ${\"a\" + \"b\"} = 1; in 1", exitFindings, ""},
		{"./a/", exitFindings, ""},
		{"9223372036854775808", exitFindings, ""},
		{"1\x00+ 2", exitClean, "1\n"},
		{"{ a = { b.c = 1; }; a = { b.d = 2; }; }", exitClean, "{ a = { b = { c = 1; d = 2; }; }; }\n"},
	} {
		status, out, errs := nixsift(t, t.TempDir(), c.src, "parse", "--format", "nix", "-")
		assert.Equal(t, c.status, status, "%s: %s", c.src, errs)
		assert.Equal(t, c.out, out, c.src)
		if c.status == exitFindings {
			assert.Contains(t, errs, "-:1:", c.src)
			_, shown, _ := nixsift(t, t.TempDir(), c.src, "parse", "--format", "json", "-")
			assert.True(t, json.Valid([]byte(shown)), "the tree is shown all the same")
		}
	}
}

// TestParseAlone compares the verdicts on a file that the project gives a name: parse knows the file alone, as Nix does
// that parses it.
func TestParseAlone(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": "{ outputs = _: builtins.scopedImport { given = 1; } ./scoped.nix; }", "scoped.nix": "given\n",
	})
	status, _, errs := nixsift(t, dir, "", "parse", "scoped.nix")
	assert.Equal(t, exitFindings, status)
	assert.Equal(t, "scoped.nix:1:1: undefined variable `given`\n", errs)
	status, out, _ := nixsift(t, dir, "", "check", "--only", "undefined-variable", "scoped.nix")
	assert.Equal(t, exitClean, status, out)
}

// TestParseOrder: what Nix stops at comes first, a name that is defined twice or a syntax error.
func TestParseOrder(t *testing.T) {
	for src, want := range map[string]string{
		"{ a = 1;\n a = 2;\n b = ; }": "-:2:2: attribute `a` is already defined\n-:3:6: expected an expression, found `;`\n",
		"{ a = ;\n b = 1;\n b = 2; }": "-:1:7: expected an expression, found `;`\n",
		"{ a,\n a }: [\n ; ]":         "-:2:2: duplicate formal `a`\n-:3:2: ",
	} {
		_, _, errs := nixsift(t, t.TempDir(), src, "parse", "-")
		assert.True(t, strings.HasPrefix(errs, want), "%q: %s", src, errs)
	}
}

// TestJSON holds the output against the published schema, with and without findings and errors.
func TestJSON(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(testenv.Root(t), "docs/schema/findings-v1.schema.json"))
	require.NoError(t, err)
	dir := testenv.Tree(t, map[string]string{
		"ok.nix": "1\n", "é.nix": "{\n  ünï = usde; # 😀\n  used = 1;\n  a = 1; a = 2;\n}\n", "broken.nix": "{ a = 1\n b = 2; }\n",
		"flake.nix": "{ outputs = { self }: import ./gone.nix; }\n",
	})
	for _, args := range [][]string{{"ok.nix"}, {"."}, {"broken.nix", "no-such"}, {"--exit-zero", "é.nix"}, {"--only", "missing-path", "."}} {
		_, out, _ := nixsift(t, dir, "", append([]string{"check", "--format", "json"}, args...)...)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		require.NoError(t, err, out)
		assert.NoError(t, schema.Validate(value), "%v: %s", args, out)
	}
}

func TestRulesJSON(t *testing.T) {
	status, out, _ := nixsift(t, t.TempDir(), "", "rules", "--format", "json")
	require.Equal(t, exitClean, status)
	var list []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.NotEmpty(t, list)
	for _, r := range list {
		for _, key := range []string{"id", "family", "severity", "presets", "summary", "fix", "since"} {
			assert.Contains(t, r, key)
		}
	}
}

func TestStandardInput(t *testing.T) {
	status, out, _ := nixsift(t, t.TempDir(), "{ a = b; }", "check", "--format", "short", "-")
	assert.Equal(t, exitFindings, status)
	assert.Contains(t, out, "stdin.nix:1:7: error: undefined variable `b`")
}

// TestWithoutSurroundings runs where there is no home, no Git and nothing to write to.
func TestWithoutSurroundings(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"flake.nix": "{ outputs = { self }: import ./x.nix; }\n", "x.nix": "1\n"})
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "PATH"} {
		t.Setenv(name, "")
	}
	require.NoError(t, os.Chmod(dir, 0o555))
	defer func() { _ = os.Chmod(dir, 0o755) }()
	status, out, errs := nixsift(t, dir, "", "check", "--only", "untracked-file,missing-path,undefined-variable")
	assert.Equal(t, exitClean, status, "%s%s", out, errs)
}

package config

import (
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// beyond are parts of the mistakes that no schema can tell: they are about what a name stands for, another file, two keys
// together, or the version of the program.
var beyond = []string{
	"no rule matches", "is both", "stands both", "and `select` names it", "and `ignore` names it", "bad pattern", "are the same rule",
	"stands for rules", "cannot be read", "the configuration is for", "leads back", "bad version requirement", "is neither a folder",
	"is always error, as Nix itself refuses such a file; exclude the file instead",
}

// unmade makes nothing of the rules that files define.
func unmade(d *Definition, _ func(source.Span, string)) (any, Rule) {
	return nil, Rule{ID: d.ID.Value, Family: OwnFamily, Severity: diag.Warning, Own: true}
}

// schemaOf compiles the schema of a catalogue.
func schemaOf(t *testing.T, c *Catalogue) *jsonschema.Schema {
	t.Helper()
	text, err := c.Schema()
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("schema.json", doc))
	schema, err := compiler.Compile("schema.json")
	require.NoError(t, err)
	return schema
}

// ownRule is a rule that a file defines.
const ownRule = "[[rule]]\nid = 'own'\npatterns = ['x']\nmessage = 'm'\nbad = ['x']\ngood = ['y']\n"

// TestSchema holds the schema against the reader of configurations: it accepts what that accepts, and refuses what that refuses, as
// far as a schema can say.
func TestSchema(t *testing.T) {
	type example struct {
		text string
		cat  *Catalogue
	}
	var all []example
	for _, c := range problemCases {
		all = append(all, example{c.text, testCatalogue()})
	}
	for _, c := range selectCases {
		all = append(all, example{c.text, familiesCatalogue()})
	}
	for text := range selectProblems {
		all = append(all, example{text, familiesCatalogue()})
	}
	for _, text := range []string{
		"extends = '../base.toml'", "extends = ['a.toml', '..']", "extends = 3", "extends = ''", "extends = 'https://x'", "extends = '/x'", "extends = ['~/x']",
		"required-version = '>=0.1'", "required-version = 0.1", "required-version = ''", "minimum-nix-version = '2'", "minimum-nix-version = '2.3.4'",
		"select = ['ALL', 'all', '*', 'style/', 'style', 'style/empty-let', 'lock-drifts', 'STATIX:w08', 'Empty_Let', 'deadnix:lets']",
		"ignore = ['?*', 'x[a]*']", "select = ['nothing']", "select = ['style/nothing-like-it']", "select = [1]", "[rules]\nlock-drifts = 'off'\n'statix:W08' = {severity = 'info'}",
		"[rules]\n'deadnix:lets' = 'off'", "[rules]\nflake = 'off'", "[rules]\n'missing-*' = 'off'", "[rules]\nsyntax-error = 'off'", "[rules]\nsyntax-error = {severity = 'error'}",
		"[rules]\nmissing-follows = { allow = ['a'], severity = 'off' }", "[rules]\nmissing-follows = { allow = 'a' }", "[rules.missing-follows]\nalow = []",
		"[[override]]\npaths = ['a']\nignore = ['flake']", "[[override]]\nignore = ['flake']", "[[override]]\npaths = ['/a']\nignore = ['flake']",
		"[[override]]\npaths = ['a']\nexclude = ['flake']", "exclude = ['./a/', 'a..b/c', '...']", "exclude = ['..', 'a']", "exclude = ['a/../b']", "exclude = ['./..']", "generated = 1", "preview = false",
		"[inputs]\nstore = true\ncore = '../core'", "[inputs]\nstore = '../store'", "[inputs]\nstore = 1", "[inputs]\ncore = true", "[inputs]\ncore = ''",
		"[inputs]\ncore = '/x'", "[inputs]\ncore = '~/x'", "[inputs]\ncore = 'https://x/y'", "inputs = true", "inputs.core = ' '", "fail-on = 'hint'", "fail-on = 'off'", "fail-on = 'bad'", "fail-on = 1",
		"select = ['own', 'custom/*', 'custom']\n[rules]\nown = 'off'\n" + ownRule, "[[override]]\npaths = ['a']\nselect = ['own']\n" + ownRule, ownRule + "severity = 'off'", ownRule + "severity = 'bad'",
		ownRule + "fix = 'x'\nfix-safety = 'safe'", ownRule + "fix-safety = 'safe'", ownRule + "fix = 'x'\nfix-safety = 'sure'", ownRule + "pattern = 'y'", ownRule + "patern = 'y'", ownRule + "paths = ['/a']",
		ownRule + "help = 3", strings.Replace(ownRule, "own", "Own", 1), strings.Replace(ownRule, "id", "name", 1), strings.Replace(ownRule, "bad = ['x']", "bad = [{ code = 'x', path = 'a', fixed = 'y' }]", 1),
		strings.Replace(ownRule, "bad = ['x']", "", 1), strings.Replace(ownRule, "good = ['y']", "", 1), strings.Replace(ownRule, "bad = ['x']", "bad = []", 1), strings.Replace(ownRule, "bad = ['x']", "bad = [3]", 1),
		strings.Replace(ownRule, "bad = ['x']", "bad = [{ path = 'x' }]", 1), strings.Replace(ownRule, "message = 'm'", "message = ' '", 1), "[rule]\nid = 'own'", "rule = 1",
	} {
		all = append(all, example{text, familiesCatalogue()})
	}
	accepted, refused := 0, 0
	for _, x := range all {
		var value map[string]any
		if toml.Unmarshal([]byte(x.text), &value) != nil {
			continue // no TOML
		}
		_, problems := Load("/p/nixsift.toml", x.text, x.cat.Making(unmade), files(map[string]string{"/base.toml": "", "/p/a.toml": "", "/nixsift.toml": ""}))
		err := schemaOf(t, x.cat).Validate(plain(value))
		told := false
		for _, p := range problems {
			cannot := false
			for _, part := range beyond {
				cannot = cannot || strings.Contains(p.Message, part)
			}
			told = told || !cannot
		}
		switch {
		case len(problems) == 0:
			accepted++
			assert.NoError(t, err, "the reader accepts %q", x.text)
		case told:
			refused++
			assert.Error(t, err, "the reader refuses %q: %v", x.text, problems)
		}
	}
	assert.Greater(t, accepted, 40)
	assert.Greater(t, refused, 50)
}

// plain makes of what TOML decodes to what JSON decodes to.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = plain(e)
		}
	case []any:
		for i, e := range v {
			v[i] = plain(e)
		}
	}
	return v
}

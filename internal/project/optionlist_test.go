package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/module"
)

const optionsJSON = `{
	"services.web.enable": { "type": "boolean", "description": "…", "declarations": [] },
	"services.web.port": { "type": "16 bit unsigned integer; between 0 and 65535 (both inclusive)" },
	"services.web.sites": { "type": "attribute set of (submodule)" },
	"services.web.sites.<name>.root": { "type": "null or absolute path" },
	"services.web.settings": { "type": "open submodule of (TOML value)" },
	"services.web.settings.level": { "type": "one of \"debug\", \"info\"" },
	"services.web.extra": { "type": "list of string or string" },
	"home.stateVersion": { "type": "string" },
	"home.packages": { "type": "list of package" },
	"boot.loader.timeout": { "type": "signed integer" },
	"services.web.\"dotted.name\".x": { "type": "list of string" }
}`

// TestOptionList asks a list of options for what it has, and what it lacks.
func TestOptionList(t *testing.T) {
	root := readOptionList([]byte(optionsJSON))
	require.NotNil(t, root)
	for _, c := range []struct {
		path    []string
		verdict OptionVerdict
		at      int
		near    string
		typ     string
	}{
		{[]string{"services", "web", "enable"}, OptionExists, 3, "", "bool"},
		{[]string{"services", "web", "port"}, OptionExists, 3, "", "port"},
		{[]string{"services", "web", "prot"}, OptionMissing, 2, "port", ""},
		{[]string{"home", "pakages"}, OptionMissing, 1, "packages", ""},
		{[]string{"home", "persistence"}, NothingKnown, 0, "", ""},
		{[]string{"boot", "loader", "timeoout"}, NothingKnown, 0, "", ""},
		{[]string{"services", "webb"}, NothingKnown, 0, "", ""},
		{[]string{"services", "web", "sites", "a", "root"}, OptionExists, 5, "", "nullOr path"},
		{[]string{"services", "web", "sites", "a", "rooot"}, OptionMissing, 4, "root", ""},
		{[]string{"services", "web", "settings", "level"}, OptionExists, 4, "", `enum [ "debug" "info" ]`},
		{[]string{"services", "web", "settings", "levels"}, OptionExists, 3, "", "…"},
		{[]string{"services", "web", "extra"}, OptionExists, 3, "", "…"},
		{[]string{"services", "web", "dotted.name", "x"}, OptionExists, 4, "", "listOf str"},
		{[]string{"services", "web", "enable", "deeper"}, OptionExists, 3, "", "bool"},
	} {
		got := root.find(c.path)
		assert.Equal(t, c.verdict, got.Verdict, "%v", c.path)
		if c.verdict == OptionExists {
			assert.Equal(t, c.typ, got.Declared[0].Type.Describe(), "%v", c.path)
			assert.Equal(t, c.at, got.At, "%v", c.path)
		} else if c.near != "" {
			assert.Equal(t, c.near, got.Near, "%v", c.path)
			assert.Equal(t, c.at, got.At, "%v", c.path)
		}
	}
	for _, text := range []string{"", "[ ]", "{ \"a\": 1 }", "{ \"a\": { \"type\": 1 } }", "{", "null", "{ }", "{ \"a\": { } }"} {
		assert.Nil(t, readOptionList([]byte(text)), "%s", text)
	}
	assert.Equal(t, module.Type{}, typeDescribed("YAML value"))
}

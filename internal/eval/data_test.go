package eval

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// dataTexts are texts of JSON and TOML that are known, and such as are not.
var dataTexts = []struct {
	text  string
	known bool
}{
	{`{"a": 1, "b": [true, false, null], "c": {"d": "x"}}`, true},
	{`[0, -0, -7, 9223372036854775807, -9223372036854775808]`, true},
	{`[1.5, 1e3, -2.25E-2, 1.0]`, true},
	{`["\u00e9", "\n\t\"\\\/", "é", ""]`, true},
	{`  "text"  `, true},
	{`null`, true},
	{`{}`, true},
	{`[]`, true},
	{`{"": {"": 1}}`, true},
	{`{"a": 1, "a": 2}`, false},
	{`{"a": {"b": 1, "b": 1}}`, false},
	{`9223372036854775808`, false},
	{`1e999`, false},
	{`"\ud83d\ude00"`, false},
	{`"\u0000"`, false},
	{"\"\xff\"", false},
	{`[1,]`, false},
	{`{} x`, false},
	{``, false},
	{"# TOML\na = 1\nb.c = 'x'\n", true},
	{"[host.a]\nmodules = ['x', \"y\\n\"]\n[host.b]\n", true},
	{"[[list]]\nn = 0x1F\n[[list]]\nn = -1_000\n", true},
	{"# TOML\nf = 1.5\ng = -2e3\nt = true\ns = '''\na\nb'''\nl = [ [ 1 ], [ ], { } ]\n", true},
	{"# TOML\n", true},
	{"# TOML\nd = 1979-05-27T07:32:00Z\n", false},
	{"# TOML\nd = [ 1979-05-27 ]\n", false},
	{"# TOML\nd = 07:32:00\n", false},
	{"# TOML\nf = inf\n", false},
	{"# TOML\ns = \"\\u0000\"\n", false},
	{"# TOML\na = 1\na = 2\n", false},
	{"# TOML\na = \n", false},
	{"# TOML\na = 9223372036854775808\n", false},
}

// TestData holds what texts of JSON and TOML are against Nix.
func TestData(t *testing.T) {
	dir := t.TempDir()
	var known []any
	var calls strings.Builder
	for i, c := range dataTexts {
		read, name := readJSON, "fromJSON"
		if strings.Contains(c.text, "\n") {
			read, name = readTOML, "fromTOML"
		}
		data, ok := read(c.text)
		assert.Equal(t, c.known, ok, c.text)
		if ok {
			known = append(known, data)
			require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.txt", i)), []byte(c.text), 0o600))
			fmt.Fprintf(&calls, "(builtins.%s (builtins.readFile ./%d.txt))\n", name, i)
		}
	}
	want, err := json.Marshal(known)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.nix"), []byte("["+calls.String()+"]"), 0o600))
	out, err := exec.Command(testenv.Nix234(t), "--eval", "--strict", "--json", "--store", "dummy://", filepath.Join(dir, "all.nix")).Output()
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(out))
}

// TestDataNeedsDisk holds that texts of files are known where the evaluation knows the files.
func TestDataNeedsDisk(t *testing.T) {
	files := map[string]string{"/x/a.json": `{"a": [1]}`, "/x/b.toml": "b = 'x'", "/x/nul.txt": "a\x00"}
	ev := NewEvaluation()
	ev.Disk = &Disk{Text: func(path string) (string, bool) { text, ok := files[path]; return text, ok }}
	for expr, want := range map[string]string{
		`(builtins.fromJSON (builtins.readFile ./a.json)).a`: "a list",
		`(builtins.fromTOML (builtins.readFile ./b.toml)).b`: "a string",
		`builtins.fromJSON (builtins.readFile ./gone.json)`:  "",
		`builtins.readFile ./nul.txt`:                        "a string",
		`(builtins.fromJSON "[1]")`:                          "a list",
	} {
		assert.Equal(t, want, valueOf(t, ev, "/x", expr).Kinds().Describe(), expr)
		assert.False(t, valueOf(t, NewEvaluation(), "/x", expr).Known(), expr)
	}
}

package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/testenv"
)

var files = map[string]string{
	"/p/flake.nix":         "{\n  inputs.nixpkgs.url = \"n\";\n\tinputs.foo.url = \"é😀\"; # 漢字\n}\n",
	"/p/flake.lock":        "{\n  \"nodes\": {}\n}\n",
	"/q/out.nix":           "a\r\nb",
	"/p/b\xffd\x1b,:%.nix": "x: \x1b[31m\xff\u202ey",
	"/p/empty.nix":         "",
}

func span(start, end uint32) source.Span { return source.Span{Start: start, End: end} }

// in finds a text in a file.
func in(file, text string) source.Span {
	i := strings.Index(files[file], text)
	if i < 0 {
		panic(text)
	}
	return span(uint32(i), uint32(i+len(text)))
}

func testRun() *Run {
	return &Run{
		Findings: diag.Sort([]diag.Finding{
			{
				Rule: "missing-follows", Severity: diag.Warning, File: "/p/flake.nix", Span: in("/p/flake.nix", "inputs.foo.url"),
				Message: "input `foo` has a nixpkgs of its own", Help: "let it follow yours",
				Related: []diag.Related{
					{File: "/p/flake.lock", Span: in("/p/flake.lock", "\"nodes\""), Message: "locked here"},
					{Span: in("/p/flake.nix", "\"é😀\""), Message: "the input"},
				},
				Fixes: []diag.Fix{
					{Title: "add the follows", Safety: diag.Safe, Edits: []diag.Edit{
						{Span: span(66, 66), Text: "inputs.foo.inputs.nixpkgs.follows = \"nixpkgs\";\n"},
						{File: "/p/flake.lock", Span: span(0, 1), Text: "<&>"}}},
					{Title: "rewrite", Edits: []diag.Edit{{Span: span(0, 1), Text: "\xff"}}},
					{Title: "think", Safety: diag.Display},
				},
			},
			{Rule: "whole-file", Severity: diag.Info, File: "/p/flake.nix", Span: span(0, uint32(len(files["/p/flake.nix"]))), Message: "many lines"},
			{Rule: "no-end", Severity: diag.Error, File: "/q/out.nix", Span: span(4, 4), Message: "at the end\nof the file"},
			{Rule: "odd-name", Severity: diag.Hint, File: "/p/b\xffd\x1b,:%.nix", Span: span(3, 10), Message: "odd \x1b \xff 100%"},
			{Rule: "no-text", Severity: diag.Error, File: "/p/gone.nix", Span: span(7, 9), Message: "gone"},
			{Rule: "empty", Severity: diag.Warning, File: "/p/empty.nix", Span: span(0, 0), Message: "nothing here"},
		}),
		Errors: []FileError{
			{File: "/p/nixsift.toml", Message: "unknown rule", Kind: "config", Line: 3, Column: 4},
			{File: "/p/secret.nix", Message: "permission denied", Kind: "unreadable"},
			{Message: "a rule failed", Kind: "internal"},
		},
		Summary: Summary{Files: 6, Suppressed: 2, Generated: 3, Duration: 1500 * time.Microsecond},
		Sources: func(file string) (string, bool) { t, ok := files[file]; return t, ok },
		Rule: func(id string) Rule {
			if id == "empty" {
				return Rule{}
			}
			return Rule{Summary: "Finds " + id, Doc: "It finds\n" + id + ".\n\nMore `code`.", Family: "family", URL: "https://example.org/" + id, Severity: diag.Info}
		},
		BaseDir: "/p", ToolVersion: "1.2.3",
	}
}

func write(t *testing.T, format string, run *Run, opts Options) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, format, run, opts))
	return b.String()
}

func TestText(t *testing.T) {
	want := `hint[odd-name]: odd \x1b \xff 100%
 --> b\xffd\x1b,:%.nix:1:4
  |
1 | x: ␛[31m��y
  |    ^^^^^^^
  = see: https://example.org/odd-name

warning[empty]: nothing here
 --> empty.nix:1:1
  |
1 |
  | ^

info[whole-file]: many lines
 --> flake.nix:1:1
  |
1 | {
  | ^
2 |   inputs.nixpkgs.url = "n";
  |   ^^^^^^^^^^^^^^^^^^^^^^^^^
3 |  inputs.foo.url = "é😀"; # 漢字
  |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
4 | }
  | ^
  = see: https://example.org/whole-file

warning[missing-follows]: input ` + "`foo`" + ` has a nixpkgs of its own
 --> flake.nix:3:2
  |
3 |  inputs.foo.url = "é😀"; # 漢字
  |  ^^^^^^^^^^^^^^
 ::: flake.lock:2:3
  |
2 |   "nodes": {}
  |   ------- locked here
 ::: flake.nix:3:19
  |
3 |  inputs.foo.url = "é😀"; # 漢字
  |                   ----- the input
  = help: let it follow yours
  = fix available: add the follows
  = unsafe fix available: rewrite
  = suggestion: think
  = see: https://example.org/missing-follows

error[no-text]: gone
 --> gone.nix
  = see: https://example.org/no-text

error[no-end]: at the end\nof the file
 --> ../q/out.nix:2:2
  |
2 | b
  |  ^
  = see: https://example.org/no-end

nixsift.toml:3:4: error: unknown rule [config]
secret.nix: error: permission denied [unreadable]
error: a rule failed [internal]

2 errors, 2 warnings, 1 info, 1 hint in 6 files; 1 fixable with --fix; 2 suppressed; 3 in generated files left out; 1 file not wholly analysed; 1 mistake in the configuration
`
	got := write(t, "text", testRun(), Options{})
	assert.Equal(t, want, got)

	coloured := write(t, "text", testRun(), Options{Color: true})
	assert.Contains(t, coloured, "\x1b[33;1mwarning[missing-follows]\x1b[")
	assert.Equal(t, got, regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(coloured, ""), "colours change nothing else")

	assert.Equal(t, "no findings in 1 file\n", write(t, "text", &Run{Summary: Summary{Files: 1}}, Options{}))
}

func TestShort(t *testing.T) {
	assert.Equal(t, `b\xffd\x1b,:%.nix:1:4: hint: odd \x1b \xff 100% [odd-name]
empty.nix:1:1: warning: nothing here [empty]
flake.nix:1:1: info: many lines [whole-file]
flake.nix:3:2: warning: input `+"`foo`"+` has a nixpkgs of its own [missing-follows]
gone.nix:1:1: error: gone [no-text]
../q/out.nix:2:2: error: at the end\nof the file [no-end]
nixsift.toml:3:4: error: unknown rule [config]
secret.nix: error: permission denied [unreadable]
error: a rule failed [internal]
`, write(t, "short", testRun(), Options{}))
}

func TestLongRange(t *testing.T) {
	text := strings.Repeat("line\n", 200)
	run := &Run{
		Findings: []diag.Finding{{Rule: "x", Severity: diag.Error, File: "a", Span: span(5, 999), Message: "m"}},
		Sources:  func(string) (string, bool) { return text, true },
	}
	assert.Equal(t, `error[x]: m
   --> a:2:1
    |
  2 | line
    | ^^^^
  3 | line
    | ^^^^
...
200 | line
    | ^^^^

1 error in 0 files
`, write(t, "text", run, Options{}))
}

func TestDrawLine(t *testing.T) {
	for _, test := range []struct {
		name, line     string
		from, to       int
		limit          int
		text           string
		before, marked int
	}{
		{"short", "abc", 1, 2, 20, "abc", 1, 1},
		{"tabs", "\t\ta", 2, 3, 20, "  a", 2, 1},
		{"wide", "漢字x", 3, 6, 20, "漢字x", 2, 2},
		{"combining", "e\u0301x", 3, 4, 20, "e\u0301x", 1, 1},
		{"whole line behind the end", "abc", 3, 9, 20, "abc", 3, 0},
		{"cut at the end", "abcdefghijklmnop", 1, 3, 9, "abcdefghi…", 1, 2},
		{"cut at the start", "abcdefghijklmnop", 14, 16, 9, "…hijklmnop", 8, 2},
		{"cut at both ends", "abcdefghijklmnop", 8, 9, 9, "…fghijklmn…", 4, 1},
		{"mark cut", "abcdefghijklmnop", 2, 16, 9, "abcdefghi…", 2, 7},
		{"joined emoji", "👩\u200d💻x", 11, 12, 20, "👩💻x", 4, 1},
		{"shade of skin", "👍\U0001F3FDx", 8, 9, 20, "👍x", 2, 1},
		{"variation", "❤\ufe0fx", 6, 7, 20, "❤x", 1, 1},
		{"flag", "🇩🇪x", 8, 9, 20, "DEx", 2, 1},
		{"invisible", "a\u200bb\u00ad\u2028x", 10, 11, 20, "a�b��x", 5, 1},
		{"Korean of parts", "\u1112\u1161\u11abx", 9, 10, 20, "\u1112\u1161\u11abx", 2, 1},
		{"wide at the cut", "漢漢漢漢漢x漢漢漢漢漢", 15, 16, 9, "…漢x漢漢…", 3, 1},
		{"marks at the cut", "aae\u0301\u0301bbbxyzuvwz", 10, 11, 9, "…bbbxyzuvw…", 4, 1},
		{"control bytes", "a\x00\x7f\u0085\x80b", 1, 6, 20, "a␀␡��b", 1, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, drawing{test.text, test.before, test.marked}, drawLine(test.line, test.from, test.to, test.limit))
		})
	}
	huge := strings.Repeat("ä", 1_000_000)
	d := drawLine(huge, 1_000_000, 1_000_010, 80)
	assert.Equal(t, 82, len([]rune(d.text)))
	assert.Equal(t, 5, d.marked)
	assert.LessOrEqual(t, d.before, 82)
}

// validate checks JSON against the published schema.
func validate(t *testing.T, text string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(testenv.Root(t), "docs", "schema", "findings-v1.schema.json"))
	require.NoError(t, err)
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(v), "%s", text)
}

func TestJSON(t *testing.T) {
	text := write(t, "json", testRun(), Options{})
	validate(t, text)
	assert.Contains(t, text, "<&>", "the text is readable")
	var out struct {
		Version  int
		Tool     jsonTool
		Findings []jsonFinding
		Errors   []jsonError
		Summary  jsonSummary
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&out))
	assert.Equal(t, 1, out.Version)
	assert.Equal(t, jsonTool{"nixsift", "1.2.3"}, out.Tool)
	assert.Equal(t, jsonSummary{6, 6, 2, 2, 1, 1, 2, 3, 1, 1, nil}, out.Summary)
	assert.Equal(t, []jsonError{{"nixsift.toml", "3:4: unknown rule", "config", 3, 4}, {"secret.nix", "permission denied", "unreadable", 0, 0}, {"", "a rule failed", "internal", 0, 0}}, out.Errors)

	f := out.Findings[3]
	assert.Equal(t, "missing-follows", f.Rule)
	assert.Equal(t, "https://example.org/missing-follows", f.URL)
	assert.Equal(t, jsonRange{jsonPosition{3, 2, 31}, jsonPosition{3, 16, 45}}, f.Range)
	assert.Equal(t, "flake.lock", f.Related[0].File)
	assert.Equal(t, jsonRange{jsonPosition{3, 19, 48}, jsonPosition{3, 23, 56}}, f.Related[1].Range, "columns are code points, offsets bytes")
	require.Len(t, f.Fixes, 2, "the fix that is no UTF-8 is left out")
	assert.Equal(t, []jsonEdit{{"flake.nix", 66, 66, "inputs.foo.inputs.nixpkgs.follows = \"nixpkgs\";\n"}, {"flake.lock", 0, 1, "<&>"}}, f.Fixes[0].Edits)
	assert.Equal(t, "display-only", f.Fixes[1].Safety)
	assert.Equal(t, "b\uFFFDd\x1b,:%.nix", out.Findings[0].File)
	assert.Equal(t, "../q/out.nix", out.Findings[5].File)
	assert.Equal(t, jsonPosition{2, 2, 4}, out.Findings[5].Range.Start)
	assert.Equal(t, jsonPosition{1, 1, 7}, out.Findings[4].Range.Start, "no text, no line")

	validate(t, write(t, "json", &Run{}, Options{}))
	assert.Equal(t, `{"version":1,"tool":{"name":"nixsift","version":""},"findings":[],
"errors":[],
"summary":{"files":0,"findings":0,"error":0,"warning":0,"info":0,"hint":0,"suppressed":0,"generated":0,"fixable":0,"duration_ms":0}}
`, write(t, "json", &Run{}, Options{}))
}

func TestSchemaIsStrict(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(testenv.Root(t), "docs", "schema", "findings-v1.schema.json"))
	require.NoError(t, err)
	good := write(t, "json", testRun(), Options{})
	for _, change := range [][2]string{
		{`"version":1,"tool"`, `"version":2,"tool"`}, {`"severity":"hint"`, `"severity":"off"`}, {`"line":1`, `"line":0`},
		{`"safety":"safe"`, `"safety":"sure"`}, {`"help":"",`, ``}, {`"related":[],`, `"related":null,`}, {`"files":6`, `"files":-6`},
		{`"rule":"empty"`, `"rule":"Empty"`}, {`"rule":"empty"`, `"code":3,"rule":"empty"`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		require.NotEqual(t, good, bad, change[0])
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		require.NoError(t, err)
		assert.Error(t, schema.Validate(v), change[1])
	}
}

func TestJSONLines(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(write(t, "jsonl", testRun(), Options{}), "\n"), "\n")
	var types []string
	for _, l := range lines {
		var v map[string]any
		require.NoError(t, json.Unmarshal([]byte(l), &v))
		types = append(types, v["type"].(string))
	}
	assert.Equal(t, "finding finding finding finding finding finding error error error summary", strings.Join(types, " "))
}

func TestGitHub(t *testing.T) {
	got := strings.Split(write(t, "github", testRun(), Options{}), "\n")
	assert.Equal(t, "::notice file=b\\xffd\\x1b%2C%3A%25.nix,line=1,endLine=1,col=4,title=odd-name::odd \\x1b \\xff 100%25", got[0])
	assert.Equal(t, "::notice file=flake.nix,line=1,endLine=4,col=1,title=whole-file::many lines", got[2])
	assert.Equal(t, "::warning file=flake.nix,line=3,endLine=3,col=2,title=missing-follows::input `foo` has a nixpkgs of its own%0Ahelp: let it follow yours", got[3])
	assert.Equal(t, "::error file=../q/out.nix,line=2,endLine=2,col=2,title=no-end::at the end%0Aof the file", got[5])
	assert.Equal(t, []string{"::error file=nixsift.toml,line=3,col=4,title=config::unknown rule", "::error file=secret.nix,title=unreadable::permission denied", "::error title=internal::a rule failed", ""}, got[6:])
}

func TestGitLab(t *testing.T) {
	var issues []gitlabIssue
	require.NoError(t, json.Unmarshal([]byte(write(t, "gitlab", testRun(), Options{})), &issues))
	require.Len(t, issues, 9)
	assert.Equal(t, "missing-follows", issues[3].CheckName)
	assert.Equal(t, "major", issues[3].Severity)
	assert.Equal(t, 3, issues[3].Location.Lines.Begin)
	assert.Equal(t, "blocker", issues[7].Severity)
	seen := map[string]bool{}
	for _, i := range issues {
		assert.False(t, seen[i.Fingerprint])
		seen[i.Fingerprint] = true
	}
	assert.Equal(t, "[\n]\n", write(t, "gitlab", &Run{}, Options{}))
}

func TestFingerprintsAreStable(t *testing.T) {
	prints := func(text string) []string {
		run := &Run{Sources: func(string) (string, bool) { return text, true }}
		for i := 0; ; {
			n := strings.Index(text[i:], "bad")
			if n < 0 {
				break
			}
			i += n + 1
			run.Findings = append(run.Findings, diag.Finding{Rule: "r", File: "a", Severity: diag.Error, Message: "m", Span: span(uint32(i-1), uint32(i))})
		}
		var issues []gitlabIssue
		require.NoError(t, json.Unmarshal([]byte(write(t, "gitlab", run, Options{})), &issues))
		var out []string
		for _, i := range issues {
			out = append(out, i.Fingerprint)
		}
		return out
	}
	before := prints("bad\nbad bad\nbad = 1")
	assert.Len(t, before, 4)
	assert.Equal(t, before, prints("\n\nbad\nnew\n  bad bad\n bad = 1"))
	assert.NotEqual(t, before[3], prints("bad\nbad bad\nbad = 2")[3])
}

func TestCheckstyle(t *testing.T) {
	text := write(t, "checkstyle", testRun(), Options{})
	var out struct {
		Version string           `xml:"version,attr"`
		Files   []checkstyleFile `xml:"file"`
	}
	require.NoError(t, xml.Unmarshal([]byte(text), &out))
	assert.Equal(t, "10.0", out.Version)
	require.Len(t, out.Files, 8)
	assert.Equal(t, "flake.nix", out.Files[2].Name)
	assert.Equal(t, checkstyleError{3, 2, "warning", "input `foo` has a nixpkgs of its own", "nixsift.missing-follows"}, out.Files[2].Errors[1])
}

type brokenPipe struct{}

var errPipe = errors.New("broken pipe")

func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }

func TestWriteErrors(t *testing.T) {
	run := testRun()
	for range 100 {
		run.Findings = append(run.Findings, run.Findings[3])
	}
	for _, format := range Formats() {
		assert.ErrorIs(t, Write(brokenPipe{}, format, run, Options{}), errPipe, format)
	}
	err := Write(&bytes.Buffer{}, "xml", run, Options{})
	assert.ErrorContains(t, err, `unknown format "xml": use one of text, short, json, jsonl, sarif, github, gitlab, checkstyle, markdown`)
}

func TestBaseDir(t *testing.T) {
	for _, test := range [][3]string{
		{"/p", "/p/a/b.nix", "a/b.nix"}, {"/p/q", "/p/a.nix", "../a.nix"}, {"/", "/p/a.nix", "p/a.nix"},
		{"", "/p/a.nix", "/p/a.nix"}, {"/p", "a.nix", "a.nix"}, {"/p", "/p", "."}, {"/p", "", ""},
	} {
		p := &printer{Run: &Run{BaseDir: test[0]}, paths: map[string]string{}}
		assert.Equal(t, test[2], p.path(test[1]), fmt.Sprint(test))
	}
}

func TestUseColor(t *testing.T) {
	for _, test := range []struct {
		choice   string
		terminal bool
		env      map[string]string
		want     bool
	}{
		{"auto", true, nil, true}, {"auto", false, nil, false}, {"always", false, map[string]string{"NO_COLOR": "1"}, true},
		{"never", true, map[string]string{"FORCE_COLOR": "1"}, false}, {"auto", true, map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, false},
		{"auto", true, map[string]string{"TERM": "dumb"}, false}, {"auto", false, map[string]string{"FORCE_COLOR": "3", "TERM": "dumb"}, true},
		{"auto", false, map[string]string{"CLICOLOR_FORCE": "1"}, true}, {"auto", false, map[string]string{"CLICOLOR_FORCE": "0"}, false},
		{"auto", true, map[string]string{"CLICOLOR": "0"}, false}, {"auto", true, map[string]string{"FORCE_COLOR": "0"}, false},
	} {
		assert.Equal(t, test.want, UseColor(test.choice, test.terminal, func(name string) string { return test.env[name] }), "%v", test)
	}
}

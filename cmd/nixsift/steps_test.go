//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestSteps shows, in each format that has related places, how what a finding blames came to its place, through several files.
func TestSteps(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"conf/default.nix": "let\n  base = { port = 80; };\nin\nbase // { tls = { on = true; }; }\n",
		"lib.nix":          "{ pass = x: x; open = { port, name ? \"x\" }: name; }\n",
		"main.nix": "let\n  conf = import ./conf;\n  l = import ./lib.nix;\n  port = l.pass conf.port;\n  args = { prot = 1; };\nin\n{\n" +
			"  a = \"port ${port}\";\n  b = conf.tls.key;\n  c = \"port \" + port;\n  d = l.open args;\n  e = port 1;\n  f = if port then 1 else 2;\n" +
			"  g = builtins.length port;\n  h = port.x;\n}\n",
	})
	args := []string{"check", "--preset", "none", "--select", "values", "--preview", "--exit-zero", "main.nix"}
	port := []string{"main.nix:4:3 by way of `port`", "main.nix:2:3 by way of `conf`", "conf/default.nix:2:19 `port` is an integer"}
	want := map[string][]string{
		"8 uncoercible-interpolation": port,
		"9 missing-attribute":         {"main.nix:2:3 by way of `conf`", "conf/default.nix:4:17 the set"},
		"10 wrong-operand":            port,
		"11 unexpected-argument":      {"main.nix:3:3 by way of `l`", "lib.nix:1:23 what it takes", "main.nix:5:10 what is passed"},
		"12 not-a-function":           port,
		"13 non-boolean-condition":    port,
		"14 wrong-builtin-argument":   port,
		"15 not-a-set":                port,
	}

	o := start(t, dir, nil, append(args, "--format", "json")...)
	require.Equal(t, exitClean, o.status, o.errors)
	validJSON(t, "findings-v1.schema.json", o.out)
	type place struct {
		Line   int `json:"line"`
		Column int `json:"column"`
	}
	var run struct {
		Findings []struct {
			Rule    string                `json:"rule"`
			Range   struct{ Start place } `json:"range"`
			Related []struct {
				File    string                `json:"file"`
				Range   struct{ Start place } `json:"range"`
				Message string                `json:"message"`
			} `json:"related"`
		} `json:"findings"`
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &run))
	got := map[string][]string{}
	for _, f := range run.Findings {
		key := fmt.Sprint(f.Range.Start.Line, " ", f.Rule)
		for _, r := range f.Related {
			got[key] = append(got[key], fmt.Sprintf("%s:%d:%d %s", r.File, r.Range.Start.Line, r.Range.Start.Column, r.Message))
		}
	}
	assert.Equal(t, want, got)

	o = start(t, dir, nil, args...)
	assert.Contains(t, o.out, " --> main.nix:8:15\n  |\n8 |   a = \"port ${port}\";\n  |               ^^^^\n"+
		" ::: main.nix:4:3\n  |\n4 |   port = l.pass conf.port;\n  |   ---- by way of `port`\n"+
		" ::: main.nix:2:3\n  |\n2 |   conf = import ./conf;\n  |   ---- by way of `conf`\n"+
		" ::: conf/default.nix:2:19\n  |\n2 |   base = { port = 80; };\n  |                   -- `port` is an integer\n")

	o = start(t, dir, nil, append(args, "--format", "sarif")...)
	var sarif struct {
		Runs []struct {
			Results []struct {
				Rule    string `json:"ruleId"`
				Related []struct {
					Message  struct{ Text string }
					Physical struct {
						Artifact struct{ URI string } `json:"artifactLocation"`
						Region   struct{ StartLine, StartColumn int }
					} `json:"physicalLocation"`
				} `json:"relatedLocations"`
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &sarif))
	for _, r := range sarif.Runs[0].Results {
		if r.Rule == "uncoercible-interpolation" {
			var told []string
			for _, l := range r.Related {
				told = append(told, fmt.Sprintf("%s:%d:%d %s", l.Physical.Artifact.URI, l.Physical.Region.StartLine, l.Physical.Region.StartColumn, l.Message.Text))
			}
			assert.Equal(t, port, told)
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/internal/testenv"
)

// deadName is one thing that is reported: "file:line kind:name".
type deadName = string

// wantedDead returns what comments of the tree say that nixsift and deadnix report with some flags.
func wantedDead(files map[string]string, flags []string) (ours, theirs []deadName) {
	has := func(flag string) bool { return slices.Contains(flags, flag) }
	for name, text := range files {
		for i, line := range strings.Split(text, "\n") {
			for _, who := range []string{"both", "deadnix", "nixsift"} {
				_, list, ok := strings.Cut(line, "# "+who+" ")
				list, _, _ = strings.Cut(list, "#")
				if !ok || !strings.Contains(list, ":") {
					continue
				}
				for _, item := range strings.Fields(list) {
					kind, id, _ := strings.Cut(item, ":")
					switch {
					case kind == "arg" && has("-l"), kind == "formal" && has("-L"), kind == "used" && !has("-W"):
						continue
					case strings.HasPrefix(id, "_") && has("-_"):
						continue
					}
					entry := fmt.Sprintf("%s:%d %s", name, i+1, item)
					if who != "deadnix" {
						ours = append(ours, entry)
					}
					if who != "nixsift" {
						theirs = append(theirs, entry)
					}
				}
			}
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	return ours, theirs
}

// TestDeadnix holds what is reported behind `init --from deadnix` against deadnix, line by line.
func TestDeadnix(t *testing.T) {
	text, err := os.ReadFile("testdata/deadnix.txtar")
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range txtar.Parse(text).Files {
		files[f.Name] = string(f.Data)
	}
	for _, flags := range [][]string{nil, {"-l"}, {"-L"}, {"-l", "-L", "-_"}, {"-_"}, {"-W"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			ours, theirs := wantedDead(files, flags)
			dir := testenv.Tree(t, files)
			args := append(slices.Clone(flags), "--exclude", "left", "--", ".")
			status, _, errs := nixsift(t, dir, "", append([]string{"init", "--from", "deadnix", "--"}, args...)...)
			require.Equal(t, exitClean, status, errs)
			_, out, _ := nixsift(t, dir, "", "check", "--format", "json")
			assert.Equal(t, ours, oursDead(t, out))
			if program := deadnixProgram(t); program != "" {
				assert.Equal(t, theirs, theirsDead(t, program, dir, args), "what deadnix says")
			}
		})
	}
}

// oursDead returns what a check reports for the rules that deadnix has.
func oursDead(t *testing.T, out string) []deadName {
	kinds := map[string]string{
		"unused-let-binding": "let", "unused-at-binding": "at", "unused-lambda-arg": "arg", "unused-lambda-formal": "formal", "used-underscore-name": "used",
	}
	var got struct {
		Findings []struct {
			Rule, File, Message string
			Range               struct{ Start struct{ Line int } }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	var list []deadName
	for _, f := range got.Findings {
		if kind := kinds[f.Rule]; kind != "" {
			list = append(list, fmt.Sprintf("%s:%d %s:%s", f.File, f.Range.Start.Line, kind, strings.Split(f.Message, "`")[1]))
		}
	}
	slices.Sort(list)
	return list
}

// deadnixProgram returns the path of deadnix 1.3, which NIXSIFT_DEADNIX names or the search path has; "" without one: it takes
// a Rust compiler, which not every machine has, to get it, and what it says stands in the fixture.
func deadnixProgram(t *testing.T) string {
	t.Helper()
	program := os.Getenv("NIXSIFT_DEADNIX")
	if program == "" {
		program, _ = exec.LookPath("deadnix")
	}
	if program == "" {
		t.Log("deadnix 1.3 (NIXSIFT_DEADNIX) is missing: what the fixture has of it is not compared")
		return ""
	}
	out, err := exec.Command(program, "--version").Output()
	require.NoError(t, err, program)
	require.True(t, strings.HasPrefix(string(out), "deadnix 1.3"), "%s is %s", program, out)
	return program
}

// theirsDead returns what deadnix reports. It says lambda pattern for formals and for `@args`: the source tells.
func theirsDead(t *testing.T, program, dir string, args []string) []deadName {
	cmd := exec.Command(program, append([]string{"-o", "json"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.Output()
	require.NoError(t, err)
	var list []deadName
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var report struct {
			File    string
			Results []struct {
				Line, Column, EndColumn int
				Message                 string
			}
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &report))
		src, err := os.ReadFile(filepath.Join(dir, report.File))
		require.NoError(t, err)
		for _, r := range report.Results {
			if r.Line == 0 {
				continue // the file does not parse
			}
			what, name, _ := strings.Cut(r.Message, ": ")
			kind := map[string]string{"Unused let binding": "let", "Unused lambda argument": "arg", "Unused lambda pattern": "formal"}[what]
			line := strings.Split(string(src), "\n")[r.Line-1]
			if kind == "formal" && (strings.HasPrefix(line[r.EndColumn-1:], "@") || strings.HasSuffix(line[:r.Column-1], "@")) {
				kind = "at"
			}
			if strings.HasPrefix(what, "Used ") {
				kind = "used"
			}
			list = append(list, fmt.Sprintf("%s:%d %s:%s", strings.TrimPrefix(report.File, "./"), r.Line, kind, name))
		}
	}
	slices.Sort(list)
	return list
}

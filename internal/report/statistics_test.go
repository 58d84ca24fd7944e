package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
)

// manyFindings are 3 errors of one rule, and 60 findings of others.
func manyFindings() *Run {
	run := &Run{Summary: Summary{Files: 9}, BaseDir: "/p"}
	add := func(n int, rule string, severity diag.Severity, fixes ...diag.Safety) {
		for i := range n {
			f := diag.Finding{Rule: rule, Severity: severity, File: fmt.Sprintf("/p/%s%d.nix", rule, i), Message: "found by " + rule}
			if i < len(fixes) {
				f.Fixes = []diag.Fix{{Title: "mend it", Safety: fixes[i], Edits: []diag.Edit{{Text: "x"}}}}
			}
			run.Findings = append(run.Findings, f)
		}
	}
	add(3, "worst", diag.Error)
	add(40, "common", diag.Warning, diag.Safe, diag.Safe, diag.Unsafe, diag.Display)
	add(10, "alike", diag.Info)
	add(10, "again", diag.Hint)
	return run
}

func TestStatistics(t *testing.T) {
	const table = `40  warning  common  2 with --fix, 1 with --unsafe-fixes, 37 by hand
10  hint     again   10 by hand
10  info     alike   10 by hand
 3  error    worst   3 by hand
`
	const summary = "3 errors, 40 warnings, 10 info, 10 hints in 9 files; 2 fixable with --fix\n"
	opts := Options{Statistics: true}
	assert.Equal(t, table+"\n"+summary, write(t, "text", manyFindings(), opts))
	assert.Equal(t, table+"\n"+summary, write(t, "short", manyFindings(), opts))
	assert.Equal(t, table+"\n", write(t, "text", manyFindings(), Options{Statistics: true, Quiet: true}))
	assert.Equal(t, "no findings in 1 file\n", write(t, "text", &Run{Summary: Summary{Files: 1}}, opts))

	failed := &Run{Errors: []FileError{{File: "a.nix", Message: "gone", Kind: "unreadable"}}}
	assert.Equal(t, "a.nix: error: gone [unreadable]\n\nno findings in 0 files; 1 file not wholly analysed\n", write(t, "text", failed, opts))

	text := write(t, "json", manyFindings(), opts)
	validate(t, text)
	var out struct {
		Findings   []any
		Statistics []ruleCount
	}
	require.NoError(t, json.Unmarshal([]byte(text), &out))
	assert.Len(t, out.Findings, 63)
	assert.Equal(t, ruleCount{Rule: "common", Severity: "warning", Severities: map[string]int{"warning": 40}, Findings: 40, Fixable: 2, UnsafeFixable: 1}, out.Statistics[0])
	assert.Len(t, out.Statistics, 4)
	text = write(t, "json", &Run{}, opts)
	validate(t, text)
	assert.Contains(t, text, `"statistics":[]`)
	assert.NotContains(t, write(t, "json", manyFindings(), Options{}), "statistics")

	lines := strings.Split(strings.TrimSpace(write(t, "jsonl", manyFindings(), opts)), "\n")
	assert.Contains(t, lines[63], `{"type":"statistics","rule":"common",`)
	assert.Contains(t, lines[67], `{"type":"summary"`)
}

// TestExhausted: the files of which not all could be evaluated are named with the statistics, some of many.
func TestExhausted(t *testing.T) {
	run := manyFindings()
	for i := range 23 {
		run.Exhausted = append(run.Exhausted, fmt.Sprintf("/p/e%02d.nix", i))
	}
	opts := Options{Statistics: true}
	for _, format := range []string{"text", "short"} {
		got := write(t, format, run, opts)
		assert.Contains(t, got, "by hand\n\nin 23 files, following what expressions evaluate to was given up at its limit, so that findings may be missing:\n  e00.nix\n  e01.nix\n")
		assert.Contains(t, got, "  e19.nix\n  and 3 more\n\n3 errors, ")
		assert.NotContains(t, write(t, format, run, Options{}), "e00.nix")
	}
	text := write(t, "json", run, opts)
	validate(t, text)
	var out struct{ Exhausted exhaustion }
	require.NoError(t, json.Unmarshal([]byte(text), &out))
	assert.Equal(t, 23, out.Exhausted.Count)
	assert.Len(t, out.Exhausted.Files, 20)
	assert.Equal(t, "e00.nix", out.Exhausted.Files[0])
	assert.Contains(t, write(t, "jsonl", run, opts), "\n"+`{"type":"exhausted","count":23,"files":["e00.nix",`)
	assert.NotContains(t, write(t, "json", run, Options{}), "exhausted")
	run.Exhausted = run.Exhausted[:1]
	assert.Contains(t, write(t, "text", run, opts), "in 1 file, following what expressions evaluate to was given up at its limit, so that findings may be missing:\n  e00.nix\n\n3 errors")
}

// TestStatisticsSeverity: a rule whose findings differ is counted once, with the worst and with the numbers of each.
func TestStatisticsSeverity(t *testing.T) {
	run := &Run{Findings: []diag.Finding{{Rule: "r", Severity: diag.Hint, File: "a"}, {Rule: "r", Severity: diag.Error, File: "b"}, {Rule: "r", Severity: diag.Info, File: "c"}}}
	assert.Contains(t, write(t, "text", run, Options{Statistics: true}), "3  error  r  1 error, 1 info, 1 hint; 3 by hand\n")
}

func TestBrief(t *testing.T) {
	got := write(t, "text", manyFindings(), Options{Brief: true})
	assert.Equal(t, 3, strings.Count(got, "error[worst]: found by worst\n"))
	assert.NotContains(t, got, "found by common")
	assert.True(t, strings.HasSuffix(got, `
Beside the 3 errors above there are 60 findings, by rule:
40  warning  common  2 with --fix, 1 with --unsafe-fixes, 37 by hand
10  hint     again   10 by hand
10  info     alike   10 by hand

  --fix                 mends 2 and keeps what the code means; with --diff it only shows how
  nixsift baseline      accepts what there is, so that only what is new is shown and fails
  nixsift suppress      writes comments that silence what a rule finds: --select RULE --reason WHY
  RULE = "off"          below [rules] in nixsift.toml switches a rule off
  nixsift explain RULE  says what a rule is about
  --all                 prints every finding

3 errors, 40 warnings, 10 info, 10 hints in 9 files; 2 fixable with --fix
`), got)

	run := manyFindings()
	run.Summary.Baselines = 1
	assert.Contains(t, write(t, "text", run, Options{Brief: true}), "\n  nixsift baseline --accept-new  adds it to the baseline, so that only what is newer is shown and fails\n")
	run.Findings = run.Findings[3:]
	assert.True(t, strings.HasPrefix(write(t, "text", run, Options{Brief: true}), "What was found, by rule:\n40  warning  common"))
	for i := range run.Findings {
		run.Findings[i].Severity = diag.Error
	}
	got = write(t, "text", run, Options{Brief: true})
	assert.Equal(t, maxBrief, strings.Count(got, "error["))
	assert.Contains(t, got, "Beside the 50 errors above there are 10 findings, by rule:\n10  error  again  10 by hand\n")
	run.Findings = run.Findings[:51]
	assert.Contains(t, write(t, "text", run, Options{Brief: true}), "there is 1 finding, by rule:\n1  error  again  1 by hand\n")
}

func TestMarkdown(t *testing.T) {
	got := write(t, "markdown", testRun(), Options{})
	assert.Contains(t, got, "### nixsift: 2 errors, 2 warnings, 1 info, 1 hint in 6 files; ")
	assert.Contains(t, got, "\n| warning | [missing-follows](https://example.org/missing-follows) | 1 | 1 with --fix |\n")
	assert.Contains(t, got, "\n| warning | <code>flake.nix&#58;3</code> | input <code>foo</code> has a nixpkgs of its own ([missing-follows](https://example.org/missing-follows)) |\n")
	assert.Contains(t, got, "\n| error | <code>nixsift.toml&#58;3</code> | unknown rule |\n")
	assert.Less(t, strings.Index(got, "| gone ("), strings.Index(got, "nothing here"), "the worst first")
	assert.Equal(t, "### nixsift: no findings in 1 file\n", write(t, "markdown", &Run{Summary: Summary{Files: 1}}, Options{}))
	assert.Equal(t, "### nixsift: no findings in 1 file; 2 findings are in the baseline\n\n1 finding of the baseline is fixed: <code>nixsift baseline</code> takes out what is.\n",
		write(t, "markdown", &Run{Summary: Summary{Files: 1, Baselines: 1, Baselined: 2, Fixed: 1}}, Options{}))
}

// TestMarkdownIsBounded: of any number of findings and rules, with texts of any length, there is a page that can be read.
func TestMarkdownIsBounded(t *testing.T) {
	run := &Run{}
	for i := range 3000 {
		run.Findings = append(run.Findings, diag.Finding{Rule: fmt.Sprintf("rule-%04d", i), Severity: diag.Warning, File: "a.nix", Message: strings.Repeat("<*>", 10_000)})
	}
	got := write(t, "markdown", run, Options{})
	assert.Less(t, len(got), 2*maxBytes)
	assert.Contains(t, got, "and 2900 more rules")
	assert.Regexp(t, `\| and 29\d\d more \|\n$`, got)
	for i := range run.Findings {
		run.Findings[i].Message = "m"
	}
	assert.Contains(t, write(t, "markdown", run, Options{}), "| and 2900 more |\n")
}

package suppress

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/parser"
)

// TestWide holds that a family or a pattern silences all its rules, is idle only when all of them that are on have run, and may
// not mean everything.
func TestWide(t *testing.T) {
	ran := func(ids ...string) func(string) bool {
		return func(id string) bool { return slices.Contains(ids, id) }
	}
	const src = "{\n  a = 1; # nixsift: ignore[al*] why\n}\n"
	parse := func() *Table { return Parse(parser.Parse(src), wideRules()) }
	kept, silenced, extra := parse().Apply([]diag.Finding{place(t, src, "alpha", "a", 1), place(t, src, "alto", "a", 1), place(t, src, "beta", "a", 1)}, all)
	assert.Len(t, kept, 1)
	assert.Len(t, silenced, 2)
	assert.Empty(t, extra)
	for _, c := range []struct {
		name string
		ran  func(string) bool
		off  func(string) bool
		idle bool
	}{
		{"all ran", all, nil, true},
		{"one did not", ran("alpha", Unused), nil, false},
		{"the other is off", ran("alpha", Unused), ran("alto"), true},
		{"all are off", ran(Unused), ran("alpha", "alto"), false},
	} {
		table := parse()
		table.Off = c.off
		_, _, extra := table.Apply(nil, c.ran)
		if assert.Len(t, extra, map[bool]int{true: 1}[c.idle], c.name) && c.idle {
			assert.Equal(t, Unused, extra[0].Rule)
		}
	}
	_, _, extra = Parse(parser.Parse("1 # nixsift: ignore[*] why\n"), wideRules()).Apply(nil, all)
	if assert.Len(t, extra, 1) {
		assert.Equal(t, Malformed, extra[0].Rule)
		assert.Equal(t, "`*` names every rule", extra[0].Message)
	}
	_, _, extra = Parse(parser.Parse("1 # nixsift ignore[al*] why\n"), wideRules()).Apply(nil, all)
	if assert.Len(t, extra, 1) && assert.Len(t, extra[0].Fixes, 1) {
		assert.Equal(t, "nixsift: ignore[al*]", extra[0].Fixes[0].Edits[0].Text, "a slip beside a pattern keeps it")
	}
}

func wideRules() fakeRules {
	return fakeRules{"alpha": {"alpha"}, "alto": {"alto"}, "beta": {"beta"}, "deadnix:alpha": {"alpha"}}
}

// fakeRules maps names to ids; "broken" is fixed.
type fakeRules map[string][]string

func (f fakeRules) Find(name string) []string { return slices.Clone(f[name]) }
func (f fakeRules) Select(name string) ([]string, bool) {
	if name == "*" {
		return nil, true
	}
	var ids []string
	if start, ok := strings.CutSuffix(name, "*"); ok {
		for id, of := range f {
			if strings.HasPrefix(id, start) && !strings.Contains(id, ":") {
				ids = append(ids, of...)
			}
		}
		slices.Sort(ids)
		return slices.Compact(ids), true
	}
	return f.Find(name), false
}

func (f fakeRules) Mandatory(id string) bool { return id == "broken" }
func (f fakeRules) Nearest(name string) string {
	var names []string
	for n := range f {
		names = append(names, n)
	}
	slices.Sort(names)
	return near.Find(name, names)
}

func (f fakeRules) OfTool(tool string) []string {
	var ids []string
	for name, of := range f {
		if strings.HasPrefix(name, tool+":") {
			ids = append(ids, of...)
		}
	}
	slices.Sort(ids)
	return ids
}

func (f fakeRules) NearestAlias(tool, name string) string {
	var names []string
	for n := range f {
		if bare, ok := strings.CutPrefix(n, tool+":"); ok {
			names = append(names, bare)
		}
	}
	slices.Sort(names)
	return near.Find(name, names)
}

func testRules() fakeRules {
	rules := fakeRules{"nixf:sema-unused-def-let": {"unused-let-binding"}, "deadnix:unused-let-binding": {"unused-let-binding"}, "deadnix:unused-lambda-formal": {"unused-lambda-formal"}, "old-name": {"alpha"}, "both": {"alpha", "beta"}}
	for _, id := range []string{"alpha", "beta", "gamma", "broken", "unused-let-binding", Unknown, Unused, WithoutReason, Malformed} {
		rules[id] = []string{id}
	}
	return rules
}

func all(string) bool { return true }

// place makes a finding of a rule at the n-th occurrence (from 1) of a text.
func place(t *testing.T, src, rule, needle string, n int) diag.Finding {
	t.Helper()
	at := 0
	for ; n > 0; n-- {
		i := strings.Index(src[at:], needle)
		require.GreaterOrEqual(t, i, 0, "%q is not in the source", needle)
		at += i + 1
	}
	at--
	return diag.Finding{Rule: rule, Span: source.Span{Start: uint32(at), End: uint32(at + len(needle))}}
}

func describe(src string, fs []diag.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprintf("%s %s %q: %s", f.Severity, f.Rule, f.Span.Of(src), f.Message))
	}
	return out
}

func apply(src string, fix diag.Fix) string {
	e := fix.Edits[0]
	return src[:e.Span.Start] + e.Text + src[e.Span.End:]
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		name, src string
		find      string // the finding of alpha starts at its first occurrence
		silent    bool
	}{
		{"end of line", "{\n  a = 1; # nixsift: ignore[alpha] r\n}", "a =", true},
		{"end of line, other line", "{\n  a = 1;\n  b = 2; # nixsift: ignore[alpha] r\n}", "a =", false},
		{"line before", "{\n  # nixsift: ignore[alpha] r\n  a = 1;\n}", "a =", true},
		{"only the next line", "{\n  # nixsift: ignore[alpha] r\n  a =\n    q;\n}", "q", false},
		{"blank lines between", "{\n  # nixsift: ignore[alpha] r\n\n\t\n  a = 1;\n}", "a =", true},
		{"comments between", "{\n  # nixsift: ignore[alpha] r\n  # why\n  /* and\n  how */\n  a = 1;\n}", "a =", true},
		{"a comment between is covered", "{\n  # nixsift: ignore[alpha] r\n  # XX\n  a = 1;\n}", "XX", true},
		{"stacked", "{\n  # nixsift: ignore[alpha] r\n  # nixsift: ignore[beta] r\n  a = 1;\n}", "a =", true},
		{"behind the next line", "{\n  # nixsift: ignore[alpha] r\n  x = 1;\n  a = 1;\n}", "a =", false},
		{"block, end of line", "{\n  a = 1; /* nixsift: ignore[alpha] r */\n}", "a =", true},
		{"block, alone", "{\n  /* nixsift: ignore[alpha] r */\n  a = 1;\n}", "a =", true},
		{"block, alone, several lines", "{\n  /**\n   * nixsift: ignore[alpha] r\n   * more\n   */\n  a = 1;\n}", "a =", true},
		{"block before code", "{\n  /* nixsift: ignore[alpha] r */ a = 1;\n}", "a =", true},
		{"block in the middle", "{\n  a /* nixsift: ignore[alpha] r */ = 1;\n}", "a", true},
		{"block in the middle, next line", "{\n  b /* nixsift: ignore[alpha] r */ = 1;\n  a = 1;\n}", "a =", false},
		{"two comments on a line", "{\n  /* x */ # nixsift: ignore[alpha] r\n  a = 1;\n}", "a =", true},
		{"block behind which code starts", "{\n  b = 1; /* nixsift: ignore[alpha] r\n */ a = 1;\n}", "a =", false},
		{"CRLF", "{\r\n  # nixsift: ignore[alpha] r\r\n  a = 1;\r\n}", "a =", true},
		{"CRLF, end of line", "{\r\n  a = 1; # nixsift: ignore[alpha]\r\n}", "a =", true},
		{"no blanks", "{\n  a = 1; #nixsift:ignore[alpha]r\n}", "a =", true},
		{"many blanks and signs", "{\n  a = 1; ##  nixsift:  ignore [ beta ,\talpha ] r\n}", "a =", true},
		{"old name", "{\n  a = 1; # nixsift: ignore[old-name] r\n}", "a =", true},
		{"ambiguous name", "{\n  a = 1; # nixsift: ignore[both] r\n}", "a =", true},
		{"file", "# x\n# nixsift: ignore-file[alpha] r\n{\n  a = 1;\n}", "a =", true},
		{"file, byte order mark", "\uFEFF# nixsift: ignore-file[alpha] r\n{\n  a = 1;\n}", "a =", true},
		{"file, shebang", "#! /usr/bin/env nix-shell\n/* nixsift: ignore-file[alpha] r */\n{\n  a = 1;\n}", "a =", true},
		{"file, behind code", "{\n# nixsift: ignore-file[alpha] r\n  a = 1;\n}", "a =", false},
		{"in a string", "{\n  a = \"# nixsift: ignore[alpha] r\";\n}", "a", false},
		{"in an indented string", "{\n  b = ''\n  # nixsift: ignore[alpha] r\n  ${a}'';\n}", "a}", false},
		{"in an interpolation", "{\n  b = ''\n  ${ # nixsift: ignore[alpha] r\n a}'';\n}", "${", true},
		{"in the middle of a comment", "{\n  a = 1; # see nixsift: ignore[alpha] r\n}", "a =", false},
		{"last line without newline", "a # nixsift: ignore[alpha] r", "a", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := place(t, test.src, "alpha", test.find, 1)
			kept, n, _ := Parse(parser.Parse(test.src), testRules()).Apply([]diag.Finding{f}, all)
			assert.Equal(t, test.silent, len(n) == 1)
			assert.Equal(t, !test.silent, len(kept) == 1)
		})
	}
}

func TestAboutComments(t *testing.T) {
	for _, test := range []struct {
		name, src string
		alpha     string   // findings of alpha start at its occurrences; "" for none
		extra     []string // as describe prints them
		fixed     []string // the first fix of each extra finding, applied; "-" for no fix
	}{
		{"used", "a # nixsift: ignore[alpha] why", "a ", nil, nil},
		{"unused, end of line", "{ }  # nixsift: ignore[alpha] why\n", "", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence here"}, []string{"{ }\n"}},
		{"unused, CRLF", "{ }  # nixsift: ignore[alpha] why\r\n", "", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence here"}, []string{"{ }\r\n"}},
		{"unused, alone", "{\n  # nixsift: ignore[alpha] why\r\n  b = 1; }", "", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence here"}, []string{"{\n  b = 1; }"}},
		{"unused, last line", "{ }\n # nixsift: ignore[alpha] why", "", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence here"}, []string{"{ }\n"}},
		{"unused, block in the middle", "x /* nixsift: ignore[alpha] why */ y", "", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence here"}, []string{"x y"}},
		{"unused, block that separates", "x/* nixsift: ignore[alpha] why */y", "", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence here"}, []string{"x y"}},
		{"unused, block before code", "/* nixsift: ignore[alpha] why */ y", "", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence here"}, []string{"y"}},
		{"unused, file", "# nixsift: ignore-file[alpha] why\n1", "", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence in this file"}, []string{"1"}},
		{"some unused", "a # nixsift: ignore[beta, alpha, gamma] why", "a ", []string{
			"warning unused-suppression \"beta\": `beta` finds nothing to silence here",
			"warning unused-suppression \"gamma\": `gamma` finds nothing to silence here"},
			[]string{"a # nixsift: ignore[alpha, gamma] why", "a # nixsift: ignore[beta, alpha] why"}},
		{"first two unused", "a # nixsift: ignore[beta, gamma, alpha] why", "a ", []string{
			"warning unused-suppression \"beta\": `beta` finds nothing to silence here",
			"warning unused-suppression \"gamma\": `gamma` finds nothing to silence here"},
			[]string{"a # nixsift: ignore[gamma, alpha] why", "a # nixsift: ignore[beta, alpha] why"}},
		{"all unused", "a # nixsift: ignore[beta, gamma] why", "", []string{
			"warning unused-suppression \"beta\": `beta` finds nothing to silence here",
			"warning unused-suppression \"gamma\": `gamma` finds nothing to silence here"}, []string{"a", "a"}},
		{"named twice", "a # nixsift: ignore[alpha,alpha] why", "a ", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence here"}, []string{"a # nixsift: ignore[alpha] why"}},
		{"line and file", "# nixsift: ignore-file[alpha] why\na # nixsift: ignore[alpha] why", "a #", []string{
			"warning unused-suppression \"alpha\": `alpha` finds nothing to silence in this file"}, []string{"a # nixsift: ignore[alpha] why"}},
		{"no reason", "a # nixsift: ignore[alpha]", "a ", []string{
			"info suppression-without-reason \"# nixsift: ignore[alpha]\": the suppression does not say why"}, []string{"-"}},
		{"no reason, block", "a /* nixsift: ignore[alpha] -- */", "a ", []string{
			"info suppression-without-reason \"/* nixsift: ignore[alpha] -- */\": the suppression does not say why"}, []string{"-"}},
		{"unknown, near", "a # nixsift: ignore[alpah] why", "", []string{
			"warning unknown-suppression \"alpah\": unknown rule `alpah`; did you mean `alpha`?"}, []string{"a # nixsift: ignore[alpha] why"}},
		{"unknown, far", "a # nixsift: ignore[zzzzzz] why", "", []string{
			"warning unknown-suppression \"zzzzzz\": unknown rule `zzzzzz`"}, []string{"a"}},
		{"unknown, in a list", "a # nixsift: ignore[zzzzzz, alpha] why", "a ", []string{
			"warning unknown-suppression \"zzzzzz\": unknown rule `zzzzzz`"}, []string{"a # nixsift: ignore[alpha] why"}},
		{"fixed", "a # nixsift: ignore[broken] why", "", []string{
			"warning malformed-suppression \"broken\": `broken` cannot be silenced: Nix itself refuses the file"}, []string{"a"}},
		{"no list", "a # nixsift: ignore alpha", "", []string{
			"warning malformed-suppression \"# nixsift: ignore alpha\": `nixsift: ignore` names no rules"}, []string{"a # nixsift: ignore[alpha]"}},
		{"not closed", "a # nixsift: ignore[alpha", "", []string{
			"warning malformed-suppression \"# nixsift: ignore[alpha\": the list of rules is not closed"}, []string{"a # nixsift: ignore[alpha]"}},
		{"empty list", "a # nixsift: ignore[ , ] why", "", []string{
			"warning malformed-suppression \"# nixsift: ignore[ , ] why\": the list of rules is empty"}, []string{"-"}},
		{"other word", "a # nixsift: disable[alpha]", "", []string{
			"warning malformed-suppression \"# nixsift: disable[alpha]\": `nixsift: disable` is no suppression"}, []string{"a # nixsift: ignore[alpha]"}},
		{"slip", "a # nixsift: ingore[alpha] why", "", []string{
			"warning malformed-suppression \"# nixsift: ingore[alpha] why\": `nixsift: ingore` is no suppression"}, []string{"a # nixsift: ignore[alpha] why"}},
		{"no word", "a # nixsift: [alpha] why", "", []string{
			"warning malformed-suppression \"# nixsift: [alpha] why\": `nixsift:` is no suppression"}, []string{"a # nixsift: ignore[alpha] why"}},
		{"file, behind code", "a # nixsift: ignore-file[alpha] why", "", []string{
			"warning malformed-suppression \"# nixsift: ignore-file[alpha] why\": `ignore-file` stands behind code"}, []string{"-"}},
		{"prose", "a # nixsift: the linter of this repository\n# nixsift: ignores vendored files\n# see https://nixsift: x", "", nil, nil},
		{"trailing comma", "a # nixsift: ignore[alpha,] why", "a ", nil, nil},
		{"idle report silenced", "a # nixsift: ignore[beta, unused-suppression] for other versions", "", nil, nil},
		{"idle report silenced above", "{\n# nixsift: ignore[beta, unused-suppression] for other versions\n}", "", nil, nil},
		{"nothing to report", "a # nixsift: ignore[unused-suppression] why", "", []string{
			"warning unused-suppression \"unused-suppression\": `unused-suppression` finds nothing to silence here"}, []string{"a"}},
		{"reason not needed", "a # nixsift: ignore[alpha, suppression-without-reason]", "a ", nil, nil},
		{"foreign and idle", "{\n # deadnix: skip\n a = 1; # nixf-ignore: sema-unused-def-let, no-such\n}", "", []string{
			"info malformed-suppression \"no-such\": `no-such` is no diagnostic of nixf that nixsift knows"}, []string{"-"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree := parser.Parse(test.src)
			require.Empty(t, tree.Errors())
			var findings []diag.Finding
			if test.alpha != "" {
				for n := range strings.Count(test.src, test.alpha) {
					findings = append(findings, place(t, test.src, "alpha", test.alpha, n+1))
				}
			}
			table := Parse(tree, testRules())
			kept, _, extra := table.Apply(slices.Clone(findings), all)
			assert.Empty(t, kept)
			assert.Equal(t, test.extra, describe(test.src, extra))
			for i, f := range extra {
				assert.NotEmpty(t, f.Help)
				if test.fixed[i] == "-" {
					assert.Empty(t, f.Fixes)
					continue
				}
				require.NotEmpty(t, f.Fixes)
				assert.Equal(t, test.fixed[i], apply(test.src, f.Fixes[0]))
				if f.Rule == Unused {
					assert.Equal(t, diag.Safe, f.Fixes[0].Safety)
				}
				for _, fix := range f.Fixes {
					assert.Empty(t, parser.Parse(apply(test.src, fix)).Errors())
				}
			}
			_, _, again := table.Apply(slices.Clone(findings), all)
			assert.Equal(t, extra, again, "a table can be applied again")
		})
	}
}

func TestRulesThatDidNotRun(t *testing.T) {
	src := "a # nixsift: ignore[alpha, beta] why"
	_, _, extra := Parse(parser.Parse(src), testRules()).Apply(nil, func(rule string) bool { return rule == "beta" })
	assert.Equal(t, []string{"warning unused-suppression \"beta\": `beta` finds nothing to silence here"}, describe(src, extra))
	assert.Equal(t, "a # nixsift: ignore[alpha] why", apply(src, extra[0].Fixes[0]), "the other name stays")
}

// TestMissed: a comment that stands beside what it is for says where that is.
func TestMissed(t *testing.T) {
	for src, want := range map[string]string{
		"{\n  # nixsift: ignore[alpha] r\n  a =\n    q;\n}": "what it finds starts on line 4",
		"{\n  b =\n    q; }\n# nixsift: ignore[alpha] r\n":  "what it finds starts on line 3",
		"# nixsift: ignore[alpha] r\n{\n\n\n\n\n\nb = q; }": "remove it",
		"{\n  # nixsift: ignore[beta] r\n  a =\n    q;\n}":  "remove it",
	} {
		_, _, extra := Parse(parser.Parse(src), testRules()).Apply([]diag.Finding{place(t, src, "alpha", "q", 1)}, all)
		require.Len(t, extra, 1)
		assert.True(t, strings.HasPrefix(extra[0].Help, want), extra[0].Help)
	}
}

// TestBrokenFile: in a file that cannot be read, what a comment silences may not have been found.
func TestBrokenFile(t *testing.T) {
	for _, src := range []string{"{ a = [ 1 ; } # nixsift: ignore[alpha] why\n", "# nixsift: ignore-file[alpha] why\n{ a = ; }\n"} {
		_, _, extra := Parse(parser.Parse(src), testRules()).Apply(nil, all)
		assert.Empty(t, extra, src)
	}
}

func TestMandatoryRulesStay(t *testing.T) {
	src := "# nixsift: ignore-file[broken, alpha] why\na"
	kept, n, _ := Parse(parser.Parse(src), testRules()).Apply([]diag.Finding{place(t, src, "broken", "a", 1), place(t, src, "alpha", "a", 1)}, all)
	assert.Len(t, n, 1)
	require.Len(t, kept, 1)
	assert.Equal(t, "broken", kept[0].Rule)
}

func TestOtherTools(t *testing.T) {
	for _, test := range []struct {
		name, src, rule, find string
		silent                bool
	}{
		{"deadnix, line before", "let\n # deadnix: skip\n q = 1;\nin 1", "unused-let-binding", "q", true},
		{"deadnix, more words", "let\n # because deadnix: skip -- kept\n q = 1;\nin 1", "unused-lambda-formal", "q", true},
		{"deadnix, other rule", "let\n # deadnix: skip\n q = 1;\nin 1", "alpha", "q", false},
		{"deadnix, line after", "let\n # deadnix: skip\n a = 1;\n q = 1;\nin 1", "unused-let-binding", "q", false},
		{"deadnix, behind code", "let\n a = 1; # deadnix: skip\n q = 1;\nin 1", "unused-let-binding", "q", true},
		{"deadnix, its own line", "let\n q = 1; # deadnix: skip\n a = 1;\nin 1", "unused-let-binding", "q", true},
		{"deadnix, inherit", "let\n # deadnix: skip\n inherit (x)\n  a\n  q\n ;\nin 1", "unused-let-binding", "q", true},
		{"deadnix, behind the inherit", "let\n # deadnix: skip\n inherit (x)\n  a\n ; b =\n  q; in 1", "unused-let-binding", "q", false},
		{"deadnix, nested", "let\n # deadnix: skip\n a =\n  let q = 1; in 2;\nin 1", "unused-let-binding", "q", false},
		{"deadnix, in a string", "let\n a = \"# deadnix: skip\";\n q = 1;\nin 1", "unused-let-binding", "q", false},
		{"nixf, line before", "let\n # nixf-ignore: sema-unused-def-let, sema-unused-def-let\n q = 1;\nin 1", "unused-let-binding", "q", true},
		{"nixf, end of line", "let\n q = 1; # nixf-ignore: sema-unused-def-let it is wanted\nin 1", "unused-let-binding", "q", true},
		{"nixf, other rule", "let\n q = 1; # nixf-ignore: sema-unused-def-let\nin 1", "alpha", "q", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := place(t, test.src, test.rule, test.find, 1)
			_, n, extra := Parse(parser.Parse(test.src), testRules()).Apply([]diag.Finding{f}, all)
			assert.Equal(t, test.silent, len(n) == 1)
			assert.Empty(t, extra)
		})
	}
}

func TestText(t *testing.T) {
	for _, test := range []struct {
		name, src string
		silent    bool
	}{
		{"end of line", "on: push\nX: 1 # nixsift: ignore[alpha] why\n", true},
		{"line before", "on: push\n# nixsift: ignore[alpha] why\nX: 1\n", true},
		{"line before, block scalar", "run: |\n  # nixsift: ignore[alpha] why\n\n  X\n", true},
		{"file", "#!/bin/sh\n# nixsift: ignore-file[alpha] why\n\nset -e\nX\n", true},
		{"file, behind code", "set -e\n# nixsift: ignore-file[alpha] why\nX\n", false},
		{"in quotes", "echo 'a # nixsift: ignore[alpha] why' X\n", false},
		{"in double quotes", "echo \"\\\" # nixsift: ignore[alpha] why\" X\n", false},
		{"behind quotes", "echo \"X\" # nixsift: ignore[alpha] why\n", true},
		{"no comment", "X#nixsift: ignore[alpha] why\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			kept, n, _ := ParseText(test.src, testRules()).Apply([]diag.Finding{place(t, test.src, "alpha", "X", 1)}, all)
			assert.Equal(t, test.silent, len(n) == 1)
			assert.Equal(t, !test.silent, len(kept) == 1)
		})
	}
}

func TestNoSuppressions(t *testing.T) {
	src := "# a comment\n1"
	table := Parse(parser.Parse(src), testRules())
	assert.Nil(t, table)
	findings := []diag.Finding{place(t, src, "alpha", "1", 1)}
	kept, n, extra := table.Apply(findings, all)
	assert.Equal(t, findings, kept)
	assert.Zero(t, n)
	assert.Empty(t, extra)
	assert.Nil(t, ParseText("# plain", testRules()))
}

func FuzzParse(f *testing.F) {
	f.Add("{ a = 1; # nixsift: ignore[alpha, zz] why\n}")
	f.Add("/* nixsift: ignore-file[beta,] */\n# deadnix: skip\n{ /* x */ }# nixf-ignore: a")
	f.Add("\uFEFF#!x\r\n# nixsift: ignore[broken]\r\n\r\n''${ # nixsift: ignore[]\n1}''")
	f.Fuzz(func(t *testing.T, src string) {
		check := func(table *Table, parses bool) {
			_, _, extra := table.Apply([]diag.Finding{{Rule: "alpha", Span: source.Span{Start: uint32(len(src)), End: uint32(len(src))}}}, all)
			for _, f := range extra {
				if f.Span.Start > f.Span.End || int(f.Span.End) > len(src) {
					t.Fatalf("bad span %v", f.Span)
				}
				for _, fix := range f.Fixes {
					if out := apply(src, fix); parses && len(parser.Parse(out).Errors()) > 0 {
						t.Fatalf("the fix %q of %q does not parse: %q", fix.Title, src, out)
					}
				}
			}
		}
		tree := parser.Parse(src)
		check(Parse(tree, testRules()), len(tree.Errors()) == 0)
		check(ParseText(src, testRules()), false)
	})
}

package engine_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// replacing registers a rule that replaces names by others, and says so.
func replacing(id string, safety diag.Safety, next map[string]string) *rules.Rule {
	return register(id, diag.Warning, func(p *rules.Pass, n ast.Node) {
		if to, ok := next[n.Text()]; ok {
			p.Report(diag.Finding{Span: n.Span(), Message: n.Text(), Fixes: []diag.Fix{rules.Replace("replace "+n.Text(), safety, n.Span(), to)}})
		}
	})
}

var (
	// A fix whose result has another.
	_ = replacing("test-rename", diag.Safe, map[string]string{"one": "two", "two": "three"})
	// Fixes that undo each other, alone and as two rules.
	_ = replacing("test-flip", diag.Safe, map[string]string{"flip": "flop", "flop": "flip"})
	_ = replacing("test-there", diag.Safe, map[string]string{"here": "there"})
	_ = replacing("test-back", diag.Safe, map[string]string{"there": "here"})
	// Fixes whose results do not parse, and are unbound.
	_ = replacing("test-break", diag.Safe, map[string]string{"breaks": "("})
	_ = replacing("test-unbind", diag.Safe, map[string]string{"unbinds": "nowhere"})
	// Fixes that mend nothing, and that grow for ever under other messages.
	_ = replacing("test-same", diag.Safe, map[string]string{"same": "[ same ]"})
	_ = replacing("test-grow", diag.Safe, map[string]string{"grows": "[ grown ]", "grown": "[ grows ]"})
	// Fixes whose results have a finding that nothing mends, at once and in the end, or only an unsafe fix.
	_ = replacing("test-make", diag.Safe, map[string]string{"makes": "fine", "dares": "risky"})
	_ = replacing("test-lead", diag.Safe, map[string]string{"leads": "makes"})
	_ = replacing("test-risk", diag.Unsafe, map[string]string{"risky": "calm", "bold": "risky"})

	// A fix of which a finding that nothing mends is in the nature.
	_ = register("test-herald", diag.Warning, func(p *rules.Pass, n ast.Node) {
		if n.Text() == "heralds" {
			f := rules.Replace("be fine", diag.Safe, n.Span(), "fine")
			f.Leads, f.Then = []string{"test-seen"}, "look at it"
			p.Report(diag.Finding{Span: n.Span(), Message: "heralds", Fixes: []diag.Fix{f}})
		}
	})
	// A fix that takes a call of another file away.
	_ = register("test-uncall", diag.Warning, func(p *rules.Pass, n ast.Node) {
		if n.Text() == "uncall" && n.Parent().Is(ast.List) {
			p.Report(diag.Finding{Span: n.Span(), Message: "uncall", Fixes: []diag.Fix{rules.Replace("empty the list", diag.Safe, n.Parent().Span(), "[ ]")}})
		}
	})
	// A fix of two files.
	_ = register("test-both", diag.Warning, func(p *rules.Pass, n ast.Node) {
		if n.Text() == "both" {
			other := filepath.Join(filepath.Dir(p.Path), "other.nix")
			p.Report(diag.Finding{Span: n.Span(), Message: "both", Fixes: []diag.Fix{{Title: "change both", Safety: diag.Safe, Edits: []diag.Edit{
				{Span: n.Span(), Text: "done"}, {File: other, Span: source.Span{Start: 0, End: 1}, Text: "2"},
			}}}})
		}
	})
)

// fixed fixes a folder by the rules of this file and test-seen, or by those given.
func fixed(t *testing.T, level fix.Level, paths []string, only ...string) *engine.Fixed {
	t.Helper()
	if only == nil {
		only = []string{
			"test-rename", "test-flip", "test-there", "test-back", "test-break", "test-unbind", "test-same", "test-grow", "test-make", "test-lead", "test-risk", "test-seen",
		}
	}
	out, err := engine.Fix(context.Background(), engine.Options{Paths: paths, Only: only}, level)
	require.NoError(t, err)
	for file, text := range out.Texts {
		assert.Equal(t, text, fix.Edit(out.Before[file], out.Edits[file]), "the edits lead to the text")
	}
	return out
}

// told returns what was left out, as "file rule reason".
func told(out *engine.Fixed) string {
	var list []string
	for _, r := range out.Refused {
		reason := []string{"breaks", "creates", "endless", "conflict", "outside"}[r.Reason]
		if r.Other != nil {
			reason += " " + r.Other.Rule
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s", r.Rule, reason)))
	}
	return strings.Join(list, ", ")
}

// TestFix applies what can be applied, and leaves out and tells what cannot.
func TestFix(t *testing.T) {
	const head = "{ one, two, three, flip, flop, here, there, breaks, unbinds, same, grows, grown, makes, leads, dares, risky, bold, calm, fine }: "
	for _, c := range []struct {
		level                fix.Level
		before, after, wants string
	}{
		{fix.OnlySafe, "[ one one ]", "[ three three ]", ""},
		{fix.OnlySafe, "[ one flip ]", "[ three flip ]", "test-flip endless"},
		{fix.OnlySafe, "[ here one ]", "[ here three ]", "test-there endless"},
		{fix.OnlySafe, "[ breaks one breaks two ]", "[ breaks three breaks three ]", "test-break breaks, test-break breaks"},
		{fix.OnlySafe, "[ unbinds one ]", "[ unbinds three ]", "test-unbind breaks"},
		{fix.OnlySafe, "[ same one ]", "[ same three ]", "test-same creates test-same"},
		{fix.OnlySafe, "[ grows one ]", "[ grows three ]", "test-grow endless"},
		{fix.OnlySafe, "[ makes one makes ]", "[ makes three makes ]", "test-make creates test-seen, test-make creates test-seen"},
		{fix.OnlySafe, "[ leads one ]", "[ leads three ]", "test-lead creates test-make"},
		{fix.OnlySafe, "[ dares bold ]", "[ dares bold ]", "test-make creates test-risk"},
		{fix.AlsoUnsafe, "[ dares bold risky ]", "[ dares calm calm ]", "test-make creates test-risk"},
		{fix.AlsoUnsafe, "[ same makes one flip bold breaks ]", "[ same makes three flip calm breaks ]",
			"test-same creates test-same, test-make creates test-seen, test-flip endless, test-break breaks"},
	} {
		dir := t.TempDir()
		path := write(t, dir, "a.nix", head+c.before)
		// Another file is fixed whatever happens in the first.
		other := write(t, dir, "b.nix", "one: two: three: one")
		out := fixed(t, c.level, []string{dir})
		after := head + c.before
		if text, ok := out.Texts[path]; ok {
			after = text
		}
		assert.Equal(t, head+c.after, after)
		assert.Equal(t, c.wants, told(out), c.before)
		assert.Equal(t, "one: two: three: three", out.Texts[other])
		assert.Equal(t, 2, out.Counts[other])
		again := fixed(t, c.level, []string{dir})
		assert.Equal(t, out.Texts, again.Texts, "the outcome is always the same")
	}
}

// TestFixLeads applies fixes with the findings that are in their nature, which do not excuse other fixes.
func TestFixLeads(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.nix", "{ heralds, makes, fine }: [ heralds makes heralds ]")
	out := fixed(t, fix.OnlySafe, []string{dir}, "test-herald", "test-make", "test-seen")
	assert.Equal(t, "{ heralds, makes, fine }: [ fine makes fine ]", out.Texts[path])
	assert.Equal(t, "test-make creates test-seen", told(out))
	assert.Equal(t, map[string][]string{path: {"look at it"}}, out.Then)
	var left []string
	for _, f := range out.Result.Findings {
		left = append(left, f.Rule)
	}
	assert.Equal(t, []string{"test-seen", "test-make", "test-seen"}, left)
}

// TestFixAsksAboutWhatApplies asks about no fix that will be left out, and applies no other than those approved.
func TestFixAsksAboutWhatApplies(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.nix", "{ one, two, three, breaks, makes, heralds, fine, flip, flop }: [ breaks one makes heralds one ]")
	var asked []string
	out, err := engine.Fix(context.Background(), engine.Options{
		Paths: []string{dir}, Only: []string{"test-rename", "test-break", "test-make", "test-herald", "test-seen"},
		Approve: func(p engine.Proposal) bool {
			asked = append(asked, p.Fix.Title)
			return len(asked) != 3
		},
	}, fix.OnlySafe)
	require.NoError(t, err)
	assert.Equal(t, []string{"replace one", "replace two", "be fine", "replace one", "replace two"}, asked)
	assert.Equal(t, "{ one, two, three, breaks, makes, heralds, fine, flip, flop }: [ breaks three makes heralds three ]", out.Texts[path])
	assert.Equal(t, "test-break breaks, test-make creates test-seen", told(out))
}

// TestFixNested takes more rounds than a fixed bound would allow.
func TestFixNested(t *testing.T) {
	dir := t.TempDir()
	const depth = 60
	path := write(t, dir, "a.nix", "x: "+strings.Repeat("(", depth)+"x == 1"+strings.Repeat(" == true)", depth)+"\n")
	out := fixed(t, fix.AlsoUnsafe, []string{dir}, "bool-comparison")
	assert.NotContains(t, out.Texts[path], "true")
	assert.Empty(t, out.Refused)
}

// TestFixSyntax mends syntax errors although that brings findings to light, and mends these in turn.
func TestFixSyntax(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.nix", "{ a = fine; b = makes; c = ./x//y; d = one; inherit nowhere; }\n")
	out := fixed(t, fix.OnlySafe, []string{dir}, "path-double-slash", "undefined-variable", "test-seen", "test-make", "test-rename")
	assert.Equal(t, "{ a = fine; b = makes; c = ./x/y; d = three; inherit nowhere; }\n", out.Texts[path])
	assert.Equal(t, "test-make creates test-seen", told(out))
}

// TestFixElsewhere gives up a file whose fixes lead to a finding in another.
func TestFixElsewhere(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "flake.nix", "{ outputs = { self }: { }; }\n")
	a := write(t, dir, "a.nix", "{ called, one, two, three }:\n[ called one ]\n")
	z := write(t, dir, "z.nix", "{ callPackage, one, two, three, uncall }: [ (callPackage ./a.nix { }) uncall ]\n")
	free := write(t, dir, "free.nix", "{ uncall }: [ uncall ]\n")
	out := fixed(t, fix.OnlySafe, []string{dir}, "test-package", "test-uncall", "test-rename")
	assert.Contains(t, out.Texts[a], "[ called three ]")
	assert.Contains(t, out.Texts[free], "[ ]")
	assert.NotContains(t, out.Texts, z)
	assert.Equal(t, "creates test-package", told(out))
	assert.Len(t, out.Result.Findings, 2, "what was found before: %s", show(out.Result))
}

// TestFixOutside never changes a file that the run is not about, nor one that waits for a merge.
func TestFixOutside(t *testing.T) {
	dir := t.TempDir()
	a := write(t, dir, "a.nix", "both: done: both\n")
	other := write(t, dir, "other.nix", "1\n")
	out := fixed(t, fix.OnlySafe, []string{a}, "test-both")
	assert.Empty(t, out.Texts)
	assert.Equal(t, "test-both outside", told(out))
	out = fixed(t, fix.OnlySafe, []string{dir}, "test-both")
	assert.Equal(t, map[string]string{a: "both: done: done\n", other: "2\n"}, out.Texts)
	assert.Equal(t, []string{other}, out.Tied[a])

	c := write(t, dir, "c.nix", "one: two: three: ''\n<<<<<<< HEAD\n=======\n>>>>>>> other\n'' + one\n")
	out = fixed(t, fix.OnlySafe, []string{c}, "test-rename")
	assert.Empty(t, out.Texts)
	assert.Equal(t, "conflict", told(out))
	write(t, dir, "c.nix", "one: two: three: ''\n  <<<<<<< HEAD\n  >>>>>>>\n'' + one\n")
	out = fixed(t, fix.OnlySafe, []string{c}, "test-rename")
	assert.Contains(t, out.Texts[c], "'' + three")
}

// counting counts the files that are read.
type counting struct {
	workspace.FS
	reads atomic.Int64
}

func (c *counting) ReadFile(path string) ([]byte, error) {
	c.reads.Add(1)
	return c.FS.ReadFile(path)
}

// TestFixGrowth reads twice as many files twice as often, although fixes are refused in each and some take many
// rounds.
func TestFixGrowth(t *testing.T) {
	reads := func(n int) int64 {
		dir := t.TempDir()
		for i := range n {
			write(t, dir, fmt.Sprintf("f%d.nix", i), "one: two: three: breaks: makes: fine: same: leads: [ one breaks makes same leads ]\n")
		}
		fsys := &counting{FS: workspace.OS}
		out, err := engine.Fix(context.Background(), engine.Options{FS: fsys, Paths: []string{dir}, Only: []string{
			"test-rename", "test-break", "test-make", "test-lead", "test-same", "test-seen",
		}}, fix.OnlySafe)
		require.NoError(t, err)
		require.Len(t, out.Texts, n)
		require.Len(t, out.Refused, 4*n)
		return fsys.reads.Load()
	}
	few, many := reads(20), reads(80)
	assert.LessOrEqual(t, many, 4*few+40)
}

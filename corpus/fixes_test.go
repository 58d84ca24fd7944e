package corpus

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
	_ "github.com/nixsift/nixsift/rules/all" // every rule is tested
)

// pieceSize is the number of files that one run of the engine fixes.
const pieceSize = 250

// accepted returns the files of the corpus that Nix 2.34 accepts, every nth without -long.
func accepted(t testing.TB, n int) []string {
	var files []string
	for _, v := range oracle(t) {
		if v.ok234 {
			files = append(files, v.path)
		}
	}
	return sample(files, n)
}

// faults collects what goes wrong, so that a mistake of one rule is told once with a few examples.
type faults struct {
	mu sync.Mutex
	by map[string][]string
}

func (f *faults) add(what, where string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil {
		f.by = map[string][]string{}
	}
	f.by[what] = append(f.by[what], fmt.Sprintf(where, args...))
}

func (f *faults) report(t *testing.T) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(f.by)) {
		all := f.by[what]
		slices.Sort(all)
		t.Errorf("%s: %d times, such as\n\t%s", what, len(all), strings.Join(all[:min(len(all), 4)], "\n\t"))
	}
}

// fixing is one way to fix files: where they are read, by which rules, and how boldly.
type fixing struct {
	t     *testing.T
	fs    workspace.FS
	only  []string
	level fix.Level

	preset string // "" is all
}

func (x fixing) options(files []string) engine.Options {
	return engine.Options{FS: x.fs, Paths: files, Only: x.only, Preset: cmp.Or(x.preset, "all"), NoExclude: true, Jobs: 1}
}

// run fixes files and returns the texts before and after of those that change, and what is found then.
func (x fixing) run(f *faults, files []string) (before, after map[string]string, left []diag.Finding) {
	out := x.fix(f, files)
	if out == nil {
		return nil, nil, nil
	}
	for file := range out.Texts {
		if out.Texts[file] == out.Before[file] || filepath.Ext(file) != ".nix" {
			delete(out.Texts, file)
			delete(out.Before, file)
		}
	}
	return out.Before, out.Texts, out.Result.Findings
}

// fix fixes files. What a fix must not do by itself, such as to break its file, is a fault of its rule.
func (x fixing) fix(f *faults, files []string) *engine.Fixed {
	out, err := engine.Fix(x.t.Context(), x.options(files), x.level)
	if err != nil {
		f.add("fixing fails", "%s: %v", files[0], err)
		return nil
	}
	for _, e := range out.Result.Errors {
		if e.Kind != engine.Unparsed { // what is found beside it is fixed
			f.add("a file cannot be checked", "%s: %s", e.File, e.Message)
		}
	}
	for _, r := range out.Refused {
		switch r.Reason {
		case engine.Breaks:
			f.add("a fix of "+r.Rule+" breaks the file together with others", "%s: %s", r.File, r.Title)
		case engine.Endless:
			f.add("fixes of "+r.Rule+" do not come to an end", "%s: %s", r.File, r.Title)
		}
	}
	return out
}

// fixed returns a file system in which the texts stand.
func fixed(texts map[string]string) workspace.FS {
	fsys := workspace.NewOverlay(workspace.OS)
	for file, text := range texts {
		fsys.Set(file, []byte(text))
	}
	return fsys
}

// stillAccepted holds every text against our own parser and names, and against Nix.
func stillAccepted(t *testing.T, f *faults, nix string, before, after map[string]string) {
	dir, err := os.MkdirTemp(t.TempDir(), "")
	require.NoError(t, err)
	var names []string
	origin := map[string]string{}
	for _, file := range slices.Sorted(maps.Keys(after)) {
		if bad := rejections(after[file]); len(bad) > len(rejections(before[file])) {
			f.add("the result is rejected", "%s: %v", file, bad)
		}
		name := filepath.Join(dir, fmt.Sprintf("%d.nix", len(names)))
		require.NoError(t, os.WriteFile(name, []byte(after[file]), 0o644))
		names = append(names, name)
		origin[name] = file
	}
	if len(names) == 0 {
		return
	}
	if _, _, err := nixParse(nix, names...); err == nil {
		return
	}
	for _, name := range names {
		if _, messages, err := nixParse(nix, name); err != nil {
			f.add("Nix rejects the result", "%s: %s", origin[name], firstLines(messages, 6))
		}
	}
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], " | ")
}

// TestSafeFixes applies every safe fix there is: Nix accepts the results, no comment is lost, and fixing
// again changes nothing, which is what a formatter's wrapper such as treefmt needs.
func TestSafeFixes(t *testing.T) {
	nix := testenv.Nix234(t)
	var f faults
	var count counter
	files := accepted(t, 40)
	inParallel(files, pieceSize, func(piece []string) {
		x := fixing{t: t, level: fix.OnlySafe}
		x.createsNothing(&f, &count, piece)
		before, after, _ := x.run(&f, piece)
		stillAccepted(t, &f, nix, before, after)
		for file, text := range after {
			count.add("changed", 1)
			if lost := lostComments(before[file], text); lost != "" {
				f.add("a comment is lost", "%s: %s", file, lost)
			}
		}
		_, again, _ := fixing{t: t, fs: fixed(after), level: fix.OnlySafe}.run(&f, piece)
		for file := range again {
			f.add("a second run changes more", "%s: %s", file, difference(again[file], after[file]))
		}
	})
	f.report(t)
	t.Logf("%d files: %s", len(files), count.String())
}

// TestUnsafeFixes applies all fixes: the rounds end, and Nix accepts the results.
func TestUnsafeFixes(t *testing.T) {
	nix := testenv.Nix234(t)
	var f faults
	var count counter
	files := accepted(t, 40)
	inParallel(files, pieceSize, func(piece []string) {
		x := fixing{t: t, level: fix.AlsoUnsafe}
		x.createsNothing(&f, &count, piece)
		before, after, _ := x.run(&f, piece)
		stillAccepted(t, &f, nix, before, after)
		count.add("changed", len(after))
	})
	f.report(t)
	t.Logf("%d files: %s", len(files), count.String())
}

// TestUnusedCode removes all unused code: nothing is left but what the rules told without a fix before.
func TestUnusedCode(t *testing.T) {
	var f faults
	var count counter
	var only []string
	for _, r := range rules.All() {
		if r.Tags&diag.Unnecessary != 0 {
			only = append(only, r.ID)
		}
	}
	require.NotEmpty(t, only)
	files := accepted(t, 40)
	inParallel(files, pieceSize, func(piece []string) {
		x := fixing{t: t, only: only, level: fix.AlsoUnsafe}
		told := map[string]bool{}
		res, err := engine.Check(t.Context(), x.options(piece))
		if err != nil {
			f.add("checking fails", "%v", err)
			return
		}
		for _, d := range res.Findings {
			told[d.File+d.Rule+d.Message] = true
		}
		_, after, left := x.run(&f, piece)
		count.add("changed", len(after))
		for _, d := range left {
			if !told[d.File+d.Rule+d.Message] {
				f.add("unused code is left ["+d.Rule+"]", "%s: %s", d.File, d.Message)
			}
		}
	})
	f.report(t)
	t.Logf("%d files: %s", len(files), count.String())
}

// TestEachFix applies every fix alone, as an editor does: the result parses, and a safe fix keeps the
// comments and does to the normal form what its rule says.
func TestEachFix(t *testing.T) {
	var f faults
	var count counter
	files := accepted(t, 40)
	inParallel(files, pieceSize, func(piece []string) {
		each(t, &f, &count, nil, piece)
	})
	f.report(t)
	t.Logf("%d files: %s", len(files), count.String())
}

// each applies the fixes in a piece one by one, and those of each rule together.
func each(t *testing.T, f *faults, count *counter, fsys workspace.FS, piece []string) {
	res, err := engine.Check(t.Context(), fixing{t: t, fs: fsys}.options(piece))
	if err != nil {
		f.add("checking fails", "%v", err)
		return
	}
	byFile, safe := map[string][]diag.Finding{}, map[string][]string{}
	for _, d := range res.Findings {
		byFile[d.File] = append(byFile[d.File], d)
		if len(fix.Plan([]diag.Finding{d}, fix.OnlySafe)) > 0 && !slices.Contains(safe[d.Rule], d.File) {
			safe[d.Rule] = append(safe[d.Rule], d.File)
		}
	}
	for file, found := range byFile {
		text, _ := res.Text(file)
		eachFix(f, count, file, text, found)
	}
	for id, files := range safe {
		before, after, _ := fixing{t: t, fs: fsys, only: []string{id}, level: fix.OnlySafe}.run(f, files)
		for file := range after {
			if bad := violated(rules.Lookup(id).SafeFix, file, before[file], after[file]); bad != "" {
				f.add("all fixes of "+id+" in a file", "%s: %s", file, bad)
			}
		}
	}
}

// maxAlone bounds how many fixes of one file are applied alone, since each costs parsing the file.
const maxAlone = 400

func eachFix(f *faults, count *counter, file, text string, found []diag.Finding) {
	if filepath.Ext(file) != ".nix" {
		return
	}
	was := len(rejections(text))
	step := len(found)/maxAlone + 1
	for i, d := range found {
		for _, x := range d.Fixes {
			if slices.ContainsFunc(x.Edits, func(e diag.Edit) bool { return e.File != "" && e.File != file }) {
				continue
			}
			count.add(d.Rule+" "+x.Safety.String(), 1)
			if i%step != 0 {
				continue
			}
			after, ok := apply(text, x.Edits)
			switch {
			case !ok:
				f.add("the edits of "+d.Rule+" overlap or leave the file", "%s: %v", file, x)
				continue
			case after == text && x.Safety != diag.Display:
				f.add("a fix of "+d.Rule+" changes nothing", "%s: %v", file, x)
			}
			if bad := rejections(after); len(bad) > was && x.Safety != diag.Display {
				f.add("a fix of "+d.Rule+" is rejected", "%s: %v: %v", file, x, bad)
			}
			if x.Safety != diag.Safe {
				continue
			}
			if lost := lostComments(text, after); lost != "" {
				f.add("a safe fix of "+d.Rule+" loses a comment", "%s: %v: %s", file, x, lost)
			}
			if bad := violated(rules.Lookup(d.Rule).SafeFix, file, text, after); bad != "" {
				f.add("a safe fix of "+d.Rule, "%s: %v: %s", file, x, bad)
			}
		}
	}
}

// apply applies the edits of one fix; ok is false where they do not fit.
func apply(text string, edits []diag.Edit) (after string, ok bool) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b diag.Edit) int { return int(a.Span.Start) - int(b.Span.Start) })
	at := uint32(0)
	for _, e := range sorted {
		if e.Span.Start < at || e.Span.End < e.Span.Start || int(e.Span.End) > len(text) {
			return "", false
		}
		at = e.Span.End
	}
	return fix.Edit(text, sorted), true
}

// TestFixedFixtures fixes the rules' own fixtures with all rules at once: what is made to show one rule meets the fixes
// of the others.
func TestFixedFixtures(t *testing.T) {
	nix := testenv.Nix234(t)
	archives := fixtures(t)
	var f faults
	var count counter
	inParallel(archives, 8, func(piece []string) {
		texts := fixtureTexts(t, piece)
		files := slices.Sorted(maps.Keys(texts))
		for _, level := range []fix.Level{fix.OnlySafe, fix.AlsoUnsafe} {
			before, after, _ := fixing{t: t, fs: fixed(texts), level: level}.run(&f, files)
			safe := map[string]string{}
			for file, text := range before {
				if lost := lostComments(text, after[file]); lost != "" && level == fix.OnlySafe {
					f.add("a comment is lost", "%s: %s", file, lost)
				}
				// Unsafe fixes may get into each other's way: one takes a name that another needs.
				was, is := parser.Parse(text).Errors(), parser.Parse(after[file]).Errors()
				if len(is) > len(was) {
					f.add("the result is worse", "%s: %v", file, is)
				}
				if len(rejections(text)) == 0 {
					safe[file] = after[file]
				}
			}
			stillAccepted(t, &f, nix, before, safe)
			count.add("changed", len(after))
			_, again, _ := fixing{t: t, fs: fixed(merged(texts, after)), level: level}.run(&f, files)
			for file := range again {
				f.add("a second run changes more", "%s: %s", file, difference(again[file], after[file]))
			}
		}
	})
	f.report(t)
	t.Logf("%d fixtures: %s", len(archives), count.String())
}

func merged(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// fixtureTexts returns the files of fixtures, each fixture in a folder of its own that need not exist.
func fixtureTexts(t *testing.T, archives []string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	dir := t.TempDir()
	for _, archive := range archives {
		data, err := os.ReadFile(archive)
		require.NoError(t, err)
		x, err := fixture.Parse(data)
		require.NoError(t, err, archive)
		for _, file := range x.Files {
			if workspace.KindOf(file.Name) == workspace.Other {
				continue
			}
			texts[filepath.Join(dir, strings.TrimSuffix(filepath.Base(archive), ".txtar"), filepath.FromSlash(file.Name))] = file.Text
		}
	}
	return texts
}

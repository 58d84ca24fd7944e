// Package ruletest runs the fixtures of a family of rules: each rule has one, each fixture has a rule, and
// what the rule finds in it is exactly what the fixture wants.
package ruletest

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

var (
	update = flag.Bool("update", false, "rewrite the golden sections of the fixtures that run")
	ranges = flag.Bool("ranges", false, "with -update: also mark the range of every finding")
)

// Now is the moment at which fixtures are checked.
var Now = time.Date(2026, time.December, 1, 12, 0, 0, 0, time.UTC)

func now() time.Time { return Now }

// Run runs the fixtures in dir, a file RULE.txtar for each rule that the test links in.
func Run(t *testing.T, dir string) {
	gittest.Isolate(t)
	fixtures, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	require.NoError(t, err)
	have := map[string]bool{}
	for _, path := range fixtures {
		id := strings.TrimSuffix(filepath.Base(path), ".txtar")
		have[id] = true
		t.Run(id, func(t *testing.T) {
			r := rules.Lookup(id)
			if r == nil || r.ID != id {
				t.Fatalf("%s has no rule", path)
			}
			runFixture(t, path, r)
		})
	}
	for _, r := range rules.All() {
		if !have[r.ID] && !r.Engine {
			t.Errorf("rule %s has no fixture %s", r.ID, filepath.Join(dir, r.ID+".txtar"))
		}
	}
}

func runFixture(t *testing.T, path string, r *rules.Rule) {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	f, err := fixture.Parse(data)
	require.NoError(t, err, path)
	if f.Comment == "" {
		t.Errorf("%s: the archive's comment must say what the fixture shows", path)
	}
	root := Materialise(t, f)
	res := check(t, root, r)
	for _, e := range res.Errors {
		if e.Kind != engine.Unparsed { // fixtures show what is found beside what cannot be read
			t.Errorf("%s: %s: %s", r.ID, e.File, e.Message)
		}
	}
	if *update && *ranges {
		for i := range f.Wants {
			f.Wants[i].Marked = false
		}
	}
	compare(t, f, root, res)
	if *update && *ranges && !t.Failed() {
		markRanges(t, path, root, res)
	}
	checkFixes(t, path, f, r, root, res)
	if len(f.Kept) > 0 {
		t.Run("kept", func(t *testing.T) { keptBy(t, testenv.Nix234(t), []string{r.ID}, f.Kept) })
	}
	if len(f.Evaluated) > 0 {
		t.Run("evaluated", func(t *testing.T) { evaluated(t, testenv.Nix234(t), f, root, res) })
	}
	if len(f.Wants) == 0 {
		t.Errorf("%s: the fixture shows nothing that the rule finds", path)
	}
}

// Materialise writes the fixture's project to a temporary folder, Git state included.
func Materialise(t testing.TB, f *fixture.Fixture) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, file := range f.Files {
		p := filepath.Join(root, filepath.FromSlash(file.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(file.Text), 0o644))
	}
	for _, repo := range f.Repos {
		initRepo(t, root, repo)
	}
	return root
}

func initRepo(t testing.TB, root string, repo fixture.Repo) {
	t.Helper()
	dir := filepath.Join(root, filepath.FromSlash(repo.Dir))
	git := func(args ...string) {
		t.Helper()
		out, err := gittest.Command(t, dir, args...).CombinedOutput()
		require.NoError(t, err, "git %v: %s", args, out)
	}
	git("init", "-q")
	git("add", "-A", ".")
	for _, name := range repo.Untracked {
		git("rm", "-q", "-r", "--cached", "--ignore-unmatch", "--", name)
	}
	for _, name := range repo.Intent {
		git("rm", "-q", "--cached", "--", name)
		git("add", "-N", "--", name)
	}
	for _, name := range repo.Deleted {
		require.NoError(t, os.Remove(filepath.Join(dir, filepath.FromSlash(name))))
	}
}

func check(t *testing.T, root string, r *rules.Rule) *engine.Result {
	t.Helper()
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{root}, Only: []string{r.ID}, Now: now})
	require.NoError(t, err)
	res.Findings = slices.DeleteFunc(res.Findings, func(d diag.Finding) bool { return d.Rule != r.ID && rules.Lookup(d.Rule).Blocks() })
	return res
}

// compare matches findings with wants, one to one.
func compare(t *testing.T, f *fixture.Fixture, root string, res *engine.Result) {
	t.Helper()
	wants := append([]fixture.Want(nil), f.Wants...)
	for _, d := range res.Findings {
		text, _ := res.Text(d.File)
		line := source.NewLineIndex(text).Line(d.Span.Start)
		name := rel(root, d.File)
		found := -1
		for i, w := range wants {
			if w.File == name && w.Line == line && w.Text.MatchString(d.Message) && (!w.Marked || w.Span == d.Span) &&
				(w.Rule == "" || w.Rule == d.Rule) && (w.Severity == "" || w.Severity == d.Severity.String()) {
				found = i
				break
			}
		}
		if found < 0 {
			t.Errorf("%s:%d: unexpected %s: %s [%s] at «%s»", name, line, d.Severity, d.Message, d.Rule, text[d.Span.Start:d.Span.End])
			continue
		}
		wants = append(wants[:found], wants[found+1:]...)
	}
	for _, w := range wants {
		where := ""
		if text, ok := res.Text(filepath.Join(root, filepath.FromSlash(w.File))); ok && w.Marked {
			where = " at «" + text[w.Span.Start:w.Span.End] + "»"
		}
		t.Errorf("%s:%d: want %s %q%s, found nothing like it", w.File, w.Line, w.Severity, w.Text, where)
	}
}

// markRanges marks what is found in a fixture, which is what it wants.
func markRanges(t *testing.T, path, root string, res *engine.Result) {
	t.Helper()
	found := make([]fixture.Found, 0, len(res.Findings))
	for _, d := range res.Findings {
		found = append(found, fixture.Found{File: rel(root, d.File), Span: d.Span, Message: d.Message})
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	marked, err := fixture.Mark(data, found)
	require.NoError(t, err, path)
	require.NoError(t, os.WriteFile(path, marked, 0o644))
}

// checkFixes applies the fixes, safe ones and then all, until nothing changes, and compares the results with
// the golden sections.
func checkFixes(t *testing.T, path string, f *fixture.Fixture, r *rules.Rule, root string, res *engine.Result) {
	t.Helper()
	fixes := 0
	for _, d := range res.Findings {
		fixes += len(d.Fixes)
	}
	switch {
	case r.Fix == rules.FixNever && fixes > 0:
		t.Errorf("rule %s says that it never offers a fix, but does", r.ID)
	case r.Fix == rules.FixAlways && fixes < len(res.Findings):
		t.Errorf("rule %s says that it always offers a fix, but does not", r.ID)
	case r.Fix == rules.FixSometimes && fixes == 0:
		t.Errorf("rule %s says that it offers fixes, but its fixture shows none", r.ID)
	}
	got := map[string]string{}
	for _, level := range []fix.Level{fix.OnlySafe, fix.AlsoUnsafe} {
		out, err := engine.Fix(context.Background(), engine.Options{Paths: []string{root}, Only: []string{r.ID}, Now: now}, level)
		require.NoError(t, err)
		require.Empty(t, out.Broken, "a fix leads to code that does not parse")
		require.Empty(t, out.Refused, "a fix does harm")
		for file, text := range out.Texts {
			got[goldenName(rel(root, file), level)] = text
			if r.Syntax == "" && strings.HasSuffix(file, ".nix") {
				before := len(parser.Parse(out.Before[file]).Errors())
				require.LessOrEqual(t, len(parser.Parse(text).Errors()), before, "%s does not parse after fixing", file)
			}
		}
	}
	want := map[string]string{}
	for _, g := range f.Golden {
		level := fix.OnlySafe
		if g.Unsafe {
			level = fix.AlsoUnsafe
		}
		want[goldenName(g.File, level)] = g.Text
	}
	// Where the unsafe fixes add nothing, the golden text of the safe ones says it all.
	for name := range got {
		if safe, ok := strings.CutSuffix(name, "-unsafe"); ok && got[safe] == got[name] && want[name] == "" {
			delete(got, name)
		}
	}
	if *update && !maps.Equal(got, want) {
		rewrite(t, path, got)
		return
	}
	for name, text := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: the section %s is missing; -update writes it:\n%s", path, name, text)
			continue
		}
		require.Equal(t, want[name], text, name)
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s: nothing was fixed for the section %s", path, name)
		}
	}
}

func goldenName(file string, level fix.Level) string {
	if level == fix.OnlySafe {
		return file + ".fixed"
	}
	return file + ".fixed-unsafe"
}

// rewrite replaces the golden sections of a fixture.
func rewrite(t *testing.T, path string, golden map[string]string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var b strings.Builder
	skip := false
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(name, " --") {
			name = strings.TrimSuffix(name, " --")
			skip = strings.HasSuffix(name, ".fixed") || strings.HasSuffix(name, ".fixed-unsafe")
			if !skip {
				b.WriteString(line)
				continue
			}
		}
		if !skip {
			b.WriteString(line)
		}
	}
	names := make([]string, 0, len(golden))
	for name := range golden {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, "-- %s --\n%s", name, golden[name])
		if !strings.HasSuffix(golden[name], "\n") {
			b.WriteByte('\n')
		}
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
}

func rel(root, file string) string {
	r, err := filepath.Rel(root, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(r)
}

// Findings runs one rule over an in-memory file and returns what it finds; for tests of single expressions.
func Findings(t testing.TB, rule, name, text string) []diag.Finding {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	fsys := workspace.NewOverlay(workspace.OS)
	fsys.Set(path, []byte(text))
	res, err := engine.Check(context.Background(), engine.Options{FS: fsys, Paths: []string{path}, Only: []string{rule}})
	require.NoError(t, err)
	require.Empty(t, res.Errors)
	return res.Findings
}

package corpus

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// outdated reports whether a finding is what applied fixes lead to by their nature: they change the inputs of a flake, and say
// that it is to be locked anew.
func outdated(out *engine.Fixed, d diag.Finding) bool {
	return slices.Contains([]string{"lock-missing-entry", "lock-removed-input", "lock-stale-entry"}, d.Rule) &&
		len(out.Then[filepath.Join(filepath.Dir(d.File), "flake.nix")]) > 0
}

// createsNothing fixes files and compares what is found before and after: no rule has more findings in a file than
// it had. Files with syntax errors are left out, since mending these brings findings to light.
func (x fixing) createsNothing(f *faults, count *counter, files []string) {
	res, err := engine.Check(x.t.Context(), x.options(files))
	if err != nil {
		f.add("checking fails", "%v", err)
		return
	}
	out := x.fix(f, files)
	if out == nil {
		return
	}
	count.add("applied", out.Applied)
	count.add("left out", len(out.Refused))
	was, is := byRule(res.Findings), byRule(out.Result.Findings)
	for key, now := range is {
		if len(now) <= len(was[key]) || len(parser.Parse(out.Before[now[0].File]).Errors()) > 0 {
			continue
		}
		said := map[string]int{}
		for _, d := range was[key] {
			said[d.Message]++
		}
		for _, d := range now {
			if said[d.Message]--; said[d.Message] < 0 && !outdated(out, d) {
				f.add("fixing leads to a finding of "+d.Rule, "%s: %s", d.File, d.Message)
				break
			}
		}
	}
}

func byRule(findings []diag.Finding) map[string][]diag.Finding {
	out := map[string][]diag.Finding{}
	for _, d := range findings {
		out[d.File+" "+d.Rule] = append(out[d.File+" "+d.Rule], d)
	}
	return out
}

// TestRandomFixes fixes random expressions, whose parts are what rules look for. The results parse, the comments
// stay, fixing comes to an end, and nothing new is found.
func TestRandomFixes(t *testing.T) {
	var f faults
	var count counter
	n := 800
	if takeAll() {
		n = 20000
	}
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	dir := t.TempDir()
	inParallel(numbers, 100, func(piece []int) {
		texts := map[string]string{}
		var files []string
		for _, i := range piece {
			file := filepath.Join(dir, fmt.Sprintf("%d.nix", i))
			g := generator{rand.New(rand.NewPCG(uint64(i), 1))}
			texts[file] = "{ pkgs, lib, a, b, c, ... }:\n" + g.expr(4) + "\n"
			files = append(files, file)
		}
		for _, level := range []fix.Level{fix.OnlySafe, fix.AlsoUnsafe} {
			x := fixing{t: t, fs: fixed(texts), level: level}
			x.createsNothing(&f, &count, files)
			before, after, _ := x.run(&f, files)
			for file, text := range after {
				if is, was := rejections(text), rejections(before[file]); len(is) > len(was) {
					f.add("the result is rejected", "%s\n\t%s: %v", before[file], text, is)
				}
				if lost := lostComments(before[file], text); lost != "" && level == fix.OnlySafe {
					f.add("a comment is lost", "%s\n\t%s: %s", before[file], text, lost)
				}
			}
			_, again, _ := fixing{t: t, fs: fixed(merged(texts, after)), level: level}.run(&f, files)
			for file := range again {
				f.add("a second run changes more", "%q: %s", texts[file], difference(again[file], after[file]))
			}
		}
	})
	f.report(t)
	t.Logf("%d expressions: %s", n, count.String())
}

// generator writes random expressions.
type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g generator) name() string { return g.pick("a", "b", "c", "x", "y", "lib", "pkgs") }

// comment returns now and then a comment.
func (g generator) comment() string {
	if g.IntN(12) > 0 {
		return ""
	}
	return g.pick(" # note\n", " /* aside */ ") // each comment counts by its text
}

func (g generator) expr(depth int) string {
	if depth == 0 {
		return g.pick("a", "b", "c", "1", "true", "false", "null", `"s"`, "[ ]", "{ }", "./x", `"${a}"`, "lib.id", "''t''")
	}
	e := func() string { return g.comment() + g.expr(depth-1) }
	p := func() string { return g.comment() + "(" + g.expr(depth-1) + ")" }
	switch g.IntN(22) {
	case 0, 1:
		return p()
	case 2:
		return "[ " + p() + " " + g.expr(0) + " " + p() + " ]"
	case 3:
		return "[ (import) " + g.pick("./x.nix", "./y.nix") + " ]"
	case 4:
		return fmt.Sprintf("let %s = %s; %s = %s; in %s", g.pick("x", "y"), e(), g.pick("z", "w"), e(), e())
	case 5:
		return fmt.Sprintf("let inherit (%s) %s; in %s", g.name(), g.pick("x", "y z", ""), e())
	case 6:
		return p() + " == " + g.pick("true", "false", p())
	case 7:
		return fmt.Sprintf("if %s then %s else %s", e(), e(), e())
	case 8:
		return fmt.Sprintf("with %s; %s", g.name(), e())
	case 9:
		return fmt.Sprintf("rec { %s = %s; %s }", g.pick("x", "y"), e(), g.bindings(depth))
	case 10:
		return "{ " + g.bindings(depth) + " }"
	case 11:
		return p() + " // " + p()
	case 12:
		return p() + " ++ " + p()
	case 13:
		return g.pick("x", "_x", "y") + ": " + e()
	case 14:
		return fmt.Sprintf("{ x ? %s, y, ... }%s: %s", e(), g.pick("", "@args"), e())
	case 15:
		return p() + " " + p()
	case 16:
		return fmt.Sprintf("%s.%s or %s", p(), g.pick("x", "y.z"), p())
	case 17:
		return "!" + p()
	case 18:
		return p() + g.pick(" && ", " || ", " -> ") + p()
	case 19:
		return "(x: " + g.name() + " x) " + p()
	case 20:
		return p() + " ? x && " + p() + ".x"
	}
	return fmt.Sprintf(`"a${%s}b"`, e())
}

func (g generator) bindings(depth int) string {
	var b strings.Builder
	names := []string{"a", "b", "c", "d", "e"}
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:g.IntN(4)] {
		b.WriteString(g.comment())
		switch g.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "%s = %s; ", name, g.pick("a", "b", "c"))
		case 1:
			fmt.Fprintf(&b, "%s = lib.%s; ", name, name)
		case 2:
			fmt.Fprintf(&b, "inherit %s; ", g.pick("pkgs", "lib", ""))
		case 3:
			fmt.Fprintf(&b, "%s.x = %s; %s.y = 1; ", name, g.expr(0), name)
		default:
			fmt.Fprintf(&b, "%s = %s; ", name, g.expr(depth-1))
		}
	}
	return b.String()
}

// TestFixtureRuleSets fixes the rules' fixtures with the rules that are on by default, and finds nothing new.
func TestFixtureRuleSets(t *testing.T) {
	var f faults
	var count counter
	inParallel(fixtures(t), 8, func(piece []string) {
		texts := fixtureTexts(t, piece)
		var files []string
		for file := range texts {
			files = append(files, file)
		}
		slices.Sort(files)
		for _, level := range []fix.Level{fix.OnlySafe, fix.AlsoUnsafe} {
			for _, preset := range []string{"recommended", "all"} {
				fixing{t: t, fs: fixed(texts), level: level, preset: preset}.createsNothing(&f, &count, files)
			}
		}
	})
	f.report(t)
	t.Log(count.String())
}

func fixtures(t *testing.T) []string {
	t.Helper()
	archives, err := filepath.Glob(filepath.Join(testenv.Root(t), "rules", "*", "testdata", "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatal("no fixtures", err)
	}
	return archives
}

package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
)

// The rules of these tests speak about marker names, so that each test sees only its own.
var (
	_ = register("test-panic", diag.Warning, func(p *rules.Pass, n ast.Node) {
		switch n.Text() {
		case "panics":
			panic("on purpose")
		case "quotes":
			panic("on purpose, in " + p.Tree.Source())
		case "fine":
			p.Report(diag.Finding{Span: n.Span(), Message: "seen"})
		}
	})
	_ = register("test-seen", diag.Warning, func(p *rules.Pass, n ast.Node) {
		switch n.Text() {
		case "fine", "panics":
			p.Report(diag.Finding{Span: n.Span(), Message: "seen"})
		case "mild":
			p.Report(diag.Finding{Span: n.Span(), Message: "seen", Severity: diag.Info})
		}
	})
	_ = register("test-package", diag.Warning, func(p *rules.Pass, n ast.Node) {
		if n.Text() != "called" {
			return
		}
		// What is found before the question must not be found twice.
		p.Report(diag.Finding{Span: n.Span(), Message: "seen"})
		path, span := p.Path, n.Span()
		p.Ask(func(a *rules.Asked) {
			refs := a.References(path)
			if len(refs) == 0 || refs[0].Kind != project.CallPackage {
				a.Report(diag.Finding{Span: span, Message: "called by nobody"})
			}
		})
	})
)

func register(id string, severity diag.Severity, check func(*rules.Pass, ast.Node)) *rules.Rule {
	return rules.Register(&rules.Rule{
		ID: id, Family: "test", Summary: "for tests", Doc: "For tests.", Since: "0.1.0", Severity: severity, Fix: rules.FixSometimes, SafeFix: rules.SameValue,
		On: []ast.Kind{ast.Ident}, Node: check,
	})
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func check(t *testing.T, opts engine.Options) *engine.Result {
	t.Helper()
	res, err := engine.Check(context.Background(), opts)
	require.NoError(t, err)
	return res
}

func show(res *engine.Result) string {
	var b strings.Builder
	for _, f := range res.Findings {
		fmt.Fprintf(&b, "%s:%d %s %s\n", filepath.Base(f.File), f.Span.Start, f.Severity, f.Rule)
	}
	return b.String()
}

// TestPanic contains a rule that fails: it is reported and left out, the others go on.
func TestPanic(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.nix", "fine: panics: [ fine panics fine ]\n")
	write(t, dir, "b.nix", "fine: fine\n")
	res := check(t, engine.Options{Paths: []string{dir}, Only: []string{"test-panic", "test-seen"}})
	assert.Equal(t, "a.nix:16 warning test-panic\na.nix:16 warning test-seen\na.nix:21 warning test-seen\na.nix:28 warning test-seen\n"+
		"b.nix:6 warning test-panic\nb.nix:6 warning test-seen\n", show(res))
	require.Len(t, res.Errors, 1)
	assert.Equal(t, engine.Internal, res.Errors[0].Kind)
	assert.Contains(t, res.Errors[0].Message, "rule test-panic failed: on purpose")
}

// TestPanicShowsNoSecret has a rule fail with the text of the file.
func TestPanicShowsNoSecret(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.nix", "quotes: { password = \"kT9wq2LmVx7\"; a = quotes; }\n")
	res := check(t, engine.Options{Paths: []string{dir}, Only: []string{"test-panic"}})
	require.Len(t, res.Errors, 1)
	assert.Contains(t, res.Errors[0].Message, "rule test-panic failed: on purpose, in quotes: { password = ")
	assert.NotContains(t, res.Errors[0].Message, "kT9wq2LmVx7")
}

// TestSeverities bounds what a finding asks for by what the user sets.
func TestSeverities(t *testing.T) {
	for _, c := range []struct{ toml, want string }{
		{"", ""},
		{"[rules]\ntest-seen = \"warning\"", "a.nix:14 warning test-seen\na.nix:19 info test-seen\n"},
		{"[rules]\ntest-seen = \"error\"", "a.nix:14 error test-seen\na.nix:19 info test-seen\n"},
		{"[rules]\ntest-seen = \"hint\"", "a.nix:14 hint test-seen\na.nix:19 hint test-seen\n"},
		{"preset = \"all\"\n[rules]\ntest-panic = \"off\"", "a.nix:14 warning test-seen\na.nix:19 info test-seen\n"},
		{"preset = \"all\"\n[rules]\ntest-panic = \"off\"\n[[override]]\npaths = [\"*.nix\"]\nrules = { test-seen = \"off\" }", ""},
	} {
		dir := t.TempDir()
		write(t, dir, "a.nix", "fine: mild: [ fine mild ]\n")
		write(t, dir, "nixsift.toml", c.toml)
		res := check(t, engine.Options{Paths: []string{dir}})
		assert.Empty(t, res.Errors)
		assert.Equal(t, c.want, show(res), c.toml)
	}
}

// TestOrder gives the same result however many files are checked at once.
func TestOrder(t *testing.T) {
	dir := t.TempDir()
	for i := range 60 {
		write(t, dir, fmt.Sprintf("d%d/f%02d.nix", i%7, i), "fine: [ fine mild ]\n")
	}
	want := ""
	for _, jobs := range []int{1, 2, 8} {
		got := show(check(t, engine.Options{Paths: []string{dir}, Only: []string{"test-seen"}, Jobs: jobs}))
		if want == "" {
			want = got
		}
		assert.NotEmpty(t, got)
		assert.Equal(t, want, got)
	}
}

// TestAloneAndTogether finds in a file what a run over the whole tree finds in it.
func TestAloneAndTogether(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "flake.nix", "{ outputs = { self }: { a = import ./mdoules/a.nix; }; }\n")
	write(t, dir, "modules/a.nix", "{ x = gone; }\n")
	write(t, dir, "modules/b.nix", "{ imports = [ ./c.nix ]; }\n")
	whole := check(t, engine.Options{Paths: []string{dir}})
	alone := ""
	for _, name := range []string{"flake.nix", "modules/a.nix", "modules/b.nix"} {
		alone += show(check(t, engine.Options{Paths: []string{filepath.Join(dir, name)}}))
	}
	assert.NotEmpty(t, alone)
	assert.Equal(t, show(whole), alone)
}

func TestSuppressions(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.nix", "# nixsift: ignore-file[undefined-variable] never\nfine: [\n  fine # nixsift: ignore[test-seen] wanted\n  # nixsift: ignore[test-seen]\n  fine\n  fine\n  1 # nixsift: ignore[test-seen] idle\n]\n")
	res := check(t, engine.Options{Paths: []string{dir}, Severities: []string{"test-seen=warning"}})
	assert.Equal(t, 2, res.Suppressed)
	got := show(res)
	for _, want := range []string{"warning test-seen", "suppression-without-reason", "unused-suppression", "malformed-suppression"} {
		assert.Contains(t, got, want)
	}
	assert.Equal(t, 1, strings.Count(got, "test-seen"))
}

// TestGenerated leaves generated files alone but for errors.
func TestGenerated(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.nix", "# This file was generated by a tool. Do not edit.\nfine: [ fine gone ]\n")
	write(t, dir, "lock/b.nix", "fine: [ fine gone ]\n")
	write(t, dir, ".gitattributes", "lock/*.nix linguist-generated=true\n")
	write(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	res := check(t, engine.Options{Paths: []string{dir}, Severities: []string{"test-seen=warning"}})
	assert.Equal(t, "a.nix:63 error undefined-variable\nb.nix:13 error undefined-variable\n", show(res))
}

// TestStrangeFiles meets what can lie in a folder: nothing hangs, nothing is missed in silence.
func TestStrangeFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.nix", "gone\n")
	require.NoError(t, os.Symlink(".", filepath.Join(dir, "loop")))
	require.NoError(t, os.Symlink("b.nix", filepath.Join(dir, "c.nix")))
	require.NoError(t, os.Symlink("c.nix", filepath.Join(dir, "b.nix")))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "folder.nix"), 0o755))
	require.NoError(t, testenv.MakeFIFO(filepath.Join(dir, "fifo.nix")))
	big, err := os.Create(filepath.Join(dir, "big.nix"))
	require.NoError(t, err)
	require.NoError(t, big.Truncate(100<<20))
	require.NoError(t, big.Close())
	res := check(t, engine.Options{Paths: []string{dir}})
	assert.Equal(t, "a.nix:0 error undefined-variable\n", show(res))
	require.Len(t, res.Errors, 2)
	assert.Equal(t, engine.TooLarge, res.Errors[0].Kind)
	assert.Equal(t, engine.FileError{File: filepath.Join(dir, "fifo.nix"), Message: "not a regular file", Kind: engine.Unreadable}, res.Errors[1])
	res = check(t, engine.Options{Paths: []string{filepath.Join(dir, "fifo.nix")}})
	require.Len(t, res.Errors, 1)
	assert.Contains(t, res.Errors[0].Message, "not a regular file")
}

// TestGathered puts rules off that ask about the whole project, and finds the same however much of it is reported.
func TestGathered(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "flake.nix", "{ outputs = { self }: { }; }\n")
	write(t, dir, "a.nix", "{ called }:\n[ called ]\n")
	write(t, dir, "b.nix", "{ called }:\n[ called ]\n")
	write(t, dir, "sub/default.nix", "{ called }: [ called ]\n")
	write(t, dir, "z.nix", "{ callPackage }: [ (callPackage ./a.nix { }) (callPackage ./sub/../sub { }) ]\n")
	run := func(jobs int, paths ...string) (out []string) {
		res, err := engine.Check(context.Background(), engine.Options{Paths: paths, Only: []string{"test-package"}, Jobs: jobs})
		require.NoError(t, err)
		assert.Empty(t, res.Errors)
		for _, f := range res.Findings {
			out = append(out, filepath.Base(f.File)+": "+f.Rule)
		}
		return out
	}
	want := []string{
		"a.nix: test-package", "b.nix: test-package", "b.nix: test-package", "default.nix: test-package",
	}
	assert.ElementsMatch(t, want, run(1, dir))
	assert.Equal(t, run(1, dir), run(8, dir))
	assert.ElementsMatch(t, want[:1], run(1, filepath.Join(dir, "a.nix")))
}

// TestGolden: what is wrong in files that a program is given in its tests is a hint, without fixes; what keeps them from being
// analysed is told as elsewhere.
func TestGolden(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	for _, name := range []string{
		"in.nix", "tests/alone/in.nix", "tests/own/x.nix", "tests/cases/a/in.nix", "tests/cases/a/out.nix", "tests/cases/a/other.nix", "tests/b.in.nix", "tests/b.out.nix",
		"tests/lang/eval-okay-x.nix", "tests/lang/eval-okay-y.nix",
	} {
		write(t, dir, name, "[ gone ]\n")
	}
	write(t, dir, "out.nix", "1\n")
	write(t, dir, "tests/lang/eval-okay-x.exp", "1\n")
	write(t, dir, "tests/torn/in.nix", "[ gone\n")
	write(t, dir, "tests/torn/out.nix", "1\n")
	got := map[string][]string{}
	for _, f := range check(t, engine.Options{Paths: []string{dir}}).Findings {
		rel, err := filepath.Rel(dir, f.File)
		require.NoError(t, err)
		got[f.Severity.String()+" "+f.Rule] = append(got[f.Severity.String()+" "+f.Rule], filepath.ToSlash(rel))
		assert.True(t, f.Severity != diag.Hint || len(f.Fixes) == 0)
	}
	assert.Equal(t, map[string][]string{
		"error undefined-variable": {"in.nix", "tests/alone/in.nix", "tests/cases/a/other.nix", "tests/lang/eval-okay-y.nix", "tests/own/x.nix"},
		"hint undefined-variable":  {"tests/b.in.nix", "tests/b.out.nix", "tests/cases/a/in.nix", "tests/cases/a/out.nix", "tests/lang/eval-okay-x.nix"},
		"error syntax-error":       {"tests/torn/in.nix"},
	}, got)
}

package refactor_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/refactor"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// fileOf makes what is asked of a text.
func fileOf(text string) *refactor.File {
	t := parser.Parse(text)
	names := sema.Resolve(t)
	return &refactor.File{
		Path: "/x/a.nix", Tree: t, Names: names, Exists: func(string) bool { return false },
		Modules: func() *module.File { return module.AnalyzeFile(t, names) },
	}
}

// after returns a text after a change, with the file that the change creates in its place.
func after(text string, c refactor.Change) string {
	out := fix.Edit(text, c.Edits)
	if c.New != nil {
		out = strings.Replace(out, "import ./"+filepath.Base(c.New.Path), "("+c.New.Text+")", 1)
	}
	return out
}

// unbound are those changes that are not to keep the outcome of a whole file.
func unbound(c refactor.Change) bool {
	return strings.HasPrefix(c.Title, "add `") || strings.HasPrefix(c.Title, "wrap `config`") || c.Kind == refactor.OrganizeImports
}

// kept requires that the results of changes parse, and returns those that are to keep their outcome.
func kept(t *testing.T, text string, changes []refactor.Change) (out []string) {
	for _, c := range changes {
		for i := 1; i < len(c.Edits); i++ {
			require.Less(t, c.Edits[i-1].Span.End, c.Edits[i].Span.Start, "%s: %s", c.Title, text)
		}
		got := after(text, c)
		if assert.Empty(t, parser.Parse(got).Errors(), "%s of\n%s\ngives\n%s", c.Title, text, got) && !unbound(c) {
			out = append(out, got)
		}
	}
	return out
}

// everywhere calls yield for each place of a text that a cursor may stand at, and each expression that may be selected.
func everywhere(text string, yield func(at source.Span)) {
	t := parser.Parse(text)
	for i := range t.NumTokens() {
		if tok := t.Token(i); !tok.Kind().IsTrivia() {
			yield(source.Span{Start: tok.Start(), End: tok.Start()})
		}
	}
	for i := range t.Records() {
		yield(t.Node(ast.NodeID(i)).Span())
	}
}

// TestKept holds that every change of small expressions, at every place, gives what Nix evaluates to the same.
func TestKept(t *testing.T) {
	exprs := strings.Split(strings.TrimSpace(read(t, "testdata/expressions.txt")), "\n#\n")
	kinds := map[string]int{}
	var before, got []string
	for _, e := range exprs {
		seen := map[string]bool{}
		everywhere(e, func(at source.Span) {
			changes := fileOf(e).At(at)
			for _, c := range changes {
				kinds[strings.Join(strings.Fields(c.Title)[:2], " ")]++
			}
			for _, text := range kept(t, e, changes) {
				if !seen[text] {
					seen[text] = true
					before, got = append(before, e), append(got, text)
				}
			}
		})
	}
	t.Logf("%d changes of %d expressions: %v", len(got), len(exprs), kinds)
	for _, kind := range []string{"write it", "write definitions", "write a", "write `a`", "put `a.…`", "put `x`", "take the", "write the", "put the", "write `let", "inline `x`", "inline this", "inline all", "give it", "put it"} {
		assert.Positive(t, kinds[kind], kind)
	}
	ruletest.SameOutcome(t, filepath.Join(testenv.Nix234(t), "nix-instantiate"), before, got)
}

// TestLanguageTests does the same with what Nix tests itself with.
func TestLanguageTests(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testenv.Shared(t, "corpus", "nix-lang-tests"), "eval-okay-*.nix"))
	require.NoError(t, err)
	var before, got []string
	for _, file := range files {
		text := read(t, file)
		if tree := parser.Parse(text); len(text) > 2500 || len(tree.Errors()) > 0 || tree.Kinds().HaveAny(ast.KindsOf(ast.Path, ast.SearchPath)) || strings.Contains(text, "Pos") {
			continue
		}
		kinds := map[string]int{}
		everywhere(text, func(at source.Span) {
			for _, c := range fileOf(text).At(at) {
				if kinds[c.Title]++; kinds[c.Title] > 2 {
					continue
				}
				for _, out := range kept(t, text, []refactor.Change{c}) {
					before, got = append(before, text), append(got, out)
				}
			}
		})
	}
	require.Greater(t, len(got), 500)
	ruletest.SameOutcome(t, filepath.Join(testenv.Nix234(t), "nix-instantiate"), before, got)
}

// TestParses holds that what changes make of real code parses, and binds no other names than before.
func TestParses(t *testing.T) {
	n := 0
	err := filepath.WalkDir(testenv.Shared(t, "corpus", "nixpkgs-lib"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".nix" {
			return err
		}
		text := read(t, path)
		if len(text) > 30_000 || len(parser.Parse(text).Errors()) > 0 {
			return nil
		}
		f, i := fileOf(text), 0
		free := unboundNames(f)
		everywhere(text, func(at source.Span) {
			if i++; i%23 != 0 {
				return
			}
			for _, c := range f.At(at) {
				n++
				for _, out := range kept(t, text, []refactor.Change{c}) {
					if c.New == nil {
						assert.Equal(t, free, unboundNames(fileOf(out)), "%s in %s at %d", c.Title, path, at.Start)
					}
				}
			}
		})
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, n, 500)
	t.Log(n, "changes")
}

// unboundNames are the names of a file that nothing binds, or perhaps a with.
func unboundNames(f *refactor.File) map[string]bool {
	names := map[string]bool{}
	for _, u := range f.Names.Uses() {
		if u.Target == sema.ToNothing {
			names[u.Node.Text()] = true
		}
	}
	return names
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(b)
}

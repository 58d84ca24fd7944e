package corpus

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/nixprint"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

var long = flag.Bool("long", false, "test everything instead of a sample")

// takeAll reports whether everything is to be tested. The variable is read here, so that go test sees it.
func takeAll() bool { return *long || os.Getenv("NIXSIFT_LONG") == "1" }

// verdict is a row of ORACLE.tsv: what Nix 2.34 and Nix 2.8 say of a file.
type verdict struct {
	path         string
	ok234, ok28  bool
	class, error string
}

// oracle returns the rows of ORACLE.tsv, with absolute paths.
func oracle(t testing.TB) []verdict {
	t.Helper()
	table := testenv.Shared(t, "corpus", "ORACLE.tsv")
	data, err := os.ReadFile(table)
	require.NoError(t, err)
	var out []verdict
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || len(f) < 5 {
			continue
		}
		out = append(out, verdict{filepath.Join(filepath.Dir(table), f[0]), f[1] == "ok", f[2] == "ok", f[3], f[4]})
	}
	require.NotEmpty(t, out)
	return out
}

// sample returns every nth element, or all with -long.
func sample[T any](all []T, n int) []T {
	if takeAll() {
		return all
	}
	var out []T
	for i := 0; i < len(all); i += n {
		out = append(out, all[i])
	}
	return out
}

// inParallel runs f for each piece of at most size elements, on as many goroutines as there are processors.
func inParallel[T any](all []T, size int, f func(piece []T)) {
	pieces := make(chan []T)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for piece := range pieces {
				f(piece)
			}
		})
	}
	for i := 0; i < len(all); i += size {
		pieces <- all[i:min(i+size, len(all))]
	}
	close(pieces)
	wg.Wait()
}

// nixParse runs nix-instantiate --parse on files and returns what it printed, one line a file, and its
// messages. It stops at the first file that it rejects; err is then not nil.
func nixParse(nix string, files ...string) (stdout, stderr string, err error) {
	cmd := exec.Command(nix, append([]string{"--extra-experimental-features", "pipe-operators", "--parse"}, files...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// parseAsNix parses what Nix reads of a file: up to the first NUL byte between tokens.
func parseAsNix(src string) *ast.Tree {
	tree := parser.Parse(src)
	if nul := tree.FirstNUL(); nul >= 0 {
		return parser.Parse(src[:nul])
	}
	return tree
}

// normalForm returns the normal form of a file, or "" for one with syntax errors.
func normalForm(t testing.TB, file string) string {
	t.Helper()
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	dir, err := nixprint.BaseDir(file, "/")
	require.NoError(t, err)
	return nixprint.Print(parseAsNix(string(src)), nixprint.Options{Dir: dir, Home: os.Getenv("HOME")})
}

// TestNormalForm compares the normal form of every accepted file with Nix, character for character.
func TestNormalForm(t *testing.T) {
	nix := testenv.Nix234(t)
	var files []string
	for _, v := range oracle(t) {
		if v.ok234 {
			files = append(files, v.path)
		}
	}
	inParallel(sample(files, 8), 200, func(piece []string) {
		want, messages, err := nixParse(nix, piece...)
		if err != nil {
			t.Errorf("nix-instantiate --parse: %v: %s", err, messages)
			return
		}
		for _, file := range piece {
			got := normalForm(t, file) + "\n"
			if !strings.HasPrefix(want, got) {
				t.Errorf("%s:\n%s", file, difference(got, want))
				own, _, _ := nixParse(nix, file)
				got = own
			}
			want = strings.TrimPrefix(want, got)
		}
		if want != "" {
			t.Errorf("Nix printed %d bytes more", len(want))
		}
	})
}

// difference shows where two texts part.
func difference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	around := func(s string) string { return s[max(0, i-60):min(len(s), i+60)] }
	return fmt.Sprintf("got  %q\nwant %q", around(got), around(want))
}

// TestForms checks the table of the printer's own test against Nix, so that the table stays true.
func TestForms(t *testing.T) {
	nix := testenv.Nix234(t)
	data, err := os.ReadFile(filepath.Join(testenv.Root(t), "ast", "nixprint", "testdata", "forms.txt"))
	require.NoError(t, err)
	var inputs []string
	for line := range strings.Lines(string(data)) {
		if in, _, ok := strings.Cut(line, " ⇒ "); ok {
			inputs = append(inputs, strings.ReplaceAll(strings.Map(func(r rune) rune {
				if 0x2400 <= r && r < 0x2420 {
					return r - 0x2400
				}
				return r
			}, in), "⟦BOM⟧", "\ufeff"))
		}
	}
	inParallel(sample(inputs, 8), 10, func(piece []string) {
		dir := t.TempDir()
		for _, in := range piece {
			if bad := disagreement(judge(t, nix, dir, in)); bad != "" {
				t.Errorf("%s: %s", in, bad)
			}
		}
	})
}

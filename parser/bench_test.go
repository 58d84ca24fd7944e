package parser

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// nixFiles returns the texts of all .nix files below a folder of the corpus.
func nixFiles(t testing.TB, elem ...string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(testenv.Shared(t, append([]string{"corpus"}, elem...)...), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".nix") {
			return err
		}
		src, err := os.ReadFile(path)
		out = append(out, string(src))
		return err
	})
	require.NoError(t, err)
	return out
}

// sets are what is measured: a tree of many small files, and the ten largest files.
func sets(b *testing.B) map[string][]string {
	all := nixFiles(b)
	slices.SortFunc(all, func(x, y string) int { return len(y) - len(x) })
	return map[string][]string{"bench": nixFiles(b, "bench"), "largest": all[:10]}
}

func measure(b *testing.B, f func(src string)) {
	for name, files := range sets(b) {
		size := 0
		for _, src := range files {
			size += len(src)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, src := range files {
					f(src)
				}
			}
		})
	}
}

// BenchmarkBytes is the floor: one table look-up a byte. The ratio to it says more than seconds do.
func BenchmarkBytes(b *testing.B) {
	sum := 0
	measure(b, func(src string) {
		for i := 0; i < len(src); i++ {
			sum += int(class[src[i]])
		}
	})
}

func BenchmarkLex(b *testing.B) {
	var l lexer
	measure(b, l.lex)
}

// BenchmarkParse lexes, parses and fills the tree's arrays, with one Parser for all files.
func BenchmarkParse(b *testing.B) {
	var p Parser
	measure(b, func(src string) { p.Parse(src) })
}

// BenchmarkParseFresh makes trees that last.
func BenchmarkParseFresh(b *testing.B) {
	measure(b, func(src string) { Parse(src) })
}

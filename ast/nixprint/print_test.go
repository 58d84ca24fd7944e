package nixprint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/nixprint"
	"github.com/nixsift/nixsift/parser"
)

// form is a row of testdata/forms.txt.
type form struct{ in, out string }

func forms(t testing.TB) []form {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "forms.txt"))
	require.NoError(t, err)
	decode := func(s string) string {
		s = strings.ReplaceAll(s, "⟦BOM⟧", "\ufeff")
		return strings.Map(func(r rune) rune {
			if 0x2400 <= r && r < 0x2420 {
				return r - 0x2400
			}
			return r
		}, s)
	}
	var out []form
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") && !strings.Contains(line, "⇒") {
			continue
		}
		in, want, ok := strings.Cut(line, " ⇒ ")
		require.True(t, ok, line)
		out = append(out, form{decode(in), decode(want)})
	}
	return out
}

func TestForms(t *testing.T) {
	for _, f := range forms(t) {
		in := f.in
		tree := parser.Parse(in)
		if nul := tree.FirstNUL(); nul >= 0 {
			tree = parser.Parse(in[:nul])
		}
		switch f.out {
		case "✗":
			assert.NotEmpty(t, tree.Errors(), in)
			assert.Empty(t, nixprint.Print(tree, nixprint.Options{}), in)
		case "✗ names":
			assert.Empty(t, tree.Errors(), in)
		default:
			if assert.Empty(t, tree.Errors(), in) {
				assert.Equal(t, f.out, nixprint.Print(tree, nixprint.Options{Dir: "/d", Home: "/home/u"}), in)
			}
		}
	}
}

// FuzzPrint checks that whatever parses can be printed.
func FuzzPrint(f *testing.F) {
	for _, row := range forms(f) {
		f.Add(row.in)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tree := parser.Parse(src)
		out := nixprint.Print(tree, nixprint.Options{Dir: "/d", Home: "/home/u"})
		if (out == "") != (len(tree.Errors()) > 0) {
			t.Fatalf("%d errors, printed %q", len(tree.Errors()), out)
		}
	})
}

// TestDeep prints trees far deeper than a stack could take.
func TestDeep(t *testing.T) {
	const n = 1_000_000
	for name, src := range map[string]string{
		"functions":   strings.Repeat("x: ", n) + "x",
		"sums":        "1" + strings.Repeat("+1", n),
		"lists":       strings.Repeat("a ++ ", n) + "b",
		"conditions":  strings.Repeat("if a then b else ", n) + "c",
		"application": "f" + strings.Repeat(" x", n),
		"pipes":       "f" + strings.Repeat(" |> x", n),
		"tests":       "f" + strings.Repeat(" ? x", n),
		"paths":       "{ " + strings.Repeat("a.", n) + "b = 1; }",
	} {
		assert.NotEmpty(t, nixprint.Print(parser.Parse(src), nixprint.Options{Dir: "/d"}), name)
	}
	nested := strings.Repeat("{ a = ", 10_000) + "1" + strings.Repeat("; }", 10_000)
	assert.NotEmpty(t, nixprint.Print(parser.Parse("{ x = "+nested+"; x = "+nested+"; }"), nixprint.Options{Dir: "/d"}))
}

func TestBaseDir(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	sub := filepath.Join(dir, "sub")
	require.NoError(t, os.Mkdir(sub, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(sub, "default.nix"), nil, 0o600))
	require.NoError(t, os.Symlink(filepath.Join("sub", "default.nix"), filepath.Join(dir, "link.nix")))
	require.NoError(t, os.Symlink("sub", filepath.Join(dir, "folder")))
	require.NoError(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	for file, want := range map[string]string{
		"sub/default.nix":          sub,
		"./sub/../sub/default.nix": sub,
		"sub":                      sub,
		"link.nix":                 sub, // the last component is followed
		"folder":                   sub,
		"folder/default.nix":       filepath.Join(dir, "folder"), // the folders are not
		"-":                        dir,
		filepath.Join(dir, "folder", "default.nix"): filepath.Join(dir, "folder"),
	} {
		got, err := nixprint.BaseDir(file, dir)
		require.NoError(t, err, file)
		assert.Equal(t, want, got, file)
	}
	for _, file := range []string{"none.nix", "loop"} {
		_, err := nixprint.BaseDir(file, dir)
		require.ErrorContains(t, err, file)
	}
}

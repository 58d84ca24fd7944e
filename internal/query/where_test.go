package query_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/query"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

const whereText = `{ lib, f, x, ... }:
let port = 8080; name = "web"; list = [ 1 ]; in
{
  a = f 8080;
  b = f port;
  c = f "web";
  d = f ''web'';
  e = f name;
  g = f [ x ];
  h = f list;
  i = f x;
  j = lib.mkIf x (f { k = 1; });
  l = f ./p;
  m = f (y: y);
  n = f true;
  o = f null;
  p = f 1.5;
  q = f (-1);
  r = f (x == x);
}
`

// TestWhere holds which of the calls above a condition takes.
func TestWhere(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"hosts/a.nix": whereText})
	p, err := pattern.Compile("f $x")
	require.NoError(t, err)
	for _, c := range []struct{ where, want string }{
		{`$x == 8080`, "8080"},
		{`$x == "web"`, `"web" ''web''`},
		{`$x == -1`, "(-1)"},
		{`$x == true or $x == null or $x == 1.5`, "true null 1.5"},
		{`value($x) == 8080`, "8080 port"},
		{`value($x) == 'web'`, `"web" ''web'' name`},
		{`value($x) == true`, "true"},
		{`value($x) == null`, "null"},
		{`value($x) != 8080 and $x is int`, "(-1)"},
		{`$x is list`, "[ x ] list"},
		{`$x is string and not ($x == "web")`, "name"},
		{`$x is set`, "{ k = 1; }"},
		{`$x is path or $x is function`, "./p (y: y)"},
		{`$x is bool`, "true (x == x)"},
		{`$x is float or $x is null`, "null 1.5"},
		{`text($x) =~ "^[a-z]+$" and not $x is bool and not $x is null`, "port name list x"},
		{`text($x) == "port"`, "port"},
		{`inside "lib.mkIf $c $_"`, "{ k = 1; }"},
		{`inside "lib.mkIf $x $_"`, ""},
		{`inside "{ b = $_; }" and not inside "lib.mkIf $c $_" and $x == 8080`, "8080"},
		{`has "{ k = $_; }"`, "{ k = 1; }"},
		{`has '$a == $a'`, "(x == x)"},
		{`path ~ "hosts/**" and $x == 8080`, "8080"},
		{`not path ~ "{hosts,modules}/*.nix"`, ""},
		{`not not ($x == 8080)`, "8080"},
		{`value($x) > 8000`, "8080 port"},
		{`value($x) >= 8080 and value($x) <= 8080.0`, "8080 port"},
		{`value($x) < 0`, "(-1)"},
	} {
		w, err := query.ReadWhere(c.where, p)
		require.NoError(t, err, c.where)
		q := query.Query{Pattern: p, Where: w, Dir: dir}
		files, err := q.Run(t.Context(), workspace.OS, []string{filepath.Join(dir, "hosts/a.nix")})
		require.NoError(t, err)
		var got []string
		for _, f := range files {
			for _, m := range f.Matches {
				got = append(got, strings.TrimPrefix(m.Text, "f "))
			}
		}
		assert.Equal(t, c.want, strings.Join(got, " "), c.where)
	}
}

// TestResolves follows names to what they stand for.
func TestResolves(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": `{ lib, force, ... }: let inherit (lib) mkForce; f = lib.mkForce; g = f; h = h; m = map; in
[ (lib.mkForce 1) (mkForce 2) (f 3) (g 4) (h 5) (force 6) (with lib; mkForce 7) (m 8) (lib.mkIf 9) ]
`})
	p, err := pattern.Compile("$f $x")
	require.NoError(t, err)
	for where, want := range map[string]string{"$f resolves to lib.mkForce": "1 2 3 4 7", "$f resolves to builtins.map": "8", "not $f resolves to lib.mkForce and not $x is string": "5 6 8 9"} {
		w, err := query.ReadWhere(where, p)
		require.NoError(t, err, where)
		files, err := (&query.Query{Pattern: p, Where: w, Dir: dir}).Run(t.Context(), workspace.OS, []string{filepath.Join(dir, "a.nix")})
		require.NoError(t, err)
		var got []string
		for _, m := range files[0].Matches {
			got = append(got, m.Vars[1].Text)
		}
		assert.Equal(t, want, strings.Join(got, " "), where)
	}
}

func TestWhereErrors(t *testing.T) {
	p, err := pattern.Compile("f $value $$$rest")
	require.NoError(t, err)
	for _, c := range []struct {
		where string
		at    int
		says  string
	}{
		{"", 0, "the condition ends here, but a condition: $x is"},
		{"$value", 6, "ends here, but is, == or !=, resolves to, or depends on"},
		{"$value is", 9, "but a kind: bool, float"},
		{"$value is lst", 10, "unknown kind `lst`; did you mean `list`?"},
		{"$valu is list", 0, "no metavariable $valu; did you mean $value?"},
		{"$value == 1 nad $value == 2", 12, "`nad` is not expected here, but and, or, or the end; did you mean `and`?"},
		{"insid 'f $x'", 0, "did you mean `inside`?"},
		{"inside f", 7, "a pattern in quotes"},
		{"inside 'f ('", 7, "in this pattern, at byte 4"},
		{"value($value) < 'a'", 5, "compares numbers"},
		{"$value resolves lib.x", 16, "is not expected here, but to"},
		{"text($value) =~ '('", 16, "missing closing )"},
		{"path ~ '{a'", 7, "no pattern of paths"},
		{"file", 4, "ends here, but is and one of flake, generated, module"},
		{"file is", 7, "ends here, but one of flake, generated"},
		{"file is modul", 8, "a file is no `modul`; did you mean `module`?"},
		{"file is xyz", 8, "a file is no `xyz`: use flake, generated, module, overlay, package, plain, test"},
		{"fiel is test", 0, "`fiel` is not expected here"},
		{"file reached host", 13, "but reached by host"},
		{"file reached by host ~ 'a..b'", 23, "empty name"},
		{"option ~ 'a.{b'", 9, "no pattern of names"},
		{"option ~ '\"a.b'", 9, "do not end"},
		{"option == '\"a\"b'", 10, "a dot is missing"},
		{"option =~ 'a'", 7, "but ~, == or != and an option"},
		{"priority < '1'", 11, "is not expected here"},
		{"priority", 8, "but a comparison with a number"},
		{"$value depend on config", 7, "did you mean `depends`?"},
		{"$value depends config", 15, "depends on and a name"},
		{"$valu depends on config", 0, "did you mean $value?"},
		{"value($value) =~ 3", 5, "a regular expression in quotes"},
		{"value($value) =~ '('", 17, "missing closing )"},
		{"($value == 1", 12, "ends here"},
		{"$value == \"a", 10, "no part of a condition"},
		{strings.Repeat("(", 100), 64, "64 deep"},
		{strings.Repeat("x", 1<<15), 0, "bytes"},
	} {
		_, err := query.ReadWhere(c.where, p)
		var e *pattern.Error
		if assert.ErrorAs(t, err, &e, c.where) {
			assert.Equal(t, c.at, e.Offset, "%s: %s", c.where, e.Message)
			assert.Contains(t, e.Message, c.says, c.where)
		}
	}
}

func FuzzWhere(f *testing.F) {
	for _, s := range []string{"$x is list and not inside 'f $x'", "text($x) =~ \"a\" or ($x == 1.5)", "value($x) != null", "path ~ '*'", "file is test or file reached by host ~ 'a.*'",
		"option ~ 'a.**' and priority < 100 and not conditional", "$x depends on config.a"} {
		f.Add(s)
	}
	p, err := pattern.Compile("f $x")
	require.NoError(f, err)
	dir := f.TempDir()
	path := filepath.Join(dir, "a.nix")
	files := workspace.NewOverlay(workspace.OS)
	files.Set(path, []byte("{ config, lib, ... }: let x = config.a; f = y: y; in { a.b = lib.mkForce (f x); c = [ (f 1) (f \"s\") (with x; f z) ]; }"))
	f.Fuzz(func(t *testing.T, text string) {
		w, err := query.ReadWhere(text, p)
		if err != nil {
			var e *pattern.Error
			require.ErrorAs(t, err, &e)
			require.LessOrEqual(t, e.Offset, len(text))
			return
		}
		_, err = (&query.Query{Pattern: p, Where: w, Dir: dir}).Run(t.Context(), files, []string{path})
		require.NoError(t, err)
	})
}

// TestWhereOfNames holds that values are known of what a function of lib is written as, too.
func TestWhereOfNames(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "{ h, ... }: let inherit (h) lib; n = 1; in lib.filterAttrs (a: b: n == 1)"})
	p, err := pattern.Compile("$x")
	require.NoError(t, err)
	w, err := query.ReadWhere("$x is int", p)
	require.NoError(t, err)
	q := query.Query{Pattern: p, Where: w, Dir: dir}
	files, err := q.Run(t.Context(), workspace.OS, []string{filepath.Join(dir, "a.nix")})
	require.NoError(t, err)
	require.Len(t, files, 1)
	var got []string
	for _, m := range files[0].Matches {
		got = append(got, m.Text)
	}
	assert.Equal(t, []string{"1", "n", "1"}, got)
}

package pattern_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// texts returns every nth Nix file of a collection that Nix parses.
func texts(t *testing.T, collection string, nth int) (list []string) {
	seen := 0
	err := filepath.WalkDir(testenv.Shared(t, "corpus", collection), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".nix") {
			return err
		}
		if seen++; seen%nth != 0 {
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil && len(parser.Parse(string(text)).Errors()) == 0 {
			list = append(list, string(text))
		}
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return list
}

// isExpr reports whether a node is an expression.
func isExpr(n ast.Node) bool {
	switch n.Kind() {
	case ast.Error, ast.File, ast.Name, ast.Interpolation, ast.Binding, ast.Inherit, ast.InheritFrom, ast.Attrpath, ast.Bindings, ast.Pattern, ast.AtName, ast.Formal, ast.Ellipsis:
		return false
	}
	return true
}

// TestOwnCode makes patterns of code: they match that code, and still do with parts replaced by metavariables.
func TestOwnCode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	made := 0
	for _, text := range texts(t, "bench", 40) {
		tree := parser.Parse(text)
		names := sema.Resolve(tree)
		for range 25 {
			n := tree.Node(ast.NodeID(r.IntN(len(tree.Records()))))
			if !isExpr(n) || n.Span().Len() > 4000 {
				continue
			}
			checkOwn(t, names, n, n.Text())
			inner := []ast.Node{}
			for d := range n.Descendants() {
				if replaceable(d) && d != n {
					inner = append(inner, d)
				}
			}
			for range min(len(inner), 3) {
				d := inner[r.IntN(len(inner))]
				made++
				checkOwn(t, names, n, text[n.Start():d.Start()]+" $mv "+text[d.End():n.End()])
			}
			if list := inner; n.Is(ast.List) && n.FirstChild().IsValid() {
				d := list[0]
				checkOwn(t, names, n, text[n.Start():d.Start()]+" $$$mv "+text[d.End():n.End()])
			}
		}
	}
	assert.Greater(t, made, 500)
}

// replaceable reports whether a metavariable can stand in the place of a node.
func replaceable(n ast.Node) bool {
	up := n.Parent()
	if isExpr(n) {
		return true
	}
	return n.Is(ast.Name) && (up.Is(ast.Attrpath) || up.Is(ast.Lambda) || up.Is(ast.Formal))
}

func checkOwn(t *testing.T, names *sema.Info, n ast.Node, text string) {
	t.Helper()
	p, err := pattern.Compile(text)
	if !assert.NoError(t, err, text) {
		return
	}
	_, ok := p.At(names, n)
	assert.True(t, ok, "%s\ndoes not match\n%s", text, n.Text())
}

// TestSet looks for many patterns at once: it finds what each finds alone.
func TestSet(t *testing.T) {
	var patterns []*pattern.Pattern
	for _, text := range []string{
		"lib.mkForce $x", "lib.mkIf $c $x", "mkIf $c $$$rest", "$f ($x: $body)", "$a ++ $b", "{ enable = $x; }", "{ meta.license = $x; }", "{ $$$a; type = $t; $$$b }", "map $f $x",
		"builtins.map $f", "__map $f $x", "import $p", "lib.types.$t", "types.str", "$x.enable", "config.$a.$b", "{ \"enable\" = true; }", "{ lib, $$$r }: $x", "let $$$b in $x", "$x", "f $x $x",
		"\"a${$x}\"", "with lib; $x", "{ inherit (lib) $n; }", "if $c then $a else $b", "lib.optional $c $x ++ $y", "callPackage ./p.nix { }", "pkgs.callPackage $p $$$a", "[ ]", "!$x", "$x ? $y",
	} {
		p, err := pattern.Compile(text)
		require.NoError(t, err, text)
		patterns = append(patterns, p)
	}
	set := pattern.NewSet(patterns)
	total := 0
	for _, text := range append(texts(t, "bench", 9), "map (x: x) [ __map builtins.map ]", "(((f a) b) c) (mkIf) c x", "{ \"enable\" = true; ${\"enable\"} = 1; ${''meta''}.license = 2; }",
		"[ (lib.optional a b) ] ++ import ./p \"", "{ ${(\"enable\")} = true; a.${\"meta\"}.license = 1; b = { inherit meta; enable = { enable = 1; }; }; } // { b.enable = 1; b = { enable.enable = 2; }; }") {
		names := sema.Resolve(parser.Parse(text))
		got := map[int][]pattern.Match{}
		for _, by := range set.Find(names) {
			got[by.Pattern] = by.Matches
		}
		for i, p := range patterns {
			var want, have []source.Span
			for _, m := range p.Find(names).Matches {
				want = append(want, m.Span)
			}
			for _, m := range got[i] {
				have = append(have, m.Span)
			}
			total += len(have)
			require.Equal(t, want, have, "%s in\n%s", p, text)
		}
	}
	assert.Greater(t, total, 10000)
}

// TestMigrations rewrites the collection: the results parse, and differ only where they should.
func TestMigrations(t *testing.T) {
	all := append(texts(t, "bench", 4), texts(t, "nixpkgs-files", 4)...)
	for _, c := range []struct{ pattern, with string }{
		{"stdenv.isLinux", "stdenv.hostPlatform.isLinux"},
		{"$s.stdenv.isLinux", "$s.stdenv.hostPlatform.isLinux"},
		{"lib.mdDoc $x", "$x"},
		{"lib.mkEnableOption $x", "lib.mkEnable (f $x)"},
		{"lib.mkIf $c { $$$attrs }", "lib.mkIf (!$c) { $$$attrs }"},
		{"{ type = $t; $$$rest }", "{ type = wrap $t; $$$rest }"},
		{"$a ++ $b", "lib.concat $a $b"},
	} {
		p, err := pattern.Compile(c.pattern)
		require.NoError(t, err)
		r, err := p.Replacement(c.with)
		require.NoError(t, err)
		back, err := pattern.Compile(c.with)
		require.NoError(t, err)
		done := 0
		for _, text := range all {
			tree := parser.Parse(text)
			found := p.Find(sema.Resolve(tree))
			assert.False(t, found.Cut)
			after, n, left, ok := r.Apply(tree, found.Matches)
			assert.True(t, ok)
			assert.Equal(t, len(found.Matches), n+len(left))
			if n == 0 {
				assert.Equal(t, text, after)
				continue
			}
			done += n
			again := parser.Parse(after)
			assert.Empty(t, again.Errors())
			assert.Equal(t, comments(tree), comments(again), "%s => %s", c.pattern, c.with)
			if back.Kinds() != p.Kinds() || len(back.Vars()) > 0 && c.with != "$x" {
				assert.GreaterOrEqual(t, len(back.Find(sema.Resolve(again)).Matches), n, c.with)
			}
		}
		t.Logf("%s => %s: %d", c.pattern, c.with, done)
	}
}

func comments(t *ast.Tree) (list []string) {
	for c := range t.Comments() {
		list = append(list, c.Text())
	}
	return list
}

// FuzzCompile holds that no text makes the compiler or the matcher panic.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"$f ($x: $b)", "{ $$$a; src = ./.; $$$b }", "[ $$$ $x $$$ $x ]", "let $$$b in $x", "{ $a, $$$r }: $b", "$x.${$n} or $d", "''${$x}''", "{ inherit ($s) $n; }", "${$x}", "{ $$$a }", "$$$", "f $$$ $x", "$a|>$b"} {
		f.Add(s, "{ lib, ... }: with lib; { a.b = [ 1 (f 2) ]; inherit (lib) x; src = ./.; }")
	}
	f.Fuzz(func(t *testing.T, text, in string) {
		p, err := pattern.Compile(text)
		if err != nil {
			return
		}
		if len(in) > 1<<12 {
			return
		}
		tree := parser.Parse(in)
		names := sema.Resolve(tree)
		found := p.Find(names)
		same := []pattern.Match(nil)
		for _, by := range pattern.NewSet([]*pattern.Pattern{p}).Find(names) {
			same = by.Matches
		}
		require.Len(t, same, len(found.Matches), "in a set")
		if r, err := p.Replacement(text); err == nil {
			after, _, _, _ := r.Apply(tree, found.Matches)
			assert.Equal(t, in, after)
		}
	})
}

// TestNoise compiles pieces of patterns that are cut, doubled and mixed at random.
func TestNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"$x", "$$$y", "{", "}", "[", "]", "(", ")", ";", "=", "a", ".", ":", ",", "@", "?", "...", "let", "in", "inherit", "\"", "''", "${", "1", "./p", "//", "++", "or", "with", "$", "rec", " ", "\n", "#c\n"}
	tree := parser.Parse("{ lib, a ? 1, ... }@x: with lib; rec { a.b = [ 1 (a 2) ]; inherit (lib) x; b = \"${a}\"; c = a.b or 1; }")
	names := sema.Resolve(tree)
	compiled := 0
	for range 20000 {
		text := ""
		for range 1 + r.IntN(9) {
			text += pieces[r.IntN(len(pieces))]
			if r.IntN(2) == 0 {
				text += " "
			}
		}
		p, err := pattern.Compile(text)
		if err != nil {
			continue
		}
		compiled++
		found := p.Find(names)
		if rep, err := p.Replacement(text); err == nil {
			after, _, _, _ := rep.Apply(tree, found.Matches)
			assert.Equal(t, tree.Source(), after, text)
		}
	}
	assert.Greater(t, compiled, 500)
}

// FuzzOwnCode holds that a pattern made of a node of any code matches that node, also with a part of it replaced by a metavariable.
func FuzzOwnCode(f *testing.F) {
	for _, s := range []string{
		"{ lib, a ? 1, ... }@x: with lib; rec { a.b = [ 1 (a 2) ]; inherit (lib) x y; inherit z; b = \"${a}-b\"; c = a.b or 1; \"d e\" = ''x ${a} ''$ y''; }",
		"let inherit (a) b; c.d = 1; c.e = 2; f = x: y@{ z, ... }: x.\"${z}\".w or (-1); in assert a ? b.c; if f a then ./p/${b} else <nixpkgs/lib> + ~/x",
		"let { body = a; a = { ${\"x\"} = 1; ${a} = { }; }; } // { a = { b = 1; }; a.c = 2; } ++ [ a.b.c or d (e) e.f ] |> g <| h",
		"(((f a) b) c) (__map builtins.map) != !a -> 1.5 * 2 / 3 < 4 && http://a.b/c == null # end",
	} {
		for i := range 12 {
			f.Add(s, uint16(i*7), uint16(i*5))
		}
	}
	f.Fuzz(func(t *testing.T, text string, at, inner uint16) {
		if len(text) > 1<<12 || strings.Contains(text, "$") && strings.Contains(strings.ReplaceAll(strings.ReplaceAll(text, "${", ""), "''$", ""), "$") {
			return // a dollar sign may begin a metavariable
		}
		tree := parser.Parse(text)
		if len(tree.Errors()) > 0 {
			return
		}
		n := tree.Node(ast.NodeID(int(at) % len(tree.Records())))
		if !isExpr(n) || n.Text() == "or" {
			return
		}
		names := sema.Resolve(tree)
		for range names.Conflicts() {
			return // Nix refuses the code, as the compiler does
		}
		checkOwn(t, names, n, n.Text())
		var parts []ast.Node
		for d := range n.Descendants() {
			if replaceable(d) && d != n && d.Text() != "or" { // which binds as nothing else does
				parts = append(parts, d)
			}
		}
		if len(parts) > 0 {
			d := parts[int(inner)%len(parts)]
			if up := d.OutsideParens().Parent(); up.Is(ast.Interpolation) && (up.Parent().Is(ast.Attrpath) || up.Parent().Is(ast.Inherit)) {
				if _, static := ast.AttrName(up); static {
					return // ${"a"} is the name a, and ${$mv} a computed one
				}
			}
			with := text[n.Start():d.Start()] + " $mv " + text[d.End():n.End()]
			if _, err := pattern.Compile(with); err != nil && strings.Contains(err.Error(), "this attribute twice") {
				return // { a = { }; a.b = 1; } is one attribute, and { a = $mv; a.b = 1; } none
			}
			checkOwn(t, names, n, with)
		}
	})
}

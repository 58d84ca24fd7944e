package nixlang_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// places have a hole, expressions fill it.
var (
	places = []string{
		"HOLE", "{ a = HOLE; }", "[ HOLE b ]", "[ b HOLE ]", "f HOLE", "HOLE x", "f HOLE x", "HOLE.a", "HOLE.a or b", "a.b or HOLE", "HOLE ? a",
		"-HOLE", "!HOLE", "HOLE + b", "b + HOLE", "HOLE - b", "b - HOLE", "HOLE * b", "b * HOLE", "b / HOLE", "HOLE ++ b", "b ++ HOLE", "HOLE // b", "b // HOLE",
		"HOLE == b", "b == HOLE", "HOLE != b", "HOLE < b", "b >= HOLE", "HOLE && b", "b && HOLE", "HOLE || b", "b || HOLE", "HOLE -> b", "b -> HOLE",
		"HOLE |> b", "b |> HOLE", "HOLE <| b", "b <| HOLE", "if HOLE then a else b", "if a then HOLE else b", "if a then b else HOLE", "with HOLE; a", "with a; HOLE",
		"assert HOLE; a", "assert a; HOLE", "let a = HOLE; in a", "let a = b; in HOLE", "x: HOLE", "{ a ? HOLE }: a", "{ inherit (HOLE) a; }", "\"${HOLE}\"", "a.${HOLE}",
		"b ++ HOLE + c", "-HOLE * c", "!HOLE && c", "f (HOLE)",
	}
	exprs = []string{
		"v", "1", "1.5", "\"s\"", "''s''", "./p", "[ v ]", "{ }", "rec { }", "(v)", "v.w", "v.w or z", "g v", "-v", "v ? w", "v ++ w", "v * w", "v / w", "v + w", "v - w",
		"!v", "v // w", "v < w", "v == w", "v && w", "v || w", "v -> w", "v |> w", "v <| w", "y: v", "let y = v; in w", "with v; w", "assert v; w", "if v then w else z",
		"v ++ !w", "v + -w", "- -v", "!!v",
	}
)

func normal(t *testing.T, text string) string {
	t.Helper()
	tree := parser.Parse(text)
	require.Empty(t, tree.Errors(), text)
	// Without spaces and redundant parentheses: a print of the nodes.
	var b bytes.Buffer
	for n := range tree.Root().Descendants() {
		if n.Is(ast.Paren) {
			continue
		}
		b.WriteString(n.Kind().String())
		b.WriteString(n.Op().String())
		if !n.FirstChild().IsValid() {
			b.WriteString(n.Text())
		}
		depth := 0
		for p := range n.Ancestors() {
			if !p.Is(ast.Paren) {
				depth++
			}
		}
		b.WriteString(strings.Repeat(" ", depth+1))
	}
	return b.String()
}

func TestParenthesesWhereNeeded(t *testing.T) {
	for _, place := range places {
		tree := parser.Parse(place)
		require.Empty(t, tree.Errors(), place)
		hole := find(tree, "HOLE")
		for _, e := range exprs {
			expr := parser.Parse(e).Expr()
			text := place[:hole.Start()] + nixlang.Splice(tree, hole.Span(), nixlang.At(expr, hole)) + place[hole.End():]
			want := normal(t, strings.Replace(place, "HOLE", "("+e+")", 1))
			assert.Equal(t, want, normal(t, text), "%s in %s: %s", e, place, text)
		}
	}
}

func TestNoParenthesesWhereNotNeeded(t *testing.T) {
	for _, c := range [][2]string{
		{"HOLE + b", "v * w"}, {"b + HOLE", "v * w"}, {"HOLE + b", "v + w"}, {"b ++ HOLE", "v ++ w"}, {"!HOLE", "v + w"}, {"!HOLE", "v ? w"},
		{"HOLE && b", "v == w"}, {"b || HOLE", "v && w"}, {"f HOLE", "v.w"}, {"f HOLE", "v.w or z"}, {"HOLE x", "g v"}, {"a.b or HOLE", "v.w"},
		{"x: HOLE", "y: v"}, {"HOLE ? a", "g v"}, {"b // HOLE", "v // w"}, {"b -> HOLE", "v || w"}, {"if HOLE then a else b", "x: y"},
	} {
		tree := parser.Parse(c[0])
		assert.True(t, nixlang.Fits(parser.Parse(c[1]).Expr(), find(tree, "HOLE")), "%s in %s", c[1], c[0])
	}
}

func find(tree *ast.Tree, name string) ast.Node {
	for n := range tree.Root().Descendants() {
		if n.Is(ast.Ident) && n.Text() == name {
			return n
		}
	}
	return ast.Node{}
}

func TestSplice(t *testing.T) {
	for _, c := range []struct{ text, cut, put, want string }{
		{"f(x)", "(x)", "x", "f x"},
		{"[(a)(b)]", "(a)", "a", "[a (b)]"},
		{"[(a)(b)]", "(b)", "b", "[(a) b]"},
		{"x:(y)", "(y)", "y", "x: y"},
		{"(a).b", "(a)", "a", "a.b"},
		{"(a)./b", "(a)", "a", "a ./b"},
		{"(a).b/c", "(a)", "a", "a .b/c"},
		{"(a)-b", "(a)", "a", "a -b"},
		{"(a)/b", "(a)", "a", "a /b"},
		{"{a=(b);}", "(b)", "b", "{a=b;}"},
		{"a==(<b>)", "(<b>)", "<b>", "a==<b>"},
		{"if(a)then b else c", "(a)", "a", "if a then b else c"},
		{"f x y", "x ", "", "f y"},
		{"f (x)y", "(x)", "", "f y"},
		{"f(x)y", "(x)", "", "f y"},
		{"\"${(a)}\"", "(a)", "a", "\"${a}\""},
	} {
		tree := parser.Parse(c.text)
		i := uint32(strings.Index(c.text, c.cut))
		span := source.Span{Start: i, End: i + uint32(len(c.cut))}
		got := c.text[:span.Start] + nixlang.Splice(tree, span, c.put) + c.text[span.End:]
		assert.Equal(t, c.want, got, c.text)
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"a.b", "a . b", true}, {"(f x)", "f /* c */ x", true}, {"a", "b", false}, {"a.b", "a.b or c", false}, {"a b", "a b c", false},
		{"\"x\"", "\"x\"", true}, {"\"x\"", "\"y\"", false}, {"((a))", "a", true},
	} {
		assert.Equal(t, c.same, nixlang.Same(parser.Parse(c.a).Expr(), parser.Parse(c.b).Expr()), "%s %s", c.a, c.b)
	}
}

func TestNamesOfFunctions(t *testing.T) {
	for _, c := range []struct{ text, builtin, lib string }{
		{"HERE map", "map", ""},
		{"HERE builtins.attrNames", "attrNames", ""},
		{"HERE __elem", "elem", ""},
		{"let map = 1; in HERE map", "", ""},
		{"let builtins = { map = 1; }; in HERE builtins.map", "", ""},
		{"let inherit (builtins) attrNames; in HERE attrNames", "attrNames", ""},
		{"HERE builtins.nope", "", ""},
		{"with builtins; HERE attrNames", "attrNames", ""},
		{"with builtins; HERE nope", "", ""},
		{"x: with builtins; with x; HERE attrNames", "", ""},
		{"x: with x; with builtins; y: HERE attrNames", "attrNames", ""},
		{"let builtins = { }; in with builtins; HERE attrNames", "", ""},
		{"{ lib }: HERE lib.optional", "", "optional"},
		{"{ lib }: HERE lib.lists.optional", "", "optional"},
		{"{ pkgs }: HERE pkgs.lib.optional", "", "optional"},
		{"{ inputs }: HERE inputs.nixpkgs.lib.optional", "", "optional"},
		{"{ lib }: with lib; HERE optional", "", "optional"},
		{"{ lib, x }: with x; with lib; HERE optional", "", ""},
		{"{ lib }: let inherit (lib) optional; in HERE optional", "", "optional"},
		{"{ lib }: let inherit (lib.lists) optional; in HERE optional", "", "optional"},
		{"{ pkgs }: let lib = pkgs.lib; in HERE lib.optional", "", "optional"},
		{"{ pkgs }: let inherit (pkgs) lib; in HERE lib.optional", "", "optional"},
		{"let lib = import ./lib.nix; in HERE lib.optional", "", ""},
		{"{ lib }: HERE lib.optional or x", "", ""},
		{"{ lib }: HERE lib.${x}", "", ""},
	} {
		tree := parser.Parse(strings.Replace(c.text, "HERE", "here", 1))
		names := sema.Resolve(tree)
		var n ast.Node
		for d := range tree.Root().Descendants() {
			if a, ok := ast.AsApply(d); ok && a.Func().Text() == "here" {
				n = a.Arg()
			}
		}
		require.True(t, n.IsValid(), c.text)
		assert.Equal(t, c.builtin, nixlang.Builtin(names, n), c.text)
		assert.Equal(t, c.lib, nixlang.Lib(names, n), c.text)
	}
}

func TestTypeOf(t *testing.T) {
	for text, want := range map[string]nixlang.Type{
		"1": nixlang.TypeInt, "true": nixlang.TypeBool, "null": nixlang.TypeNull, "[ ]": nixlang.TypeList, "x: x": nixlang.TypeFunction,
		"a == b": nixlang.TypeBool, "!a": nixlang.TypeBool, "a ? b": nixlang.TypeBool, "a -> b": nixlang.TypeBool, "a // b": nixlang.TypeSet,
		"a ++ b": nixlang.TypeList, "\"a\" + b": nixlang.TypeString, "./a + b": nixlang.TypePath, "a + b": nixlang.TypeUnknown,
		"let true = 1; in true": nixlang.TypeInt, "let a = b; b = [ ]; in a": nixlang.TypeList, "let a = a; in a": nixlang.TypeUnknown,
		"if a then 1 else 2": nixlang.TypeInt, "if a then 1 else \"\"": nixlang.TypeUnknown, "map f x": nixlang.TypeList, "map f": nixlang.TypeUnknown,
		"builtins.isNull x": nixlang.TypeBool, "let map = 1; in map f x": nixlang.TypeUnknown, "toString 1": nixlang.TypeString,
		"rec { a = 1; b = a; }.b": nixlang.TypeUnknown, "let a.b = 1; in a": nixlang.TypeUnknown, "a": nixlang.TypeUnknown, "- 1": nixlang.TypeUnknown,
		"with x; assert y; { }": nixlang.TypeSet, "let a = if c then a else a; in a": nixlang.TypeUnknown, "toString 1 2": nixlang.TypeUnknown,
	} {
		tree := parser.Parse(text)
		assert.Equal(t, want, nixlang.TypeOf(sema.Resolve(tree), tree.Expr()), text)
	}
}

func TestScopes(t *testing.T) {
	tree := parser.Parse("let a = 1; in x: HOLE a x y (b: b)")
	names := sema.Resolve(tree)
	var call ast.Node
	for n := range tree.Root().Descendants() {
		if n.Is(ast.Apply) {
			call = n
			break
		}
	}
	assert.Len(t, nixlang.UsesIn(names, call), 5)
	assert.True(t, nixlang.MentionsFree(names, call, "a"))
	assert.True(t, nixlang.MentionsFree(names, call, "y"))
	assert.False(t, nixlang.MentionsFree(names, call, "b"))
	u, _ := names.Use(find(tree, "HOLE"))
	assert.True(t, nixlang.Hidden(names, u.Scope, "x"))
	assert.False(t, nixlang.Hidden(names, u.Scope, "y"))
}

func TestIsURL(t *testing.T) {
	for text, want := range map[string]bool{
		"http://a": true, "https://a.b/c": true, "github:a/b": true, "mirror://gnu/x": true, "git+ssh:x": true, "foo:bar.com/x": true, "path:.": true,
		"x:x": false, "x:x.y": false, "tel:+1": true, "path:path.name": false, "path:paths": true, "flake:flake": false, "self:super": false, "a:b/c": false, "final:prev.a.b": false,
	} {
		assert.Equal(t, want, nixlang.IsURL(text), text)
	}
}

func TestShortPaths(t *testing.T) {
	for _, c := range []struct {
		text           string
		short, divided bool
	}{
		{"foo/bar", true, false}, {"./foo", false, false}, {"../foo", false, false}, {"/foo", false, false}, {"~/foo", false, false},
		{".foo/bar", true, false}, {"6/2", true, true}, {"a: b: a/b", true, true}, {"a: a/b", true, false}, {"a: a/2", true, true},
		{"a: b: c: a/b/c", true, false}, {"foo/${x}", true, false}, {"rec { a = 1; b = 2; c = a/b; }", true, true},
		{"let a = 1; in with a; a/a", true, true}, {"2.5/2", true, true}, {"1.2.3/4", true, false}, {"a: a.b/2", true, true},
		{"a: b: a.x/b.y", true, true}, {"a: b: a/b.nix", true, false}, {"a: a/2.5", true, true}, {"a: 1/a.x", true, true}, {"a: -a/2", true, true},
		{"a: b: import a/b", true, false}, {"a: b: a.callPackage (a/b) { }", true, false}, {"a: b: { src = a/b; }", true, false},
		{"a: b: { imports = [ a/b ]; }", true, false}, {"a: b: f: [ (f a/b) ]", true, true},
	} {
		tree := parser.Parse(c.text)
		require.Empty(t, tree.Errors(), c.text)
		for n := range tree.Root().Descendants() {
			if n.Is(ast.Path) {
				assert.Equal(t, c.short, nixlang.IsShortPath(n), c.text)
				assert.Equal(t, c.divided, nixlang.LooksDivided(sema.Resolve(tree), n), c.text)
			}
		}
	}
}

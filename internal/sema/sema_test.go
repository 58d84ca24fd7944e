package sema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// uses lists the uses of a text: name@offset and what it refers to, by the offset of the binding's name.
func uses(t *testing.T, src string) string {
	t.Helper()
	x := sema.Resolve(parser.Parse(src))
	var out []string
	for _, u := range x.Uses() {
		name, _ := ast.AttrName(u.Node)
		to := [...]string{"", "global", "with", "nothing"}[u.Target]
		if u.Target == sema.ToBinding {
			to = fmt.Sprint(x.Binding(u.Binding).Node.Start())
		}
		out = append(out, fmt.Sprintf("%s@%d→%s", name, u.Node.Start(), to))
	}
	return strings.Join(out, " ")
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"x: x", "x@3→0"},
		{"x: x: x", "x@6→3"},
		{"{ a, b ? a }@c: c b", "a@9→2 c@16→13 b@18→5"},
		{"let a = b; b = 1; in a", "b@8→11 a@21→4"},
		{"let a = 1; in let inherit a; in a", "a@26→4 a@32→26"},
		{"let inherit (a) b; a = 1; in b", "a@13→19 b@29→16"},
		{"rec { a = b; b = 1; }", "b@10→13"},
		{"{ a = 1; b = a; }", "a@13→nothing"},
		{"a: rec { inherit a; b = a; }", "a@17→0 a@24→17"},
		{"let { a = 1; body = a; }", "a@20→6"},
		{"with { }; x", "x@10→with"},
		{"with x; y", "x@5→nothing y@8→with"},
		{"y: with { y = 1; }; y", "y@20→0"},
		{"with { map = 1; }; map attrNames", "map@19→global attrNames@23→with"},
		{"a: with a; with b; c", "a@8→0 b@16→with c@19→with"},
		{"__add true __curPos __nope", "__add@0→global true@6→global __curPos@11→global __nope@20→nothing"},
		// __curPos as an expression means its position, even where it is bound.
		{"let __curPos = 1; in __curPos", "__curPos@21→global"},
		{"rec { __curPos = __curPos; }", "__curPos@17→global"},
		{"__curPos: __curPos", "__curPos@10→global"},
		{"{ inherit __curPos; }", "__curPos@10→nothing"},
		{"let inherit __curPos; in __curPos", "__curPos@12→nothing __curPos@25→global"},
		{"{ inherit ${\"__curPos\"}; }", "__curPos@10→nothing"},
		{"__curPos: { inherit __curPos; }", "__curPos@20→0"},
		{"a@{ __curPos }: { inherit __curPos; }", "__curPos@26→4"},
		{"with a; { inherit __curPos; }", "a@5→nothing __curPos@18→with"},
		{"k: rec { ${k} = x; x = 1; }", "k@11→0 x@16→19"},
		{"k: let a.${k} = 1; in a", "k@11→0 a@22→7"},
		{"x: x.y or x", "x@3→0 x@10→0"},
		{"f: f or", "f@3→0 or@5→nothing"},
		{"x: { inherit (x) y; inherit x; }", "x@14→0 x@28→0"},
		// Merged sets: the first definition decides whether the set is recursive.
		{"{ a = rec { b = 1; }; a.c = b; }", "b@28→12"},
		{"{ a.c = 1; a = rec { b = c; }; }", "c@25→nothing"},
		{"{ a = rec { b = c; }; a.c = 1; }", "c@16→24"},
		{"{ a = rec { b = 1; }; a = { c = b; }; }", "b@32→12"},
		{"{ a = { b = 1; }; a = rec { c = b; }; }", "b@32→nothing"},
		{"b: { a = rec { b = 1; }; a = { inherit b; }; }", "b@39→0"},
		{"b: { a = { }; a = rec { inherit b; }; }", "b@32→0"},
		{"let s.a = rec { x = 1; }; s.a.y.z = x; in s", "x@36→16 s@42→4"},
		{"rec { a = rec { b = 1; }; a.c = [ a b ]; }", "a@34→6 b@36→16"},
	} {
		assert.Equal(t, c.want, uses(t, c.src), c.src)
	}
}

func TestConflicts(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"{ a = 1; a = 2; }", "a@9"},
		{"{ a = 1; a.b = 2; }", "a@9"},
		{"{ a.b = 1; a.c = 2; a.b.d = 3; }", "a.b@22"},
		{"{ inherit ({}) a; a = 1; }", "a@18"},
		{"let a = 1; a = 2; in a", "a@11"},
		{"{ a = { b = 1; }; a = { b = 2; }; }", "a.b@24"},
		{"{ a = { b.c = 1; }; a = { b.d = 2; }; }", "old a.b@26"},
		{"{ x, x }: x", "formal x@5"},
		{"{ x }@x: x", "formal x@6"},
		{"{ a = { b = 1; }; a.c = 2; d.e = 1; d.f = 2; }", ""},
		{"k: { ${k} = 1; ${k} = 2; }", ""},
		{"{ a = { b = 1; b = 2; }; a.c = 3; }", "a.b@15|b@15"},
	} {
		var got []string
		for k := range sema.Resolve(parser.Parse(c.src)).Conflicts() {
			mark := ""
			if k.Formal {
				mark = "formal "
			}
			if k.OldOnly {
				mark = "old "
			}
			got = append(got, fmt.Sprintf("%s%s@%d", mark, k.Path, k.Second.Start()))
		}
		assert.Contains(t, strings.Split(c.want, "|"), strings.Join(got, " "), c.src)
	}
}

// TestReuse resolves files one after the other with the same memory: nothing of one shows in the next.
func TestReuse(t *testing.T) {
	var r sema.Resolver
	for range 3 {
		for _, src := range []string{"let a = 1; in a + b", "b: a: b", "{ a = rec { x = 1; }; a.y = x; }", "with q; a"} {
			x := r.Resolve(parser.Parse(src))
			fresh := sema.Resolve(parser.Parse(src))
			require.Equal(t, len(fresh.Uses()), len(x.Uses()))
			for i, u := range x.Uses() {
				f := fresh.Uses()[i]
				assert.Equal(t, f.Target, u.Target, src)
				assert.Equal(t, f.Binding, u.Binding, src)
			}
		}
	}
}

// TestDeep resolves chains of a million scopes without recursion.
func TestDeep(t *testing.T) {
	const n = 1_000_000
	x := sema.Resolve(parser.Parse(strings.Repeat("x: ", n) + "x"))
	require.Len(t, x.Uses(), 1)
	assert.Equal(t, uint32(3*(n-1)), x.Binding(x.Uses()[0].Binding).Node.Start())
	x = sema.Resolve(parser.Parse(strings.Repeat("with a; ", n/10) + "b"))
	assert.Equal(t, sema.ToWith, x.Uses()[len(x.Uses())-1].Target)
}

func TestScopes(t *testing.T) {
	const src = "a: let b = 1; in { c, d ? b }: c"
	x := sema.Resolve(parser.Parse(src))
	use, ok := x.Use(x.Tree().NodeAt(source.Span{Start: 31, End: 32}))
	require.True(t, ok)
	var names []string
	for b := range x.InScope(use.Scope) {
		names = append(names, b.Name)
	}
	assert.Equal(t, []string{"c", "d", "b", "a"}, names)
	b := x.Resolve(use.Node)
	require.NotNil(t, b)
	assert.Equal(t, sema.FormalBinding, b.Kind)
	id, ok := x.ScopeOf(x.Tree().Expr())
	require.True(t, ok)
	assert.Equal(t, "a", x.Binding(x.Scope(id).First).Name)
}

func TestDeclared(t *testing.T) {
	tree := parser.Parse("let a = 1; b.c = 2; b.d = 3; inherit (x) e; in { f = a; g = rec { h = b; }; }")
	names := sema.Resolve(tree)
	got := map[string]string{}
	for n := range tree.Root().Descendants() {
		if n.Is(ast.Binding) || n.Is(ast.Inherit) {
			id := names.Declared(n)
			name := ""
			if id != 0 {
				name = names.Binding(id).Name
			}
			got[n.Text()] = name
		}
	}
	assert.Equal(t, map[string]string{
		"a = 1;": "a", "b.c = 2;": "b", "b.d = 3;": "", "inherit (x) e;": "", "f = a;": "", "g = rec { h = b; };": "", "h = b;": "h",
	}, got)
	assert.Zero(t, testing.AllocsPerRun(10, func() { names.Declared(tree.Expr().FirstChild().FirstChild()) }))
}

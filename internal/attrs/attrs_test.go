package attrs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/parser"
)

// firstSet returns the first set of a file: an attrset, or the bindings of a let.
func firstSet(t *testing.T, src string) ast.Node {
	t.Helper()
	tree := parser.Parse(src)
	require.Empty(t, tree.Errors(), src)
	for n := range tree.Root().Descendants() {
		if n.Is(ast.AttrSet) || n.Is(ast.Bindings) || n.Is(ast.LegacyLet) {
			return n
		}
	}
	t.Fatal("no set in " + src)
	return ast.Node{}
}

// show writes a merged set in one line: names, values as text, ? before what old Nix loses.
func show(s *attrs.Set) string {
	var b strings.Builder
	if s.Rec {
		b.WriteString("rec ")
	}
	b.WriteString("{ ")
	value := func(v ast.Node, inner *attrs.Set) {
		if inner != nil {
			b.WriteString(show(inner))
		} else {
			b.WriteString(v.Text())
		}
		b.WriteString("; ")
	}
	for _, a := range s.Attrs {
		switch a.Kind {
		case attrs.Inherited:
			fmt.Fprintf(&b, "inherit %s; ", a.Name)
		case attrs.InheritedFrom:
			fmt.Fprintf(&b, "inherit (%s) %s; ", a.From.Expr.Text(), a.Name)
		default:
			b.WriteString(ast.QuoteAttr(a.Name) + " = ")
			value(a.Value, a.Set)
		}
	}
	for _, d := range s.Dynamic {
		if d.Lost {
			b.WriteString("?")
		}
		b.WriteString(d.Part.Text() + " = ")
		value(d.Value, d.Set)
	}
	b.WriteString("}")
	return b.String()
}

func TestMerge(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"{ }", "{ }"},
		{"{ p.q = 1; r = 2; p.s = 3; }", "{ p = { q = 1; s = 3; }; r = 2; }"},
		{"{ p = { q = { s = 1; }; }; p.q.t = 2; }", "{ p = { q = { s = 1; t = 2; }; }; }"},
		{"{ p = { q = { s = 1; }; }; p.r = 2; }", "{ p = { q = { s = 1; }; r = 2; }; }"},
		{"{ p = (({ q = 1; })); p = ({ r = 2; }); }", "{ p = { q = 1; r = 2; }; }"},
		{"{ p = rec { q = 1; }; p.r = q; }", "{ p = rec { q = 1; r = q; }; }"},
		{"{ p.r = 2; p = rec { q = 1; }; }", "{ p = { r = 2; q = 1; }; }"},
		{"{ p = rec { q = rec { }; }; p.q.r = 1; }", "{ p = rec { q = rec { r = 1; }; }; }"},
		{"let p.q = 1; p.r = 2; in p", "{ p = { q = 1; r = 2; }; }"},
		{"let { body.a = 1; body.b = 2; }", "rec { body = { a = 1; b = 2; }; }"},
		{"x: { ${x}.p = 1; ${x}.p = 2; }", "{ ${x} = { p = 1; }; ${x} = { p = 2; }; }"},
		{"x: { p = { ${x} = 1; }; p = { ${x} = 2; inherit (x) q; }; }", "{ p = { inherit (x) q; ${x} = 1; ?${x} = 2; }; }"},
		{"x: { inherit x; inherit (x) y z; }", "{ inherit x; inherit (x) y; inherit (x) z; }"},
		{`{ ${("p")}.q = 1; p."r s" = 2; ${''${"p"}''}.t = 3; }`, `{ p = { q = 1; "r s" = 2; t = 3; }; }`},
		{`{ ${''p''$''}.q = 1; ${a:b}.q = 2; }`, `{ "a:b" = { q = 2; }; ${''p''$''} = { q = 1; }; }`},
	} {
		m := attrs.Merge(firstSet(t, c.src))
		assert.Equal(t, c.want, show(&m.Set), c.src)
		for _, conflict := range m.Conflicts {
			assert.True(t, conflict.OldOnly, c.src)
		}
	}
}

func TestConflicts(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []string // path first-column second-column, as Nix numbers them; old where only old Nix rejects
	}{
		{"{ p = 1; q = 2; p = 3; }", []string{"p 3 17"}},
		{"{ p = 1; p = 2; p = 3; }", []string{"p 3 10", "p 3 17"}},
		{"{ p = 1; p.q = 2; }", []string{"p 3 10"}},
		{"{ p.q.r = 1; p.q = 2; }", []string{"p.q 3 14"}},
		{"{ p.q = 1; p.q.r.s = 2; }", []string{"p.q 3 12"}},
		{"x: { inherit (x) p; p.q = 1; }", []string{"p 18 21"}},
		{"x: { p = 1; inherit x p; inherit (x) p; }", []string{"p 6 23", "p 6 38"}},
		{"{ p = let in { }; p.q = 2; }", []string{"p 3 19"}},
		{"{ p = let { body = 1; }; p.q = 2; }", []string{"p 3 26"}},
		{`{ "p q" = 1; "p q" = 2; "if".a = 1; "if" = 2; }`, []string{`"p q" 3 14`, `"if" 25 37`}},
		{"{ p = { q = 1; }; p = { q = 2; }; }", []string{"p.q 9 25"}},
		{"{ p = { q = { r = 1; }; }; p = { q = { r = 2; }; }; }", []string{"p.q 9 34 old", "p.q.r 15 40"}},
		{"{ p = { q.r = 1; }; p = { q.s = 2; }; }", []string{"p.q 9 27 old"}},
		{"{ p = { q.r.s = 1; }; p = { q.r.t = 2; }; }", []string{"p.q 9 29 old"}},
		{"{ p = { q.r = 1; v.w = 1; }; p = { q.s = 2; v.x = 2; }; }", []string{"p.q 9 36 old", "p.v 18 45 old"}},
		{"{ p = { q = 1; q = 2; }; p = 3; }", []string{"p 3 26"}},
		{"{ p = { q = 1; q = 2; }; p.r = 1; p.r = 3; }", []string{"q 9 16", "p.r 26 35"}},
		{"{ p = { q = 1; }; p = { q = 1; q = 2; }; }", []string{"q 25 32", "p.q 9 25"}},
	} {
		var got []string
		for _, conflict := range attrs.Merge(firstSet(t, c.src)).Conflicts {
			s := fmt.Sprint(conflict.Path, " ", attrs.Position(conflict.First).Start()+1, " ", attrs.Position(conflict.Second).Start()+1)
			if conflict.OldOnly {
				s += " old"
			}
			got = append(got, s)
		}
		assert.Equal(t, c.want, got, c.src)
	}
}

func TestOpened(t *testing.T) {
	m := attrs.Merge(firstSet(t, "{ p = { a = 1; }; q = { b = 1; }; p = { c = rec { d = 1; }; }; }"))
	var got []string
	for _, n := range m.Opened {
		got = append(got, n.Text())
	}
	assert.Equal(t, []string{"{ a = 1; }", "{ c = rec { d = 1; }; }"}, got, "what merges with nothing stays closed")
	p := m.Attr("p")
	require.NotNil(t, p)
	assert.Equal(t, "{ a = 1; }", p.Set.Literal.Text())
	require.Len(t, p.Set.Later, 1)
	assert.Equal(t, "{ c = rec { d = 1; }; }", p.Set.Later[0].Text())
	assert.Nil(t, m.Attr("q").Set)
}

// TestLongPath merges paths far longer than the stack could nest.
func TestLongPath(t *testing.T) {
	path := strings.Repeat("a.", 200_000)
	m := attrs.Merge(firstSet(t, "{ x = { "+path+"b = 1; "+path+"c = 1; }; x = { "+path+"c = 2; "+path+"d = 2; }; }"))
	sets := 0
	for range m.Walk() {
		sets++
	}
	assert.Equal(t, 200_002, sets)
	require.Len(t, m.Conflicts, 2)
	assert.True(t, m.Conflicts[0].OldOnly)
	assert.Less(t, len(m.Conflicts[1].Path), 2000)
}

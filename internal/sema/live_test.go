package sema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// dead returns the names that DeadLets yields, sorted, and the other names that nothing needed uses, behind a bar.
func dead(src string) string {
	x := sema.Resolve(parser.Parse(src))
	l := x.Live(func(name ast.Node) bool { return strings.HasPrefix(name.Text(), "pin") })
	var lets, others []string
	for id := range l.DeadLets() {
		lets = append(lets, x.Binding(id).Name)
	}
	for id := range x.Bindings() {
		b := x.Binding(sema.BindingID(id))
		if id > 0 && b.Kind != sema.LetBinding && !l.IsLive(sema.BindingID(id)) && !l.InDead(b.Node) {
			others = append(others, b.Name)
		}
	}
	slices.Sort(lets)
	slices.Sort(others)
	return strings.TrimSpace(strings.Join(lets, " ") + " | " + strings.Join(others, " "))
}

func TestLive(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"let a = 1; in a", "|"},
		{"let a = 1; b = a; in 2", "a b |"},
		{"let b = a; a = 1; in 2", "a b |"},
		{"let a = b; b = a; in 2", "a b |"},
		{"let f = x: f x; in 2", "f |"},
		{"let a = 1; b = a; c = a; in c", "b |"},
		{"x: y: let a = x; in y", "a | x"},
		{"{ x, y ? x }@z: y", "| z"},
		{"let a = let b = 1; in b; in 2", "a |"},
		{"let a = let b = 1; c = 2; in c; in a", "b |"},
		{"let o = 1; in let a = let b = o; in b; in 2", "a o |"},
		{"let _a = b; b = 1; in 2", "|"},
		{"let a = let _b = c; in 1; c = 1; in 2", "a c |"},
		{"let a = let _b = c; in 1; c = 1; in a", "|"},
		{"let inherit (s) a b; s = { }; in a", "b |"},
		{"let inherit (s) a b; s = { }; in 1", "a b s |"},
		{"let inherit (s) a _b; s = { }; in 1", "a |"},
		{"let inherit (let s = t; in s) a; t = 1; in 1", "a t |"},
		{"let a = 1; in let inherit a; in 2", "a a |"},
		{"let a = 1; in let inherit a; in a", "|"},
		{"let a.b = x; a.c = y; x = 1; y = 2; in a", "|"},
		{"let a.b = x; a.c = y; x = 1; y = 2; in 3", "a x y |"},
		{"let a = { b = x; }; a = { c = y; }; x = 1; y = 2; in 3", "a x y |"},
		{"let a = 1; in rec { b = a; c = b; }", "| c"},
		{"let { a = b; b = 1; c = 2; body = a; }", "c |"},
		{"let { a = 1; __overrides = { }; body = 2; }", "|"},
		{"let pin = a; a = 1; in 2", "pin |"},
		{"let pin = a; a = 1; b = pin; in 2", "b pin |"},
		{"let x = let pin = a; in 1; a = 1; in 2", "a x |"},
		{"let a = 1; in { b = ; }", "|"},
		{"let a = 1; in with x; a", "|"},
		{`let "a" = 1; ${"b"} = 2; in a`, "b |"},
		{"let a = a: a; in 1", "a |"},
	} {
		assert.Equal(t, c.want, dead(c.src), c.src)
	}
}

// TestLiveIsLinear runs chains and nests that make repeated passes, or one pass for each name, far too slow.
func TestLiveIsLinear(t *testing.T) {
	for name, text := range map[string]func(n int) string{
		"forward": func(n int) string {
			return "let a0 = 1;" + numbered(n, func(i int) string { return fmt.Sprintf("a%d = a%d;", i, i-1) }) + "in 1"
		},
		"backward": func(n int) string {
			return "let" + numbered(n, func(i int) string { return fmt.Sprintf(" a%d = a%d;", n-i, n-i-1) }) + " a0 = 1; in 1"
		},
		"nested": func(n int) string {
			return "a0: " + numbered(n, func(i int) string { return fmt.Sprintf("let a%d = a%d; in ", i, i-1) }) + "1"
		},
	} {
		growth.Time(t, name, 10_000, func(n int) func() {
			x := sema.Resolve(parser.Parse(text(n)))
			return func() {
				count := 0
				for range x.Live(nil).DeadLets() {
					count++
				}
				require.GreaterOrEqual(t, count, n-1, name)
			}
		})
	}
}

// numbered joins the pieces from 1 to n, exclusive.
func numbered(n int, piece func(i int) string) string {
	var b strings.Builder
	for i := 1; i < n; i++ {
		b.WriteString(piece(i))
	}
	return b.String()
}

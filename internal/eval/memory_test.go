package eval

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// TestMemory: memory that others were examined in changes nothing, and neither does what code that is kept leaves out.
func TestMemory(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(9, 9))}
	memory := new(Memory)
	some := 0
	for range 400 {
		bindings, attrs := g.project()
		text := "{ lib, ... }: let\n" + strings.Join(bindings, "\n") + "\nin {\n" + strings.Join(attrs, "\n") + "\n}"
		tree := parser.Parse(text)
		names := sema.Resolve(tree)
		kept := Lower(tree, "/x/default.nix", names)
		code := memory.Lower(tree, "/x/default.nix", names)
		require.Equal(t, kept == nil, code == nil, text)
		if code == nil {
			continue
		}
		said := func(ev *Evaluation, code *Code) string {
			findings, x := Examine(ev, code)
			var b strings.Builder
			for _, f := range findings {
				fmt.Fprintln(&b, f.Reason, f.Span, f.Sure, f.Name, f.Names, f.Text, f.Got, f.Want, f.Candidates(), f.Extra())
				some++
			}
			fmt.Fprintln(&b, ev.work, x.Exhausted)
			return b.String()
		}
		want := said(NewEvaluation(), kept)
		require.Equal(t, want, said(memory.Evaluation(), code), text)
		require.Equal(t, want, said(memory.Evaluation(), kept), text)
	}
	require.Greater(t, some, 300)
}

// TestMemoryAllocates: a file like one that was examined before takes next to no new memory.
func TestMemoryAllocates(t *testing.T) {
	text := "{ pkgs, lib }: let f = { x, y ? 1 }: x + y; s = { " + many(40, "n%d = { v = %[1]d; };") + " }; in { " +
		many(40, "a%d = f { x = s.n%[1]d.v; }; b%[1]d = \"a${toString s.n%[1]d.v}\" + lib.optionalString (s.n%[1]d.v == 1) pkgs.x; ") + " }"
	tree := parser.Parse(text)
	names := sema.Resolve(tree)
	memory := new(Memory)
	examine := func() {
		if memory.Worthwhile(tree, names) {
			Examine(memory.Evaluation(), memory.Lower(tree, "/x/default.nix", names))
		}
	}
	examine()
	first := testing.AllocsPerRun(1, func() { Examine(NewEvaluation(), Lower(tree, "/x/default.nix", names)) })
	again := testing.AllocsPerRun(10, examine)
	require.Less(t, again, first*3/4)
	t.Log(first, again, len(tree.Records()))
}

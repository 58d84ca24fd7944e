package shell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
)

// checkDoc holds what is true of every document: all spans lie in the text, and offsets map into them.
func checkDoc(t *testing.T, d *Doc) {
	t.Helper()
	whole := source.Span{Start: 0, End: uint32(len(d.Text))}
	in := func(s source.Span) {
		require.LessOrEqual(t, s.Start, s.End)
		require.True(t, whole.Covers(s), "%v in %v", s, whole)
	}
	var word func(w Word)
	word = func(w Word) {
		in(w.Span)
		in(w.Use)
		for i := range w.Text {
			in(w.At(i, i+1))
		}
		in(w.At(0, len(w.Text)))
		for _, a := range w.Alts {
			word(a)
		}
	}
	assigns := func(list []Assign) {
		for _, a := range list {
			in(a.Span)
			for _, w := range a.Words {
				word(w)
			}
		}
	}
	for _, s := range d.Scripts {
		in(s.Span)
		for i := range s.Text {
			in(s.SpanOf(i, i+1))
		}
		assigns(s.Env)
		assigns(s.Assigns)
		if s.Err != nil {
			in(s.Err.Span)
			require.NotContains(t, s.Err.Msg, "could not be read")
		}
		s.Lookup("A")
	}
	for _, c := range d.Commands() {
		in(c.Span)
		word(c.Word)
		for _, w := range c.Args {
			word(w)
		}
	}
	for _, i := range d.Inputs {
		in(i.Span)
		for _, w := range i.Words {
			word(w)
		}
	}
	for _, c := range d.Calls {
		in(c.Span)
	}
	for _, p := range d.Problems {
		in(p.Span)
		require.NotContains(t, p.Msg, "could not be read")
	}
}

func FuzzReadCI(f *testing.F) {
	for _, text := range []string{
		"on: push\nenv: {A: --b}\njobs:\n  a:\n    strategy: {matrix: {x: [1, a b]}}\n    steps:\n    - run: |2-\n        nix build $A ${{ matrix.x }}\n",
		"x: &x\n  run: >+\n    nix a\n\n     b\njobs: {a: {steps: [*x, {<<: *x}, {uses: ./x, with: {args: '--a ''b'''}}]}}\n",
		"runs:\n  steps:\n  - run: \"nix \\\n     build\\t\\\"x\\\"\"\r\n    shell: bash -c {0}\r\n",
		"a:\n  script:\n  - nix a\n  - [ 'b c', *d ]\n  - !reference [x, y]\n",
		"steps:\n  a:\n    commands: [ nix a, 'b' ]\n    environment: [A=b]\n---\nsteps: []\n",
		"a: 'x\nb: [\n\tc: {d: \"e\n",
	} {
		f.Add(text, uint8(0))
		f.Add(text, uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		files := []string{".github/workflows/x.yml", ".gitlab-ci.yml", ".woodpecker.yml", "action.yml", "x.yml"}
		checkDoc(t, ReadCI(files[int(kind)%len(files)], text))
	})
}

func FuzzReadScript(f *testing.F) {
	for _, text := range []string{
		"#!/bin/sh\nnix build \"$A\" --x='b c' \\\n d$'\\t' | while read; do f; done <<EOF\n$(nix a)\nEOF\n",
		"a=(--b \"c $d\"); a+=(e); f() { nix \"$@\" \"${a[@]}\" ${b:+--x \"$1\"}; }; f x; A=$A; eval \"$A\"; set -- q\n",
		"bash -c 'sudo -u x env A=1 nix develop -c nix b'; bash <<'E'\nnix \\$c\nE\nfor x in 1 2; do nix $x; done",
		"if a; then nix b )\nnix c\necho \"unclosed\n", "cat <<-\\E\r\n\tx\r\n\tE\r\nnix é日本 ${x/y/$(z)}\r\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := ReadScript("x.sh", text)
		checkDoc(t, d)
		for _, c := range d.Commands() {
			for _, w := range append([]Word{c.Word}, c.Args...) {
				if w.Via == "" && !w.Quoted && w.Static && w.raw.at.pieces == nil { // not in a nested shell
					require.Equal(t, w.Text, strings.NewReplacer("\\\r\n", "", "\\\n", "", "\\\r", "").Replace(w.Span.Of(text)))
				}
			}
		}
	})
}

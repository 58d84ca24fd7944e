package eval

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// files lowers the files of an archive, which lie in /p, and returns their texts, and an evaluation that knows them.
func files(t testing.TB, archive string) (texts map[string]string, codes map[string]*Code, ev *Evaluation) {
	t.Helper()
	texts, codes = map[string]string{}, map[string]*Code{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name, text := path.Join("/p", f.Name), string(f.Data)
		tree := parser.Parse(text)
		require.Empty(t, tree.Errors(), text)
		texts[name], codes[name] = text, Lower(tree, name, sema.Resolve(tree))
		require.NotNil(t, codes[name], text)
	}
	ev = NewEvaluation()
	ev.Import = func(name string) *Code { return codes[name] }
	return texts, codes, ev
}

// tell writes steps down: the kind, the file where that is another, and the text.
func tell(texts map[string]string, from string, steps []Waypoint) (out []string) {
	for _, s := range steps {
		text := [...]string{"name", "call", "import", "param", "made"}[s.Kind] + " "
		if s.File != from {
			text += path.Base(s.File) + " "
		}
		if text += s.Span.Of(texts[s.File]); s.Kind == Made && s.Name != "" {
			text += " as " + s.Name
		}
		out = append(out, text)
	}
	return out
}

const stepFiles = `
-- conf.nix --
let base = { port = 80; on = null; }; in base // { extra = { deep = [ ]; }; }
-- lib.nix --
{ pass = x: x; mk = { a, b ? 1 }: { inherit a b; }; n = 5; curried = x: y: x; tag = import ./tag.nix; }
-- tag.nix --
{ v }: "t"
`

func TestSteps(t *testing.T) {
	const head = `let c = import ./conf.nix; l = import ./lib.nix; p = c.port; q = l.pass p; `
	for _, c := range []struct {
		text string
		want []string // the steps of the only finding, or of the first
	}{
		// What is blamed, and the ways by which it comes: names, selections, imports, calls, inherit, with.
		{head + `in { v = "${p}"; }`, []string{"name p", "name c", "made conf.nix 80 as port"}},
		{head + `x = [ (l.pass (l.pass l.n)) ]; in { v = "${builtins.head x}"; }`, []string{"call l.pass (l.pass l.n)", "call l.pass l.n", "name l", "made lib.nix 5 as n"}},
		{head + `in { v = "${q}"; }`, []string{"name q", "name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = "${l.pass q}"; }`, []string{"name q", "name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = "${l.pass (l.pass l.n)}"; }`, []string{"name l", "made lib.nix 5 as n"}},
		{head + `in { v = "a" + p; }`, []string{"name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = p + "a"; }`, []string{"name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = [ ] ++ c; }`, []string{"name c", "made conf.nix base // { extra = { deep = [ ]; }; }"}},
		{head + `in { v = c.extra.deep.x; }`, []string{"name c", "made conf.nix [ ] as deep"}},
		{head + `in { v = c.extra.nothing; }`, []string{"name c", "made conf.nix { deep = [ ]; } as extra"}},
		{head + `in { v = (l.mk { a = 1; }).z; }`, []string{"made lib.nix { inherit a b; }"}},
		{head + `in { v = if p then 1 else 2; }`, []string{"name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = assert c.on; 1; }`, []string{"name c", "made conf.nix null as on"}},
		{head + `in { v = p 1; }`, []string{"name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = l.curried 1 2 3; }`, nil},
		{head + `in { v = l.curried p 2 3; }`, []string{"name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = l.mk { }; }`, []string{"name l", "made lib.nix { a, b ? 1 }: { inherit a b; } as mk"}},
		{head + `in { v = l.mk c.extra; }`, []string{"name l", "made lib.nix { a, b ? 1 }: { inherit a b; } as mk", "name c", "made conf.nix { deep = [ ]; } as extra"}},
		{head + `in { v = l.tag p; }`, []string{"name l", `name lib.nix tag`, `made tag.nix { v }: "t"`, "name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = builtins.length p; }`, []string{"name p", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = builtins.getAttr "x" c.extra; }`, []string{"name c", "made conf.nix { deep = [ ]; } as extra"}},
		{head + `in { v = { ${p} = 1; }; }`, []string{"name p", "name c", "made conf.nix 80 as port"}},
		{head + `inherit (c) port; in { v = "${port}"; }`, []string{"name port", "name c", "made conf.nix 80 as port"}},
		{head + `in { v = with c; "${port}"; }`, []string{"name c", "made conf.nix 80 as port"}},
		{head + `x = builtins.head [ p ]; in { v = "${x}"; }`, []string{"name x", "name p", "name c", "made conf.nix 80 as port"}},
		{head + `x = (builtins.mapAttrs (_: v: v) { a = p; }).a; in { v = "${x}"; }`, []string{"name x", "name p", "name c", "made conf.nix 80 as port"}},
		{head + `x = rec { a = p; b = a; }; in { v = "${x.b}"; }`, []string{"name x", "name b", "name a", "name p", "name c", "made conf.nix 80 as port"}},
		// Several values: all their places.
		{`z: let x = if z then 5 else [ ]; in { v = "${x}"; }`, []string{"made 5", "made [ ]"}},
		// Seven places: six are told, the end is among them.
		{`let a = 1; b = a; c = b; d = c; e = d; f = e; g = f; in { v = "${g}"; }`, []string{"name g", "name f", "name e", "name d", "name c", "made 1 as a"}},
		// What stands at the place itself is no step.
		{`{ v = "${5}"; w = 1; }`, nil},
		{`{ v = { a = 1; }.b; }`, nil},
		// Known in spite of what is not.
		{`{ p }: let x = 5; in { v = p.f "${x}"; }`, []string{"made 5 as x"}},
		{`{ lib }: let x = lib.optional true 1; in { v = "${x}"; }`, []string{`made lib.optional true 1 as x`}},
	} {
		texts, codes, ev := files(t, stepFiles+"-- main.nix --\n"+c.text)
		findings, _ := Examine(ev, codes["/p/main.nix"])
		require.NotEmpty(t, findings, c.text)
		require.Equal(t, c.want, tell(texts, "/p/main.nix", findings[0].Way), c.text)
	}
}

// TestStepsBounded: what leads to many findings is found out once for all of them, where somebody waits as well; and nothing is
// looked for where nobody waits any more.
func TestStepsBounded(t *testing.T) {
	with := func(text string, ev Evaluation) (findings, explained int) {
		ev.Fuel = Fuel
		found, _ := Examine(&ev, Lower(parser.Parse(text), "/p/main.nix", nil))
		for _, f := range found {
			if len(f.Way) > 0 {
				explained++
			}
		}
		return len(found), explained
	}
	sum := "let n = builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 100); in {\n" + many(2000, `a%d = "${n}";`) + "}"
	findings, explained := with(sum, Evaluation{})
	require.Equal(t, 2000, findings)
	require.Equal(t, 2000, explained)

	names := "let\n" + many(300, "n%d = 1;") + "in {\n" + many(300, "a%[1]d = \"${n%[1]d}\"; # %[2]d\n") + "}"
	findings, explained = with(names, Evaluation{Brief: true})
	require.Equal(t, 300, findings)
	require.Equal(t, 300, explained)

	asked, end := 0, -1
	stop := func() bool { asked++; return asked == end }
	findings, explained = with("let n = 1; in { a = \"${n}\"; }", Evaluation{Stop: stop})
	require.Equal(t, 1, findings)
	require.Equal(t, 1, explained)
	asked, end = 0, asked // the last time that it was asked was before that finding
	findings, explained = with("let n = 1; in { a = \"${n}\"; }", Evaluation{Stop: stop})
	require.Equal(t, 1, findings)
	require.Zero(t, explained)
}

// TestTracing: with tracing, an evaluation says the same as without.
func TestTracing(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(9, 9))}
	compared := 0
	for range 300 {
		bindings, attrs := g.project()
		text := "let " + strings.Join(bindings, "\n") + " in {\n" + strings.Join(attrs, "\n") + "\n}"
		plain, traced := NewEvaluation(), &Evaluation{Fuel: Fuel, trace: newTracer()}
		all := questions(t, plain, text)
		for name, other := range questions(t, traced, text) {
			want := plain.ask(all[name])
			got, s := traced.traced(other)
			if plain.dry || traced.dry {
				continue
			}
			require.Equal(t, outline(want), outline(got), "%s in %s", name, text)
			require.NotNil(t, s, "%s in %s", name, text)
			way := traced.trace.wayOf(s)
			require.NotEmpty(t, way, "%s in %s", name, text)
			require.Equal(t, Made, way[len(way)-1].Kind, fmt.Sprint(name, " in ", text))
			compared++
		}
	}
	require.Greater(t, compared, 1000)
}

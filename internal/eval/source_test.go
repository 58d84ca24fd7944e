package eval

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// codeOf lowers a text.
func codeOf(t testing.TB, text string) *Code {
	t.Helper()
	tree := parser.Parse(text)
	require.Empty(t, tree.Errors(), text)
	code := Lower(tree, "/x/default.nix", sema.Resolve(tree))
	require.NotNil(t, code, text)
	return code
}

// needs applies the function that a text is to a set whose attributes a and b are sources, and says what comes of it: the
// kinds, and for each source that is needed the places through which that shows, from the outermost inward.
func needs(t testing.TB, text string) string {
	t.Helper()
	code := codeOf(t, text)
	arg := Attrs(map[string]Part{"a": NeedsSource(&Source{Name: "a"}), "b": NeedsSource(&Source{Name: "b"}), "lib": LibArgument()}, true)
	v := NewEvaluation().Ask(Apply(code.Root(), arg))
	verdict := "may do"
	if v.Fails() {
		verdict = "fails"
	}
	for _, n := range v.Needs() {
		verdict += "; " + n.Name
		for s := n.From; s != nil; s = s.Next {
			if verdict += " < "; s.Function != "" {
				verdict += s.Function + ": "
			}
			verdict += s.Code.Span(s.Expr).Of(text)
		}
	}
	return verdict
}

func TestNeeds(t *testing.T) {
	for text, want := range map[string]string{
		`{ a, ... }: a`:                                                  "fails; a < a",
		`{ a, ... }: a.b.c`:                                              "fails; a < a.b.c < a",
		`{ a, ... }: [ a ]`:                                              "may do",
		`{ a, ... }: if a.x then 1 else 2`:                               "fails; a < if a.x then 1 else 2 < a.x < a",
		`{ a, x, ... }: if x then a else 2`:                              "may do; a < a",
		`{ a, x, ... }: if x then a else throw "x"`:                      "fails; a < if x then a else throw \"x\" < a",
		`{ a, b, x, ... }: if x then a else b`:                           "fails; a < if x then a else b < a; b < if x then a else b < b",
		`{ a, ... }: let c = a.x; in c.y`:                                "fails; a < let c = a.x; in c.y < c.y < c < a.x < a",
		`{ a, ... }: (x: x.y) a`:                                         "fails; a < (x: x.y) a < x.y < x",
		`args: args.a.b`:                                                 "fails; a < args.a.b",
		`args: with args; a.b`:                                           "fails; a < with args; a.b < a.b < a",
		`{ a, ... }: builtins.tryEval a.x`:                               "fails; a < builtins.tryEval a.x < tryEval: builtins.tryEval a.x < a.x < a",
		`{ a, ... }: a.x or 1`:                                           "fails; a < a.x or 1 < a",
		`{ a, ... }: a ? x`:                                              "fails; a < a ? x < a",
		`{ a, ... }: true || a.x`:                                        "may do",
		`{ a, x, ... }: x || a.y`:                                        "may do; a < a.y < a",
		`{ a, lib, ... }: lib.optional a.x 1`:                            "fails; a < lib.optional a.x 1 < optional: lib.optional a.x 1 < a.x < a",
		`{ a, ... }@args: args.lib.optional a 1`:                         "fails; a < args.lib.optional a 1 < optional: args.lib.optional a 1", // a name as an argument is what it stands for
		`{ a, lib, ... }: with lib.lists; optionals (!a) [ ]`:            "fails; a < with lib.lists; optionals (!a) [ ] < optionals (!a) [ ] < optionals: optionals (!a) [ ] < !a < a",
		`{ a, lib, ... }: (lib // { optional = a: b: b; }).optional a 1`: "may do",
		`{ a, lib, ... }: lib.mkIf a a`:                                  "may do",
		`{ a, ... }: { ${a.x} = 1; }`:                                    "fails; a < { ${a.x} = 1; } < a.x < a",
		`{ a, b, ... }: { x = 1; } // a // b`:                            "fails; a < { x = 1; } // a // b < a // b < a; b < { x = 1; } // a // b < a // b < b",
	} {
		require.Equal(t, want, needs(t, text), text)
	}
	many := "{ a, x, ... }: "
	for i := range 2 * maxAlts {
		many += fmt.Sprintf("if x == %d then throw (toString x) else ", i)
	}
	require.Equal(t, "fails; a", strings.SplitN(needs(t, many+"a"), " <", 2)[0], "though there are more ways than are told apart")
}

// TestNeedsSoundness: what is said to fail for want of a source fails in Nix, where the source is a value that needs itself.
func TestNeedsSoundness(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(11, 11))}
	dir := testenv.Tree(t, nil)
	var claims []claim
	needing := 0
	for range 800 {
		g.vars, g.left = []variable{{"a", g.kind()}, {"x", Set}}, 60
		text := "{ a, x ? { } }: " + g.expr(g.kind(), 4)
		tree := parser.Parse(text)
		code := Lower(tree, dir+"/x.nix", nil)
		if len(tree.Errors()) > 0 || code == nil {
			continue
		}
		v := NewEvaluation().Ask(Apply(code.Root(), Attrs(map[string]Part{"a": NeedsSource(&Source{Name: "a"})}, false)))
		if !v.Fails() || len(v.Needs()) == 0 {
			continue
		}
		needing++
		claims = append(claims, claim{expr: "((" + text + ") { a = let a = a; in a; })"})
	}
	require.Greater(t, needing, 80)
	for i, o := range askNix(t, dir, claims) {
		require.NotZero(t, o.kind&Failures, claims[i].expr)
	}
}

func TestParts(t *testing.T) {
	code := codeOf(t, `{ lib, ... }: let inner = { x, ... }: [ x y ]; y = 1; in { a = [ 1 "b" ]; b.c = lib.mkIf true { }; d = lib.mkForce inner; }`)
	ev := NewEvaluation()
	v := ev.Ask(Apply(code.Root(), Attrs(map[string]Part{"lib": LibArgument()}, true)))
	names, ok := v.Names()
	require.True(t, ok)
	require.Equal(t, []string{"a", "b", "d"}, names)
	attr := func(v *Value, names ...string) *Value {
		for _, n := range names {
			p, ok := v.Attr(n)
			require.True(t, ok, n)
			v = ev.Ask(p)
		}
		return v
	}
	elems, ok := attr(v, "a").Elements()
	require.True(t, ok)
	require.Len(t, elems, 2)
	text, ok := ev.Ask(elems[1]).Text()
	require.True(t, ok)
	require.Equal(t, "b", text)
	kind, _ := attr(v, "b", "c", "_type").Text()
	require.Equal(t, IfProperty, kind)
	priority, _ := attr(v, "d", "priority").Int()
	require.EqualValues(t, 50, priority)
	f, ok := attr(v, "d").Attr("content")
	require.True(t, ok)
	formals, ok := ev.Ask(f).Formals()
	require.True(t, ok)
	require.Equal(t, []string{"x"}, formals)
	elems, ok = ev.Ask(Apply(f, Attrs(map[string]Part{"x": Text("z")}, false))).Elements()
	require.True(t, ok)
	text, _ = ev.Ask(elems[0]).Text()
	require.Equal(t, "z", text)
	i, _ := ev.Ask(elems[1]).Int()
	require.EqualValues(t, 1, i)
	_, ok = v.Attr("z")
	require.False(t, ok)
}

// TestWithin asks for expressions where they stand.
func TestWithin(t *testing.T) {
	for text, want := range map[string]Kinds{
		`let a = 1; in { b = [ (HERE: a) ]; }`:                   Int,
		`{ lib, ... }: let a = "x"; in with { b = a; }; HERE: b`: String,
		`x: HERE: x`: Anything,
		`rec { a = 1.5; b = { inherit a; c = HERE: a; }; }`:                        Float,
		`let s = { a = [ ]; }; in { inherit (s) a; b = HERE: s.a; }`:               List,
		`let s = { a = [ ]; }; in { inherit ({ y = HERE: s.a; }) y; }`:             List,
		`{ a ? (HERE: { b = c; }.b), c }: a`:                                       Anything,
		`let a = 1; in rec { inherit a; b = HERE: a; }`:                            Int,
		`let a = 1; in { x.y.z = { ${"q"} = HERE: if a == 1 then 1 else "x"; }; }`: Int,
		`{ lib, ... }: { a = HERE: lib.mkIf 1 2; }`:                                Set,
		`{ lib, ... }: let l = lib; in { a = HERE: l.optionals false 1; }`:         List,
	} {
		code := codeOf(t, text)
		tree := parser.Parse(text)
		found := false
		for n := range tree.Root().Descendants() {
			if strings.HasPrefix(n.Text(), "HERE:") && n.Kind().String() == "Lambda" {
				e, ok := code.At(n.Span())
				require.True(t, ok, text)
				ev := NewEvaluation()
				scopes := NewScopes(code, map[string]Part{"lib": LibArgument()})
				require.Equal(t, want, ev.Ask(Apply(scopes.Within(e), Open())).Kinds(), text)
				require.Equal(t, want, ev.Ask(Apply(scopes.Within(e), Open())).Kinds(), text)
				found = true
			}
		}
		require.True(t, found, text)
	}
}

// TestEverywhere: the expressions of a file stand where At finds them.
func TestEverywhere(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(12, 12))}
	for range 100 {
		code := Lower(parser.Parse(g.openFile()), "/x.nix", nil)
		if code == nil {
			continue
		}
		outermost := map[string]Expr{}
		for e := 1; e < code.Len(); e++ {
			outermost[fmt.Sprint(code.Span(Expr(e)))] = Expr(e)
		}
		for e := 1; e < code.Len(); e++ {
			got, ok := code.At(code.Span(Expr(e)))
			require.True(t, ok)
			require.Equal(t, outermost[fmt.Sprint(code.Span(Expr(e)))], got)
		}
	}
}

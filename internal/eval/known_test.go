package eval

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// standing writes what stands at a place of a closed file as an expression by itself, with the names around it; ok is false
// below functions, and where that is not one text.
func standing(t *ast.Tree, p Place) (text string, ok bool) {
	n := t.NodeAt(p.Span)
	switch p.Kind {
	case AtExpression:
		if n.Span() != p.Span {
			return "", false
		}
		text = n.Text()
	case AtDefinition:
		b := n.Parent().Parent()
		if !b.Is(ast.Binding) || n.Parent().NumChildren() > 1 {
			return "", false
		}
		n = ast.BindingNode{Node: b}.Value()
		text = n.Text()
	case AtSelection:
		text = p.Span.Of(t.Source())
	default:
		return "", false
	}
	return withNames(n, text, func(ast.Node) (string, bool) { return "", false })
}

// withNames writes a text that stands for a node of a file as an expression by itself, with the names around it. applied is asked for
// what functions around it are called with; ok is false where it does not tell, and where the names cannot be written.
func withNames(n ast.Node, text string, applied func(function ast.Node) (arg string, ok bool)) (alone string, ok bool) {
	for ; n.IsValid(); n = n.Parent() {
		switch up := n.Parent(); up.Kind() {
		case ast.Lambda:
			arg, ok := applied(up)
			if !ok {
				return "", false
			}
			text = "((" + up.Text()[:(ast.LambdaExpr{Node: up}).Body().Start()-up.Start()] + " (" + text + ")) " + arg + ")"
		case ast.LegacyLet, ast.Inherit, ast.InheritFrom:
			return "", false
		case ast.Let:
			text = "(let " + ast.LetExpr{Node: up}.Bindings().Text() + " in (" + text + "))"
		case ast.With:
			if (ast.WithExpr{Node: up}).Body() == n {
				text = "(with " + ast.WithExpr{Node: up}.Env().Text() + "; (" + text + "))"
			}
		case ast.AttrSet:
			if !up.IsRec() {
				continue
			}
			inner := up.Text()[strings.IndexByte(up.Text(), '{')+1 : len(up.Text())-1]
			if strings.Contains(inner, "${") {
				return "", false
			}
			text = "(let " + inner + " in (" + text + "))"
		}
	}
	return "(" + text + ")", true
}

// TestPlacesSound holds what is said of places in files made at random against Nix: kinds, values, names of attributes,
// lengths, formals.
func TestPlacesSound(t *testing.T) {
	cases := 1500
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_EVAL_CASES")); err == nil {
		cases = n
	}
	dir := testenv.Tree(t, nil)
	g := &generator{Rand: rand.New(rand.NewPCG(11, 11))}
	codes := importable(t, g, dir)
	in := &Inspector{Import: func(path string) *Code { return codes[path] }}
	var claims []claim
	var answers []Known
	shapes := 0
	for tried := 0; len(claims) < cases && tried < 50*cases; tried++ {
		text := g.expression()
		tree := parser.Parse(text)
		code := Lower(tree, filepath.Join(dir, "x.nix"), nil)
		if len(tree.Errors()) > 0 || code == nil {
			continue
		}
		for range 3 {
			offset := uint32(g.IntN(len(text)))
			p, ok := code.Locate(tree, offset)
			require.True(t, ok, "%d in %s", offset, text)
			alone, ok := standing(tree, p)
			if !ok {
				continue
			}
			if t := parser.Parse(alone); len(t.Errors()) > 0 || Lower(t, filepath.Join(dir, "x.nix"), nil) == nil {
				continue // as where an or stands alone
			}
			k := in.Ask(code, p)
			c := claim{expr: alone}
			if k.Sole && len(k.Values) == 1 && k.Kinds&^Failures == k.Values[0].Kind && !k.Cut {
				shape, lit := asserted(alone, &k.Values[0])
				if lit != "" && k.Kinds&Failures == 0 {
					claims, answers = append(claims, claim{expr: shape, literal: lit}), append(answers, Known{Described: Described{Kinds: Anything}})
					shapes++
				}
			}
			claims, answers = append(claims, c), append(answers, k)
		}
	}
	require.GreaterOrEqual(t, len(claims), cases)
	require.Greater(t, shapes, cases/10)
	for i, o := range askNix(t, dir, claims) {
		if answers[i].Kinds&o.kind == 0 {
			t.Errorf("%s\nis %016b to Nix, and said to be %016b", claims[i].expr, o.kind, answers[i].Kinds)
		}
		if claims[i].literal != "" && o.kind&Failures == 0 && !o.same {
			t.Errorf("%s\nis said to be %s", claims[i].expr, claims[i].literal)
		}
	}
}

// asserted returns an expression about what a text stands for, and what it is by a fact; "" where it cannot be compared.
func asserted(text string, f *Fact) (expr, literal string) {
	quote := func(s string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "$", `\$`).Replace(s) + `"`
	}
	switch f.Kind {
	case Int:
		if f.Int < 0 {
			return text, fmt.Sprintf("(0 - %d - 1)", -(f.Int + 1))
		}
		return text, strconv.FormatInt(f.Int, 10)
	case Bool:
		return text, strconv.FormatBool(f.Bool)
	case String:
		return text, quote(f.Text)
	case Path:
		return "toString " + text, quote(f.Text)
	case List:
		return "builtins.length " + text, strconv.Itoa(f.Length)
	case Set:
		if f.Open {
			return "", ""
		}
		names := "["
		for _, a := range f.Attrs {
			if a.Maybe {
				return "", ""
			}
			names += " " + quote(a.Name)
		}
		return "builtins.attrNames " + text, names + " ]"
	case Function:
		if f.Function.Builtin != "" {
			return "", ""
		}
		args := "{"
		for _, a := range f.Function.Formals {
			args += fmt.Sprintf(" %s = %v;", a.Name, a.Optional)
		}
		return "builtins.functionArgs " + text, args + " }"
	}
	return "", ""
}

const placeFile = `
-- conf.nix --
{ port = 80; tls.on = true; }
-- main.nix --
{ lib, pkgs, port ? 80, ... }@all:
let
  conf = import ./conf.nix;
  unused = { a.b = 1; a.c = x: x; } // { d = 2; };
  f = { n, m ? 1 }: n;
  open = pkgs.lib // { e = 1; };
  r = rec { one = 1; two = one + one; };
  inherit (conf) tls;
  self = self.x;
  text = "a${toString port}b";
in
{
  v = lib.optional pkgs.x (f { n = conf.port; });
  w = with r; two;
  bad = unused.z;
  either = if pkgs.x then 1 else [ 2 ];
  ${pkgs.name} = r.two or 3;
}
`

// TestKnown: what is known of places, by the text from the place on.
func TestKnown(t *testing.T) {
	texts, codes, ev := files(t, placeFile)
	text := texts["/p/main.nix"]
	in := &Inspector{Import: ev.Import}
	ask := func(from string) Known {
		offset := strings.Index(text, strings.ReplaceAll(from, "|", ""))
		require.GreaterOrEqual(t, offset, 0, from)
		offset += max(0, strings.IndexByte(from, '|'))
		tree := parser.Parse(text)
		p, ok := codes["/p/main.nix"].Locate(tree, uint32(offset))
		require.True(t, ok, from)
		return in.Ask(codes["/p/main.nix"], p)
	}
	for from, want := range map[string]string{
		"conf = import":         "definition conf: set{port@conf.nix, tls@conf.nix}",
		"conf = |import":        "expression: function import",
		"import |./conf":        "expression: path /p/conf.nix",
		"unused =":              "definition unused: set{a, d}",
		"unused = { |a.b":       "definition a: set{b, c}",
		"unused = { a.|b":       "definition b: int 1",
		"a.b = 1; |a.c":         "definition a: set{b, c}",
		"a.b = 1; a.|c":         "definition c: function main.nix",
		"} |// { d":             "expression: set{a, d}",
		"x: |x; }":              "expression: anything, for x",
		"a.c = |x: x":           "parameter x: anything",
		"f = { |n, m":           "parameter n: anything",
		"n, |m ? 1":             "parameter m: anything, default int 1",
		"m ? |1":                "expression: int 1",
		"f = |{ n":              "expression: function main.nix",
		"open = pkgs":           "definition open: set{e, ...} or failing",
		"open = pkgs.|lib":      "selection lib: anything, for pkgs",
		"|two = one":            "definition two: int 2",
		"inherit (conf) |tls":   "definition tls: set{on@conf.nix}",
		"inherit (|conf)":       "expression: set{port@conf.nix, tls@conf.nix}",
		"self = self.x":         "definition self: failing: the value needs itself",
		"text = |\"a":           "expression: string or failing",
		"${|toString port":      "expression: function toString",
		"toString |port":        "expression: anything, for port",
		"v = |lib.optional":     "lib lib",
		"v = lib.|optional":     "expression: function optional, of lib",
		"lib.optional |pkgs.x":  "expression: anything, for pkgs",
		"|f { n = conf":         "expression: function main.nix",
		"f { n = |conf.port":    "expression: set{port@conf.nix, tls@conf.nix}",
		"f { n = conf.|port":    "selection port: int 80",
		"f |{ n = conf":         "expression: set{n}",
		"w = with r; |two":      "expression: int 2",
		"|w = with":             "definition w: int 2",
		"bad = |unused":         "expression: set{a, d}",
		"bad = unused.|z":       "selection z: failing: the set has no attribute `z`",
		"|either =":             "definition either: int 1 or list 1 or failing",
		"${|pkgs.name":          "expression: anything, for pkgs",
		"= |r.two or":           "expression: set{one, two}",
		"r.|two or":             "selection two: int 2",
		"r.two |or":             "expression: int 2",
		"{ |lib, pkgs":          "parameter lib: anything",
		"}@|all":                "parameter all: set",
		"|{ lib, pkgs":          "expression: function main.nix",
		"in\n|{\n  v":           "expression: set{bad, either, v, w, ...} or failing",
		"|let\n  conf = import": "expression: set{bad, either, v, w, ...} or failing",
	} {
		require.Equal(t, want, brief(ask(from), text), from)
	}
	k := ask("f { n = conf.|port")
	require.Equal(t, []string{"name conf", "made conf.nix 80 as port"}, tell(texts, "/p/main.nix", k.Way))
	require.Equal(t, []string{"/p/conf.nix"}, k.Files)
	k = ask("|v = lib.optional")
	require.Equal(t, []string{"param pkgs"}, tell(texts, "/p/main.nix", k.Params))
	require.Equal(t, []string{"name lib.optional"}, tell(texts, "/p/main.nix", k.Lib))

	starved := &Inspector{Fuel: 3}
	tree := parser.Parse(text)
	p, _ := codes["/p/main.nix"].Locate(tree, uint32(strings.Index(text, "r.two or")))
	k = starved.Ask(codes["/p/main.nix"], p)
	require.True(t, k.Cut)
	require.Equal(t, Kinds(Anything), k.Kinds)
}

// brief writes down what is known.
func brief(k Known, text string) string {
	out := [...]string{"expression", "definition", "selection", "parameter", "lib"}[k.Kind]
	if k.Name != "" {
		out += " " + k.Name
	}
	if k.Kind == AtLib {
		return out
	}
	out += ": " + outlined(k.Described)
	if k.Why != nil && k.Why.Kind == ByParam {
		out += ", for " + k.Why.Span.Of(text)
	}
	if k.Default != nil {
		out += ", default " + outlined(*k.Default)
	}
	if len(k.Lib) > 0 {
		out += ", of lib"
	}
	return out
}

func outlined(d Described) string {
	if d.Kinds == Anything && len(d.Values) == 0 {
		return "anything"
	}
	var parts []string
	told := Kinds(0)
	why := ""
	for _, f := range d.Values {
		told |= f.Kind
		name := [...]string{"int", "float", "bool", "null", "string", "path", "list", "set", "function", "", ""}[trailing(f.Kind)]
		switch f.Kind {
		case Int:
			name += fmt.Sprint(" ", f.Int)
		case String, Path:
			name += " " + f.Text
		case List:
			name += fmt.Sprint(" ", f.Length)
		case Set:
			var names []string
			for _, a := range f.Attrs {
				if a.File != "" && filepath.Base(a.File) != "main.nix" {
					a.Name += "@" + filepath.Base(a.File)
				}
				names = append(names, a.Name)
			}
			if f.Open {
				names = append(names, "...")
			}
			name += "{" + strings.Join(names, ", ") + "}"
		case Function:
			name += " " + f.Function.Builtin + filepath.Base(f.Function.File)
			name = strings.TrimSuffix(name, ".")
		case Caught, Hard:
			why = ": " + f.Failure.Describe()
			continue
		}
		parts = append(parts, name)
	}
	for i, name := range []string{"int", "float", "bool", "null", "string", "path", "list", "set", "function"} {
		if d.Kinds&(1<<i) != 0 && told&(1<<i) == 0 {
			parts = append(parts, name)
		}
	}
	if d.Kinds&Failures != 0 {
		parts = append(parts, "failing"+why)
	}
	return strings.Join(parts, " or ")
}

func trailing(k Kinds) (n int) {
	for k>>n != 1 {
		n++
	}
	return n
}

func TestCalls(t *testing.T) {
	texts, codes, ev := files(t, `
-- fn.nix --
{ a, b ? 2 }: a
-- main.nix --
{ pkgs, x }:
let
  f = p: q: p;
  g = f 1;
  through = y: f y;
  unused = f "s";
in
{
  h = g true;
  i = map f [ 1 2 ];
  j = through null;
  k = pkgs.callPackage ./fn.nix { a = 5; };
  l = import ./fn.nix { a = x; b = [ ]; };
  m = builtins.mapAttrs (_: v: f v) { z = 1.5; };
  n = pkgs.callPackage ./fn.nix x;
  o = import ./fn.nix (x // { b = 3; });
}
`)
	in := &Inspector{Import: ev.Import}
	main := codes["/p/main.nix"]
	calls := func(of FunctionID) (out []string) {
		list, complete := in.Calls(main, texts["/p/main.nix"], []FunctionID{of})
		require.True(t, complete)
		for _, c := range list {
			text := c.By + " " + c.Span.Of(texts[c.File])
			if len(c.Formals) == 0 {
				text += " <- " + outlined(c.Argument)
			}
			for _, f := range c.Formals {
				text += fmt.Sprintf(" %s=%s", f.Name, outlined(f.Value))
				if !f.Given {
					text += map[bool]string{true: "maybe", false: "not"}[f.Maybe]
				}
			}
			out = append(out, strings.TrimSpace(text))
		}
		return out
	}
	at := func(file, from string) FunctionID {
		p, ok := codes[file].Locate(parser.Parse(texts[file]), uint32(strings.Index(texts[file], from)))
		require.True(t, ok)
		k := in.Ask(codes[file], p)
		require.Len(t, k.Functions, 1)
		return k.Functions[0]
	}
	require.Equal(t, []string{
		`f 1 <- int 1`,
		`f y <- anything`, // by whom else through may be called
		`f "s" <- string s`,
		`map f [ 1 2 ] <- int 1 or int 2`,
		`f v <- float`,
	}, withoutUnknown(calls(at("/p/main.nix", "f = p"))))
	require.Equal(t, []string{`g true <- bool`}, calls(at("/p/main.nix", "q: p")))
	require.Equal(t, []string{
		`callPackage pkgs.callPackage ./fn.nix { a = 5; } a=int 5 b=not`,
		`import ./fn.nix { a = x; b = [ ]; } a=anything b=list 0`,
		`callPackage pkgs.callPackage ./fn.nix x a=anythingmaybe b=anythingmaybe`,
		`import ./fn.nix (x // { b = 3; }) a=anythingmaybe b=int 3`,
	}, calls(at("/p/fn.nix", "{ a, b")))
}

// withoutUnknown takes away that a call may be with anything else.
func withoutUnknown(calls []string) []string {
	for i, c := range calls {
		calls[i], _, _ = strings.Cut(c, " or int or float")
		calls[i], _, _ = strings.Cut(calls[i], " or int or bool")
	}
	return calls
}

// TestPlacesEverywhere: something is known of each byte of code, whatever the syntax.
func TestPlacesEverywhere(t *testing.T) {
	prepare()
	for _, text := range []string{
		`let a.b.c = 1; a.b.d = 2; a.e = rec { f = 1; }; inherit ({ g = 1; }) g; in { inherit a g; "x y" = a; ${"z"} = 1; "q${"r"}" = 2; }`,
		`{ x ? y, y ? 1, ... }@z: (x: y: x) (assert y; with z; x) [ 1 (-y) (!x) 1.5 ./a /b/c <d> http://e.f ] ` + "''a ${x} b''" + ` (if x then y else z.a.b or "c" ? d)`,
		`let { body = x; x = 1; }`,
		`rec { a = { b = 1; }; a.c = 2; }`,
		`x: x ./${x}/b "${"${x}"}" (x |> x) (x <| x)`,
		`/* c */ 1 # d`,
	} {
		tree := parser.Parse(text)
		require.Empty(t, tree.Errors(), text)
		code := Lower(tree, "/p/x.nix", sema.Resolve(tree))
		require.NotNil(t, code, text)
		in := &Inspector{}
		root := tree.Expr().Span()
		for offset := range uint32(len(text)) {
			p, ok := code.Locate(tree, offset)
			require.Equal(t, root.Contains(offset), ok, "%d in %s", offset, text)
			if !ok {
				continue
			}
			require.True(t, root.Covers(p.Span), "%d in %s", offset, text)
			require.NotZero(t, in.Ask(code, p).Kinds, "%d in %s", offset, text)
		}
		_, ok := code.Locate(tree, uint32(len(text)))
		require.False(t, ok)
		require.NotEqual(t, source.Span{}, root)
	}
}
